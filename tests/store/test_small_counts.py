"""Formulas against published values, and an attack on everything that is told: no count under ten has one solution."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from screening.store.small_counts import (
    FEW,
    NEARLY_ALL,
    SHOWN,
    STEP,
    TOO_FEW_CASES,
    Share,
    band,
    kappa,
    middle_bucket,
    needed_cases,
    share,
    wilson,
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
    assert wilson(part, whole) == pytest.approx((low, high), abs=0.00006)


def test_of_nothing_the_interval_is_everything() -> None:
    assert wilson(0, 0) == (0, 1)


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_an_interval_holds_its_share(one: int, other: int) -> None:
    part, whole = min(one, other), max(one, other, 1)
    low, high = wilson(part, whole)
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
    told = band(count)
    assert told.low <= count < told.low + STEP
    assert told.is_small == (count < 10)
    assert str(told) == ("< 10" if count < 10 else f"{told.low}–{told.low + 9}")


@given(st.integers(0, 2000), st.integers(0, 2000), st.sampled_from([100, 457]))
def test_a_share_tells_nothing_of_too_few(one: int, other: int, needed: int) -> None:
    part, whole = min(one, other), max(one, other)
    told = share(part, whole, needed=needed)
    if whole < needed:
        assert told == Share(TOO_FEW_CASES, needed)
    elif part < 10:
        # the same whatever the number under ten
        assert told == share(0, whole, needed=needed)
        assert (told.state, told.value, told.low) == (FEW, None, None)
        assert wilson(part, whole)[1] * 100 <= (told.high or 0) + 1
    elif whole - part < 10:
        assert told == share(whole, whole, needed=needed)
        assert (told.state, told.value, told.high) == (NEARLY_ALL, None, None)
    else:
        assert told.state == SHOWN
        assert told.low <= told.value <= told.high


def test_the_middle_is_a_bucket_and_of_few_there_is_none() -> None:
    assert middle_bucket([3, 3, 3]) is None
    assert middle_bucket([5, 0, 5]) == 0
    assert middle_bucket([4, 0, 6]) == 2
    assert middle_bucket([10, 1, 10]) == 1


class _Attack:
    """Everything that is told of one group over several months, as constraints on the counts behind it.

    Told are, for each month: the outcomes in tens, the whole in tens, the shares of two outcomes and of one reading
    with their intervals, and the month's work in tens. The attacker knows more than a reader would: that every case
    that was read was decided in the same month, that nothing but this group stands behind the month's work, and all
    shares are told from 100 cases on.
    """

    def __init__(self, increments: np.ndarray, outcomes: int) -> None:
        self.increments = increments  # months × cells: first the outcomes, then the readings, which have the same sum
        self.months, self.cells = increments.shape
        rows, lows, highs = [], [], []

        def told(row: np.ndarray, low: float, high: float) -> None:
            rows.append(row)
            lows.append(low)
            highs.append(high)

        def in_tens(row: np.ndarray, count: int) -> None:
            told(row, band(count).low, band(count).low + STEP - 1)

        decided, read = list(range(outcomes)), list(range(outcomes, self.cells))
        for month in range(self.months):
            so_far = range(month + 1)
            for cell in decided:
                in_tens(self._row(so_far, [cell]), int(increments[: month + 1, cell].sum()))
            whole = int(increments[: month + 1, decided].sum())
            in_tens(self._row(so_far, decided), whole)
            for group, cell in ((decided, 0), (decided, 2), (read, outcomes)):
                shown = share(int(increments[: month + 1, cell].sum()), whole, needed=100)
                others = [one for one in group if one != cell]
                pairs = _behind(shown, band(whole).low)
                told(self._row(so_far, [cell]), min(pairs[:, 0]), max(pairs[:, 0]))
                told(self._row(so_far, group), min(pairs[:, 1]), max(pairs[:, 1]))
                rest = pairs[:, 1] - pairs[:, 0]
                told(self._row(so_far, others), min(rest), max(rest))
            in_tens(self._row([month], decided), int(increments[month, decided].sum()))
            told(self._row([month], decided) - self._row([month], read), 0, 0)
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


@cache
def _behind(shown: Share, low: int) -> np.ndarray:
    """Every (part, whole) with the whole in these tens of which exactly this share is told."""
    return np.array(
        [
            (part, whole)
            for whole in range(low, low + STEP)
            for part in range(whole + 1)
            if share(part, whole, needed=100) == shown
        ]
    )


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
