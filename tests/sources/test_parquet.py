"""Parquet: any type of column as text."""

from __future__ import annotations

import datetime as dt
import io
import random
from collections.abc import Callable
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from screening.base.errors import ForbiddenColumnError, SourceError
from screening.base.frames import SourceTable
from screening.sources.parquet import as_text

Read = Callable[..., SourceTable]


def saved(frame: pl.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.write_parquet(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pl.Series([1, None, 30]), ["1", None, "30"]),
        (pl.Series([1.0, 1.5, None, 1e9]), ["1", "1.5", None, "1000000000"]),
        (pl.Series([1234567890123456.0]), ["1234567890123456"]),
        (pl.Series([True, False]), ["true", "false"]),
        (pl.Series([dt.date(2024, 5, 6)]), ["2024-05-06"]),
        (pl.Series([dt.datetime.fromisoformat("2024-05-06T01:02:03")]), ["2024-05-06T01:02:03"]),
        (
            pl.Series([dt.datetime.fromisoformat("2024-07-06T22:00")]).dt.replace_time_zone("UTC"),
            ["2024-07-07T00:00:00"],
        ),
        (
            pl.Series([dt.datetime.fromisoformat("2024-07-06T00:00"), None]).dt.replace_time_zone("UTC"),
            ["2024-07-06T00:00:00Z", None],
        ),
        (pl.Series([Decimal("12.00"), Decimal("1.25")]), ["12", "1.25"]),
        (pl.Series(["a", "b"], dtype=pl.Categorical), ["a", "b"]),
        (pl.Series([["a", "b"], None]), ["a|b", None]),
        (pl.Series([None, None]), [None, None]),
    ],
)
def test_text_of_a_type(column: pl.Series, texts: list[str | None]) -> None:
    table = as_text(pl.DataFrame({"x": column}), {"c": "x"}, "d.parquet")
    assert table.frame["c"].to_list() == texts
    assert table.frame["c"].dtype == pl.String


@pytest.mark.parametrize("column", [pl.Series([b"x"]), pl.Series([{"a": 1}]), pl.Series([[1, 2]])])
def test_a_type_that_is_no_text_is_refused(column: pl.Series) -> None:
    with pytest.raises(SourceError, match="column x"):
        as_text(pl.DataFrame({"x": column}), {"c": "x"}, "d.parquet")


def test_a_delivery(permits: Read) -> None:
    frame = pl.DataFrame(
        {"zaaknummer": ["Z1", "Z2"], "kvk_nummer": [1234567, 12345678], "einddatum": [dt.date(2024, 5, 6), None]}
    )
    table = permits(saved(frame), "d.parquet")
    assert table.frame.select("key", "row_number", "kvk_nummer", "einddatum").rows() == [
        ("Z1", 1, "01234567", "2024-05-06"),
        ("Z2", 2, "12345678", None),
    ]
    assert "d.parquet, column kvk_nummer: leading zeros put back in 1 number." in [note.en for note in table.notes]


def test_a_date_is_that_day_whatever_the_writer_keeps_it_as(permits: Read) -> None:
    days = [dt.datetime.fromisoformat("2026-05-01T00:00"), dt.datetime.fromisoformat("9999-12-31T00:00"), None]
    columns = {"zaaknummer": ["Z1", "Z2", "Z3"], "datum_aanvraag": pa.array(days, pa.timestamp("us", "UTC"))}
    stream = io.BytesIO()
    pq.write_table(pa.table(columns | {"einddatum": pa.array(days)}), stream, use_deprecated_int96_timestamps=True)
    table = permits(stream.getvalue(), name="v.parquet")
    assert table.frame["einddatum"].to_list() == ["2026-05-01", "9999-12-31", None]
    assert table.frame["datum_aanvraag"].to_list() == ["2026-05-01", "9999-12-31", None]


def test_forbidden_columns_are_seen_here_too(permits: Read) -> None:
    data = saved(pl.DataFrame({"zaaknummer": ["Z1"], "bsn": ["x"], "foto": [b"x"]}))
    with pytest.raises(ForbiddenColumnError):
        permits(data, "d.parquet")
    assert permits(data, "d.parquet", drop=("bsn",)).frame["key"].to_list() == ["Z1"]


def test_page_checksums_are_verified(permits: Read) -> None:
    """A writer that leaves checksums lets every flipped bit be seen; without them one may pass."""
    stream = io.BytesIO()
    names = [f"Naam {i * 7919 % 1000}" for i in range(1000)]
    keys = [f"Z{i}" for i in range(1000)]
    pq.write_table(
        pa.table({"zaaknummer": keys, "houder_naam": names}), stream, write_page_checksum=True, use_dictionary=False
    )
    data = stream.getvalue()
    assert permits(data, "d.parquet").files[0].page_checksums
    unchecked = io.BytesIO()
    pq.write_table(pa.table({"zaaknummer": keys}), unchecked)
    assert permits(unchecked.getvalue(), "d.parquet").files[0].page_checksums is False
    whole = permits(data, "d.parquet").frame.drop("source_file_sha256")
    chance = random.Random(3)
    refused = 0
    for _ in range(60):
        changed = bytearray(data)
        changed[chance.randrange(4, len(data))] ^= 1 << chance.randrange(8)
        try:
            table = permits(bytes(changed), "d.parquet")
        except SourceError:
            refused += 1
            continue
        assert table.frame.drop("source_file_sha256").equals(whole)
    assert refused > 40
