"""Counts that tell of a group and of nobody in it: in tens, and shares that follow from those tens alone.

Why tens, and not "hide what is under 10 and one more". Hidden cells come back: by subtraction from a total, or from the
report of last month. A count that is only ever known to lie in 10–19 leaves every sum of it open. A share in per cents
of the exact counts would not: under an attack it gave a month's count away in one of some hundred tables. So a share
says no more than the tens do, and its interval is that much wider. A test attacks random tables of several months with
all that is told about them, sums included: no count under 10 has one solution.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Counts under this are shown as "fewer than", and all others in steps of it (assurance G8).
STEP = 10
#: Two-sided 95 %.
Z = 1.959963984540054

SHOWN, TOO_FEW_CASES, FEW = "shown", "too_few_cases", "few"


@dataclass(frozen=True, order=True)
class TensRange:
    """What is told of a count: that it lies in `low` to `low` + 9."""

    low: int

    @property
    def is_small(self) -> bool:
        """Whether there are fewer than ten."""
        return self.low < STEP

    def __str__(self) -> str:
        return f"< {STEP}" if self.is_small else f"{self.low}–{self.low + STEP - 1}"


def rounded_to_tens(count: int) -> TensRange:
    """A count in tens, rounded down."""
    if count < 0:
        raise ValueError("a count is not below 0")
    return TensRange(count // STEP * STEP)


@dataclass(frozen=True)
class Share:
    """What is told of a share: per cents `value`, and `low` to `high` in which it lies with 95 % confidence.

    `state`: shown · too_few_cases (of `needed`; nothing else is told) · few (fewer than ten have it: `high` alone).
    """

    state: str
    needed: int
    value: int | None = None
    low: int | None = None
    high: int | None = None


def share(part: int, whole: int, *, needed: int) -> Share:
    """The share of `part` in `whole`, from the tens in which the two lie; nothing of fewer than `needed` cases.

    The interval is the widest of Wilson over the counts in those tens, rounded outwards; the value is that of their
    middles.
    """
    if not 0 <= part <= whole:
        raise ValueError("a part lies between nothing and the whole")
    least, of = rounded_to_tens(part).low, rounded_to_tens(whole).low
    if of < max(needed, STEP):
        return Share(TOO_FEW_CASES, needed)
    most = min(least + STEP - 1, of)
    high = math.ceil(100 * score_interval(most, of)[1])
    if rounded_to_tens(part).is_small:
        return Share(FEW, needed, high=high)
    low = math.floor(100 * score_interval(least, of + STEP - 1)[0])
    middle = (least + most) / (2 * of + STEP - 1)
    return Share(SHOWN, needed, min(high, round(100 * middle)), low, high)


def score_interval(part: int, whole: int, z: float = Z) -> tuple[float, float]:
    """The score interval of a share (Wilson 1927), 0-1. Of nothing it is everything: (0, 1)."""
    if whole == 0:
        return 0.0, 1.0
    p, z2 = part / whole, z * z
    middle = (p + z2 / (2 * whole)) / (1 + z2 / whole)
    half = z / (1 + z2 / whole) * math.sqrt(p * (1 - p) / whole + z2 / (4 * whole * whole))
    return max(0.0, middle - half), min(1.0, middle + half)


def needed_cases(expected: float, half_width: float, z: float = Z) -> int:
    """How many cases tell a share of about `expected` within `half_width`: n = z² p (1 − p) / d², rounded up.

    5 % within 2 points: 457. 2 % within 1 point: 753.
    """
    if not 0 < expected < 1 or not 0 < half_width < 1:
        raise ValueError("shares lie between 0 and 1")
    return math.ceil(z * z * expected * (1 - expected) / (half_width * half_width))


def kappa(pairs: Iterable[tuple[str, str]]) -> float | None:
    """Agreement of two readers beyond chance (Cohen 1960): 1 the same throughout, 0 as by chance.

    None: no pairs, or both always say one and the same word, so that chance alone explains it all.
    """
    rows: Sequence[tuple[str, str]] = list(pairs)
    if not rows:
        return None
    total = len(rows)
    words = sorted({word for pair in rows for word in pair})
    by_chance = sum(
        sum(left == word for left, _ in rows) / total * (sum(right == word for _, right in rows) / total)
        for word in words
    )
    if math.isclose(by_chance, 1.0):
        return None
    return (sum(left == right for left, right in rows) / total - by_chance) / (1 - by_chance)


def middle_bucket(counts: Sequence[int]) -> int | None:
    """In which of the ordered buckets the median lies, by the tens of each; None of fewer than ten."""
    counts = [rounded_to_tens(count).low for count in counts]
    total = sum(counts)
    if total < STEP:
        return None
    seen = 0
    for index, count in enumerate(counts):
        seen += count
        if 2 * seen >= total:
            return index
    raise AssertionError("unreachable")
