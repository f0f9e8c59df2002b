"""Contracts loaded once, samples, and the making of small tables. Great Expectations is imported once a session."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import yaml

from screening.base.datasets import datasets
from screening.base.frames import QUARANTINE, SourceFile, SourceTable, empty
from screening.contracts import load_contracts

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def directory():
    """The folder of the contracts."""
    return ROOT / "data_contracts"


@pytest.fixture(scope="session")
def contracts(directory):
    """Every contract by data set."""
    return load_contracts(directory)


@pytest.fixture(scope="session")
def samples():
    """The good row and the bad row of each contract."""
    folder = Path(__file__).parent / "samples"
    return {one: yaml.safe_load((folder / f"{one}.yaml").read_text(encoding="utf-8")) for one in datasets()}


@pytest.fixture(scope="session")
def table():
    """A function that makes a SourceTable of rows (dicts of text; a column that no row names is absent)."""

    def make(dataset, rows, columns=None, rejected=None):
        columns = columns or list(dict.fromkeys(name for row in rows for name in row))
        frame = pl.DataFrame(
            {name: [row.get(name) for row in rows] for name in columns}, schema={name: pl.String for name in columns}
        )
        frame = frame.with_columns(
            row_number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64), source_file_sha256=pl.lit("f" * 64)
        )
        number = "r" + pl.col("row_number").cast(pl.String)
        key = pl.col(datasets()[dataset].key) if datasets()[dataset].key in columns else number
        return SourceTable(
            dataset=dataset,
            frame=frame.with_columns(key=key),
            files=[SourceFile(path=f"in/{dataset}.csv", sha256="f" * 64, rows_read=len(rows))],
            rejected=empty(QUARANTINE) if rejected is None else rejected,
        )

    return make
