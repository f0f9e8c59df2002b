"""The tie-breaker orders equals and never lets a pair overtake one with more evidence."""

from __future__ import annotations

import numpy as np
import polars as pl

from screening import linking as e
from screening.linking.compare import Comparer
from screening.linking.encode import encode
from screening.linking.pairs import compare_all
from screening.linking.rank import GRID, tie_breaker, to_grid
from screening.linking.scorer import Scorer


def test_more_evidence_by_a_step_always_ranks_higher(persons: pl.DataFrame, model: e.LinkModel) -> None:
    pairs = e.link(model, persons).pairs
    encoded = encode(persons, model.settings)
    row = dict(zip(encoded.ids.to_list(), range(len(encoded)), strict=True))
    left = np.array([row[i] for i in pairs["left"]], dtype=np.int32)
    right = np.array([row[i] for i in pairs["right"]], dtype=np.int32)
    scorer = Scorer(model, encoded)
    compared = scorer.compare(left, right)
    extra = tie_breaker(scorer.comparers, encoded, compared)
    assert extra.min() >= 0
    assert extra.max() < GRID / 2
    steps = to_grid(scorer.bits(compared))
    assert (np.diff(steps) <= 0).all()
    assert (tie_breaker(scorer.comparers, encoded, scorer.compare(right, left)) == extra).all()


def test_of_two_pairs_at_one_level_the_nearer_names_rank_higher() -> None:
    records = pl.DataFrame({"id": [1, 2, 3, 4], "name": ["martinusson", "martinussen", "martha", "marhta"]})
    comparison = e.Comparison("name", (e.similar("jaro_winkler", 0.9),))
    encoded = encode(records, e.Settings(comparisons=(comparison,), blocking=(("name",),)))
    comparers = [Comparer(comparison, encoded, np.zeros(2), {})]
    extra = tie_breaker(comparers, encoded, compare_all(comparers, encoded, np.array([0, 2]), np.array([1, 3])))
    assert extra[0] > extra[1]


def test_text_ids_break_ties_too() -> None:
    records = pl.DataFrame({"id": ["a", "b", "c"], "name": ["jan", "jan", "jan"]})
    comparison = e.Comparison("name", (e.equal(),))
    job = e.Settings(comparisons=(comparison,), blocking=(("name",),), floor=-50)
    model = e.LinkModel(
        job,
        0.1,
        {"name": (0.9, 0.1)},
        {"name": (0.1, 0.9)},
        pl.DataFrame(schema={"column": pl.String, "value": pl.String, "count": pl.UInt32}),
    )
    assert e.link(model, records).pairs["log_odds"].n_unique() == 3
