"""Dates as precise as the register has them."""

from __future__ import annotations

from datetime import date

import pytest

from screening.pictures.picture import PartialDate


@pytest.mark.parametrize(
    ("text", "first", "last", "words"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2026"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "februari 2024"),
        ("2026-05-12", date(2026, 5, 12), date(2026, 5, 12), "12 mei 2026"),
        ("2026-05-12 21:30", date(2026, 5, 12), date(2026, 5, 12), "12 mei 2026"),
    ],
)
def test_a_date_is_as_precise_as_the_register_has_it(text: str, first: date, last: date, words: str) -> None:
    day = PartialDate.of(text)
    assert day is not None
    assert (day.first, day.last, day.text("nl")) == (first, last, words)


@pytest.mark.parametrize("text", ["", None, "onbekend", "2026-13", "2026-02-30", "0000"])
def test_what_is_no_date_is_none(text: str | None) -> None:
    assert PartialDate.of(text) is None
