"""Counts that describe a group and nobody in it: rounded to tens, and shares computed from those tens alone.

Hiding every count under 10 is not enough. A hidden cell can be computed from a total, or from last month's report. A
count that is only known to lie in 10–19 leaves every sum with it uncertain. A share of the exact counts does not: in a
simulated attack it gave a month's count away in one of about a hundred tables. So a share is computed from the tens,
and its interval is wider for it. A test attacks random tables of several months with everything that is published
about them, sums included: no count under 10 has a single solution.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: A count under this is shown as "fewer than"; every other count in steps of it (assurance G8).
STEP = 10
#: Two-sided 95 %.
Z = 1.959963984540054

#: A total that may add up to within so much of the most, or the least, of its parts is left out. Twice a step: that it
#: is left out then tells of all parts together that they lie near an end, and of none of them alone where in its ten.
MARGIN = 2 * STEP
#: Of so few parts, as of the first months of a year, a total leaves at least six possible values of each: n parts add
#: up to at most 9 n over the beginnings of their tens, and a total that is told in tens takes 10 (n - 1) of that away.
FEW_PARTS = 5

SHOWN, TOO_FEW_CASES, FEW = "shown", "too_few_cases", "few"


@dataclass(frozen=True, order=True)
class TensRange:
    """The published form of a count: it lies in `low` to `low` + 9."""

    low: int

    @property
    def is_small(self) -> bool:
        """Whether there are fewer than ten."""
        return self.low < STEP

    def __str__(self) -> str:
        return f"< {STEP}" if self.is_small else f"{self.low}–{self.low + STEP - 1}"


def rounded_to_tens(count: int) -> TensRange:
    """Round a count down to tens."""
    if count < 0:
        raise ValueError("a count is not below 0")
    return TensRange(count // STEP * STEP)


def is_near_most(total: int, parts: Iterable[int]) -> bool:
    """Whether a total, told in tens, would say that its parts, told in tens, have nearly their most.

    It looks at nothing but what is told of them, so that whoever knows this rule learns no more from it than that.
    """
    tens = [rounded_to_tens(part).low + STEP - 1 for part in parts]
    return len(tens) > FEW_PARTS and sum(tens) - rounded_to_tens(total).low < MARGIN


def is_near_least(added: int, parts: Iterable[tuple[int, int]]) -> bool:
    """Whether a total of what was added, told in tens, would say that its parts grew by nearly their least.

    Args:
        added: What was added to all parts together.
        parts: Of each part its count before and after, which are told in tens: of one that went from under ten to
            over it everybody knows that it grew.
    """
    least = [
        rounded_to_tens(after).low - rounded_to_tens(before).low - STEP + 1
        for before, after in parts
        if rounded_to_tens(after) > rounded_to_tens(before)
    ]
    # less than the least: what was added counts in several parts, which says nothing of one
    return len(least) > FEW_PARTS and 0 <= rounded_to_tens(added).low + STEP - 1 - sum(least) < MARGIN


@dataclass(frozen=True)
class Share:
    """The published form of a share: `value` per cent, between `low` and `high` with 95 % confidence.

    `state` is `shown`, `too_few_cases` (fewer than `needed`: no number is published) or `few` (fewer than ten have it:
    only `high` is published).
    """

    state: str
    needed: int
    value: int | None = None
    low: int | None = None
    high: int | None = None


def share(part: int, whole: int, *, needed: int) -> Share:
    """Return the share of `part` in `whole`, computed from their tens; no number for fewer than `needed` cases.

    The interval is the widest Wilson interval of all counts in those tens, rounded outwards. The value is the share of
    their middles.
    """
    if not 0 <= part <= whole:
        raise ValueError("a part lies between nothing and the whole")
    least, least_whole = rounded_to_tens(part).low, rounded_to_tens(whole).low
    if least_whole < max(needed, STEP):
        return Share(TOO_FEW_CASES, needed)
    most = min(least + STEP - 1, least_whole)
    high = math.ceil(100 * score_interval(most, least_whole)[1])
    if rounded_to_tens(part).is_small:
        return Share(FEW, needed, high=high)
    low = math.floor(100 * score_interval(least, least_whole + STEP - 1)[0])
    middle = (least + most) / (2 * least_whole + STEP - 1)
    return Share(SHOWN, needed, min(high, round(100 * middle)), low, high)


def score_interval(part: int, whole: int) -> tuple[float, float]:
    """Return the score interval of a share (Wilson 1927), within 0 to 1; (0, 1) when `whole` is 0."""
    if whole == 0:
        return 0.0, 1.0
    p, z2 = part / whole, Z * Z
    middle = (p + z2 / (2 * whole)) / (1 + z2 / whole)
    half = Z / (1 + z2 / whole) * math.sqrt(p * (1 - p) / whole + z2 / (4 * whole * whole))
    return max(0.0, middle - half), min(1.0, middle + half)


def needed_cases(expected: float, half_width: float) -> int:
    """Return the cases needed to know a share near `expected` within `half_width`: n = z² p (1 − p) / d², rounded up.

    5 % within 2 points: 457. 2 % within 1 point: 753.
    """
    if not 0 < expected < 1 or not 0 < half_width < 1:
        raise ValueError("shares lie between 0 and 1")
    return math.ceil(Z * Z * expected * (1 - expected) / (half_width * half_width))


def kappa(pairs: Iterable[tuple[str, str]]) -> float | None:
    """Return the agreement of two readers beyond chance (Cohen 1960): 1 is complete, 0 is what chance gives.

    It is None without pairs, and when both readers always give the same single word: chance alone explains that.
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
    """Return the index of the ordered bucket that holds the median, by the tens of each; None for fewer than ten."""
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
