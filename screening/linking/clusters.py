"""From pairs to parties: average linkage inside components, under vetoes, without chains through a hub."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from screening.linking.encode import Records, encode
from screening.linking.linking import Scorer
from screening.linking.model import LinkModel
from screening.linking.rank import to_grid

#: Larger components are first parted at a higher threshold: their full matrix would not fit.
MOST_MEMBERS = 1_500
#: Evidence of one pair counts no more than this in an average, so that one field cannot outvote a whole cluster.
MOST_BITS = 20.0
_PAIRS_AT_ONCE = 1_000_000


def cluster(
    model: LinkModel,
    records: pl.DataFrame,
    pairs: pl.DataFrame,
    threshold: float = 0.0,
    forbidden: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One row a record: `id`, `cluster` (the smallest id of its members), in order of id.

    `pairs`: `left`, `right`, `log_odds`, `is_vetoed` as `link` gives them; those at `threshold` (bits) or above make
    components. In a component every pair of members is scored, also those that no rule found, and the two clusters with
    the highest average are joined while it reaches the threshold; so a record that resembles two strangers joins the
    nearer one and is no bridge. No pair that a veto of the settings parts, nor one of `forbidden` (`left`, `right`: ids
    judged to be two), is ever in one cluster, directly or through others.
    """
    return cluster_encoded(model, encode(records, model.settings), pairs, threshold, forbidden)


def cluster_encoded(
    model: LinkModel,
    records: Records,
    pairs: pl.DataFrame,
    threshold: float = 0.0,
    forbidden: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """As `cluster`, on records that are encoded already."""
    ids = records.ids
    place = pl.DataFrame({"id": ids, "_row": np.arange(len(ids), dtype=np.int32)})
    left, right, bits = _bits_of(pairs, place)
    parted = np.empty(0, dtype=np.uint64)
    if forbidden is not None and len(forbidden):
        parted = np.unique(_pair_key(_rows(forbidden["left"], place), _rows(forbidden["right"], place)))
        bits[np.isin(_pair_key(left, right), parted)] = -np.inf
    # what stands alone or with one other needs no average: the others are settled with all their pairs
    edge = np.flatnonzero(bits >= threshold)
    component = connected(len(ids), left[edge], right[edge])
    sizes = np.bincount(component, minlength=1)
    label = np.arange(len(ids), dtype=np.int64)
    twos = edge[sizes[component[left[edge]]] == 2]
    label[left[twos]] = label[right[twos]] = np.minimum(left[twos], right[twos])
    inside = np.flatnonzero((sizes[component[left]] > 2) & (component[left] == component[right]))
    earlier = _ScoredPairs.make(left[inside], right[inside], bits[inside])
    scorer = Scorer(model, records)
    for members in _components(component, sizes, records.rank, earlier, threshold):
        _settle(scorer, members, earlier, threshold, parted, label)
    smallest = pl.DataFrame({"id": ids, "_label": label}).with_columns(cluster=pl.col("id").min().over("_label"))
    return smallest.select("id", "cluster").sort("id")


@dataclass(frozen=True)
class _ScoredPairs:
    """Pairs of rows that were scored already, in order of their key; a veto is minus infinity."""

    keys: np.ndarray
    left: np.ndarray
    right: np.ndarray
    bits: np.ndarray

    @staticmethod
    def make(left: np.ndarray, right: np.ndarray, bits: np.ndarray) -> _ScoredPairs:
        """Of pairs in any order."""
        keys = _pair_key(left, right)
        order = np.argsort(keys)
        return _ScoredPairs(keys[order], left[order], right[order], bits[order])

    def find(self, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The bits of these pairs, and which of them were not scored."""
        if not len(self.keys):
            return np.zeros(len(left)), np.ones(len(left), dtype=bool)
        keys = _pair_key(left, right)
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return self.bits[place], self.keys[place] != keys


def _rows(ids: pl.Series, place: pl.DataFrame) -> np.ndarray:
    """The row of each of these ids (int32); -1 for an id that is not among the records."""
    rows = pl.DataFrame({"id": ids}).join(place, on="id", how="left", maintain_order="left")["_row"]
    return rows.fill_null(-1).to_numpy()


def _bits_of(pairs: pl.DataFrame, place: pl.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows and log-odds of the pairs whose records are both there; a veto is minus infinity."""
    left, right = _rows(pairs["left"], place), _rows(pairs["right"], place)
    # without the tie-breaker, so that a pair weighs what it does where no rule found it
    bits = to_grid(pairs["log_odds"].to_numpy())
    bits[pairs["is_vetoed"].to_numpy()] = -np.inf
    kept = np.flatnonzero((left >= 0) & (right >= 0))
    return left[kept], right[kept], bits[kept]


def _pair_key(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    low, high = np.minimum(left, right).astype(np.uint64), np.maximum(left, right).astype(np.uint64)
    key: np.ndarray = (low << np.uint64(32)) | high
    return key


def connected(n: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The number of each node's component."""
    from scipy.sparse import coo_matrix  # noqa: PLC0415  # a quarter of a second, which linking alone need not pay
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415  # as above

    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(n, n))
    labels: np.ndarray = connected_components(graph, directed=False)[1]
    return labels


def _components(
    component: np.ndarray, sizes: np.ndarray, rank: np.ndarray, earlier: _ScoredPairs, threshold: float
) -> Iterator[np.ndarray]:
    """The components of three or more, in order of their size: a row each (members by id), as many as fit at once."""
    rows = np.flatnonzero(sizes[component] > 2)
    rows = rows[np.lexsort((rank[rows], component[rows], sizes[component[rows]]))]
    own = sizes[component[rows]]
    for size in np.unique(own):
        members = rows[np.searchsorted(own, size) : np.searchsorted(own, size, side="right")].reshape(-1, size)
        if size > MOST_MEMBERS:
            for part in members:
                yield from (group[None, :] for group in _parted(part, rank, earlier, threshold))
            continue
        at_once = max(1, _PAIRS_AT_ONCE // int(size) ** 2)
        for start in range(0, len(members), at_once):
            yield members[start : start + at_once]


def _parted(members: np.ndarray, rank: np.ndarray, earlier: _ScoredPairs, threshold: float) -> list[np.ndarray]:
    """A component that is too large, in pieces: its edges above the lowest threshold that makes every piece fit."""
    members = np.sort(members)
    inside = np.isin(earlier.left, members)
    a, b = np.searchsorted(members, earlier.left[inside]), np.searchsorted(members, earlier.right[inside])
    weight = earlier.bits[inside]
    step = threshold
    while True:
        step += 1.0
        kept = weight >= step
        label = connected(len(members), a[kept], b[kept])
        if np.bincount(label).max() <= MOST_MEMBERS:
            groups = np.split(members[np.argsort(label, kind="stable")], np.cumsum(np.bincount(label))[:-1])
            return [group[np.argsort(rank[group])] for group in groups if len(group) > 1]


def _settle(  # noqa: PLR0917 - what every batch shares
    scorer: Scorer, members: np.ndarray, earlier: _ScoredPairs, threshold: float, parted: np.ndarray, label: np.ndarray
) -> None:
    """Cluster components of one size (a row each): pairs that no rule found are scored here."""
    first, second = corners(members.shape[1])
    left, right = members[:, first].ravel(), members[:, second].ravel()
    bits, is_new = earlier.find(left, right)
    new = np.flatnonzero(is_new)
    if len(new):
        compared = scorer.compare(left[new], right[new])
        scored = to_grid(scorer.gated_bits(compared))
        scored[scorer.vetoed(compared)] = -np.inf
        if len(parted):
            scored[np.isin(_pair_key(left[new], right[new]), parted)] = -np.inf
        bits[new] = scored
    # a veto stays minus infinity
    bits = np.where(bits == -np.inf, bits, np.clip(bits, -MOST_BITS, MOST_BITS)).reshape(len(members), -1)
    is_whole = bits.min(axis=1) >= threshold
    label[members[is_whole]] = members[is_whole, :1]
    rest = members[~is_whole]
    if len(rest):
        matrices = np.full((len(rest), members.shape[1], members.shape[1]), -np.inf)
        matrices[:, first, second] = matrices[:, second, first] = bits[~is_whole]
        label[rest] = np.take_along_axis(rest, average_linkages(matrices, threshold), axis=1)


@lru_cache(maxsize=64)
def corners(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of all pairs among so many members."""
    first, second = np.triu_indices(size, 1)
    return first, second


def average_linkage(bits: np.ndarray, threshold: float) -> np.ndarray:
    """The smallest member of each row's cluster, by average linkage on log-odds (a veto is minus infinity).

    `bits`: symmetric, its diagonal is not read. The pair with the highest average is joined first, of equals the first
    in order; a veto between any two members makes their average minus infinity, so it holds for whole clusters.
    """
    label: np.ndarray = average_linkages(bits[None, :, :], threshold)[0]
    return label


def average_linkages(bits: np.ndarray, threshold: float) -> np.ndarray:
    """`average_linkage` of many components of one size at once: a matrix and a row of labels each."""
    count, size = bits.shape[:2]
    label = np.tile(np.arange(size), (count, 1))
    weight = np.ones((count, size))
    bits = bits.copy()
    bits[:, np.arange(size), np.arange(size)] = -np.inf
    open_rows = np.arange(count)
    while len(open_rows):
        highest = bits.reshape(len(bits), -1).argmax(axis=1)
        every = np.arange(len(bits))
        a, b = np.divmod(highest, size)
        going = bits[every, a, b] >= threshold
        if not going.all():
            # what is settled leaves, so that it costs no more
            bits, weight, open_rows, a, b = bits[going], weight[going], open_rows[going], a[going], b[going]
            every = np.arange(len(bits))
        a, b = np.minimum(a, b), np.maximum(a, b)
        of_a, of_b = weight[every, a][:, None], weight[every, b][:, None]
        joined = (bits[every, a] * of_a + bits[every, b] * of_b) / (of_a + of_b)
        joined[every, a] = joined[every, b] = -np.inf
        bits[every, a], bits[every, :, a] = joined, joined
        bits[every, b], bits[every, :, b] = -np.inf, -np.inf
        weight[every, a] += weight[every, b]
        own = label[open_rows]
        label[open_rows] = np.where(own == b[:, None], a[:, None], own)
    return label
