"""A record in one sentence: codes and days in words, what is unknown said so, and no name."""

from __future__ import annotations

from datetime import date

import pytest

from screening.wording.fact import exact_day, fact_sentence, worded


@pytest.mark.parametrize(
    ("dataset", "fields", "sentence"),
    [
        (
            "bag_adressen",
            {"gebruiksdoelen": "woonfunctie|winkelfunctie", "oppervlakte": "80", "status": "x_y"},
            "BAG: gebruiksdoel woonfunctie, winkelfunctie, 80 m², x y.",
        ),
        (
            "bag_adressen",
            {"gebruiksdoelen": "woonfunctie", "oppervlakte": "999999", "status": "in_gebruik"},
            "BAG: gebruiksdoel woonfunctie, in gebruik.",
        ),
        (
            "handelsregister",
            {"kvk_nummer": "12345678", "rechtsvorm": "bv", "datum_aanvang": "2026-03-02"},
            "Vestiging zonder nummer (bv) van KVK-nummer 12345678, vanaf 2 maart 2026.",
        ),
        (
            "leidinggevenden",
            {"rol": "leidinggevende", "zaaknummer": "Z-1", "datum_tot": "2026-01"},
            "Leidinggevende op Z-1, tot en met 2026-01.",
        ),
        (
            "vergunningen",
            {"zaaknummer": "Z-1", "zaaktype": "exploitatie", "datum_aanvraag": "2024-05-15"},
            "Vergunning Z-1 (exploitatie): onbekend, aangevraagd op 15 mei 2024.",
        ),
        ("controles", {"situatie": "toegang_verleend"}, "Controle: toegang verleend, geen bevinding."),
        ("meldingen", {}, "Melding over iets anders, onbekend, bevinding onbekend."),
        ("anders", {"naam": "Jan"}, "Regel van anders."),
        (
            "toegelaten_uitleners",
            {"kvk_nummer": "12345678", "ingangsdatum": "2026-01-01"},
            "Toelating, vanaf 1 januari 2026.",
        ),
    ],
)
def test_a_record_is_one_sentence(dataset: str, fields: dict[str, str], sentence: str) -> None:
    assert fact_sentence(dataset, fields) == sentence


def test_a_day_is_exact_or_it_is_none() -> None:
    assert exact_day("2026-11-01T12:00:00") == date(2026, 11, 1)
    assert [exact_day(value) for value in ("2026-11", "2026-02-30", "", None, "2026")] == [None] * 5
    assert worded("2026-11") == "2026-11"
