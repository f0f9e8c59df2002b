"""Organisations without a number: whose names at one object are one, and what a person is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from screening.matching.parties.link import link_parties

ADDRESS = "9999010000000001"


def _two(left: str, right: str, *, at: str | None = ADDRESS) -> dict[str, list[dict[str, Any]]]:
    return {
        "vergunningen": [{"key": "Z-1", "houder_naam": left, "handelsnaam": left, "address_id": at}],
        "handelsregister": [{"kvk_nummer": "11111111", "statutaire_naam": right, "address_id": ADDRESS}],
    }


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("R&D Bouw BV", "RD Bouw B.V."),
        ("R & D Bouw BV", "R en D Bouw B.V."),
        ("Jansen and Zonen BV", "Jansen & Zonen B.V."),
        ("Café Proef BV", "Cafe Proef B.V."),
        ("Proef Trading Limited", "Proef Trading Ltd"),
        ("Muster Handel AG", "Muster Handel Aktiengesellschaft"),
        ("Proof Trading plc", "Proof Trading Public Limited Company"),
        ("Dupont Commerce SARL", "Dupont Commerce S.A.R.L."),
        ("Besloten vennootschap Proef Winkel", "Proef Winkel B.V."),
        ("Bakkerij Oosterwind BV", "Bakkerij Oosterwnd B.V."),
    ],
)
def test_one_name_in_two_spellings_at_one_object_is_one_company(
    tables: Callable[..., Any], party_of: Callable[..., Any], level_of: Callable[..., Any], left: str, right: str
) -> None:
    result = link_parties(tables(**_two(left, right)))
    assert level_of(result) == {("Z-1", "r1"): "strong"}
    parties = party_of(result)
    assert parties["Z-1"] == parties["r1"]


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("Proef Beheer BV", "Proef B.V.", "probable"),  # companies of one group
        ("Bakkerij Oosterwind BV", "Slagerij Westerlicht B.V.", None),
    ],
)
def test_another_name_at_one_object_is_never_sure(
    tables: Callable[..., Any], level_of: Callable[..., Any], left: str, right: str, level: str | None
) -> None:
    assert level_of(link_parties(tables(**_two(left, right)))).get(("Z-1", "r1")) == level


def test_two_numbers_are_asked_about_only_where_the_one_ended_before_the_other_began(
    tables: Callable[..., Any], party_of: Callable[..., Any], level_of: Callable[..., Any]
) -> None:
    def register(end: date | None) -> dict[str, Any]:
        same = {"statutaire_naam": "Café Proef B.V.", "address_id": ADDRESS}
        return tables(
            handelsregister=[
                {"kvk_nummer": "11111111", **same, "datum_aanvang": date(2010, 1, 1), "datum_einde": end},
                {"kvk_nummer": "22222222", **same, "datum_aanvang": date(2015, 1, 1)},
            ]
        )

    assert level_of(link_parties(register(None))) == {}
    ended = link_parties(register(date(2014, 12, 31)))
    assert level_of(ended) == {("r1", "r2"): "probable"}
    assert len(set(party_of(ended).values())) == 2


def test_a_name_that_many_without_a_number_bear_makes_no_crowd_of_links(tables: Callable[..., Any]) -> None:
    rows = [
        {"key": f"Z-{at}", "houder_naam": "Café Proef BV", "address_id": f"99990100000{at:05d}"} for at in range(12)
    ]
    links = link_parties(tables(vergunningen=rows)).links
    assert set(links["level"]) <= {"probable"}
    assert links.height <= 12 * 5
