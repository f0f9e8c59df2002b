"""Forms of dates that a configuration has to name are seen by their shape, and day and month by their values."""

from __future__ import annotations

import polars as pl
import pytest

from screening.sources.profile.columns import measure_column


def seen(*texts: str):
    measured = measure_column(pl.Series("text", list(texts)), place=0, name="datum")
    return measured.forms, measured.unsure_forms


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (("31/12/2025", "1/5/2026"), "%d/%m/%Y"),
        (("12/31/2025", "5/1/2026"), "%m/%d/%Y"),
        (("31.12.2025",), "%d.%m.%Y"),
        (("2025/12/31",), "%Y/%m/%d"),
        (("1 mei 2026", "31 december 2025"), "%d %B %Y"),
        (("31-12-25",), "%d-%m-%y"),
        (("31/12/2025 14:05",), "%d/%m/%Y %H:%M"),
        (("2025-12-31 14:05:59",), "%Y-%m-%d %H:%M:%S"),
    ],
)
def test_a_form_is_seen(texts, form):
    assert seen(*texts) == ({form: 1.0}, ())


def test_what_is_always_read_needs_no_form():
    assert seen("2025-12-31", "31-12-2025", "20251231", "46143") == ({}, ())


def test_day_and_month_that_no_value_tells_apart_are_unsure():
    assert seen("01/02/2026", "03/04/2026") == ({"%d/%m/%Y": 1.0}, ("%d/%m/%Y",))


def test_a_form_of_fewer_than_one_in_a_hundred_is_a_slip():
    assert seen(*["2026-01-01"] * 200, "1/2/2026")[0] == {}
