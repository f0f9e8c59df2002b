"""Two spellings of one thing share a key, and two things do not."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.matching.addresses import spelling


def _of(function, text):
    return pl.DataFrame({"text": [text]}, schema={"text": pl.String}).select(function(pl.col("text"))).item()


def street(text):
    return _of(lambda column: spelling.street_variant(spelling.fold(column)), text)


def unit(text):
    return _of(lambda column: spelling.unit_variant(spelling.fold(column)), text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Burg. Goudenln.", "Burgemeester Goudenlaan"),
        ("Dr.A.Kuyperlaan", "Doctor A. Kuyperlaan"),
        ("St. Jansplein", "Sint-Janspln"),
        ("1e Dwarsstr.", "Eerste Dwarsstraat"),
        ("2de Dwarsstraat", "Tweede Dwarsstraat"),
        ("Van der Goesstraat", "v.d. Goesstr."),
        ("Van den Bergweg", "van de Bergweg"),
        ("'t Hof", "Het Hof"),
        ("’s-Gravelandseweg", "s Gravelandseweg"),
        ("IJsseldijk", "Ysseldyk"),
        ("Israëlsstraat", "israelsstraat"),
        ("Nwe. Gracht", "Nieuwe Gracht"),
        ("Nwstad", "Nieuwstad"),
        ("Nwstr.", "Nieuwstraat"),
        ("Nwestr", "Nieuwestraat"),
    ],
)
def test_one_street(one, other):
    assert street(one) == street(other)


def test_the_abbreviated_ends_of_a_street():
    spellings = spelling.abbreviated_ends(pl.Series(["kerkstraat", "flevolaan", "rijtje"]))
    assert sorted(spellings.rows()) == [("flevolaan", "flevoln"), ("kerkstraat", "kerkstr"), ("kerkstraat", "kerkstrt")]


@pytest.mark.parametrize(("written", "expected"), [("1382 rxv", "1382RXV"), ("13O2RV", "13O2RV"), ("1382 rv", None)])
def test_a_damaged_postcode_is_what_is_none(written, expected):
    assert _of(spelling.damaged_postcode, written) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Oude Kerkstraat", "Kerkstraat"),
        ("Kerklaan", "Kerkstraat"),
        ("Eerste Dwarsstraat", "Tweede Dwarsstraat"),
        ("Prins Bernhardlaan", "Prinses Bernhardlaan"),
        ("Fort Vurenhof", "Fort Vurenstraat"),
    ],
)
def test_two_streets(one, other):
    assert street(one) != street(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hs", "huis"),
        ("bis", "BS"),
        ("2hoog", "2"),
        ("2e etage", "II"),
        ("a 2hoog", "A-2"),
        ("boven", "bov"),
        ("beneden", "ben."),
        ("begane grond", "bgg"),
        ("unit 3", "3"),
        ("02", "2"),
        ("a-ii", "A2"),
    ],
)
def test_one_unit(one, other):
    assert unit(one) == unit(other)


@pytest.mark.parametrize(
    ("one", "other"), [("1-2", "12"), ("A", ""), ("hs", "bis"), ("1 hoog", "hs"), ("NO", ""), ("V", "5"), ("20", "2")]
)
def test_two_units(one, other):
    assert unit(one) != unit(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1234 ab", "1234AB"),
        ("1234ab", "1234AB"),
        ("1234.AB", "1234AB"),
        ("1234", None),
        ("1234 A", None),
        ("12345 AB", None),
        ("", None),
    ],
)
def test_postcode(text, expected):
    assert _of(spelling.postcode_key, text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dorp", "gemeente DORP"),
        ("Bergen (NH)", "bergen"),
        ("Bergen NH", "Bergen"),
        ("Den Haag", "'s-Gravenhage"),
        ("Oud Dorp", "Oud-Dorp"),
        ("in Dorp", "Dorp"),
    ],
)
def test_one_town(one, other):
    keys = [_of(lambda text: spelling.town_key(spelling.fold(text)), town) for town in (one, other)]
    assert keys[0] == keys[1]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30))
def test_a_key_is_its_own_key(text):
    folded = _of(spelling.fold, text)
    assert _of(spelling.fold, folded) == folded
    key = _of(lambda column: spelling.squeeze(spelling.fold(column)), text)
    assert key is None or key.isascii()
    assert _of(lambda column: spelling.squeeze(spelling.fold(column)), key) == key
