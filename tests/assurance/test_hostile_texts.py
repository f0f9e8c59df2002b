"""Hostile texts, dates and bytes (R15): read or refused with a sentence, never another error, a hang or a loss.

`make test` runs a few examples of each; the full counts are marked `long`.
"""

from __future__ import annotations

import csv
import io
import json
import random
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from flows.catalogue import all_contracts
from screening.base.errors import BarrierError
from screening.base.frames import QUARANTINE, SourceFile, SourceSpec, SourceTable, empty
from screening.contracts.validation import validate
from screening.sources import read_source
from screening.sources.batches import one_raw_table
from screening.sources.csv_text import read_csv
from tests.assurance.formats import FORMATS
from tests.sources import test_bag_extract, test_notices, test_signalen, test_trade_register, test_zgw

KEY = b"key-of-a-workspace-in-a-test"
HANGS_S = 5
SAMPLES = Path(__file__).parents[1] / "contracts" / "samples"
T = TypeVar("T")
PERMIT = pl.DataFrame({"zaaknummer": ["Z1", "Z2"], "houder_naam": ["Çelik", "x=1+1"], "datum_aanvraag": ["2026", None]})

#: A small good file for each reader of bytes; those of whole languages of files (Parquet, SQLite) are read by libraries
#: in a process of its own, which test_hostile_deliveries.py ends.
FILES: dict[str, tuple[str, bytes]] = {
    name: ("vergunningen", FORMATS[name][1](PERMIT)) for name in ("CSV", "JSON", "XLSX", "ODS")
} | {
    "JSON by line": ("vergunningen", b"".join(json.dumps(row).encode() + b"\n" for row in PERMIT.to_dicts())),
    "UTF-16": ("vergunningen", PERMIT.write_csv(separator="\t").encode("utf-16")),
    "notices": ("vergunningen", json.dumps({"publications": test_notices.NOTICES}).encode()),
    "ZGW": ("vergunningen", test_zgw.zipped(test_zgw.PAGES)),
    "Signalen page": ("meldingen", json.dumps(test_signalen.PAGE).encode()),
    "Signalen export": ("meldingen", test_signalen.export()),
    "trade register": ("handelsregister", json.dumps([test_trade_register.company()]).encode()),
    "BAG extract": ("bag_adressen", test_bag_extract.extract()),
}
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
DATES = st.one_of(TEXTS, st.text("0123456789-/.T: ", max_size=22), st.dates().map(str), st.datetimes().map(str))
CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=40)


def hostile(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def or_refused(read: Callable[[], T]) -> T | None:
    """What it gives; None where it refuses. Any other error, or more processor time than a hang, fails."""
    begun = time.process_time()
    try:
        return read()
    except BarrierError:
        return None
    finally:
        assert time.process_time() - begun < HANGS_S


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A good file in which something was taken out, put in, exchanged or doubled; or what was never one."""
    kind = draw(st.sampled_from([*FILES, "no file"]))
    if kind == "no file":
        return "vergunningen", draw(st.binary(max_size=200))
    register, whole = FILES[kind]
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, max(0, len(content) - 1)))
        end = min(len(content), start + draw(st.integers(0, 40)))
        content[start:end] = draw(
            st.one_of(st.binary(max_size=12), st.sampled_from([b"\xff" * 4, b"\0" * 4, bytes(content[start:end]) * 2]))
        )
    return register, bytes(content)


def reads_bytes(folder: Path, register: str, content: bytes) -> None:
    file = folder / "delivery"
    file.write_bytes(content)
    fields = all_contracts()[register].fields
    table = or_refused(lambda: read_source(SourceSpec(register, path=str(file)), fields, reporter_key=KEY))
    assert table is None or table.frame.height <= sum(file.rows_read for file in table.files)


@hostile(80)
@given(damaged())
def test_damaged_files_are_read_or_refused(tmp_path: Path, file: tuple[str, bytes]) -> None:
    reads_bytes(tmp_path, *file)


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.goal("R15", reached="12,000 damaged files of 12 kinds: 0 uncaught, 0 over 5 s of processor time")
@hostile(12_000)
@given(damaged())
def test_damaged_files_are_read_or_refused_in_full(tmp_path: Path, file: tuple[str, bytes]) -> None:
    reads_bytes(tmp_path, *file)


def reads_back(rows: list[tuple[str, str]], separator: str, encoding: str) -> None:
    """What a writer wrote in an encoding comes back to the letter, or the file is refused."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerows([("id", "naam"), *rows])
    try:
        content = text.getvalue().encode(encoding)
    except UnicodeEncodeError:
        assume(False)
    if encoding == "cp1252":  # bytes that are UTF-8 as well are read as that: no reader can tell
        assume(content.decode(errors="ignore").encode() != content or content.isascii())
    table = or_refused(
        lambda: one_raw_table(read_csv(content, "d.csv", {"id", "naam"}, lambda header: {"id": 0, "naam": 1}))
    )
    assert table is None or [row[1:] for row in table.frame.rows()] == rows
    assert table is not None or encoding == "cp1252", "what is marked, or is UTF-8, is read"


ROWS = st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=3)
SEPARATORS = st.sampled_from([",", ";", "\t", "|"])
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])


@hostile(80)
@given(ROWS, SEPARATORS, ENCODINGS)
def test_no_letter_is_lost(rows: list[tuple[str, str]], separator: str, encoding: str) -> None:
    reads_back(rows, separator, encoding)


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.goal("R15", reached="7,800 files of hostile text in four encodings: 0 lossy decodes")
@hostile(7_800)
@given(ROWS, SEPARATORS, ENCODINGS)
def test_no_letter_is_lost_in_full(rows: list[tuple[str, str]], separator: str, encoding: str) -> None:
    reads_back(rows, separator, encoding)


def is_judged(register: str, seed: int, texts: list[str]) -> None:
    """A contract judges fifty rows in which hostile texts and dates stand in any column: each is kept or rejected."""
    contract = all_contracts()[register]
    good = yaml.safe_load((SAMPLES / f"{register}.yaml").read_text(encoding="utf-8"))["good"]
    chance = random.Random(seed)
    rows = [
        good | {column: chance.choice(texts) for column in chance.sample(sorted(good), chance.randrange(1, 4))}
        for _ in range(50)
    ]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(good, pl.String)).with_columns(
        row_number=pl.int_range(1, 51, dtype=pl.Int64),
        source_file_sha256=pl.lit("f" * 64),
        key=pl.int_range(1, 51).cast(pl.String),
    )
    files = [SourceFile(path=f"{register}.csv", sha256="f" * 64, rows_read=50)]
    judged = or_refused(lambda: validate(SourceTable(register, frame, files, empty(QUARANTINE)), contract))
    assert judged is None or judged.accepted.height + judged.rows_quarantined == 50
    for name, dtype in judged.accepted.schema.items() if judged else ():
        assert (
            dtype != pl.Date or judged.accepted[name].drop_nulls().is_between(date(1, 1, 1), date(9999, 12, 31)).all()
        )


REGISTERS = st.sampled_from(sorted(all_contracts()))
SEEDS, MANY = st.integers(0, 2**32), st.lists(st.one_of(TEXTS, DATES), min_size=8, max_size=20)


@hostile(2)
@given(REGISTERS, SEEDS, MANY)
def test_contracts_judge_hostile_rows(register: str, seed: int, texts: list[str]) -> None:
    is_judged(register, seed, texts)


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.goal(
    "R15",
    reached="10,000 rows of hostile texts and dates under nine contracts, each kept or rejected",
    lacks="1,000,000 examples a night (20,000 run), and Atheris in the suite (1,744,802 runs in 10 minutes by hand, 0)",
)
@hostile(200)
@given(REGISTERS, SEEDS, MANY)
def test_contracts_judge_hostile_rows_in_full(register: str, seed: int, texts: list[str]) -> None:
    is_judged(register, seed, texts)


def test_a_hang_an_error_and_a_lost_letter_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        or_refused(lambda: 1 // 0)
    monkeypatch.setattr("time.process_time", iter([0.0, 5.5]).__next__)
    with pytest.raises(AssertionError):
        or_refused(lambda: None)
    monkeypatch.undo()
    plain = read_csv
    lossy = lambda content, *others: plain(content.decode("ascii", errors="replace").encode(), *others)  # noqa: E731
    monkeypatch.setattr("tests.assurance.test_hostile_texts.read_csv", lossy)
    with pytest.raises(AssertionError):
        reads_back([("1", "Çelik")], ";", "utf-8")
