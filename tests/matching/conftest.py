"""Typed frames for the tests of parties: rows as dicts, every canonical column that the matching reads filled in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from screening.matching.parties.link import PartyResult

_TEXT = {
    "vergunningen": ("houder_naam", "kvk_nummer", "vestigingsnummer", "handelsnaam", "verhuurder_kvk", "address_id"),
    "seksinrichtingen": (
        "exploitant_naam",
        "kvk_nummer",
        "vestigingsnummer",
        "handelsnaam",
        "verhuurder_kvk",
        "address_id",
    ),
    "handelsregister": ("kvk_nummer", "vestigingsnummer", "rechtsvorm", "statutaire_naam", "address_id"),
    "functionarissen": ("kvk_nummer", "naam", "rechtspersoon_kvk", "functie"),
    "leidinggevenden": ("zaaknummer", "naam", "rol"),
    "maatregelen": ("betrokkene_naam", "betrokkene_kvk", "address_id"),
}
_DATES = {
    "vergunningen": ("houder_geboortedatum",),
    "seksinrichtingen": ("exploitant_geboortedatum",),
    "handelsregister": ("datum_aanvang", "datum_einde"),
    "functionarissen": ("geboortedatum", "datum_aanvang", "datum_einde"),
    "leidinggevenden": ("geboortedatum", "datum_van", "datum_tot"),
    "maatregelen": ("betrokkene_geboortedatum",),
}


def _bounds(value: date | str | None) -> tuple[date | None, date | None, date | None]:
    """Full date, first and last possible day; a year as text is a partial date."""
    if isinstance(value, str):
        year = int(value)
        return None, date(year, 1, 1), date(year, 12, 31)
    return value, value, value


def typed_frame(dataset: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """The rows as a typed frame; `key` defaults to r1, r2 …"""
    columns: dict[str, list[Any]] = {"key": [row.get("key", f"r{i}") for i, row in enumerate(rows, 1)]}
    schema: dict[str, Any] = {"key": pl.String, "row_number": pl.Int64, "source_file_sha256": pl.String}
    columns["row_number"] = list(range(1, len(rows) + 1))
    columns["source_file_sha256"] = ["0" * 64] * len(rows)
    for name in _TEXT[dataset]:
        columns[name] = [row.get(name) for row in rows]
        schema[name] = pl.String
    for name in _DATES[dataset]:
        triples = [_bounds(row.get(name)) for row in rows]
        for suffix, at in (("", 0), ("_min", 1), ("_max", 2)):
            columns[name + suffix] = [triple[at] for triple in triples]
            schema[name + suffix] = pl.Date
    if dataset == "handelsregister":
        columns["handelsnamen"] = [row.get("handelsnamen") for row in rows]
        schema["handelsnamen"] = pl.List(pl.String)
        columns["afgeschermd"] = [row.get("afgeschermd", False) for row in rows]
        schema["afgeschermd"] = pl.Boolean
    return pl.DataFrame(columns, schema=schema)


@pytest.fixture(scope="session")
def tables() -> Callable[..., dict[str, pl.DataFrame]]:
    """Build typed frames: tables(vergunningen=[{…}], leidinggevenden=[{…}])."""

    def build(**sets: list[dict[str, Any]]) -> dict[str, pl.DataFrame]:
        return {name: typed_frame(name, rows) for name, rows in sets.items()}

    return build


@pytest.fixture(scope="session")
def persons(tables: Callable[..., dict[str, pl.DataFrame]]) -> Callable[..., dict[str, pl.DataFrame]]:
    """Managers on one licence each, from (name, birth date) pairs: mentions r1, r2 …"""

    def build(*people: tuple[str, date | str | None]) -> dict[str, pl.DataFrame]:
        rows = [
            {
                "zaaknummer": f"Z-{i}",
                "naam": name,
                "geboortedatum": born,
                "rol": "leidinggevende",
                "datum_van": date(2024, 1, 1),
            }
            for i, (name, born) in enumerate(people, 1)
        ]
        return tables(leidinggevenden=rows)

    return build


@pytest.fixture(scope="session")
def party_of() -> Callable[[PartyResult], dict[str, str]]:
    """Record key -> party id, for frames where a record has one mention."""
    return lambda result: dict(result.parties.select("key", "party_id").iter_rows())


@pytest.fixture(scope="session")
def level_of() -> Callable[[PartyResult], dict[tuple[str, str], str]]:
    """(record key, record key) -> level of their link."""

    def levels(result: PartyResult) -> dict[tuple[str, str], str]:
        keys = dict(result.mentions.select("mention", "key").iter_rows())
        return {
            tuple(sorted((keys[left], keys[right]))): level
            for left, right, level in result.links.select("left", "right", "level").iter_rows()
        }

    return levels
