"""What the texts that failed a contract look like, for whoever maps a register: codes by spelling, dates by pattern.

A spelling is shown only where it cannot be about one person: it occurs often, has the shape of a code, and stands in a
column of few values. Of dates nothing is shown but where digits and letters stand.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from screening.base.frames import Note
from screening.base.notes import note
from screening.contracts.execution import RuleOutcome

#: A column of codes has no more distinct values than this; a column of names that was mapped wrongly has.
MOST_VALUES = 100
#: Rows that have a spelling before it is shown.
LEAST_ROWS = 10
_MOST_SHOWN = 60
_MOST_PATTERNS = 3
_CODE = r"^[\p{L}\p{N}][\p{L}\p{N} _/.,()&+-]{0,39}$"
_CODES = {"in_code_list", "elements_in_code_list"}
_DATES = {"is_date", "is_timestamp"}


def unread_hints(texts: pl.DataFrame, outcomes: Iterable[RuleOutcome], codes: dict[str, tuple[str, ...]]) -> list[Note]:
    """A note a column whose codes or dates were not understood. `codes`: the accepted ones of each column."""
    notes = []
    for outcome in outcomes:
        kind, column = outcome.rule.expectation, outcome.rule.column
        if not outcome.rows or column not in texts.columns:
            continue
        if kind in _CODES:
            notes += _spellings(column, _parts(texts[column], kind), codes.get(column, ()))
        elif kind in _DATES:
            notes.append(_patterns(column, texts[column].gather(list(outcome.rows))))
    return notes


def _parts(column: pl.Series, kind: str) -> pl.Series:
    parts = column.drop_nulls()
    return parts.str.split("|").explode().str.strip_chars() if kind == "elements_in_code_list" else parts


def _spellings(column: str, values: pl.Series, codes: tuple[str, ...]) -> list[Note]:
    counts = values.value_counts(name="rows")
    unknown = counts.filter(~pl.col(column).is_in(codes))
    may_be_shown = (pl.col("rows") >= LEAST_ROWS) & pl.col(column).str.contains(_CODE)
    shown = unknown.filter(may_be_shown).sort("rows", column, descending=[True, False]).head(_MOST_SHOWN)
    if counts.height > MOST_VALUES:
        shown = shown.clear()
    listed = "; ".join(f"{spelling} ({rows})" for spelling, rows in shown.iter_rows())
    others = unknown.height - shown.height
    return [
        note("unknown_spellings" if listed else "unknown_spellings_unseen", of=column, listed=listed, spelling=others)
    ]


def _patterns(column: str, values: pl.Series) -> Note:
    """Where digits and letters stand in what is no date, the commonest first."""
    pattern = values.str.replace_all(r"[0-9]", "9").str.replace_all(r"\p{L}+", "a").str.slice(0, 30)
    counts = pattern.value_counts(name="rows").sort("rows", column, descending=[True, False])
    listed = "; ".join(f"{shape} ({rows})" for shape, rows in counts.head(_MOST_PATTERNS).iter_rows())
    return note("unread_dates", of=column, listed=listed)
