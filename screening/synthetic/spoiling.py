"""Rows that a contract must refuse, and rows delivered twice: what every real export has a few of."""

from __future__ import annotations

import numpy as np
import polars as pl

from screening.base.datasets import datasets
from screening.base.word_lists import read_lists

#: Data set -> [column, reason, columns to set]. None empties a cell.
FAULTS: dict[str, list[tuple[str, str, dict[str, str | None]]]] = read_lists("screening.synthetic", "faults.yaml")
PREFIXES: dict[str, str] = {
    "vergunningen": "ZW-9{:06d}",
    "seksinrichtingen": "SV-9{:06d}",
    "meldingen": "ML-9{:06d}",
    "maatregelen": "BM-9{:06d}",
    "controles": "BZ-9{:06d}",
    "eigendom": "KR-9{:06d}",
}
INVALID_SHARE_MESSY = 0.01
#: A run stops at one rejected row in twenty: a small data set gets fewer kinds of faults, and none of its rows twice.
INVALID_SHARE_AT_MOST = 0.03
TWICE_FROM_ROWS = 100
TWICE_SHARE_MESSY = 0.003


def spoil(dataset: str, frame: pl.DataFrame, rng: np.random.Generator, *, messy: bool) -> pl.DataFrame:
    """The frame with invalid copies of ordinary rows added (and, messy, some rows twice), all in a random order.

    Adds `row_number` (1 = first), `_column` and `_reason` (null for a valid row).
    """
    ordinary = frame.filter(~pl.col("_planted"))
    faults = FAULTS.get(dataset, [])[: max(1, int(frame.height * INVALID_SHARE_AT_MOST))] if ordinary.height else []
    repeats = max(1, round(INVALID_SHARE_MESSY * frame.height / max(1, len(faults)))) if messy else 1
    parts = [frame.with_columns(_column=pl.lit(None, dtype=pl.String), _reason=pl.lit(None, dtype=pl.String))]
    serial = 0
    for column, reason, values in faults:
        rows = ordinary[np.sort(rng.integers(0, ordinary.height, repeats))]
        rows = _own_keys(dataset, rows, serial)
        serial += repeats
        parts.append(
            rows.with_columns(
                *(pl.lit(value, dtype=pl.String).alias(name) for name, value in values.items()),
                _column=pl.lit(column),
                _reason=pl.lit(reason),
            )
        )
    if messy and dataset in PREFIXES and frame.height >= TWICE_FROM_ROWS:
        twice = max(1, round(TWICE_SHARE_MESSY * frame.height))
        rows = ordinary[np.sort(rng.choice(ordinary.height, size=min(twice, ordinary.height), replace=False))]
        parts.append(rows.with_columns(_column=pl.lit(datasets()[dataset].key), _reason=pl.lit("dubbel_geleverd")))
    whole = pl.concat(parts)
    whole = whole[rng.permutation(whole.height)]
    return whole.with_columns(row_number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))


def _own_keys(dataset: str, rows: pl.DataFrame, serial: int) -> pl.DataFrame:
    """Keys that no valid row has."""
    numbers = range(serial, serial + rows.height)
    if dataset == "bag_adressen":
        return rows.with_columns(
            nummeraanduiding_id=pl.Series([f"9999209{n:09d}" for n in numbers]),
            adresseerbaar_object_id=pl.Series([f"9999019{n:09d}" for n in numbers]),
        )
    key = datasets()[dataset].key
    if key is None or dataset not in PREFIXES:
        return rows
    return rows.with_columns(pl.Series(key, [PREFIXES[dataset].format(n) for n in numbers]))
