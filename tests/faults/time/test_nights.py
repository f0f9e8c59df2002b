"""The nights in which the clock is set forward or back have one run each, by the schedule of `barrier deploy`."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest

from flows.night.schedule.duties import NIGHT_CRON
from screening.base.civil_time import TOWN, day_of
from tests.faults.time.clock import run_under_clock

#: The clock goes back, forward, back and forward.
NIGHTS = [date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31), date(2028, 3, 26)]
ONE_EACH = dict.fromkeys(NIGHTS, 1)

SCHEDULES = {
    "skipped or twice": ("30 2 * * *", "Europe/Amsterdam"),
    # after midnight in summer and before it in winter: in autumn a day gets two runs
    "of Greenwich": ("30 22 * * *", "UTC"),
}


@pytest.fixture(scope="module")
def runs_by_day(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counter[date]]:
    """How many runs each schedule begins on each civil day, from noon before each of the four nights on."""
    schedules = {"deployed": (NIGHT_CRON, str(TOWN)), **SCHEDULES}
    starts = [datetime.combine(night - timedelta(days=1), time(12), TOWN).isoformat() for night in NIGHTS]
    begun = run_under_clock(
        "tests.faults.time.nights",
        tmp_path_factory.mktemp("clock"),
        json.dumps([*schedules.values()]),
        json.dumps(starts),
    )
    return {
        name: Counter(day_of(datetime.fromisoformat(moment)) for moment in moments)
        for name, moments in zip(schedules, begun, strict=True)
    }


@pytest.mark.goal("R13", reached="four nights of daylight saving, by the deployed schedule: 1 run each")
def test_each_night_of_daylight_saving_has_one_run(runs_by_day: dict[str, Counter[date]]) -> None:
    assert runs_by_day["deployed"] == ONE_EACH


def test_an_hour_that_is_skipped_or_comes_twice_has_one_run_too(runs_by_day: dict[str, Counter[date]]) -> None:
    assert runs_by_day["skipped or twice"] == ONE_EACH


@pytest.mark.goal("Q1", reached="a night with two runs")
def test_the_harness_sees_a_schedule_in_the_zone_of_greenwich(runs_by_day: dict[str, Counter[date]]) -> None:
    assert runs_by_day["of Greenwich"] != ONE_EACH
