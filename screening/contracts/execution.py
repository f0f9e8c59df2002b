"""Executes the rules of a contract on a text frame: all of them in one pass of Polars.

Great Expectations judges by the same rules (`oracle`) in tests, in `barrier check` and in the nights that
`check_rule` names, and both must find the same rows. Nothing but positions and counts comes back. Exceptions of the
engine are never passed on: their texts quote values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from screening.contracts.entries import set_level_columns
from screening.contracts.model import Contract, QualityRule

#: A pattern that Python and the engine of Polars read alike: characters that stand for themselves, classes of such,
#: groups and repetitions. `\d`, `\s`, `\w` and case folding follow another Unicode there; it knows no lookaround.
_PIECES = (
    r"[A-Za-z0-9 _/,:;@#%'\"<>=!~&-]",
    r"\\[.|+*?()\[\]{}^$\\/ -]",
    r"\[\^?(?:[A-Za-z0-9](?:-[A-Za-z0-9])?|[ .,:;_/+*'()@?–]|\\[.\\\[\]^n-])+-?\]",
    r"\(\?:|\((?!\?)|\)|\|",
)
_REPEATED = r"(?:(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})(?!\+))?"
SAME_IN_BOTH = re.compile(rf"\^(?:(?:{'|'.join(_PIECES)}){_REPEATED})*\\Z")
#: What building or running a rule raises that cannot run.
_NOT_RUN = (KeyError, pl.exceptions.PolarsError)


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
    try:
        fails = frame.lazy().select(_fails(rule) for rule in contract.rules if rule.inputs).collect()
    except _NOT_RUN:  # each by itself, to say which
        fails = pl.DataFrame([series for rule in contract.rules if rule.inputs for series in _by_itself(frame, rule)])
    return [_outcome(rule, fails, frame.height) for rule in contract.rules]


def _outcome(rule: QualityRule, fails: pl.DataFrame, height: int) -> RuleOutcome:
    """The outcome of a rule, given whether each row fails it."""
    if rule.gx_type == "ExpectTableRowCountToBeBetween":
        return RuleOutcome(rule, tested=height, failed=int(height < _least_rows(rule)), rows=())
    if rule.rule_id not in fails.columns:
        return RuleOutcome(rule, tested=0, failed=0, rows=(), has_error=True)
    failing = fails[rule.rule_id]
    rows = tuple(failing.arg_true().to_list())
    return RuleOutcome(rule, tested=height - failing.null_count(), failed=len(rows), rows=rows)


def _least_rows(rule: QualityRule) -> int:
    least = rule.gx_arguments["min_value"]
    return least if isinstance(least, int) else 1


def _by_itself(frame: pl.DataFrame, rule: QualityRule) -> list[pl.Series]:
    """Whether each row fails the rule; nothing where it does not run."""
    try:
        return [frame.select(_fails(rule)).to_series()]
    except _NOT_RUN:
        return []


def _fails(rule: QualityRule) -> pl.Expr:
    """Whether a row fails a rule, under its name; null where it has nothing to test. KeyError: no such column."""
    given: Mapping[str, Any] = rule.gx_arguments
    names = given.get("column_list") or [given[name] for name in ("column", "column_A", "column_B") if name in given]
    return _EXPECTATIONS[rule.gx_type]([rule.inputs[name] for name in names], given).alias(rule.rule_id)


def matches(text: pl.Expr, pattern: str) -> pl.Expr:
    r"""Whether a text matches a pattern from `^` to `\Z` as Python reads it; null stays null."""
    if SAME_IN_BOTH.fullmatch(pattern):
        return text.str.contains(pattern.removesuffix(r"\Z") + "$")
    search = re.compile(pattern).search

    def match_distinct(texts: pl.Series) -> pl.Series:
        distinct = texts.drop_nulls().unique()
        are_matching = pl.Series([search(value) is not None for value in distinct], dtype=pl.Boolean)
        return texts.replace_strict(distinct, are_matching, default=None, return_dtype=pl.Boolean)

    return text.map_batches(match_distinct, return_dtype=pl.Boolean, is_elementwise=True)


def _is_outside(value: pl.Expr, given: Mapping[str, Any]) -> pl.Expr:
    beyond = [value < given["min_value"]] if "min_value" in given else []
    beyond += [value > given["max_value"]] if "max_value" in given else []
    return pl.any_horizontal(beyond)


def _is_unknown_pair(values: list[pl.Expr], given: Mapping[str, Any]) -> pl.Expr:
    # only codes of lists come here, and none holds this character
    pairs = ["\x1f".join(pair) for pair in given["value_pairs_set"]]
    return ~pl.concat_str(values, separator="\x1f").is_in(pairs)


#: Class of an expectation -> whether a row fails it, of its columns under test and its arguments.
_EXPECTATIONS: dict[str, Callable[[list[pl.Expr], Mapping[str, Any]], pl.Expr]] = {
    "ExpectColumnValuesToNotBeNull": lambda values, _given: values[0].is_null(),
    "ExpectColumnValuesToMatchRegex": lambda values, given: ~matches(values[0], given["regex"]),
    "ExpectColumnValuesToBeInSet": lambda values, given: ~values[0].is_in(list(given["value_set"])),
    "ExpectColumnValuesToBeBetween": lambda values, given: _is_outside(values[0], given),
    "ExpectColumnPairValuesAToBeGreaterThanB": lambda values, _given: values[0] < values[1],
    "ExpectColumnPairValuesToBeInSet": _is_unknown_pair,
    "ExpectMulticolumnSumToEqual": lambda values, given: pl.sum_horizontal(values) != given["sum_total"],
}
