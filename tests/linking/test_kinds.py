"""Every kind of level holds for its reason only, whichever side comes first."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from screening import linking as e
from screening.base.errors import ConfigurationError
from screening.linking import kinds
from screening.linking.compare import MISSING, Comparer
from screening.linking.encode import encode
from screening.linking.levels import KINDS
from screening.linking.pairs import gammas
from screening.linking.similarity import is_textual

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
        ("all letters of the short form count", e.prefix(), "abcde", "abcdxyz", False),
        ("a long short form begins the name", e.prefix(), "johan", "johannes", True),
        ("a name is no short form of one that parts after its fourth letter", e.prefix(), "johanna", "johannes", False),
        ("a short form of more than four letters with an accent", e.prefix(), "joséan", "joséann", True),
        ("an accent is a letter of its own", e.prefix(), "josean", "joséann", False),
        ("impossible date, day and month exchanged", e.swapped_date(), "1971-21-01", "1971-01-21", True),
        ("impossible date of another year", e.swapped_date(), "1971-21-01", "1972-01-21", False),
        ("impossible date, one digit", e.date_slip(), "1971-21-01", "1971-11-01", True),
        ("impossible date, two digits", e.date_slip(), "1971-21-01", "1971-12-02", False),
        ("impossible date in the same year", e.same_year(), "1971-21-01", "1971-01-02", True),
        ("an impossible date lies no days from another", e.within_days(400), "1971-21-01", "1971-01-02", False),
        ("dates as text so many days apart", e.within_days(1), "1971-01-01", "1971-01-02", True),
        ("a text that is no date has no year", e.same_year(), "unknown", "1971-01-02", False),
        ("a number within", e.within_number(0.1), "1.1", "1.2", True),
        ("a number not within", e.within_number(0.1), "1.1", "1.21", False),
        ("whole numbers", e.within_number(2), 10, 12, True),
        ("what is no number is not near one", e.within_number(5), "five", "5", False),
        ("within ten percent of the larger", e.within_percent(10), "90", "100", True),
        ("not within ten percent", e.within_percent(10), "89", "100", False),
        (
            "the same words in another order",
            e.similar("token_set", 0.99),
            "bakkerij de molen",
            "de molen bakkerij",
            True,
        ),
        ("words within words", e.similar("token_set", 0.99), "de molen", "bakkerij de molen", True),
        ("other words", e.similar("token_set", 0.8), "de molen", "het anker", False),
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


@pytest.mark.parametrize(
    ("level", "left", "right", "holds"),
    [
        # Amsterdam and Utrecht lie 35 km apart
        (e.within_km(36, "a", "b"), (52.3731, 4.8922), (52.0908, 5.1222), True),
        (e.within_km(34, "a", "b"), (52.3731, 4.8922), (52.0908, 5.1222), False),
        # across the date line
        (e.within_km(25, "a", "b"), (0.0, 179.9), (0.0, -179.9), True),
        (e.within_metres(500, "a", "b"), (121_000, 487_000), (121_300, 487_400), True),
        (e.within_metres(499, "a", "b"), (121_000, 487_000), (121_300, 487_400), False),
        (e.within_metres(499, "a", "b"), (121_000, None), (121_000, 487_400), None),
    ],
)
def test_places_are_as_far_apart_as_they_are(level: e.Level, left: tuple, right: tuple, holds: bool | None) -> None:
    rows = {"a": [left[0], right[0]], "b": [left[1], right[1]]}
    assert levels(e.Comparison("place", (level,), column="a"), rows) == [
        int(MISSING) if holds is None else int(not holds)
    ]


def test_every_kind_has_its_code_and_no_code_is_without_a_name() -> None:
    coded = {*kinds._BY_COLUMNS, *kinds._BY_DIGITS, *kinds._BY_VALUE, *kinds._BY_PLACE}
    assert coded == {kind for kind in KINDS if not is_textual(e.Level(kind, ("a",), measure="jaro"))}
