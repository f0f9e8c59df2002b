"""Clusters under vetoes, and ids from run to run."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.matching.cluster import assign_party_ids, identities, join_under_vetoes


def test_the_strongest_link_wins_where_two_exclude_each_other() -> None:
    assert join_under_vetoes(["a", None, "b"], [(1, 2), (0, 1)]) == [0, 1, 1]
    assert join_under_vetoes(["a", None, "b"], [(0, 1), (1, 2)]) == [0, 0, 2]


def test_a_forbidden_pair_stays_apart_through_any_chain() -> None:
    assert join_under_vetoes([None] * 3, [(0, 1), (1, 2)], forbidden=[(0, 2)]) == [0, 0, 2]


def test_a_confirmed_pair_joins_what_differs_and_then_takes_no_third() -> None:
    labels = join_under_vetoes(["a", "b", "c", "a"], [(0, 2), (1, 3)], confirmed=[(0, 1)])
    assert labels == [0, 0, 2, 0]


def test_a_rejected_pair_stays_apart_even_when_confirmed_through_others() -> None:
    labels = join_under_vetoes([None] * 3, [], confirmed=[(0, 1), (1, 2)], forbidden=[(0, 2)])
    assert labels == [0, 0, 2]


nodes = st.integers(0, 7)
pairs = st.lists(st.tuples(nodes, nodes).filter(lambda pair: pair[0] != pair[1]), max_size=14)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", None]), min_size=8, max_size=8), pairs, pairs)
def test_no_cluster_ever_holds_a_veto(names: list[str | None], links: list, forbidden: list) -> None:
    labels = join_under_vetoes(names, links, forbidden=forbidden)
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
