"""Lines of business by the list of the municipality: of an establishment by its codes, of a permit by its kind."""

from __future__ import annotations

import polars as pl

_VERSIONS = ("2008", "2025")


def codes_of_lines(branches: pl.LazyFrame) -> pl.LazyFrame:
    """One row per line and code: `branche`, `sbi_versie`, `prefix`. Needs `branche`, `sbi_2008`, `sbi_2025`."""
    return pl.concat(
        branches.select("branche", sbi_versie=pl.lit(version), prefix=f"sbi_{version}").explode("prefix")
        for version in _VERSIONS
    ).drop_nulls("prefix")


def lines_of_establishments(establishments: pl.LazyFrame, branches: pl.LazyFrame) -> pl.LazyFrame:
    """One row per establishment and line that any of its SBI codes belongs to: `record`, `branche`.

    A code is read in its own version of the SBI; one without a version in both. Needs `record`, `sbi_codes`,
    `sbi_versie`, and of the lines what `codes_of_lines` needs.
    """
    coded = (
        establishments.select("record", "sbi_versie", code="sbi_codes")
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
    return coded.join(fitting, on=["code", "sbi_versie"]).select("record", "branche").unique()


def lines_of_permit_types(branches: pl.LazyFrame) -> pl.LazyFrame:
    """One row per kind of permit and line that it licenses: `zaaktype`, and all columns of the line."""
    return branches.with_columns(zaaktype="permit_types").explode("zaaktype").drop_nulls("zaaktype")


def lines_of_permits(permits: pl.LazyFrame, establishments: pl.LazyFrame, branches: pl.LazyFrame) -> pl.LazyFrame:
    """One row per permit and line of business that it can be for: `record`, `branche`, `is_sure`.

    Of a kind of permit for several lines those that the holder has by any of its establishments, wherever they are;
    all of them where it has none, or is not known by number: what a permit is for is never guessed. `is_sure`: the
    holder has the line, or there is no other. A permit of a kind without a line has no row. Needs `record`,
    `zaaktype`, `kvk_nummer` of permits; `record`, `kvk_nummer`, `sbi_codes`, `sbi_versie` of establishments;
    `branche`, `permit_types` and the codes of the lines.
    """
    possible = permits.select("record", "zaaktype", "kvk_nummer").join(
        lines_of_permit_types(branches).select("zaaktype", "branche"), on="zaaktype"
    )
    own = establishments.join(permits, on="kvk_nummer", how="semi")
    held = (
        lines_of_establishments(own, branches)
        .join(own.select("record", "kvk_nummer").unique(), on="record")
        .select("kvk_nummer", "branche", is_held=pl.lit(True))
        .unique()
    )
    is_held = pl.col("is_held").fill_null(False)
    return (
        possible.join(held, on=["kvk_nummer", "branche"], how="left")
        .filter(is_held | ~is_held.any().over("record"))
        .select("record", "branche", is_sure=is_held | (pl.len().over("record") == 1))
    )
