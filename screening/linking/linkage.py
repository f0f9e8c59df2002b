"""Average linkage on log-odds (bits): many small components as matrices at once, a very large one by its pairs alone.

Both join the two clusters with the highest average first, of equals the first in order, while it reaches `least`, and
give the smallest member of each member's cluster. A veto is minus infinity, which an average keeps: so it holds for
whole clusters.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import numpy as np


def average_linkages(bits: np.ndarray, least: float) -> np.ndarray:
    """A row of labels for each matrix (components, members, members): symmetric, without a diagonal, and used up."""
    count, size = bits.shape[:2]
    label = np.tile(np.arange(size), (count, 1))
    weight = np.ones((count, size))
    bits[:, np.arange(size), np.arange(size)] = -np.inf
    # the highest of each row: who joins whom is found without reading all pairs again
    best = bits.max(axis=2)
    open_rows = np.arange(count)
    while len(open_rows):
        a = best.argmax(axis=1)
        going = best[np.arange(len(a)), a] >= least
        if not going.all():
            # what is settled leaves, so that it costs no more
            bits, weight, best, open_rows, a = bits[going], weight[going], best[going], open_rows[going], a[going]
        every = np.arange(len(a))
        b = bits[every, a].argmax(axis=1)
        of_a, of_b = weight[every, a][:, None], weight[every, b][:, None]
        bits_a, bits_b = bits[every, a], bits[every, b]
        joined = (bits_a * of_a + bits_b * of_b) / (of_a + of_b)
        joined[every, a] = joined[every, b] = -np.inf
        bits[every, a], bits[every, :, a] = joined, joined
        bits[every, b], bits[every, :, b] = -np.inf, -np.inf
        lowered = np.nonzero((best == np.maximum(bits_a, bits_b)) & (joined < best))
        best = np.maximum(best, joined)
        best[lowered] = bits[lowered].max(axis=1)
        best[every, a], best[every, b] = joined.max(axis=1), -np.inf
        weight[every, a] += weight[every, b]
        own = label[open_rows]
        label[open_rows] = np.where(own == b[:, None], a[:, None], own)
    return label


def sparse_linkage(  # noqa: PLR0917 - the pairs are three columns
    size: int, left: np.ndarray, right: np.ndarray, bits: np.ndarray, least: float, stranger: float
) -> np.ndarray:
    """The labels of so many members of which only these pairs count: any other is worth `stranger`, less than `least`.

    Time and memory grow with the pairs.
    """
    label, weight = np.arange(size), [1] * size
    # what the pairs of two clusters are worth in sum above strangers, so that an absent one adds nothing
    near: list[dict[int, float]] = [{} for _ in range(size)]
    for a, b, worth in zip(left.tolist(), right.tolist(), (bits - stranger).tolist(), strict=True):
        near[a][b] = near[b][a] = worth
    queue = [(-worth, a, b) for a, others in enumerate(near) for b, worth in others.items() if a < b]
    queue = [entry for entry in queue if -entry[0] >= least - stranger]
    heapify(queue)
    while queue:
        height, a, b = heappop(queue)
        if b not in near[a] or near[a][b] / (weight[a] * weight[b]) != -height:
            continue
        for other, worth in near[b].items():
            del near[other][b]
            if other != a:
                near[a][other] = near[other][a] = near[a].get(other, 0.0) + worth
        near[b] = {}
        weight[a] += weight[b]
        label[label == b] = a
        for other, worth in near[a].items():
            average = worth / (weight[a] * weight[other])
            if average >= least - stranger:
                heappush(queue, (-average, min(a, other), max(a, other)))
    return label
