"""The last two nights: two runs of one date are one, and a register that was doubted says nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from screening.store import Store, Workspace, publish
from screening.store.runs.nights import last_two_nights
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
