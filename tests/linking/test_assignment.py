"""The best few of every record, and partners that nobody would leave for each other."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening import linking as e
from screening.base.errors import ConfigurationError

PAIRS = pl.DataFrame(
    [(1, 11, 9.0), (1, 12, 8.0), (2, 11, 7.0), (2, 12, 6.0), (3, 12, 6.0), (3, 13, -1.0)],
    schema=["left", "right", "log_odds"],
    orient="row",
)


def ends(pairs: pl.DataFrame) -> list[tuple[int, int]]:
    return pairs.select("left", "right").sort("left", "right").rows()


def test_the_best_of_both_records() -> None:
    assert ends(e.best_of_each(PAIRS)) == [(1, 11)]
    assert ends(e.best_of_each(PAIRS, 2)) == [(1, 11), (1, 12), (2, 11), (2, 12), (3, 13)]


def test_the_best_for_those_who_look_and_many_may_choose_one() -> None:
    assert ends(e.best_of_each(PAIRS, 1, ids=pl.Series([1, 2, 3]))) == [(1, 11), (2, 11), (3, 12)]
    assert ends(e.best_of_each(PAIRS, 1, ids=pl.Series([12, 13]))) == [(1, 12), (3, 13)]


def test_a_vetoed_pair_is_nobodys_best() -> None:
    vetoed = PAIRS.with_columns(is_vetoed=pl.col("right") == 11)
    assert ends(e.best_of_each(vetoed)) == [(1, 12)]
    assert ends(e.one_to_one(vetoed)) == [(1, 12), (3, 13)]


def test_the_best_none_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="one at least"):
        e.best_of_each(PAIRS, 0)


def test_no_record_has_two_partners() -> None:
    assert ends(e.one_to_one(PAIRS)) == [(1, 11), (2, 12), (3, 13)]
    assert e.one_to_one(PAIRS).columns == PAIRS.columns
    assert e.one_to_one(PAIRS.clear()).is_empty()


def test_a_record_may_have_one_partner_in_every_other_file() -> None:
    sources = pl.DataFrame({"id": [1, 2, 3, 11, 12, 13], "source": ["a", "a", "b", "b", "c", "c"]})
    assert ends(e.one_to_one(PAIRS, sources)) == [(1, 11), (1, 12), (3, 12)]


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] < pair[1]), st.integers(0, 3)
    )
)
def test_it_is_what_one_gets_by_taking_the_best_pair_again_and_again(weights: dict[tuple[int, int], int]) -> None:
    rows = [(a, b, float(bits)) for (a, b), bits in weights.items()]
    pairs = pl.DataFrame(rows, schema={"left": pl.Int64, "right": pl.Int64, "log_odds": pl.Float64}, orient="row")
    seated: set[int] = set()
    wanted = []
    for a, b, _ in sorted(rows, key=lambda row: (-row[2], row[0], row[1])):
        if not {a, b} & seated:
            wanted.append((a, b))
            seated |= {a, b}
    assert ends(e.one_to_one(pairs)) == sorted(wanted)
