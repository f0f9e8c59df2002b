"""Dates and numbers are written as they were before CLDR wrote them: reports and pages keep every character."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from screening.base.local_formats import (
    count_en,
    count_nl,
    date_text,
    decimal_text,
    distance_words,
    joined_text,
    month_names,
    month_text,
    number_text,
    percent_text,
    span_text,
)

MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
}
NUMBERS = [
    0,
    1,
    7,
    999,
    1000,
    12_345,
    1_234_567,
    -1,
    -1500,
    0.0,
    -0.0,
    0.004,
    -0.04,
    0.5,
    1.5,
    2.5,
    0.125,
    2.675,
    99.95,
    1234.5,
    1_234_567.891,
    -9876.54321,
]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_date_is_written_as_before(language: str) -> None:
    assert [*month_names(language)] == MONTHS[language].split()
    for days in range(0, 150_000, 29):
        day = date(1700, 1, 1) + timedelta(days=days)
        month = f"{MONTHS[language].split()[day.month - 1]} {day.year}"
        assert month_text(day, language) == month
        assert date_text(day, language) == f"{day.day} {month}"


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_written_as_before(number: float, language: str) -> None:
    def dutch(text: str) -> str:
        return text.translate(str.maketrans(",.", ".,")) if language == "nl" else text

    for digits in range(4):
        assert decimal_text(number, language, digits) == dutch(f"{number:,.{digits}f}")
        assert decimal_text(number, language, digits, is_grouped=False) == dutch(f"{number:.{digits}f}")
    for digits in (2, 4):
        text = f"{number:.{digits}f}".rstrip("0").rstrip(".") if isinstance(number, float) else str(number)
        assert number_text(number, language, digits) == dutch(text)


def test_a_number_longer_than_the_decimal_context_is_written_in_full() -> None:
    assert number_text(1e30, "nl") == f"{1e30:.0f}"


def test_a_share_has_a_space_before_its_sign_in_dutch_alone() -> None:
    assert percent_text(98.76, "nl", 1) == "98,8 %"
    assert percent_text(98.76, "en", 1) == "98.8%"
    assert percent_text(round(100 * 0.875), "nl") == "88 %"


def test_a_count_has_its_noun() -> None:
    assert (count_nl(1, "rij", "rijen"), count_nl(1234, "rij", "rijen")) == ("1 rij", "1.234 rijen")
    assert (count_en(1, "row", "rows"), count_en(0, "row", "rows")) == ("1 row", "0 rows")


@pytest.mark.parametrize(
    ("days", "nl", "en"),
    [
        (1, "1 dag", "1 day"),
        (364, "364 dagen", "364 days"),
        (365, "12 maanden", "12 months"),
        (366, "12 maanden", "12 months"),
        (480, "ruim 1 jaar", "more than 1 year"),
        (730, "2 jaar", "2 years"),
        (731, "2 jaar", "2 years"),
        (900, "ruim 2 jaar", "more than 2 years"),
        (1300, "ruim 3,5 jaar", "more than 3.5 years"),
        (1826, "5 jaar", "5 years"),
    ],
)
def test_a_span_is_told_in_days_or_in_half_years_and_never_rounds_up(days, nl, en):
    assert (span_text(days, "nl"), span_text(days, "en")) == (nl, en)


@pytest.mark.parametrize(("metres", "nl"), [(999, "999 meter"), (2000, "2 kilometer"), (11999, "11,9 kilometer")])
def test_a_distance_is_told_in_metres_or_kilometres(metres, nl):
    assert distance_words(metres, "nl") == nl


def test_texts_are_joined():
    assert joined_text(["a", "b", "c"], "nl") == "a, b en c"
    assert joined_text(["a", "b"], "en", is_choice=True) == "a or b"
