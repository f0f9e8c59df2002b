"""A small BAG made by hand: every trap of an address once."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from pyproj import Transformer

from screening.matching.addresses import AddressIndex, resolve

IN_USE, GONE, NEVER = "Verblijfsobject in gebruik", "Verblijfsobject ingetrokken", "Niet gerealiseerd verblijfsobject"
BLOCK = ("straatnaam", "huisnummer", "huisletter", "huisnummertoevoeging", "postcode", "plaats", "adres_tekst")

# name of the object, street, number, letter, addition, postcode, town, status, nevenadres, x, y
_ROWS = [
    ("kerk1", "Kerkstraat", 1, None, None, "1234AA", "Dorp", IN_USE, False, 150000.0, 450000.0),
    ("kerk3", "Kerkstraat", 3, None, None, "1234AA", "Dorp", IN_USE, False, 150010.0, 450000.0),
    ("kerk5", "Kerkstraat", 5, None, None, "1234AA", "Dorp", IN_USE, False, 150020.0, 450000.0),
    ("kerk5a", "Kerkstraat", 5, "A", None, "1234AA", "Dorp", IN_USE, False, 150023.0, 450000.0),
    ("kerk7hs", "Kerkstraat", 7, None, "H", "1234AA", "Dorp", IN_USE, False, 150040.0, 450000.0),
    ("kerk7-1", "Kerkstraat", 7, None, "1", "1234AA", "Dorp", IN_USE, False, 150040.0, 450000.0),
    ("kerk7-2", "Kerkstraat", 7, None, "2", "1234AA", "Dorp", IN_USE, False, 150040.0, 450000.0),
    ("kerk9bs", "Kerkstraat", 9, None, "BS", "1234AA", "Dorp", IN_USE, False, 150060.0, 450000.0),
    ("kerk11a2", "Kerkstraat", 11, "A", "2", "1234AA", "Dorp", IN_USE, False, 150080.0, 450000.0),
    ("kerk11a3", "Kerkstraat", 11, "A", "3", "1234AA", "Dorp", IN_USE, False, 150082.0, 450000.0),
    ("kerk12-14", "Kerkstraat", 12, None, "14", "1234AB", "Dorp", IN_USE, False, 150100.0, 450100.0),
    ("kerk12", "Kerkstraat", 12, None, None, "1234AB", "Dorp", IN_USE, False, 150102.0, 450100.0),
    ("kerk14", "Kerkstraat", 14, None, None, "1234AB", "Dorp", IN_USE, False, 150120.0, 450100.0),
    ("kerk16", "Kerkstraat", 16, None, None, "1234AB", "Dorp", IN_USE, False, 150140.0, 450100.0),
    ("kerk18", "Kerkstraat", 18, None, None, "1234AB", "Dorp", IN_USE, False, 150160.0, 450100.0),
    ("kerk20", "Kerkstraat", 20, None, None, "1234AB", "Dorp", IN_USE, False, 150180.0, 450100.0),
    # the same street and number in the other town
    ("anderekerk1", "Kerkstraat", 1, None, None, "1240AA", "Ander Dorp", IN_USE, False, 155000.0, 455000.0),
    ("goud3", "Burgemeester Goudenlaan", 3, None, None, "1234BA", "Dorp", IN_USE, False, 151000.0, 450000.0),
    ("goud4gone", "Burgemeester Goudenlaan", 4, None, None, "1234BA", "Dorp", GONE, False, 151020.0, 450000.0),
    ("goud4", "Burgemeester Goudenlaan", 4, None, None, "1234BA", "Dorp", IN_USE, False, 151021.0, 450000.0),
    ("goud6gone", "Burgemeester Goudenlaan", 6, None, None, "1234BA", "Dorp", GONE, False, 151040.0, 450000.0),
    ("goud8never", "Burgemeester Goudenlaan", 8, None, None, "1234BA", "Dorp", NEVER, False, 151060.0, 450000.0),
    ("goud8gone", "Burgemeester Goudenlaan", 8, None, None, "1234BA", "Dorp", GONE, False, 151060.0, 450000.0),
    ("goud10x", "Burgemeester Goudenlaan", 10, None, None, "1234BA", "Dorp", IN_USE, False, 151080.0, 450000.0),
    ("goud10y", "Burgemeester Goudenlaan", 10, None, None, "1234BA", "Dorp", IN_USE, False, 151081.0, 450000.0),
    # a corner house: its second address is in the other street
    ("hoek", "Sint Jansplein", 2, None, None, "1234CA", "Dorp", IN_USE, False, 152000.0, 450000.0),
    ("hoek", "Oude Dwarsstraat", 41, None, None, "1234CB", "Dorp", IN_USE, True, 152000.0, 450000.0),
    ("drk8", "Dr.A.Kuyperlaan", 8, None, None, "1234DA", "Dorp", IN_USE, False, 153000.0, 450000.0),
    ("grav2b", "'s-Gravelandseweg", 2, "b", None, None, "Dorp", IN_USE, False, 153100.0, 450000.0),
    ("isr4", "Jozef Israëlsstraat", 4, None, None, "1234EA", "Dorp", IN_USE, False, 153200.0, 450000.0),
    ("irene6", "Prinses Irenelaan", 6, None, None, "1234EB", "Dorp", IN_USE, False, 153300.0, 450000.0),
    ("dijk1", "IJsseldijk", 1, None, None, "1234EC", "Dorp", IN_USE, False, 153400.0, 450000.0),
    ("rij-h", "Rijtje", 1, "H", None, "1234FA", "Dorp", IN_USE, False, 153500.0, 450000.0),
    ("rij-g", "Rijtje", 1, "G", None, "1234FA", "Dorp", IN_USE, False, 153520.0, 450000.0),
    ("fort1", "Fort Diemerdamstraat", 1, None, None, "1234GA", "Dorp", IN_USE, False, 153600.0, 450000.0),
    ("parkweg2", "Parkweg", 2, None, None, "1234HA", "Dorp", IN_USE, False, 153700.0, 450000.0),
    ("anderekuyper8", "Kuyperlaan", 8, None, None, "1240BA", "Ander Dorp", IN_USE, False, 155100.0, 455000.0),
    ("kerk21bg", "Kerkstraat", 21, None, "BG", "1234AC", "Dorp", IN_USE, False, 150200.0, 450000.0),
    ("kerk21bov", "Kerkstraat", 21, None, "BOV", "1234AC", "Dorp", IN_USE, False, 150200.0, 450000.0),
    ("goud12x", "Burgemeester Goudenlaan", 12, None, None, "1234BA", "Dorp", GONE, False, 151100.0, 450000.0),
    ("goud12y", "Burgemeester Goudenlaan", 12, None, None, "1234BB", "Dorp", GONE, False, 151120.0, 450000.0),
    ("kerk23hs", "Kerkstraat", 23, None, "HS", "1234AC", "Dorp", GONE, False, 150220.0, 450000.0),
    ("kerk23bg", "Kerkstraat", 23, None, "BG", "1234AC", "Dorp", IN_USE, False, 150221.0, 450000.0),
    ("irene8gone", "Prinses Irenelaan", 8, None, None, "1234EB", "Dorp", GONE, False, 153300.0, 450000.0),
    ("perkweg2", "Perkweg", 2, None, None, "1234HB", "Dorp", IN_USE, False, 153800.0, 450000.0),
]


def bag_frame() -> pl.DataFrame:
    """The typed bag_adressen frame of the small BAG; an object's id is its name."""
    names = [
        "adresseerbaar_object_id",
        "straatnaam",
        "huisnummer",
        "huisletter",
        "huisnummertoevoeging",
        "postcode",
        "woonplaats",
        "status",
        "is_nevenadres",
        "rd_x",
        "rd_y",
    ]
    frame = pl.DataFrame(_ROWS, schema=names, orient="row", infer_schema_length=None)
    return frame.with_columns(
        nummeraanduiding_id=pl.format("num{}", pl.int_range(pl.len())),
        pand_id=pl.concat_list(pl.format("pand-{}", "adresseerbaar_object_id")),
    )


@pytest.fixture(scope="session")
def bag() -> pl.DataFrame:
    return bag_frame()


@pytest.fixture(scope="session")
def index(bag: pl.DataFrame) -> AddressIndex:
    return AddressIndex.build(bag)


@pytest.fixture(scope="session")
def pin_at() -> Callable[[float, float], dict[str, float]]:
    """A pin (WGS84) on a place in RD metres."""
    to_degrees = Transformer.from_crs("EPSG:28992", "EPSG:4326", always_xy=True)

    def pin(x: float, y: float) -> dict[str, float]:
        lon, lat = to_degrees.transform(x, y)
        return {"lat": lat, "lon": lon}

    return pin


@pytest.fixture(scope="session")
def ask(index: AddressIndex) -> Callable[..., dict]:
    """Resolve one address, given as a line of text or as fields; returns its row."""

    def one(text: str | None = None, **fields: object) -> dict:
        row = {"dataset": "meldingen", "key": "M-1", **dict.fromkeys(BLOCK), "adres_tekst": text, **fields}
        return resolve(pl.DataFrame([row]), index).row(0, named=True)

    return one
