"""Data contracts: ODCS files compiled to suites of Great Expectations; rows are accepted (typed) or quarantined."""

from screening.contracts.cross_register import judge_across_registers
from screening.contracts.loading import load_contract, load_contracts
from screening.contracts.model import Contract, QualityRule
from screening.contracts.suite import compile_suite
from screening.contracts.validation import check_threshold, typed_rows, validate

__all__ = [
    "Contract",
    "QualityRule",
    "check_threshold",
    "compile_suite",
    "judge_across_registers",
    "load_contract",
    "load_contracts",
    "typed_rows",
    "validate",
]
