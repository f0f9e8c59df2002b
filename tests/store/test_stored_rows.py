"""The rows of a run come in parts that memory can hold, and are the same whatever the size of the parts."""

from __future__ import annotations

import polars as pl
import pytest
import sqlalchemy as sa
from polars.testing import assert_frame_equal

from screening.base.errors import StoreError
from screening.base.frames import RUN_FILES
from screening.store import RunBundle, stored_rows
from screening.store.bundle import NETWORK, row_key
from screening.store.files import run_frame
from screening.store.schema.runs import RUN_TABLES, evidence, flag, network_tie, run_file
from tests.store.bundles import address, make_bundle


def parts_of(bundle: RunBundle) -> list[tuple[sa.Table, pl.DataFrame]]:
    files = {
        name: run_frame(bundle.frames[name], schema, order, name).lazy()
        for name, (schema, order) in RUN_FILES.items()
        if name in bundle.frames
    }
    return list(stored_rows.stored_rows(bundle, files))


def rows_of(parts: list[tuple[sa.Table, pl.DataFrame]], table: sa.Table) -> pl.DataFrame:
    return pl.concat([frame for of, frame in parts if of is table])


@pytest.fixture
def bundle() -> RunBundle:
    """A run with links of every kind: some are probable, some join two dossiers."""
    made = make_bundle(90)
    number = pl.int_range(pl.len())
    links = made.frames["links.parquet"].with_columns(
        level=pl.when(number % 4 == 0).then(pl.lit("probable")).otherwise("level"),
        right=pl.when(number % 3 == 0).then(pl.format("vergunningen:Z{}:houder:person", number + 3)).otherwise("right"),
    )
    return make_bundle(90, frames={**made.frames, "links.parquet": links})


@pytest.mark.parametrize("size", [1, 7, 30])
def test_parts_of_any_size_hold_the_same_rows(bundle: RunBundle, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = parts_of(bundle)
    monkeypatch.setattr(stored_rows, "PART", size)
    parts = parts_of(bundle)
    assert len(parts) > len(whole)
    for table in RUN_TABLES:
        if table is not run_file:
            assert_frame_equal(rows_of(parts, table), rows_of(whole, table))
            assert rows_of(whole, table).select(row_key(table)).is_unique().all(), table.name


def test_what_a_row_refers_to_comes_before_it(bundle: RunBundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_rows, "PART", 7)
    known: set[tuple[str, str]] = set()
    for table, frame in parts_of(bundle):
        known |= {(table.name, value) for value in frame.get_column("address_id", default=pl.Series([]))}
        for constraint in table.foreign_key_constraints:
            if len(constraint.elements) == 2:  # run and address
                name = constraint.referred_table.name
                assert {(name, value) for value in frame["address_id"]} <= known, table.name


def test_hits_of_sensitive_dossiers_come_after_all_others(bundle: RunBundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_rows, "PART", 7)
    parts = parts_of(bundle)
    sensitive = set(rows_of(parts, flag).filter("sensitive")["address_id"])
    hits = rows_of(parts, evidence)
    assert hits["position"].to_list() == list(range(hits.height))
    is_last = hits["address_id"].is_in(list(sensitive)).to_list()
    assert is_last == sorted(is_last)
    assert is_last[0] is False
    assert is_last[-1] is True
    assert address(6) in sensitive


def test_a_network_is_that_of_a_dossier_and_holds_nothing_sensitive_that_the_dossier_may_not_show() -> None:
    tie = {"place_id": "elsewhere", "place": "Elders 1", "mention": "m", "step": 1, "role": "houder", "key": "Z1"}
    tie |= {"left_out": 0, "all_left_out": 0}
    ordinary, sensitive, neither = address(3), address(6), address(1)

    def network(*ties: tuple[str, str]) -> pl.DataFrame:
        rows = [{**tie, "address_id": address_id, "dataset": dataset} for address_id, dataset in ties]
        return rows_of(parts_of(make_bundle(60, network=pl.DataFrame(rows, schema=NETWORK))), network_tie)

    kept = network((ordinary, "vergunningen"), (sensitive, "seksinrichtingen"), (neither, "vergunningen"))
    assert kept["address_id"].to_list() == [ordinary, sensitive]
    with pytest.raises(StoreError, match="a sensitive record of another address"):
        network((ordinary, "seksinrichtingen"))
