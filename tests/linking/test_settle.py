"""Parties from scored pairs: vetoes and judgements hold for whole clusters, and nobody is chained through a hub."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.linking.settle import JudgedPairs, settle, torn

SURE = 4.25


def pairs(*rows: tuple[int, int, float], vetoed: tuple[tuple[int, int], ...] = ()) -> pl.DataFrame:
    rows += tuple((a, b, 0.0) for a, b in vetoed if (a, b) not in {row[:2] for row in rows})
    frame = pl.DataFrame(list(rows), schema={"left": pl.Int64, "right": pl.Int64, "log_odds": pl.Float64}, orient="row")
    return frame.with_columns(is_vetoed=pl.struct("left", "right").is_in([{"left": a, "right": b} for a, b in vetoed]))


def clusters(count: int, frame: pl.DataFrame, **judged: list[tuple[int, int]]) -> list[int]:
    given_pairs = JudgedPairs(**{"confirmed": [], "same": [], "forbidden": [], **judged})
    return settle(pl.Series(range(count)), frame, SURE, given_pairs)["cluster"].to_list()


def test_a_hub_that_fits_two_strangers_joins_the_nearer_one() -> None:
    assert clusters(3, pairs((0, 1, 9.0), (1, 2, 6.0), (0, 2, -20.0))) == [0, 0, 2]
    # never compared is a stranger too
    assert clusters(3, pairs((0, 1, 9.0), (1, 2, 6.0))) == [0, 0, 2]


def test_a_third_spelling_that_fits_nearly_comes_along() -> None:
    assert clusters(3, pairs((0, 1, 9.0), (0, 2, 3.0), (1, 2, 6.0))) == [0, 0, 0]


def test_a_veto_parts_whole_clusters() -> None:
    rows = [(0, 1, 9.0), (0, 2, 6.0), (1, 2, 6.0), (1, 3, 6.0), (2, 3, 9.0)]
    assert clusters(4, pairs(*rows, vetoed=((0, 3),))) == [0, 0, 2, 2]


def test_what_is_the_same_is_one_before_anything_is_averaged() -> None:
    # all are worth the same: without `same` the tie would leave 0 alone
    rows = [(a, b, 12.0) for a in range(4) for b in range(a + 1, 4)]
    assert clusters(4, pairs(*rows), forbidden=[(0, 2)], same=[(0, 1), (2, 3)]) == [0, 0, 2, 2]
    assert clusters(3, pairs(), forbidden=[(0, 1)], same=[(0, 1), (1, 2), (0, 2)]) == [0, 1, 0]


def test_what_a_person_confirmed_is_one_whatever_speaks_against_it() -> None:
    frame = pairs((0, 1, 9.0), vetoed=((1, 2),))
    assert clusters(3, frame, confirmed=[(0, 2)]) == [0, 1, 0]
    assert clusters(3, pairs(), confirmed=[(0, 2)]) == [0, 1, 0]
    assert clusters(3, pairs(), confirmed=[(0, 1), (1, 2)], forbidden=[(0, 2)]) == [0, 0, 2]


def test_who_fits_two_that_a_veto_parts_belongs_to_neither() -> None:
    frame = pairs((0, 1, 9.0), (1, 2, 6.0), (2, 3, 9.0), vetoed=((0, 2),))
    assert sorted(torn(frame, SURE).rows()) == [(0, 1), (1, 2)]
    # a doubtful link is none, and a veto between strangers parts nobody
    assert torn(pairs((0, 1, 9.0), (1, 2, 4.0), vetoed=((0, 2), (0, 3))), SURE).is_empty()


def test_a_component_too_large_for_a_matrix_is_parted_where_it_is_weak(monkeypatch: pytest.MonkeyPatch) -> None:
    near = {(at, at + 1): 9.0 if at % 3 else 5.0 for at in range(8)}
    rows = [(a, b, near.get((a, b), 3.0)) for a in range(9) for b in range(a + 1, 9)]
    monkeypatch.setattr("screening.linking.settle.MOST_MEMBERS", 3)
    assert clusters(9, pairs(*rows)) == [0, 1, 1, 1, 4, 4, 4, 7, 7]


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(-10, 12)), max_size=30),
    *(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=6) for _ in range(4)),
)
def test_no_parted_pair_is_ever_in_one_cluster_and_order_changes_nothing(
    scored: list[tuple[int, int, int]],
    vetoes: list[tuple[int, int]],
    forbidden: list[tuple[int, int]],
    same: list[tuple[int, int]],
    confirmed: list[tuple[int, int]],
) -> None:
    def distinct(given_pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
        return sorted({(min(pair), max(pair)) for pair in given_pairs if pair[0] != pair[1]})

    bits = {(min(a, b), max(a, b)): float(value) for a, b, value in scored if a != b}
    frame = pairs(*((*pair, value) for pair, value in bits.items()), vetoed=tuple(distinct(vetoes)))
    judged = {"forbidden": distinct(forbidden), "same": distinct(same), "confirmed": distinct(confirmed)}
    labels = clusters(10, frame, **judged)
    assert clusters(10, frame.sample(fraction=1.0, shuffle=True, seed=2), **judged) == labels
    assert not any(labels[a] == labels[b] for a, b in judged["forbidden"])
    if not judged["confirmed"] and not judged["same"]:
        assert not any(labels[a] == labels[b] for a, b in distinct(vetoes))
    assert all(labels[label] == label for label in labels)
