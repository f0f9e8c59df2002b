"""An attack on the overview of the lead beside the report of a year: no count under ten is found."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from itertools import product

import pytest

from screening.casework.figures.month_totals import month_totals
from screening.casework.figures.small_counts import FEW_PARTS, MARGIN, STEP, TensRange, is_near_least, rounded_to_tens
from tests.casework.figures.attack import Attack
from tests.casework.figures.test_published_yield import RULES, a_year, publish_yield

MONTHS = 4
#: So many cases of each rule in each month.
Table = list[list[int]]


def cells_of(table: Table) -> dict[str, Counter[str]]:
    """The cells of the months in which so many cases of each rule lapsed."""
    return {
        f"2026-{month:02d}": Counter(
            {"all|lapsed": sum(row)} | {f"LIC-{rule:02d}|lapsed": count for rule, count in enumerate(row)}
        )
        for month, row in enumerate(table, start=1)
    }


def attack_on(table: Table) -> Attack:
    """All that the overview and the reports of a year tell of lapsed cases, month after month.

    The attacker knows more than a reader would: that every case has one rule, and that a total which is left out for
    what its parts have at most is that large.
    """
    attack = Attack(MONTHS, RULES)
    totals = month_totals(cells_of(table))
    for month in range(MONTHS):
        rules, so_far = range(RULES), range(month + 1)
        for rule in rules:
            attack.told(product(so_far, [rule]), rounded_to_tens(sum(table[each][rule] for each in so_far)))
        if (total := totals[month].lapsed) is not None:
            attack.told(product([month], rules), total)
        rows = [sum(row) for row in table[: month + 1]]
        gathered = replace(a_year(table, month + 1, "lapsed"), by_month={"lapsed": tuple(rows)})
        if (of_year := publish_yield(gathered, is_signed=False, hours=None).town["lapsed"]) is not None:
            attack.told(product(so_far, rules), of_year)
    return attack


def a_table(seed: int) -> Table:
    """Months × rules: sparse, even and dense ones; in one of three many rules step over their ten at once."""
    source = random.Random(seed)
    if seed % 3 == 0:
        near = [9 - (source.random() < 0.2) for _ in range(RULES)]
        steps = [[int(source.random() < 0.8) for _ in range(RULES)] for _ in range(MONTHS - 1)]
        return [near, *steps]
    most = source.choice([1, 2, 5, 9, 15, 40])
    return [[source.randint(0, most) for _ in range(RULES)] for _ in range(MONTHS)]


def _attacked(seeds: range, each: int) -> tuple[int, int]:
    """Attack tables, `each` rules of every one: how many counts under ten, and the narrowest range of any of them."""
    small, narrowest = 0, STEP
    for seed in seeds:
        table = a_table(seed)
        attack = attack_on(table)
        for rule in range(each):
            for months in (*([*range(n + 1)] for n in range(MONTHS)), *([n] for n in range(1, MONTHS))):
                if sum(table[month][rule] for month in months) < STEP:
                    small += 1
                    low, high = attack.range_of(product(months, [rule]))
                    assert low < high, (seed, rule, months)
                    narrowest = min(narrowest, high - low)
    return small, narrowest


def test_no_count_under_ten_can_be_found_from_the_overview_and_the_report_of_a_year() -> None:
    small, narrowest = _attacked(range(6), each=2)
    assert small > 30
    assert narrowest >= STEP - 1 - FEW_PARTS


@pytest.mark.long
def test_no_count_under_ten_can_be_found_from_many_overviews() -> None:
    small, narrowest = _attacked(range(100, 200), each=4)
    assert small > 1_000
    assert narrowest >= STEP - 1 - FEW_PARTS


@pytest.mark.parametrize(
    ("table", "month"),
    [([[9] * RULES, *[[0] * RULES] * 3], 0), ([[9] * 9 + [0], [1] * 9 + [0], *[[0] * RULES] * 2], 1)],
    ids=["nearly their most", "nearly their least"],
)
def test_the_attack_finds_what_a_total_gives_away(table: Table, month: int) -> None:
    assert month_totals(cells_of(table))[month].lapsed is None
    attack, total = attack_on(table), rounded_to_tens(sum(table[month]))
    assert attack.range_of([(month, 2)])[0] < attack.range_of([(month, 2)])[1]
    attack.told(product([month], range(RULES)), total)
    assert attack.range_of([(month, 2)]) == (table[month][2],) * 2


def test_an_ordinary_month_is_told_and_stays_as_it_was_told() -> None:
    table = [[4, 2, 0, 7, 12, 3, 1, 0, 5, 2], [1] * RULES, [2] * RULES, [0, 0, 3, 0, 0, 1, 0, 0, 0, 0]]
    cells = cells_of(table)
    totals = month_totals(cells)
    assert [str(month.lapsed) for month in totals] == ["30–39", "10–19", "20–29", "< 10"]
    for number in range(1, MONTHS):
        assert month_totals(dict(list(cells.items())[:number])) == totals[:number]
    assert month_totals(cells | {"2027-01": cells["2026-01"]})[-1].lapsed == TensRange(30), "a year begins anew"


def test_a_month_of_which_no_report_tells_is_not_beside_those_that_it_tells() -> None:
    cells = cells_of([[5] * 9, [9] * 9])
    assert month_totals(cells)[1].lapsed == TensRange(80)
    assert month_totals(cells, {"2026-01"})[1].lapsed is None, "the report of the second month alone would say nine"


def test_what_the_overview_tells_of_five_years_gives_no_month_away() -> None:
    """Nine rules that step from 19 to 20 in five years in a month of nine; and nine rules of nine over two years."""
    of_2026 = cells_of([[19] * 9 + [10] * 3])
    of_2027 = {f"2027{month[4:]}": cells for month, cells in cells_of([[0] * 12, [1] * 9 + [0] * 3]).items()}
    assert [month.lapsed for month in month_totals(of_2026 | of_2027)][1:] == [TensRange(0), None]
    assert month_totals(of_2027)[1].lapsed == TensRange(0), "alone it would be told"
    ten = Counter({"all|lapsed": 10, "sample|lapsed": 1} | {f"LIC-{rule:02d}|lapsed": 1 for rule in range(9)})
    years = {f"{year}-{month:02d}": ten for year, most in ((2026, 4), (2027, 5)) for month in range(1, most + 1)}
    told = [month.lapsed for month in month_totals(years)]
    assert told[:4] == [TensRange(10)] * 4
    assert told[-1] is None, "90 together would say nine of each"
    distant = {month.replace("2026", "2021"): cells for month, cells in years.items()}
    assert None not in [month.lapsed for month in month_totals(distant)], "no window has both years"


def test_a_step_over_ten_of_a_few_rules_hides_no_total() -> None:
    assert not is_near_least(9, [(9, 10)] * FEW_PARTS)
    assert is_near_least(9, [(9, 10)] * (FEW_PARTS + 1))
    assert is_near_least(19, [(9, 10)] * 9)
    assert not is_near_least(MARGIN, [(9, 10)] * (FEW_PARTS + 1))
