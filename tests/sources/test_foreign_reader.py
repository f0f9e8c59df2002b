"""A delivery read by a reader of an extension: its rows as those of any file, and nothing that it does takes the night.

All readers but one run one after the other in the process that reads deliveries, so that a test costs no process.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from screening.base.errors import ReaderError, SourceError
from screening.base.frames import FieldSpec, ReaderCode, SourceSpec
from screening.sources import Reading, ReadLimits, SourceRequest, foreign_reader, reading_apart
from screening.sources.delivery import read_delivery
from screening.sources.foreign_reader import read_by
from screening.sources.raw import Target
from screening.sources.reader_source import CheckedReader

SECRET = "kanariegeheim"
HEAD = '''"""Meter readings."""
import csv, datetime, decimal, io, itertools, json, re, struct
from screening.sources import UnreadableError
ENDINGS = (".dat",)
def read(content):
'''
#: Reader -> what it does with a delivery.
DOES = {
    "zom_lines": (
        "    row = {}\n    for line in content.decode('cp850').splitlines():\n"
        "        row['naam'], row['stand'] = line[:8], line[8:]\n"
        "        yield row if row['stand'] else UnreadableError('stand', 'de stand ontbreekt')\n"
    ),
    "zom_everything": (
        "    day = datetime.date(2026, 2, 1) + datetime.timedelta(days=0)\n"
        "    first = next(csv.reader(io.StringIO('a;b'), delimiter=';'))\n"
        "    parts = [*struct.unpack('<h', bytes([1, 0])), json.loads('3'), decimal.Decimal('1.50')]\n"
        "    for text in itertools.islice(re.split(';', re.compile('(.)!').sub(r'\\1', 'x!;y;z')), 2):\n"
        "        yield {'naam': text + first[1], 'stand': f'{day.isoformat()} {parts}'}\n"
    ),
    "zom_names": (
        "    for line in content.decode('cp850').splitlines():\n"
        "        if len(line) > 10:\n            yield {line: 'x', 'naam': 'a', 'stand': '1'}\n"
    ),
    "zom_refuses": (
        "    yield {'naam': 'a', 'stand': '1'}\n    raise UnreadableError('stand', 'het bestand is niet heel')\n"
    ),
    "zom_ends": "    yield {'naam': 'a', 'stand': '1'}\n    {'a': 1}[content.decode('cp850')]\n",
    "zom_number": "    yield {'naam': 'a', 'stand': 1}\n",
    "zom_other_columns": "    yield {'naam': 'a', 'stand': '1'}\n    yield {'naam': 'a'}\n",
    "zom_no_row": "    yield ('naam', 'stand')\n",
    "zom_no_rows": "    return 1\n",
    "zom_endless": "    while True:\n        yield {'naam': 'a', 'stand': '1'}\n",
    "zom_no_unicode": "    yield {'naam': b'\\xff'.decode('utf-8', 'surrogateescape'), 'stand': '1'}\n",
    "zom_imports": "    yield {'naam': content.decode('cp1026'), 'stand': '1'}\n",
    "zom_imports_unseen": "    yield {'naam': f'{datetime.date(2026, 2, 1):%Y}', 'stand': '1'}\n",
    "zom_nothing": "    return []\n",
    "zom_memory": "    yield {'naam': 'a' * 10**10, 'stand': '1'}\n",
    "zom_hangs": "    while True:\n        pass\n",
}
REFUSED = {
    "zom_refuses": "m.dat, read by zom_refuses, row 2, column stand: het bestand is niet heel",
    "zom_ends": "m.dat, read by zom_ends, row 2: it ended (KeyError). Nothing of it is used.",
    "zom_number": (
        "m.dat, read by zom_number, row 1: column stand holds no text and is not empty. Nothing of it is used."
    ),
    "zom_other_columns": (
        "m.dat, read by zom_other_columns, row 2: the row has other columns than the first one. Nothing of it is used."
    ),
    "zom_no_row": (
        "m.dat, read by zom_no_row, row 1: it gives something else than a row: a dict of column names and texts. "
        "Nothing of it is used."
    ),
    "zom_no_rows": "m.dat, read by zom_no_rows, row 1: it ended (TypeError). Nothing of it is used.",
    "zom_endless": (
        "m.dat, read by zom_endless, row 49: the file has fewer bytes than it gives rows. Nothing of it is used."
    ),
    "zom_no_unicode": "m.dat, read by zom_no_unicode, row 2: it ended (UnicodeEncodeError). Nothing of it is used.",
    "zom_imports": "m.dat, read by zom_imports: reached for import while it ran. It computes with what it is handed.",
    "zom_imports_unseen": "m.dat, read by zom_imports_unseen: a reader may not import time.",
    "zom_memory": (
        "zom_memory (m.dat, read by zom_memory): input too large or damaged: it could not be read (MemoryError). "
        "Nothing of it is used. Split the delivery, or deliver it again."
    ),
    "zom_hangs": (
        "zom_hangs (m.dat, read by zom_hangs): input too large: reading it took more than 1 seconds. Split the "
        "delivery, or raise [run] read_seconds."
    ),
}
FIELDS = {name: FieldSpec(name, "string") for name in ("naam", "stand")}


def code(name: str) -> ReaderCode:
    return ReaderCode(name, f"{name}.py", HEAD + DOES[name])


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("delivered") / "m.dat"
    path.write_bytes(f"Café    1\nzonder\n{SECRET[:8]}{SECRET}\nlaatste 4".encode("cp850"))
    return path


@pytest.fixture(scope="module")
def reading(delivery: Path) -> Iterator[Reading]:
    """The delivery read by each of the readers."""
    requests = [SourceRequest(SourceSpec(name, str(delivery), reader=code(name)), FIELDS) for name in DOES]
    limits = ReadLimits(memory_bytes=2 << 30, seconds=1)
    with reading_apart(requests, reporter_key=b"readers".ljust(32, b"\0"), limits=limits) as made:
        yield made


def test_rows_come_in_and_one_that_cannot_be_read_is_set_apart(reading: Reading):
    table = reading.table("zom_lines")
    assert table.frame.select("row_number", "naam", "stand").rows() == [
        (1, "Café", "1"),
        (3, SECRET[:8], SECRET),
        (4, "laatste", "4"),
    ]
    assert table.rejected.select("row_number", "column", "expectation", "reason").rows() == [
        (2, "stand", "row_unread", "de stand ontbreekt")
    ]
    assert table.files[0].rows_read == 4


def test_what_it_may_use_is_there_while_it_is_confined(reading: Reading):
    rows = reading.table("zom_everything").frame.select("naam", "stand").rows()
    assert rows == [(f"{text}b", "2026-02-01 [1, 3, Decimal('1.50')]") for text in "xy"]


def test_a_column_called_by_what_the_file_holds_has_no_name(reading: Reading):
    table = reading.table("zom_names")
    assert [note.en for note in table.notes] == ["m.dat: 1 column without a name and left unread."]
    assert table.files[0].header == ["", "naam", "stand"]
    assert table.frame.height == 1


def test_a_file_without_rows_is_one_without_records(reading: Reading):
    table = reading.table("zom_nothing")
    assert table.frame.height == 0
    assert [note.en for note in table.notes] == ["m.dat: holds no records; the set is empty."]


@pytest.mark.parametrize("name", REFUSED)
def test_what_it_cannot_read_or_do_is_said_with_file_and_reason_and_without_a_value(name: str, reading: Reading):
    error = reading.errors[name]
    assert str(error) == REFUSED[name]
    assert isinstance(error, ReaderError) == (name != "zom_refuses")
    assert SECRET not in str(error)


def target(choose=lambda header: {name: place for place, name in enumerate(header)}) -> Target:
    return Target("m.dat", "zom_meter", ["naam", "stand"], (), {"naam", "stand"}, choose)


def test_a_long_file_comes_in_blocks_that_choose_their_columns_once(delivery: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(foreign_reader, "_BLOCK_ROWS", 3)
    asked: list[tuple[str, ...]] = []

    def choose(header: tuple[str, ...]) -> dict[str, int]:
        asked.append(header)
        return {"stand": 1}

    blocks = list(read_by(code("zom_lines"), read_delivery(delivery), target(choose)))
    assert asked == [("naam", "stand")]
    assert pl.concat([block.frame for block in blocks]).rows() == [(1, "1"), (3, SECRET), (4, "4")]
    assert [(block.rows_read, len(block.refused)) for block in blocks] == [(3, 1), (1, 0)]
    monkeypatch.setattr(foreign_reader, "_BLOCK_ROWS", 1)
    empty = delivery.with_name("e.dat")
    empty.write_bytes(b"zonder\nwaarde\n")
    with pytest.raises(ReaderError, match="none of the first 1 rows can be read"):
        list(read_by(code("zom_lines"), read_delivery(empty), target()))


@pytest.mark.parametrize(
    "reach", ["open('/etc/passwd')", "__import__('os')", "import os", "io.open('/etc/passwd')", "getattr(1, '')"]
)
def test_what_reaches_out_is_not_there_even_where_the_check_lets_it_pass(
    reach: str, delivery: Path, monkeypatch: pytest.MonkeyPatch
):
    source = f"{HEAD}    {reach}\n    return []\n"
    monkeypatch.setattr(
        foreign_reader, "check_reader", lambda code: CheckedReader(ast.parse(code.source), (".dat",), "")
    )
    with pytest.raises(ReaderError, match=r"it ended \(NameError|reached for|may not import os"):
        list(read_by(ReaderCode("zom_out", "zom_out.py", source), read_delivery(delivery), target()))


def test_a_file_with_another_ending_is_not_read(delivery: Path):
    other = delivery.with_name("m.csv")
    other.write_bytes(delivery.read_bytes())
    with pytest.raises(SourceError, match=r"m\.csv: the reader zom_lines reads files that end in \.dat"):
        list(read_by(code("zom_lines"), read_delivery(other), target()))
