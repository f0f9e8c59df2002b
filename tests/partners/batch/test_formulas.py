"""S6: no payload of forty is live in any file of a batch, whatever field it came in by."""

from __future__ import annotations

import csv
import io
import itertools
import sqlite3
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest

from screening.base.workbook import SheetTable, workbook
from screening.partners.batch.batch import make_batch
from screening.partners.batch.document import signal_pdf
from screening.partners.batch.geopackage import geopackage
from screening.partners.batch.index import csv_bytes
from screening.partners.batch.tables import index, tables
from screening.partners.signal.minimise import minimise
from screening.partners.signal.signal import Signal
from screening.partners.signal.text import defused, visible_text
from screening.wording.personal_numbers import personal_number_in
from tests.partners import example
from tests.partners.conftest import meta_for

PAYLOADS = (
    "=1+1",
    "=1+1+cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    '=HYPERLINK("http://x.example","klik")',
    "=cmd|'/c x'!A1",
    '=IMPORTXML("http://x.example","//a")',
    '=WEBSERVICE("http://x.example")',
    '=DDE("cmd";"/c calc";"x")',
    "-2+3+cmd|' /C x'!D2",
    "+cmd|' /C x'!A0",
    "@cmd",
    "=A1",
    "=SUM(A1:A9)",
    "{=1+1}",
    '=INDIRECT("A1")',
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "  +1+1",
    "\u00a0=1+1",
    "\u3000=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    "'=1+1",
    '"=1+1',
    ";=1+1",
    ",=1+1",
    "x;=1+1",
    "x\t=1+1",
    "x\n=1+1",
    'x","=1+1',
    'x";"=1+1',
    "|calc",
    "%0A=1+1",
    "=\u200b1+1",
)
#: The text fields by which somebody's words come in: path in the content.
FIELDS = (
    "meta.afdeling",
    "meta.grondslag",
    "object.adres",
    "object.status",
    "feiten.0.omschrijving",
    "afwijkingen.0.naam",
    "afwijkingen.0.uitleg",
    "organisaties.0.naam",
    "organisaties.0.rol",
    "barrieres_en_vraag.vraag",
    "barrieres_en_vraag.voorgestelde_interventie",
    "twijfels.tegenindicaties.0",
    "twijfels.koppelingen.0.omschrijving",
    "bewaring_en_contact.grondslag_termijn",
    "bewaring_en_contact.contact.functie",
)
_STARTS = "=+-@\t\r\n＝＋－＠|%"


def spoiled(number: int, field: str, payload: str) -> Signal:
    content = example.content()
    part = content
    *steps, last = (int(step) if step.isdigit() else step for step in field.split("."))
    for step in steps:
        part = part[step]
    part[last] = payload
    return minimise(content, example.choices(number))


@pytest.fixture(scope="module")
def poisoned() -> list[Signal]:
    """Every payload in every field: forty times fifteen signals."""
    assert len(PAYLOADS) == 40
    return [
        spoiled(1 + place * len(PAYLOADS) + number, field, payload)
        for place, field in enumerate(FIELDS)
        for number, payload in enumerate(PAYLOADS)
    ]


def live_cells(data: bytes) -> list[str]:
    """Cells of a workbook that hold a formula: by type, and by the XML itself."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    found = [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        found += [name for name in parts.namelist() if name.startswith("xl/worksheets/") and b"<f>" in parts.read(name)]
        found += [name for name in parts.namelist() if "externalLink" in name or "vbaProject" in name]
        found += [name for name in parts.namelist() if b"<hyperlink" in parts.read(name)]
    return found


@pytest.mark.goal("S6", reached="40 texts in every field of the workbook")
def test_no_payload_is_live_in_the_workbook_and_each_is_there_as_text(poisoned: list[Signal]):
    data = workbook(tables(poisoned), title="x")
    assert live_cells(data) == []
    book = openpyxl.load_workbook(io.BytesIO(data))
    kinds = {
        cell.data_type for sheet in book for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None
    }
    assert kinds == {"s"}
    assert book["Signalen"]["V2"].value is not None
    shown = {cell.value for row in book["Signalen"].iter_rows() for cell in row}
    assert "=1+1" in shown


def test_no_payload_starts_a_cell_of_the_csv(poisoned: list[Signal]):
    for table in [index(poisoned), *tables(poisoned)]:
        text = csv_bytes(table).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
        assert len(rows) == len(table.rows) + 1
        assert {len(row) for row in rows} == {len(table.header)}
        for row in rows:
            for cell in row:
                assert not cell.lstrip(" \u00a0\u3000").startswith(tuple(_STARTS)), cell
        # a program that splits at commas or tabs, or ignores the quotes, must not find one either
        assert not any(line.startswith(tuple(_STARTS)) for line in text.splitlines())


def test_no_payload_starts_a_cell_of_the_map(poisoned: list[Signal], tmp_path: Path):
    (tmp_path / "x.gpkg").write_bytes(geopackage(poisoned))
    with sqlite3.connect(tmp_path / "x.gpkg") as store:
        rows = store.execute("SELECT signaal_id, versie, adres, thema, barrieres, afwijkingen FROM signalen").fetchall()
    assert len(rows) == len(poisoned)
    assert not [cell for row in rows for cell in row if cell.lstrip(" \u00a0\u3000").startswith(tuple(_STARTS))]


def test_in_the_pdf_a_payload_is_a_text_and_no_markup(tmp_path: Path):
    content = example.content()
    content["barrieres_en_vraag"]["vraag"] = (
        '=1+1 #panic("x") $x$ *vet* @label <label> [link](http://x.example) \\ `code`'
    )
    (tmp_path / "x.pdf").write_bytes(signal_pdf(minimise(content, example.choices())))
    shown = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "x.pdf", "-"], capture_output=True, text=True, check=True
    )
    flat = " ".join(shown.stdout.split())
    assert '=1+1 #panic("x") $x$ *vet* @label <label> [link](http://x.example) \\ `code`' in flat
    data = (tmp_path / "x.pdf").read_bytes()
    assert not any(word in data for word in (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/URI"))


@pytest.mark.goal("S6", reached="LibreOffice recalculates, nothing changes")
def test_libreoffice_recalculates_and_nothing_changes(poisoned: list[Signal], tmp_path: Path):
    """Opened, recalculated and saved again by an office program, every cell says what it said."""
    chosen = poisoned[:: len(PAYLOADS) // 8]
    data = workbook(tables(chosen), title="x")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.xlsx").write_bytes(data)
    subprocess.run(
        [
            "soffice",
            "--headless",
            f"-env:UserInstallation=file://{tmp_path}/office",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            tmp_path / "out",
            tmp_path / "in" / "x.xlsx",
        ],
        capture_output=True,
        check=True,
        timeout=120,
    )
    again = (tmp_path / "out" / "x.xlsx").read_bytes()
    assert live_cells(again) == []
    before, after = (openpyxl.load_workbook(io.BytesIO(one)) for one in (data, again))
    for sheet in before:
        said = [[cell.value for cell in row] for row in sheet.iter_rows()]
        width = len(said[0])
        got = [[cell.value for cell in row][:width] for row in after[sheet.title].iter_rows(max_row=len(said))]
        assert [[(value or "").strip() for value in row] for row in got] == [
            [(value or "").strip() for value in row] for row in said
        ], sheet.title


def test_the_harness_finds_a_live_cell():
    """Q1: a workbook written by a library that takes "=…" for a formula is found out."""
    book = openpyxl.Workbook()
    book.active.append(["=1+1"])
    made = io.BytesIO()
    book.save(made)
    assert live_cells(made.getvalue()) != []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_defused_text_starts_with_nothing_live_and_keeps_its_words(payload: str):
    made = defused(payload)
    assert made.removeprefix("'") in {payload, payload.removeprefix("'")}
    assert not made.lstrip(" \u00a0\u3000").startswith(tuple(_STARTS))


@pytest.mark.parametrize("text", ["Kade 12", "", "'s-Gravenhage", "1-2-2026", "a=b", "Ælfrič", "(-1)"])
def test_an_ordinary_text_is_left_as_it_is(text: str):
    assert defused(text) == text


def test_a_batch_has_no_live_cell_in_any_of_its_files(poisoned: list[Signal]):
    import pyrage

    made = make_batch(poisoned[:3], meta_for(pyrage.x25519.Identity.generate()))
    assert [found for name, data in made.items() if name.endswith(".xlsx") for found in live_cells(data)] == []
    assert isinstance(tables(poisoned[:1])[0], SheetTable)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("geen cijfer", None),
        ("BSN 111222333", "BSN"),
        ("111222334 en 111222333", "BSN"),
        ("111222334", None),
        ("000000000", None),
        ("A-nummer 1010101025", "A-nummer"),
        ("A-nummer 1122334455", None),
        ("NL91ABNA0417164300", "IBAN"),
        ("NL92ABNA0417164300", None),
        ("NL91 ABNA 0417", None),
        ("a@voorbeeld.example", "e-mailadres"),
        ("12 @ 13", None),
    ],
)
def test_a_personal_number_is_one_that_passes_its_check(text: str, kind: str | None):
    assert personal_number_in(text) == kind


def test_an_a_number_is_told_by_its_own_check():
    """Found by the definition of the Logisch Ontwerp, written out here a second time."""

    def passes(digits: str) -> bool:
        values = [int(digit) for digit in digits]
        alike = any(left == right for left, right in itertools.pairwise(values))
        weighted = sum(value * 2**place for place, value in enumerate(values))
        return not alike and sum(values) % 11 in (0, 5) and weighted % 11 == 0

    numbers = [str(number) for number in range(1_234_567_000, 1_234_567_999)]
    good = [digits for digits in numbers if passes(digits)]
    assert good
    for digits in numbers:
        expected = "A-nummer" if digits in good else None
        assert personal_number_in(f"nummer {digits}.") == expected, digits


@pytest.mark.parametrize(
    ("given", "line", "lines"),
    [(" a\r\nb\tc ", "a b c", "a\nb c"), ("e\u0301\u200b\u202ex", "\u00e9x", "\u00e9x"), ("a\rb", "a b", "a\nb")],
)
def test_what_is_seen_is_what_leaves_on_one_line_or_on_several(given: str, line: str, lines: str):
    assert visible_text(given) == line
    assert visible_text(given, lines=True) == lines
