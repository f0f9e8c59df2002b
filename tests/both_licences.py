"""A town whose people and companies stand on both kinds of licence: half of its permits are made sex licences."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl

from screening.rules.local_lists import shipped_lists
from screening.synthetic import Municipality

#: The columns that the two registers have under other names.
_NAMES = {
    "zaaknummer": "vergunning_id",
    "houder_naam": "exploitant_naam",
    "houder_geboortedatum": "exploitant_geboortedatum",
}


def with_both_licences(tables: Mapping[str, pl.DataFrame], seed: int = 7) -> dict[str, pl.DataFrame]:
    """Move half of the permits that are bound to a place, drawn by `seed`, and their managers to the other register.

    Each gets a number and a trade name that stand nowhere else. Whatever was planted about two permits, or about the
    people and companies behind them, is then often about one of each kind. `tables`: the registers as text.
    """
    permits, licences = tables["vergunningen"], tables["seksinrichtingen"]
    draw = random.Random(seed)
    location_bound = [name for name, kind in shipped_lists().permit_types.items() if kind.location_bound]
    bound = permits.filter(pl.col("zaaktype").is_in(location_bound))["zaaknummer"].to_list()
    numbers = {number: f"SV-{90000 + n:07d}" for n, number in enumerate(bound) if draw.random() < 0.5}
    is_moved = pl.col("zaaknummer").is_in(list(numbers))
    rows = permits.filter(is_moved).rename(_NAMES).with_columns(pl.col("vergunning_id").replace(numbers))
    rows = rows.with_columns(type=pl.lit("club"), handelsnaam=pl.format("Privéhuis {}", "vergunning_id"))
    rows = rows.select(name for name in licences.columns if name in rows.columns)
    return {
        **tables,
        "vergunningen": permits.filter(~is_moved),
        "seksinrichtingen": pl.concat([licences, rows], how="diagonal"),
        "leidinggevenden": tables["leidinggevenden"].with_columns(pl.col("zaaknummer").replace(numbers)),
    }


def of_both_licences(town: Municipality) -> Municipality:
    """Such a town, of which no row is broken."""
    broken = town.truth["invalid_rows"]
    rows = {
        name: frame.with_row_index("_row", offset=1)
        .join(
            broken.filter(pl.col("dataset") == name).select(_row=pl.col("row_number").cast(pl.UInt32)),
            on="_row",
            how="anti",
            maintain_order="left",
        )
        .drop("_row")
        for name, frame in town.tables.items()
    }
    return replace(town, tables=with_both_licences(rows), truth={**town.truth, "invalid_rows": broken.clear()})


def deliver_both_licences(town: Path) -> None:
    """The same with the files of a town."""
    names = ("vergunningen", "seksinrichtingen", "leidinggevenden")
    tables = {name: pl.read_csv(town / f"{name}.csv", infer_schema=False) for name in names}
    for name, frame in with_both_licences(tables).items():
        frame.write_csv(town / f"{name}.csv")
