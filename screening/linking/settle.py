"""Parties from pairs that were scored already: what is sure is joined by average linkage, under what people judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from screening.linking.clusters import average_linkage, connected

#: One pair counts for no more than this in an average; also what two records weigh that no rule brought together.
MOST_BITS = 12.0
#: As much for as against is no reason to join: two ends that share nothing but who stands between them.
_ABOVE_ZERO = float(np.nextafter(0.0, 1.0))
#: Larger components are parted at a higher threshold first.
MOST_MEMBERS = 300


@dataclass(frozen=True)
class JudgedPairs:
    """Pairs of ids (`left`, `right`) that are settled before anything is averaged.

    `confirmed`: one party by a person's judgement, whatever else speaks against it. `same`: one content, so one party
    unless a judgement parts them. `forbidden`: never one party, directly or through others.
    """

    confirmed: list[tuple[int, int]]
    same: list[tuple[int, int]]
    forbidden: list[tuple[int, int]]


NOTHING_JUDGED = JudgedPairs([], [], [])


def torn(pairs: pl.DataFrame, sure: float) -> pl.DataFrame:
    """The sure links (`left`, `right`) of records that fit two which a veto parts: who fits both belongs to neither.

    `pairs`: `left`, `right`, `log_odds`, `is_vetoed`; links are those of `sure` bits at least without a veto.
    """
    sides = pl.concat([pairs, pairs.rename({"left": "right", "right": "left"}).select(pairs.columns)])
    links = sides.filter((pl.col("log_odds") >= sure) & ~pl.col("is_vetoed")).select("left", "right")
    vetoes = pairs.filter("is_vetoed").select(a="left", b="right")
    both = vetoes.join(links.rename({"left": "hub", "right": "a"}), on="a").join(
        links.rename({"left": "hub", "right": "b"}), on=["hub", "b"]
    )
    ends = pl.concat([both.select("hub", end="a"), both.select("hub", end="b")]).unique()
    return ends.select(left=pl.min_horizontal("hub", "end"), right=pl.max_horizontal("hub", "end")).unique()


def settle(ids: pl.Series, pairs: pl.DataFrame, sure: float, judged: JudgedPairs = NOTHING_JUDGED) -> pl.DataFrame:
    """One row a record: `id` (integer), `cluster` (the smallest id of its members), in order of id.

    `pairs`: `left`, `right`, `log_odds`, `is_vetoed`, each pair once; those of `sure` bits at least without a veto make
    components. In a component the clusters with the highest average are joined while it is above zero bits; a veto is
    minus infinity, and a pair that is not in `pairs` counts as two strangers. So nobody is chained through a hub.
    """
    ids = ids.unique().sort()
    order = ids.to_numpy()
    confirmed, same, forbidden = (
        [(int(a), int(b)) for a, b in np.searchsorted(order, np.array(given, dtype=order.dtype).reshape(-1, 2))]
        for given in (judged.confirmed, judged.same, judged.forbidden)
    )
    leader = _contracted(len(ids), [*sorted(confirmed), *sorted(same)], forbidden)
    left, right = (leader[np.searchsorted(order, pairs[side].to_numpy())] for side in ("left", "right"))
    bits = np.clip(pairs["log_odds"].to_numpy(), -MOST_BITS, MOST_BITS)
    bits = np.where(pairs["is_vetoed"].to_numpy(), -np.inf, bits)
    if confirmed or same or forbidden:
        left, right, bits = _among_leaders(left, right, bits, [(leader[a], leader[b]) for a, b in forbidden])
    label = np.arange(len(ids))
    _join_components(left, right, bits, sure, label)
    clusters = pl.DataFrame({"id": ids, "_label": label[leader]})
    return clusters.select("id", cluster=pl.col("id").min().over("_label"))


def _contracted(records: int, joined: Iterable[tuple[int, int]], forbidden: Iterable[tuple[int, int]]) -> np.ndarray:
    """The smallest record that each is one with, joined in this order but where a forbidden pair stands between."""
    members: dict[int, set[int]] = {}
    leader = np.arange(records)
    enemies: dict[int, set[int]] = {}
    for left, right in forbidden:
        enemies.setdefault(left, set()).add(right)
        enemies.setdefault(right, set()).add(left)
    for left, right in joined:
        low, high = sorted((int(leader[left]), int(leader[right])))
        own, other = members.get(low, {low}), members.get(high, {high})
        if low == high or any(enemies.get(record, set()) & other for record in own):
            continue
        members[low] = own | other
        leader[list(other)] = low
    return leader


def _among_leaders(
    left: np.ndarray, right: np.ndarray, bits: np.ndarray, forbidden: list[tuple[int, int]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of leaders, each once: of several the most bits, but one veto before all."""
    parted = np.array(forbidden, dtype=np.int64).reshape(-1, 2)
    frame = pl.DataFrame(
        {
            "a": np.concatenate([left, parted[:, 0]]),
            "b": np.concatenate([right, parted[:, 1]]),
            "bits": np.concatenate([bits, np.full(len(parted), -np.inf)]),
        }
    ).filter(pl.col("a") != pl.col("b"))
    frame = frame.group_by(left=pl.min_horizontal("a", "b"), right=pl.max_horizontal("a", "b")).agg(
        bits=pl.when(pl.col("bits").min() == -np.inf).then(-np.inf).otherwise(pl.col("bits").max())
    )
    return frame["left"].to_numpy(), frame["right"].to_numpy(), frame["bits"].to_numpy()


def _join_components(left: np.ndarray, right: np.ndarray, bits: np.ndarray, sure: float, label: np.ndarray) -> None:
    """Give the members of every cluster its smallest member as `label`."""
    edge = np.flatnonzero(bits >= sure)
    if not len(edge):
        return
    component = connected(len(label), left[edge], right[edge])
    inside = np.flatnonzero(component[left] == component[right])
    order = inside[np.argsort(component[left[inside]], kind="stable")]
    owner = component[left[order]]
    starts = np.flatnonzero(np.append(True, owner[1:] != owner[:-1]))
    ends = np.append(starts[1:], len(order))
    size = np.bincount(component)[owner[starts]]
    # where every pair is above zero there is nothing to part: nearly all components, told without a matrix
    lowest = np.minimum.reduceat(bits[order], starts)
    whole = (lowest >= 0) & (ends - starts == size * (size - 1) // 2) & (size <= MOST_MEMBERS)
    smallest = np.full(len(np.bincount(component)), len(label))
    np.minimum.at(smallest, component, np.arange(len(label)))
    is_whole = np.zeros(len(smallest), dtype=bool)
    is_whole[owner[starts[whole]]] = True
    label[:] = np.where(is_whole[component], smallest[component], label)
    for index in np.flatnonzero(~whole):
        part = order[starts[index] : ends[index]]
        _settle_component(left[part], right[part], bits[part], sure, label)


def _settle_component(left: np.ndarray, right: np.ndarray, bits: np.ndarray, sure: float, label: np.ndarray) -> None:
    members = np.unique(np.concatenate([left, right]))
    a, b = np.searchsorted(members, left), np.searchsorted(members, right)
    if len(members) > MOST_MEMBERS:
        # too many for a matrix: first parted at a higher threshold
        stricter = connected(len(members), *(side[bits >= sure + 1.0] for side in (a, b)))
        for number in np.flatnonzero(np.bincount(stricter) > 1):
            own = (stricter[a] == number) & (stricter[b] == number)
            _settle_component(left[own], right[own], bits[own], sure + 1.0, label)
        return
    matrix = np.full((len(members), len(members)), -MOST_BITS)
    matrix[a, b] = matrix[b, a] = bits
    label[members] = members[average_linkage(matrix, _ABOVE_ZERO)]
