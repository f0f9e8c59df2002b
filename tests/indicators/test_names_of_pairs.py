"""The case tables take two parties for possibly one because of their names: the matching must do so as well."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from screening.matching.parties.link import PartyResult, link_parties
from tests.indicators.conftest import CASES
from tests.matching.conftest import typed_frame


def told_pairs() -> list[dict[str, Any]]:
    """Every different pair that a case tells the names of."""
    rows = [
        row
        for cases in CASES.values()
        for case in cases
        for row in (case.spec.get("tables") or {}).get("mogelijk_een_partij", [])
        if "left" in row
    ]
    pairs = {str((row["left"], row["right"])): row for row in rows}
    return [pairs[key] for key in sorted(pairs)]


def linked(pairs: list[dict[str, Any]]) -> PartyResult:
    """Both sides of each pair at an address of its own: on a permit, or in the trade register."""
    permits, register = [], []
    for number, pair in enumerate(pairs):
        for side in ("left", "right"):
            who = pair[side]
            row = {"key": f"{number}-{side}", "address_id": f"9999010{number:09d}"}
            if "registered" in who:
                register.append(row | {"kvk_nummer": who["registered"], "statutaire_naam": who["name"]})
            else:
                told = {"houder_naam": who["name"], "kvk_nummer": who.get("number")}
                permits.append(row | told | {"houder_geboortedatum": born(who)})
    tables = {"vergunningen": typed_frame("vergunningen", permits)}
    return link_parties(tables | {"handelsregister": typed_frame("handelsregister", register)})


def born(who: dict[str, Any]) -> date | None:
    return date.fromisoformat(str(who["born"])) if "born" in who else None


def test_the_matching_takes_them_for_possibly_one_too():
    pairs = told_pairs()
    assert len(pairs) >= 8
    result = linked(pairs)
    party = dict(result.parties.select("key", "party_id").iter_rows())
    possible = {frozenset(row) for row in result.could_be_one.iter_rows()}
    for number, pair in enumerate(pairs):
        assert frozenset((party[f"{number}-left"], party[f"{number}-right"])) in possible, pair


def test_a_link_that_is_called_probable_is_so():
    pairs = [pair for pair in told_pairs() if pair.get("is_probable")]
    result = linked(pairs)
    key = dict(result.mentions.select("mention", "key").iter_rows())
    probable = result.links.filter(pl.col("level") == "probable").select("left", "right")
    sides = {frozenset((key[left], key[right])) for left, right in probable.iter_rows()}
    assert pairs
    for number, pair in enumerate(pairs):
        assert frozenset((f"{number}-left", f"{number}-right")) in sides, pair
