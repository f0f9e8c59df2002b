"""From pairs to parties: average linkage inside components, under vetoes, without chains through a hub."""

from __future__ import annotations

import numpy as np
import polars as pl

from screening.linking.encode import Records, encode
from screening.linking.linking import Scorer
from screening.linking.model import LinkModel

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

    `pairs`: `left`, `right`, `log_odds` as `link` gives them; those at `threshold` (bits) or above make components. In
    a component every pair of members is scored, also those that no rule found, and the two clusters with the highest
    average are joined while it reaches the threshold; so a record that resembles two strangers joins the nearer one
    and is no bridge. No pair that a veto of the settings parts, nor one of `forbidden` (`left`, `right`: ids judged to
    be two), is ever in one cluster, directly or through others.
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
    rank = ids.rank("ordinal").cast(pl.Int64).to_numpy() - 1
    place = pl.DataFrame({"id": ids, "_row": np.arange(len(ids), dtype=np.int64)})
    edges = _rows(pairs.filter(pl.col("log_odds") >= threshold).select("left", "right", "log_odds"), place)
    parted = np.empty(0, dtype=np.uint64)
    if forbidden is not None and len(forbidden):
        rows = _rows(forbidden.select("left", "right"), place)
        parted = np.unique(_pair_key(rows["left"].to_numpy(), rows["right"].to_numpy()))
    label = np.arange(len(ids), dtype=np.int64)
    left, right = edges["left"].to_numpy(), edges["right"].to_numpy()
    for members in _components(len(ids), left, right, edges["log_odds"].to_numpy(), threshold):
        _settle(model, records, members, rank, threshold, parted, label)
    smallest = pl.DataFrame({"id": ids, "_label": label}).with_columns(cluster=pl.col("id").min().over("_label"))
    return smallest.select("id", "cluster").sort("id")


def _rows(frame: pl.DataFrame, place: pl.DataFrame) -> pl.DataFrame:
    rest = [column for column in frame.columns if column not in ("left", "right")]
    joined = frame.join(place.rename({"id": "left", "_row": "_l"}), on="left").join(
        place.rename({"id": "right", "_row": "_r"}), on="right"
    )
    return joined.select(pl.col("_l").alias("left"), pl.col("_r").alias("right"), *rest)


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
    n: int, left: np.ndarray, right: np.ndarray, bits: np.ndarray, threshold: float
) -> list[list[np.ndarray]]:
    """The members (rows) of every component of two or more, in batches whose pairs fit in memory together."""
    label = connected(n, left, right)
    order = np.argsort(label, kind="stable")
    sizes = np.bincount(label)
    starts = np.cumsum(sizes) - sizes
    batches: list[list[np.ndarray]] = []
    batch: list[np.ndarray] = []
    load = 0
    for index in np.flatnonzero(sizes > 1):
        members = order[starts[index] : starts[index] + sizes[index]]
        parts = [members]
        if len(members) > MOST_MEMBERS:
            parts = _parted(members, left, right, bits, threshold)
        for part in parts:
            if load + len(part) ** 2 // 2 > _PAIRS_AT_ONCE and batch:
                batches.append(batch)
                batch, load = [], 0
            batch.append(part)
            load += len(part) ** 2 // 2
    return [*batches, batch] if batch else batches


def _parted(
    members: np.ndarray, left: np.ndarray, right: np.ndarray, bits: np.ndarray, threshold: float
) -> list[np.ndarray]:
    """A component that is too large, in pieces: its edges above the lowest threshold that makes every piece fit."""
    inside = np.isin(left, members)
    a, b, weight = np.searchsorted(members, left[inside]), np.searchsorted(members, right[inside]), bits[inside]
    step = threshold
    while True:
        step += 1.0
        kept = weight >= step
        label = connected(len(members), a[kept], b[kept])
        if np.bincount(label).max() <= MOST_MEMBERS:
            groups = np.split(np.argsort(label, kind="stable"), np.cumsum(np.bincount(label))[:-1])
            return [members[group] for group in groups if len(group) > 1]


def _settle(  # noqa: PLR0917 - what every batch shares
    model: LinkModel,
    records: Records,
    components: list[np.ndarray],
    rank: np.ndarray,
    threshold: float,
    parted: np.ndarray,
    label: np.ndarray,
) -> None:
    """Cluster a batch of components: all their pairs are scored at once; whole components are joined without more."""
    scorer = Scorer(model, records)
    components = [members[np.argsort(rank[members])] for members in components]
    corners = [np.triu_indices(len(members), 1) for members in components]
    left = np.concatenate([m[c[0]] for m, c in zip(components, corners, strict=True)])
    right = np.concatenate([m[c[1]] for m, c in zip(components, corners, strict=True)])
    compared = scorer.compare(left, right)
    bits = np.clip(scorer.bits(compared), -MOST_BITS, MOST_BITS)
    bits[scorer.vetoed(compared)] = -np.inf
    if len(parted):
        bits[np.isin(_pair_key(left, right), parted)] = -np.inf
    sizes = np.array([len(corner[0]) for corner in corners])
    starts = np.cumsum(sizes) - sizes
    whole = np.minimum.reduceat(bits, starts) >= threshold
    for index, members in enumerate(components):
        if whole[index]:
            label[members] = members[0]
            continue
        matrix = np.full((len(members), len(members)), -np.inf)
        matrix[corners[index]] = bits[starts[index] : starts[index] + sizes[index]]
        matrix = np.maximum(matrix, matrix.T)
        label[members] = members[average_linkage(matrix, threshold)]


def average_linkage(bits: np.ndarray, threshold: float) -> np.ndarray:
    """The smallest member of each row's cluster, by average linkage on log-odds (a veto is minus infinity).

    `bits`: symmetric, its diagonal is not read. The pair with the highest average is joined first, of equals the first
    in order; a veto between any two members makes their average minus infinity, so it holds for whole clusters.
    """
    bits = bits.copy()
    np.fill_diagonal(bits, -np.inf)
    size = np.ones(len(bits))
    label = np.arange(len(bits))
    while True:
        highest = int(bits.argmax())
        a, b = divmod(highest, len(bits))
        if not bits[a, b] >= threshold:
            return label
        a, b = min(a, b), max(a, b)
        joined = (bits[a] * size[a] + bits[b] * size[b]) / (size[a] + size[b])
        joined[[a, b]] = -np.inf
        bits[a], bits[:, a] = joined, joined
        bits[b], bits[:, b] = -np.inf, -np.inf
        size[a] += size[b]
        label[label == b] = a
