"""Clusters under vetoes, and ids from run to run."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.matching.parties.cluster import (
    assign_party_ids,
    average_linkage_clusters,
    constrained_union_find,
    identities,
)


def test_the_strongest_link_wins_where_two_exclude_each_other() -> None:
    assert constrained_union_find(["a", None, "b"], [(1, 2), (0, 1)]) == [0, 1, 1]
    assert constrained_union_find(["a", None, "b"], [(0, 1), (1, 2)]) == [0, 0, 2]


def test_a_forbidden_pair_stays_apart_through_any_chain() -> None:
    assert constrained_union_find([None] * 3, [(0, 1), (1, 2)], forbidden=[(0, 2)]) == [0, 0, 2]


def test_a_confirmed_pair_joins_what_differs_and_then_takes_no_third() -> None:
    labels = constrained_union_find(["a", "b", "c", "a"], [(0, 2), (1, 3)], confirmed=[(0, 1)])
    assert labels == [0, 0, 2, 0]


def test_a_rejected_pair_stays_apart_even_when_confirmed_through_others() -> None:
    labels = constrained_union_find([None] * 3, [], confirmed=[(0, 1), (1, 2)], forbidden=[(0, 2)])
    assert labels == [0, 0, 2]


nodes = st.integers(0, 7)
pairs = st.lists(st.tuples(nodes, nodes).filter(lambda pair: pair[0] != pair[1]), max_size=14)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", None]), min_size=8, max_size=8), pairs, pairs)
def test_no_cluster_ever_holds_a_veto(names: list[str | None], links: list, forbidden: list) -> None:
    labels = constrained_union_find(names, links, forbidden=forbidden)
    for left in range(8):
        for right in range(left):
            if labels[left] == labels[right]:
                assert None in (names[left], names[right]) or names[left] == names[right]
                assert (left, right) not in forbidden
                assert (right, left) not in forbidden


def _clusters(*groups: str, kind: str = "person") -> pl.DataFrame:
    rows = [(fingerprint, kind, cluster) for cluster, group in enumerate(groups) for fingerprint in group]
    return pl.DataFrame(rows, schema={"fingerprint": pl.String, "kind": pl.String, "cluster": pl.Int64}, orient="row")


def _ids(frame: pl.DataFrame) -> dict[str, str]:
    return dict(frame.select("fingerprint", "party_id").iter_rows())


def test_a_fresh_id_comes_from_the_smallest_fingerprint() -> None:
    assert _ids(assign_party_ids(_clusters("cab")))["c"] == _ids(assign_party_ids(_clusters("a")))["a"]


def test_an_id_goes_where_the_largest_overlap_is() -> None:
    first = assign_party_ids(_clusters("abc", "de"))
    old = _ids(first)
    new = _ids(assign_party_ids(_clusters("a", "bcd", "e"), identities(first)))
    assert new["b"] == old["b"]
    assert new["e"] == old["e"]
    # the id that "a" would get afresh is given out already
    assert new["a"] not in old.values()


def test_no_id_is_given_twice_where_fingerprints_are_shared() -> None:
    shared = _clusters("ab", "a", "a")
    ids = assign_party_ids(shared)
    assert ids.group_by("party_id").agg(pl.col("cluster").n_unique())["cluster"].to_list() == [1, 1, 1]
    again = assign_party_ids(shared, identities(ids))
    assert again["party_id"].n_unique() == 3
    assert identities(ids)["fingerprint"].is_unique().all()


def test_an_id_never_moves_from_a_person_to_an_organisation() -> None:
    persons = identities(assign_party_ids(_clusters("ab")))
    ids = _ids(assign_party_ids(_clusters("ab", kind="organisation"), persons))
    assert ids["a"].startswith("O-")


# ---------------------------------------------------------------- average linkage


def edges(*rows: tuple[int, int, float]) -> pl.DataFrame:
    schema = {"left": pl.Int64, "right": pl.Int64, "evidence": pl.Float64}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def clusters_of(links: list[tuple[int, int]], nodes: int) -> list[int]:
    return constrained_union_find([None] * nodes, links)


def test_a_hub_that_fits_two_strangers_joins_the_nearer_one() -> None:
    strong = edges((0, 1, 9.0), (1, 2, 6.0))
    assert average_linkage_clusters(edges((0, 2, -20.0)), strong) == [(0, 1)]
    # never compared is a stranger too
    assert average_linkage_clusters(edges(), strong) == [(0, 1)]


def test_a_third_spelling_that_fits_nearly_comes_along() -> None:
    assert average_linkage_clusters(edges((0, 2, 3.0)), edges((0, 1, 9.0), (1, 2, 6.0))) == [(0, 1), (0, 2)]


def test_a_veto_parts_whole_clusters() -> None:
    strong = edges((0, 1, 9.0), (2, 3, 9.0), (1, 2, 6.0), (0, 2, 6.0), (1, 3, 6.0))
    assert average_linkage_clusters(edges((0, 3, 6.0)), strong, [(3, 0)]) == [(0, 1), (2, 3)]


def test_what_is_alike_is_one_before_anything_is_averaged() -> None:
    # all are worth the same: without `alike` the tie would leave 0 alone
    pairs = [(a, b, 20.0) for a in range(4) for b in range(a + 1, 4)]
    assert average_linkage_clusters(edges(), edges(*pairs), [(0, 2)], [(1, 0), (2, 3)]) == [(0, 1), (2, 3)]
    assert average_linkage_clusters(edges(), edges(), [(0, 1)], [(0, 1), (1, 2), (0, 2)]) == [(0, 2)]


def test_a_component_too_large_for_a_matrix_is_parted_where_it_is_weak() -> None:
    rows = [(at, at + 1, 9.0 if at % 3 else 5.0) for at in range(8)]
    whole = [(a, b, 9.0) for a in range(9) for b in range(a + 1, 9) if (a, b) not in {r[:2] for r in rows}]
    links = average_linkage_clusters(edges(*whole), edges(*rows), most=3)
    assert clusters_of(links, 9) == [0, 1, 1, 1, 4, 4, 4, 7, 7]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(-10, 12)), max_size=30),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=8),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=4),
)
def test_no_vetoed_pair_is_ever_in_one_cluster_and_order_changes_nothing(
    found: list[tuple[int, int, int]], vetoes: list[tuple[int, int]], alike: list[tuple[int, int]]
) -> None:
    alike = [pair for pair in alike if pair[0] != pair[1]]
    bits = {(min(a, b), max(a, b)): float(value) for a, b, value in found if a != b}
    vetoes = [pair for pair in vetoes if pair[0] != pair[1]]
    rows = [(a, b, value) for (a, b), value in sorted(bits.items())]
    strong = [row for row in rows if row[2] >= 4]
    links = average_linkage_clusters(edges(*rows), edges(*strong), vetoes, alike)
    assert average_linkage_clusters(edges(*rows[::-1]), edges(*strong[::-1]), vetoes[::-1], alike[::-1]) == links
    labels = clusters_of(links, 10)
    assert not any(labels[a] == labels[b] for a, b in vetoes)
