"""Readings of records: distinct values side by side, every pair of them, and the choice that no order can change."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from screening import linking as e
from screening.base.errors import ConfigurationError
from screening.linking.encode import encode
from screening.linking.readings import Readings, best_readings, cross, crosswise, expanded


def test_values_are_distinct_and_in_their_order_and_a_record_without_any_has_a_missing_reading() -> None:
    frame = pl.DataFrame({"a": [["b", "a", "b", None, ""], [], None, ["c"]]})
    counts, rows = expanded(frame, ["a"])
    assert counts.tolist() == [2, 1, 1, 1]
    assert rows["a"].to_list() == ["a", "b", None, None, "c"]


def test_a_part_of_a_reading_may_be_missing() -> None:
    frame = pl.DataFrame({"a": [["x", None]], "b": [["y", "z"]]})
    counts, rows = expanded(frame, ["a", "b"])
    assert counts.tolist() == [2]
    assert rows.rows() == [(None, "z"), ("x", "y")]


def test_lists_of_one_reading_have_one_length() -> None:
    with pytest.raises(ConfigurationError, match="one length"):
        expanded(pl.DataFrame({"a": [["x", "y"]], "b": [["z"]]}), ["a", "b"])


def test_a_column_of_a_reading_is_a_list() -> None:
    job = e.Settings((e.Comparison("a", (e.equal(),)),), (("b",),), readings=(("a", "b"),))
    with pytest.raises(ConfigurationError, match="b of a reading must be list columns"):
        encode(pl.DataFrame({"id": [1], "a": [["x"]], "b": ["y"]}), job)
    with pytest.raises(ConfigurationError, match="in two readings"):
        e.Settings((e.Comparison("a", (e.equal(),)),), (("b",),), readings=(("a", "b"), ("b",)))


def test_every_reading_of_the_left_meets_every_one_of_the_right() -> None:
    readings = Readings(np.array([2, 1, 3]), {"a": np.arange(1, 7)})
    crossed = cross(readings, np.array([0, 1]), np.array([2, 0]))
    triples = list(zip(crossed.owner.tolist(), crossed.left.tolist(), crossed.right.tolist(), strict=True))
    assert triples == [(0, a, b) for a in (0, 1) for b in (3, 4, 5)] + [(1, 2, 0), (1, 2, 1)]


def test_two_lists_that_stand_alone_are_taken_crosswise() -> None:
    both = crosswise(
        [Readings(np.array([2, 1]), {"a": np.array([1, 2, 3])}), Readings(np.array([2, 1]), {"b": np.array([7, 8, 9])})]
    )
    assert both.counts.tolist() == [4, 1]
    assert list(zip(both.codes["a"].tolist(), both.codes["b"].tolist(), strict=True)) == [
        (1, 7),
        (1, 8),
        (2, 7),
        (2, 8),
        (3, 9),
    ]


def test_most_bits_count_and_of_equals_the_lowest_levels() -> None:
    owner = np.array([0, 0, 0, 4, 4])
    bits = np.array([1.0, 3.0, 3.0, -2.0, -2.0])
    levels = np.array([[0, 1, 1, 2, 2], [0, 2, 1, 5, 5]], dtype=np.uint8)
    assert best_readings(owner, bits, levels).tolist() == [2, 3]


def test_a_value_counts_once_a_record() -> None:
    records = encode(
        pl.DataFrame({"id": [1, 2, 3], "a": [["x", "y"], ["x"], []], "b": [["p", "q"], ["p"], []]}),
        e.Settings((e.Comparison("a", (e.equal(),)), e.Comparison("b", (e.equal(),))), (("a",),)),
    )
    counts, known = records.value_counts("a")
    assert (sorted(counts.tolist()), known) == ([1, 2], 2)
