"""Keys of blocking rules as they are written: "surname", "given:2", "birth_date:year", "name:tokens", "given|surname".

A key is a column, or several of which any value may meet any other's ("given|surname"), and after colons what is taken
of the value: `n` its first n letters, `lastn` its last n, `tokens` each of its words, `gramsn` each n letters in a row,
`year`, `month`, `day` of a date. Parts are taken one after the other: "name:tokens:4" is the first four letters of each
word. "column:missing" is no key but a condition: one side of the pair has no value there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from screening.base.errors import ConfigurationError

DATE_PARTS = ("year", "month", "day")
_PART = re.compile(r"([1-9]\d*|last[1-9]\d*|grams[1-9]\d*|tokens|missing|year|month|day)\Z")


@dataclass(frozen=True)
class Key:
    """A key of a blocking rule: its columns and the parts that are taken of their values."""

    columns: tuple[str, ...]
    parts: tuple[str, ...]

    @property
    def is_condition(self) -> bool:
        """Whether it asks that a column is missing on one side."""
        return self.parts == ("missing",)

    @property
    def is_several(self) -> bool:
        """Whether one record can have several of it, apart from the values of a list column."""
        return len(self.columns) > 1 or any(part == "tokens" or part.startswith("grams") for part in self.parts)


def parse_key(text: str) -> Key:
    """The key that a text stands for; `ConfigurationError` for a part that is not known."""
    columns, *parts = text.split(":")
    unknown = [part for part in parts if not _PART.match(part)]
    if unknown or ("missing" in parts and (len(parts) > 1 or "|" in columns)):
        raise ConfigurationError(
            f"key {text!r}: part {(unknown or ['missing'])[0]!r} is not understood; after a column come a number of"
            " letters, last3, tokens, grams3, year, month or day, or missing alone"
        )
    return Key(tuple(columns.split("|")), tuple(parts))


def pieces_of(texts: pl.Series, parts: tuple[str, ...]) -> pl.DataFrame:
    """One row a text and distinct piece of it: `value` (position among the texts), `text`."""
    rows = pl.DataFrame({"text": texts}).with_row_index("value")
    for part in parts:
        number = int(re.sub(r"\D", "", part) or 0)
        text = pl.col("text")
        if part in DATE_PARTS:
            rows = rows.with_columns(text.str.extract(r"^(\d{4})-(\d{2})-(\d{2})$", DATE_PARTS.index(part) + 1))
        elif part == "tokens":
            rows = rows.with_columns(text.str.extract_all(r"\S+")).explode("text")
        elif part.startswith("grams"):
            # a text of fewer letters is one piece
            starts = pl.int_ranges(0, (text.str.len_chars().cast(pl.Int64) - number).clip(0) + 1)
            rows = rows.with_columns(start=starts).explode("start")
            rows = rows.select("value", pl.col("text").str.slice("start", number))
        elif part.startswith("last"):
            rows = rows.with_columns(text.str.tail(number))
        else:
            rows = rows.with_columns(text.str.slice(0, number))
    return rows.filter(pl.col("text") != "").unique().sort("value", "text")
