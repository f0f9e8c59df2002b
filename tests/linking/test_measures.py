"""Bounds never lie below the similarity that they spare a call of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening import linking as e
from screening.base.errors import ConfigurationError
from screening.linking.measures import EDITS, MEASURES, SLACK, similarities
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
    edits = similarities(EDITS, pool.texts().values.gather(left), pool.texts().values.gather(right))
    assert (longest - np.minimum(common, longest) <= edits).all()


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_scores_do_not_depend_on_the_order_of_a_pair(name: str) -> None:
    left = pl.Series(["jan de vries", "abcdefgh", "aab", "x"])
    right = pl.Series(["vries jan", "hgfedcba", "aba", "xylofoon"])
    assert (similarities(MEASURES[name], left, right) == similarities(MEASURES[name], right, left)).all()


def test_token_sort_reads_words_in_any_order() -> None:
    assert (
        similarities(
            MEASURES["token_sort"],
            *(MEASURES["token_sort"].prepare(pl.Series([t])) for t in ("de vries jan", "jan  de vries")),
        )[0]
        == 1.0
    )


def test_a_text_whose_letters_run_over_is_bounded_by_nothing() -> None:
    texts = Texts(pl.Series(["a" * 400, "a" * 390]))
    common, *_ = texts.facts(np.array([1]), np.array([2]))
    assert common[0] >= 390


def same_initials(left: pl.Series, right: pl.Series) -> np.ndarray:
    return (left.str.slice(0, 1) == right.str.slice(0, 1)).cast(pl.Float64).to_numpy()


def test_a_measure_of_your_own_is_saved_by_name_and_refused_where_it_is_not_registered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as registered:
        registered.setitem(MEASURES, "initials", e.Measure(of_columns=same_initials))
        names = ["jan", "joop", "piet", "paul"]
        records = pl.DataFrame({"id": range(4), "name": names, "town": ["a", "a", "a", "b"]})
        job = e.Settings(
            (e.Comparison("name", (e.equal(), e.similar("initials", 1.0))), e.Comparison("town", (e.equal(),))),
            blocking=(("town",),),
            training=(("town",), ("name:1",)),
            floor=-50,
        )
        table = pl.DataFrame(schema={"column": pl.String, "value": pl.String, "count": pl.UInt32})
        chances = {"name": (0.5, 0.4, 0.1), "town": (0.5, 0.5)}
        model = e.LinkModel(job, 0.5, chances, chances, table)
        model.save(tmp_path)
        pairs = e.link(e.LinkModel.load(tmp_path), records).pairs
        levels = dict(pairs.select(pl.concat_str("left", "right"), "level_name").iter_rows())
        assert levels == {"01": 1, "02": 2, "12": 2}
    with pytest.raises(ConfigurationError, match=r"measure 'initials' is not known: register it \(register_measure\)"):
        e.LinkModel.load(tmp_path)


def test_a_measure_is_a_scorer_or_a_function_of_columns() -> None:
    with pytest.raises(ConfigurationError, match="give one"):
        e.Measure()
