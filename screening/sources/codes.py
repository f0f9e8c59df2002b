"""Code lists: the source's spellings to canonical codes, and the ways to write yes and no."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from screening.base.errors import ConfigurationError
from screening.base.frames import FieldSpec, SourceSpec

#: Excel in Dutch writes WAAR and ONWAAR into a CSV.
_YES = frozenset({"j", "ja", "y", "yes", "true", "1", "waar"})
_NO = frozenset({"n", "nee", "no", "false", "0", "onwaar"})


def code_table(spec: SourceSpec, column: FieldSpec) -> dict[str, str]:
    """Folded spelling -> canonical code for one column.

    A spelling of the configuration goes before a canonical code that is spelled the same. Raises ConfigurationError for
    a code that the contract does not know, and for a spelling that is given to two codes.
    """
    table = f"[sources.{spec.dataset}] codes.{column.name}"
    configured: dict[str, str] = {}
    for code, spellings in spec.codes.get(column.name, {}).items():
        if column.codes and code not in column.codes:
            raise ConfigurationError(f"{table}: {code} is no code of this column. Known are {', '.join(column.codes)}.")
        for spelling in spellings:
            if configured.setdefault(fold_spelling(spelling), code) != code:
                raise ConfigurationError(f"{table}: {spelling} is given to two codes. Leave it with one.")
    return {fold_spelling(code): code for code in column.codes} | configured


def check_code_columns(spec: SourceSpec, fields: Mapping[str, FieldSpec]) -> None:
    """Raise ConfigurationError where codes are mapped for a column that the data set does not have."""
    for name in spec.codes:
        if name not in fields:
            raise ConfigurationError(f"[sources.{spec.dataset}] codes.{name}: {name} is no column of this data set.")


def map_codes(column: pl.Series, table: Mapping[str, str], *, is_list: bool) -> pl.Series:
    """Canonical codes where a spelling is known, the text as it was elsewhere. `is_list`: several, separated by |."""

    def mapped(text: str) -> str:
        if not is_list:
            return table.get(fold_spelling(text), text)
        return "|".join(table.get(fold_spelling(part), part.strip()) for part in text.split("|"))

    spellings = column.unique().drop_nulls().sort().to_list()
    # Code columns have few distinct values; a column that has many is no code column and costs one look-up a value.
    return column.replace({text: mapped(text) for text in spellings})


def read_booleans(column: pl.Series) -> pl.Series:
    """`ja` and `nee` for the usual spellings, other text as it was."""
    folded = column.str.strip_chars().str.to_lowercase()
    words = {**dict.fromkeys(_YES, "ja"), **dict.fromkeys(_NO, "nee")}
    canonical = folded.replace_strict(words, default=None, return_dtype=pl.String)
    return pl.select(pl.coalesce(pl.lit(canonical), pl.lit(column))).to_series().alias(column.name)


def fold_spelling(text: str) -> str:
    """The text without differences of case and blanks, by which spellings are told apart."""
    return " ".join(text.split()).casefold()
