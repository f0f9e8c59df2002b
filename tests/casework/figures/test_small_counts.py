"""Formulas against published values, and an attack on everything that is told: no count under ten has one solution."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from screening.casework.figures.small_counts import (
    FEW,
    SHOWN,
    STEP,
    TOO_FEW_CASES,
    Share,
    kappa,
    middle_bucket,
    needed_cases,
    rounded_to_tens,
    score_interval,
    share,
)


def test_the_needed_number_is_that_of_the_stated_formula() -> None:
    assert needed_cases(0.05, 0.02) == 457
    assert needed_cases(0.02, 0.01) == 753
    with pytest.raises(ValueError, match="between 0 and 1"):
        needed_cases(0, 0.02)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_that_of_the_literature(part: int, whole: int, low: float, high: float) -> None:
    assert score_interval(part, whole) == pytest.approx((low, high), abs=0.00006)


def test_of_nothing_the_interval_is_everything() -> None:
    assert score_interval(0, 0) == (0, 1)


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_an_interval_holds_its_share(one: int, other: int) -> None:
    part, whole = min(one, other), max(one, other, 1)
    low, high = score_interval(part, whole)
    assert 0 <= low <= part / whole + 1e-12
    assert part / whole - 1e-12 <= high <= 1


def test_kappa_is_that_of_the_literature() -> None:
    # the worked example of Cohen's kappa: 20 and 15 together, 5 and 10 apart
    pairs = [("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15
    assert kappa(pairs) == pytest.approx(0.4)
    assert kappa([("a", "a"), ("b", "b")]) == 1
    assert kappa([("a", "b"), ("b", "a")]) == -1
    assert kappa([]) is None
    assert kappa([("a", "a")] * 9) is None


@given(st.integers(0, 10**6))
def test_a_count_is_told_in_tens(count: int) -> None:
    told = rounded_to_tens(count)
    assert told.low <= count < told.low + STEP
    assert told.is_small == (count < 10)
    assert str(told) == ("< 10" if count < 10 else f"{told.low}–{told.low + 9}")


@given(st.integers(0, 2000), st.integers(0, 2000), st.sampled_from([100, 457]))
def test_a_share_tells_nothing_that_the_tens_do_not(one: int, other: int, needed: int) -> None:
    part, whole = min(one, other), max(one, other)
    told = share(part, whole, needed=needed)
    # the same whatever the counts within their tens
    assert told == share(min(part // 10 * 10, whole // 10 * 10), whole // 10 * 10, needed=needed)
    if whole // 10 * 10 < needed:
        assert told == Share(TOO_FEW_CASES, needed)
        return
    low, high = score_interval(part, whole)
    assert told.high >= 100 * high - 1e-9
    if part < 10:
        assert (told.state, told.value, told.low) == (FEW, None, None)
    else:
        assert told.state == SHOWN
        assert told.low <= 100 * low + 1e-9
        assert told.low <= told.value <= told.high


@pytest.mark.parametrize(("part", "whole"), [(25, 500), (60, 1000), (300, 600)])
def test_the_tens_widen_an_interval_by_little(part: int, whole: int) -> None:
    told = share(part, whole, needed=457)
    low, high = score_interval(part, whole)
    assert told.high - told.low <= 100 * (high - low) + 5


def test_the_middle_is_a_bucket_and_of_few_there_is_none() -> None:
    assert middle_bucket([3, 3, 3]) is None
    assert middle_bucket([5, 5, 5]) is None
    assert middle_bucket([10, 0, 10]) == 0
    assert middle_bucket([10, 9, 20]) == 2
    assert middle_bucket([10, 20, 10]) == 1


class _Attack:
    """Everything that is told of one group over several months, as constraints on the counts behind it.

    For each month: every outcome and every reading so far in tens, their wholes in tens, and the month's work in tens.
    Shares follow from these (see above). The attacker knows more than a reader would: that every case that was read was
    decided in the same month, and that nothing but this group stands behind the month's work.
    """

    def __init__(self, increments: np.ndarray, outcomes: int) -> None:
        self.increments = increments  # months × cells: first the outcomes, then the readings, which have the same sum
        self.months, self.cells = increments.shape
        rows, lows, highs = [], [], []

        def in_tens(row: np.ndarray, count: int) -> None:
            rows.append(row)
            lows.append(rounded_to_tens(count).low)
            highs.append(rounded_to_tens(count).low + STEP - 1)

        decided, read = list(range(outcomes)), list(range(outcomes, self.cells))
        for month in range(self.months):
            so_far = range(month + 1)
            for cells in (*([cell] for cell in range(self.cells)), decided, read):
                in_tens(self._row(so_far, cells), int(increments[: month + 1, cells].sum()))
            in_tens(self._row([month], decided), int(increments[month, decided].sum()))
            rows.append(self._row([month], decided) - self._row([month], read))
            lows.append(0)
            highs.append(0)
        self.constraint = LinearConstraint(np.array(rows), lows, highs)

    def _row(self, months: object, cells: list[int]) -> np.ndarray:
        row = np.zeros((self.months, self.cells))
        for month in months:  # type: ignore[attr-defined]
            row[month, cells] = 1
        return row.ravel()

    def range_of(self, months: object, cell: int) -> tuple[int, int]:
        """Between which counts the attacker can place a cell."""
        aim = self._row(months, [cell])
        ends = []
        for sign in (1, -1):
            found = milp(
                sign * aim, integrality=np.ones(aim.size), bounds=Bounds(0, np.inf), constraints=self.constraint
            )
            assert found.success
            ends.append(round(sign * found.fun))
        return ends[0], ends[1]


def _table(seed: int) -> np.ndarray:
    """Random months × cells in which as many were decided as read; sparse, even and dense ones."""
    source = random.Random(seed)
    weights = [source.choice([0, 0.2, 1, 5]) + 0.01 for _ in range(6)]
    reads = [source.choice([0.1, 1, 5]) for _ in range(3)]
    table = np.zeros((3, 9), dtype=int)
    for month in range(3):
        cases = source.choice([0, 3, 12, 40, 130])
        for cell in source.choices(range(6), weights, k=cases):
            table[month, cell] += 1
        for cell in source.choices(range(6, 9), reads, k=cases):
            table[month, cell] += 1
    return table


def _attacked(seeds: range) -> int:
    small = 0
    for seed in seeds:
        table = _table(seed)
        attack = _Attack(table, outcomes=6)
        for cell in range(table.shape[1]):
            for month in range(table.shape[0]):
                # the count up to a month, and what was added in it, which two reports would give by subtraction
                for months in (range(month + 1), [month]):
                    if table[list(months), cell].sum() < STEP:
                        small += 1
                        low, high = attack.range_of(months, cell)
                        assert low < high, (seed, cell, months)
    return small


def test_no_count_under_ten_can_be_recovered_from_successive_reports() -> None:
    assert _attacked(range(6)) > 100


@pytest.mark.goal("G8", reached="0 cells under ten recovered by an integer programme")
@pytest.mark.long
def test_no_count_under_ten_can_be_recovered_from_many_tables() -> None:
    assert _attacked(range(1000, 1200)) > 5_000


def test_the_attack_finds_what_plain_suppression_gives_away() -> None:
    """The same attack on exact counts with one of them hidden: it is found to the unit."""
    table = np.array([[30, 20, 4, 0, 0, 0, 40, 14, 0]])
    attack = _Attack(table, outcomes=6)
    exact = attack.constraint
    rows, lows, highs = exact.A.tolist(), list(exact.lb), list(exact.ub)
    for cell in (0, 1, 3, 4, 5, 6, 7, 8):
        row = np.zeros(9)
        row[cell] = 1
        rows.append(row.tolist())
        lows.append(int(table[0, cell]))
        highs.append(int(table[0, cell]))
    attack.constraint = LinearConstraint(np.array(rows), lows, highs)
    assert attack.range_of([0], 2) == (4, 4)
