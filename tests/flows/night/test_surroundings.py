"""What a real night leaves around its dossiers; the lines of the rule: tests/matching/test_network.py."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from screening.store import Store, Workspace, open_store
from screening.store.schema.runs import dossier_address, dossier_party, network_tie


@pytest.fixture(scope="module")
def store(town_workspace: Path) -> Store:
    return open_store(Workspace(town_workspace), read_only=True)


@pytest.fixture(scope="module")
def ties(store: Store) -> pl.DataFrame:
    return store.rows(network_tie, store.last_published().run_id)


def test_one_manager_of_several_venues_leads_from_each_to_the_others(store: Store, ties: pl.DataFrame) -> None:
    run_id = store.last_published().run_id
    hits = store.evidence(run_id).filter(pl.col("indicator") == "PER-01")
    assert hits.height
    for hit in hits.to_dicts():
        leads_to = set(ties.filter(pl.col("address_id") == hit["address_id"])["place_id"])
        licences = [record for record in hit["record_ids"] if record.startswith("vergunningen:")]
        there = ties.filter(pl.concat_str("dataset", "key", separator=":").is_in(licences))
        assert set(there["place_id"]) - {hit["address_id"]} <= leads_to
        assert leads_to


def test_every_tie_starts_at_a_party_of_its_dossier(store: Store, ties: pl.DataFrame) -> None:
    run_id = store.last_published().run_id
    assert ties.height
    assert set(ties["mention"]) <= set(store.rows(dossier_party, run_id)["mention"])
    assert not ties.filter(pl.col("place_id") == pl.col("address_id")).height
    for address_id in ties["address_id"].unique():
        dossier = store.dossier(run_id, address_id)
        assert set(ties.filter(pl.col("address_id") == address_id)["mention"]) <= set(dossier.parties["mention"])


def test_an_ordinary_dossier_leads_to_no_sensitive_record(store: Store, ties: pl.DataFrame) -> None:
    run_id = store.last_published().run_id
    of_sex = ties.filter(pl.col("dataset") == "seksinrichtingen")["address_id"].unique()
    for address_id in of_sex:
        dossier = store.dossier(run_id, address_id)
        assert any(record["dataset"] == "seksinrichtingen" for record in dossier.records)


def test_every_dossier_has_its_point_on_the_map(store: Store, town_workspace: Path) -> None:
    run = store.last_published()
    places = pl.read_parquet(town_workspace / "runs" / run.run_id / "places.parquet")
    assert places["address_id"].is_unique().all()
    addresses = store.rows(dossier_address, run.run_id)
    assert addresses.join(places, on="address_id", how="anti").is_empty()
    shown = addresses.join(places, on="address_id")
    assert shown.filter(~pl.col("address").str.starts_with(pl.col("place"))).is_empty()
    assert json.dumps(places["outline"].drop_nulls().to_list()) == "[]"
