"""The pictures of a case, made of its material."""

from __future__ import annotations

from typing import Any

import polars as pl

from screening.casework.cases.surroundings import SURROUNDINGS
from screening.pictures.picture import Picture
from screening.review.views.case_pictures import (
    MOST_ROLES,
    left_out_of_network,
    map_picture,
    network_picture,
    timeline_picture,
)
from screening.review.views.facts import facts, sources
from screening.review.views.likeness import links
from screening.review.views.parties import Party, PartyRole, parties
from screening.store.stored_rows import NETWORK
from tests.pictures.boxes import assert_legible, words
from tests.review.views.material import LINK_ROWS, PARTIES, RECORDS, SOURCES, TODAY

FACTS = facts(RECORDS, sources(SOURCES, today=TODAY, language="nl"), language="nl")
SHOWN = parties(PARTIES, FACTS, language="nl")
LINKS = links(LINK_ROWS, PARTIES, language="nl")
NOWHERE = pl.DataFrame(schema=NETWORK).drop("address_id")


def elsewhere(**values: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(NOWHERE.columns)
    return row | {"left_out": 0, "all_left_out": 0, "step": 1, "role": "houder", "dataset": "vergunningen"} | values


MENTION = SHOWN[0].roles[0].mention
NETWORK_ROWS = pl.DataFrame(
    [
        elsewhere(
            place_id="p1",
            place="Reigerlaan 77",
            key="ZW-9",
            kind="exploitatie",
            mention=MENTION,
            name="Café De Zon",
            rd_x=182_300.0,
            rd_y=431_000.0,
            starts="2024-05",
        ),
        elsewhere(
            place_id="p2",
            place="Dijk 1",
            key="v-3",
            dataset="handelsregister",
            name="Loods B.V.",
            step=2,
            mention=MENTION,
            role="onderneming",
            via_key="12345678",
            via_name="Loods B.V.",
            via_role="bestuurder",
            via_starts="2021-03-05",
        ),
    ],
    schema=NOWHERE.schema,
)


def drawn(picture: Picture | None) -> list[str]:
    assert picture is not None
    assert_legible(picture)
    return [text.text for text in words(picture.svg)]


def test_periods_are_bars_and_events_marks_as_the_contract_of_the_register_says() -> None:
    picture = timeline_picture(FACTS, SHOWN, as_of=TODAY, language="nl")
    drawn(picture)
    assert picture is not None
    assert [(row[0], row[2], row[3]) for row in picture.rows] == [
        ("Vergunningen", "29 juli 2024", "loopt door"),
        ("Vestigingen", "4 juni 2026", "loopt door"),
        ("Meldingen", "22 september 2026", ""),
    ]
    assert "Eetcafé Honinglust B.V." in picture.rows[0][1]


def test_the_network_ties_the_parties_to_the_records_here_and_elsewhere() -> None:
    texts = drawn(network_picture(SHOWN, FACTS, LINKS, NETWORK_ROWS, address="Fuikweg 42, 9611BW", language="nl"))
    assert {"Fuikweg 42", "dit adres", "Reigerlaan 77", "Dijk 1", "1", "2", "bestuurder", "sinds maart 2021"} <= set(
        texts
    )
    assert texts.count("Loods B.V.") == 2, "the company, and its establishment"


def test_a_party_with_more_addresses_than_are_listed_is_named_with_their_number() -> None:
    assert left_out_of_network(SHOWN, NETWORK_ROWS) == []
    cut = NETWORK_ROWS.with_columns(left_out=pl.lit(14, pl.Int64))
    assert left_out_of_network(SHOWN, cut) == [(SHOWN[0].name, 14)]


def test_two_that_may_be_one_are_dashed() -> None:
    picture = network_picture(SHOWN, FACTS, LINKS, NOWHERE, address="Fuikweg 42", language="nl")
    assert picture is not None
    assert "mogelijk dezelfde" in {row[1] for row in picture.rows}
    assert picture.svg.count("pic-doubt") == 1


def test_a_name_is_text_and_not_markup() -> None:
    picture = network_picture(SHOWN, FACTS, LINKS, NOWHERE, address="Fuikweg 42", language="nl")
    assert picture is not None
    assert "S. &lt;b&gt;Zeroual" in picture.svg
    assert "<b>" not in picture.svg


def test_nobody_is_no_network_and_many_are_left_to_the_table() -> None:
    assert network_picture([], FACTS, [], NOWHERE, address="Fuikweg 42", language="nl") is None
    roles = tuple(PartyRole(f"m{number}", "vergunningen:ZW-2", "vergunning", "houder", None) for number in range(3))
    many = [
        Party(f"O-{number}", (f"Onderneming {number} B.V.",), "organisatie", False, None, (), roles)
        for number in range(10)
    ]
    texts = drawn(network_picture(many, FACTS, [], NOWHERE, address="Fuikweg 42", language="nl"))
    assert sum(text.startswith("Onderneming") for text in texts) == MOST_ROLES // 3


def test_the_map_numbers_the_other_addresses_as_the_network_does() -> None:
    around = [
        {
            "is_own": True,
            "place": "Fuikweg 42",
            "house_number": "42",
            "uses": [],
            "status": None,
            "rd_x": 182_235.6,
            "rd_y": 431_000.0,
            "outline": [],
        },
        {
            "is_own": False,
            "place": "Fuikweg 44",
            "house_number": "44",
            "uses": [],
            "status": None,
            "rd_x": 182_243.0,
            "rd_y": 431_000.0,
            "outline": [[182_240.0, 430_995.0], [182_246.0, 430_995.0], [182_246.0, 431_005.0]],
        },
    ]
    picture = map_picture(
        pl.DataFrame(around, schema=SURROUNDINGS), NETWORK_ROWS, address="Fuikweg 42, 1234 AB Dorp", language="nl"
    )
    assert {"42", "44", "1", "Reigerlaan 77", "dit adres"} <= set(drawn(picture))
    assert picture is not None
    assert ("1", "Reigerlaan 77", "Café De Zon", "64 m naar het oosten") in picture.rows
    assert map_picture(pl.DataFrame(schema=SURROUNDINGS), NETWORK_ROWS, address="", language="nl") is None
