"""What a delivery looks like in counts: rows, columns, fill, codes, dates, how its files are written. No values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import polars as pl
from ftfy.badness import is_bad

from screening.base.datasets import DataSet
from screening.base.frames import Row, SourceFile

_OBJECT_PREFIX = 4


@dataclass(frozen=True)
class KnownPlaces:
    """What the addresses of a night have, that other registers are held against.

    `object_ids` as they stand; `postcodes` as 1234AB, each once; None: the register has no such column.
    """

    object_ids: pl.Series
    postcodes: pl.Series | None

    @classmethod
    def of(cls, addresses: pl.DataFrame) -> Self:
        """The places of accepted addresses."""
        postcodes = None
        if "postcode" in addresses.columns:
            distinct = addresses["postcode"].unique().drop_nulls()
            postcodes = distinct.str.replace(" ", "").str.to_uppercase().unique()
        return cls(addresses["adresseerbaar_object_id"], postcodes)


def take_fingerprint(
    text: pl.DataFrame, about: DataSet, files: Sequence[SourceFile] = (), placed: float | None = None, repeated: int = 0
) -> Row:
    """Take the fingerprint of a delivery.

    Args:
        text: Its rows as text that the contract accepted: the canonical columns that the source has.
        about: The register.
        files: Its files.
        repeated: How many of its rows, accepted or not, stand there again (`repeated_rows`).
        placed: Share of its addresses whose postcode or object is in the BAG; None: unknown.

    Returns:
        `rows`; `columns`: name -> `empty` (share), `length` (mean) and `digits` (share of values of digits alone), and
        where they name nobody `codes` (code -> share), `prefixes` of BAG ids, `oldest`, `median` and `newest` (years of
        dates); `dates`: oldest and newest of the columns that tell the age; `read_twice`: rows with letters that were
        converted twice; `files`: how each is written; `placed`.
    """
    births = {party.birth_date for party in about.parties}
    columns: Row = {}
    names = [name for name in about.kept_columns if name in text.columns]
    lengths = text.select(pl.col(names).str.len_chars().sum())
    numbers = text.select(pl.col(names).str.contains(r"^\d+$").sum())
    for name in names:
        column, values = about.columns[name], text[name]
        filled = values.count()
        entry: Row = {"empty": round(values.null_count() / max(text.height, 1), 4)}
        if column.form == "reporter_token":
            columns[name] = entry
            continue
        if filled:
            entry["length"] = round(lengths[name].item() / filled, 2)
            entry["digits"] = round(numbers[name].item() / filled, 4)
        if column.form == "code" or column.logical_type == "boolean":
            codes = [*column.codes, "ja", "nee"]
            entry["codes"] = _shares(values.filter(values.is_in(codes)))
        elif column.form == "object_id":
            entry["prefixes"] = _shares(values.drop_nulls().str.slice(0, _OBJECT_PREFIX))
        elif column.logical_type in {"date", "timestamp"} and name not in births:
            years = values.str.extract(r"^(\d{4})").cast(pl.Int64, strict=False).drop_nulls().sort()
            if years.len():
                entry |= {"oldest": years.item(0), "median": years.item(years.len() // 2), "newest": years.item(-1)}
        columns[name] = entry
    texts = [name for name in columns if about.columns[name].logical_type in {"string", "array"}]
    return {
        "rows": text.height,
        "columns": columns,
        "dates": _dates(text, about),
        "read_twice": _rows_read_twice(text.select(texts)),
        "files": [_written(file) for file in files],
        "placed": placed,
        "repeated": repeated,
    }


def placed_share(text: pl.DataFrame, places: KnownPlaces) -> float | None:
    """The share of rows with a postcode or an object id of `places`; None: hardly a row has one."""
    checks = []
    if "adresseerbaar_object_id" in text.columns:
        given_ids = text["adresseerbaar_object_id"].drop_nulls().unique().implode()
        ids = places.object_ids  # of many, those that are asked for
        checks.append(pl.col("adresseerbaar_object_id").is_in(ids.filter(ids.is_in(given_ids)).unique().implode()))
    written = [pl.col(name) for name in ("postcode", "adres_tekst") if name in text.columns]
    if written and places.postcodes is not None:
        joined = pl.concat_str(written, separator=" ", ignore_nulls=True)
        parts = joined.str.extract_groups(r"(\d{4}) ?([A-Za-z]{2})(?:\W|$)").struct
        postcode = (parts.field("1") + parts.field("2")).str.to_uppercase()
        checks.append(postcode.is_in(places.postcodes.implode()))
    if not checks:
        return None
    given = text.select(check.alias(str(place)) for place, check in enumerate(checks))
    given = given.filter(pl.any_horizontal(pl.all().is_not_null()))
    placed = given.select(pl.any_horizontal(pl.all().fill_null(value=False)).sum()).item()
    return None if given.is_empty() else round(placed / given.height, 4)


def _rows_read_twice(text: pl.DataFrame) -> int:
    """How many rows hold UTF-8 that was taken for Windows-1252 and written as UTF-8 again. It is told, never mended."""
    is_twice = pl.repeat(value=False, n=text.height, dtype=pl.Boolean, eager=True)
    for values in text:
        foreign = values.filter(values.str.len_bytes() > values.str.len_chars()).unique()
        twice = foreign.filter([is_bad(value) for value in foreign]) if foreign.len() else foreign
        if twice.len():
            is_twice |= values.is_in(twice.implode()).fill_null(value=False)
    return int(is_twice.sum())


def _shares(values: pl.Series) -> dict[str, float]:
    counted = values.value_counts(sort=False, name="rows").sort(values.name)
    return {value: round(rows / values.len(), 4) for value, rows in counted.iter_rows()}


def _dates(text: pl.DataFrame, about: DataSet) -> Mapping[str, str]:
    """Oldest and newest day of the columns that tell the age of a delivery; empty where nothing does."""
    days = [
        pl.col(name).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        for name in about.freshness
        if name in text.columns
    ]
    if not days:
        return {}
    day = pl.max_horizontal(days)
    oldest, newest = text.select(day.min().alias("oldest"), day.max().alias("newest")).row(0)
    return {} if oldest is None else {"oldest": oldest.isoformat(), "newest": newest.isoformat()}


def _written(file: SourceFile) -> Row:
    return {
        "encoding": file.encoding,
        "separator": file.separator,
        "ends_line": file.ends_line,
        "page_checksums": file.page_checksums,
    }
