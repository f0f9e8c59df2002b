"""Which companies belong together: by a chain of legal persons, by continuation, or because one person runs both."""

from __future__ import annotations

from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.rules import company_groups

AS_OF = date(2026, 11, 1)
FUNCTIONS = {
    "key": pl.String,
    "kvk_nummer": pl.String,
    "rechtspersoon_kvk": pl.String,
    "functie": pl.String,
    "datum_aanvang_min": pl.Date,
    "datum_einde_max": pl.Date,
}
PARTIES = {"dataset": pl.String, "key": pl.String, "kind": pl.String, "party_id": pl.String, "birth_date": pl.Date}


def groups(companies: dict[str, str | None], functions: list[dict] = (), parties: list[dict] = ()) -> dict:
    """KVK number -> (group_id, related_id). `companies`: number -> continued by."""
    register = pl.DataFrame(
        {"kvk_nummer": list(companies), "voortgezet_door_kvk": list(companies.values())},
        schema={"kvk_nummer": pl.String, "voortgezet_door_kvk": pl.String},
    )
    usual = {**dict.fromkeys(FUNCTIONS), "functie": "bestuurder"}
    rows = [{**usual, "key": f"r{n}", **row} for n, row in enumerate(functions, 1)]
    people = [{"dataset": "functionarissen", "kind": "person", "birth_date": AS_OF, **row} for row in parties]
    found = company_groups(register, pl.DataFrame(rows, schema=FUNCTIONS), pl.DataFrame(people, schema=PARTIES), AS_OF)
    assert found["kvk_nummer"].is_sorted()
    return {number: (group, related) for number, group, related in found.iter_rows()}


def test_companies_without_a_tie_stand_alone():
    assert groups({"1": None, "2": None}) == {"1": ("1", "1"), "2": ("2", "2")}


def test_a_chain_of_legal_persons_is_one_group():
    functions = [{"kvk_nummer": "3", "rechtspersoon_kvk": "2"}, {"kvk_nummer": "2", "rechtspersoon_kvk": "1"}]
    assert set(groups(dict.fromkeys("123"), functions).values()) == {("1", "1")}


def test_a_sole_shareholder_ties_too_and_a_curator_does_not():
    holds = [{"kvk_nummer": "2", "rechtspersoon_kvk": "1", "functie": "enig_aandeelhouder"}]
    winds_up = [{"kvk_nummer": "2", "rechtspersoon_kvk": "1", "functie": "curator"}]
    assert groups(dict.fromkeys("12"), holds)["2"] == ("1", "1")
    assert groups(dict.fromkeys("12"), winds_up)["2"] == ("2", "2")


def test_a_company_and_the_one_that_continues_it_are_one_group():
    assert groups({"1": "2", "2": None})["2"] == ("1", "1")


def test_a_tie_that_has_ended_or_not_begun_ties_no_more():
    tie = {"kvk_nummer": "2", "rechtspersoon_kvk": "1"}
    assert groups(dict.fromkeys("12"), [tie | {"datum_einde_max": date(2026, 10, 31)}])["2"] == ("2", "2")
    assert groups(dict.fromkeys("12"), [tie | {"datum_einde_max": AS_OF}])["2"] == ("1", "1")
    assert groups(dict.fromkeys("12"), [tie | {"datum_aanvang_min": date(2026, 11, 2)}])["2"] == ("2", "2")


def test_a_holding_that_is_not_in_the_register_still_ties_its_companies():
    functions = [{"kvk_nummer": "2", "rechtspersoon_kvk": "9"}, {"kvk_nummer": "1", "rechtspersoon_kvk": "9"}]
    assert groups(dict.fromkeys("12"), functions) == {"1": ("1", "1"), "2": ("1", "1"), "9": ("1", "1")}


def test_two_companies_that_one_person_runs_are_related_but_no_group():
    functions = [{"kvk_nummer": "1"}, {"kvk_nummer": "2"}]
    person = [{"key": "r1", "party_id": "P"}, {"key": "r2", "party_id": "P"}]
    assert groups(dict.fromkeys("12"), functions, person)["2"] == ("2", "1")


def test_who_has_no_birth_date_relates_nothing_until_a_person_confirmed_the_link():
    functions = [{"kvk_nummer": "1"}, {"kvk_nummer": "2"}]
    alone = [{"key": f"r{n}", "party_id": f"P{n}", "birth_date": None} for n in (1, 2)]
    assert groups(dict.fromkeys("12"), functions, alone)["2"] == ("2", "2")
    confirmed = [{**row, "party_id": "P"} for row in alone]
    assert groups(dict.fromkeys("12"), functions, confirmed)["2"] == ("2", "1")


def test_without_companies_there_are_no_groups():
    assert groups({}) == {}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("123456"), st.sampled_from("123456")), max_size=8))
def test_a_group_is_all_that_can_be_reached(ties):
    reach = {number: {number} for number in "123456"}
    for _ in reach:
        for one, two in ties:
            together = reach[one] | reach[two]
            for number in together:
                reach[number] |= together
    functions = [{"kvk_nummer": one, "rechtspersoon_kvk": two} for one, two in ties]
    found = groups(dict.fromkeys("123456"), functions)
    assert {number: group for number, (group, _) in found.items()} == {n: min(all_) for n, all_ in reach.items()}
