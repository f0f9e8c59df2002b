"""Clusters: vetoes and judgements hold for whole clusters, a hub joins no strangers, and order changes nothing."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from screening import linking as e
from screening.base.errors import ConfigurationError
from screening.linking import clusters
from screening.linking.clusters import JudgedPairs, cluster_rows, torn, with_judged_vetoes
from screening.linking.encode import encode
from screening.linking.scorer import Scorer

SURE = 4.25


def scored(*rows: tuple[int, int, float], vetoed: tuple[tuple[int, int], ...] = ()) -> pl.DataFrame:
    rows += tuple((a, b, 0.0) for a, b in vetoed if (a, b) not in {row[:2] for row in rows})
    frame = pl.DataFrame(list(rows), schema={"left": pl.Int64, "right": pl.Int64, "log_odds": pl.Float64}, orient="row")
    return frame.with_columns(is_vetoed=pl.struct("left", "right").is_in([{"left": a, "right": b} for a, b in vetoed]))


def ends(rows: list[tuple[int, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"left": pl.Int64, "right": pl.Int64}, orient="row")


def joined(count: int, frame: pl.DataFrame, **judged: list[tuple[int, int]]) -> list[int]:
    judged_pairs = JudgedPairs(**{kind: ends(rows) for kind, rows in judged.items()})
    return cluster_rows(pl.Series(range(count)), frame, SURE, 0.0, judged_pairs)[1].tolist()


def test_a_hub_that_fits_two_strangers_joins_the_nearer_one() -> None:
    assert joined(3, scored((0, 1, 9.0), (1, 2, 6.0), (0, 2, -20.0))) == [0, 0, 2]
    # never compared is a stranger too
    assert joined(3, scored((0, 1, 9.0), (1, 2, 6.0))) == [0, 0, 2]
    assert joined(3, scored((0, 1, 40.0), (1, 2, 40.0))) == [0, 0, 2]


def test_a_third_spelling_that_fits_nearly_comes_along() -> None:
    assert joined(3, scored((0, 1, 9.0), (0, 2, 3.0), (1, 2, 6.0))) == [0, 0, 0]


def test_a_veto_parts_whole_clusters() -> None:
    rows = [(0, 1, 9.0), (0, 2, 6.0), (1, 2, 6.0), (1, 3, 6.0), (2, 3, 9.0)]
    assert joined(4, scored(*rows, vetoed=((0, 3),))) == [0, 0, 2, 2]


def test_what_is_the_same_is_one_before_anything_is_averaged() -> None:
    # all are worth the same: without `same` the tie would leave 0 alone
    rows = [(a, b, 12.0) for a in range(4) for b in range(a + 1, 4)]
    assert joined(4, scored(*rows), forbidden=[(0, 2)], same=[(0, 1), (2, 3)]) == [0, 0, 2, 2]
    assert joined(3, scored(), forbidden=[(0, 1)], same=[(0, 1), (1, 2), (0, 2)]) == [0, 1, 0]


def test_what_a_person_confirmed_is_one_whatever_speaks_against_it() -> None:
    frame = scored((0, 1, 9.0), vetoed=((1, 2),))
    assert joined(3, frame, confirmed=[(0, 2)]) == [0, 1, 0]
    assert joined(3, scored(), confirmed=[(0, 2)]) == [0, 1, 0]
    assert joined(3, scored(), confirmed=[(0, 1), (1, 2)], forbidden=[(0, 2)]) == [0, 0, 2]
    assert joined(3, scored(), confirmed=[(0, 2)], same=[(0, 1)], forbidden=[(1, 2)]) == [0, 1, 0]


def test_pairs_of_records_that_are_not_there_join_nobody() -> None:
    assert joined(2, scored((0, 7, 9.0)), confirmed=[(0, 8)], forbidden=[(1, 9)]) == [0, 1]


def test_a_threshold_above_what_a_pair_may_weigh_still_joins() -> None:
    frame = scored((0, 1, 31.0), (0, 2, 29.0), (1, 2, 40.0), (2, 3, 29.0))
    assert cluster_rows(pl.Series(range(4)), frame, 28.0, 28.0)[1].tolist() == [0, 0, 0, 3]


@pytest.mark.parametrize("again", [(0, 1), (1, 0), (1, 1)])
def test_a_pair_that_comes_twice_is_refused(persons: pl.DataFrame, model: e.LinkModel, again: tuple[int, int]) -> None:
    pairs = scored((0, 1, 9.0), (*again, 9.0))
    with pytest.raises(ConfigurationError, match="comes twice"):
        e.cluster(model, persons, pairs)


def test_who_is_told_from_one_of_two_fits_only_the_other() -> None:
    # 3 is surely one with 0, and 4 with 2
    frame = scored((0, 1, 9.0), (0, 3, 9.0), (1, 2, 9.0), (1, 3, 9.0), (2, 4, 9.0), vetoed=((0, 2), (2, 3)))
    assert torn(frame, SURE).height == 3
    for apart in ([(1, 0)], [(3, 1)]):
        told = with_judged_vetoes(frame, SURE, ends(apart))
        assert torn(told, SURE).is_empty()
        # told from the one, it is none of those either that are surely one with it
        assert set(told.filter("is_vetoed").select("left", "right").rows()) == {(0, 1), (1, 3), (0, 2), (2, 3)}
    assert torn(with_judged_vetoes(frame, SURE, ends([(1, 4)])), SURE).is_empty()
    assert torn(with_judged_vetoes(frame, SURE, ends([(0, 4)])), SURE).height == 3


def test_who_fits_two_that_a_veto_parts_belongs_to_neither() -> None:
    frame = scored((0, 1, 9.0), (1, 2, 6.0), (2, 3, 9.0), vetoed=((0, 2),))
    assert sorted(torn(frame, SURE).rows()) == [(0, 1), (1, 2)]
    # a doubtful link is none, and a veto between strangers parts nobody
    assert torn(scored((0, 1, 9.0), (1, 2, 4.0), vetoed=((0, 2), (0, 3))), SURE).is_empty()


@limits(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(-10, 12)), max_size=30),
    *(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=6) for _ in range(4)),
)
def test_no_parted_pair_is_ever_in_one_cluster_and_order_changes_nothing(
    bits_of: list[tuple[int, int, int]],
    vetoes: list[tuple[int, int]],
    forbidden: list[tuple[int, int]],
    same: list[tuple[int, int]],
    confirmed: list[tuple[int, int]],
) -> None:
    def distinct(given_pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
        return sorted({(min(pair), max(pair)) for pair in given_pairs if pair[0] != pair[1]})

    bits = {(min(a, b), max(a, b)): float(value) for a, b, value in bits_of if a != b}
    frame = scored(*((*pair, value) for pair, value in bits.items()), vetoed=tuple(distinct(vetoes)))
    judged = {"forbidden": distinct(forbidden), "same": distinct(same), "confirmed": distinct(confirmed)}
    labels = joined(10, frame, **judged)
    assert joined(10, frame.sample(fraction=1.0, shuffle=True, seed=2), **judged) == labels
    assert not any(labels[a] == labels[b] for a, b in judged["forbidden"])
    if not judged["confirmed"] and not judged["same"]:
        assert not any(labels[a] == labels[b] for a, b in distinct(vetoes))
    assert all(labels[label] == label for label in labels)


def test_no_pair_with_other_birth_dates_or_judged_to_be_two_shares_a_cluster(
    persons: pl.DataFrame, model: e.LinkModel
) -> None:
    pairs = e.link(model, persons).pairs
    forbidden = pairs.head(40).select("left", "right")
    # a low threshold makes large components, where chains would form
    found = e.cluster(model, persons, pairs, threshold=-3.0, judged=JudgedPairs(forbidden=forbidden))
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


def test_of_a_component_too_large_for_a_matrix_only_scored_pairs_count(
    persons: pl.DataFrame, model: e.LinkModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = e.link(model, persons).pairs
    whole = e.cluster(model, persons, pairs, threshold=-2.0)
    monkeypatch.setattr(clusters, "MOST_MEMBERS", 2)
    parted = e.cluster(model, persons, pairs, threshold=-2.0)
    both = whole.join(parted, on="id", suffix="_parted")
    # strangers are held for two, which only few pairs that no rule found are not
    assert both.filter(pl.col("cluster") == pl.col("cluster_parted")).height > 0.95 * both.height
    assert not parted.equals(whole)


def two_parties(each: int) -> pl.DataFrame:
    """All pairs within two parties beyond any doubt, and a hub, the last record, that fits both."""
    first = np.column_stack(np.triu_indices(each, 1))
    hub = np.column_stack([np.arange(2 * each), np.full(2 * each, 2 * each)])
    ends = np.concatenate([first, first + each, hub])
    bits = np.where(ends[:, 1] < 2 * each, 40.0, np.where(ends[:, 0] < each, 9.0, 8.0))
    return pl.DataFrame({"left": ends[:, 0], "right": ends[:, 1], "log_odds": bits, "is_vetoed": False})


@pytest.mark.parametrize("each", [200, 400])
@pytest.mark.parametrize("most", [2_000, 300], ids=["a matrix", "by pairs alone"])
def test_a_hub_between_two_dense_parties_joins_one_of_them(
    each: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "MOST_MEMBERS", most)
    expected = [0] * each + [each] * each + [0]
    assert joined(2 * each + 1, two_parties(each)) == expected


@pytest.mark.parametrize("count", [400, 2_000])
def test_many_records_of_one_party_are_one_cluster(count: int) -> None:
    ends = np.column_stack(np.triu_indices(count, 1))
    frame = pl.DataFrame({"left": ends[:, 0], "right": ends[:, 1], "log_odds": 40.0, "is_vetoed": False})
    assert set(joined(count, frame)) == {0}


@pytest.mark.parametrize("most", [2_000, 300], ids=["a matrix", "by pairs alone"])
def test_many_records_of_one_party_of_which_rules_missed_pairs_are_one_cluster(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "MOST_MEMBERS", most)
    ends = np.column_stack(np.triu_indices(400, 1))
    ends = ends[np.random.default_rng(4).random(len(ends)) < 0.7]
    frame = pl.DataFrame({"left": ends[:, 0], "right": ends[:, 1], "log_odds": 40.0, "is_vetoed": False})
    assert set(joined(400, frame)) == {0}


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
