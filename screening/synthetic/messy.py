"""The deliveries of a messy municipality: own column names, separators, encodings, date forms, lost zeros."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import xlsxwriter

from screening.base.word_lists import read_lists
from screening.synthetic.configuration import DeliveryFormat
from screening.synthetic.municipality import Municipality

_PARTS = ("straatnaam", "huisnummer", "huisletter", "huisnummertoevoeging", "postcode", "plaats")
_SERIAL_ORIGIN = date(1899, 12, 30)
#: A workbook says when it was made: always then, so that the same seed gives the same bytes.
_WORKBOOK_MADE = datetime(2000, 1, 1, tzinfo=UTC)

_FORMS = read_lists("screening.synthetic", "deliveries.yaml")
DELIVERIES: dict[str, DeliveryFormat] = {
    dataset: DeliveryFormat(form["path"], form.get("columns", {}), form.get("codes", {}))
    for dataset, form in _FORMS.items()
}
#: Files that have one address column as typed.
_TYPED_ADDRESS = ("vergunningen", "maatregelen")


def write_messy(
    municipality: Municipality, folder: Path, rng: np.random.Generator
) -> tuple[dict[str, DeliveryFormat], pl.DataFrame]:
    """Write every data set in its own form; returns how, and which permits lost the zero of their KVK number."""
    tables = {dataset: _coded(dataset, frame) for dataset, frame in municipality.tables.items()}
    others = {dataset: DeliveryFormat(f"{dataset}.csv") for dataset in tables if dataset not in DELIVERIES}
    lost = _write_workbook(tables["vergunningen"], folder, rng)
    tables["meldingen"] = _swapped(_in_utc(tables["meldingen"]), rng)
    for dataset in [name for name in DELIVERIES if name != "vergunningen"]:
        _write(tables[dataset], DELIVERIES[dataset], folder, **_FORMS[dataset].get("written", {}))
    for dataset, delivery in others.items():
        tables[dataset].write_csv(folder / delivery.path)
    return DELIVERIES | others, lost


def _coded(dataset: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Codes in the source's own spelling; columns that this delivery lacks left out."""
    codes = DELIVERIES[dataset].codes if dataset in DELIVERIES else {}
    replaced = [pl.col(column).replace(dict(spellings)) for column, spellings in codes.items()]
    return frame.with_columns(replaced).drop(_PARTS if dataset in _TYPED_ADDRESS else ())


def _full_date(column: str) -> pl.Expr:
    """The Date of a full `YYYY-MM-DD`; null for anything else."""
    return pl.col(column).str.to_date("%Y-%m-%d", strict=False)


def _date_columns(frame: pl.DataFrame) -> list[str]:
    return [
        c for c in frame.columns if c.startswith("datum") or c.endswith(("datum", "_datum")) or c == "geboortedatum"
    ]


def _write(
    frame: pl.DataFrame,
    delivery: DeliveryFormat,
    folder: Path,
    *,
    separator: str = ",",
    encoding: str = "utf-8",
    line: str = "\n",
    dates: str | None = None,
    serials: bool = False,
) -> None:
    """One delimited file."""
    for column in _date_columns(frame):
        if dates:
            # A year alone stays as it is, or becomes the register's YYYY0000 where it is an even one.
            year = pl.col(column).str.contains(r"^\d{3}[02468]$")
            frame = frame.with_columns(
                pl.coalesce(
                    _full_date(column).dt.strftime(dates),
                    pl.when(year).then(pl.col(column) + "0000").otherwise(pl.col(column)),
                ).alias(column)
            )
        elif serials and column != "geboortedatum":
            serial = (_full_date(column) - pl.lit(_SERIAL_ORIGIN)).dt.total_days().cast(pl.String)
            frame = frame.with_columns(pl.coalesce(serial, pl.col(column)).alias(column))
    if encoding == "cp1252":
        frame = _encodable(frame)
    text = frame.rename(dict(delivery.columns)).write_csv(separator=separator, line_terminator=line)
    (folder / delivery.path).write_bytes(text.encode(encoding))


def _encodable(frame: pl.DataFrame) -> pl.DataFrame:
    """Letters that Windows-1252 lacks become plain ones, as an old system does it."""
    letters = set("".join(frame.select(pl.concat_str(pl.all(), ignore_nulls=True))[:, 0].unique().to_list()))
    lacking = {c for c in letters if not _fits(c)}
    if not lacking:
        return frame
    plain = pl.Series(sorted(lacking))
    simple = plain.str.normalize("NFKD").str.replace_all(r"\p{M}", "").replace({"ł": "l", "Ł": "L", "ı": "i"})
    return frame.with_columns(pl.all().str.replace_many(plain.to_list(), simple.to_list()))


def _fits(letter: str) -> bool:
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _in_utc(frame: pl.DataFrame) -> pl.DataFrame:
    """Timestamps with their offset, in UTC, as a reporting system exports them."""
    columns = []
    for column in ("datum_melding", "incident_van", "incident_tot"):
        local = pl.col(column).str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False)
        utc = local.dt.replace_time_zone(
            "Europe/Amsterdam", ambiguous="earliest", non_existent="null"
        ).dt.convert_time_zone("UTC")
        columns.append(pl.coalesce(utc.dt.strftime("%Y-%m-%dT%H:%M:%S+00:00"), pl.col(column)).alias(column))
    return frame.with_columns(columns)


def _swapped(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Of some points lat and lon have changed places."""
    swap = pl.Series(rng.random(frame.height) < 0.15)
    return frame.with_columns(
        lat=pl.when(swap).then("lon").otherwise("lat"), lon=pl.when(swap).then("lat").otherwise("lon")
    )


def _write_workbook(frame: pl.DataFrame, folder: Path, rng: np.random.Generator) -> pl.DataFrame:
    """Permits as a workbook: real dates beside serials and text, KVK numbers mostly as numbers."""
    delivery = DELIVERIES["vergunningen"]
    dates = _date_columns(frame)
    form = rng.choice(3, size=frame.height, p=[0.6, 0.2, 0.2])
    numeric = rng.random(frame.height) < 0.7
    numbers = ("kvk_nummer", "max_personen", "max_kamers")
    with xlsxwriter.Workbook(str(folder / delivery.path), {"constant_memory": True}) as book:
        book.set_properties({"created": _WORKBOOK_MADE})
        sheet = book.add_worksheet("export")
        day = book.add_format({"num_format": "dd-mm-yyyy"})
        for place, column in enumerate(frame.columns):
            sheet.write_string(0, place, delivery.columns.get(column, column))
        parsed = frame.with_columns(_full_date(c).alias(f"_{c}") for c in dates)
        for row, values in enumerate(parsed.iter_rows(named=True)):
            for place, column in enumerate(frame.columns):
                text = values[column]
                if text is None:
                    continue
                full = values.get(f"_{column}") if column in dates else None
                if full is not None and form[row] == 0:
                    sheet.write_datetime(row + 1, place, full, day)
                elif full is not None and form[row] == 1:
                    sheet.write_number(row + 1, place, (full - _SERIAL_ORIGIN).days)
                elif full is not None:
                    sheet.write_string(row + 1, place, full.strftime("%d-%m-%Y"))
                elif column in numbers and numeric[row] and text.lstrip("-").isdigit():
                    sheet.write_number(row + 1, place, int(text))
                else:
                    sheet.write_string(row + 1, place, text)
    lost = pl.Series(numeric) & frame["kvk_nummer"].str.contains(r"^0\d{7}$").fill_null(False)
    return frame.filter(lost & frame["zaaknummer"].is_not_null()).select(
        dataset=pl.lit("vergunningen"), key="zaaknummer"
    )
