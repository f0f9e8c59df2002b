"""A written address taken apart."""

from __future__ import annotations

import polars as pl
import pytest

from screening.matching.addresses.parse import WRITTEN, parse

TOWNS = ["dorp", "ander dorp"]


def _parts(**fields: str) -> list[dict]:
    row = {"qid": 0, **dict.fromkeys(WRITTEN), **fields}
    schema = {"qid": pl.UInt32, **dict.fromkeys(WRITTEN, pl.String)}
    return parse(pl.DataFrame([row], schema=schema), TOWNS).to_dicts()


@pytest.mark.parametrize(
    ("text", "street", "number", "unit", "postcode", "town"),
    [
        ("Hoofdstraat 12 A-hs, 1234 AB Dorp", "hoofdstraat", 12, "a-hs", "1234AB", "dorp"),
        ("Hoofdstraat 12a 2hoog, Dorp", "hoofdstraat", 12, "a 2hoog", None, "dorp"),
        ("Hoofdstraat 12, 2 hoog, Dorp", "hoofdstraat", 12, "2 hoog", None, "dorp"),
        ("1e Dwarsstraat 12, Dorp", "1e dwarsstraat", 12, "", None, "dorp"),
        ("12-2 Hoofdstraat, Dorp", "hoofdstraat", 12, "2", None, "dorp"),
        ("1234 AB 45B", None, 45, "b", "1234AB", None),
        ("1234AB Dorp 45", None, 45, "", "1234AB", "dorp"),
        ("Hoofdstraat 12 Elders aan de Zee", "hoofdstraat", 12, "", None, "eldersaandezee"),
        ("Hoofdstraat 12 A Ander Dorp", "hoofdstraat", 12, "a", None, "anderdorp"),
        ("Nesland 1012 hs", "nesland", 1012, "hs", None, None),
        ("valkpad 5, 9611 nl", "valkpad", 5, "", "9611NL", None),
        ("Hoofdstraat 12, Dorp, NL", "hoofdstraat", 12, "", None, "dorp"),
        ("Hoofdstraat 12, nl", "hoofdstraat", 12, "", None, None),
        ("Hoofdstraat 12, 1234 AB Dorp, The Netherlands", "hoofdstraat", 12, "", "1234AB", "dorp"),
    ],
)
def test_a_line_of_text(text, street, number, unit, postcode, town):
    (part,) = _parts(adres_tekst=text)
    got = (part["street"], part["number"], part["unit"], part["postcode"], part["town"])
    assert got == (street, number, unit, postcode, town)


def test_each_address_of_a_text_has_its_own_place():
    first, second = _parts(adres_tekst="Hoofdstraat 1, 1234 AB Dorp, Parkweg 2, 1234 CD Ander Dorp")
    assert (first["street"], first["postcode"], first["town"]) == ("hoofdstraat", "1234AB", "dorp")
    assert (second["street"], second["postcode"], second["town"]) == ("parkweg", "1234CD", "anderdorp")


def test_a_number_that_counts_something_is_no_address():
    (part,) = _parts(adres_tekst="het bouwen van 3 stuks, 20 stuks, Hoofdstraat 12, Dorp")[-1:]
    assert (part["street"], part["number"]) == ("hoofdstraat", 12)


@pytest.mark.parametrize(
    "text", ["Hoofdstraat 12-16", "Hoofdstraat 12 t/m 16", "Hoofdstraat 12 tot en met 16", "Hoofdstraat 12/16"]
)
def test_a_range(text):
    (part,) = _parts(adres_tekst=text)
    assert (part["number"], part["number_to"], part["is_list"]) == (12, 16, False)


def test_fields_go_before_the_text():
    (part,) = _parts(straatnaam="Parkweg", huisnummer="3", plaats="Dorp", adres_tekst="Hoofdstraat 12, Dorp")
    assert (part["street"], part["number"]) == ("parkweg", 3)


def test_without_towns_nothing_is_taken_for_one():
    row = pl.DataFrame([{"qid": 0, **dict.fromkeys(WRITTEN), "adres_tekst": "Hoofdstraat 12, Dorp"}])
    schema = {"qid": pl.UInt32, **dict.fromkeys(WRITTEN, pl.String)}
    (part,) = parse(row.cast(schema), []).to_dicts()
    assert (part["street"], part["number"], part["town"]) == ("hoofdstraat", 12, "dorp")
