"""What a column holds decides beside its name; a spelling means the code that it is most like."""

from __future__ import annotations

import polars as pl
import pytest

from screening.base.datasets import datasets
from screening.sources.profile.columns import measure_column
from screening.sources.profile.fit import content_fit, match_spellings


def column(*texts: str, name: str = "veld"):
    return measure_column(pl.Series("text", list(texts), dtype=pl.String), place=0, name=name)


def fit(dataset: str, name: str, *texts: str) -> float | None:
    return content_fit(datasets()[dataset].columns[name], dataset, column(*texts))


@pytest.mark.parametrize(
    ("dataset", "name", "fitting", "other"),
    [
        ("vergunningen", "kvk_nummer", "12345678", "Café De Kroon"),
        ("vergunningen", "vestigingsnummer", "000012345678", "12345678"),
        ("vergunningen", "postcode", "1234 AB", "1234567"),
        ("vergunningen", "datum_besluit", "31/12/2025", "Z-1"),
        ("vergunningen", "einddatum", "45977", "een"),
        ("vergunningen", "max_kamers", "12", "twaalf"),
        ("vergunningen", "houder_naam", "J. de Vries", "123456"),
        ("vergunningen", "zaaknummer", "Z-1", "2026-01-01"),
        ("vergunningen", "openingstijden", "ma-do 10:00-01:00", "open"),
        ("meldingen", "lat", "52,31", "4.91"),
        ("bag_adressen", "nummeraanduiding_id", "0457200000208607", "0457010000001802"),
        ("bag_adressen", "pand_id", "0457100000057617", "0457010000001802"),
        ("bag_adressen", "is_nevenadres", "nee", "hoofdadres"),
        ("bag_adressen", "woonplaats", "Weesp", "1381"),
    ],
)
def test_content_that_cannot_be_it_is_none(dataset, name, fitting, other):
    texts = [fitting] * 3 if not datasets()[dataset].columns[name].unique else [fitting]
    assert fit(dataset, name, *texts) > 0.5
    assert fit(dataset, name, *[other] * 3) is None


def test_a_key_that_repeats_is_none():
    assert fit("vergunningen", "zaaknummer", "Z-1", "Z-1", "Z-2") is None
    assert fit("leidinggevenden", "zaaknummer", "Z-1", "Z-1", "Z-2") == 0.7


def test_known_codes_fit_better_than_unknown_ones_and_names_not_at_all():
    assert fit("vergunningen", "status", *["Verleend"] * 20, *["Geweigerd"] * 20) == 1
    assert fit("vergunningen", "status", *["A1"] * 20) == 0.25
    assert fit("vergunningen", "status", *[f"J. Quispel {place}" for place in range(300)]) is None


def meanings(*texts: str) -> dict[str, tuple[str | None, bool]]:
    measured = column(*(text for text in texts for _ in range(10)), name="status")
    return {
        match.spelling: (match.code, match.is_sure) for match in match_spellings("vergunningen", "status", measured)
    }


def test_a_known_spelling_is_sure_a_slip_is_sure_and_what_is_only_like_one_is_not():
    assert meanings("Toegekend", "Geweigert", "Verleend deels", "Niet vergund", "Zomerfeest") == {
        "Toegekend": ("verleend", True),
        "Geweigert": ("geweigerd", True),
        "Verleend deels": ("verleend", False),
        "Niet vergund": ("geweigerd", False),
        "Zomerfeest": (None, False),
    }


def test_a_known_spelling_that_occurs_seldom_is_matched_all_the_same():
    measured = column(*["Verleend"] * 20, "Toegekend", "Quispel", name="status")
    assert [match.spelling for match in match_spellings("vergunningen", "status", measured)] == [
        "Verleend",
        "Toegekend",
    ]


def test_an_open_end_alone_fits_a_date_and_a_word_for_empty_fits_everything():
    assert fit("vergunningen", "einddatum", *["31/12/9999"] * 3) == 1
    assert fit("vergunningen", "max_kamers", *["31/12/9999"] * 3) == 0
    assert fit("vergunningen", "kvk_nummer", *["n.v.t."] * 3) == 0
