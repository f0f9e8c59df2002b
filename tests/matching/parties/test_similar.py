"""Trade names that resemble each other."""

from __future__ import annotations

from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from screening.base.frames import SIMILAR_NAMES
from screening.matching.parties.similar import similar_names


def pairs(*names: str) -> set[tuple[str, str]]:
    found = similar_names(pl.Series(names, dtype=pl.String)).pairs
    return set(found.select("left_name_key", "right_name_key").iter_rows())


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("cafe de proeftuin", "cafe proeftuin"),
        ("cafe de proeftuin", "cafe de proeftiun"),
        ("brasserie proeverij", "proeverij brasserie"),
        ("eetcafe zonnebloem", "eetcafe sonnebloem"),
    ],
)
def test_variants_are_alike(left: str, right: str) -> None:
    assert pairs(left, right) == {tuple(sorted((left, right)))}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("personeelsdiensten eik", "personeelsdiensten uil"),  # the trade is alike, the business is not
        ("lunchroom maan", "lunchroom zon"),
        ("cafe proeftuin", "hotel proeftuin"),
    ],
)
def test_what_only_shares_a_trade_is_not(left: str, right: str) -> None:
    assert pairs(left, right) == set()


def test_no_names_and_equal_names_make_no_pair() -> None:
    assert dict(similar_names(pl.Series([], dtype=pl.String)).pairs.schema) == SIMILAR_NAMES
    assert pairs("cafe proef", "cafe proef") == set()


def test_the_bounds_on_edits_leave_out_no_pair_that_is_alike() -> None:
    names = ["abcdefghijklmn", "abcdefgopjklmn", "aaab bbbb", "aaaa bbbbb", "aaaabbbb 1", "aab aab aab", "aab aab aabb"]
    alike = {
        pair
        for pair in combinations(sorted(names), 2)
        if fuzz.token_sort_ratio(*pair) >= 85 and (pair[0][:3] == pair[1][:3] or pair[0][-3:] == pair[1][-3:])
    }
    assert alike
    assert pairs(*names) >= alike


def test_a_hot_block_is_compared_in_slices_and_says_so() -> None:
    blocks = similar_names(pl.Series([f"cafe proef{a}{a}" for a in "abcdefgh"]), hot_block=4)
    assert blocks.notes
    assert blocks.pairs.height < 8 * 7 // 2


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text("abcde ", min_size=1, max_size=12).map(str.strip).filter(bool), max_size=12))
def test_pairs_are_ordered_alike_and_independent_of_the_order_of_names(names: list[str]) -> None:
    found = similar_names(pl.Series(names, dtype=pl.String)).pairs
    assert (found["left_name_key"] < found["right_name_key"]).all()
    assert (found["similarity"] >= 0.85).all()
    assert found.equals(similar_names(pl.Series(names[::-1], dtype=pl.String)).pairs)
