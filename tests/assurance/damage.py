"""Damage to a delivery, the same each time: cuts, turned bits, and what exports are known to do wrong."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import combinations

import polars as pl

from flows.catalogue import all_contracts

Frames = Mapping[str, pl.DataFrame]
_BLOCK = 4096


def cuts(whole: bytes, count: int) -> Iterator[bytes]:
    """The file cut at `count` places."""
    chance = random.Random(len(whole))
    for _ in range(count):
        yield whole[: chance.randrange(1, len(whole))]


def turned_bits(whole: bytes, count: int) -> Iterator[bytes]:
    """The file with one bit turned, at `count` places."""
    for seed in range(count):
        chance, damaged = random.Random(seed), bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        yield bytes(damaged)


def cuts_by_rows(csv: bytes, count: int) -> Iterator[bytes]:
    """A CSV cut at the border of a row, and one to three bytes before it: the last few rows, and anywhere."""
    ends = [place + 1 for place, byte in enumerate(csv) if byte == 0x0A][:-1]
    chance = random.Random(len(csv))
    for end in [*ends[-3:], *chance.choices(ends[1:], k=count)]:
        yield csv[:end]
        yield csv[: end - chance.randint(1, 3)]


def blocks(csv: bytes) -> dict[str, bytes]:
    """A CSV of which 4 KiB is zeros, is missing, or stands there twice."""
    start = (len(csv) - _BLOCK) // 2
    block, rest = csv[start : start + _BLOCK], csv[start + _BLOCK :]
    return {
        "4 KiB of zeros": csv[:start] + bytes(_BLOCK) + rest,
        "4 KiB missing": csv[:start] + rest,
        "4 KiB twice": csv[: start + _BLOCK] + block + rest,
    }


def ends(csv: bytes) -> dict[str, bytes]:
    """A CSV with something after its last row that is no row, and with its header again or none."""
    header, body = csv.split(b"\n", 1)
    return {
        "a line of totals": csv + b"Totaal: 123 rijen\n",
        "an error page": csv + b"<html><body>504 Gateway Time-out</body></html>\n",
        "garbage": csv + bytes(range(256)),
        "NULs": csv + bytes(512),
        "the header again": csv + header + b"\n",
        "the header twice": header + b"\n" + csv,
        "no header": body,
        "empty": b"",
        "the file twice": csv + csv,
    }


def written_otherwise(csv: bytes) -> dict[str, bytes]:
    """The same rows as another program writes them."""
    text = csv.decode()
    return {
        "UTF-16": text.encode("utf-16"),
        "CRLF": text.replace("\n", "\r\n").encode(),
        "CR": text.replace("\n", "\r").encode(),
        "BOM": text.encode("utf-8-sig"),
    }


def _of_rows(frame: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    yield "header only", frame.clear()
    for share in (0.5, 0.81, 0.868, 0.944, 0.99):
        yield f"{1 - share:.1%} of the rows gone at the end", frame.head(int(share * frame.height))
    yield "the rows twice", pl.concat([frame, frame])


def _each(names: list[str], change: Callable[[pl.Expr], pl.Expr], frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(change(pl.col(name)).alias(name) for name in names if name in frame.columns)


def _of_values(frame: pl.DataFrame, register: str) -> Iterator[tuple[str, pl.DataFrame]]:
    fields = all_contracts()[register].fields
    dates = [name for name, field in fields.items() if field.logical_type in {"date", "timestamp"}]
    day = r"^(\d\d)(\d\d)-(\d\d)-(\d\d)"
    if set(dates) & set(frame.columns):
        for years in (-100, 100):
            yield f"dates {years:+} years", _each(dates, partial(_moved, years=years), frame)
        yield "day and month exchanged", _each(dates, _exchanged, frame)
        yield "two-digit years", _each(dates, lambda column: column.str.replace(day, "${4}-${3}-${2}"), frame)
        yield "month before day", _each(dates, lambda column: column.str.replace(day, "${3}/${4}/${1}${2}"), frame)
    ids = [name for name, field in fields.items() if field.form == "object_id"]
    numbers = [name for name, field in fields.items() if field.form in {"kvk_nummer", "vestigingsnummer"}]
    places = [name for name, field in fields.items() if field.logical_type == "number"]
    codes = [name for name, field in fields.items() if field.form == "code"]
    texts = [name for name, field in fields.items() if field.logical_type in {"string", "array"}]
    for what, names, change in (
        ("ids of the BAG of 15 digits", ids, lambda column: column.str.slice(1)),
        ("zeros of numbers lost", numbers, lambda column: column.str.strip_chars_start("0")),
        ("decimal commas", places, lambda column: column.str.replace(".", ",", literal=True)),
        ("decimal points lost", places, lambda column: column.str.replace(".", "", literal=True)),
        ("an unknown code in 4 % of the rows", codes[:1], _sometimes_unknown),
        ("UTF-8 encoded twice", texts, _twice),
    ):
        damaged = _each(names, change, frame)
        if not damaged.equals(frame):
            yield what, damaged


def _moved(column: pl.Expr, years: int) -> pl.Expr:
    year = column.str.slice(0, 4).cast(pl.Int64, strict=False) + years
    return year.cast(pl.String) + column.str.slice(4)


def _exchanged(column: pl.Expr) -> pl.Expr:
    other = column.str.replace(r"^(\d{4})-(\d\d)-(\d\d)", "$1-$3-$2")
    return pl.when(column.str.slice(8, 2).cast(pl.Int64, strict=False) <= 12).then(other).otherwise(column)


def _sometimes_unknown(column: pl.Expr) -> pl.Expr:
    return pl.when(pl.int_range(pl.len()) % 25 == 7).then(pl.lit("xyz")).otherwise(column)


def _twice(column: pl.Expr) -> pl.Expr:
    return column.map_elements(lambda text: text.encode().decode("latin-1"), return_dtype=pl.String)


def structural(register: str, frame: pl.DataFrame, foreign: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Every damage of a table that an export is known to do; `foreign`: the register of another municipality."""
    damaged = dict(_of_rows(frame)) | dict(_of_values(frame, register))
    damaged["the register of another municipality"] = foreign
    for name in frame.columns:
        damaged[f"no column {name}"] = frame.drop(name)
        damaged[f"column {name} renamed"] = frame.rename({name: f"{name}_oud"})
    return damaged


def exchanged_headers(frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The register with the headers of two columns exchanged, for every pair."""
    return {
        f"{left} and {right}": frame.rename({left: right, right: left})
        for left, right in combinations(frame.columns, 2)
        if not frame[left].equals(frame[right].alias(left), null_equal=True)
    }


def drifted(frame: pl.DataFrame, register: str) -> dict[str, pl.DataFrame | bytes]:
    """Twelve changes of the columns that a new version of a source makes."""
    fields = all_contracts()[register].fields
    required = [name for name in frame.columns if fields[name].required]
    optional = [name for name in frame.columns if not fields[name].required]
    dates = [name for name in frame.columns if fields[name].logical_type in {"date", "timestamp"}]
    csv = frame.write_csv().encode()
    header, body = csv.split(b"\n", 1)
    return {
        "a new column": frame.with_columns(nieuw=pl.lit("x")),
        "a required column missing": frame.drop(required[-1]),
        "an optional column renamed": frame.rename({optional[0]: "anders"}),
        "two columns exchanged": frame.rename({required[0]: required[1], required[1]: required[0]}),
        "a column twice": header + b"," + header.split(b",")[0] + b"\n" + body.replace(b"\n", b",\n"),
        "dates as numbers of a spreadsheet": _each(dates, _serial, frame),
        "names in capitals": header.upper() + b"\n" + body,
        "columns in another order": frame.select(reversed(frame.columns)),
        "a title above the header": b"Overzicht\n" + csv,
        "another separator": frame.write_csv(separator="|").encode(),
        "everything quoted": frame.write_csv(quote_style="always").encode(),
        "a column retyped": frame.with_columns(pl.lit("ja").alias(dates[0])),
    }


def _serial(column: pl.Expr) -> pl.Expr:
    days = (column.str.slice(0, 10).str.to_date(strict=False) - pl.date(1899, 12, 30)).dt.total_days()
    return pl.coalesce(days.cast(pl.String), column)  # a year alone has no number
