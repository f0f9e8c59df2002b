"""Which parties could be one: what a person would not dare to call two, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import combinations
from typing import Any

import polars as pl
import pytest

from screening.base.frames import COULD_BE_ONE
from screening.matching.parties.link import PartyResult, link_parties

BORN = date(1980, 5, 17)
HERE, NEXT_DOOR, ELSEWHERE = "9999010000000001", "9999010000000002", "9999010000000003"
Tables = Callable[..., dict[str, pl.DataFrame]]


def pairs(result: PartyResult) -> set[tuple[str, str]]:
    """The keys of records whose parties could be one, or are."""
    key = dict(result.parties.select("party_id", "key").iter_rows())
    return {tuple(sorted((key[left], key[right]))) for left, right in result.could_be_one.iter_rows()}


def holders(*people: tuple[Any, ...], place: str = HERE) -> list[dict[str, Any]]:
    """Permits of these people: name, birth date, and the address (default: one and the same)."""
    return [
        {
            "key": f"Z-{number}",
            "houder_naam": name,
            "houder_geboortedatum": born,
            "address_id": where[0] if where else place,
        }
        for number, (name, born, *where) in enumerate(people, 1)
    ]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(("J. de Vries", None), ("J. de Vries", None), id="one name, nothing known"),
        pytest.param(("J. de Vries", BORN), ("Jan de Vries", None), id="a birth date on one side"),
        pytest.param(("J. de Vries", BORN), ("Vries, J.P. de", None), id="another order, more initials"),
        pytest.param(("A. Jansen", None), ("A. Bakker-Jansen", BORN), id="a partner's name before"),
        pytest.param(("A. Jansen", None), ("A. Jansen-Bakker", None), id="a partner's name behind"),
        pytest.param(("M. Boostma", None), ("M. Bootsma-Lam", BORN), id="a slip beside a partner's name"),
        pytest.param(("A. Jansen", BORN), ("A. Bakker", BORN), id="a partner's name instead, one birth date"),
        pytest.param(("A. Janssen", None), ("A. Jansen", None), id="one letter too few"),
        pytest.param(("M. Dijkstra", None), ("M. Dykstra", BORN), id="another spelling"),
        pytest.param(("M. Kowalski", None), ("M. Kowlaski", None), id="two letters exchanged"),
        pytest.param(("Peit de Vries", None), ("Piet de Vries", BORN), id="a slip in a short given name"),
        pytest.param(("J.P. de Vries", BORN), ("J.M. de Vries", BORN), id="initials of which one fits"),
        pytest.param(("Yasmminna Hofmman", None), ("Yasmina Hofman", BORN), id="doubled letters"),
        pytest.param(
            ("J. de Vries", date(1980, 5, 7)), ("J. de Vries", date(1980, 7, 5)), id="day and month exchanged"
        ),
        pytest.param(
            ("A. Jansen", date(1980, 5, 7)), ("A. Bakker-Jansen", date(1980, 7, 5)), id="the same and a partner's name"
        ),
    ],
)
def test_people_at_one_address_whom_nothing_tells_apart(tables: Tables, left: Any, right: Any) -> None:
    assert pairs(link_parties(tables(vergunningen=holders(left, right)))) == {("Z-1", "Z-2")}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(("J. de Vries", BORN), ("J. de Vries", date(1991, 2, 3)), id="one name, two birth dates"),
        pytest.param(("J. de Vries", None), ("P. de Vries", None), id="one family name, other initials"),
        pytest.param(("Jan de Vries", None), ("Kees de Vries", BORN), id="one family name, other given names"),
        pytest.param(("Jan de Vries", None), ("Joost de Vries", None), id="one initial, two given names"),
        pytest.param(("J. de Vries", None), ("J. Bakker", None), id="one initial, other family names"),
        pytest.param(
            ("A. Bakker-Smit", None), ("A. Bakker-Jansen", None), id="two double names with one half in common"
        ),
        pytest.param(("A. Jansen", BORN), ("P. Bakker", BORN), id="one birth date and nothing else"),
        pytest.param(("J. de Vries", None, HERE), ("J. de Vries", BORN, ELSEWHERE), id="one name, far from each other"),
    ],
)
def test_people_whom_something_tells_apart(tables: Tables, left: Any, right: Any) -> None:
    registers = tables(vergunningen=holders(left, right)) | {"bag_adressen": bag()}
    assert pairs(link_parties(registers)) == set()


def bag() -> pl.DataFrame:
    """Two objects in one building, and one in another."""
    return pl.DataFrame({"adresseerbaar_object_id": [HERE, NEXT_DOOR, ELSEWHERE], "pand_id": [["P"], ["P"], ["Q"]]})


def test_doors_of_one_building_are_one_place(tables: Tables) -> None:
    people = (("J. de Vries", BORN, HERE), ("J. de Vries", None, NEXT_DOOR), ("J. de Vries", None, ELSEWHERE))
    registers = tables(vergunningen=holders(*people))
    assert pairs(link_parties(registers | {"bag_adressen": bag()})) == {("Z-1", "Z-2")}
    assert pairs(link_parties(registers)) == set()


def test_whom_a_person_told_apart_could_not_be_one(tables: Tables) -> None:
    registers = tables(vergunningen=holders(("J. de Vries", BORN), ("J. de Vries", None)))
    result = link_parties(registers)
    assert pairs(result) == {("Z-1", "Z-2")}
    left, right = result.mentions.sort("key")["fingerprint"]
    judged = {"left_fingerprint": [left], "right_fingerprint": [right], "judgement": ["negative"]}
    assert pairs(link_parties(registers, judgements=pl.DataFrame(judged))) == set()


def test_an_officer_is_where_the_company_is_and_a_manager_where_the_licence_is(tables: Tables) -> None:
    registers = tables(
        vergunningen=holders(("J. de Vries", BORN)),
        handelsregister=[{"key": "h1", "kvk_nummer": "11111111", "statutaire_naam": "Proef B.V.", "address_id": HERE}],
        functionarissen=[{"key": "f1", "kvk_nummer": "11111111", "naam": "Jan de Vries", "functie": "bestuurder"}],
        leidinggevenden=[
            {"key": "l1", "zaaknummer": "Z-1", "naam": "J.P. de Vries", "rol": "beheerder"},
            {"key": "l2", "zaaknummer": "Z-9", "naam": "J. de Vries", "rol": "beheerder"},
        ],
    )
    assert pairs(link_parties(registers)) == {("Z-1", "f1"), ("Z-1", "l1"), ("f1", "l1")}


def companies(left: dict[str, Any], right: dict[str, Any], tables: Tables) -> set[tuple[str, str]]:
    """The pair of a permit's holder and a company of the register at one address."""
    permit = {"key": "Z-1", "address_id": HERE, **left}
    return pairs(
        link_parties(tables(vergunningen=[permit], handelsregister=[{"key": "h1", "address_id": HERE} | right]))
    )


@pytest.mark.parametrize(
    ("written", "registered"),
    [("Cafe Prof BV", "Café Proef B.V."), ("RD Bouw BV", "R & D Bouw B.V."), ("Proef B.V.", "Proef Beheer B.V.")],
)
def test_a_company_without_a_known_number_could_be_the_one_of_that_name(
    tables: Tables, written: str, registered: str
) -> None:
    register = {"kvk_nummer": "11111111", "statutaire_naam": registered}
    wrong = {"houder_naam": written, "kvk_nummer": "99999999"}  # a number that no register knows is a slip
    assert companies(wrong, register, tables) == {("Z-1", "h1")}


def test_companies_of_two_names_are_two_and_so_are_two_numbers_of_the_register(tables: Tables) -> None:
    register = {"kvk_nummer": "11111111", "statutaire_naam": "Café Proef B.V."}
    assert companies({"houder_naam": "Lunchroom Anders B.V."}, register, tables) == set()
    both = [
        {"key": f"h{n}", "kvk_nummer": str(n) * 8, "statutaire_naam": "Café Proef B.V.", "address_id": HERE}
        for n in (1, 2)
    ]
    assert pairs(link_parties(tables(handelsregister=both))) == set()


def test_thousands_of_companies_at_one_address_make_few_pairs(tables: Tables) -> None:
    """An address provider: who has a number is compared with those without one only."""
    companies = [
        {
            "key": f"r{n}",
            "kvk_nummer": f"{90_000_000 + n}",
            "vestigingsnummer": f"{n:012}",
            "address_id": HERE,
            "statutaire_naam": f"Proefbedrijf {n:04} B.V.",
        }
        for n in range(3_000)
    ]
    assert link_parties(tables(handelsregister=companies)).could_be_one.is_empty()


def test_the_pairs_do_not_depend_on_the_order_of_rows(tables: Tables) -> None:
    people = [("J. de Vries", BORN), ("Jan de Vries", None), ("J.P. de Vries", None), ("P. de Vries", None)]
    first = link_parties(tables(vergunningen=holders(*people))).could_be_one
    assert dict(first.schema) == COULD_BE_ONE
    for left, right in combinations(range(4), 2):
        turned = holders(*people)
        turned[left], turned[right] = turned[right], turned[left]
        assert link_parties(tables(vergunningen=turned)).could_be_one.equals(first)
