"""An attack on successive reports of a year: who adds and subtracts finds no count under ten."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import numpy as np
import pytest

from screening.casework.figures.published_yield import PublishedYield, acts_digest, publish_yield
from screening.casework.figures.small_counts import FEW_PARTS, MARGIN, STEP, TensRange, is_near_most, rounded_to_tens
from screening.casework.figures.statistics import groups_of
from screening.casework.figures.tip_figures import quarters_of
from screening.casework.figures.yearly_yield import OF_RULES, OF_TOWN, PUBLISHED_ACTS, YearlyYield
from screening.casework.tips.tips import DECISIONS
from tests.casework.figures.attack import Attack

RULES, MONTHS = 10, 3
QUARTERS = range(4)


def a_year(parts: Sequence[Sequence[int]], months: int, name: str = "confirmed") -> YearlyYield:
    """A year up to a month in which every case was flagged by one rule: the worst for who hides.

    `parts`: how many of each rule were confirmed in each month, or whatever `name` says.
    """
    so_far = np.array(parts)[:months]
    sample, indicators = groups_of(Counter(), {})
    codes = [f"LIC-{number:02d}" for number in range(1, RULES + 1)]
    counts = dict.fromkeys(OF_RULES, 0)
    return YearlyYield(
        year=2026,
        since="2026-01",
        until=f"2026-{months:02d}",
        town=dict.fromkeys(OF_TOWN, 0) | {name: int(so_far.sum())},
        acts=dict.fromkeys(PUBLISHED_ACTS, 0),
        earlier={},
        by_month={},
        rules={code: counts | {name: int(so_far[:, n].sum())} for n, code in enumerate(codes)},
        names={code: (code, code) for code in codes},
        barriers=dict.fromkeys(codes),
        tips=[],
        sample=sample,
        indicators=indicators,
    )


def attack_on(reports: Sequence[PublishedYield]) -> Attack:
    """All that reports of successive months tell of how many each rule confirmed in each month.

    The attacker knows more than a reader would: that every case has one rule, and by which rule a count is left out.
    """
    attack = Attack(MONTHS, RULES)
    for months, report in enumerate(reports, start=1):
        counts = [rule.counts["confirmed"] for rule in report.rules]
        for rule, count in enumerate(counts):
            attack.told(product(range(months), [rule]), count)
        everything, total = product(range(months), range(RULES)), report.town["confirmed"]
        if total is None:
            attack.bounded(everything, sum(count.low + STEP - 1 for count in counts) - MARGIN + 1)
        else:
            attack.told(everything, total)
    return attack


def a_year_of_tips(seed: int) -> list[list[int]]:
    """Quarters × decisions: how many tips were decided so in the quarter in which they came."""
    source = random.Random(seed)
    least, most = source.choice([(0, 3), (0, 9), (8, 9), (0, 15)])
    return [[source.randint(least, most) for _ in DECISIONS] for _ in QUARTERS]


def attack_on_tips(table: Sequence[Sequence[int]]) -> Attack:
    """All that the figures of tips and the report of the year tell of a year of tips.

    The attacker knows more than a reader would: that every tip was decided about once, and in its quarter.
    """
    months = {
        f"2026-{3 * quarter + 2:02d}": Counter(
            {"all|tip": sum(table[quarter])}
            | {f"all|tip|{decision}": table[quarter][n] for n, decision in enumerate(DECISIONS)}
        )
        for quarter in QUARTERS
    }
    attack = Attack(len(QUARTERS), len(DECISIONS))
    told = list(reversed(quarters_of(months, {}, now=datetime(2027, 1, 4, tzinfo=UTC))))
    # the report of the year tells these quarters and nothing else of tips
    report = publish_yield(replace(a_year(_NO_CASES, MONTHS), tips=told), is_signed=False, hours=None)
    assert report.tips == told
    assert not [name for name, cells in OF_TOWN.items() if name.startswith("tip") or "tip" in "".join(cells)]
    for number, quarter in enumerate(report.tips):
        attack.told(product([number], range(len(DECISIONS))), quarter.received)
        for n, decision in enumerate(DECISIONS):
            attack.told([(number, n)], quarter.decided[decision])
    return attack


_NO_CASES = [[0] * RULES] * MONTHS


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
    """Attack years, `each` rules of every one and all its tips; how many counts under ten were attacked."""
    small = 0
    for seed in seeds:
        table = _table(seed)
        reports = [publish_yield(a_year(table, n), is_signed=False, hours=None) for n in range(1, MONTHS + 1)]
        attack = attack_on(reports)
        for rule in range(each):
            for months in (*(list(range(n + 1)) for n in range(MONTHS)), *([n] for n in range(1, MONTHS))):
                if table[months, rule].sum() < STEP:
                    small += 1
                    low, high = attack.range_of(product(months, [rule]))
                    # not only two solutions: the attacker knows no more than the ten, also of what a month added
                    assert high - low >= STEP - 1, (seed, rule, months)
        tips = a_year_of_tips(seed)
        of_tips = attack_on_tips(tips)
        for quarter, decision in product(QUARTERS[: 1 + each // 3], range(len(DECISIONS))):
            if tips[quarter][decision] < STEP:
                small += 1
                low, high = of_tips.range_of([(quarter, decision)])
                assert high - low >= STEP - FEW_PARTS, (seed, quarter, decision)
    return small


def test_no_count_under_ten_can_be_found_from_the_reports_of_successive_months_and_quarters() -> None:
    assert _attacked(range(6), each=3) > 50


@pytest.mark.long
def test_no_count_under_ten_can_be_found_from_many_years() -> None:
    assert _attacked(range(100, 400), each=RULES) > 3_000


def test_the_attack_finds_what_a_total_gives_away() -> None:
    """The same attack where the total is told all the same: ten rules of nine are found to the unit."""
    table = [[9] * RULES, [0] * RULES, [0] * RULES]
    reports = [publish_yield(a_year(table, n), is_signed=False, hours=None) for n in range(1, MONTHS + 1)]
    assert [report.town["confirmed"] for report in reports] == [None] * MONTHS
    given_away = [replace(report, town={**report.town, "confirmed": TensRange(90)}) for report in reports]
    assert attack_on(given_away).range_of([(0, 2)]) == (9, 9)
    assert attack_on(reports).range_of([(0, 2)]) == (0, 9)


def test_the_attack_finds_what_a_sum_of_quarters_gives_away() -> None:
    """Nine tips kept for their address in each quarter: the year would say of each that it is not nought."""
    table = [[9, 0, 0, 0]] * len(QUARTERS)
    attack = attack_on_tips(table)
    assert attack.range_of([(0, 0)]) == (0, 9)
    attack.told(product(QUARTERS, [0]), rounded_to_tens(4 * 9))
    assert attack.range_of([(0, 0)]) == (3, 9)


def test_a_count_of_the_town_stands_beside_the_same_one_of_the_rules_and_no_other() -> None:
    """Else several of them would be a total of what the rules tell as one, which nobody looked at."""
    assert set(OF_RULES) <= set(OF_TOWN)
    assert {name: parts for name, parts in OF_RULES.items() if name != "opened"}.items() <= OF_TOWN.items()
    cells = [cell for parts in OF_TOWN.values() for cell in parts]
    assert len(cells) == len(set(cells)), "nothing counts in two counts of the town"


def test_months_that_the_overview_tells_give_nothing_away_either() -> None:
    gathered = a_year(_NO_CASES, 3)
    for months, total, is_told in (((9,) * 10, 90, False), ((3,) * 12, 36, True), ((40, 35), 75, True)):
        told = publish_yield(
            replace(gathered, town={**gathered.town, "lapsed": total}, by_month={"lapsed": months}),
            is_signed=False,
            hours=None,
        ).town["lapsed"]
        assert (told is not None) == is_told, months
    assert is_near_most(90, [9] * 10)
    assert not is_near_most(30, [9, 9, 9, 9, 9, 9])
    for number in range(1, FEW_PARTS + 1):  # what is left of each of so few parts, when all have their most
        assert 9 * number - rounded_to_tens(9 * number).low >= STEP - number - 1


def test_what_the_overview_tells_of_five_years_gives_no_year_away() -> None:
    """Nine rules and the sample with nine each over two years of 40 and 50; and nine rules that step over a ten."""
    gathered = replace(a_year(_NO_CASES, 3), town=dict.fromkeys(OF_TOWN, 0) | {"confirmed": 50})
    for before, now, is_told in ((4, 9, False), (4, 19, True)):
        windows = {"confirmed": [(40, [(before, now)] * 10)]}
        town = publish_yield(replace(gathered, earlier=windows), is_signed=False, hours=None).town
        assert (town["confirmed"] is not None) == is_told, (before, now)
    gathered = replace(gathered, town=gathered.town | {"confirmed": 9}, earlier={"confirmed": [(170, [(19, 20)] * 9)]})
    assert publish_yield(gathered, is_signed=False, hours=None).town["confirmed"] is None


def test_exact_acts_are_told_of_a_year_that_is_over_and_signed_alone() -> None:
    gathered = replace(a_year(_NO_CASES, 3), acts={"closures": 3, "withdrawals": 1}, until="2026-12")
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
