"""Periods, distances and directions in words."""

from __future__ import annotations

import pytest
import yaml

from screening.pictures import captions
from screening.pictures.captions import bearing_text, distance_text, period_text
from screening.pictures.picture import PartialDate

MARCH, MAY = PartialDate(2021, 3, 5), PartialDate(2022, 5)


def test_every_caption_is_in_both_languages() -> None:
    groups = yaml.safe_load(captions._FILE.read_text(encoding="utf-8"))
    assert all(set(texts) == {"nl", "en"} for group in groups.values() for texts in group.values())


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (MARCH, None, "sinds 5 maart 2021"),
        (None, MAY, "tot mei 2022"),
        (MARCH, MAY, "5 maart 2021 – mei 2022"),
        (PartialDate(2021, 1), MARCH, "januari – 5 maart 2021"),
        (MARCH, MARCH, "5 maart 2021"),
        (None, None, ""),
    ],
)
def test_a_period_in_words(start: PartialDate | None, end: PartialDate | None, words: str) -> None:
    assert period_text(start, end, "nl") == words


@pytest.mark.parametrize(
    ("metres", "words"),
    [(7.2, "7 m"), (346, "350 m"), (994, "990 m"), (999, "1 km"), (2000, "2 km"), (1240, "1,2 km"), (11_900, "12 km")],
)
def test_a_distance_is_as_precise_as_one_needs_it(metres: float, words: str) -> None:
    assert distance_text(metres, "nl") == words


@pytest.mark.parametrize(
    ("east", "north", "words"),
    [
        (100, 0, "100 m naar het oosten"),
        (-100, 0, "100 m naar het westen"),
        (0, -50, "50 m naar het zuiden"),
        (30, 40, "50 m naar het noordoosten"),
        (0, 0.2, "op dezelfde plek"),
    ],
)
def test_a_direction_in_words(east: float, north: float, words: str) -> None:
    assert bearing_text(east, north, "nl") == words
