"""Rows that a contract must refuse, and rows delivered twice: what every real export has a few of."""

from __future__ import annotations

import numpy as np
import polars as pl

from screening.datasets import datasets

#: Data set -> (column, reason, columns to set). None empties a cell.
FAULTS: dict[str, tuple[tuple[str, str, dict[str, str | None]], ...]] = {
    "vergunningen": (
        ("status", "onbekende_code", {"status": "half verleend"}),
        ("zaaktype", "onbekende_code", {"zaaktype": "kermis"}),
        ("datum_aanvraag", "geen_datum", {"datum_aanvraag": "ergens in mei"}),
        ("datum_aanvraag", "leeg", {"datum_aanvraag": None}),
        ("houder_naam", "leeg", {"houder_naam": None}),
        ("kvk_nummer", "geen_8_cijfers", {"kvk_nummer": "1234567X"}),
        ("einddatum", "voor_ingangsdatum", {"ingangsdatum": "2024-05-01", "einddatum": "2023-05-01"}),
        ("max_personen", "negatief", {"max_personen": "-4"}),
        ("zaaknummer", "leeg", {"zaaknummer": None}),
    ),
    "seksinrichtingen": (("type", "onbekende_code", {"type": "sauna"}),),
    "meldingen": (
        ("datum_melding", "geen_datum", {"datum_melding": "gisteren"}),
        ("datum_melding", "leeg", {"datum_melding": None}),
        ("status", "onbekende_code", {"status": "zoek"}),
        ("subcategorie", "onbekende_code", {"subcategorie": "duiven"}),
        ("melding_id", "leeg", {"melding_id": None}),
        (
            "incident_tot",
            "voor_incident_van",
            {"incident_van": "2025-03-01T21:00:00", "incident_tot": "2025-03-01T20:00:00"},
        ),
    ),
    "bag_adressen": (
        ("nummeraanduiding_id", "lengte", {"nummeraanduiding_id": "99992000001"}),
        ("adresseerbaar_object_id", "objectcode", {"adresseerbaar_object_id": "9999770000000001"}),
        ("huisnummer", "geen_getal", {"huisnummer": "twaalf"}),
        ("postcode", "patroon", {"postcode": "96A1BC"}),
        ("straatnaam", "leeg", {"straatnaam": None}),
    ),
    "handelsregister": (
        ("kvk_nummer", "geen_8_cijfers", {"kvk_nummer": "12 34"}),
        ("rechtsvorm", "onbekende_code", {"rechtsvorm": "gilde"}),
        ("handelsnamen", "leeg", {"handelsnamen": None}),
        ("faillissement", "onbekende_code", {"faillissement": "misschien"}),
        ("datum_einde", "voor_aanvang", {"datum_aanvang": "2020-02-01", "datum_einde": "2019-02-01"}),
    ),
    "functionarissen": (
        ("functie", "onbekende_code", {"functie": "portier"}),
        ("datum_aanvang", "geen_datum", {"datum_aanvang": "vorig jaar"}),
        ("naam", "leeg", {"naam": None, "rechtspersoon_kvk": None}),
    ),
    "leidinggevenden": (
        ("rol", "onbekende_code", {"rol": "uitsmijter"}),
        ("datum_van", "geen_datum", {"datum_van": "zomer"}),
        ("naam", "leeg", {"naam": None}),
    ),
    "maatregelen": (
        ("type", "onbekende_code", {"type": "standje"}),
        ("datum", "leeg", {"datum": None}),
    ),
    "controles": (
        ("datum", "geen_datum", {"datum": "binnenkort"}),
        ("situatie", "onbekende_code", {"situatie": "verdwaald"}),
    ),
}
PREFIXES: dict[str, str] = {
    "vergunningen": "ZW-9{:06d}",
    "seksinrichtingen": "SV-9{:06d}",
    "meldingen": "ML-9{:06d}",
    "maatregelen": "BM-9{:06d}",
    "controles": "BZ-9{:06d}",
}
INVALID_SHARE_MESSY = 0.01
#: A run stops at one rejected row in twenty: a small data set gets fewer kinds of faults, and none of its rows twice.
INVALID_SHARE_AT_MOST = 0.03
TWICE_FROM_ROWS = 100
TWICE_SHARE_MESSY = 0.003


def spoil(dataset: str, frame: pl.DataFrame, rng: np.random.Generator, *, messy: bool) -> pl.DataFrame:
    """The frame with invalid copies of ordinary rows added (and, messy, some rows twice), all in a random order.

    Adds `row_number` (1 = first), `_column` and `_reason` (null for a valid row).
    """
    ordinary = frame.filter(~pl.col("_planted"))
    faults = FAULTS.get(dataset, ())[: max(1, int(frame.height * INVALID_SHARE_AT_MOST))]
    repeats = max(1, round(INVALID_SHARE_MESSY * frame.height / max(1, len(faults)))) if messy else 1
    parts = [frame.with_columns(_column=pl.lit(None, dtype=pl.String), _reason=pl.lit(None, dtype=pl.String))]
    serial = 0
    for column, reason, values in faults:
        rows = ordinary[np.sort(rng.integers(0, ordinary.height, repeats))]
        rows = _own_keys(dataset, rows, serial)
        serial += repeats
        parts.append(
            rows.with_columns(
                *(pl.lit(value, dtype=pl.String).alias(name) for name, value in values.items()),
                _column=pl.lit(column),
                _reason=pl.lit(reason),
            )
        )
    if messy and dataset in PREFIXES and frame.height >= TWICE_FROM_ROWS:
        twice = max(1, round(TWICE_SHARE_MESSY * frame.height))
        rows = ordinary[np.sort(rng.choice(ordinary.height, size=min(twice, ordinary.height), replace=False))]
        parts.append(rows.with_columns(_column=pl.lit(datasets()[dataset].key), _reason=pl.lit("dubbel_geleverd")))
    whole = pl.concat(parts)
    whole = whole[rng.permutation(whole.height)]
    return whole.with_columns(row_number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))


def _own_keys(dataset: str, rows: pl.DataFrame, serial: int) -> pl.DataFrame:
    """Keys that no valid row has."""
    numbers = range(serial, serial + rows.height)
    if dataset == "bag_adressen":
        return rows.with_columns(
            nummeraanduiding_id=pl.Series([f"9999209{n:09d}" for n in numbers]),
            adresseerbaar_object_id=pl.Series([f"9999019{n:09d}" for n in numbers]),
        )
    key = datasets()[dataset].key
    if key is None or dataset not in PREFIXES:
        return rows
    return rows.with_columns(pl.Series(key, [PREFIXES[dataset].format(n) for n in numbers]))
