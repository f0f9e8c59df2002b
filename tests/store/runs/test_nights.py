"""The last two nights: two runs of one date are one, and a register that was doubted says nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from screening.store import Store, Workspace, publish
from screening.store.runs import nights
from screening.store.runs.nights import flagged_since, identities_since, last_run_with, last_summaries, last_two_nights
from tests.store.bundles import make_bundle

FIRST, SECOND = date(2026, 11, 1), date(2026, 11, 2)
INPUTS = [{"dataset": "vergunningen"}, {"dataset": "meldingen"}, {"dataset": "bag_adressen"}]
RULES = {"run": [{"code": "LIC-04"}, {"code": "NUI-01"}], "not_run": []}
DECLARED = [
    {"code": "LIC-04", "version": 1, "inputs": {"vergunningen": ["status"]}},
    {"code": "NUI-01", "version": 1, "inputs": {"meldingen": ["status"]}},
]


def publish_night(store: Store, workspace: Workspace, as_of: date, **meta: object) -> str:
    plain = make_bundle(3, as_of)
    told = {"inputs": INPUTS, "indicators": RULES, **meta}
    run_id = f"{len(store.runs()):024x}"
    bundle = make_bundle(3, as_of, run_id=run_id, frames=plain.frames, meta=told)
    return publish(store, workspace, replace(bundle, declarations=DECLARED)).run_id


def test_no_run_is_no_night_and_two_runs_of_one_date_are_one(sqlite_store: Store, workspace: Workspace) -> None:
    assert last_two_nights(sqlite_store) == ()
    first = publish_night(sqlite_store, workspace, FIRST)
    publish_night(sqlite_store, workspace, SECOND)
    again = publish_night(sqlite_store, workspace, SECOND)
    assert [night.run.run_id for night in last_two_nights(sqlite_store)] == [again, first]


@pytest.mark.parametrize(
    ("meta", "doubted", "unseen"),
    [
        ({}, set(), set()),
        ({"unavailable": [{"dataset": "vergunningen", "kind": "missing"}]}, {"vergunningen"}, {"LIC-04"}),
        ({"deliveries": {"meldingen": {"verdict": "suspect"}}}, {"meldingen"}, {"NUI-01"}),
        ({"deliveries": {"meldingen": {"verdict": "good"}}}, set(), set()),
        ({"indicators": {**RULES, "not_run": [{"code": "LIC-03", "kind": "stale_source"}]}}, set(), {"LIC-03"}),
        ({"indicators": {**RULES, "not_run": [{"code": "LIC-03", "kind": "stopped"}]}}, set(), set()),
        ({"deliveries": {"bag_adressen": {"verdict": "suspect"}}}, {"bag_adressen"}, set()),
    ],
    ids=["whole", "missing", "suspect", "good", "not run", "stopped", "places"],
)
def test_what_a_night_says_nothing_of(
    sqlite_store: Store, workspace: Workspace, meta: dict[str, object], doubted: set[str], unseen: set[str]
) -> None:
    publish_night(sqlite_store, workspace, FIRST, **meta)
    [night] = last_two_nights(sqlite_store)
    assert (night.doubted, night.unseen) == (doubted, unseen)
    assert night.good == {"vergunningen", "meldingen", "bag_adressen"} - doubted
    assert night.ran == {"LIC-04", "NUI-01"}
    assert night.is_placed is ("bag_adressen" not in doubted)


def publish_flags(store: Store, workspace: Workspace, as_of: date, flags: pl.DataFrame, **meta: object) -> str:
    plain = make_bundle(3, as_of)
    frames = plain.frames | {"flags.parquet": flags}
    run_id = f"{len(store.runs()):024x}"
    given = {"inputs": INPUTS, "indicators": RULES, **meta}
    bundle = make_bundle(3, as_of, run_id=run_id, frames=frames, meta=given)
    return publish(store, workspace, replace(bundle, declarations=DECLARED)).run_id


@pytest.mark.parametrize(
    ("verdict", "code", "since"),
    [("suspect", "LIC-04", FIRST), ("good", "LIC-04", None), ("suspect", "NUI-01", None)],
    ids=["its register was suspect", "no register was", "another register was"],
)
def test_a_night_that_did_not_see_a_flag_is_no_gap(
    sqlite_store: Store, workspace: Workspace, verdict: str, code: str, since: date | None
) -> None:
    flags = make_bundle(3, FIRST).frames["flags.parquet"].with_columns(indicator_codes=pl.lit([code]))
    publish_flags(sqlite_store, workspace, FIRST, flags)
    delivery = {"deliveries": {"vergunningen": {"verdict": verdict}}}
    for later in (SECOND, date(2026, 11, 3)):
        last = publish_flags(sqlite_store, workspace, later, flags.clear(), **delivery)
    dates = flagged_since(sqlite_store, last)
    assert dates.schema == sqlite_store.first_flagged(None).schema
    assert dates["first_flagged"].to_list() == ([] if since is None else [since])
    assert flagged_since(sqlite_store, None).is_empty()


def test_a_flag_that_was_not_seen_for_too_many_nights_has_a_gap(
    sqlite_store: Store, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nights, "_NIGHTS_BACK", 1)
    flags = make_bundle(3, FIRST).frames["flags.parquet"].with_columns(indicator_codes=pl.lit(["LIC-04"]))
    publish_flags(sqlite_store, workspace, FIRST, flags)
    unseen = {"deliveries": {"vergunningen": {"verdict": "suspect"}}}
    runs = [publish_flags(sqlite_store, workspace, day, flags.clear(), **unseen) for day in (SECOND, date(2026, 11, 3))]
    assert [flagged_since(sqlite_store, run_id).height for run_id in runs] == [1, 0]


def suspect(register: str, **more: object) -> dict[str, object]:
    return {"deliveries": {register: {"verdict": "suspect", **more}}}


@pytest.mark.parametrize(
    ("meta", "party_ids"),
    [
        ({}, {"a": "P-2", "c": "P-3"}),
        (suspect("vergunningen"), {"a": "P-2", "b": "P-1", "c": "P-3"}),
        ({"unavailable": [{"dataset": "vergunningen"}]}, {"a": "P-2", "b": "P-1", "c": "P-3"}),
    ],
    ids=["good", "suspect", "missing"],
)
def test_a_party_keeps_its_id_though_its_register_was_not_seen_for_two_nights(
    sqlite_store: Store, workspace: Workspace, meta: dict[str, object], party_ids: dict[str, str]
) -> None:
    ids = [{"a": "P-1", "b": "P-1"}, {"a": "P-2"}, {"a": "P-2", "c": "P-3"}]
    for day, of_night in enumerate(ids):
        plain, as_of = make_bundle(3, FIRST), date(2026, 11, 1 + day)
        identities = pl.DataFrame({"fingerprint": list(of_night), "party_id": list(of_night.values())})
        frames = plain.frames | {"identities.parquet": identities}
        given = {"inputs": INPUTS, "indicators": RULES, **(meta if day else {})}
        last = publish(
            sqlite_store, workspace, make_bundle(3, as_of, run_id=f"{day:024x}", frames=frames, meta=given)
        ).run_id
    assert dict(identities_since(sqlite_store, workspace, last).rows()) == party_ids
    assert identities_since(sqlite_store, workspace, None).is_empty()


def test_the_last_run_that_used_a_register(sqlite_store: Store, workspace: Workspace) -> None:
    first = publish_night(sqlite_store, workspace, FIRST)
    replaced = publish_night(sqlite_store, workspace, SECOND, **suspect("meldingen", used={"days": 1}))
    last = publish_night(sqlite_store, workspace, date(2026, 11, 3), **suspect("vergunningen"))
    assert last_run_with(sqlite_store, "vergunningen", last) == replaced
    assert last_run_with(sqlite_store, "meldingen", replaced) == replaced
    assert last_run_with(sqlite_store, "vergunningen", first) == first
    assert last_run_with(sqlite_store, "controles", last) is None
    assert last_run_with(sqlite_store, "vergunningen", None) is None


def test_no_further_back_than_a_month_is_looked(
    sqlite_store: Store, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A month of two nights: what was last seen before it is not looked for."""
    monkeypatch.setattr(nights, "_NIGHTS_BACK", 2)
    seen = publish_night(sqlite_store, workspace, FIRST)
    later = [
        publish_night(sqlite_store, workspace, date(2026, 11, day), **suspect("vergunningen")) for day in (2, 3, 4)
    ]
    assert [last_run_with(sqlite_store, "vergunningen", run_id) for run_id in later] == [seen, None, None]
    carried = [identities_since(sqlite_store, workspace, run_id) for run_id in later]
    assert [ids.height for ids in carried] == [3, 3, 3]


def test_the_last_summaries_are_one_a_night_and_the_latest_of_it(sqlite_store: Store, workspace: Workspace) -> None:
    publish_night(sqlite_store, workspace, FIRST)
    publish_night(sqlite_store, workspace, SECOND)
    again = publish_night(sqlite_store, workspace, SECOND)
    third = publish_night(sqlite_store, workspace, date(2026, 11, 3))
    assert [summary["run_id"] for summary in last_summaries(sqlite_store, 2)] == [again, third]
    assert len(last_summaries(sqlite_store, 9)) == 3
