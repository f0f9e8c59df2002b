"""Great Expectations judges by the suite of a contract what `execution` judged: both must find the same rows.

The one place of the product where pandas lives: Great Expectations has no engine of Polars. Rules see each distinct
content of their columns once, in batches of at most BATCH_ROWS: rules that read the same columns together, and where
these have many contents, rules that test the same apart from the others, since what is made of a column (the day of a
moment, whether it can be read) is mostly far less than the column. The first pass asks for verdicts alone, the second
for the contents that fail, of the failed rules only; Polars finds their rows. Nothing but row numbers and counts comes
back. Exceptions of the engine are never passed on: their texts quote values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from screening.contracts.entries import set_level_columns
from screening.contracts.execution import RuleOutcome
from screening.contracts.model import Contract, QualityRule
from screening.contracts.suite import suite_of

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.datasource.fluent.interfaces import Batch

#: So many distinct contents go to pandas at a time.
BATCH_ROWS = 1_000_000
#: Up to so many contents of its columns a group of rules is judged at once: each turn of the engine costs some 30 ms.
FEW_CONTENTS = 20_000

_CONTENT, _ROWS = "content:id", "content:rows"
_VERDICTS: dict[str, object] = {"result_format": "BOOLEAN_ONLY"}
_CONTENTS_THAT_FAIL: dict[str, object] = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": [_CONTENT],
    "exclude_unexpected_values": True,
    "partial_unexpected_count": 0,
    "return_unexpected_index_query": False,
}


def disagreements(frame: pl.DataFrame, contract: Contract, outcomes: Sequence[RuleOutcome]) -> list[str]:
    """The rules of which Great Expectations finds another outcome than these, on the frame that gave them."""
    return [
        ours.rule.rule_id
        for ours, theirs in zip(outcomes, judge_by_suite(frame, contract), strict=True)
        if (ours.tested, ours.failed, ours.rows, ours.has_error)
        != (theirs.tested, theirs.failed, theirs.rows, theirs.has_error)
    ]


def judge_by_suite(frame: pl.DataFrame, contract: Contract) -> list[RuleOutcome]:
    """The outcome of every rule of the contract, in its order, on a text frame that has all its columns."""
    frame = frame.with_columns(set_level_columns(frame, contract.fields, contract.key))
    delivery = _delivery(contract.dataset)
    outcomes: dict[str, RuleOutcome] = {}
    for columns, rules in _groups(contract).items():
        outcomes |= {outcome.rule.rule_id: outcome for outcome in _outcomes(frame, columns, rules, delivery)}
    return [outcomes[rule.rule_id] for rule in contract.rules]


def _delivery(dataset: str) -> BatchDefinition[Any]:
    """What every batch of this delivery is handed to: of one context, which writes nothing and calls nobody."""
    import great_expectations.data_context.types.base  # noqa: PLC0415  # seconds that only a validation pays

    types = great_expectations.data_context.types.base
    context = great_expectations.get_context(
        mode="ephemeral",
        project_config=types.DataContextConfig(
            store_backend_defaults=types.InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=types.ProgressBarsConfig(globally=False),
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
    """Rules that are judged at once, and what was seen of them: contents that fail, and rules that did not run."""

    rules: Sequence[QualityRule]
    delivery: BatchDefinition[Any]
    failing: dict[str, list[int]] = field(default_factory=dict)
    about_table: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    def judge(self, batch: pl.DataFrame) -> None:
        """Look at a batch of distinct contents twice: does it pass, and what of it fails."""
        handed = self.delivery.get_batch(batch_parameters={"dataframe": batch.to_pandas()})
        verdicts = _validate(handed, self.rules, _VERDICTS)
        failed = [rule for rule, result in verdicts if result is None or not result.success]
        for rule, result in _validate(handed, failed, _CONTENTS_THAT_FAIL) if failed else ():
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
    batch: Batch, rules: Sequence[QualityRule], result_format: dict[str, object]
) -> Iterator[tuple[QualityRule, ExpectationValidationResult | None]]:
    results = batch.validate(suite_of("delivery", rules), result_format=result_format).results
    by_id = {
        result.expectation_config.meta["rule_id"]: result
        for result in results
        if result.expectation_config and result.expectation_config.meta
    }
    return ((rule, by_id.get(rule.rule_id)) for rule in rules)


def _outcomes(
    frame: pl.DataFrame, columns: tuple[str, ...], rules: Sequence[QualityRule], delivery: BatchDefinition[Any]
) -> Iterator[RuleOutcome]:
    """The outcomes of the rules that read exactly these columns."""
    contents = _contents(frame, columns, rules)
    inputs = {name: expression for rule in rules for name, expression in rule.inputs.items()}
    tested = contents.select(_CONTENT, **inputs)  # at once: what two rules make of a column in part is made once
    for part in [rules] if contents.height <= FEW_CONTENTS else _by_inputs(rules):
        under_test = tested.select(_CONTENT, *dict.fromkeys(name for rule in part for name in rule.inputs))
        group = _Group(part, delivery)
        distinct = _distinct(under_test, part)
        for start in range(0, max(distinct.height, 1), BATCH_ROWS):
            group.judge(distinct.slice(start, BATCH_ROWS))
        for rule in part:
            numbers = _alike(under_test, distinct, group.failing.get(rule.rule_id, []))
            rows = _rows(frame, contents, columns, numbers)
            yield RuleOutcome(
                rule,
                tested=0 if rule.rule_id in group.broken else _tested(rule, under_test, contents),
                failed=1 if rule.rule_id in group.about_table else len(rows),
                rows=rows,
                has_error=rule.rule_id in group.broken,
            )


def _by_inputs(rules: Sequence[QualityRule]) -> list[list[QualityRule]]:
    """The rules by what they test, in their order."""
    parts: dict[tuple[str, ...], list[QualityRule]] = {}
    for rule in rules:
        parts.setdefault(tuple(rule.inputs), []).append(rule)
    return list(parts.values())


def _contents(frame: pl.DataFrame, columns: tuple[str, ...], rules: Sequence[QualityRule]) -> pl.DataFrame:
    """One row a distinct content of the columns, or a row where most differ: number, how many rows, and the columns."""
    if not columns:  # the table as a whole: a row stands for all of them
        contents = frame.select(pl.len().alias(_ROWS)).filter(pl.col(_ROWS) > 0)
    elif _is_about_presence(rules) and [*rules[0].inputs] == [*columns]:
        first = [pl.col(name).first() for name in columns]
        contents = frame.group_by(pl.col(*columns).is_null().name.suffix(":absent")).agg(pl.len().alias(_ROWS), *first)
    elif _is_varied(frame.select(columns)):
        contents = frame.select(*columns, pl.lit(1, pl.UInt32).alias(_ROWS))
    else:
        contents = frame.group_by(columns).agg(pl.len().alias(_ROWS))
    return contents.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(_CONTENT))


def _distinct(under_test: pl.DataFrame, rules: Sequence[QualityRule]) -> pl.DataFrame:
    """One row for all that is tested as the same, where that is worth it."""
    tested = pl.exclude(_CONTENT)
    if under_test.height <= FEW_CONTENTS:
        return under_test
    if _is_about_presence(rules):
        return under_test.group_by(tested.is_null().name.suffix(":absent")).agg(pl.all().first())
    if _is_varied(under_test.select(tested)):
        return under_test
    return under_test.group_by(tested).agg(pl.col(_CONTENT).first())


def _is_about_presence(rules: Sequence[QualityRule]) -> bool:
    """Whether it matters only that there is a value, not which."""
    return all(rule.expectation == "not_null" for rule in rules)


def _is_varied(columns: pl.DataFrame) -> bool:
    """Whether so many rows differ that bringing equal ones together costs more than it saves."""
    most: int = max(columns.select(pl.all().approx_n_unique()).row(0))
    return most * 2 > columns.height > FEW_CONTENTS


def _alike(under_test: pl.DataFrame, distinct: pl.DataFrame, numbers: Sequence[int]) -> pl.Series:
    """The contents of which the same is tested as of these, themselves among them."""
    failing = under_test.filter(pl.col(_CONTENT).is_in(numbers))
    if failing.is_empty() or distinct.height == under_test.height:
        return failing[_CONTENT]
    tested = [name for name in under_test.columns if name != _CONTENT]
    return under_test.join(failing, on=tested, how="semi", nulls_equal=True)[_CONTENT]


def _rows(frame: pl.DataFrame, contents: pl.DataFrame, columns: tuple[str, ...], numbers: pl.Series) -> tuple[int, ...]:
    """The positions of the rows that have one of these contents, sorted."""
    if numbers.is_empty():
        return ()
    # what fails for being absent is null here, whichever other row stands for those that are filled
    failing = contents.filter(pl.col(_CONTENT).is_in(numbers.implode())).select(columns)
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
