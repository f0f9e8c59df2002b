"""Which reader takes a delivery: by what the file is, not by what it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from typing import NamedTuple

from screening.base.errors import SourceError
from screening.base.frames import FieldSpec, SourceSpec
from screening.sources.bag_extract import is_bag_extract, read_bag_extract
from screening.sources.csv_text import read_csv
from screening.sources.delivery import Content
from screening.sources.foreign_reader import read_by
from screening.sources.json_rows import is_json, read_json
from screening.sources.large_file import LargeFile
from screening.sources.mapping import SOURCE, read_for_mapping, without_column
from screening.sources.notices import is_notices, read_notices
from screening.sources.ods import is_ods, read_ods
from screening.sources.parquet import PARQUET, read_parquet
from screening.sources.raw import Choose, Layout, RawTable, Target
from screening.sources.signalen import (
    is_daily_list,
    is_signalen_export,
    is_signalen_page,
    read_daily_list,
    read_signalen_export,
    read_signalen_page,
)
from screening.sources.terms import TERM_IDS
from screening.sources.trade_register import is_trade_register, read_trade_register
from screening.sources.xlsx import read_xlsx
from screening.sources.zgw import is_zgw, read_zgw


class _Reader(NamedTuple):
    """What a delivery is recognised by, what reads it, and what it is called."""

    recognises: Callable[[bytes], bool]
    read: Callable[[bytes, Target], RawTable]
    kind: str


#: The first that fits. CSV has no mark, and comes after these.
_READERS = (
    _Reader(is_ods, read_ods, "ODS"),
    _Reader(is_bag_extract, read_bag_extract, "BAG 2.0 extract"),
    _Reader(is_signalen_export, read_signalen_export, "Signalen export"),
    _Reader(is_zgw, read_zgw, "ZGW"),
    _Reader(lambda data: data.startswith(b"PK\x03\x04"), read_xlsx, "XLSX"),
    _Reader(is_signalen_page, read_signalen_page, "Signalen page"),
    _Reader(is_daily_list, read_daily_list, "daily list of Signalen"),
    _Reader(is_trade_register, read_trade_register, "profiles of the trade register"),
    _Reader(is_notices, read_notices, "official notices"),
    _Reader(is_json, read_json, "JSON"),
)
#: How XML and web pages begin; some programs call such a page .xls.
_MARKUP = (b"<?xml", b"<!doctype", b"<html", b"<table")
#: Names of files that are recognised by their content, unless they are damaged.
_TYPED = (".xlsx", ".xlsm", ".ods", ".parquet", ".pq", ".json", ".jsonl", ".zip")
#: Marks of files that no reader takes: compressed with another program, or a document.
_FOREIGN = (b"\x1f\x8b", b"%PDF", b"7z\xbc\xaf", b"Rar!")


def read_file(
    content: Content, spec: SourceSpec, fields: Mapping[str, FieldSpec], choose: Choose
) -> Iterable[RawTable]:
    """By what the file is, not by what it is called; where the configuration names a reader, by that one."""
    made_here = without_column(spec, fields) | {name for name, field in fields.items() if field.form == TERM_IDS}
    expected = {spec.columns.get(name, name) for name in fields if name not in made_here} | {*read_for_mapping(spec)}
    data, name = content.data, content.name
    target = Target(
        name=name,
        dataset=spec.dataset,
        columns=[name for name in fields if name not in made_here] + [SOURCE + name for name in read_for_mapping(spec)],
        dates={field.name for field in fields.values() if field.logical_type in ("date", "timestamp")},
        expected=expected,
        choose=choose,
        layout=Layout.of(spec),
    )
    if spec.reader:
        return read_by(spec.reader, content, target)
    if isinstance(data, bytes) and (reader := _reader_of(data)):
        return [reader.read(data, target)]
    if data.startswith(PARQUET):
        return read_parquet(data, name, target.choose)
    _refuse_foreign(content)
    return read_csv(data, name, target.expected, choose, target.layout)


def kind_of(content: Content) -> str:
    """What a file is called by what it is, such as CSV, XLSX or BAG 2.0 extract.

    Raises:
        SourceError: no reader takes it.
    """
    if isinstance(content.data, bytes) and (reader := _reader_of(content.data)):
        return reader.kind
    if content.data.startswith(PARQUET):
        return "Parquet"
    _refuse_foreign(content)
    return "CSV"


def is_database(data: bytes | LargeFile) -> bool:
    """Whether a file is a database (SQLite), which only a query can read."""
    return data.startswith(b"SQLite format 3\0")


def _reader_of(data: bytes) -> _Reader | None:
    return next((reader for reader in _READERS if reader.recognises(data)), None)


def _refuse_foreign(content: Content) -> None:
    """Raise SourceError for what is no text with separators, where no other reader took it."""
    data, name = content.data, content.name
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise SourceError(f"{name}: is a spreadsheet of the old XLS kind, or has a password. Save it as XLSX or CSV.")
    if is_database(data):
        raise SourceError(f"{name}: is a database (SQLite). Read it with `url_env` and `query` in place of `path`.")
    if data[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise SourceError(f"{name}: is XML or a web page, whatever it is called. Save it as XLSX or CSV.")
    if PurePath(name).suffix.lower() in _TYPED or data.startswith(_FOREIGN):
        raise SourceError(f"{name}: is damaged, or not what its name says. Deliver it as CSV, XLSX or Parquet.")
