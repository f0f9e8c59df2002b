"""A rule to declare in tests, with every text in place; a test changes what it is about."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from screening.rules import Activation, Indicator, Param, Tables, evaluate, indicator

AS_OF = date(2026, 11, 1)


def by_permit(t: Tables, p, as_of: date) -> pl.LazyFrame:
    """One row per granted permit."""
    return t.vergunningen.filter(pl.col("status") == "verleend").select(
        "address_id", record_ids=pl.concat_list("record"), zaaknummer="zaaknummer"
    )


def declaration(**changes) -> dict:
    """The keyword arguments of a sound declaration, with `changes`."""
    sound = {
        "code": "TST-01",
        "version": 1,
        "cls": "B",
        "barrier": "WERKPLEK",
        "dataset": "vergunningen",
        "name_nl": "Proef",
        "name_en": "Trial",
        "rationale_nl": "Waarom.",
        "rationale_en": "Why.",
        "ruled_out_nl": ("Iets.",),
        "ruled_out_en": ("Something.",),
        "innocent_nl": ("Iets anders.",),
        "innocent_en": ("Something else.",),
        "inputs": {"vergunningen": ("record", "address_id", "status", "zaaknummer")},
        "params": {"grace_days": Param(30, "days", "because", floor=10, ceiling=90)},
        "evidence_nl": "Vergunning {zaaknummer}, grens {grace_days}.",
        "evidence_en": "Licence {zaaknummer}, threshold {grace_days}.",
    }
    return sound | changes


@pytest.fixture
def declare():
    """declare(function=by_permit, **changes) -> Indicator."""

    def make(function=by_permit, **changes) -> Indicator:
        return indicator(**declaration(**changes))(function)

    return make


@pytest.fixture
def permits() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "key": ["Z-1", "Z-2", "Z-3"],
            "zaaknummer": ["Z-1", "Z-2", "Z-3"],
            "status": ["verleend", "geweigerd", "verleend"],
            "address_id": ["b", "a", "a"],
            "einddatum": [date(2026, 5, 1), None, None],
        }
    )


@pytest.fixture
def run(permits):
    """run(*rules, tables=…, activations=…) -> Evaluation on `permits`, all rules activated."""

    def make(*rules: Indicator, tables: dict | None = None, activations: dict | None = None, **others):
        frames = {"vergunningen": permits} if tables is None else tables
        active = {one.code: Activation("APV art. 2:28", "DPIA-1", AS_OF) for one in rules}
        return evaluate(rules, Tables(frames), as_of=AS_OF, activations=active | (activations or {}), **others)

    return make
