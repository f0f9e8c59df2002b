"""Which lines of business an establishment is in, by its codes of the SBI and the list of the municipality."""

from __future__ import annotations

import polars as pl

from screening.base.frames import Schema

#: What an establishment is by its codes, beside the columns of its register.
ESTABLISHMENT_COLUMNS: Schema = {"lines": pl.List(pl.String())}

#: The columns of the register from which they follow.
LINES_FOLLOW_FROM = ("sbi_codes", "sbi_versie")

_VERSIONS = ("2008", "2025")


def follows_from_others(table: str, column: str) -> bool:
    """Whether a column is made of others (`LINES_FOLLOW_FROM`) each time that its table is handed to rules."""
    return table == "handelsregister" and column in ESTABLISHMENT_COLUMNS


def codes_of_lines(branches: pl.LazyFrame) -> pl.LazyFrame:
    """One row per line and code: `branche`, `sbi_versie`, `prefix`. Needs `branche`, `sbi_2008`, `sbi_2025`."""
    return pl.concat(
        branches.select("branche", sbi_versie=pl.lit(version), prefix=f"sbi_{version}").explode("prefix")
        for version in _VERSIONS
    ).drop_nulls("prefix")


def with_lines(establishments: pl.LazyFrame, branches: pl.LazyFrame) -> pl.LazyFrame:
    """The establishments with `lines`: those of the list that any of their SBI codes belongs to, empty for none.

    A code is read in its own version of the SBI; one without a version in both. Needs `sbi_codes`, `sbi_versie`, and of
    the lines what `codes_of_lines` needs.
    """
    numbered = establishments.drop(*ESTABLISHMENT_COLUMNS, strict=False).with_row_index("_row")
    coded = (
        numbered.select("_row", "sbi_versie", code="sbi_codes")
        .explode("code")
        .drop_nulls("code")
        .with_columns(pl.col("code").str.replace_all(".", "", literal=True), pl.col("sbi_versie").fill_null(""))
    )
    # few codes differ, so that each is held against the list once
    fitting = (
        coded.select("code", "sbi_versie")
        .unique()
        .join(codes_of_lines(branches), how="cross", suffix="_of_line")
        .filter(
            pl.col("code").str.starts_with(pl.col("prefix")),
            (pl.col("sbi_versie") == "") | (pl.col("sbi_versie") == pl.col("sbi_versie_of_line")),
        )
        .select("code", "sbi_versie", "branche")
        .unique()
    )
    lines = coded.join(fitting, on=["code", "sbi_versie"]).group_by("_row").agg(lines=pl.col("branche").unique().sort())
    none = pl.lit([], dtype=ESTABLISHMENT_COLUMNS["lines"])
    return (
        numbered.join(lines, on="_row", how="left", maintain_order="left")
        .with_columns(pl.col("lines").fill_null(none))
        .drop("_row")
    )
