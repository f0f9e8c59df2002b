"""JSON: records, JSON Lines and the pages of an API as one text table, read as a stream; nested keys joined by dots."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from itertools import islice

import ijson
import polars as pl

from screening.base.errors import SourceError
from screening.base.notes import note
from screening.sources.raw import RawTable, Target, text_frame

#: One record of a JSON file as it stands there.
Record = Mapping[str, object]
#: One row of a table: column -> text.
TextRow = Mapping[str, str | None]
#: Makes rows of one record.
Shape = Callable[[Record], Iterable[TextRow]]

#: The keys under which an API, or whoever saved its answers, puts the records of a page.
ENVELOPES = ("results", "records", "items", "data", "value", "rows", "publications")
#: More different keys than this are no columns: the keys themselves hold data.
MAX_COLUMNS = 2_000
MAX_DEPTH = 12
_BLOCK_ROWS = 50_000
#: How a value begins, for a parser, that should be a page or a list of records; a list counts by itself.
_OF_A_HOLDER = frozenset({"start_map", "string", "number", "boolean", "null"})
#: So many records are looked at to know the form of a file.
_FIRST_RECORDS = 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def is_json(data: bytes) -> bool:
    """Whether the text begins as an object or as a list of objects, which no header of a CSV does."""
    start = b"".join(data[:4096].removeprefix(_BYTE_ORDER_MARK).split())
    return start.startswith((b'{"', b"{}", b"[{", b"[]"))


def read_json(data: bytes, target: Target) -> RawTable:
    """One row a record. A list of values becomes `a|b`; of a list of objects each key does.

    Raises SourceError for what is no JSON, breaks off, or is nested too deep.
    """
    return read_records(data, target, lambda record: [flat(record, target.name)])


def read_records(data: bytes, target: Target, shape: Shape) -> RawTable:
    """The rows that `shape` makes of the records, in two passes: the names of the columns, then the chosen columns."""
    refuse_what_holds_no_records(data, target.name)
    names: dict[str, None] = {}
    for record in records_of(data, target.name):
        for row in shape(record):
            names.update(dict.fromkeys(row))
        if len(names) > MAX_COLUMNS:
            raise SourceError(
                f"{target.name}: the records have more than {MAX_COLUMNS} different keys, so that keys hold data. "
                "Deliver records that all have the same keys."
            )
    if not names:
        return _no_records(target)
    header = list(names)
    chosen = {column: header[place] for column, place in target.choose(header).items()}
    frames = []
    block: list[TextRow] = []
    count = 0
    for row in (row for record in records_of(data, target.name) for row in shape(record)):
        block.append(row)
        count += 1
        if len(block) == _BLOCK_ROWS:
            frames.append(_frame(block, chosen, count))
            block = []
    frames.append(_frame(block, chosen, count))
    return RawTable(frame=pl.concat(frames), rows_read=count, encoding="utf-8")


def table_of(rows: Sequence[TextRow], target: Target) -> RawTable:
    """The table of rows that are all there."""
    if not rows:
        return _no_records(target)
    header = list(dict.fromkeys(name for row in rows for name in row))
    chosen = {column: header[place] for column, place in target.choose(header).items()}
    return RawTable(frame=_frame(rows, chosen, len(rows)), rows_read=len(rows), encoding="utf-8")


def records_of(data: bytes, name: str) -> Iterator[Record]:
    """Every record, whether the file is a list, has one on each line, or is a page or several of an API.

    Raises SourceError for what is no JSON, breaks off, or holds anything but objects.
    """
    data = data.removeprefix(_BYTE_ORDER_MARK)
    repeated: list[str] = []

    class Object(dict[str, object]):
        def __setitem__(self, key: str, value: object) -> None:
            if key in self:
                repeated.append(key)
            super().__setitem__(key, value)

    try:
        records = ijson.items(io.BytesIO(data), _prefix(data), multiple_values=True, map_type=Object)
        for number, record in enumerate(records, start=1):
            if not isinstance(record, dict):
                raise SourceError(f"{name}: holds something else than records. Deliver a list of JSON objects.")
            if repeated:
                raise SourceError(
                    f"{name}, record {number}: has the key {repeated[0][:40]} twice, so that it is not known which is "
                    "meant. Deliver it again."
                )
            yield record
    except (ijson.JSONError, UnicodeDecodeError, RecursionError):
        raise SourceError(f"{name}: is no JSON in UTF-8, or breaks off. Nothing is read: deliver it again.") from None


def first_records(data: bytes) -> list[Record]:
    """The first records, by whose keys the form of a file is known: of one alone a key can be empty.

    Without any where the text does not begin as JSON, and those before the damage where it is damaged.
    """
    records: list[Record] = []
    with suppress(SourceError):
        records.extend(islice(records_of(data, ""), _FIRST_RECORDS) if is_json(data) else ())
    return records


def flat(record: Record, name: str) -> TextRow:
    """The text of each value by the keys that lead to it, joined by dots."""
    row: dict[str, str | None] = {}
    _flatten(record, "", row, name, MAX_DEPTH)
    return row


def json_text(value: object) -> str | None:
    """The text of a value that holds no other; None for nothing."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)


def value_at(record: object, *keys: str) -> object:
    """The value to which these keys lead, None where one of them does not."""
    for key in keys:
        record = record.get(key) if isinstance(record, dict) else None
    return record


def text_at(record: object, *keys: str) -> str | None:
    """The text to which these keys lead; None where there is none, or a value that holds others."""
    value = value_at(record, *keys)
    return None if isinstance(value, dict | list) else json_text(value)


def objects_at(record: object, *keys: str) -> list[Record]:
    """The objects of the list to which these keys lead."""
    values = value_at(record, *keys)
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _prefix(data: bytes) -> str:
    """Where the records are, in the words of ijson: the top, the items of a list, or those of a page in either."""
    prefix: str
    for prefix, event, _ in ijson.parse(io.BytesIO(data), multiple_values=True):
        levels = prefix.split(".")
        if event == "start_array" and levels[-1] in ENVELOPES and levels[:-1] in ([], ["item"]):
            return f"{prefix}.item"
        if event == "end_map" and prefix in ("", "item"):
            return prefix
    return "item" if data.lstrip().startswith(b"[") else ""


def refuse_what_holds_no_records(data: bytes, name: str) -> None:
    """Raise SourceError where a page or a value beside the records is none, as the answer to a failed request.

    By its first page it is known where the records are; what has none there would be passed over.
    """
    data = data.removeprefix(_BYTE_ORDER_MARK)
    without = 0
    with suppress(ijson.JSONError, UnicodeDecodeError, RecursionError):  # who reads the records tells of these
        records = _prefix(data)
        array = records.removesuffix("item").removesuffix(".")
        holder = array.rpartition(".")[0]
        for place, event, _ in ijson.parse(io.BytesIO(data), multiple_values=True) if records else ():
            if place == holder and event in _OF_A_HOLDER:
                without += 1
            elif array and place == array and event == "start_array":
                without -= 1
    if without:
        raise SourceError(
            f"{name}: a page or value in it holds no records where the others do, as the answer to a failed request. "
            "Nothing is read: deliver whole pages."
        )


def _flatten(value: object, path: str, row: dict[str, str | None], name: str, depth: int) -> None:
    if depth == 0:
        raise SourceError(f"{name}: records are nested more than {MAX_DEPTH} deep, as no register does.")
    if isinstance(value, dict):
        for key, part in value.items():
            _flatten(part, f"{path}.{key}" if path else key, row, name, depth - 1)
    elif isinstance(value, list):
        for part in value:
            parts: dict[str, str | None] = {}
            _flatten(part, path, parts, name, depth - 1)
            for place, text in parts.items():
                before = row.get(place)
                row[place] = text if before is None else before if text is None else f"{before}|{text}"
        if not value:
            row.setdefault(path, None)
    elif path in row:
        raise SourceError(f"{name}: a record has {path[:40]} as one key and as a key in a key. Deliver one of the two.")
    else:
        row[path] = json_text(value)


def _no_records(target: Target) -> RawTable:
    frame = text_frame({column: [] for column in target.columns}, [])
    return RawTable(frame=frame, rows_read=0, notes=[note("no_records", file=target.name)], encoding="utf-8")


def _frame(block: Sequence[TextRow], chosen: Mapping[str, str], last: int) -> pl.DataFrame:
    columns = {column: [row.get(theirs) for row in block] for column, theirs in chosen.items()}
    return text_frame(columns, range(last - len(block) + 1, last + 1))
