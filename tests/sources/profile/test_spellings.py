"""A value is shown only where it is the spelling of a code and cannot be about anybody."""

from __future__ import annotations

import polars as pl
import pytest

from screening.sources.profile.columns import measure_column
from screening.sources.profile.spellings import LEAST_ROWS, MOST_VALUES


def measured(texts: list[str | None], name: str = "status"):
    return measure_column(pl.Series("text", texts, dtype=pl.String), place=0, name=name)


def test_spellings_of_codes_are_shown_with_their_rows():
    column = measured(["Toegekend"] * 30 + ["Afgewezen"] * 12 + ["Verleend"] * 3)
    assert column.spellings == {"Toegekend": 30, "Afgewezen": 12}
    assert column.known_codes == {"Toegekend": 30, "Afgewezen": 12, "Verleend": 3}
    assert (column.filled, column.distinct, column.others) == (45, 3, 0)


def test_a_spelling_below_ten_rows_is_counted_and_not_shown():
    column = measured(["Toegekend"] * 30 + ["Kwijtgescholden"] * (LEAST_ROWS - 1))
    assert (column.spellings, column.others, column.others_rows) == ({"Toegekend": 30}, 1, LEAST_ROWS - 1)


def test_a_column_of_more_than_fifty_values_shows_none():
    many = [f"soort_{place}" for place in range(MOST_VALUES)] * LEAST_ROWS
    assert len(measured([*many]).spellings) == MOST_VALUES
    assert measured([*many, *["soort_x"] * LEAST_ROWS]).spellings == {}


@pytest.mark.parametrize("name", ["behandelaar", "soort houder", "veld_12", "Naam"])
def test_what_repeats_in_a_column_that_is_not_called_after_codes_is_not_shown(name):
    assert measured(["Quispel"] * 40 + ["Zwezerik"] * 40, name).spellings == {}


@pytest.mark.parametrize("value", ["Quispel", "J. Quispel", "Quispel, J", "jan de Quispel", "Jan Quispel", "QUISPEL"])
def test_names_under_a_header_of_codes_are_not_shown(value):
    assert measured([value] * 40).spellings == {}
    if value not in ("Quispel", "QUISPEL"):  # beside codes a single word may be a code
        assert measured([value] * 40 + ["Verleend"] * 20).spellings == {"Verleend": 20}


def test_names_of_which_some_are_like_a_code_are_not_shown():
    names = [
        "Klaas",
        "Sanders",
        "Quispel",
        "Zwezerik",
        *(f"Kwik{'abcdefghijklmnop'[place] * 2}" for place in range(16)),
    ]
    assert measured([*names] * LEAST_ROWS, "functie").spellings == {}


@pytest.mark.parametrize("value", ["Jan", "Ali", "JdV", "KP", "QZW"])
def test_nicknames_and_initials_in_a_column_of_unknown_codes_are_not_shown(value):
    assert measured([value] * 40, "code").spellings == {}


def test_abbreviations_are_shown_in_a_column_that_is_called_as_one_of_ours():
    assert measured(["VRL"] * 40 + ["G"] * 20, "status").spellings == {"VRL": 40, "G": 20}


@pytest.mark.parametrize(
    "name", ["Code mdw", "code wijkagent", "Soort huurder", "Bijnaam", "Paraaf code", "status collega"]
)
def test_a_column_that_is_about_somebody_shows_no_abbreviation(name):
    assert measured(["quispel_1"] * 40, name).spellings == {}


@pytest.mark.parametrize("value", ["12-03-1987", "0612345678", "a@b.example", "NL91 ABNA 0417 1643 00", "x" * 70])
def test_what_has_no_shape_of_a_code_is_not_shown(value):
    assert value not in measured([value] * 40 + ["Verleend"] * 50).spellings


def test_a_column_that_mostly_holds_known_codes_shows_them_whatever_it_is_called():
    assert measured(["verleend"] * 40 + ["geweigerd"] * 20, "kolom_5").spellings == {"verleend": 40, "geweigerd": 20}


def test_what_looks_like_a_code_is_not_shown_where_no_name_of_the_column_says_that_it_is_one():
    assert measured(["quispel_1"] * 40, "veld_12").spellings == {}
    assert measured(["quispel_1"] * 40, "soort").spellings == {"quispel_1": 40}


def test_a_column_about_somebody_shows_nothing_beside_our_own_words():
    column = measured(["Exploitant"] * 40 + ["quispel_1"] * 20, "soort houder")
    assert (column.spellings, column.known_codes) == ({}, {"Exploitant": 40})
