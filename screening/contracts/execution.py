"""Runs a suite with Great Expectations on pandas: the one place of the product where pandas lives.

Nothing but row numbers and counts comes back. Exceptions of the engine are never passed on: their texts quote values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from screening.contracts.model import Contract, QualityRule
from screening.contracts.suite import compile_suite

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult

_ROW = "row:id"
_RESULT_FORMAT: dict[str, object] = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": [_ROW],
    "exclude_unexpected_values": True,
    "partial_unexpected_count": 0,
    "return_unexpected_index_query": False,
}


@dataclass(frozen=True, eq=False)
class RuleOutcome:
    """What became of one rule: `rows` (sorted positions of failing rows), or `has_error` when it did not run.

    `tested`: rows that had something to test. A failing rule about the table has `failed` > 0 and no rows.
    """

    rule: QualityRule
    tested: int
    failed: int
    rows: tuple[int, ...]
    has_error: bool = False


def execute(frame: pl.DataFrame, contract: Contract) -> list[RuleOutcome]:
    """The outcome of every rule of the contract, in its order, on a text frame that has all its columns."""
    import great_expectations as gx  # noqa: PLC0415  # seconds that only a validation pays
    from great_expectations.data_context.types.base import (  # noqa: PLC0415  # seconds that only a validation pays
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    inputs: dict[str, pl.Expr] = {}
    for rule in contract.rules:
        inputs.update(rule.inputs)
    under_test = frame.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias(_ROW),
        *(expression.alias(name) for name, expression in inputs.items()),
    )
    context = gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        ),
    )
    batch = (
        context.data_sources.add_pandas("registers")
        .add_dataframe_asset(contract.dataset)
        .add_batch_definition_whole_dataframe("delivery")
        .get_batch(batch_parameters={"dataframe": under_test.to_pandas()})
    )
    results = batch.validate(compile_suite(contract), result_format=_RESULT_FORMAT)
    by_id = {
        result.expectation_config.meta["rule_id"]: result
        for result in results.results
        if result.expectation_config and result.expectation_config.meta
    }
    return [_outcome(rule, by_id.get(rule.rule_id), frame.height) for rule in contract.rules]


def _outcome(rule: QualityRule, result: ExpectationValidationResult | None, height: int) -> RuleOutcome:
    # An expectation that raises reports success=False and no counts, like an ordinary failure: told apart by the counts
    if result is None:
        return RuleOutcome(rule, tested=0, failed=0, rows=(), has_error=True)
    counts = result.result
    if "observed_value" in counts and "unexpected_count" not in counts:
        return RuleOutcome(rule, tested=height, failed=0 if result.success else 1, rows=())
    if "unexpected_count" not in counts or counts.get("element_count") != height:
        return RuleOutcome(rule, tested=0, failed=0, rows=(), has_error=True)
    rows: list[int] = []
    for part in counts.get("unexpected_index_list") or []:
        ids = part[_ROW]
        rows.extend(int(row) for row in (ids if isinstance(ids, list | tuple) else [ids]))
    failed = int(counts["unexpected_count"])
    return RuleOutcome(
        rule,
        tested=height - int(counts.get("missing_count") or 0),
        failed=failed,
        rows=tuple(sorted(rows)),
        has_error=len(rows) != failed or (failed == 0) != bool(result.success),
    )
