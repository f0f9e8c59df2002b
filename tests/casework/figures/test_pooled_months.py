"""Decided cases by version and parameters of a rule: exact, kept with their month, and in no other figure."""

from __future__ import annotations

from datetime import date

import pytest

from screening.base.vocabulary import ReviewOutcome
from screening.casework.figures.monthly_counts import close_months, counts_by_month
from screening.casework.figures.pooled_months import PREFIX, WITH_POOL, pooled_months, series_in_force, series_of
from screening.partners.pooling.counts import PoolError
from screening.partners.pooling.town import counts_of_months
from screening.store.schema.tips import CLOSED_MONTH, statistics_month
from tests.casework.figures.test_statistics import LEAD, NOVEMBER, Office
from tests.casework.figures.test_statistics import office as office  # noqa: PLC0414 - fixtures
from tests.casework.figures.test_statistics import sqlite_office as sqlite_office  # noqa: PLC0414

#: Address 3 is flagged by these two; their parameters have no values in the made-up run.
RULES = ("LIC-04", "NUI-01")


def test_cases_are_counted_exactly_by_rule_and_kept(office: Office) -> None:
    for on in (date(2026, 9, 10), date(2026, 10, 8)):
        office.case("a.een", "afwijking", "bevestigd_afwijking", on=on, second="afwijking")
        office.case("a.een", "geen_afwijking", "verklaard", on=on, sensitive=True)
    office.case("a.een", "geen_afwijking", "verklaard", arm="sample", number=1)
    office.case("a.een", "afwijking", None)  # lapsed: nobody decided it
    assert close_months(office.store, now=NOVEMBER) == ["2026-09", "2026-10"]
    months = pooled_months(office.store)
    assert list(months) == ["2026-09", "2026-10"]
    assert set(months["2026-10"]) == series_in_force(office.store)
    assert {series.partition("|")[0] for series in months["2026-10"]} == set(RULES)
    counted = {"bevestigd_afwijking": 1, "verklaard": 1, "read": 2, "deviating": 1}
    assert list(months["2026-10"].values()) == [counted, counted]
    assert months["2026-09"]["sample"] == {"verklaard": 1, "read": 1}

    # no other figure holds them, and a month that is kept does not move
    shown = counts_by_month(office.store, LEAD, now=NOVEMBER)
    assert not any(cell.startswith(PREFIX) for cells in shown.values() for cell in cells)
    office.case("a.een", "geen_afwijking", "verklaard", on=date(2026, 9, 20))
    assert pooled_months(office.store) == months

    file = counts_of_months(
        months | {"2026-12": {}}, "2026-Q4", municipality="Proefstad", code="9999", agreement="V-1", processor="0" * 64
    )
    assert [(rule.code, rule.counts.decided, rule.counts.of(ReviewOutcome.VERKLAARD)) for rule in file.rules] == [
        (code, 4, 2) for code in RULES
    ]
    assert file.sample.decided == 1
    with pytest.raises(PoolError):  # December is not over
        counts_of_months(months, "2026-Q4", municipality="P", code="9999", agreement="V-1", processor="0" * 64)


def test_a_month_that_was_closed_before_these_were_counted_is_left_out(sqlite_office: Office) -> None:
    with sqlite_office.store.engine.begin() as connection:
        for month, count in (("2026-07", WITH_POOL - 1), ("2026-08", WITH_POOL)):
            connection.execute(statistics_month.insert().values(month=month, cell=CLOSED_MONTH, count=count))
    assert pooled_months(sqlite_office.store) == {"2026-08": {}}


def test_other_values_in_force_are_another_series_and_other_texts_are_not() -> None:
    def declared(value: int, text: str) -> dict:
        params = {"dagen": {"value": value, "default": 30, "text": text}}
        return {"code": "LIC-02", "version": 2, "rationale_nl": text, "params": params}

    assert series_of(declared(30, "a")) == series_of(declared(30, "b"))
    assert series_of(declared(30, "a")) != series_of(declared(31, "a"))
