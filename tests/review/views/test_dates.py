"""Dates as precise as the register has them, and ages in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.review.views.dates import age_words, register_date


@pytest.mark.parametrize(
    ("value", "nl", "en", "iso"),
    [
        ("2026", "2026", "2026", "2026"),
        ("2026-05", "mei 2026", "May 2026", "2026-05"),
        ("2026-05-02", "2 mei 2026", "2 May 2026", "2026-05-02"),
        ("2026-05-02 21:30", "2 mei 2026 om 21:30 uur", "2 May 2026 21:30", "2026-05-02T21:30"),
    ],
)
def test_a_date_is_told_no_better_than_it_is_known(value: str, nl: str, en: str, iso: str) -> None:
    assert register_date(value, "nl").text == nl
    assert register_date(value, "en").text == en
    assert register_date(value, "nl").iso == iso


@pytest.mark.parametrize("value", [None, "", "2026-13", "gisteren", "83285468", "2026-05-02 later"])
def test_what_is_no_date_is_none(value: str | None) -> None:
    assert register_date(value, "nl") is None


@given(st.dates(), st.dates())
def test_moments_sort_as_days_do(one, other) -> None:
    if one.year > 999 and other.year > 999:
        assert (register_date(one.isoformat(), "nl").order < register_date(other.isoformat(), "nl").order) == (
            one < other
        )


def test_a_month_stands_before_its_days() -> None:
    values = ["2026-05-02", "2026", "2026-05", "2026-04-30"]
    assert sorted(values, key=lambda one: register_date(one, "nl").order) == [
        "2026",
        "2026-04-30",
        "2026-05",
        "2026-05-02",
    ]


@pytest.mark.parametrize(
    ("days", "nl"),
    [
        (None, "van onbekende leeftijd"),
        (0, "van vandaag"),
        (1, "1 dag oud"),
        (30, "30 dagen oud"),
        (31, "4 weken oud"),
        (61, "2 maanden oud"),
        (729, "24 maanden oud"),
        (800, "meer dan 2 jaar oud"),
    ],
)
def test_an_age_is_told_in_the_unit_that_fits(days: int | None, nl: str) -> None:
    assert age_words(days, "nl") == nl
