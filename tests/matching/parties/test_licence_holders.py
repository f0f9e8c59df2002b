"""Who the holder of a permit is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from screening.matching.parties.licence_holders import classify_holders

BORN = date(1980, 5, 17)
REGISTER = [
    {"kvk_nummer": "11111111", "rechtsvorm": "eenmanszaak", "handelsnamen": ["Proeverij"]},
    {"kvk_nummer": "22222222", "rechtsvorm": "bv", "statutaire_naam": "Test Horeca B.V.", "handelsnamen": ["De Test"]},
    {"kvk_nummer": "33333333", "rechtsvorm": "eenmanszaak", "handelsnamen": ["Anna Voorbeeld"]},
]
OFFICERS = [{"kvk_nummer": "22222222", "naam": "Anna Voorbeeld", "functie": "bestuurder"}]

CASES: list[tuple[str, dict[str, Any], str]] = [
    ("a legal form is an organisation", {"houder_naam": "Proef B.V.", "kvk_nummer": "44444444"}, "o"),
    ("a birth date is a person", {"houder_naam": "Anna Voorbeeld", "houder_geboortedatum": BORN}, "p"),
    ("a partial birth date is a person too", {"houder_naam": "Anna Voorbeeld", "houder_geboortedatum": "1980"}, "p"),
    (
        "a person with a number is both",
        {"houder_naam": "A. Voorbeeld", "houder_geboortedatum": BORN, "kvk_nummer": "11111111"},
        "po",
    ),
    ("trading as is both, also without a number", {"houder_naam": "A. Voorbeeld h.o.d.n. Café Proef"}, "po"),
    ("a company that trades as something is one organisation", {"houder_naam": "Test B.V. h.o.d.n. Café Proef"}, "o"),
    ("initials are a person", {"houder_naam": "Voorbeeld, A."}, "p"),
    ("initials that look like a legal form, at the start", {"houder_naam": "B.V. Voorbeeld"}, "p"),
    (
        "initials that look like a legal form, at the end, with a birth date",
        {"houder_naam": "Voorbeeld B.V.", "houder_geboortedatum": BORN},
        "p",
    ),
    (
        "a birth date beside a company of the register stays with the company",
        {"houder_naam": "Test Horeca B.V.", "houder_geboortedatum": BORN, "kvk_nummer": "22222222"},
        "o",
    ),
    ("initials with a number, no birth date", {"houder_naam": "Voorbeeld, A.", "kvk_nummer": "11111111"}, "po"),
    ("a word of a trade without a legal form", {"houder_naam": "Bar Proef", "handelsnaam": "Bar Proef"}, "o"),
    ("a name that is the trade name", {"houder_naam": "De Proeftuin", "handelsnaam": "De Proeftuin"}, "o"),
    ("a name the register knows as a company's", {"houder_naam": "De Test", "kvk_nummer": "22222222"}, "o"),
    ("an officer of the number", {"houder_naam": "Anna Voorbeeld", "kvk_nummer": "22222222"}, "po"),
    ("a name in full under a sole trader's number", {"houder_naam": "Anna Test", "kvk_nummer": "11111111"}, "po"),
    ("an unknown number and no sign of a person", {"houder_naam": "Anna Test", "kvk_nummer": "99999999"}, "o"),
    ("a name in full and nothing else", {"houder_naam": "Anna Voorbeeld"}, "p"),
    ("no name and no number", {}, ""),
    ("a number without a name", {"kvk_nummer": "22222222"}, "o"),
]


@pytest.mark.parametrize(("row", "kinds"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_kind_of_holder(tables: Callable[..., Any], row: dict[str, Any], kinds: str) -> None:
    frames = tables(vergunningen=[row], handelsregister=REGISTER, functionarissen=OFFICERS)
    found = classify_holders(frames, "vergunningen").row(0, named=True)
    assert ("p" if found["is_person"] else "") + ("o" if found["is_organisation"] else "") == kinds


def test_without_the_register_the_name_decides(tables: Callable[..., Any]) -> None:
    frames = tables(vergunningen=[{"houder_naam": "De Test", "kvk_nummer": "22222222"}, {"houder_naam": "A. Test"}])
    found = classify_holders(frames, "vergunningen")
    assert found["is_person"].to_list() == [False, True]


def test_a_sole_trader_is_named_by_person_and_by_trade(tables: Callable[..., Any]) -> None:
    row = {"houder_naam": "A. Voorbeeld h.o.d.n. Café Proef", "houder_geboortedatum": BORN, "kvk_nummer": "11111111"}
    found = classify_holders(tables(vergunningen=[row]), "vergunningen").row(0, named=True)
    assert (found["person_name"], found["organisation_name"]) == ("A. Voorbeeld", "Café Proef")
