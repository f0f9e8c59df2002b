"""What is read from the store: the last run, the dossier of an address, when an address was first flagged."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from screening.base.errors import StoreError
from screening.base.frames import IDENTITIES
from screening.store import Store, Workspace, publish
from screening.store.runs.verify import read_identities
from screening.store.store import FIRST_FLAGGED
from tests.store.bundles import NAME, SAMPLED_NAME, address, make_bundle


def test_a_dossier_holds_everything_of_the_address_and_nothing_of_another(store: Store, workspace: Workspace) -> None:
    run_id = publish(store, workspace, make_bundle()).run_id
    dossier = store.dossier(run_id, address(6))
    assert dossier.run.run_id == run_id
    assert dossier.flag["address_id"] == address(6)
    assert dossier.flag["indicator_codes"] == ["LIC-04", "NUI-01"]
    assert dossier.evidence["indicator"].to_list() == ["LIC-04", "NUI-01"]
    assert dossier.declarations["LIC-04"]["parameters"] == {"grace_days": 90}
    assert dossier.declarations["LIC-04"]["fg_advice"] == "2026-05-12"
    assert [(row["dataset"], row["key"]) for row in dossier.records] == [("vergunningen", "Z6")]
    assert dossier.records[0]["fields"] == {"status": "verleend", "n": 6}
    assert dossier.records[0]["source_date"] == date(2026, 10, 31)
    assert dossier.parties["name"].to_list() == [f"{NAME} 6"]
    assert dossier.links["link_id"].to_list() == ["L6"]
    assert dossier.sources["age_days"].to_list() == [1, 1]


def test_an_address_that_is_neither_flagged_nor_drawn_has_no_dossier(store: Store, workspace: Workspace) -> None:
    run_id = publish(store, workspace, make_bundle()).run_id
    assert store.dossier(run_id, address(1)) is None


def test_a_sampled_address_has_a_dossier_like_that_of_a_flagged_one_without_a_hit(
    store: Store, workspace: Workspace
) -> None:
    run_id = publish(store, workspace, make_bundle()).run_id
    assert store.sample(run_id).rows() == [(address(2), date(2026, 11, 1)), (address(22), date(2026, 11, 1))]
    dossier, flagged = store.dossier(run_id, address(22)), store.dossier(run_id, address(6))
    assert (dossier.kind, flagged.kind) == ("sample", "flag")
    assert (dossier.address, flagged.address) == ("Teststraat 22, 9999 AA Voorbeeld", "Teststraat 6, 9999 AA Voorbeeld")
    assert dossier.flag is None
    assert dossier.evidence.is_empty()
    assert dossier.declarations == {}
    assert [(row["dataset"], row["key"]) for row in dossier.records] == [("vergunningen", "Z22")]
    assert dossier.parties["name"].to_list() == [f"{SAMPLED_NAME} 22"]
    assert dossier.records[0].keys() == flagged.records[0].keys()
    assert dossier.sources.equals(flagged.sources)


def test_a_dossier_tells_what_a_hit_cites_from_elsewhere_apart_from_its_own_records(
    store: Store, workspace: Workspace
) -> None:
    bundle = make_bundle()
    evidence = bundle.frames["evidence.parquet"].with_columns(
        record_ids=pl.when(pl.col("indicator") == "LIC-04").then(pl.lit(["vergunningen:Z6", "vergunningen:Z4"]))
    )
    links = bundle.frames["links.parquet"].with_columns(level=pl.lit("probable"))
    links = links.with_columns(
        right=pl.when(pl.col("link_id") == "L6").then(pl.lit("vergunningen:Z7:houder:person")).otherwise("right")
    )
    frames = dict(bundle.frames) | {"evidence.parquet": evidence, "links.parquet": links}
    every = bundle.dossier_records.with_columns(address_id=pl.lit(address(6)))
    run_id = publish(store, workspace, make_bundle(frames=frames, cited_records=every)).run_id
    dossier = store.dossier(run_id, address(6))
    told = dossier.places.select("dataset", "key", "is_here", "row_number", "address_method", "probable_links")
    assert told.rows() == [
        ("vergunningen", "Z4", False, 4, "exact", ["L4"]),
        ("vergunningen", "Z6", True, 6, "exact", ["L6"]),
    ]
    assert [row["key"] for row in dossier.records] == ["Z6"], "what is read before the hits tells of none"
    assert dossier.parties["mention"].to_list() == ["vergunningen:Z6:houder:person"]
    assert [(row["key"], row["fields"]) for row in dossier.cited_records] == [("Z4", {"status": "verleend", "n": 4})]
    assert dossier.cited_parties["mention"].to_list() == [f"vergunningen:Z{n}:houder:person" for n in (4, 7)]
    assert store.dossier(run_id, address(22)).cited_records == []
    assert store.dossier(run_id, address(22)).cited_parties.is_empty()
    assert store.dossier(run_id, address(22)).places["key"].to_list() == ["Z22"]


def test_an_address_without_a_text_is_shown_by_its_id(sqlite_store: Store, workspace: Workspace) -> None:
    run_id = publish(sqlite_store, workspace, make_bundle(display=None)).run_id
    assert sqlite_store.dossier(run_id, address(22)).address == address(22)


@pytest.mark.parametrize(
    "read", ["flags", "evidence", "sources", "declarations", "summary", "files", "first_flagged", "sample"]
)
def test_a_run_that_is_not_there_is_an_error_and_not_an_empty_answer(sqlite_store: Store, read: str) -> None:
    with pytest.raises(StoreError, match="not published"):
        getattr(sqlite_store, read)("0" * 24)


def test_the_summary_is_run_json(store: Store, workspace: Workspace) -> None:
    import json

    bundle = make_bundle()
    publish(store, workspace, bundle)
    summary = store.summary(bundle.run_id)
    assert summary == json.loads((workspace.runs / bundle.run_id / "run.json").read_text())
    assert summary["timings"] == {"publish": 1.25}
    assert summary["as_of"] == "2026-11-01"
    assert summary["measured"] == ["peak_memory_mib", "stored_measured", "timings"]


def test_times_come_back_in_utc(store: Store, workspace: Workspace) -> None:
    published = publish(store, workspace, make_bundle())
    assert published.started_at == datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
    assert published.published_at.utcoffset().total_seconds() == 0


def nights(store: Store, workspace: Workspace, *flagged: set[int]) -> None:
    """A run a night from 1 November on, that flags these addresses, dated as the review rule dates them."""
    for number, numbers in enumerate(flagged, start=1):
        as_of = date(2026, 11, number)
        before = store.last_published(before=as_of)
        earlier = store.first_flagged(before.run_id if before else None).drop("sensitive")
        bundle = make_bundle(30, as_of)
        wanted = [address(n) for n in numbers]
        flags = bundle.frames["flags.parquet"].filter(pl.col("address_id").is_in(wanted)).drop("first_flagged")
        flags = flags.join(earlier, on="address_id", how="left").with_columns(pl.col("first_flagged").fill_null(as_of))
        publish(store, workspace, make_bundle(30, as_of, frames=dict(bundle.frames) | {"flags.parquet": flags}))


def test_first_flagged_is_the_start_of_the_unbroken_series(store: Store, workspace: Workspace) -> None:
    nights(store, workspace, {3, 6, 9}, {3, 9}, {3, 6, 9}, {3, 6})
    last, before = store.last_published(), store.last_published(before=date(2026, 11, 4))
    assert last
    assert before
    dates, dates_before = (
        dict(store.first_flagged(run.run_id).select("address_id", "first_flagged").rows()) for run in (last, before)
    )
    assert dates == {address(3): date(2026, 11, 1), address(6): date(2026, 11, 3)}
    assert dates_before[address(9)] == date(2026, 11, 1)


def test_before_the_first_run_nothing_was_flagged_and_nobody_known(sqlite_store: Store, workspace: Workspace) -> None:
    assert sqlite_store.first_flagged(None).schema == pl.Schema(FIRST_FLAGGED)
    assert sqlite_store.first_flagged(None).is_empty()
    assert read_identities(sqlite_store, workspace, None).schema == pl.Schema(IDENTITIES)


def test_identities_are_those_of_the_run(sqlite_store: Store, workspace: Workspace) -> None:
    bundle = make_bundle()
    publish(sqlite_store, workspace, bundle)
    found = read_identities(sqlite_store, workspace, bundle.run_id)
    assert_frame_equal(found, bundle.frames["identities.parquet"].sort("fingerprint"))


def test_sources_delivered_twice_are_listed_once(sqlite_store: Store, workspace: Workspace) -> None:
    sources = make_bundle().sources
    publish(sqlite_store, workspace, make_bundle(sources=pl.concat([sources, sources])))
    assert sqlite_store.sources(sqlite_store.last_published().run_id).height == 2


def test_a_younger_copy_of_the_same_delivery_is_the_same_run(store: Store, workspace: Workspace) -> None:
    """The date of a file is no content: touching it must not make the same run a contradiction."""
    first = publish(store, workspace, make_bundle())
    touched = make_bundle().sources.with_columns(age_days=pl.lit(9, dtype=pl.Int64))
    again = publish(store, workspace, make_bundle(sources=touched))
    assert again.already
    assert again.digest == first.digest
