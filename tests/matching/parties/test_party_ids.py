"""Party ids from run to run."""

from __future__ import annotations

import polars as pl

from screening.matching.parties.party_ids import assign_party_ids, identities


def _clusters(*groups: str, kind: str = "person") -> pl.DataFrame:
    rows = [(fingerprint, kind, cluster) for cluster, group in enumerate(groups) for fingerprint in group]
    return pl.DataFrame(rows, schema={"fingerprint": pl.String, "kind": pl.String, "cluster": pl.Int64}, orient="row")


def _ids(frame: pl.DataFrame) -> dict[str, str]:
    return dict(frame.select("fingerprint", "party_id").iter_rows())


def test_a_fresh_id_comes_from_the_smallest_fingerprint() -> None:
    assert set(_ids(assign_party_ids(_clusters("cab"))).values()) == {"P-a"}
    fingerprint = "0123456789abcdef" * 4
    clusters = pl.DataFrame({"fingerprint": [fingerprint], "kind": ["organisation"], "cluster": [7]})
    assert assign_party_ids(clusters)["party_id"].item() == "O-0123456789abcdef"


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
