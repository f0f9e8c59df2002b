"""Runs a suite with Great Expectations on pandas: the one place of the product where pandas lives.

A group of rules that read the same columns sees each distinct content of them once, in batches of at most BATCH_ROWS.
The first pass asks for verdicts alone, the second for the contents that fail, of the failed rules only; Polars finds
their rows. Nothing but row numbers and counts comes back. Exceptions of the engine are never passed on: their texts
quote values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from screening.contracts.entries import set_level_columns
from screening.contracts.model import Contract, QualityRule
from screening.contracts.suite import suite_of

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.core.batch_definition import BatchDefinition

#: So many distinct contents go to pandas at a time.
BATCH_ROWS = 1_000_000

_CONTENT, _ROWS = "content:id", "content:rows"
_VERDICTS: dict[str, object] = {"result_format": "BOOLEAN_ONLY"}
_CONTENTS_THAT_FAIL: dict[str, object] = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": [_CONTENT],
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
    frame = frame.with_columns(set_level_columns(frame, contract.fields, contract.key))
    delivery = _delivery(contract.dataset)
    outcomes: dict[str, RuleOutcome] = {}
    for columns, rules in _groups(contract).items():
        outcomes.update(_outcomes(frame, columns, _Group(rules, delivery)))
    return [outcomes[rule.rule_id] for rule in contract.rules]


def _delivery(dataset: str) -> BatchDefinition[Any]:
    """What every batch of this delivery is handed to: of one context, which writes nothing and calls nobody."""
    import great_expectations as gx  # noqa: PLC0415  # seconds that only a validation pays
    from great_expectations.data_context.types.base import (  # noqa: PLC0415  # seconds that only a validation pays
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    context = gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        ),
    )
    asset = context.data_sources.add_pandas("registers").add_dataframe_asset(dataset)
    return asset.add_batch_definition_whole_dataframe("delivery")


def _groups(contract: Contract) -> dict[tuple[str, ...], list[QualityRule]]:
    """The columns that rules read -> those rules, in the order of the contract."""
    groups: dict[tuple[str, ...], list[QualityRule]] = {}
    for rule in contract.rules:
        columns = {name for expression in rule.inputs.values() for name in expression.meta.root_names()}
        groups.setdefault(tuple(sorted(columns)), []).append(rule)
    return groups


@dataclass
class _Group:
    """Rules that read the same columns, and what was seen of them: contents that fail, and rules that did not run."""

    rules: Sequence[QualityRule]
    delivery: BatchDefinition[Any]
    failing: dict[str, list[int]] = field(default_factory=dict)
    about_table: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    def judge(self, batch: pl.DataFrame) -> None:
        """Look at a batch of distinct contents twice: does it pass, and what of it fails."""
        verdicts = self._validate(batch, self.rules, _VERDICTS)
        failed = [rule for rule, result in verdicts if result is None or not result.success]
        for rule, result in self._validate(batch, failed, _CONTENTS_THAT_FAIL) if failed else ():
            counts = result.result if result else {}
            numbers = _numbers(counts)
            if "observed_value" in counts and "unexpected_count" not in counts:
                self.about_table.add(rule.rule_id)
            # an expectation that raises reports success=False and no counts, like an ordinary failure
            elif (
                not numbers
                or len(numbers) != counts.get("unexpected_count")
                or counts.get("element_count") != batch.height
            ):
                self.broken.add(rule.rule_id)
            else:
                self.failing.setdefault(rule.rule_id, []).extend(numbers)

    def _validate(
        self, batch: pl.DataFrame, rules: Sequence[QualityRule], result_format: dict[str, object]
    ) -> Iterator[tuple[QualityRule, ExpectationValidationResult | None]]:
        content = self.delivery.get_batch(batch_parameters={"dataframe": batch.to_pandas()})
        results = content.validate(suite_of("delivery", rules), result_format=result_format).results
        by_id = {
            result.expectation_config.meta["rule_id"]: result
            for result in results
            if result.expectation_config and result.expectation_config.meta
        }
        return ((rule, by_id.get(rule.rule_id)) for rule in rules)


def _outcomes(frame: pl.DataFrame, columns: tuple[str, ...], group: _Group) -> dict[str, RuleOutcome]:
    """The outcomes of the rules that read exactly these columns, by rule."""
    contents = _contents(frame, columns, group.rules)
    inputs = {name: expression for rule in group.rules for name, expression in rule.inputs.items()}
    under_test = contents.select(_CONTENT, **inputs)
    for start in range(0, max(under_test.height, 1), BATCH_ROWS):
        group.judge(under_test.slice(start, BATCH_ROWS))
    outcomes = {}
    for rule in group.rules:
        rows = _rows(frame, contents, columns, group.failing.get(rule.rule_id, []))
        outcomes[rule.rule_id] = RuleOutcome(
            rule,
            tested=0 if rule.rule_id in group.broken else _tested(rule, under_test, contents),
            failed=1 if rule.rule_id in group.about_table else len(rows),
            rows=rows,
            has_error=rule.rule_id in group.broken,
        )
    return outcomes


def _contents(frame: pl.DataFrame, columns: tuple[str, ...], rules: Sequence[QualityRule]) -> pl.DataFrame:
    """One row a distinct content of the columns: its number, how many rows have it, and the columns."""
    if not columns:  # the table as a whole: a row stands for all of them
        contents = frame.select(pl.len().alias(_ROWS)).filter(pl.col(_ROWS) > 0)
    elif all([rule.expectation, *rule.inputs] == ["not_null", *columns] for rule in rules):
        # whether there is a value, not which
        first = [pl.col(name).first() for name in columns]
        contents = frame.group_by(pl.col(*columns).is_null().name.suffix(":absent")).agg(pl.len().alias(_ROWS), *first)
    else:
        contents = frame.group_by(columns).agg(pl.len().alias(_ROWS))
    return contents.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(_CONTENT))


def _rows(
    frame: pl.DataFrame, contents: pl.DataFrame, columns: tuple[str, ...], numbers: Sequence[int]
) -> tuple[int, ...]:
    """The positions of the rows that have one of these contents, sorted."""
    if not numbers:
        return ()
    # what fails for being absent is null here, whichever other row stands for those that are filled
    failing = contents.filter(pl.col(_CONTENT).is_in(numbers)).select(columns)
    rows = frame.select(columns).with_row_index(_CONTENT).join(failing, on=columns, how="semi", nulls_equal=True)
    return tuple(rows[_CONTENT].sort().to_list())


def _tested(rule: QualityRule, under_test: pl.DataFrame, contents: pl.DataFrame) -> int:
    """How many rows have something to test: all, or those where no column under test is null."""
    rows = contents[_ROWS]
    if rule.inputs and not rule.sees_nulls:
        rows = rows.filter(under_test.select(pl.all_horizontal(pl.col(*rule.inputs).is_not_null())).to_series())
    return int(rows.sum())


def _numbers(counts: dict[str, Any]) -> list[int]:
    """The contents that a result lists."""
    numbers: list[int] = []
    for part in counts.get("unexpected_index_list") or []:
        ids = part[_CONTENT]
        numbers.extend(int(number) for number in (ids if isinstance(ids, list | tuple) else [ids]))
    return numbers
