"""Fields that agree together without being one party: a family shares its name and its address.

Weights add up as if fields agreed by chance each by itself. Where two fields of two parties agree together far more
often than that, agreeing on both says less than the sum. How much less is seen in the other fields: of the pairs that
agree so on the two, which share looks like one party by all the rest? That share is what the two can say at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from screening.linking.settings import Comparison

#: So many pairs of a sample must agree in one way before anything is learned of it.
LEAST_PAIRS = 50
#: At least this share of them must look like two parties: a smaller one can be matches that happen to differ elsewhere.
LEAST_STRANGERS = 0.3
#: Less than this (bits) is no dependence but noise.
LEAST_BITS = 1.0
_ROUNDS = 100
_CONVERGED = 1e-5


@dataclass(frozen=True)
class Dependence:
    """What two comparisons (names) say less together, in bits (zero or below): a row a level of `first`, else last."""

    first: str
    second: str
    bits: tuple[tuple[float, ...], ...]


def learn_dependence(
    comparisons: Sequence[Comparison],
    patterns: np.ndarray,
    counts: np.ndarray,
    weights: Sequence[np.ndarray],
    prior_bits: float,
) -> tuple[Dependence, ...]:
    """The dependences of a sample of pairs, so that no comparison is counted twice: a tree of the strongest.

    Args:
        comparisons: those that are compared; one with a weight set by hand depends on none.
        patterns: a row a comparison, a column a distinct way to agree: numbers of levels, one past else = missing.
        counts: how often each occurs.
        weights: by comparison the bits of its levels, else, missing.
        prior_bits: the prior as log-odds.
    """
    bits = np.stack([own[levels] for own, levels in zip(weights, patterns, strict=True)])
    learned = [number for number, c in enumerate(comparisons) if all(value is None for value in c.by_hand)]
    edges = []
    for a, b in combinations(learned, 2):
        table = np.zeros((len(weights[a]), len(weights[b])))
        strength = 0.0
        for x, y in product(range(len(comparisons[a].levels)), range(len(comparisons[b].levels))):
            pairs = np.flatnonzero((patterns[a] == x) & (patterns[b] == y))
            size = float(counts[pairs].sum())
            if weights[a][x] <= 0 or weights[b][y] <= 0 or size < LEAST_PAIRS:
                continue
            start = prior_bits + weights[a][x] + weights[b][y]
            rest = bits[:, pairs].sum(axis=0) - bits[a, pairs] - bits[b, pairs]
            matches = _matching_share(start, rest, counts[pairs])
            if matches < 1 - LEAST_STRANGERS:
                less = float(np.log2(matches / (1 - matches))) - start
                if less < -LEAST_BITS:
                    table[x, y] = less
                    strength -= size * less
        if strength > 0:
            edges.append((-strength, a, b, table))
    return _tree(comparisons, edges)


def _matching_share(start: float, rest: np.ndarray, counts: np.ndarray) -> float:
    """Which share of these pairs is one party by the look of their other fields (EM on the share alone).

    `start`: the log-odds of all of them (bits) from which to begin; `rest`: what their other fields say.
    """
    odds = np.clip(start, -30, 30)
    share = float(1 / (1 + np.exp2(-odds)))
    least = 0.5 / (counts.sum() + 1)
    for _ in range(_ROUNDS):
        total = np.clip(rest + np.log2(share / (1 - share)), -500, 500)
        before, share = share, float((counts / (1 + np.exp2(-total))).sum() / counts.sum())
        share = float(np.clip(share, least, 1 - 1e-9))
        if abs(share - before) < _CONVERGED:
            break
    return share


def _tree(comparisons: Sequence[Comparison], edges: list[tuple[float, int, int, np.ndarray]]) -> tuple[Dependence, ...]:
    """The strongest dependences that make no circle (Chow and Liu 1968)."""
    group = list(range(len(comparisons)))
    kept = []
    for _strength, a, b, table in sorted(edges, key=lambda edge: edge[:3]):
        if group[a] != group[b]:
            group = [group[a] if own == group[b] else own for own in group]
            rows = tuple(tuple(float(value) for value in row[:-1]) for row in table[:-1])
            kept.append(Dependence(comparisons[a].name, comparisons[b].name, rows))
    return tuple(kept)
