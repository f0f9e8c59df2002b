"""SQL queries as sources, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from screening.base.errors import BarrierError, ConfigurationError, SourceAwayError, SourceError, SourceMissingError
from screening.base.frames import FieldSpec, SourceSpec, SourceTable
from screening.sources import read_source

KEY = b"key-of-a-workspace-in-a-test"
Fields = dict[str, FieldSpec]
QUERY = "SELECT zaaknr AS zaaknummer, * FROM permits"
ROWS = [
    {"zaaknr": "Z2", "status": "Verleend", "einddatum": "2024-05-06", "kvk_nummer": 1234567, "naam": "Café"},
    {"zaaknr": "Z1", "status": None, "einddatum": None, "kvk_nummer": 12345678, "naam": "  "},
]


def read(url: str, fields: Fields, query: str = QUERY, **options: object) -> SourceTable:
    options = {"columns": {"houder_naam": "naam"}} | options
    return read_source(SourceSpec("vergunningen", url=url, query=query, **options), fields, reporter_key=KEY)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with a table of permits, of each kind in turn."""
    url = f"sqlite:///{tmp_path}/permits.db" if request.param == "sqlite" else request.getfixturevalue("postgres")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            sa.text("CREATE TABLE permits (zaaknr TEXT, status TEXT, einddatum DATE, kvk_nummer INTEGER, naam TEXT)")
        )
        connection.execute(
            sa.text("INSERT INTO permits VALUES (:zaaknr, :status, :einddatum, :kvk_nummer, :naam)"), ROWS
        )
    yield url
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE permits"))
    engine.dispose()


def test_rows_of_a_query(url: str, permit_fields: Fields) -> None:
    table = read(url, permit_fields)
    assert table.frame.select("key", "row_number", "status", "einddatum", "kvk_nummer", "houder_naam").rows() == [
        ("Z1", 1, None, None, "12345678", None),
        ("Z2", 2, "verleend", "2024-05-06", "01234567", "Café"),
    ]
    [file] = table.files
    assert (file.path, file.rows_read) == ("query", 2)
    assert len(file.sha256) == 64


def test_content_is_hashed_and_its_order_is_not(url: str, permit_fields: Fields) -> None:
    one = read(url, permit_fields, QUERY + " ORDER BY zaaknr")
    other = read(url, permit_fields, QUERY + " ORDER BY zaaknr DESC")
    assert one.frame.equals(other.frame)
    assert one.files == other.files
    assert read(url, permit_fields, QUERY + " WHERE zaaknr = 'Z1'").files != one.files


def test_no_rows(url: str, permit_fields: Fields) -> None:
    assert read(url, permit_fields, QUERY + " WHERE 1 = 0").frame.height == 0


@pytest.mark.parametrize(
    "query",
    ["DELETE FROM permits", "UPDATE permits SET naam = 'x' RETURNING zaaknr AS zaaknummer", "DROP TABLE permits"],
)
def test_a_query_cannot_write(url: str, permit_fields: Fields, query: str) -> None:
    with pytest.raises(BarrierError):
        read(url, permit_fields, query, columns={})
    assert read(url, permit_fields).frame.height == 2


@pytest.mark.parametrize(
    "query", ["SELECT geheim FROM nergens", "SELEC", "SELECT 'Jansen' AS zaaknummer WHERE 1 / naam"]
)
def test_a_query_that_fails_tells_neither_address_nor_value(url: str, permit_fields: Fields, query: str) -> None:
    with pytest.raises((ConfigurationError, SourceError)) as failure:
        read(url, permit_fields, query, columns={})
    told = "".join(traceback.format_exception(failure.value))
    message = str(failure.value)
    assert "geheim" not in message
    assert "Jansen" not in message
    assert sa.make_url(url).database not in message
    assert "not-to-be-told" not in told


def test_a_parameter_sign_in_a_query_is_no_leak(url: str, permit_fields: Fields) -> None:
    with pytest.raises(BarrierError):
        read(url, permit_fields, "SELECT :x AS zaaknummer", columns={})


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("postgresql+psycopg://u:not-to-be-told@127.0.0.1:1/x", SourceAwayError),
        ("sqlite:////nowhere/at/all.db", SourceMissingError),
        ("sqlite://", SourceMissingError),
        ("not an address with not-to-be-told in it", ConfigurationError),
        ("nosuchdb://u:not-to-be-told@host/x", ConfigurationError),
        ("oracle://u:not-to-be-told@host/x", ConfigurationError),
    ],
)
def test_no_connection(address: str, kind: type[BarrierError], permit_fields: Fields) -> None:
    with pytest.raises(kind) as failure:
        read(address, permit_fields)
    assert "not-to-be-told" not in "".join(traceback.format_exception(failure.value))
    assert not Path("/nowhere").exists()


def test_a_column_of_bytes_is_refused(tmp_path: Path, permit_fields: Fields) -> None:
    url = f"sqlite:///{tmp_path}/d.db"
    with sa.create_engine(url).begin() as connection:
        connection.execute(sa.text("CREATE TABLE t (a BLOB)"))
        connection.execute(sa.text("INSERT INTO t VALUES (x'00')"))
    with pytest.raises(SourceError, match="column zaaknummer"):
        read(url, permit_fields, "SELECT a AS zaaknummer FROM t", columns={})


def test_sqlite_may_mix_types_in_a_column(tmp_path: Path, permit_fields: Fields) -> None:
    url = f"sqlite:///{tmp_path}/d.db"
    with sa.create_engine(url).begin() as connection:
        connection.execute(sa.text("CREATE TABLE t (zaaknummer)"))
        connection.execute(sa.text("INSERT INTO t VALUES (1), ('Z2'), (NULL)"))
    assert read(url, permit_fields, "SELECT * FROM t", columns={}).frame["key"].to_list() == ["1", "Z2", None]


def test_a_number_that_is_none_is_text(postgres: str, permit_fields: Fields) -> None:
    query = "SELECT 'Z1' AS zaaknummer, 'NaN'::numeric AS max_personen UNION ALL SELECT 'Z2', 2.5"
    table = read(postgres, permit_fields, query, columns={})
    assert table.frame.select("key", "max_personen").rows() == [("Z1", "NaN"), ("Z2", "2.5")]
