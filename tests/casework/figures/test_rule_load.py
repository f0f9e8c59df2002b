"""The load of a rule is told in tens, and not at all where the nights are too few to say it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from screening.casework.case_policy import CasePolicy
from screening.casework.figures.rule_load import RuleLoad, Span, WeekFit, kept_load, load_of_kept, rule_load
from screening.casework.figures.small_counts import SHOWN, TOO_FEW_CASES
from screening.rules.load import LoadCounts

FIRST = date(2026, 10, 4)
#: Four weeks: 24 at once, 16 after it, beside 31 that come now.
COUNTS = LoadCounts(5, FIRST, FIRST + timedelta(days=28), 24, 16, 31, 22, 40, 0)
#: 80 cases a week.
TEAM = CasePolicy(officers=2, capacity_per_day=8)


def of(policy: CasePolicy = TEAM, **other: object) -> RuleLoad:
    """The load of COUNTS, but for these."""
    return rule_load(replace(COUNTS, **other), policy)  # type: ignore[arg-type]


def test_a_week_lies_between_the_ends_of_its_ten_with_the_draw() -> None:
    load = of()
    assert str(load.at_once) == "20–29"
    assert load.weekly == Span(2, 6)  # 10 to 19 in 28 days, and a ninth more: 2.8 to 5.3
    assert load.weekly_now == Span(8, 11)  # 30 to 39
    assert (load.capacity, load.fit) == (80, WeekFit.FITS)
    assert (load.dwellings.state, load.dwellings.value) == (SHOWN, 55)
    assert load.nights_in_line is None


def test_counts_in_one_ten_are_told_alike() -> None:
    assert of(at_once=20, later=10, now=30) == of(at_once=29, later=19, now=39)


@pytest.mark.parametrize(
    "other", [{"nights": 3}, {"last": FIRST + timedelta(days=27)}, {"nights": 0, "first": None, "last": None}]
)
def test_of_too_few_nights_no_rate_is_told(other: dict[str, object]) -> None:
    load = of(**other)
    assert (load.weekly, load.weekly_now, load.fit) == (None, None, WeekFit.UNKNOWN)


@pytest.mark.parametrize(
    ("officers", "capacity", "fit"),
    [(2, 8, WeekFit.FITS), (1, 3, WeekFit.PERHAPS), (1, 1, WeekFit.TOO_MUCH), (None, 8, WeekFit.UNKNOWN)],
)
def test_what_comes_is_held_against_the_team(officers: int | None, capacity: int, fit: WeekFit) -> None:
    assert of(CasePolicy(officers=officers, capacity_per_day=capacity)).fit is fit


def test_a_cap_says_how_long_the_first_ones_wait() -> None:
    assert of(replace(TEAM, new_cases_per_night=10)).nights_in_line == 4  # 29, of which 9 a night beside a drawn one


def test_no_share_of_few_addresses() -> None:
    assert of(at_once=5, later=3, dwellings=8, of=8).dwellings.state == TOO_FEW_CASES
    assert of(dwellings=0, of=0).dwellings is None


def test_what_is_kept_with_a_version_is_the_same_when_it_is_read() -> None:
    assert load_of_kept(json.loads(json.dumps(kept_load(COUNTS)))) == COUNTS
    nothing = replace(COUNTS, first=None, last=None)
    assert load_of_kept(kept_load(nothing)) == nothing
