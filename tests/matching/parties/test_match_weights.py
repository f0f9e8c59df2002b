"""What levels are worth: rarity of names and dates, spellings that meet, and what may be strong at all."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from screening.matching.parties.match_weights import (
    EXCLUDING_GIVEN,
    Frequencies,
    given_weights,
    may_be_strong,
    weigh_persons,
)
from screening.matching.parties.model import LEAST_NAMES, default_model

BORN = date(1980, 5, 17)


def pair(left: str, right: str, level: str, given: str = "equal", relation: str = "equal") -> dict[str, object]:
    return {
        "relation": relation, "birth_date": BORN, "left_family": left, "right_family": right, "family_level": level,
        "given_relation": given, "reading_weight": 0.0,
    }  # fmt: skip


def weighed(rows: list[dict[str, object]], counts: dict[str, int], on_date: int = 2) -> pl.DataFrame:
    known = Frequencies(
        max(sum(counts.values()), LEAST_NAMES),
        pl.DataFrame({"family": list(counts), "count": list(counts.values())}, schema_overrides={"count": pl.Int64}),
        pl.DataFrame({"birth_date": [BORN], "on_date": [on_date]}, schema_overrides={"on_date": pl.Int64}),
    )
    return weigh_persons(pl.DataFrame(rows), default_model(), known)


def family_weight(row: dict[str, object], counts: dict[str, int], times: int = 1) -> float:
    return weighed([row] * times, counts)["family_weight"][0]


def test_a_rare_family_name_says_more_than_a_common_one() -> None:
    row = pair("smit", "smit", "equal")
    assert family_weight(row, {"smit": 2}) > family_weight(row, {"smit": 200}) + 5


def test_two_common_names_a_letter_apart_are_two_names_and_a_rare_spelling_is_a_slip() -> None:
    row = pair("hendriks", "hendriksz", "slip")
    assert family_weight(row, {"hendriks": 300, "hendriksz": 1}) > 3
    assert family_weight(row, {"hendriks": 300, "hendriksz": 200}) < 0


def test_spellings_that_meet_more_than_chance_has_it_are_one_name() -> None:
    row = pair("dijkstra", "dijktra", "slip")
    counts = {"dijkstra": 300, "dijktra": 20}
    assert family_weight(row, counts, times=15) > family_weight(row, counts) + 2
    # a slip never says more than the name itself
    assert family_weight(row, counts, times=300) < family_weight(pair("dijkstra", "dijkstra", "equal"), counts)


def test_a_crowded_birth_date_says_less() -> None:
    row = pair("smit", "smit", "equal")
    alone, crowd = (weighed([row], {"smit": 2}, on_date)["birth_weight"][0] for on_date in (2, 256))
    assert alone - crowd == pytest.approx(7)


def test_no_birth_date_weighs_nothing_and_a_swapped_one_less_than_an_equal_one() -> None:
    rows = [pair("smit", "smit", "equal", relation=relation) for relation in ("absent", "swapped", "equal")]
    absent, swapped, equal = weighed(rows, {"smit": 2})["birth_weight"]
    assert absent == 0 < swapped < equal


def test_given_names_that_exclude_each_other_keep_the_bits_set_by_hand() -> None:
    weights = given_weights(default_model())
    assert {level: weights[level] for level in EXCLUDING_GIVEN} == EXCLUDING_GIVEN
    assert weights["absent"] == 0


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"family_level": "slip"}, True),
        ({"relation": "absent"}, False),  # no independent key
        ({"relation": "swapped"}, False),
        ({"given_relation": "disjoint"}, False),
        ({"given_relation": "differs"}, False),
        ({"family_level": "differs"}, False),
        ({"family_level": "two_slips"}, False),  # only an initial beside it
        ({"family_level": "doubtful"}, False),
        ({"family_level": "doubtful", "given_relation": "name"}, True),
        ({"family_level": "two_slips", "given_relation": "equal_several"}, True),
        ({"reading_weight": -14.0}, False),
    ],
)
def test_what_may_be_strong(changes: dict[str, object], expected: bool) -> None:
    frame = pl.DataFrame([pair("smit", "smit", "equal") | changes])
    assert frame.select(may_be_strong()).item() is expected
