"""A contract's rules as a Great Expectations suite, of its own expectations wherever it has one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from screening.contracts.model import Contract, QualityRule

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite


def compile_suite(contract: Contract) -> ExpectationSuite:
    """The suite of a contract: one expectation a rule, in its order.

    What a contract may say is decided when it is loaded (`load_contract` refuses what has no rule here).
    """
    return suite_of(contract.dataset, contract.rules)


def suite_of(name: str, rules: Iterable[QualityRule]) -> ExpectationSuite:
    """A suite of these rules: severity critical or warning, `rule_id`, `column` and `expectation` in the meta of each.

    An expectation stands on the delivered column where that can be judged as it is. A name with a colon is a column
    made of it (`datum:value`: what `datum` was read as). A pair of codes is judged where each is in its own list.
    """
    from great_expectations import ExpectationSuite, expectations  # noqa: PLC0415  # seconds that only a validation pays

    return ExpectationSuite(
        name=name,
        expectations=[
            getattr(expectations, rule.gx_type)(
                **rule.gx_arguments,
                severity="critical" if rule.severity == "error" else "warning",
                description=rule.description_en,
                notes=rule.description_nl,
                meta={"rule_id": rule.rule_id, "column": rule.column, "expectation": rule.expectation},
            )
            for rule in rules
        ],
    )
