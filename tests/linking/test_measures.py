"""Bounds never lie below the similarity that they spare a call of."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.linking.measures import MEASURES, SLACK, edit_distance, similarities
from screening.linking.values import Pool, Texts

WORDS = st.text(alphabet="aabbcdeéïjzøĳ '-.12Ağ日", min_size=1, max_size=14).map(str.strip).filter(bool)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=8))
def test_no_bound_lies_below_its_similarity(pairs: list[tuple[str, str]]) -> None:
    values = pl.Series("v", sorted({text for pair in pairs for text in pair}))
    pool = Pool(values)
    code = {text: at + 1 for at, text in enumerate(values)}
    left = np.array([code[a] for a, _ in pairs], dtype=np.uint32)
    right = np.array([code[b] for _, b in pairs], dtype=np.uint32)
    for name, measure in MEASURES.items():
        if measure.bound is None:
            continue
        texts = pool.texts(name)
        similarity = similarities(measure, texts.values.gather(left), texts.values.gather(right))
        bound = measure.bound(*texts.facts(left, right))
        assert (bound.astype(np.float64) >= similarity - float(SLACK)).all(), name
    common, a, b, _ = pool.texts().facts(left, right)
    longest = np.maximum(a, b)
    edits = edit_distance(pool.texts().values.gather(left), pool.texts().values.gather(right))
    assert (longest - np.minimum(common, longest) <= edits).all()


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_scores_do_not_depend_on_the_order_of_a_pair(name: str) -> None:
    left = pl.Series(["jan de vries", "abcdefgh", "aab", "x"])
    right = pl.Series(["vries jan", "hgfedcba", "aba", "xylofoon"])
    assert (similarities(MEASURES[name], left, right) == similarities(MEASURES[name], right, left)).all()


def test_token_sort_reads_words_in_any_order() -> None:
    assert similarities(MEASURES["token_sort"], *(MEASURES["token_sort"].prepare(pl.Series([t])) for t in ("de vries jan", "jan  de vries")))[0] == 1.0  # fmt: skip  # noqa: E501


def test_a_text_whose_letters_run_over_is_bounded_by_nothing() -> None:
    texts = Texts(pl.Series(["a" * 400, "a" * 390]))
    common, *_ = texts.facts(np.array([1]), np.array([2]))
    assert common[0] >= 390
