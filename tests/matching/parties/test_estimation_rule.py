"""When the weights are estimated anew: each reason on both sides of its bound."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from screening.matching.parties.estimation_rule import CHECKED_EVERY, EstimationRule, NightFacts, plan_night

DAY = date(2026, 11, 1)
RULE = EstimationRule(every_days=90, drift=0.2)
ROWS = {"handelsregister": 100, "vergunningen": 50, "meldingen": 10}


def facts(days: int = 1, version: str = "1", **rows: int) -> NightFacts:
    return NightFacts(DAY + timedelta(days=days), version, ROWS | rows)


@pytest.fixture
def first() -> dict:
    """The first night, as the next one reads it: published under an id."""
    return plan_night(None, facts(0), RULE) | {"estimated_in": "a" * 24}


def test_the_first_night_estimates(first):
    assert (first["why"], first["estimated_on"], first["nights"]) == ("first", "2026-11-01", 0)
    assert first["rows"] == {"handelsregister": 100, "vergunningen": 50}


@pytest.mark.parametrize(
    ("tonight", "why"),
    [
        (facts(89), None),
        (facts(90), "term"),
        (facts(version="2"), "version"),
        (facts(handelsregister=120), None),
        (facts(handelsregister=121), "drift"),
        (facts(handelsregister=80), None),
        (facts(handelsregister=79), "drift"),
        (facts(leidinggevenden=1), "drift"),
        (facts(meldingen=1000), None),
    ],
    ids=["in_term", "past_term", "version", "few_more", "many_more", "few_fewer", "many_fewer", "new_one", "nobody"],
)
def test_a_later_night_estimates_for_a_reason_only(first, tonight, why):
    plan = plan_night(first, tonight, RULE)
    assert plan["why"] == why
    assert plan["estimated_in"] == (None if why else "a" * 24)
    assert plan["estimated_on"] == (tonight.as_of.isoformat() if why else "2026-11-01")
    assert plan["nights"] == (0 if why else 1)


def test_a_register_that_is_missing_for_a_night_changes_no_weights(first):
    assert plan_night(first, NightFacts(DAY, "1", {"handelsregister": 100}), RULE)["why"] is None


def test_a_register_that_comes_back_is_counted_again(first):
    """Its names were in no record of the night without it, and so were not kept."""
    without = plan_night(first, NightFacts(DAY + timedelta(1), "1", {"handelsregister": 100}), RULE)
    assert plan_night(without, facts(2), RULE)["why"] == "drift"


@pytest.mark.parametrize(("anew_from", "why"), [(DAY, None), (DAY + timedelta(1), "asked"), (DAY + timedelta(2), None)])
def test_a_date_of_the_configuration_asks_for_it_once_it_has_come(first, anew_from, why):
    rule = EstimationRule(90, 0.2, anew_from)
    assert plan_night(first, facts(1), rule)["why"] == why
    again = plan_night(None, facts(1), rule) | {"estimated_in": "b" * 24}
    assert plan_night(again, facts(2), rule)["why"] == ("asked" if anew_from > DAY + timedelta(1) else None)


def test_every_tenth_night_is_checked(first):
    plan, checked = first, []
    for night in range(1, 25):
        plan = plan_night(plan, facts(night), RULE)
        checked += [night] if plan["is_checked"] else []
    assert checked == [CHECKED_EVERY, 2 * CHECKED_EVERY]
