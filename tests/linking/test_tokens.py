"""Words weigh by how rare they are, as a model froze it."""

from __future__ import annotations

from math import log2, sqrt
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from screening import linking as e
from screening.linking.tokens import LEAST_BITS, Tokens, weigh_tokens

SHOPS = ["bakkerij molen bv", "molen bakkerij bv", "slagerij anker bv", "anker bv", "molen bv", None, "fiets  fiets bv"]


def test_words_are_counted_once_a_text_and_weigh_by_the_texts_that_have_them() -> None:
    tokens = Tokens(pl.Series([None, "a b", "b  b", "c"]))
    assert tokens.words.to_list() == ["a", "b", "c"]
    assert tokens.holders(np.array([2, 3, 1])).tolist() == [2, 5, 1]
    counts = pl.DataFrame({"value": ["a", "b"], "count": [2, 8]})
    assert weigh_tokens(tokens.words, counts, 8).tolist() == [2.0, LEAST_BITS, 3.0]


def test_the_cosine_is_that_of_the_vectors_of_words() -> None:
    tokens = Tokens(pl.Series([None, "a b", "b c", "d", ""]))
    bits = np.array([1.0, 2.0, 3.0, 4.0])
    alike = tokens.cosine(np.array([1, 1, 1, 4]), np.array([1, 2, 3, 4]), bits)
    assert alike.tolist() == pytest.approx([1.0, 4 / sqrt(5 * 13), 0.0, 0.0])


@pytest.fixture(scope="module")
def shops() -> pl.DataFrame:
    return pl.DataFrame(
        {"id": range(70), "name": SHOPS * 10, "street": [f"s{row // 2}" for row in range(70)], "all": "shop"}
    )


@pytest.fixture(scope="module")
def shop_settings() -> e.Settings:
    return e.Settings(
        comparisons=(
            e.Comparison("name", (e.equal(), e.similar_tokens(0.9), e.similar_tokens(0.4))),
            e.Comparison("street", (e.equal(),)),
        ),
        blocking=(("name:tokens",), ("all",)),
        training=(("street",), ("name",)),
        floor=-50,
    )


def test_a_common_word_in_common_is_little_and_a_rare_one_much(shops: pl.DataFrame, shop_settings: e.Settings) -> None:
    model, linked = e.train_and_link(shops, shop_settings)
    level = {
        tuple(sorted((str(SHOPS[a % 7]), str(SHOPS[b % 7])))): at
        for a, b, at in linked.pairs.select("left", "right", "level_name").iter_rows()
    }
    assert level["bakkerij molen bv", "molen bakkerij bv"] == 1
    assert level["anker bv", "slagerij anker bv"] == 2
    # "bv" is all that they share
    assert level["anker bv", "molen bv"] == 3
    frozen = model.frequencies.filter(pl.col("column") == "name:tokens", pl.col("value") == "anker")
    assert frozen["count"].to_list() == [20]
    explained = e.explain_pair(model, shops, 2, 3)
    anker, slagerij, bv = log2(70 / 20), log2(70 / 10), log2(70 / 60)
    wanted = (anker**2 + bv**2) / sqrt((anker**2 + bv**2) * (anker**2 + slagerij**2 + bv**2))
    assert explained.steps[0].similarity == pytest.approx(wanted)


def test_frequencies_of_words_are_stored_and_a_delta_uses_them(
    shops: pl.DataFrame, shop_settings: e.Settings, tmp_path: Path
) -> None:
    model, linked = e.train_and_link(shops, shop_settings)
    model.save(tmp_path)
    again = e.LinkModel.load(tmp_path)
    few = shops.filter(pl.col("id") % 9 == 4)
    base = e.prepare_records(again, shops.filter(pl.col("id") % 9 != 4))
    new, _ = e.link_delta(base, few)
    touched = pl.col("left").is_in(few["id"].implode()) | pl.col("right").is_in(few["id"].implode())
    assert new.pairs.equals(linked.pairs.filter(touched))
