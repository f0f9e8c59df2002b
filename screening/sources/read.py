"""Reading one source: from its deliveries to one text frame with provenance (docs/architecture.md, "Text frames")."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePath

import polars as pl

from screening.base.errors import ConfigurationError
from screening.base.frames import PROVENANCE, QUARANTINE, FieldSpec, Note, SourceFile, SourceSpec, SourceTable, empty
from screening.base.notes import add_up, note
from screening.sources import invisible
from screening.sources.batches import one_table
from screening.sources.bsn import BsnColumns, count_texts_with_bsn
from screening.sources.codes import check_code_columns, code_table, map_codes, read_booleans
from screening.sources.columns import ColumnChoice
from screening.sources.dates import read_dates, read_timestamps
from screening.sources.delivery import Content, find_deliveries, read_delivery
from screening.sources.large_file import LargeFile
from screening.sources.mapping import check_mapping, map_table
from screening.sources.nationalities import NationalityColumns
from screening.sources.parquet import PARQUET, has_page_checksums
from screening.sources.raw import RawTable, RefusedRow
from screening.sources.readers import read_file
from screening.sources.terms import TERM_IDS, find_terms
from screening.sources.values import LOST_ZEROS, pseudonymise, read_numbers, restore_zeros, swap_axes

_MIN_KEY_BYTES = 16
#: Why a row is refused that stands in the frame: where a later delivery replaces it, it is not reported.
_OF_ROWS_THAT_ARE_THERE = ("no_bsn", invisible.EXPECTATION)


@dataclass
class _Delivered:
    """One delivery made canonical; its refused rows are set apart once later deliveries are known."""

    frame: pl.DataFrame
    file: SourceFile
    refused: list[RefusedRow]
    notes: list[Note]
    is_list_of_open: bool = False


@dataclass
class _Opened:
    """One delivery whose rows come in batches: what it is called, and what is said of it once a batch is read."""

    name: str
    batches: Iterable[RawTable]
    file: Callable[[RawTable], SourceFile]


def read_source(spec: SourceSpec, fields: Mapping[str, FieldSpec], *, reporter_key: bytes) -> SourceTable:
    """`read_batches` as one table: for what is known to be small, and for tests."""
    return one_table(list(read_batches(spec, fields, reporter_key=reporter_key)))


def read_batches(spec: SourceSpec, fields: Mapping[str, FieldSpec], *, reporter_key: bytes) -> Iterator[SourceTable]:
    """A data set as text: canonical columns, dates and codes in canonical form, provenance, and what was refused.

    `fields`: every canonical column of the data set, by name. `reporter_key`: secret of the workspace (16 bytes at
    least) under which tokens of reporters are replaced; the tokens themselves leave this function nowhere.

    A single delivery of CSV or Parquet comes in batches, so that it need not fit in memory; what refuses the file as a
    whole can then be raised after some of them.

    Raises ConfigurationError (mapping, URL, several files of a data set without key), ForbiddenColumnError,
    SourceMissingError, SourceError (damaged, or not readable without guessing), ContractStopError (a column of BSNs).
    """
    if len(reporter_key) < _MIN_KEY_BYTES:
        raise ConfigurationError("The reporters' key of this workspace is too short to hide a token behind.")
    check_code_columns(spec, fields)
    check_mapping(spec, fields)
    tables = {name: code_table(spec, column) for name, column in fields.items() if _is_code(spec, column)}
    deliveries = _deliveries(spec, fields)
    parts = (_delivered(batches, spec, fields, tables, reporter_key=reporter_key) for batches in deliveries)
    if len(deliveries) == 1:
        for part in next(parts):
            yield _together(spec, fields, [part])
    else:  # a later row replaces an earlier one, wherever it stands: all have to be there
        yield _together(spec, fields, [_one_delivery(list(batches)) for batches in parts])


def _delivered(
    delivery: _Opened,
    spec: SourceSpec,
    fields: Mapping[str, FieldSpec],
    tables: Mapping[str, dict[str, str]],
    *,
    reporter_key: bytes,
) -> Iterator[_Delivered]:
    """The batches of a delivery made canonical, one at a time."""
    bsns, nationalities = BsnColumns(delivery.name), NationalityColumns(delivery.name)
    for batch in delivery.batches:
        raw = map_table(invisible.without_invisible(batch, fields, delivery.name), spec, fields, tables, delivery.name)
        frame, notes, with_bsn = _canonical(raw, bsns, fields, tables, reporter_key=reporter_key, terms=spec.terms)
        nationalities.look(frame, fields)
        file = delivery.file(raw)
        frame = frame.with_columns(source_file_sha256=pl.lit(file.sha256))
        yield _Delivered(frame, file, raw.refused + with_bsn, notes, raw.is_list_of_open)
    bsns.refuse()
    nationalities.refuse()


def _one_delivery(batches: Sequence[_Delivered]) -> _Delivered:
    last = batches[-1]
    return _Delivered(
        frame=pl.concat([batch.frame for batch in batches]),
        file=replace(last.file, rows_read=sum(batch.file.rows_read for batch in batches)),
        refused=[row for batch in batches for row in batch.refused],
        notes=add_up(note for batch in batches for note in batch.notes),
        is_list_of_open=last.is_list_of_open,
    )


def _is_code(spec: SourceSpec, column: FieldSpec) -> bool:
    return column.form == "code" or bool(column.codes) or column.name in spec.codes


def _deliveries(spec: SourceSpec, fields: Mapping[str, FieldSpec]) -> list[_Opened]:
    """Each delivery, oldest first."""
    if spec.url is not None:
        from screening.sources.query import PATH, read_query  # SQLAlchemy: most nights read files  # noqa: PLC0415

        choice = ColumnChoice(spec, fields, f"{spec.dataset} ({PATH})")
        result = read_query(spec, choice)
        result.table.notes.extend(choice.notes)
        database = result.database
        file = SourceFile(
            path=PATH,
            sha256=result.sha256,
            rows_read=result.table.rows_read,
            bytes=len(database.data) if database else None,
            database=(database.path, database.sha256) if database else None,
        )
        return [_Opened(choice.name, [result.table], lambda _raw: file)]
    if spec.path is None:
        raise ConfigurationError(f"[sources.{spec.dataset}] has no path and no query. Give it one of the two.")
    paths = find_deliveries(spec.path)
    if len(paths) > 1 and _key_column(fields) is None:
        raise ConfigurationError(
            f"[sources.{spec.dataset}] path fits {len(paths)} files. Rows of this data set have no key of their own, "
            "so that a later file cannot replace rows of an earlier one: deliver one whole file."
        )
    contents: dict[str, Content] = {}
    repeated = 0
    for path in paths:
        content = read_delivery(path)
        repeated += contents.pop(content.sha256, None) is not None  # the same bytes again: the latest place counts
        contents[content.sha256] = content
    deliveries = []
    for place, content in enumerate(contents.values(), start=1):
        choice = ColumnChoice(spec, fields, content.name)
        more = [note("same_delivery", delivery=repeated)] if repeated and place == len(contents) else []
        batches = _noting(content.data, read_file(content, spec, fields, choice), choice, more)
        checksums = has_page_checksums(content.data) if content.data.startswith(PARQUET) else None
        deliveries.append(_Opened(content.name, batches, partial(_source_file, content, choice, checksums)))
    return deliveries


def _noting(
    data: bytes | LargeFile, batches: Iterable[RawTable], choice: ColumnChoice, more: list[Note]
) -> Iterator[RawTable]:
    """The batches, with what is said of the whole file beside the first."""
    for place, batch in enumerate(batches):
        yield batch if place else replace(batch, notes=[*batch.notes, *choice.notes, *more])
    if isinstance(data, LargeFile):
        data.verify()


def _key_column(fields: Mapping[str, FieldSpec]) -> str | None:
    return next((name for name, field in fields.items() if field.unique), None)


def _source_file(content: Content, choice: ColumnChoice, checksums: bool | None, raw: RawTable) -> SourceFile:
    last = content.data[-4:].rstrip(b"\x00")  # UTF-16 has a NUL beside the line end
    return SourceFile(
        path=content.path,
        sha256=content.sha256,
        rows_read=raw.rows_read,
        encoding=raw.encoding,
        separator=raw.separator,
        as_of=raw.as_of,
        bytes=len(content.data),
        header=list(choice.header),
        ends_line=last.endswith((b"\n", b"\r")) if raw.encoding else None,
        page_checksums=checksums,
    )


def _canonical(
    raw: RawTable,
    bsns: BsnColumns,
    fields: Mapping[str, FieldSpec],
    tables: Mapping[str, dict[str, str]],
    *,
    reporter_key: bytes,
    terms: Mapping[str, str],
) -> tuple[pl.DataFrame, list[Note], list[RefusedRow]]:
    """Values in canonical form, without free text and reporters' tokens; notes; and the rows that hold a BSN."""
    notes, name = list(raw.notes), bsns.name
    frame = raw.frame
    if terms:
        frame = _with_terms(frame, fields, terms, name, notes)
    frame = _without_free_text(frame, fields, name, notes)
    frame = _restore_zeros(frame, raw, fields, name, notes)
    frame = frame.with_columns(
        map_codes(frame[column], table, is_list=fields[column].logical_type == "array")
        for column, table in tables.items()
        if column in frame.columns
    )
    with_bsn = bsns.find(frame, fields)
    frame = frame.with_columns(
        read
        for column in frame.columns
        if column in fields and (read := _read_column(frame[column], fields[column], reporter_key)) is not None
    )
    if {"lat", "lon"} <= set(frame.columns):
        frame, swapped = swap_axes(frame)
        if swapped:
            notes.append(note("swapped_axes", file=name, row=swapped))
    if raw.refused:
        rows = len({row.row_number for row in raw.refused})
        notes.append(note("refused_form", file=name, row=rows))
    return frame, notes, with_bsn


def _read_column(column: pl.Series, spec: FieldSpec, reporter_key: bytes) -> pl.Series | None:
    """The column in canonical form, or None where it is as it should be."""
    if spec.form == "reporter_token":
        return pseudonymise(column, reporter_key)
    match spec.logical_type:
        case "date":
            return read_dates(column)
        case "timestamp":
            # The date of a report may be a date; the time of an incident may not be invented (formats page).
            return read_timestamps(column, bare_dates=spec.name.startswith("datum"))
        case "boolean":
            return read_booleans(column)
        case "integer" | "number":
            return read_numbers(column, whole=spec.logical_type == "integer")
        case _:
            return None


def _with_terms(
    frame: pl.DataFrame, fields: Mapping[str, FieldSpec], terms: Mapping[str, str], name: str, notes: list[Note]
) -> pl.DataFrame:
    """The frame with the ids of the terms that its free text holds; a data set without a place for them stays as is."""
    for column in (column for column, spec in fields.items() if spec.form == TERM_IDS):
        texts = [text for text in frame.columns if text in fields and fields[text].form == "free_text"]
        if not texts:
            notes.append(note("no_free_text", file=name))
            continue
        # no term holds a digit, so that none reaches from one text into the next
        together = frame.select(pl.concat_str(texts, separator=" 0 ", ignore_nulls=True)).to_series()
        ids = find_terms(together, terms)
        notes.append(note("terms_found", file=name, row=ids.count()))
        frame = frame.with_columns(ids.alias(column))
    return frame


def _without_free_text(
    frame: pl.DataFrame, fields: Mapping[str, FieldSpec], name: str, notes: list[Note]
) -> pl.DataFrame:
    for column in [column for column in frame.columns if column in fields and fields[column].form == "free_text"]:
        texts = frame[column]
        notes.append(note("dropped_text", file=name, row=texts.count(), of=column))
        with_number = count_texts_with_bsn(texts)
        if with_number:
            notes.append(note("text_with_bsn", file=name, text=with_number, of=column))
        frame = frame.drop(column)
    return frame


def _restore_zeros(
    frame: pl.DataFrame, raw: RawTable, fields: Mapping[str, FieldSpec], name: str, notes: list[Note]
) -> pl.DataFrame:
    for column, is_number in raw.numeric.items():
        if column in frame.columns and (form := fields[column].form) in LOST_ZEROS:
            restored, count = restore_zeros(frame[column], is_number, form)
            if count:
                notes.append(note("restored_zeros", file=name, digits=count, of=column))
                frame = frame.with_columns(restored)
    return frame


def _together(spec: SourceSpec, fields: Mapping[str, FieldSpec], delivered: list[_Delivered]) -> SourceTable:
    """All deliveries as one table: keys, later rows over earlier ones, refused rows set apart."""
    key_column = _key_column(fields)
    row_key = pl.format("r{}", pl.col("row_number"))
    frames = []
    for place, delivery in enumerate(delivered):
        frame = delivery.frame
        key = pl.col(key_column) if key_column in frame.columns else pl.lit(None, pl.String) if key_column else row_key
        frames.append(frame.with_columns(key=key, delivery=pl.lit(place)))
    frame = pl.concat(frames, how="diagonal")
    before = frame.height
    if len(delivered) > 1:
        is_last = pl.col("delivery") == pl.col("delivery").max().over("key")
        frame = frame.filter(pl.col("key").is_null() | is_last)
    superseded = before - frame.height
    frame = _closed_since(frame, delivered)
    refused = _refused_rows(spec, delivered, frame, key_column)
    if refused.height:
        row = ["source_file_sha256", "row_number"]
        frame = frame.join(refused.select(row).unique(), on=row, how="anti")
    columns = [column for column in frame.columns if column not in PROVENANCE and column != "delivery"]
    if len(delivered) > 1 or not frame["row_number"].is_sorted():
        frame = frame.sort("delivery", "row_number")
    frame = frame.select(*PROVENANCE, *columns)
    return SourceTable(
        dataset=spec.dataset,
        frame=frame,
        files=[delivery.file for delivery in delivered],
        rejected=refused,
        notes=[note for delivery in delivered for note in delivery.notes],
        rows_superseded=superseded,
    )


def _closed_since(frame: pl.DataFrame, delivered: list[_Delivered]) -> pl.DataFrame:
    """Of lists of what is open: whatever the last one lacks was closed, and is shown so."""
    if not all(delivery.is_list_of_open for delivery in delivered) or "status" not in frame.columns:
        return frame
    is_gone = pl.col("delivery") < len(delivered) - 1
    closed = frame.select(is_gone.sum()).item()
    if closed:
        delivered[-1].notes.append(note("closed_since", file=PurePath(delivered[-1].file.path).name, row=closed))
    return frame.with_columns(status=pl.when(is_gone).then(pl.lit("afgehandeld")).otherwise("status"))


def _refused_rows(
    spec: SourceSpec, delivered: list[_Delivered], current: pl.DataFrame, key_column: str | None
) -> pl.DataFrame:
    """The refused rows in QUARANTINE form. A row that a later delivery replaced is not reported any more."""
    rows = [
        {
            "dataset": str(spec.dataset),
            "source_file_sha256": delivery.file.sha256,
            "row_number": row.row_number,
            "column": row.column,
            "expectation": row.expectation,
            "reason": row.reason_nl,
            "shaped": row.expectation in _OF_ROWS_THAT_ARE_THERE,
        }
        for delivery in delivered
        for row in delivery.refused
    ]
    if not rows:
        return empty(QUARANTINE)
    refused = pl.DataFrame(
        rows, schema={name: QUARANTINE[name] for name in QUARANTINE if name != "key"} | {"shaped": pl.Boolean()}
    )
    keys = current.select("source_file_sha256", "row_number", "key", is_current=pl.lit(True))
    refused = refused.join(keys, on=["source_file_sha256", "row_number"], how="left")
    refused = refused.filter(~pl.col("shaped") | pl.col("is_current"))
    # The value that is refused may be the key itself: then the row is named by its number.
    by_number = pl.format("r{}", pl.col("row_number")) if key_column is None else pl.lit(None, pl.String)
    has_bsn_key = ((pl.col("column") == (key_column or "")) & (pl.col("expectation") == "no_bsn")).fill_null(False)
    hidden = has_bsn_key.any().over("source_file_sha256", "row_number")
    refused = refused.with_columns(key=pl.when(hidden).then(by_number).otherwise(pl.coalesce("key", by_number)))
    return refused.select(pl.col(name).cast(dtype) for name, dtype in QUARANTINE.items()).sort(
        "source_file_sha256", "row_number", "column", "expectation", nulls_last=True
    )
