"""Small contracts and deliveries for the tests of reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from screening.base.frames import FieldSpec, SourceSpec, SourceTable
from screening.sources import read_source
from tests.databases import own_database

KEY = b"key-of-a-workspace-in-a-test"
PASSWORD = "not-to-be-told"


def _fields(*fields: FieldSpec) -> dict[str, FieldSpec]:
    return {field.name: field for field in fields}


@pytest.fixture(scope="session")
def permit_fields() -> dict[str, FieldSpec]:
    """A short contract of vergunningen."""
    return _fields(
        FieldSpec("zaaknummer", "string", required=True, unique=True),
        FieldSpec("status", "string", form="code", codes=("verleend", "in_behandeling")),
        FieldSpec("datum_aanvraag", "date"),
        FieldSpec("einddatum", "date"),
        FieldSpec("houder_naam", "string", form="name"),
        FieldSpec("kvk_nummer", "string", form="kvk_nummer"),
        FieldSpec("max_personen", "integer"),
        FieldSpec("adresseerbaar_object_id", "string", form="object_id"),
    )


@pytest.fixture(scope="session")
def report_fields() -> dict[str, FieldSpec]:
    """A short contract of meldingen."""
    return _fields(
        FieldSpec("melding_id", "string", required=True, unique=True),
        FieldSpec("datum_melding", "timestamp"),
        FieldSpec("incident_van", "timestamp"),
        FieldSpec("omschrijving", "string", form="free_text"),
        FieldSpec("lat", "number"),
        FieldSpec("lon", "number"),
        FieldSpec("status", "string", form="code", codes=("gemeld", "afgehandeld")),
        FieldSpec("melder_token", "string", form="reporter_token"),
    )


@pytest.fixture(scope="session")
def trade_fields() -> dict[str, FieldSpec]:
    """A short contract of handelsregister, which has no key."""
    return _fields(
        FieldSpec("kvk_nummer", "string", form="kvk_nummer", required=True),
        FieldSpec("rsin", "string", form="rsin"),
        FieldSpec("rechtsvorm", "string", form="code", codes=("eenmanszaak", "bv")),
        FieldSpec("sbi_codes", "array"),
        FieldSpec("faillissement", "boolean"),
    )


@pytest.fixture
def permits(tmp_path: Path, permit_fields: dict[str, FieldSpec]) -> Callable[..., SourceTable]:
    """Write a delivery of vergunningen and read it: `permits("zaaknummer;status\\n…")`, or bytes."""
    return _reader(tmp_path, "vergunningen", permit_fields)


@pytest.fixture
def reports(tmp_path: Path, report_fields: dict[str, FieldSpec]) -> Callable[..., SourceTable]:
    """The same for meldingen."""
    return _reader(tmp_path, "meldingen", report_fields)


@pytest.fixture
def traders(tmp_path: Path, trade_fields: dict[str, FieldSpec]) -> Callable[..., SourceTable]:
    """The same for handelsregister."""
    return _reader(tmp_path, "handelsregister", trade_fields)


def _reader(folder: Path, dataset: str, fields: dict[str, FieldSpec]) -> Callable[..., SourceTable]:
    def read(content: str | bytes, name: str = "delivery.csv", **options: object) -> SourceTable:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_source(SourceSpec(dataset, path=str(path), **options), fields, reporter_key=KEY)

    return read


@pytest.fixture(scope="session")
def postgres(postgres: str) -> Iterator[str]:
    """The address of a database of a real PostgreSQL, with a password in it."""
    with own_database(postgres) as url:
        yield sa.make_url(url).set(password=PASSWORD).render_as_string(hide_password=False)
