"""Who runs or manages a company on a day, and of whom it is known who they are."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from screening.rules import readings

AS_OF = date(2026, 11, 1)
D = date.fromisoformat


def _holds(expression: pl.Expr, **columns) -> bool:
    types = {name: pl.Date if name.startswith("datum") else pl.String for name in columns}
    return pl.DataFrame([columns], schema=types).select(expression).item()


@pytest.mark.parametrize(
    ("begin", "end", "surely", "possibly"),
    [
        (("2026-11-01", "2026-11-01"), (None, None), True, True),
        (("2026-11-02", "2026-11-02"), (None, None), False, False),
        (("2026-11-01", "2026-11-30"), (None, None), False, True),
        ((None, None), (None, None), False, True),
        (("2024-01-01", "2024-01-01"), ("2026-11-01", "2026-11-01"), True, True),
        (("2024-01-01", "2024-01-01"), ("2026-10-31", "2026-10-31"), False, False),
        (("2024-01-01", "2024-01-01"), ("2026-10-01", "2026-11-30"), False, True),
    ],
)
def test_a_function_with_a_partial_date_is_held_for_possible_and_not_for_sure(begin, end, surely, possibly):
    first, last = ([None if day is None else D(day) for day in pair] for pair in (begin, end))
    function = {"datum_aanvang_min": first[0], "datum_aanvang_max": first[1]}
    function |= {"datum_einde_min": last[0], "datum_einde_max": last[1]}
    assert _holds(readings.in_function(AS_OF), **function) is surely
    assert _holds(readings.possibly_in_function(AS_OF), **function) is possibly
    listed = {"datum_van_max": first[1], "datum_tot_min": last[0]}
    assert _holds(readings.on_list(AS_OF), **listed) is surely


@pytest.mark.parametrize(
    ("by", "reason", "goes_on"),
    [
        ("12345678", None, True),
        (None, "voortgezet", True),
        (None, "omgezet", True),
        (None, "ontbonden", False),
        (None, None, False),
    ],
)
def test_a_company_goes_on_in_another_or_in_another_form(by, reason, goes_on):
    assert _holds(readings.continued(), voortgezet_door_kvk=by, reden_einde=reason) is goes_on


def test_a_person_is_known_by_a_birth_date_in_any_mention_of_the_party():
    parties = pl.LazyFrame(
        {
            "mention": ["a", "b", "c", "d"],
            "party_id": ["P", "P", "Q", "R"],
            "birth_date": [None, D("1980-05-12"), None, D("1970-01-01")],
        }
    )
    people = parties.filter(pl.col("mention").is_in(["a", "c", "d"]))
    assert readings.known_persons(people, parties).collect()["mention"].sort().to_list() == ["a", "d"]
    # nobody else comes in
    assert readings.known_persons(people.filter(pl.col("mention") == "a"), parties).collect()["mention"].item() == "a"
