"""The book refuses what would be written wrong, and a case never gets an address that another has."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from screening.synthetic.days import ends_of_month, ends_of_year
from screening.synthetic.planted_patterns import PlantedPatterns
from screening.synthetic.records import SyntheticRecords
from screening.synthetic.town import build_town


@pytest.fixture
def scene() -> PlantedPatterns:
    book = SyntheticRecords(build_town(np.random.default_rng(1), 400))
    return PlantedPatterns(book, np.random.default_rng(2), date(2028, 3, 1))


def test_addresses_are_given_out_once_and_then_refused_with_a_reason(scene: PlantedPatterns) -> None:
    number = len(scene.remaining("venue"))
    taken = [scene.address() for _ in range(number)]
    assert len(set(taken)) == number
    with pytest.raises(ValueError, match="at least 2,500 addresses"):
        scene.address()


def test_an_unknown_column_is_refused(scene: PlantedPatterns) -> None:
    with pytest.raises(ValueError, match="has no column"):
        scene.book.extend("controles", datum=np.array([-1]), inspecteur=np.array([1]))


def test_what_is_not_said_is_empty(scene: PlantedPatterns) -> None:
    scene.book.extend("controles", datum=np.array([-1, -2]), bevinding=np.array(["gesloten", None], dtype=object))
    scene.inspection(scene.address(), -3)
    frame = scene.book.frame("controles")
    assert frame["datum"].to_list() == [-1, -2, -3]
    assert frame["bevinding"].to_list() == ["gesloten", None, "in_bedrijf"]
    assert frame["_address"].null_count() == 2
    assert frame["_planted"].to_list() == [False, False, True]


def test_a_partial_date_may_be_any_day_of_its_month_or_year() -> None:
    leap = date(2028, 3, 1)
    assert ends_of_month(0, leap) == (0, 30)
    assert ends_of_month(-1, leap) == (-29, -1)
    assert ends_of_year(-61, leap) == (-60 - 365, -61)


def test_what_a_case_restates_is_of_the_last_row_alone(scene: PlantedPatterns) -> None:
    for day in (-3, -2):
        scene.inspection(scene.address(), day)
    scene.restate("controles", _in_doubt=True)
    assert scene.book.frame("controles")["_in_doubt"].to_list() == [None, True]
