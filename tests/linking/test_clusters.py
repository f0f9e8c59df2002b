"""Clusters: vetoes hold through any chain, a hub joins no strangers, and the order of records changes nothing."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from screening import linking as e
from screening.linking import clusters
from screening.linking.clusters import average_linkage
from screening.linking.encode import encode
from screening.linking.linking import Scorer


def matrix(n: int, bits: dict[tuple[int, int], float], rest: float = -5.0) -> np.ndarray:
    full = np.full((n, n), rest)
    for (a, b), value in bits.items():
        full[a, b] = full[b, a] = value
    return full


def test_a_hub_joins_no_strangers() -> None:
    # 0 resembles all others; 1-2 and 3-4 are pairs; strangers are far apart
    hub = {(0, k): 3.0 for k in range(1, 5)} | {(1, 2): 9.0, (3, 4): 8.0}
    label = average_linkage(matrix(5, hub, rest=-12.0), 0.0)
    assert label.tolist() == [0, 0, 0, 3, 3]


def test_a_veto_between_two_members_holds_for_their_clusters() -> None:
    bits = {(0, 1): 9.0, (1, 2): 9.0, (2, 3): 8.0, (0, 3): -np.inf}
    label = average_linkage(matrix(4, bits, rest=6.0), 0.0)
    assert label[0] != label[3]


@limits(max_examples=60, deadline=None)
@given(st.integers(2, 9), st.randoms(use_true_random=False))
def test_no_vetoed_pair_is_ever_together(n: int, random: object) -> None:
    pairs = {pair: random.choice([-np.inf, random.uniform(-6, 12)]) for pair in combinations(range(n), 2)}
    label = average_linkage(matrix(n, pairs), 0.0)
    assert all(label[a] != label[b] for (a, b), bits in pairs.items() if bits == -np.inf)


def test_no_pair_with_other_birth_dates_or_judged_to_be_two_shares_a_cluster(
    persons: pl.DataFrame, model: e.LinkModel
) -> None:
    pairs = e.link(model, persons).pairs
    forbidden = pairs.head(40).select("left", "right")
    # a low threshold makes large components, where chains would form
    found = e.cluster(model, persons, pairs, threshold=-3.0, forbidden=forbidden)
    encoded = encode(persons, model.settings)
    row = dict(zip(encoded.ids.to_list(), range(len(encoded)), strict=True))
    together = [
        (row[a], row[b])
        for members in found.group_by("cluster").agg("id")["id"].to_list()
        for a, b in combinations(sorted(members), 2)
    ]
    left, right = (np.array(side, dtype=np.int32) for side in zip(*together, strict=True))
    scorer = Scorer(model, encoded)
    assert not scorer.vetoed(scorer.compare(left, right)).any()
    own = dict(found.iter_rows())
    assert all(own[a] != own[b] for a, b in forbidden.iter_rows())
    assert len(together) > 300


def test_clusters_do_not_depend_on_the_order_of_records_or_pairs(persons: pl.DataFrame, model: e.LinkModel) -> None:
    pairs = e.link(model, persons).pairs
    one = e.cluster(model, persons, pairs)
    mixed = persons.sample(fraction=1, shuffle=True, seed=8)
    assert e.cluster(model, mixed, pairs.sample(fraction=1, shuffle=True, seed=4)).equals(one)


def test_clusters_after_a_delta_are_those_of_a_full_run(persons: pl.DataFrame, model: e.LinkModel) -> None:
    linked, grown = e.link_delta(e.prepare_records(model, persons[500:]), persons[:500])
    pairs = pl.concat([e.link(model, persons[500:]).pairs, linked.pairs])
    assert clusters.cluster_encoded(model, grown.records, pairs).equals(e.cluster(model, persons, pairs))


def test_a_component_that_is_too_large_is_parted_first(
    persons: pl.DataFrame, model: e.LinkModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = e.link(model, persons).pairs
    whole = e.cluster(model, persons, pairs, threshold=-5.0)
    monkeypatch.setattr(clusters, "MOST_MEMBERS", 4)
    parted = e.cluster(model, persons, pairs, threshold=-5.0)
    assert parted.group_by("cluster").len()["len"].max() <= 4 < whole.group_by("cluster").len()["len"].max()


def test_clusters_are_better_than_components(persons: pl.DataFrame, model: e.LinkModel) -> None:
    pairs = e.link(model, persons).pairs
    found = e.cluster(model, persons, pairs)
    truth = persons.select("id", "party")
    both = found.join(truth, on="id")

    def pairs_in(*columns: str) -> int:
        size = both.group_by(columns).len()["len"].cast(pl.Int64)
        return int((size * (size - 1) // 2).sum())

    right, made, real = pairs_in("cluster", "party"), pairs_in("cluster"), pairs_in("party")
    assert 2 * right / (made + real) > 0.9
    assert right / made > 0.95
