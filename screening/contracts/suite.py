"""A contract's rules as a Great Expectations suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.contracts.model import Contract

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite


def compile_suite(contract: Contract) -> ExpectationSuite:
    """The suite of a contract.

    One expectation a rule, severity critical, with `rule_id`, `column` and `expectation` in its meta.

    What a contract may say is decided when it is loaded (`load_contract` refuses what has no rule here).
    """
    import great_expectations as gx  # noqa: PLC0415  # seconds that only a validation pays
    import great_expectations.expectations as gxe  # noqa: PLC0415  # seconds that only a validation pays

    return gx.ExpectationSuite(
        name=contract.dataset,
        expectations=[
            getattr(gxe, rule.gx_type)(
                **rule.gx_arguments,
                severity="critical",
                meta={"rule_id": rule.rule_id, "column": rule.column, "expectation": rule.expectation},
            )
            for rule in contract.rules
        ],
    )
