"""Parties as a whole: who is linked, how surely, and that ids stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.base.frames import COULD_BE_ONE, IDENTITIES, LINKS, MENTIONS, PARTIES, SIMILAR_NAMES, TRADE_NAMES
from screening.matching.parties.link import PartyResult, link_parties
from screening.matching.parties.party_model import PartyModel, default_model

BORN = date(1980, 5, 17)
ADDRESS = "9999010000000001"


# ---------------------------------------------------------------- persons


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Jan de Vries", "Vries, J. de"),
        ("J.P. de Vries", "Jan Pieter de Vries"),
        ("J.P. de Vries", "P.J. de Vries"),
        ("A. Jansen-de Boer", "A. de Boer-Jansen"),
        ("van Dijk Anna", "A. van Dijk"),
        ("A. van Dijk", "A. van Diik"),
        ("H. Lê", "H. Lê-Bakker"),
        ("A. Jansen-de Boer", "A. de Boer"),
        ("A. Jansen-de Boer", "A. Jansen"),
        ("Wei Thạch", "Thạch Wei"),
        ("Nguyễn Văn Minh", "Minh Văn Nguyễn"),
        ("Maria Garcia Lopez", "M. Garcia"),
        ("M. el Amrani", "Mohamed Elamrani"),
        ("T Nguyễn", "Thanh Nguyễn"),
        ("W. Soerodimedjo", "Wagiman Surodimejo"),
        ("J. ter Horst", "Jan Terhorst"),
        ("B. van den Berg", "B. Vandenberg"),
        ("P. Kozłowski", "P. Kozlovski"),
        ("F. Dijkstra", "F. Dykstra"),
        ("M. Quang", "M. Qaung"),
        ("T. Işıkdağ", "T. Isikdag"),
        ("H. Bakker", "H. Baker"),
        ("H.J. Bakker", "H. Bakker"),
    ],
)
def test_variants_with_one_birth_date_are_one_person(
    persons: Callable[..., Any], party_of: Callable[..., Any], level_of: Callable[..., Any], left: str, right: str
) -> None:
    result = link_parties(persons((left, BORN), (right, BORN)))
    parties = party_of(result)
    assert parties["r1"] == parties["r2"]
    assert level_of(result) == {("r1", "r2"): "strong"}


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("J. de Vries", "P. de Vries", "probable"),  # twins share date and family name
        ("Jan de Vries", "Joris de Vries", "probable"),  # and sometimes the initial
        ("Anna Bakker", "Anna Bos", None),  # a given name is no family name
        ("J. Bakker", "J. Jansen", None),
        ("A. Smit-Bakker", "A. Visser-Bakker", None),  # half a double name, the other half contradicts
        ("N. Tazi-Bakker", "N. Ouali-Bakker", None),  # also where little differs in so long a name
        ("Bakker Anna Wil", "Anna Wil Visser", None),  # the given names alone, in an order that fits neither
        ("L. Li", "L. Wu", None),  # short names have few letters to differ in
        ("T. Tran", "T. Pham", None),
        # a birth date shared by chance, and names that differ in how they begin: seen in large registers
        ("Uçar, Jacek", "Acar, J.", "probable"),
        ("J. Toma", "J. Tas", None),
        ("F. Hofman", "F.O. Bosman", None),
        ("Akker, H.A.", "Dekker, Adrian", None),
        ("S. Dijkstra", "S. Zijlstra", None),
        ("A. de Boer", "A. Bakker", None),
        ("O.K. Bakker", "Oane van den Akker", None),
    ],
)
def test_different_people_of_one_birth_date_are_never_joined(
    persons: Callable[..., Any],
    party_of: Callable[..., Any],
    level_of: Callable[..., Any],
    left: str,
    right: str,
    level: str | None,
) -> None:
    result = link_parties(persons((left, BORN), (right, BORN)))
    parties = party_of(result)
    assert parties["r1"] != parties["r2"]
    assert level_of(result).get(("r1", "r2")) == level


@pytest.mark.parametrize("born", [None, "1980"], ids=["no birth date", "a partial birth date is none"])
def test_without_a_full_birth_date_the_same_name_is_probable_at_most(
    persons: Callable[..., Any], party_of: Callable[..., Any], level_of: Callable[..., Any], born: Any
) -> None:
    result = link_parties(persons(("Jan Pieter de Vries", BORN), ("Jan Pieter de Vries", born)))
    parties = party_of(result)
    assert parties["r1"] != parties["r2"]
    assert level_of(result) == {("r1", "r2"): "probable"}


def test_two_mentions_without_a_birth_date_stay_two_parties(
    persons: Callable[..., Any], party_of: Callable[..., Any]
) -> None:
    parties = party_of(link_parties(persons(("J. de Vries", None), ("J. de Vries", None), ("J. de Vries", "1980"))))
    assert len(set(parties.values())) == 3


def test_another_birth_date_is_a_veto(
    persons: Callable[..., Any], party_of: Callable[..., Any], level_of: Callable[..., Any]
) -> None:
    result = link_parties(persons(("Jan de Vries", BORN), ("Jan de Vries", date(1980, 5, 18))))
    parties = party_of(result)
    assert parties["r1"] != parties["r2"]
    assert level_of(result) == {}


def test_swapped_day_and_month_is_probable(
    persons: Callable[..., Any], party_of: Callable[..., Any], level_of: Callable[..., Any]
) -> None:
    result = link_parties(persons(("Jan de Vries", date(1980, 5, 7)), ("Jan de Vries", date(1980, 7, 5))))
    parties = party_of(result)
    assert parties["r1"] != parties["r2"]
    assert level_of(result) == {("r1", "r2"): "probable"}


def test_nobody_is_chained_through_a_mention_that_fits_two(
    persons: Callable[..., Any], party_of: Callable[..., Any]
) -> None:
    parties = party_of(link_parties(persons(("A. de Vries", BORN), ("A.P. de Vries", BORN), ("P. de Vries", BORN))))
    assert parties["r1"] != parties["r3"]


def test_a_date_that_many_names_carry_says_less(persons: Callable[..., Any], party_of: Callable[..., Any]) -> None:
    """1 January stands for "unknown" in registers: alike is not enough there, the same still is."""
    first = date(1975, 1, 1)
    crowd = [(f"{a}. {b}{c}ersma", first) for a in "CDEFG" for b in "BDFGKLMNPRSTVWZ" for c in "aeiou"]
    people = [("J. Kowalczyk", first), ("J. Kovalczyk", first), ("Q. Voorbeeld", first), ("Q. Voorbeeld", first)]
    parties = party_of(link_parties(persons(*people, *crowd)))
    assert parties["r1"] != parties["r2"]
    assert parties["r3"] == parties["r4"]
    alone = party_of(link_parties(persons(*people[:2])))
    assert alone["r1"] == alone["r2"]


def test_an_address_is_no_key_for_persons(tables: Callable[..., Any], party_of: Callable[..., Any]) -> None:
    rows = [
        {"key": key, "houder_naam": "J. de Vries", "houder_geboortedatum": born, "address_id": ADDRESS}
        for key, born in (("Z-1", date(1955, 3, 2)), ("Z-2", BORN), ("Z-3", None))
    ]
    assert len(set(party_of(link_parties(tables(vergunningen=rows))).values())) == 3


# ---------------------------------------------------------------- organisations


def test_one_kvk_number_is_one_organisation_whatever_its_name(
    tables: Callable[..., Any], party_of: Callable[..., Any], level_of: Callable[..., Any]
) -> None:
    result = link_parties(
        tables(
            vergunningen=[{"key": "Z-1", "houder_naam": "Heel Anders B.V.", "kvk_nummer": "11111111"}],
            handelsregister=[{"kvk_nummer": "11111111", "statutaire_naam": "Proef B.V."}],
        )
    )
    parties = party_of(result)
    assert parties["r1"] == parties["Z-1"]
    assert level_of(result) == {("Z-1", "r1"): "exact"}


def _two_companies(first: dict[str, Any], second: dict[str, Any]) -> list[dict[str, Any]]:
    same = {"statutaire_naam": "Café Proef B.V.", "address_id": ADDRESS}
    return [{"kvk_nummer": "11111111", **same, **first}, {"kvk_nummer": "22222222", **same, **second}]


def test_two_kvk_numbers_alive_together_are_not_linked(
    tables: Callable[..., Any], party_of: Callable[..., Any], level_of: Callable[..., Any]
) -> None:
    register = _two_companies({"datum_aanvang": date(2010, 1, 1)}, {"datum_aanvang": date(2015, 1, 1)})
    result = link_parties(tables(handelsregister=register))
    parties = party_of(result)
    assert parties["r1"] != parties["r2"]
    assert level_of(result) == {}


def test_a_number_that_ended_before_the_other_began_is_probable(
    tables: Callable[..., Any], party_of: Callable[..., Any], level_of: Callable[..., Any]
) -> None:
    register = _two_companies(
        {"datum_aanvang": date(2010, 1, 1), "datum_einde": date(2014, 12, 31)}, {"datum_aanvang": date(2015, 1, 1)}
    )
    result = link_parties(tables(handelsregister=register))
    parties = party_of(result)
    assert parties["r1"] != parties["r2"]
    assert level_of(result) == {("r1", "r2"): "probable"}


def test_a_number_outside_the_register_lives_always(tables: Callable[..., Any], level_of: Callable[..., Any]) -> None:
    permit = {"key": "Z-1", "houder_naam": "Café Proef B.V.", "kvk_nummer": "33333333", "address_id": ADDRESS}
    register = _two_companies({"datum_einde": date(2014, 12, 31)}, {"datum_einde": date(2014, 12, 31)})[:1]
    assert level_of(link_parties(tables(vergunningen=[permit], handelsregister=register))) == {}


def test_without_a_number_name_and_address_are_strong(
    tables: Callable[..., Any], party_of: Callable[..., Any], level_of: Callable[..., Any]
) -> None:
    permit = {"key": "Z-1", "houder_naam": "Café Proef BV", "address_id": ADDRESS}
    register = _two_companies({}, {})[:1]
    result = link_parties(tables(vergunningen=[permit], handelsregister=register))
    parties = party_of(result)
    assert parties["Z-1"] == parties["r1"]
    assert level_of(result) == {("Z-1", "r1"): "strong"}


def test_a_trade_name_of_the_register_counts_as_well_as_the_statutory_name(
    tables: Callable[..., Any], party_of: Callable[..., Any]
) -> None:
    permit = {"key": "Z-1", "houder_naam": "Café Proef", "handelsnaam": "Café Proef", "address_id": ADDRESS}
    register = {
        "kvk_nummer": "11111111",
        "statutaire_naam": "Iets Anders B.V.",
        "handelsnamen": ["Café Proef"],
        "address_id": ADDRESS,
    }
    parties = party_of(link_parties(tables(vergunningen=[permit], handelsregister=[register])))
    assert parties["Z-1"] == parties["r1"]


def test_a_name_at_an_address_that_points_to_two_numbers_joins_neither(
    tables: Callable[..., Any], party_of: Callable[..., Any], level_of: Callable[..., Any]
) -> None:
    permit = {"key": "Z-1", "houder_naam": "Café Proef BV", "address_id": ADDRESS}
    register = _two_companies({"datum_einde": date(2014, 12, 31)}, {"datum_aanvang": date(2015, 1, 1)})
    result = link_parties(tables(vergunningen=[permit], handelsregister=register))
    assert len(set(party_of(result).values())) == 3
    assert level_of(result)[("Z-1", "r1")] == level_of(result)[("Z-1", "r2")] == "probable"


def test_a_name_alone_is_probable(
    tables: Callable[..., Any], party_of: Callable[..., Any], level_of: Callable[..., Any]
) -> None:
    permit = {"key": "Z-1", "houder_naam": "Café Proef BV", "address_id": "9999010000000002"}
    register = _two_companies({}, {})[:1]
    result = link_parties(tables(vergunningen=[permit], handelsregister=register))
    parties = party_of(result)
    assert parties["Z-1"] != parties["r1"]
    assert level_of(result) == {("Z-1", "r1"): "probable"}


def test_a_large_company_is_linked_to_its_register_row(tables: Callable[..., Any]) -> None:
    permits = [{"key": f"Z-{i}", "houder_naam": "Proef B.V.", "kvk_nummer": "11111111"} for i in range(30)]
    result = link_parties(
        tables(vergunningen=permits, handelsregister=[{"kvk_nummer": "11111111", "statutaire_naam": "Proef B.V."}])
    )
    assert result.links.height == 30
    assert result.links["left"].unique().to_list() == ["handelsregister:r1:onderneming:organisation"]
    assert len(result.notes) == 1
    small = link_parties(tables(vergunningen=permits[:20]))
    assert small.links.height == 20 * 19 // 2
    assert small.notes == []


# ---------------------------------------------------------------- judgements


def _judgement(result: PartyResult, left: str, right: str, judgement: str) -> pl.DataFrame:
    prints = dict(result.mentions.select("key", "fingerprint").iter_rows())
    return pl.DataFrame(
        {"left_fingerprint": [prints[left]], "right_fingerprint": [prints[right]], "judgement": [judgement]}
    )


def test_a_positive_judgement_joins_what_was_probable(
    persons: Callable[..., Any], party_of: Callable[..., Any]
) -> None:
    frames = persons(("J. de Vries", BORN), ("J. de Vries", None), ("J. de Vries", BORN))
    first = link_parties(frames)
    result = link_parties(frames, judgements=_judgement(first, "r1", "r2", "positive"))
    assert len(set(party_of(result).values())) == 1


def test_a_positive_judgement_overrides_a_veto_and_takes_no_third_with_it(
    persons: Callable[..., Any], party_of: Callable[..., Any]
) -> None:
    other, third = date(1980, 7, 15), date(1990, 1, 2)
    frames = persons(("J. de Vries", BORN), ("J. de Vries", other), ("J. de Vries", third), ("J. de Vries", other))
    first = link_parties(frames)
    parties = party_of(link_parties(frames, judgements=_judgement(first, "r1", "r2", "positive")))
    assert parties["r1"] == parties["r2"] == parties["r4"] != parties["r3"]


def test_a_negative_judgement_parts_and_is_no_link(
    persons: Callable[..., Any], party_of: Callable[..., Any], level_of: Callable[..., Any]
) -> None:
    frames = persons(("J. de Vries", BORN), ("J. de Vries", BORN), ("J. de Vries", BORN))
    first = link_parties(frames)
    result = link_parties(frames, judgements=_judgement(first, "r2", "r1", "negative"))
    parties = party_of(result)
    assert parties["r1"] != parties["r2"]
    assert len(set(parties.values())) == 2
    assert ("r1", "r2") not in level_of(result)
    assert len(level_of(result)) == 2


def test_a_negative_judgement_parts_even_one_kvk_number(
    tables: Callable[..., Any], party_of: Callable[..., Any]
) -> None:
    permits = [{"key": f"Z-{i}", "houder_naam": "Proef B.V.", "kvk_nummer": "11111111"} for i in range(3)]
    frames = tables(vergunningen=permits)
    first = link_parties(frames)
    parties = party_of(link_parties(frames, judgements=_judgement(first, "Z-0", "Z-1", "negative")))
    assert parties["Z-0"] != parties["Z-1"]
    assert len(set(parties.values())) == 2


def _together(parties: dict[str, str]) -> set[frozenset[str]]:
    return {frozenset(key for key in parties if parties[key] == party) for party in parties.values()}


WILDE = [("Willem de Wilde", BORN)] * 3 + [("W. de Wilde", BORN)] * 3


@pytest.mark.parametrize(("left", "right"), [("r1", "r4"), ("r2", "r6"), ("r3", "r5")])
def test_a_negative_judgement_parts_two_spellings_and_no_twin_from_its_own(
    persons: Callable[..., Any], party_of: Callable[..., Any], left: str, right: str
) -> None:
    frames = persons(*WILDE)
    first = link_parties(frames)
    assert len(set(party_of(first).values())) == 1
    judged = _judgement(first, left, right, "negative")
    assert _together(party_of(link_parties(frames, judgements=judged))) == {
        frozenset({"r1", "r2", "r3"}),
        frozenset({"r4", "r5", "r6"}),
    }
    turned = {name: frame.reverse() for name, frame in frames.items()}
    assert party_of(link_parties(turned, judgements=judged)) == party_of(link_parties(frames, judgements=judged))


def test_a_negative_judgement_of_two_with_one_content_still_parts_them(
    persons: Callable[..., Any], party_of: Callable[..., Any]
) -> None:
    frames = persons(*WILDE)
    first = link_parties(frames)
    judged = pl.concat([_judgement(first, "r1", "r2", "negative"), _judgement(first, "r1", "r4", "negative")])
    parties = party_of(link_parties(frames, judgements=judged))
    assert parties["r1"] not in {parties["r2"], parties["r4"]}
    assert parties["r4"] == parties["r5"] == parties["r6"]
    assert len(set(parties.values())) == 2


@pytest.mark.parametrize("named", [{"kvk_nummer": "11111111"}, {"address_id": ADDRESS}], ids=["a number", "an address"])
def test_what_one_mention_is_parted_from_stays_whole(
    tables: Callable[..., Any], party_of: Callable[..., Any], named: dict[str, str]
) -> None:
    permits = [{"key": f"Z-{i}", "houder_naam": "Proef B.V.", **named} for i in range(5)]
    frames = tables(vergunningen=permits)
    first = link_parties(frames)
    keys = {row["key"] for row in permits}
    for odd in sorted(keys):
        judged = pl.concat([_judgement(first, odd, other, "negative") for other in sorted(keys - {odd})])
        parties = party_of(link_parties(frames, judgements=judged))
        assert _together(parties) == {frozenset({odd}), frozenset(keys - {odd})}


def test_a_positive_judgement_takes_no_third_along_whose_given_name_excludes_the_other(
    persons: Callable[..., Any], party_of: Callable[..., Any]
) -> None:
    frames = persons(("Jan de Vries", BORN), ("P. de Vries", BORN), ("Piet de Vries", BORN))
    first = link_parties(frames)
    assert party_of(first)["r2"] == party_of(first)["r3"]
    # who confirms that Jan is P. has said nothing of Piet, whom the night would join with P.
    parties = party_of(link_parties(frames, judgements=_judgement(first, "r1", "r2", "positive")))
    assert parties["r1"] == parties["r2"] != parties["r3"]


TWINS = [("Johan de Vries", BORN), ("Johanna de Vries", BORN)]


@pytest.mark.parametrize("times", [1, 2])
def test_who_is_told_from_one_of_two_twins_is_free_to_join_the_other(
    persons: Callable[..., Any], party_of: Callable[..., Any], level_of: Callable[..., Any], times: int
) -> None:
    frames = persons(*TWINS * times, *[("J. de Vries", BORN)] * times)
    first = link_parties(frames)
    assert len(set(party_of(first).values())) == 3
    initial = f"r{2 * times + 1}"
    for twin, other in (("r1", "r2"), ("r2", "r1")):
        second = link_parties(frames, judgements=_judgement(first, initial, twin, "negative"))
        parties = party_of(second)
        assert parties[initial] == parties[other] != parties[twin]
        assert len(set(parties.values())) == 2
        assert level_of(second)[other, initial] == "strong"


def test_who_fits_two_equal_notations_that_a_person_told_apart_belongs_to_neither(
    persons: Callable[..., Any], party_of: Callable[..., Any]
) -> None:
    frames = persons(*TWINS, ("J. de Vries", BORN), ("J. de Vries", BORN))
    first = link_parties(frames)
    judged = pl.concat([_judgement(first, "r3", "r4", "negative"), _judgement(first, "r3", "r1", "negative")])
    parties = party_of(link_parties(frames, judgements=judged))
    assert len(set(parties.values())) == 4
    # told from Johan as well, the other initial is no more Johanna than this one
    judged = pl.concat([judged, _judgement(first, "r4", "r1", "negative")])
    parties = party_of(link_parties(frames, judgements=judged))
    assert len(set(parties.values())) == 4
    judged = pl.concat([judged, _judgement(first, "r4", "r2", "negative")])
    parties = party_of(link_parties(frames, judgements=judged))
    assert parties["r3"] == parties["r2"] != parties["r4"]


def test_who_is_told_from_a_twin_is_told_from_the_other_notations_of_that_twin(
    persons: Callable[..., Any], party_of: Callable[..., Any]
) -> None:
    frames = persons(*TWINS, ("J. de Vries", BORN), ("Johan Pieter de Vries", BORN))
    first = link_parties(frames)
    assert party_of(first)["r1"] == party_of(first)["r4"] != party_of(first)["r3"]
    parties = party_of(link_parties(frames, judgements=_judgement(first, "r3", "r1", "negative")))
    assert parties["r3"] == parties["r2"] != parties["r1"] == parties["r4"]


def test_who_is_told_from_a_person_joins_no_other_notation_of_that_person(
    persons: Callable[..., Any], party_of: Callable[..., Any]
) -> None:
    people = ["Emil Wildeman", "Emilia Wildeman", "E. Wildemann", "Emil Wildemann"]
    frames = persons(*((name, BORN) for name in people))
    first = link_parties(frames)
    parties = party_of(link_parties(frames, judgements=_judgement(first, "r1", "r3", "negative")))
    assert parties["r1"] == parties["r4"]
    assert parties["r3"] not in {parties["r1"], parties["r4"]}


def test_of_two_contradicting_judgements_the_careful_one_holds(
    persons: Callable[..., Any], party_of: Callable[..., Any]
) -> None:
    frames = persons(("J. de Vries", BORN), ("J. de Vries", BORN))
    first = link_parties(frames)
    both = pl.concat([_judgement(first, "r1", "r2", "positive"), _judgement(first, "r2", "r1", "negative")])
    parties = party_of(link_parties(frames, judgements=both))
    assert parties["r1"] != parties["r2"]


def test_judgements_on_what_is_no_longer_there_change_nothing(persons: Callable[..., Any]) -> None:
    frames = persons(("J. de Vries", BORN), ("J. de Vries", None))
    gone = pl.DataFrame({"left_fingerprint": ["a" * 64], "right_fingerprint": ["b" * 64], "judgement": ["positive"]})
    assert link_parties(frames, judgements=gone).parties.equals(link_parties(frames).parties)


# ---------------------------------------------------------------- from run to run


def test_ids_stay_when_records_come_and_go(persons: Callable[..., Any], party_of: Callable[..., Any]) -> None:
    first = link_parties(persons(("J. de Vries", BORN), ("J. de Vries", BORN), ("A. Bakker", date(1990, 2, 3))))
    ids = party_of(first)
    # a record with a smaller fingerprint would change the id of a fresh workspace; a carried id it does not change
    people = [("J. de Vries", BORN), ("J. de Vries", BORN), ("A. Bakker", date(1990, 2, 3))]
    more = persons(*people, *[("Jan de Vries", BORN)] * 12)
    again = party_of(link_parties(more, previous=first.identities))
    assert {again[f"r{i}"] for i in (1, 2, *range(4, 16))} == {ids["r1"]}
    assert again["r3"] == ids["r3"]
    fewer = party_of(link_parties(persons(*people[:1]), previous=first.identities))
    assert fewer["r1"] == ids["r1"]


def test_a_party_that_splits_leaves_its_id_to_the_larger_part(
    persons: Callable[..., Any], party_of: Callable[..., Any]
) -> None:
    people = [("J. de Vries", BORN)] * 5
    frames = persons(*people)
    first = link_parties(frames)
    old = party_of(first)["r1"]
    judged = pl.concat([_judgement(first, "r1", f"r{i}", "negative") for i in range(2, 6)])
    second = link_parties(frames, judgements=judged, previous=first.identities)
    parties = party_of(second)
    assert {parties[f"r{i}"] for i in range(2, 6)} == {old}
    assert parties["r1"] != old
    third = link_parties(frames, judgements=judged, previous=second.identities)
    assert party_of(third) == parties


def test_parties_that_merge_take_the_id_of_the_larger(
    persons: Callable[..., Any], party_of: Callable[..., Any]
) -> None:
    frames = persons(("J. de Vries", BORN), ("J. de Vries", BORN), ("P. de Vries", BORN))
    first = link_parties(frames)
    old = party_of(first)
    judged = _judgement(first, "r1", "r3", "positive")
    parties = party_of(link_parties(frames, judgements=judged, previous=first.identities))
    assert set(parties.values()) == {old["r1"]}


def test_rows_delivered_twice_break_nothing(persons: Callable[..., Any], tables: Callable[..., Any]) -> None:
    row = {"zaaknummer": "Z-1", "naam": "J. de Vries", "rol": "beheerder", "datum_van": date(2024, 1, 1)}
    rows = [{**row, "geboortedatum": born} for born in (BORN, BORN, date(1955, 3, 2), None, None)]
    first = link_parties(tables(leidinggevenden=rows))
    assert first.mentions["fingerprint"].n_unique() == 1
    parties = dict(first.parties.select("key", "party_id").iter_rows())
    assert parties["r1"] == parties["r2"]
    assert len(set(parties.values())) == 4
    assert first.links["link_id"].is_unique().all()
    assert first.identities.height == 1
    second = link_parties(tables(leidinggevenden=rows), previous=first.identities)
    assert second.parties["party_id"].n_unique() == 4


# ---------------------------------------------------------------- weights


def test_a_given_model_is_used_and_a_frozen_one_holds(
    persons: Callable[..., Any], level_of: Callable[..., Any]
) -> None:
    frames = persons(("A. van Dijk", BORN), ("A. van Diik", BORN))
    assert link_parties(frames).model == default_model().to_json()
    people = default_model().persons
    unlikely = dict.fromkeys(people.m["given_names"], 0.0001)
    doubtful = replace(default_model(), persons=replace(people, m={**people.m, "given_names": unlikely}))
    for is_learning in (True, False):
        result = link_parties(frames, model=doubtful, is_learning=is_learning)
        assert result.model == doubtful.to_json()
        assert level_of(result) == {}


def test_a_large_register_learns_its_own_weights_unless_they_are_frozen(tables: Callable[..., Any]) -> None:
    families = [f"{a}{b}{c}sma" for a in "BDFGHKLM" for b in ("aa", "ee", "oo", "ui") for c in "dgklmnrst"]
    rows = []
    for number in range(2_400):
        born, name = date(1960, 1, 1) + timedelta(days=number % 700), families[number * 7 % len(families)]
        rows.append({"zaaknummer": f"Z-{number}", "naam": f"Jan {name}", "rol": "beheerder", "geboortedatum": born})
        rows.append({"zaaknummer": f"Y-{number}", "naam": f"J. {name}", "rol": "beheerder", "geboortedatum": born})
    frames = tables(leidinggevenden=rows)
    learned = PartyModel.from_json(link_parties(frames).model)
    assert learned.persons.matches > 1_000
    assert learned.persons.records != default_model().persons.records
    assert learned.organisations == default_model().organisations
    assert link_parties(frames, is_learning=False).model == default_model().to_json()


# ---------------------------------------------------------------- what leaves


def test_an_empty_night_gives_empty_frames() -> None:
    result = link_parties({})
    frames = (
        result.mentions,
        result.parties,
        result.links,
        result.trade_names,
        result.similar_names,
        result.could_be_one,
        result.identities,
    )
    schemas = (MENTIONS, PARTIES, LINKS, TRADE_NAMES, SIMILAR_NAMES, COULD_BE_ONE, IDENTITIES)
    for frame, schema in zip(frames, schemas, strict=True):
        assert frame.is_empty()
        assert dict(frame.schema) == schema


def test_links_say_what_was_compared_and_never_a_value(persons: Callable[..., Any]) -> None:
    result = link_parties(persons(("Jan de Voorbeeld", BORN), ("J. de Voorbeelt", BORN)))
    (link,) = result.links.to_dicts()
    assert link["left"] < link["right"]
    assert 0.95 <= link["score"] <= 1
    assert set(
        pl.Series([link["comparisons"]])
        .str.json_decode(
            pl.Struct(
                {
                    f: pl.Struct({"similarity": pl.Float64, "weight": pl.Float64})
                    for f in ("family_name", "given_names", "birth_date")
                }
            )
        )
        .item()
    ) == {"family_name", "given_names", "birth_date"}
    assert "oorbeel" not in link["comparisons"].lower()
    assert "1980" not in link["comparisons"]
    assert not result.identities["fingerprint"].str.contains("(?i)voorbeel").any()
    assert result.parties["party_id"].str.contains(r"^P-[0-9a-f]{16}$").all()


# ---------------------------------------------------------------- properties

given_names = st.sampled_from(["Jan", "Anna", "Mehmet", "Wei", "J.", "A.", "J.A.", "Piotr"])
family_names = st.sampled_from(["de Vries", "Bakker", "Yılmaz", "Nguyễn", "Bakke", "Jansen-Bakker", "el Amrani"])
dates = st.sampled_from([BORN, date(1980, 5, 7), date(1980, 7, 5), None, "1980"])
managers = st.lists(
    st.tuples(given_names, family_names, dates, st.sampled_from(["Z-1", "Z-2"])), min_size=2, max_size=14
)
companies = st.lists(
    st.tuples(
        st.sampled_from(["Proef B.V.", "Proef", "Test BV", "Proef Beheer"]),
        st.sampled_from(["11111111", "22222222", None]),
        st.sampled_from([ADDRESS, "9999010000000002", None]),
    ),
    max_size=10,
)
#: An example takes a second: an eighth of what another property has, at length as well.
few = settings(
    max_examples=settings().max_examples // 8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def _frames(tables: Callable[..., Any], people: list[Any], firms: list[Any]) -> Any:
    return tables(
        leidinggevenden=[
            {"naam": f"{g} {f}", "geboortedatum": born, "zaaknummer": case, "rol": "beheerder"}
            for g, f, born, case in people
        ],
        vergunningen=[
            {"key": f"V{i}", "houder_naam": name, "kvk_nummer": kvk, "address_id": address}
            for i, (name, kvk, address) in enumerate(firms)
        ],
    )


def _party_by_print(result: PartyResult) -> set[tuple[Any, ...]]:
    return set(result.parties.select("fingerprint", "birth_date", "party_id").iter_rows())


@few
@given(people=managers, firms=companies, data=st.data())
def test_the_order_of_rows_never_changes_a_party(
    tables: Callable[..., Any], people: list[Any], firms: list[Any], data: st.DataObject
) -> None:
    frames = _frames(tables, people, firms)
    shuffled = {
        name: frame.sample(fraction=1, shuffle=True, seed=data.draw(st.integers(0, 99)))
        for name, frame in frames.items()
    }
    one, other = link_parties(frames), link_parties(shuffled)
    assert one.parties.equals(other.parties)
    assert one.links.equals(other.links)
    # keys that are row numbers follow the order of the rows; contents do not
    renumbered = _frames(tables, data.draw(st.permutations(people)), firms)
    assert _party_by_print(link_parties(renumbered)) == _party_by_print(one)


@few
@given(people=managers, firms=companies)
def test_what_contradicts_never_shares_a_party(tables: Callable[..., Any], people: list[Any], firms: list[Any]) -> None:
    result = link_parties(_frames(tables, people, firms))
    sure = result.parties.group_by("party_id").agg(
        pl.col("birth_date").drop_nulls().n_unique().alias("dates"),
        pl.col("kvk_nummer").drop_nulls().n_unique().alias("numbers"),
        pl.col("kind").n_unique().alias("kinds"),
        (pl.col("birth_date").is_null() & (pl.col("kind") == "person")).any().alias("undated"),
        pl.len().alias("mentions"),
    )
    assert (sure["dates"] <= 1).all()
    assert (sure["numbers"] <= 1).all()
    assert (sure["kinds"] == 1).all()
    assert (sure.filter("undated")["mentions"] == 1).all()


@few
@given(people=managers, firms=companies)
def test_a_stranger_changes_nobodys_party(tables: Callable[..., Any], people: list[Any], firms: list[Any]) -> None:
    stranger = ("Zoltán", "Quispelmeyer", date(1933, 11, 30), "Z-9")
    one = _party_by_print(link_parties(_frames(tables, people, firms)))
    other = _party_by_print(link_parties(_frames(tables, [*people, stranger], firms)))
    assert one < other


@few
@given(people=managers, firms=companies)
def test_a_second_night_gives_the_same_ids(tables: Callable[..., Any], people: list[Any], firms: list[Any]) -> None:
    frames = _frames(tables, people, firms)
    first = link_parties(frames)
    if first.mentions["fingerprint"].is_unique().all():
        assert link_parties(frames, previous=first.identities).parties.equals(first.parties)
