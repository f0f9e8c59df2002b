"""Hostile and malformed deliveries (R7): none is accepted, none ends the parent, none takes over 30 seconds.

`make test` runs a few of each; the full counts are marked `long`.
"""

from __future__ import annotations

import io
import random
import resource
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from screening.base.errors import BarrierError
from screening.base.frames import FieldSpec, SourceSpec
from screening.sources import ReadLimits, SourceRequest, reading_apart
from tests.sources.test_ods import ods

KEY = b"key-of-a-workspace-in-a-test"
FIELDS = {
    "zaaknummer": FieldSpec("zaaknummer", "string", required=True, unique=True),
    "houder_naam": FieldSpec("houder_naam", "string", form="name"),
    "datum_aanvraag": FieldSpec("datum_aanvraag", "date"),
    "max_personen": FieldSpec("max_personen", "integer"),
}


def workbook(rows: int = 20) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet()
    for row, text in enumerate(["zaaknummer", *(f"Z{number}" for number in range(rows))]):
        sheet.write_string(row, 0, text)
    book.close()
    return stream.getvalue()


def with_part(part: str, content: bytes) -> bytes:
    """A workbook in which one part holds something else."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as result,
    ):
        for name in source.namelist():
            result.writestr(name, content if name == part else source.read(name))
    return target.getvalue()


def bombs() -> Iterator[tuple[str, bytes]]:
    """Small files that want to be large: by ratio, by rectangle, by entities, by nesting, by number of parts."""
    sheet, head = "xl/worksheets/sheet1.xml", b'<?xml version="1.0"?>'
    main = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    for size in (20, 60, 200):
        yield f"ratio{size}.xlsx", with_part(sheet, b"<a>" + b" " * (size << 20))
    for row in (1_048_576, 9_999_999):
        cell = f'<c r="XFD{row}" t="inlineStr"><is><t>x</t></is></c>'.encode()
        yield (
            f"rectangle{row}.xlsx",
            with_part(
                sheet,
                head + b"<worksheet " + main + b'><sheetData><row r="1">' + cell + b"</row></sheetData></worksheet>",
            ),
        )
    entities = b"".join(b'<!ENTITY e%d "%s">' % (i + 1, b"&e%d;" % i * 10) for i in range(9))
    yield "entities.xlsx", with_part(sheet, head + b"<!DOCTYPE a [" + entities + b"]><a>&e9;</a>")
    yield "entities2.xlsx", with_part("xl/sharedStrings.xml", head + b"<!DOCTYPE a [" + entities + b"]><a>&e9;</a>")
    for depth in (10_000, 1_000_000):
        yield f"nested{depth}.json", b"[" * depth
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(2_000):
            archive.writestr(f"part{number}", b"")
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    yield "parts.xlsx", many.getvalue()
    yield "one_cell.csv", b'zaaknummer\n"' + b"x" * (40 << 20)
    wide = io.BytesIO()
    pl.DataFrame({"zaaknummer": ["Z1"], "houder_naam": ["x" * 100]}).write_parquet(wide)
    yield "rows.parquet", wide.getvalue()[:-40] + b"\xff" * 32 + wide.getvalue()[-8:]


def hostile_archives() -> Iterator[tuple[str, bytes]]:
    """Every part that is read of the two spreadsheets, as a bomb, as entities, nested, cut, and as another encoding."""
    entities = b"".join(b'<!ENTITY e%d "%s">' % (i + 1, b"&e%d;" % i * 10) for i in range(9))
    contents = {
        "bomb": b"<a>" + b" " * (60 << 20),
        "entities": b"<!DOCTYPE a [" + entities + b"]><a>&e9;</a>",
        "outside": b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>',
        "nested": b"<a>" * 1_000_000,
        "cut": b"<worksheet><sheetData><row",
        "no XML": bytes(range(256)) * 64,
    }
    for what, content in contents.items():
        for part in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"):
            yield f"{what} {part.rpartition('/')[2]}.xlsx", with_part(part, content)
        yield f"{what}.ods", ods(kept={"content.xml": content.decode("latin-1")})
    nested = workbook()
    for depth in range(6):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("9999LIG08102026.zip" if depth % 2 else "../../kluis.xlsx", nested)
        nested = stream.getvalue()
        yield f"zip in zip {depth}.zip", nested


def malformed(count: int) -> Iterator[tuple[str, bytes]]:
    """Cut archives and files with a wrong middle, the same ones each time."""
    chance = random.Random(12)
    parquet = io.BytesIO()
    pl.DataFrame({"zaaknummer": [f"Z{number}" for number in range(50)]}).write_parquet(parquet)
    for number in range(count):
        suffix, whole = ("xlsx", workbook()) if number % 2 else ("parquet", parquet.getvalue())
        cut = chance.randrange(8, len(whole) - 8)
        yield f"cut{number}.{suffix}", whole[:cut]
        yield f"garbage{number}.{suffix}", whole[:cut] + chance.randbytes(400) + b"\x00" * 64


def hold(tmp_path: Path, files: list[tuple[str, bytes]]) -> None:
    """Read each in the child: all are refused with an error of ours, in less than 30 seconds of processor time."""
    for name, content in files:
        (tmp_path / name).write_bytes(content)
    requests = [SourceRequest(SourceSpec(name, path=str(tmp_path / name)), FIELDS) for name, _content in files]
    limits = ReadLimits(memory_bytes=2 << 30, seconds=30)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with reading_apart(requests, reporter_key=KEY, limits=limits) as reading:
        assert reading.tables.keys() == set()
        assert reading.errors.keys() == {name for name, _content in files}
        for name, error in reading.errors.items():
            assert isinstance(error, BarrierError), name
            assert "more than 30 seconds" not in str(error), name
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 << 10


def test_no_bomb_is_accepted(tmp_path: Path) -> None:
    hold(tmp_path, list(bombs()))


@pytest.mark.long
@pytest.mark.goal("R7", reached="30 archives and 100 malformed files: 0 accepted, 0 parent deaths, <= 30 s of CPU each")
def test_no_hostile_archive_is_accepted_in_full(tmp_path: Path) -> None:
    archives = list(hostile_archives())
    assert len(archives) == 30
    hold(tmp_path, archives)


def test_no_malformed_file_is_accepted(tmp_path: Path) -> None:
    hold(tmp_path, list(malformed(5)))


@pytest.mark.long
def test_no_malformed_file_is_accepted_in_full(tmp_path: Path) -> None:
    hold(tmp_path, list(malformed(100)))
