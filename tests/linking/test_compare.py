"""Levels are what the texts say one by one; values that are rare weigh more, also where they are only alike."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
from rapidfuzz.distance import JaroWinkler

from screening import linking as e
from screening.linking.compare import MISSING, Comparer
from screening.linking.encode import encode
from screening.linking.pairs import gammas


def test_levels_are_those_that_rapidfuzz_gives_one_by_one(persons: pl.DataFrame, plain_settings: e.Settings) -> None:
    few = persons.head(150)
    encoded = encode(few, plain_settings)
    comparison = plain_settings.comparisons[0]
    left, right = (np.array(side, dtype=np.int32) for side in zip(*combinations(range(len(few)), 2), strict=True))
    found = gammas([Comparer(comparison, encoded, np.zeros(5), {})], encoded, left, right)[0]
    names = few.sort("id")["given"].to_list()
    for a, b, level in zip(left.tolist(), right.tolist(), found.tolist(), strict=True):
        x, y = names[a], names[b]
        if x is None or y is None:
            wanted = int(MISSING)
        elif x == y:
            wanted = 0
        elif (near := JaroWinkler.similarity(*sorted((x, y)))) >= 0.8:
            wanted = 1 if near >= 0.92 else 2
        else:
            wanted = 3 if 1 in (len(x), len(y)) and x[0] == y[0] else 4
        assert level == wanted, (a, b)


def test_of_two_names_that_are_alike_the_commoner_says_how_rare_they_are() -> None:
    names = ["jansen", *["janssen"] * 6, "quist", "quista"]
    records = pl.DataFrame({"id": range(9), "name": names, "born": ["x"] * 9})
    job = e.Settings(
        comparisons=(
            e.Comparison("name", (e.equal(frequency="name"), e.similar("jaro_winkler", 0.9, frequency="name"))),
        ),
        blocking=(("born",),),
        floor=-100,
    )
    counts = (
        records.group_by("name").len().select(column=pl.lit("name"), value="name", count=pl.col("len").cast(pl.UInt32))
    )
    model = e.LinkModel(job, 0.5, {"name": (0.8, 0.1, 0.1)}, {"name": (0.4, 0.1, 0.5)}, counts)
    pairs = e.link(model, records).pairs.filter(pl.col("level_name") == 1)
    bits = {(a, b): weight for a, b, weight in pairs.select("left", "right", "log_odds").iter_rows()}
    # counted by record, a name occurs (6 x 6 + 3) / 9 times
    mean = 39 / 9
    assert abs(bits[0, 6] - np.log2(mean / 6)) < 1e-3
    assert abs(bits[7, 8] - np.log2(mean)) < 1e-3
    explained = e.explain_pair(model, records, 7, 8)
    assert abs(explained.steps[0].rarity - np.log2(mean)) < 1e-9
    assert explained.log_odds == bits[7, 8]
