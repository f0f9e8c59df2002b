"""Values of a text frame."""

from __future__ import annotations

import hashlib
import hmac

import polars as pl
import pytest

from screening.sources.values import pseudonymise, read_numbers, restore_zeros, swap_axes, tidy_cells


def test_text_is_nfc_without_outer_space_and_blank_is_null() -> None:
    frame = pl.DataFrame({"row_number": [1, 2, 3], "naam": ["  Cafe\u0301\u00a0", " \t ", None]})
    assert tidy_cells(frame)["naam"].to_list() == ["Café", None, None]
    assert tidy_cells(frame)["row_number"].to_list() == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "whole", "expected"),
    [
        ("12.0", True, "12"),
        ("12,00", True, "12"),
        ("-3", True, "-3"),
        ("12.5", True, "12.5"),
        ("1.200", True, "1.200"),
        ("5,25", False, "5.25"),
        ("152901,5", False, "152901.5"),
        ("152,901", False, "152,901"),  # a thousand or a decimal: not for us to say
        ("abc", False, "abc"),
    ],
)
def test_numbers(text: str, whole: bool, expected: str) -> None:
    assert read_numbers(pl.Series("n", [text, None]), whole=whole).to_list() == [expected, None]


def test_only_a_number_can_have_lost_its_zero() -> None:
    column = pl.Series("kvk", ["1234567", "1234567", "123456", "12345678", None])
    restored, count = restore_zeros(column, pl.Series([True, False, True, True, True]), "kvk_nummer")
    assert restored.to_list() == ["01234567", "1234567", "123456", "12345678", None]
    assert count == 1


def test_the_number_of_an_establishment_begins_with_four_zeros() -> None:
    column = pl.Series("vestiging", ["12345678", "1234567", "012345678", "000012345678", "123456789012"])
    restored, count = restore_zeros(column, pl.Series([True] * 5), "vestigingsnummer")
    assert restored.to_list() == ["000012345678", "1234567", "012345678", "000012345678", "123456789012"]
    assert count == 1


@pytest.mark.parametrize(
    ("lat", "lon", "swapped"),
    [
        ("5.12", "52.09", True),
        ("52.09", "5.12", False),
        ("52,09", "5,12", False),
        ("0", "0", False),
        ("52.09", "60.0", False),  # one of the two is right: not the axes
        (None, "52.09", False),
        ("x", "52.09", False),
    ],
)
def test_axes_are_swapped_only_where_that_puts_the_point_in_the_country(
    lat: str | None, lon: str, swapped: bool
) -> None:
    frame, count = swap_axes(pl.DataFrame({"lat": [lat], "lon": [lon]}, schema={"lat": pl.String, "lon": pl.String}))
    expected = [None if text is None else text.replace(",", ".") for text in ((lon, lat) if swapped else (lat, lon))]
    assert list(frame.row(0)) == expected
    assert count == swapped


def test_tokens_are_keyed_and_empty_stays_empty() -> None:
    key = b"0123456789abcdef"
    tokens = pseudonymise(pl.Series("t", ["a", None, "a", "b"]), key)
    assert tokens.to_list()[0] == hmac.new(key, b"a", hashlib.sha256).hexdigest()[:24]
    assert tokens.to_list()[0] == tokens.to_list()[2] != tokens.to_list()[3]
    assert tokens.to_list()[1] is None
    assert pseudonymise(pl.Series("t", ["a"]), b"another key 1234").to_list()[0] != tokens.to_list()[0]
    assert pseudonymise(pl.Series("t", [None], dtype=pl.String), key).to_list() == [None]
