"""A register in each form in which one is delivered, as bytes; and what reads it again, as a night does."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from xml.sax.saxutils import escape

import polars as pl
import pyarrow.parquet as pq

from flows.catalogue import all_contracts
from screening.base.frames import SourceSpec
from screening.sources import SourceRequest
from tests.sources.test_ods import ods, row, text

_QUERY = "SELECT * FROM register"


def _csv(frame: pl.DataFrame) -> bytes:
    return frame.write_csv(separator=";").encode()


def _xlsx(frame: pl.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.write_excel(stream)
    return stream.getvalue()


def _ods(frame: pl.DataFrame) -> bytes:
    rows = [frame.columns, *frame.iter_rows()]
    return ods(*(row(*(text(escape(cell or "")) for cell in cells)) for cells in rows))


def _parquet(frame: pl.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.write_parquet(stream)
    return stream.getvalue()


def _pyarrow(frame: pl.DataFrame, **options: bool) -> bytes:
    stream = io.BytesIO()
    pq.write_table(frame.to_arrow(compat_level=pl.CompatLevel.oldest()), stream, **options)
    return stream.getvalue()


def _json(frame: pl.DataFrame) -> bytes:
    return json.dumps(frame.to_dicts(), ensure_ascii=False).encode()


def _sqlite(frame: pl.DataFrame) -> bytes:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(f"CREATE TABLE register ({', '.join(f'{name} TEXT' for name in frame.columns)})")
        marks = ", ".join("?" * frame.width)
        database.executemany(f"INSERT INTO register VALUES ({marks})", frame.rows())
        database.commit()
        return database.serialize()


#: Name of the form -> suffix of the file, and the register in it.
FORMATS: Mapping[str, tuple[str, Callable[[pl.DataFrame], bytes]]] = {
    "CSV": (".csv", _csv),
    "XLSX": (".xlsx", _xlsx),
    "ODS": (".ods", _ods),
    "Parquet of Polars": (".parquet", _parquet),
    "Parquet of pyarrow": (".parquet", _pyarrow),
    "Parquet with page checksums": (".parquet", lambda frame: _pyarrow(frame, write_page_checksum=True)),
    "JSON": (".json", _json),
    "SQLite": (".sqlite", _sqlite),
}


def request(register: str, file: Path, name: str = "") -> SourceRequest:
    """What asks for a register from this file; `name`: under which the answer comes, where several are asked for."""
    place = {"url": f"sqlite:///{file}", "query": _QUERY} if file.suffix == ".sqlite" else {"path": str(file)}
    return SourceRequest(SourceSpec(name or register, **place), all_contracts()[register].fields)
