"""Registers with other columns stand in one frame, each with the address block that `resolve` takes."""

from __future__ import annotations

import polars as pl

from screening.base.vocabulary import ADDRESS_COLUMNS
from screening.matching.addresses import address_mentions


def test_a_column_that_a_register_lacks_is_null():
    mentions = address_mentions(
        {
            "vergunningen": pl.DataFrame({"key": ["Z-1"], "postcode": ["1381HH"], "huisnummer": [12]}),
            "meldingen": pl.DataFrame({"key": ["M-1"], "lat": [52.3], "lon": [4.9]}),
        }
    )
    assert mentions.columns == ["dataset", "key", *ADDRESS_COLUMNS, "lat", "lon"]
    assert mentions.select("dataset", "key", "postcode", "huisnummer", "lat").rows() == [
        ("vergunningen", "Z-1", "1381HH", "12", None),
        ("meldingen", "M-1", None, None, 52.3),
    ]
