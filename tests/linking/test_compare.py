"""Levels hold exactly when their texts say so."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler

from screening import linking as e
from screening.errors import ConfigurationError
from screening.linking.compare import MISSING, Comparer
from screening.linking.encode import encode
from screening.linking.pairs import gammas

DAYS = st.integers(0, 36_000).map(lambda n: date(1920, 1, 1) + timedelta(days=n))


def levels(comparison: e.Comparison, rows: dict[str, list[object]], schema: dict | None = None) -> list[int]:
    """The level of each pair (1st, 2nd), (3rd, 4th), … of these rows."""
    records = pl.DataFrame(rows, schema=schema).with_row_index("id")
    job = e.Settings(comparisons=(comparison,), blocking=((comparison.column,),))
    encoded = encode(records, job)
    pairs = np.arange(0, len(records), 2, dtype=np.int32)
    comparer = Comparer(comparison, encoded, np.zeros(len(comparison.levels) + 1), {})
    return gammas([comparer], encoded, pairs, pairs + 1)[0].tolist()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(DAYS, DAYS), min_size=1, max_size=6), st.data())
def test_a_date_slip_is_one_edit_of_the_written_date(pairs: list[tuple[date, date]], data: st.DataObject) -> None:
    near = [(a, a + timedelta(days=data.draw(st.sampled_from((1, 9, 10, 30, 31, 365, 3653))))) for a, _ in pairs]
    flat = [day for pair in [*pairs, *near] for day in pair]
    found = levels(e.Comparison("d", (e.date_slip(),)), {"d": flat})
    wanted = [int(OSA.distance(str(a), str(b)) > 1) for a, b in zip(flat[::2], flat[1::2], strict=True)]
    for a, b, got, want in zip(flat[::2], flat[1::2], found, wanted, strict=True):
        assert a == b or got == want, (a, b)


@pytest.mark.parametrize(
    ("reason", "level", "left", "right", "holds"),
    [
        ("day and month exchanged", e.swapped_date(), date(1980, 3, 12), date(1980, 12, 3), True),
        ("another year is no exchange", e.swapped_date(), date(1980, 3, 12), date(1981, 12, 3), False),
        ("same year", e.same_year(), date(1980, 3, 12), date(1980, 9, 1), True),
        ("neighbouring years", e.same_year(), date(1980, 12, 31), date(1981, 1, 1), False),
        ("31 days within 31", e.within_days(31), date(1980, 1, 1), date(1980, 2, 1), True),
        ("32 days not within 31", e.within_days(31), date(1980, 1, 1), date(1980, 2, 2), False),
        ("initial of a name", e.initial(), "j", "johan", True),
        ("initial of another name", e.initial(), "p", "johan", False),
        ("two names are no initial", e.initial(), "jo", "johan", False),
        ("initials that differ in an accent only", e.initial(), "é", "ève", False),
        ("short forms that differ in an accent only", e.prefix(), "aé", "aèx", False),
        ("a short form with an accent", e.prefix(), "aé", "aéx", True),
        ("initials in any order among the others", e.letters_within(), "jp", "kpj", True),
        ("an initial that the other lacks", e.letters_within(), "jp", "jk", False),
        ("one initial in common", e.letters_shared(), "jp", "jk", True),
        ("no initial in common", e.letters_shared(), "jp", "kl", False),
        ("two known values", e.known(), "jan", "piet", True),
        ("long enough", e.edits(1).having(from_length=5), "smits", "smit", True),
        ("too short", e.edits(1).having(from_length=6), "smits", "smit", False),
        ("five letters are read as their first four", e.prefix(), "abcde", "abcdxyz", True),
        ("short form begins the name", e.prefix(), "jo", "johan", True),
        ("a single letter is no short form", e.prefix(), "j", "johan", False),
        ("one edit", e.edits(1), "bakker", "baker", True),
        ("two edits", e.edits(1), "bakker", "bager", False),
        ("similar enough", e.similar("jaro_winkler", 0.92), "janssen", "jansen", True),
        ("not similar enough", e.similar("jaro_winkler", 0.99), "janssen", "jansen", False),
        ("a missing value has no level", e.equal(), None, "jansen", None),
        ("an empty value is missing", e.equal(), "", "jansen", None),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_a_level_holds_for_its_reason_only(
    reason: str, level: e.Level, left: object, right: object, holds: bool
) -> None:
    wanted = int(MISSING) if holds is None else int(not holds)
    comparison = e.Comparison("x", (level,))
    assert levels(comparison, {"x": [left, right]}) == levels(comparison, {"x": [right, left]}) == [wanted], reason


def test_names_in_swapped_boxes_are_seen_crosswise() -> None:
    rows = {"first": ["jan", "smit", "jan", "smit"], "last": ["smit", "jan", "smit", "kok"]}
    assert levels(e.Comparison("name", (e.crossed("first", "last"),), column="first"), rows) == [0, 1]


def test_a_level_within_other_columns_asks_these_to_be_equal() -> None:
    rows = {"name": ["jansen", "janssen", "jansen", "janssen"], "home": ["a", "a", "a", "b"]}
    comparison = e.Comparison(
        "name", (e.similar("jaro_winkler", 0.9, within=("home",)), e.similar("jaro_winkler", 0.9))
    )
    assert levels(comparison, rows) == [0, 1]


def test_a_date_level_on_texts_is_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match="is no date"):
        levels(e.Comparison("x", (e.swapped_date(),)), {"x": ["a", "b"]})


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
