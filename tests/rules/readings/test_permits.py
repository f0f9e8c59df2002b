"""Earlier decisions, new applications, and until when whoever is behind one belongs to it."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from screening.rules import Tables, readings

AS_OF = date(2026, 11, 1)
D = date.fromisoformat


def _permits(**columns) -> pl.LazyFrame:
    row = {"key": "Z-1", "zaaktype": "exploitatie", "address_id": "a", "datum_aanvraag": D("2025-06-01"), **columns}
    dates = [name for name in row if name.startswith("datum") or name.endswith("datum")]
    return Tables({"vergunningen": pl.DataFrame([row], schema_overrides=dict.fromkeys(dates, pl.Date))}).vergunningen


@pytest.mark.parametrize(
    ("columns", "counts"),
    [
        ({"status": "geweigerd", "weigeringsgrond": "bibob", "datum_besluit": D("2021-11-01")}, True),
        ({"status": "geweigerd", "weigeringsgrond": "bibob", "datum_besluit": D("2021-10-31")}, False),
        ({"status": "geweigerd", "weigeringsgrond": "formeel", "datum_besluit": D("2025-01-01")}, False),
        ({"status": "ingetrokken", "vervalreden": "ingetrokken_overheid", "einddatum": D("2025-01-01")}, True),
        ({"status": "ingetrokken", "vervalreden": "ingetrokken_belanghebbende", "einddatum": D("2025-01-01")}, False),
        ({"status": "ingetrokken", "vervalreden": "ingetrokken_overheid"}, False),
    ],
)
def test_an_earlier_decision_was_taken_by_the_municipality_and_in_the_window(columns, counts):
    start = readings.window_start(AS_OF, readings.days_of_years(5))
    assert (readings.earlier_decisions(_permits(**columns), start).collect().height == 1) is counts


@pytest.mark.parametrize(
    ("columns", "counts"),
    [
        ({"status": "aangevraagd"}, True),
        ({"status": "verleend"}, True),
        ({"status": "verleend", "bezwaar_uitkomst": "gegrond"}, False),
        ({"status": "verleend", "einddatum": AS_OF}, True),
        ({"status": "verleend", "einddatum": D("2026-10-31")}, False),
        ({"status": "buiten_behandeling"}, False),
        ({"status": "aangevraagd", "address_id": None}, False),
        ({"status": "aangevraagd", "datum_aanvraag": AS_OF}, True),
        ({"status": "aangevraagd", "datum_aanvraag": D("2026-11-02")}, False),
    ],
)
def test_a_new_application_is_pending_or_granted_and_lies_at_an_object(columns, counts):
    assert (readings.new_applications(_permits(**columns), AS_OF).collect().height == 1) is counts


def test_a_pending_application_is_judged_today_and_a_granted_one_as_it_was_granted():
    until = {
        status: _permits(status=status, datum_besluit=D("2025-09-01"))
        .select(readings.judged_until(AS_OF))
        .collect()
        .item()
        for status in ("in_behandeling", "verleend")
    }
    assert until == {"in_behandeling": AS_OF, "verleend": D("2025-09-01")}


def test_the_date_of_a_decision_keeps_its_bounds_under_another_name():
    partial = _permits(
        status="geweigerd", datum_besluit=None, datum_besluit_min=D("2025-03-01"), datum_besluit_max=D("2025-03-31")
    )
    assert partial.select(**readings.decision_dates("besluit")).collect().row(0) == (
        None,
        D("2025-03-01"),
        D("2025-03-31"),
    )
    assert readings.dated_as("besluit", "datum") == {
        "besluit": "datum",
        "besluit_min": "datum_min",
        "besluit_max": "datum_max",
    }


@pytest.mark.parametrize(("years", "days"), [(1, 365), (2, 730), (3, 1095), (4, 1461), (5, 1826)])
def test_years_are_whole_days(years, days):
    assert readings.days_of_years(years) == days
