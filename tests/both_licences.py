"""A town whose people and companies stand on both kinds of licence: half of its permits are made sex licences."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl

from screening.rules.readings.permits import LOCATION_BOUND

#: The columns that the two registers have under other names.
_NAMES = {"zaaknummer": "vergunning_id", "houder_naam": "exploitant_naam", "houder_geboortedatum": "exploitant_geboortedatum"}


def make_half_sex_licences(town: Path, seed: int = 7) -> None:
    """Move every second permit that is bound to a place, drawn by `seed`, with its managers to the other register.

    Each gets a number and a trade name that stand nowhere else. Whatever was planted about two permits, or about the
    people and companies behind them, is then often about one of each kind.
    """
    permits, licences, lists = (
        pl.read_csv(town / f"{name}.csv", infer_schema=False)
        for name in ("vergunningen", "seksinrichtingen", "leidinggevenden")
    )
    draw = random.Random(seed)
    moved = [number for number in permits.filter(pl.col("zaaktype").is_in(LOCATION_BOUND))["zaaknummer"] if draw.random() < 0.5]
    numbers = {number: f"SV-{90000 + n:07d}" for n, number in enumerate(moved)}
    rows = (
        permits.filter(pl.col("zaaknummer").is_in(moved))
        .rename(_NAMES)
        .with_columns(
            pl.col("vergunning_id").replace(numbers),
            type=pl.lit("club"),
            handelsnaam=pl.format("Privéhuis {}", pl.col("vergunning_id").replace(numbers).str.slice(3)),
        )
    )
    pl.concat([licences, rows.select(name for name in licences.columns if name in rows.columns)], how="diagonal").write_csv(
        town / "seksinrichtingen.csv"
    )
    permits.filter(~pl.col("zaaknummer").is_in(moved)).write_csv(town / "vergunningen.csv")
    lists.with_columns(pl.col("zaaknummer").replace(numbers)).write_csv(town / "leidinggevenden.csv")
