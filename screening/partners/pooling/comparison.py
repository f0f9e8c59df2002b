"""Whether a rule points at more deviations than chance, with an interval that may be looked at each quarter.

The estimate is the risk difference of Mantel and Haenszel (1959; for differences Greenland and Robins, Biometrics
1985), with each municipality in each block as a stratum of its own: a town where much is odd, or an officer who is
strict, speaks for both sides. A stratum with n flagged and m drawn cases weighs n·m / (n + m); one without either of
both weighs nothing.

An ordinary interval of 95 % that is looked at every quarter is wrong in far more than 5 % of the series of looks. This
one holds at all quarters together: the empirical Bernstein confidence sequence of Howard, Ramdas, McAuliffe and Sekhon
(Time-uniform, nonparametric, nonasymptotic confidence sequences, Annals of Statistics 49, 2021, theorem 4). It asks no
normal distribution, no number of cases and no equal difference in all towns: it covers the weighted mean of the true
differences of the strata up to that quarter. In place of their mixture over all λ it mixes a few (any mixture holds).

The numbers of cases that were read are taken as given; what they were called is by chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from screening.partners.pooling.blocks import CountBlock

#: At most one in twenty series of looks leaves the truth outside, ever; half of it at either side.
ALPHA = 0.05
#: How hard is bet on a difference: even steps of a logarithm, each as likely.
_BETS = tuple(0.05 * 1.5**step for step in range(8))
#: What each bet costs for each unit of variance.
_COSTS = tuple(-math.log1p(-bet) - bet for bet in _BETS)
#: Share that is called a deviation before anything is known, and for how many cases that counts: flagged and drawn. A
#: bad guess makes the interval wider and never wrong.
_GUESSES = ((0.4, 4.0), (0.05, 20.0))


@dataclass(frozen=True)
class RiskDifference:
    """The share of deviations among flagged cases minus that among drawn ones, within `low` to `high`. All -1 to 1."""

    estimate: float
    low: float
    high: float


def difference(blocks: Sequence[CountBlock]) -> RiskDifference | None:
    """Compare the cases of a rule with those drawn in the same municipalities; None: no stratum holds both."""
    weight = total = variance = 0.0
    seen = [[0, 0], [0, 0]]
    for block in blocks:
        # the guess for a block is of the blocks before it: that is what makes the sequence hold
        guesses = [(share * cases + x) / (cases + n) for (share, cases), (x, n) in zip(_GUESSES, seen, strict=True)]
        for part in block.parts:
            groups = ((part.counts.deviating, part.counts.read), (part.sample.deviating, part.sample.read))
            (_, flagged), (_, drawn) = groups
            for counts, (deviating, read) in zip(seen, groups, strict=True):
                counts[0] += deviating
                counts[1] += read
            if not flagged or not drawn:
                continue
            weight += flagged * drawn / (flagged + drawn)
            factors = (drawn / (flagged + drawn), flagged / (flagged + drawn))
            total += factors[0] * groups[0][0] - factors[1] * groups[1][0]
            for factor, guess, (deviating, read) in zip(factors, guesses, groups, strict=True):
                variance += factor**2 * (deviating * (1 - guess) ** 2 + (read - deviating) * guess**2)
    if not weight:
        return None
    margin = _margin(variance)
    return RiskDifference(total / weight, max(-1.0, (total - margin) / weight), min(1.0, (total + margin) / weight))


def _margin(variance: float) -> float:
    """The smallest sum above its mean at which the mixed bets, of mean 1 at most, are worth 2 / ALPHA."""
    goal = math.log(2 / ALPHA)
    low, high = 0.0, 1.0
    while _log_worth(high, variance) < goal:
        high *= 2
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if _log_worth(middle, variance) >= goal else (middle, high)
    return high


def _log_worth(total: float, variance: float) -> float:
    logs = [bet * total - cost * variance for bet, cost in zip(_BETS, _COSTS, strict=True)]
    most = max(logs)
    return most + math.log(sum(math.exp(log - most) for log in logs) / len(logs))
