"""Rows as a dossier holds them, small enough to be read: one restaurant whose holder may be two companies."""

from __future__ import annotations

import json
from datetime import date

import polars as pl

from screening.base.frames import LINKS
from screening.store.bundle import DOSSIER_PARTIES, SOURCE_AGES

TODAY = date(2026, 11, 30)

RECORDS = [
    {
        "dataset": "vergunningen",
        "key": "ZW-2",
        "fields": {
            "zaaknummer": "ZW-2",
            "zaaktype": "exploitatie",
            "status": "ingetrokken",
            "datum_aanvraag": "2024-05",
            "datum_besluit": "2025-12-26",
            "ingangsdatum": "2024-07-29",
            "einddatum": None,
            "straatnaam": "Fuikweg",
            "huisnummer": "42",
            "huisletter": None,
            "postcode": "9611BW",
            "plaats": "Zomerwaard",
            "vervalreden": "ingetrokken_overheid",
            "adresseerbaar_object_id": "9999010000002238",
        },
    },
    {
        "dataset": "handelsregister",
        "key": "r283",
        "fields": {
            "kvk_nummer": "69593507",
            "vestigingsnummer": "000059335810",
            "rechtsvorm": "bv",
            "sbi_codes": "5610|56111",
            "sbi_versie": "2008",
            "datum_aanvang": "2026-06-04",
            "datum_einde": None,
            "faillissement": "nee",
        },
    },
    {
        "dataset": "meldingen",
        "key": "ML-1",
        "fields": {
            "melding_id": "ML-1",
            "datum_melding": "2026-09-22 20:59",
            "subcategorie": "geluidsoverlast-muziek",
            "status": "afgehandeld",
            "bevinding": None,
            "lat": "51.9",
            "lon": "5.1",
            "adres_tekst": "Fuikweg 42",
        },
    },
    {"dataset": "controles", "key": "BZ-9", "fields": {"controle_id": "BZ-9", "situatie": "niemand_aanwezig"}},
    {
        "dataset": "bag_adressen",
        "key": "9999200000002238",
        "fields": {
            "nummeraanduiding_id": "9999200000002238",
            "straatnaam": "Fuikweg",
            "huisnummer": "42",
            "gebruiksdoelen": "bijeenkomstfunctie|winkelfunctie",
            "oppervlakte": "999999",
            "rd_x": "182235.6",
            "status": "Verblijfsobject in gebruik",
        },
    },
]


def party(mention: str, party_id: str, name: str | None, **other: object) -> dict[str, object]:
    """One mention, `dataset:key:role:kind`."""
    dataset, key, role, kind = mention.split(":")
    return {
        "mention": mention,
        "dataset": dataset,
        "key": key,
        "party_id": party_id,
        "role": role,
        "kind": kind,
        "name": name,
        "birth_date": None,
        "kvk_nummer": None,
        "fingerprint": "f",
        **other,
    }


PARTIES = pl.DataFrame(
    [
        party("vergunningen:ZW-2:houder:organisation", "O-1", "Eetcafé Honinglust B.V.", kvk_nummer="71359003"),
        party("vergunningen:ZW-2:houder:person", "P-1", "S. <b>Zeroual</b>", birth_date=date(1961, 8, 22)),
        party(
            "handelsregister:r283:onderneming:organisation",
            "O-2",
            "Eetcafé Honinglust Exploitatie B.V.",
            kvk_nummer="69593507",
        ),
    ],
    schema=DOSSIER_PARTIES,
)


def link(link_id: str, left: str, right: str, level: str, comparisons: dict) -> dict[str, object]:
    """One row of links."""
    return {
        "link_id": link_id,
        "left": left,
        "right": right,
        "score": 0.9,
        "log_odds": 7.1,
        "level": level,
        "comparisons": json.dumps(comparisons),
    }


LINK_ROWS = pl.DataFrame(
    [
        link(
            "L-1",
            "handelsregister:r283:onderneming:organisation",
            "vergunningen:ZW-2:houder:organisation",
            "probable",
            {"trade_name": {"similarity": 1.0, "weight": 7.6}, "address": {"similarity": 1.0, "weight": 5.0}},
        ),
        link(
            "L-2",
            "functionarissen:r4:bestuurder:person",
            "vergunningen:ZW-2:houder:person",
            "strong",
            {
                "family_name": {"similarity": 1.0, "weight": 10.8},
                "given_names": {"similarity": 0.9, "weight": 3.0},
                "birth_date": {"similarity": 0.6, "weight": 1.0},
                "business": {"similarity": None, "weight": 0.0},
                "surname": {"similarity": 0.1, "weight": -2.0},
            },
        ),
        link("L-3", "vergunningen:ZW-2:houder:organisation", "vergunningen:ZW-9:houder:organisation", "exact", {}),
    ],
    schema=LINKS,
)


def age(dataset: str, delivered: date | None) -> dict[str, object]:
    """One delivered file."""
    return {
        "dataset": dataset,
        "file_name": f"{dataset}.csv",
        "sha256": "0" * 64,
        "rows_read": 3,
        "delivered": delivered,
        "age_days": 0,
    }


SOURCES = pl.DataFrame(
    [
        age("vergunningen", date(2026, 11, 29)),
        age("handelsregister", date(2026, 11, 29)),
        age("handelsregister", date(2026, 9, 30)),
        age("meldingen", date(2026, 11, 30)),
        age("controles", None),
        age("bag_adressen", date(2026, 11, 28)),
    ],
    schema=SOURCE_AGES,
)
