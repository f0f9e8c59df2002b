"""The interval holds at all quarters together, where an ordinary one does not; and how many cases an answer takes."""

from __future__ import annotations

import math
import random

import pytest

from screening.base.vocabulary import ReviewOutcome
from screening.casework.figures.small_counts import needed_cases
from screening.partners.pooling.blocks import CountBlock, TownPart
from screening.partners.pooling.comparison import difference
from screening.partners.pooling.counts import CaseCounts, case_counts

#: Of this many towns, quarters and series of looks.
TOWNS, QUARTERS, SERIES = 6, 12, 120


def _counts_of(read: int, deviating: int) -> CaseCounts:
    return case_counts({ReviewOutcome.VERKLAARD: read}, read, deviating)


def _drawn(chance: random.Random, read: int, share: float) -> CaseCounts:
    return _counts_of(read, sum(chance.random() < share for _ in range(read)))


def _quarter(chance: random.Random, shares: list[tuple[float, float]]) -> CountBlock:
    """A block: of each town up to 19 flagged cases and up to 6 drawn ones, with its own shares of deviations."""
    parts = [
        TownPart(_drawn(chance, chance.randint(1, 19), flagged), _drawn(chance, chance.randint(0, 6), drawn))
        for flagged, drawn in shares
    ]
    return CountBlock("2026-Q4", tuple(parts))


def _true(blocks: list[CountBlock], shares: list[tuple[float, float]]) -> float:
    weights = [
        (n * m / (n + m), flagged - drawn)
        for block in blocks
        for part, (flagged, drawn) in zip(block.parts, shares, strict=True)
        for n, m in [(part.counts.read, part.sample.read)]
    ]
    return sum(weight * value for weight, value in weights) / sum(weight for weight, _ in weights)


def _ordinary(blocks: list[CountBlock]) -> tuple[float, float]:
    """The interval of 95 % for one look: two shares of all towns together, by their normal distribution."""
    read = [
        sum(part.counts.read for block in blocks for part in block.parts),
        sum(part.sample.read for block in blocks for part in block.parts),
    ]
    odd = [
        sum(part.counts.deviating for block in blocks for part in block.parts),
        sum(part.sample.deviating for block in blocks for part in block.parts),
    ]
    shares = [x / n for x, n in zip(odd, read, strict=True)]
    half = 1.96 * math.sqrt(sum(p * (1 - p) / n for p, n in zip(shares, read, strict=True)))
    return shares[0] - shares[1] - half, shares[0] - shares[1] + half


@pytest.mark.parametrize(
    "shares",
    [
        [(0.2, 0.2)] * TOWNS,  # no difference
        [(0.05 + 0.1 * town, 0.02 + 0.05 * town) for town in range(TOWNS)],  # another one in each town
    ],
    ids=["none", "of each town"],
)
def test_at_all_quarters_together_the_truth_is_outside_in_less_than_one_series_of_twenty(
    shares: list[tuple[float, float]],
) -> None:
    chance, outside, outside_ordinary = random.Random(17), 0, 0
    for _ in range(SERIES):
        blocks: list[CountBlock] = []
        missed = missed_ordinary = False
        for _ in range(QUARTERS):
            blocks.append(_quarter(chance, shares))
            shown, truth = difference(blocks), _true(blocks, shares)
            assert shown is not None
            missed |= not shown.low <= truth <= shown.high
            low, high = _ordinary(blocks)
            missed_ordinary |= not low <= truth <= high
        outside += missed
        outside_ordinary += missed_ordinary
    assert outside <= 0.05 * SERIES
    assert outside_ordinary > 0.1 * SERIES, "an interval for one look would do as well"


@pytest.mark.parametrize(("flagged", "drawn", "most"), [(0.5, 0.05, 60), (0.3, 0.05, 110), (0.2, 0.05, 200)])
def test_an_answer_takes_far_fewer_drawn_cases_than_one_town_needs(flagged: float, drawn: float, most: int) -> None:
    chance, taken = random.Random(5), []
    for _ in range(20):
        blocks: list[CountBlock] = []
        while (shown := difference(blocks)) is None or shown.low <= 0:
            blocks.append(_quarter(chance, [(flagged, drawn)] * TOWNS))
        taken.append(sum(part.sample.read for block in blocks for part in block.parts))
    assert sorted(taken)[len(taken) // 2] < most < needed_cases(0.05, 0.02)


def test_a_town_where_much_is_odd_is_compared_with_itself() -> None:
    """Simpson: in each town the rule finds nothing; all cases on one heap say that it does."""
    strict, mild = TownPart(_counts_of(90, 45), _counts_of(10, 5)), TownPart(_counts_of(10, 0), _counts_of(90, 0))
    shown = difference([CountBlock("2026-Q4", (strict, mild))])
    assert shown is not None
    assert shown.estimate == 0
    assert _ordinary([CountBlock("2026-Q4", (strict, mild))])[0] > 0.2


def test_without_drawn_cases_nothing_is_compared() -> None:
    assert difference([CountBlock("2026-Q4", (TownPart(_counts_of(9, 3), _counts_of(0, 0)),))]) is None
    assert difference([]) is None
