"""A column is measured without a value of anybody: shapes, kinds, words of our own lists."""

from __future__ import annotations

import polars as pl
import pytest

from screening.sources.profile.columns import measure_column


def measured(texts: list[str | None], name: str = "status"):
    return measure_column(pl.Series("text", texts, dtype=pl.String), place=0, name=name)


def test_a_name_that_may_not_be_shown_is_not_kept():
    column = measure_column(pl.Series("text", ["x"]), place=3, name="Quispel", is_name_shown=False)
    assert (column.place, column.name) == (3, "")


def test_shapes_tell_letters_and_digits_and_nothing_else():
    assert measured(["AB-1234", "CD-5678"], "kenmerk").patterns == {"AA-0000": 1.0}
    assert measured(["Zwezerik, Łucja ☂"], "naam").patterns == {"Aa, Aa ?": 1.0}
    assert measured(["Zij belde en zei dat de buren om drie uur nog muziek draaiden."], "tekst").patterns == {"text": 1}


def test_numbers_and_codes_of_registers_are_told_apart():
    assert measured(["12345678", "1234567"], "kvk").shares["kvk"] == 0.5
    assert measured(["1381HH", "1381 hh"], "pc").share("postcode") == 1
    ids = measured(["0457010000001802"] * 3 + ["0457010000001803"], "vbo")
    assert (ids.share("bag_object"), ids.municipalities) == (1, {"0457": 1.0})
    assert measured(["52.3", "4.9"], "lat").share("lat") == 0.5


def test_bsns_are_counted_by_value():
    column = measured(["111222333", "123456782", "123456789"], "kenmerk")
    assert column.share("bsn") == pytest.approx(2 / 3, abs=0.001)


def test_words_for_empty_and_for_no_end_are_counted():
    column = measured(["n.v.t."] * 4 + ["31-12-9999"] * 3 + ["onbepaalde tijd", "01-02-2026"], "einddatum")
    assert column.nulls == {"n.v.t.": 4}
    assert column.open_ends == {"onbepaalde tijd": 1, "31-12-9999": 3}
    assert column.share("date") == 1, "what means empty is no kind of text"


def test_a_long_column_is_measured_by_every_so_many_th_value():
    column = measured([f"Z-{number:07}" for number in range(20_000)], "zaak")
    assert (column.distinct, column.filled) == (20_000, 20_000)
    assert column.patterns == {"A-0000000": 1.0}


def test_an_empty_column_says_so():
    column = measured([None, None])
    assert (column.rows, column.filled, column.shares, column.patterns) == (2, 0, {}, {})
