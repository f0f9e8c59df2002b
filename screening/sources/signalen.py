"""Signalen: pages of its API, the zip of its CSV export, and public daily lists of open reports.

Of a report are read its number, times, category, state, place, parent and text, which is dropped as everywhere. The
reporter, the notes and who handles it are never opened.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from screening.base.errors import SourceError
from screening.sources.archive import member_names, members
from screening.sources.batches import one_raw_table
from screening.sources.csv_text import read_csv
from screening.sources.json_rows import Record, TextRow, first_records, json_text, read_records, text_at, value_at
from screening.sources.raw import RawTable, Target

#: State of Signalen -> our code. A report that was split lives on in its children.
_STATES = {
    "": "gemeld",
    "m": "gemeld",
    "i": "in_behandeling",
    "b": "in_behandeling",
    "h": "in_behandeling",
    "ingepland": "in_behandeling",
    "ready to send": "in_behandeling",
    "o": "afgehandeld",
    "a": "geannuleerd",
    "reopened": "in_behandeling",
    "s": "afgehandeld",
    "closure requested": "in_behandeling",
    "reaction requested": "in_behandeling",
    "reaction received": "in_behandeling",
    "forward to external": "in_behandeling",
    "sent": "in_behandeling",
    "send failed": "in_behandeling",
    "done external": "in_behandeling",
    "reopen requested": "in_behandeling",
}
_ADDRESS = {
    "straatnaam": "openbare_ruimte",
    "huisnummer": "huisnummer",
    "huisletter": "huisletter",
    "huisnummertoevoeging": "huisnummer_toevoeging",
    "postcode": "postcode",
    "plaats": "woonplaats",
}
_PARENT = re.compile(r"/([0-9]+)/?\Z")
_FILES = re.compile(r"(?:[0-9]+UTC_)?(?P<table>signals|categories|statuses|locations)\.csv")
_EXPORTED = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})_[0-9]{6}UTC")
#: The columns that are read of each file of the export.
_TABLES = {
    "signals": (
        "id",
        "text",
        "incident_date_start",
        "incident_date_end",
        "created_at",
        "category_assignment_id",
        "location_id",
        "status_id",
        "parent",
    ),
    "categories": ("id", "main", "sub"),
    "statuses": ("id", "state"),
    "locations": ("id", "lat", "lng", "address", "address_text"),
}


def is_signalen_page(data: bytes) -> bool:
    """Whether the records are reports of the API."""
    return any(
        text_at(record, "category", "sub_slug") is not None and "status" in record for record in first_records(data)
    )


def read_signalen_page(data: bytes, target: Target) -> RawTable:
    """One row a report of the API."""
    return read_records(data, target, lambda record: [_api_row(record)])


def is_daily_list(data: bytes) -> bool:
    """Whether the records are those of a public list of open reports."""
    keys = {"id", "category_slug", "subcategory_slug", "created_at"}
    return any(keys <= record.keys() for record in first_records(data))


def read_daily_list(data: bytes, target: Target) -> RawTable:
    """One row an open report. A later list that lacks it shows that it was closed."""
    table = read_records(data, target, lambda record: [_listed_row(record)])
    return replace(table, is_list_of_open=True)


def is_signalen_export(data: bytes) -> bool:
    """Whether a zip holds the CSV files of the export."""
    tables = {match["table"] for name in member_names(data) if (match := _FILES.fullmatch(name))}
    return tables.issuperset(_TABLES)


def read_signalen_export(data: bytes, target: Target) -> RawTable:
    """One row a report, with its current category, state and place; their history stays out.

    Raises SourceError where a file is damaged, or lacks a column that the export has.
    """
    tables: dict[str, RawTable] = {}
    for member in members(data, target.name, _FILES):
        match = _FILES.fullmatch(member.name)
        table = match["table"] if match else ""
        if table in tables:
            raise SourceError(f"{target.name}: holds {table}.csv more than once. Deliver one export.")
        tables[table] = _read_table(member.data, f"{target.name}, {member.name}", _TABLES[table])
    signals, categories, statuses, locations = (tables[table].frame.drop("row_number") for table in _TABLES)
    joined = (
        signals.join(categories, left_on="category_assignment_id", right_on="id", how="left", maintain_order="left")
        .join(statuses, left_on="status_id", right_on="id", how="left", maintain_order="left")
        .join(locations, left_on="location_id", right_on="id", how="left", maintain_order="left")
    )
    if joined.height != signals.height:
        raise SourceError(f"{target.name}: a category, status or location has the number of another. Deliver it again.")
    rows = [_exported_row(row) for row in joined.iter_rows(named=True)]
    columns = list(_exported_row(dict.fromkeys(joined.columns)))
    chosen = target.choose(columns)
    read = tables["signals"]
    frame = read.frame.select("row_number").with_columns(
        pl.Series(column, [row[columns[place]] for row in rows], dtype=pl.String) for column, place in chosen.items()
    )
    exported = _EXPORTED.match(target.name)
    return replace(read, frame=frame, as_of="-".join(exported.groups()) if exported else None)


def _read_table(data: bytes, name: str, columns: Sequence[str]) -> RawTable:
    """The columns of one file. A row that cannot be read is refused among reports, and stops the reading elsewhere."""

    def choose(header: Sequence[str]) -> dict[str, int]:
        lacking = [column for column in columns if column not in header]
        if lacking:
            raise SourceError(f"{name}: lacks {', '.join(lacking)}, which the export has. Deliver it again.")
        return {column: header.index(column) for column in columns}

    table = one_raw_table(read_csv(data, name, columns, choose))
    if table.refused and "text" not in columns:
        raise SourceError(f"{name}: {len(table.refused)} rows cannot be read. Deliver it again.")
    return table


def _exported_row(row: dict[str, str | None]) -> TextRow:
    address = _address(row["address"])
    return {
        "melding_id": row["id"],
        "datum_melding": row["created_at"],
        "incident_van": row["incident_date_start"],
        "incident_tot": row["incident_date_end"],
        "hoofdcategorie": _slug(row["main"]),
        "subcategorie": _slug(row["sub"]),
        "omschrijving": row["text"],
        "status": _STATES.get(row["state"] or "", row["state"]),
        "hoofdmelding_id": row["parent"],
        **{ours: text_at(address, theirs) for ours, theirs in _ADDRESS.items()},
        "adres_tekst": None if address else row["address_text"],
        # the export calls the longitude lat, and the latitude lng
        "lat": row["lng"],
        "lon": row["lat"],
    }


def _api_row(record: Record) -> TextRow:
    address = value_at(record, "location", "address")
    place = value_at(record, "location", "geometrie", "coordinates")
    lon, lat = map(json_text, place) if isinstance(place, list) and len(place) == 2 else (None, None)
    parent = _PARENT.search(text_at(record, "_links", "sia:parent", "href") or "")
    state = text_at(record, "status", "state")
    return {
        "melding_id": text_at(record, "id"),
        "datum_melding": text_at(record, "created_at"),
        "incident_van": text_at(record, "incident_date_start"),
        "incident_tot": text_at(record, "incident_date_end"),
        "hoofdcategorie": text_at(record, "category", "main_slug"),
        "subcategorie": text_at(record, "category", "sub_slug"),
        "omschrijving": text_at(record, "text"),
        "status": _STATES.get(state or "", state),
        "hoofdmelding_id": parent[1] if parent else None,
        **{ours: text_at(address, theirs) for ours, theirs in _ADDRESS.items()},
        "adres_tekst": None if address else text_at(record, "location", "address_text"),
        "lat": lat,
        "lon": lon,
    }


def _listed_row(record: Record) -> TextRow:
    return {
        "melding_id": text_at(record, "id"),
        "datum_melding": text_at(record, "created_at"),
        "hoofdcategorie": text_at(record, "category_slug"),
        "subcategorie": text_at(record, "subcategory_slug"),
        "status": "gemeld",
        "adres_tekst": text_at(record, "address"),
        "lat": text_at(record, "lat"),
        "lon": text_at(record, "lng"),
    }


def _address(text: str | None) -> object:
    """The address in a column of JSON; None for the word null, an empty cell and what is no JSON."""
    try:
        return json.loads(text or "null")
    except ValueError:
        return None


def _slug(name: str | None) -> str | None:
    """The name of a category as Signalen writes it in an address: the export has names only."""
    plain = unicodedata.normalize("NFKD", name or "").encode("ascii", "ignore").decode().lower()
    return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", plain)).strip("-_") or None
