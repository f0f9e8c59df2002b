"""A file is measured whole, in every format; no name, birth date or free text of anybody comes out of it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from flows.intake.profile import look_at, profile_document, profile_lines
from screening.base.datasets import datasets
from screening.base.errors import SourceError
from screening.sources.isolated import profile_files_apart
from screening.sources.profile.file_profile import FileProfile, never_read, profile_file
from tests.sources.test_ods import ods, row, text

#: Nothing of ours is spelled so: whatever holds one of these came out of the file.
CANARIES = ("zwezerik", "quispel", "kwikstaart", "1961-04-09", "09-04-1961", "0687654321", "brandweerkazerne")
PEOPLE = ["Jan Zwezerik", "Quispel, P.", "zwezerik", "K. van Kwikstaart", "QUISPEL"]
TEXT = "Bij de brandweerkazerne woont Zwezerik, die belt op 0687654321 en schreeuwt de hele nacht door tegen de muur."
#: A column for each way in which somebody can stand in a file: by its header, and what is under it.
COLUMNS = {
    "zaaknummer": lambda place: f"Z-{place:06}",
    "zaaktype": lambda place: ["Exploitatievergunning", "Terrasvergunning"][place % 2],
    "status": lambda place: PEOPLE[place % 5],  # exchanged headers
    "besluitdatum": lambda place: "2026-03-01",
    "aanvrager": lambda place: PEOPLE[place % 5],
    "Naam contactpersoon": lambda place: f"Quispel {place}",
    "geb.datum": lambda place: ["1961-04-09", "09-04-1961"][place % 2],
    "behandelaar": lambda place: PEOPLE[place % 3],
    "soort aanvrager": lambda place: PEOPLE[place % 2],
    "veld_12": lambda place: PEOPLE[place % 5],
    "toelichting": lambda place: TEXT,
    "opmerking_2": lambda place: f"{TEXT} {place}",
    "e-mail": lambda place: "zwezerik@kwikstaart.example",
    "telefoon": lambda place: "0687654321",
    "reden": lambda place: ["09-04-1961", "0687654321"][place % 2],
    "type": lambda place: ["Zwezerik", "Kwikstaart"][place % 2],
    "nationaliteit": lambda place: "kwikstaarts",
    "bsn": lambda place: "111222333",
    "adres": lambda place: "Kwikstaart 12, 1234 AB Quispel",
    "kvk": lambda place: "Zwezerik" if place % 9 == 0 else "12345678",
    "einddatum": lambda place: "Quispel" if place % 3 else "31-12-9999",
}
ROWS = 60


def table() -> list[dict[str, str]]:
    return [{name: fill(place) for name, fill in COLUMNS.items()} for place in range(ROWS)]


def as_csv(rows: list[dict[str, str]], *, has_header: bool = True) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=";")
    if has_header:
        writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_xlsx(rows: list[dict[str, str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, cells in enumerate([list(rows[0]), *(list(cells.values()) for cells in rows)]):
            sheet.write_row(place, 0, cells)
    return out.getvalue()


def as_ods(rows: list[dict[str, str]]) -> bytes:
    return ods(*(row(*map(text, cells)) for cells in [list(rows[0]), *(list(cells.values()) for cells in rows)]))


def as_parquet(rows: list[dict[str, str]]) -> bytes:
    out = io.BytesIO()
    pl.DataFrame(rows).write_parquet(out)
    return out.getvalue()


FORMATS = {
    "a.csv": as_csv,
    "a.xlsx": as_xlsx,
    "a.ods": as_ods,
    "a.parquet": as_parquet,
    "a.json": lambda rows: json.dumps({"results": rows}).encode(),
    "zonder_kop.csv": lambda rows: as_csv(rows, has_header=False),
    "een_persoon_een_sleutel.json": lambda rows: json.dumps([{"Zwezerik": "x", "Jan Quispel": "y"}] * ROWS).encode(),
    "persoon_in_kop.csv": lambda rows: b"zaaknummer;status;datum;pc;zwezerik@kwikstaart.example\n" + b"Z;V;;;x\n" * 9,
}


def everything(file: FileProfile) -> str:
    """All that any command may tell of a file, as each register that it could be taken for."""
    outputs = []
    for register in (None, *datasets()):
        profiled = look_at(file, "a", register=register)
        outputs += [json.dumps(profile_document(profiled), ensure_ascii=False, default=vars), *profile_lines(profiled)]
    return "\n".join(outputs)


@pytest.fixture(scope="module")
def profiles(tmp_path_factory) -> dict[str, FileProfile]:
    folder = tmp_path_factory.mktemp("canaries")
    for name, write in FORMATS.items():
        (folder / name).write_bytes(write(table()))
    reading = profile_files_apart({name: folder / name for name in FORMATS})
    assert reading.errors == {}
    return {name: FileProfile.of(document) for name, document in reading.profiles.items()}


@pytest.mark.parametrize("name", FORMATS)
def test_nobody_comes_out_of_any_column_of_any_format(profiles, name):
    output = everything(profiles[name]).lower()
    assert [canary for canary in CANARIES if canary in output] == []


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.ods", "a.parquet", "a.json"])
def test_every_format_is_measured_alike(profiles, name):
    first, other = profiles["a.csv"], profiles[name]
    assert other.rows == ROWS
    assert [vars(column) for column in other.columns] == [vars(column) for column in first.columns]


def test_what_may_never_be_read_is_named_and_stays_unread(profiles):
    columns = {column.name: column for column in profiles["a.csv"].columns}
    assert {name for name, column in columns.items() if column.category} == {
        "nationaliteit",
        "bsn",
        "e-mail",
        "telefoon",
        "toelichting melder",
    } & columns.keys()
    assert all(column.filled == column.distinct == 0 for column in columns.values() if column.category)
    assert never_read("zaaknummer") == ""


def test_codes_and_dates_do_come_out(profiles):
    columns = {column.name: column for column in profiles["a.xlsx"].columns}
    assert columns["zaaktype"].spellings == {"Exploitatievergunning": 30, "Terrasvergunning": 30}
    assert columns["besluitdatum"].share("date") == 1


def test_a_header_without_a_known_name_is_not_shown(profiles):
    assert {column.name for column in profiles["zonder_kop.csv"].columns} == {""}
    assert {column.name for column in profiles["een_persoon_een_sleutel.json"].columns} == {""}
    assert [column.name for column in profiles["persoon_in_kop.csv"].columns] == [
        "zaaknummer",
        "status",
        "datum",
        "pc",
        "",
    ]


def test_a_value_in_a_header_is_not_shown(tmp_path):
    values = ("K. van Kwikstaart", "J.P. Quispel", "Kwikstraat 12", "1234 AB", "12-ABC-3")
    path = tmp_path / "a.csv"
    path.write_text(f"zaaknummer;status;{';'.join(values)}\nZ-1;Verleend;1;2;3;4;5\n", encoding="utf-8")
    assert [column.name for column in profile_file(path).columns] == ["zaaknummer", "status", *[""] * len(values)]


def test_a_profile_goes_through_the_pipe_and_back(profiles):
    for profile in profiles.values():
        assert FileProfile.of(json.loads(json.dumps(profile.document()))) == profile


def test_rows_that_cannot_be_read_are_counted(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("zaaknummer;status\nZ-1;Verleend\nZ-2\nZ-3;Verleend\n", encoding="utf-8")
    profile = profile_file(path)
    assert (profile.rows, profile.refused, profile.measured) == (3, 1, 2)


def test_a_damaged_file_is_refused_without_its_content(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(as_xlsx(table())[:3000])
    with pytest.raises(SourceError, match=r"a\.xlsx") as refused:
        profile_file(path)
    assert not any(canary in str(refused.value).lower() for canary in CANARIES)


def test_a_hostile_file_costs_the_child_and_its_neighbour_is_read(tmp_path: Path):
    (tmp_path / "bomb.csv").write_bytes(b'zaaknummer;status\n"' + b"x" * 3_000_000)
    (tmp_path / "a.csv").write_bytes(as_csv(table()))
    reading = profile_files_apart({name: tmp_path / name for name in ("bomb.csv", "a.csv", "absent.csv")})
    assert reading.errors.keys() == {"bomb.csv", "absent.csv"}
    assert reading.profiles.keys() == {"a.csv"}
