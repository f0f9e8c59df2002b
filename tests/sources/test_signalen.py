"""Signalen as it delivers: pages of the API, the zip of the CSV export, daily lists of what is open."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest

from screening.base.datasets import datasets
from screening.base.errors import SourceError
from screening.base.frames import SourceSpec, SourceTable
from screening.contracts.model import fields_of
from screening.sources import read_source

KEY = b"key-of-a-workspace-in-a-test"
REAL = Path(__file__).parents[3] / "shared" / "datasets" / "real" / "meldingen_assen" / "data"
COLUMNS = [
    "melding_id",
    "datum_melding",
    "hoofdcategorie",
    "subcategorie",
    "status",
    "hoofdmelding_id",
    "straatnaam",
    "huisnummer",
    "huisletter",
    "postcode",
    "plaats",
    "adres_tekst",
    "lat",
    "lon",
]
EXPECTED = [
    (
        "11",
        "2026-05-01T12:30:47",
        "wonen",
        "woningdelen-spookburgers",
        "afgehandeld",
        None,
        "Kerkstraat",
        "2",
        "a",
        "1234AB",
        "Voorbeeldstad",
        None,
        "52.1",
        "5.2",
    ),
    (
        "12",
        "2026-05-02T10:00:00",
        "wonen",
        "leegstand",
        "in_behandeling",
        "11",
        None,
        None,
        None,
        None,
        None,
        "bij de brug",
        "52.1",
        "5.2",
    ),
]
SECRET = "klager@example.com"


def read(path: Path | str, **options: object) -> SourceTable:
    spec = SourceSpec("meldingen", path=str(path), **options)
    return read_source(spec, fields_of(datasets()["meldingen"]), reporter_key=KEY)


def address(number: object) -> dict[str, object]:
    return {
        "openbare_ruimte": "Kerkstraat",
        "huisnummer": number,
        "huisletter": "a",
        "huisnummer_toevoeging": "",
        "postcode": "1234AB",
        "woonplaats": "Voorbeeldstad",
    }


def signal(number: int, created: str, sub: str, state: str, **more: object) -> dict[str, object]:
    return {
        "_links": {"self": {"href": f"https://example.com/signals/v1/private/signals/{number}"}},
        "id": number,
        "text": "muziek, zegt de buurman",
        "category": {"main": "Wonen", "main_slug": "wonen", "sub": sub, "sub_slug": sub},
        "status": {"state": state, "user": SECRET, "text": SECRET},
        "location": {"geometrie": {"type": "Point", "coordinates": [5.2, 52.1]}, "address": None},
        "reporter": {"email": SECRET, "phone": "0612345678"},
        "created_at": created,
        "incident_date_start": created,
    } | more


PAGE = {
    "_links": {"self": {"href": "x"}, "next": {"href": None}, "previous": {"href": None}},
    "count": 2,
    "results": [
        signal(
            11,
            "2026-05-01T12:30:47.766420+02:00",
            "woningdelen-spookburgers",
            "o",
            location={
                "geometrie": {"coordinates": [5.2, 52.1]},
                "address": address(2),
                "address_text": "Kerkstraat 2a",
            },
        ),
        signal(
            12,
            "2026-05-02T10:00:00+02:00",
            "leegstand",
            "i",
            _links={"sia:parent": {"href": "https://example.com/signals/v1/private/signals/11"}},
            location={"geometrie": {"coordinates": [5.2, 52.1]}, "address": None, "address_text": "bij de brug"},
        ),
    ],
}
EXPORT = {
    "signals": [
        "id,signal_uuid,source,text,incident_date_start,incident_date_end,created_at,category_assignment_id,location_id,"
        "reporter_id,status_id,parent",
        '11,u,online,"muziek\nen meer",2026-05-01 10:30:47+00,,2026-05-01 10:30:47.76642+00,2,1,9,2,',
        "12,u,online,text,2026-05-02 08:00:00+00,,2026-05-02 08:00:00+00,3,2,9,3,11",
    ],
    "categories": [
        "id,main,sub,departments",
        "1,Wonen,Leegstand,A",
        "2,Wonen,Woningdelen / spookburgers,A",
        "3,Wonen,Leegstand,A",
    ],
    "statuses": ["id,text,user,state", f"1,x,{SECRET},m", f"2,x,{SECRET},o", f"3,x,{SECRET},i"],
    "locations": [
        "id,lat,lng,address,address_text",
        '1,5.2,52.1,"' + json.dumps(address("2")).replace('"', '""') + '",Kerkstraat 2a',
        "2,5.2,52.1,null,bij de brug",
    ],
    "reporters": ["id,email,phone", f"9,{SECRET},0612345678"],
}


def export(**changed: list[str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, lines in (EXPORT | changed).items():
            archive.writestr(f"083000UTC_{name}.csv", "\r\n".join(lines) + "\r\n")
    return target.getvalue()


def test_a_page_of_the_api(tmp_path: Path) -> None:
    (tmp_path / "page.json").write_text(json.dumps(PAGE))
    table = read(tmp_path / "page.json")
    assert table.frame.select(COLUMNS).rows() == EXPECTED
    assert SECRET not in str(table)
    assert "omschrijving" not in table.frame.columns


def test_a_first_report_without_a_category_does_not_hide_what_the_page_is(tmp_path: Path) -> None:
    first, second = (signal(number, "2026-05-01T10:00:00+02:00", "woonfraude", "m") for number in (1, 2))
    (tmp_path / "page.json").write_text(json.dumps([first | {"category": None}, second]))
    assert read(tmp_path / "page.json").frame["melding_id"].to_list() == ["1", "2"]


def test_the_export_has_its_axes_exchanged_and_its_history_beside_it(tmp_path: Path) -> None:
    (tmp_path / "20260503_083000UTC.zip").write_bytes(export())
    table = read(tmp_path / "20260503_083000UTC.zip")
    assert table.frame.select(COLUMNS).rows() == EXPECTED
    assert [file.as_of for file in table.files] == ["2026-05-03"]
    assert SECRET not in str(table)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"locations": ["id,lat,lng", "1,5.2,52.1"]}, "lacks address, address_text"),
        ({"statuses": [*EXPORT["statuses"], "2,x,y,m"]}, "has the number of another"),
        ({"statuses": [*EXPORT["statuses"], "4,x,y,m,z"]}, "cannot be read"),
    ],
)
def test_an_export_that_is_not_whole_is_refused(tmp_path: Path, changed: dict[str, list[str]], why: str) -> None:
    (tmp_path / "export.zip").write_bytes(export(**changed))
    with pytest.raises(SourceError, match=why):
        read(tmp_path / "export.zip")


def listed(number: str, lng: float = 6.5) -> dict[str, object]:
    return {
        "id": number,
        "lng": lng,
        "lat": 53.0,
        "category_slug": "wonen",
        "subcategory_slug": "leegstand",
        "created_at": "2026-05-20T08:25:03.17381+00:00",
        "wijk": "Centrum",
        "address": "Kerkstraat 2",
    }


def test_a_report_of_daily_lists_counts_once_and_is_closed_when_it_is_gone(tmp_path: Path) -> None:
    for day, numbers in {"20": "ab", "21": "bc", "22": "cd"}.items():
        (tmp_path / f"{day}.json").write_text(json.dumps([listed(number) for number in numbers]))
    table = read(tmp_path / "*.json")
    assert sorted(table.frame.select("melding_id", "status").rows()) == [
        ("a", "afgehandeld"),
        ("b", "afgehandeld"),
        ("c", "gemeld"),
        ("d", "gemeld"),
    ]
    assert table.frame["adres_tekst"].unique().to_list() == ["Kerkstraat 2"]
    assert any(note.en.startswith("22.json: 2 rows of earlier lists") for note in table.notes)


@pytest.mark.real
def test_two_months_of_a_real_municipality() -> None:
    days = sorted(REAL.rglob("*.json"))
    ids = [{record["id"] for record in json.loads(day.read_text(encoding="utf-8"))} for day in days]
    table = read(REAL / "*" / "*" / "*.json")
    assert sum(file.rows_read for file in table.files) == 14_578
    assert set(table.frame["melding_id"]) == set().union(*ids)
    assert set(table.frame.filter(pl.col("status") == "gemeld")["melding_id"]) == ids[-1]
