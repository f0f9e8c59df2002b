"""In which nights Great Expectations judges too: each reason on both sides of its bound."""

from __future__ import annotations

import dataclasses

import pytest

from screening.contracts.check_rule import CHECKED_EVERY, JudgedBy, plan_check

TONIGHT = JudgedBy("1", "1.24.1", "a" * 64)
LAST = plan_check(None, TONIGHT, is_synthetic=False) | {"checked_in": "r" * 24}


@pytest.mark.parametrize(("is_synthetic", "is_checked"), [(False, True), (True, False)])
def test_the_first_night_of_a_real_municipality_is_judged(is_synthetic, is_checked):
    plan = plan_check(None, TONIGHT, is_synthetic=is_synthetic)
    assert (plan["is_checked"], plan["checked_in"], plan["nights"]) == (is_checked, None, 0)


@pytest.mark.parametrize(
    ("tonight", "is_checked"),
    [
        (TONIGHT, False),
        (dataclasses.replace(TONIGHT, code_version="2"), True),
        (dataclasses.replace(TONIGHT, great_expectations="1.25.0"), True),
        (dataclasses.replace(TONIGHT, suites="b" * 64), True),
    ],
)
def test_a_night_by_another_judge_is_judged(tonight, is_checked):
    assert plan_check(LAST, tonight, is_synthetic=True)["is_checked"] is is_checked


def test_a_night_after_one_that_says_nothing_of_it_is_judged():
    assert plan_check({"nights": 0}, TONIGHT, is_synthetic=True)["is_checked"]


def test_every_tenth_night_is_judged_and_names_the_run_until_then():
    plan, nights = LAST, []
    for night in range(1, 2 * CHECKED_EVERY + 1):
        plan = plan_check(plan, TONIGHT, is_synthetic=True)
        nights += [night] if plan["is_checked"] else []
        assert plan["checked_in"] == (None if plan["is_checked"] else "r" * 24)
        plan |= {"checked_in": "r" * 24}
    assert nights == [CHECKED_EVERY, 2 * CHECKED_EVERY]


def test_suites_are_others_where_a_register_lacks_a_column(contracts):
    whole, lacking = (JudgedBy.of("1", contracts, lacks) for lacks in ({}, {"controles": ("situatie",)}))
    assert whole == JudgedBy.of("1", contracts, {"controles": ()})
    assert whole.suites != lacking.suites
