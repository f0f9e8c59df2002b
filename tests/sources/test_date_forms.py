"""Dates in configured forms: what is read, with which year, and what is not read the other way round."""

from __future__ import annotations

import polars as pl
import pytest

from screening.base.frames import DateForms
from screening.sources.date_forms import NO_DATE, read_forms
from screening.sources.dates import read_dates


def reading(text: str, *forms: str, pivot: int | None = None, keeps_time: bool = False) -> str:
    return read_forms(pl.Series("datum", [text]), DateForms(forms, pivot), keeps_time=keeps_time).item()


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("01/05/2026", "%d/%m/%Y", "2026-05-01"),
        ("1/5/2026", "%d/%m/%Y", "2026-05-01"),
        ("05/01/2026", "%m/%d/%Y", "2026-05-01"),
        ("01.05.2026", "%d.%m.%Y", "2026-05-01"),
        ("2026/05/01", "%Y/%m/%d", "2026-05-01"),
        ("1 mei 2026", "%d %B %Y", "2026-05-01"),
        ("1  Mei  2026", "%d %B %Y", "2026-05-01"),
        ("3 mrt. 2026", "%d %b %Y", "2026-03-03"),
        ("May 1, 2026", "%B %d, %Y", "2026-05-01"),
        ("01/05/2026 13:45", "%d/%m/%Y %H:%M", "2026-05-01"),
        ("2026-05-01T13:45:10", "%Y-%m-%dT%H:%M:%S", "2026-05-01"),
        ("2026-05-01 13:45:10.123", "%Y-%m-%d %H:%M:%S", "2026-05-01"),
        ("01052026", "%d%m%Y", "2026-05-01"),
        ("1mei2026", "%d%B%Y", "2026-05-01"),
    ],
)
def test_a_form_is_read(text, form, expected):
    assert reading(text, form) == expected


@pytest.mark.parametrize(("text", "expected"), [("01-05-49", "2049-05-01"), ("01-05-50", "1950-05-01")])
def test_the_pivot_decides_the_century_of_two_digits(text, expected):
    assert reading(text, "%d-%m-%y", pivot=50) == expected


def test_a_time_stays_in_a_column_of_moments():
    assert reading("1/5/2026 9:05", "%d/%m/%Y %H:%M", keeps_time=True) == "2026-05-01T09:05:00"


@pytest.mark.parametrize("text", ["2026-05-01", "onbekend", "1/5/26", "1 mei 2026 12:00"])
def test_a_text_in_another_form_stays_as_it_was(text):
    assert reading(text, "%d/%m/%Y") == text


@pytest.mark.parametrize(("text", "form"), [("25-03-2026", "%m-%d-%Y"), ("30/02/2026", "%d/%m/%Y")])
def test_a_text_of_the_form_that_is_no_date_is_not_read_otherwise(text, form):
    marked = reading(text, form)
    assert marked == text + NO_DATE
    assert read_dates(pl.Series([marked])).item() == marked


@pytest.mark.parametrize("text", ["1052026", "1112026"])
def test_digits_that_touch_are_not_parted_by_guessing(text):
    assert reading(text, "%d%m%Y") == text


def test_the_first_form_that_fits_counts():
    assert reading("1 mei 2026", "%d/%m/%Y", "%d %B %Y") == "2026-05-01"
