"""Settings go to plain values and back, and say what they do not understand."""

from __future__ import annotations

import json

import pytest

from benchmarks.linking.jobs import JOBS
from screening import linking as e
from screening.base.errors import ConfigurationError


@pytest.mark.parametrize("name", sorted(JOBS))
def test_settings_survive_json(name: str) -> None:
    settings = JOBS[name]()
    assert e.Settings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings


def test_gates_conditions_and_bits_set_by_hand_survive_json() -> None:
    settings = e.Settings(
        comparisons=(
            e.Comparison(
                "name", (e.equal(), e.edits(1).having(from_length=5, bits=2.0, label="slip")), otherwise=-12.0
            ),
            e.Comparison("born", (e.equal(),)),
        ),
        blocking=(("name",),),
        gates=(e.Gate("name", ("slip", "missing"), unless=("born", ("equal born",))),),
    )
    assert e.Settings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings


@pytest.mark.parametrize(
    "make",
    [
        lambda: e.Level("guess"),
        lambda: e.similar("telepathy", 0.9),
        lambda: e.Comparison("x", ()),
        lambda: e.Settings(comparisons=(e.Comparison("x", (e.equal(),)),), blocking=()),
        lambda: e.Settings(comparisons=(e.Comparison("x", (e.equal(),)),) * 2, blocking=(("x",),)),
        lambda: e.Settings(comparisons=(e.Comparison("x", (e.equal(),)),), blocking=(("x",),), vetoes=(e.Veto("y"),)),
        lambda: e.Settings(
            comparisons=(e.Comparison("x", (e.equal(),)),), blocking=(("x",),), vetoes=(e.Veto("x", ("nearly",)),)
        ),
        lambda: e.Settings(
            comparisons=(e.Comparison("x", (e.equal(),)),), blocking=(("x",),), gates=(e.Gate("x", ("nearly",)),)
        ),
        lambda: e.Settings(
            comparisons=(e.Comparison("x", (e.equal(),)),),
            blocking=(("x",),),
            gates=(e.Gate("x", ("else",), unless=("y", ("else",))),),
        ),
        lambda: e.Settings.from_dict({"comparisons": []}),
    ],
    ids=[
        "kind",
        "measure",
        "no levels",
        "no blocking",
        "name twice",
        "veto on nothing",
        "veto level",
        "gate level",
        "gate unless nothing",
        "no rules",
    ],
)
def test_what_cannot_be_meant_is_refused(make: object) -> None:
    with pytest.raises(ConfigurationError):
        make()
