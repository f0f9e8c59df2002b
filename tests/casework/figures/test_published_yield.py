"""An attack on successive reports of a year: who adds and subtracts finds no count under ten."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from screening.casework.figures.published_yield import (
    FEW_PARTS,
    MARGIN,
    PublishedYield,
    acts_digest,
    is_near_most,
    publish_yield,
)
from screening.casework.figures.small_counts import STEP, TensRange, rounded_to_tens
from screening.casework.figures.statistics import groups_of
from screening.casework.figures.yearly_yield import OF_RULES, OF_TOWN, PUBLISHED_ACTS, YearlyYield

RULES, MONTHS = 10, 3


def a_year(parts: np.ndarray, months: int) -> YearlyYield:
    """A year up to a month in which every confirmed case was flagged by one rule: the worst for who hides."""
    so_far = parts[:months]
    sample, indicators = groups_of(Counter(), {})
    codes = [f"LIC-{number:02d}" for number in range(1, RULES + 1)]
    counts = dict.fromkeys(OF_RULES, 0)
    return YearlyYield(
        year=2026, since="2026-01", until=f"2026-{months:02d}", town=dict.fromkeys(OF_TOWN, 0)
        | {"confirmed": int(so_far.sum())}, acts=dict.fromkeys(PUBLISHED_ACTS, 0), by_month={},
        rules={code: counts | {"confirmed": int(so_far[:, n].sum())} for n, code in enumerate(codes)},
        names={code: (code, code) for code in codes}, barriers=dict.fromkeys(codes), person_route={}, sample=sample,
        indicators=indicators,
    )  # fmt: skip


class Attack:
    """All that reports of successive months tell, as constraints on how many each rule confirmed in each month.

    The attacker knows more than a reader would: that every case has one rule, and by which rule a count is left out.
    """

    def __init__(self, reports: list[PublishedYield]) -> None:
        rows, lows, highs = [], [], []

        def told(months: int, rules: list[int], low: float, high: float) -> None:
            row = np.zeros((MONTHS, RULES))
            row[:months, rules] = 1
            rows.append(row.ravel())
            lows.append(low)
            highs.append(high)

        for months, report in enumerate(reports, start=1):
            counts = [rule.counts["confirmed"] for rule in report.rules]
            for rule, count in enumerate(counts):
                told(months, [rule], count.low, count.low + STEP - 1)
            total, everything = report.town["confirmed"], list(range(RULES))
            if total is None:
                most = sum(count.low + STEP - 1 for count in counts)
                told(months, everything, most - MARGIN + 1, np.inf)
            else:
                told(months, everything, total.low, total.low + STEP - 1)
        self.constraint = LinearConstraint(np.array(rows), lows, highs)

    def range_of(self, months: list[int], rule: int) -> tuple[int, int]:
        """Between which counts the attacker can place what a rule confirmed in these months."""
        aim = np.zeros((MONTHS, RULES))
        aim[months, rule] = 1
        ends = []
        for sign in (1, -1):
            solved = milp(
                sign * aim.ravel(), integrality=np.ones(aim.size), bounds=Bounds(0, np.inf), constraints=self.constraint
            )
            assert solved.success
            ends.append(round(sign * solved.fun))
        return ends[0], ends[1]


def _table(seed: int) -> np.ndarray:
    """Months × rules: sparse, even, dense ones, and some in which nearly every rule has the most of its ten."""
    source = random.Random(seed)
    if seed % 3 == 0:
        first = [9 - (source.random() < 0.1) for _ in range(RULES)]
        later = [[10 * (source.random() < 0.3) for _ in range(RULES)] for _ in range(MONTHS - 1)]
        return np.array([first, *later])
    most = source.choice([2, 9, 15, 40])
    return np.array([[source.randint(0, most) for _ in range(RULES)] for _ in range(MONTHS)])


def _attacked(seeds: range, each: int) -> int:
    """Attack tables, `each` rules of every one; how many counts under ten were attacked."""
    small = 0
    for seed in seeds:
        table = _table(seed)
        reports = [publish_yield(a_year(table, n), is_signed=False, hours=None) for n in range(1, MONTHS + 1)]
        attack = Attack(reports)
        for rule in range(each):
            for months in (*(list(range(n + 1)) for n in range(MONTHS)), *([n] for n in range(1, MONTHS))):
                if table[months, rule].sum() < STEP:
                    small += 1
                    low, high = attack.range_of(months, rule)
                    # not only two solutions: the attacker knows no more than the ten, also of what a month added
                    assert high - low >= STEP - 1, (seed, rule, months)
    return small


def test_no_count_under_ten_can_be_found_from_the_reports_of_successive_months() -> None:
    assert _attacked(range(9), each=3) > 50


@pytest.mark.long
def test_no_count_under_ten_can_be_found_from_many_years() -> None:
    assert _attacked(range(100, 400), each=RULES) > 3_000


def test_the_attack_finds_what_a_total_gives_away() -> None:
    """The same attack where the total is told all the same: ten rules of nine are found to the unit."""
    table = np.array([[9] * RULES, [0] * RULES, [0] * RULES])
    reports = [publish_yield(a_year(table, n), is_signed=False, hours=None) for n in range(1, MONTHS + 1)]
    assert [report.town["confirmed"] for report in reports] == [None] * MONTHS
    given_away = [replace(report, town={**report.town, "confirmed": TensRange(90)}) for report in reports]
    assert Attack(given_away).range_of([0], 2) == (9, 9)
    assert Attack(reports).range_of([0], 2) == (0, 9)


def test_months_that_the_overview_tells_give_nothing_away_either() -> None:
    gathered = a_year(np.zeros((MONTHS, RULES), dtype=int), 3)
    for months, total, is_told in (((9,) * 10, 90, False), ((3,) * 12, 36, True), ((40, 35), 75, True)):
        told = publish_yield(
            replace(gathered, town={**gathered.town, "lapsed": total}, by_month={"lapsed": months}), is_signed=False,
            hours=None,
        ).town["lapsed"]  # fmt: skip
        assert (told is not None) == is_told, months
    assert is_near_most(90, [9] * 10)
    assert not is_near_most(30, [9, 9, 9, 9, 9, 9])
    for number in range(1, FEW_PARTS + 1):  # what is left of each of so few parts, when all have their most
        assert 9 * number - rounded_to_tens(9 * number).low >= STEP - number - 1


def test_exact_acts_are_told_of_a_year_that_is_over_and_signed_alone() -> None:
    gathered = replace(
        a_year(np.zeros((MONTHS, RULES), dtype=int), 3), acts={"closures": 3, "withdrawals": 1}, until="2026-12"
    )
    running = replace(gathered, until="2026-11")
    tens = {"closures": rounded_to_tens(3), "withdrawals": rounded_to_tens(1)}
    assert publish_yield(gathered, is_signed=False, hours=None).acts == tens
    assert publish_yield(running, is_signed=True, hours=None).acts == tens
    assert publish_yield(gathered, is_signed=True, hours=120).acts == gathered.acts
    assert acts_digest(running) is None
    assert acts_digest(gathered) != acts_digest(replace(gathered, acts={"closures": 4, "withdrawals": 1}))
    # what is exact is part of nothing that is told in tens, in the town or by rule
    in_tens = {cell for parts in (*OF_TOWN.values(), *OF_RULES.values()) for cell in parts}
    assert in_tens.isdisjoint(cell for parts in PUBLISHED_ACTS.values() for cell in parts)
