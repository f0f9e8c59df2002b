"""Mentions: roles, kinds, fingerprints, and what is known of a KVK number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl

from screening.base.frames import MENTIONS, TRADE_NAMES
from screening.matching.parties.licence_holders import classify_holders, holder_columns
from screening.matching.parties.mentions import extract_mentions, extract_trade_names

BORN = date(1980, 5, 17)


def mentions(frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    return extract_mentions(frames, {d: classify_holders(frames, d) for d in holder_columns() if d in frames})


def trade_names(frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    holders = {d: classify_holders(frames, d) for d in holder_columns() if d in frames}
    return extract_trade_names(frames, holders, extract_mentions(frames, holders))


def test_every_register_names_its_parties_in_its_roles(tables: Callable[..., Any]) -> None:
    found = mentions(
        tables(
            vergunningen=[
                {
                    "key": "Z-1",
                    "houder_naam": "A. Voorbeeld h.o.d.n. Café Proef",
                    "houder_geboortedatum": BORN,
                    "kvk_nummer": "11111111",
                    "verhuurder_kvk": "22222222",
                }
            ],
            seksinrichtingen=[{"key": "SX-1", "exploitant_naam": "Proef B.V.", "kvk_nummer": "33333333"}],
            handelsregister=[{"kvk_nummer": "11111111", "handelsnamen": ["Café Proef"]}],
            functionarissen=[
                {"kvk_nummer": "33333333", "naam": "A. Voorbeeld", "geboortedatum": BORN, "functie": "bestuurder"},
                {"kvk_nummer": "33333333", "rechtspersoon_kvk": "22222222", "functie": "enig_aandeelhouder"},
            ],
            leidinggevenden=[{"zaaknummer": "Z-1", "naam": "B. Voorbeeld", "rol": "beheerder"}],
            maatregelen=[{"key": "M-1", "betrokkene_naam": "Proef B.V.", "betrokkene_kvk": "33333333"}],
        )
    )
    assert found["mention"].to_list() == [
        "functionarissen:r1:bestuurder:person",
        "functionarissen:r2:enig_aandeelhouder:organisation",
        "handelsregister:r1:onderneming:organisation",
        "leidinggevenden:r1:beheerder:person",
        "maatregelen:M-1:betrokkene:organisation",
        "seksinrichtingen:SX-1:exploitant:organisation",
        "vergunningen:Z-1:houder:organisation",
        "vergunningen:Z-1:houder:person",
        "vergunningen:Z-1:verhuurder:organisation",
    ]
    assert set(MENTIONS) <= set(found.columns)
    born = dict(found.select("mention", "birth_date").iter_rows())
    assert born["vergunningen:Z-1:houder:person"] == BORN
    assert born["vergunningen:Z-1:houder:organisation"] is None
    number = dict(found.select("mention", "kvk_nummer").iter_rows())
    assert number["functionarissen:r2:enig_aandeelhouder:organisation"] == "22222222"


def test_a_partial_birth_date_is_none(persons: Callable[..., Any]) -> None:
    assert mentions(persons(("A. Voorbeeld", "1980")))["birth_date"].to_list() == [None]


def test_a_fingerprint_follows_the_content_and_not_the_row(tables: Callable[..., Any]) -> None:
    one = {"zaaknummer": "Z-1", "naam": "A. Voorbeeld", "rol": "beheerder", "datum_van": date(2024, 1, 1)}
    two = {**one, "naam": "B. Voorbeeld"}
    first = mentions(tables(leidinggevenden=[one, two])).sort("name")
    second = mentions(tables(leidinggevenden=[two, one])).sort("name")
    assert first["fingerprint"].to_list() == second["fingerprint"].to_list()
    assert first["fingerprint"].n_unique() == 2
    other_day = mentions(tables(leidinggevenden=[{**one, "datum_van": date(2024, 1, 2)}]))
    assert other_day["fingerprint"].item() not in first["fingerprint"].to_list()


def test_a_fingerprint_holds_no_name(persons: Callable[..., Any]) -> None:
    prints = mentions(persons(("A. Voorbeeld", BORN)))["fingerprint"]
    assert prints.str.contains(r"^[0-9a-f]{64}$").all()


def test_an_establishment_number_stands_for_the_kvk_number(tables: Callable[..., Any]) -> None:
    register = [
        {"kvk_nummer": "11111111", "vestigingsnummer": "000000000001", "handelsnamen": ["Proef"]},
        {"kvk_nummer": "22222222", "vestigingsnummer": "000000000002", "handelsnamen": ["Test"]},
        {"kvk_nummer": "33333333", "vestigingsnummer": "000000000002", "handelsnamen": ["Test"]},
    ]
    permits = [
        {"key": "Z-1", "houder_naam": "Proef B.V.", "vestigingsnummer": "000000000001"},
        {"key": "Z-2", "houder_naam": "Test B.V.", "vestigingsnummer": "000000000002"},
    ]
    found = mentions(tables(vergunningen=permits, handelsregister=register)).filter(pl.col("role") == "houder")
    assert found["kvk_nummer"].to_list() == ["11111111", None]  # the second is claimed twice: it proves nothing


def test_the_life_of_a_number_is_as_wide_as_the_register_allows(tables: Callable[..., Any]) -> None:
    register = [
        {"kvk_nummer": "11111111", "datum_aanvang": date(2015, 1, 1), "datum_einde": date(2020, 6, 30)},
        {"kvk_nummer": "11111111", "datum_aanvang": date(2012, 1, 1), "datum_einde": "2019"},
        {"kvk_nummer": "22222222", "datum_aanvang": date(2015, 1, 1), "datum_einde": date(2020, 6, 30)},
        {"kvk_nummer": "22222222", "datum_aanvang": date(2016, 1, 1)},
    ]
    found = mentions(tables(handelsregister=register))
    lives = found.select("kvk_nummer", "alive_from", "alive_to").unique().sort("kvk_nummer").rows()
    assert lives == [("11111111", date(2012, 1, 1), date(2020, 6, 30)), ("22222222", date(2015, 1, 1), None)]


def test_a_shielded_establishment_lends_no_address(tables: Callable[..., Any]) -> None:
    register = [{"kvk_nummer": "11111111", "address_id": "9999010000000001", "afgeschermd": True}]
    assert mentions(tables(handelsregister=register))["address_id"].to_list() == [None]


def test_one_key_twice_in_one_role_is_one_mention(tables: Callable[..., Any]) -> None:
    rows = [{"key": "Z-1", "houder_naam": "Proef B.V."}, {"key": "Z-1", "houder_naam": "Proef BV"}]
    one = mentions(tables(vergunningen=rows))
    other = mentions(tables(vergunningen=rows[::-1]))
    assert one.height == 1
    assert one.equals(other)


def test_no_tables_no_mentions() -> None:
    assert mentions({}).is_empty()
    assert trade_names({}).is_empty()


def test_trade_names_of_every_record_and_of_no_person(tables: Callable[..., Any]) -> None:
    found = trade_names(
        tables(
            vergunningen=[
                {"key": "Z-1", "houder_naam": "A. Voorbeeld h.o.d.n. Café Proef", "houder_geboortedatum": BORN},
                {"key": "Z-2", "houder_naam": "Test Beheer B.V.", "handelsnaam": "De Test"},
            ],
            handelsregister=[
                {"kvk_nummer": "1", "statutaire_naam": "Test Beheer B.V.", "handelsnamen": ["De Test", "Test II"]},
                {"kvk_nummer": "2"},
            ],
            maatregelen=[{"key": "M-1", "betrokkene_naam": "B. Voorbeeld", "betrokkene_geboortedatum": BORN}],
        )
    )
    assert list(found.columns) == list(TRADE_NAMES)
    assert found.select("record", "name_key").rows() == [
        ("handelsregister:r1", "de test"),
        ("handelsregister:r1", "test beheer"),
        ("handelsregister:r1", "test ii"),
        ("vergunningen:Z-1", "cafe proef"),
        ("vergunningen:Z-2", "de test"),
        ("vergunningen:Z-2", "test beheer"),
    ]
