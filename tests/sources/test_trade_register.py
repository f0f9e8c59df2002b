"""The profiles of the trade register: establishments, partial dates, what is shielded and what is never read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from screening.base.datasets import datasets
from screening.base.frames import SourceSpec, SourceTable
from screening.contracts.model import fields_of
from screening.sources import read_source

KEY = b"key-of-a-workspace-in-a-test"
REAL = Path(__file__).parents[3] / "shared" / "datasets" / "real" / "bronnen" / "kvk"
VISITED = {
    "type": "bezoekadres",
    "indAfgeschermd": "Nee",
    "straatnaam": "Kerkstraat",
    "huisnummer": 2,
    "huisnummerToevoeging": "A",
    "postcode": "1234AB",
    "plaats": "Voorbeeldstad",
    "geoData": {"addresseerbaarObjectId": "9999010000000001"},
}
POST = {"type": "correspondentieadres", "indAfgeschermd": "Nee", "straatnaam": "Postbus", "plaats": "Elders"}


def company(**more: object) -> dict[str, object]:
    return {
        "kvkNummer": "90000001",
        "indNonMailing": "Ja",
        "naam": "De Kroon",
        "statutaireNaam": "De Kroon B.V.",
        "materieleRegistratie": {"datumAanvang": "20170000"},
        "handelsnamen": [{"naam": "Kroon|Bar", "volgorde": 1}, {"naam": "De Kroon", "volgorde": 0}],
        "sbiActiviteiten": [{"sbiCode": "5630"}, {"sbiCode": "01241"}],
        "_embedded": {
            "hoofdvestiging": {
                "vestigingsnummer": "900000000001",
                "materieleRegistratie": {"datumAanvang": "20180300"},
                "adressen": [POST, VISITED],
            },
            "eigenaar": {"rechtsvorm": "Besloten Vennootschap met gewone structuur", "bsn": "not to be read"},
        },
    } | more


def establishment(number: str, **more: object) -> dict[str, object]:
    return {
        "vestigingsnummer": number,
        "kvkNummer": "90000001",
        "eersteHandelsnaam": "De Kroon Zuid",
        "materieleRegistratie": {"datumAanvang": {"jaar": "2019", "maand": "5"}, "datumEinde": "20200101"},
        "adressen": [VISITED],
    } | more


def read(path: Path) -> SourceTable:
    spec = SourceSpec("handelsregister", path=str(path))
    return read_source(spec, fields_of(datasets()["handelsregister"]), reporter_key=KEY)


def rows(folder: Path, *records: object) -> list[dict[str, object]]:
    (folder / "kvk.json").write_text(json.dumps(records))
    return read(folder / "kvk.json").frame.to_dicts()


def test_a_company_with_its_main_establishment(tmp_path: Path) -> None:
    [row] = rows(tmp_path, company())
    del row["key"], row["source_file_sha256"], row["row_number"]
    assert row == {
        "kvk_nummer": "90000001",
        "vestigingsnummer": "900000000001",
        "rsin": None,
        "rechtsvorm": "bv",
        "statutaire_naam": "De Kroon B.V.",
        "handelsnamen": "De Kroon|Kroon/Bar",
        "sbi_codes": "5630|01241",
        "datum_aanvang": "2018-03",
        "datum_einde": None,
        "afgeschermd": "nee",
        "straatnaam": "Kerkstraat",
        "huisnummer": "2",
        "huisletter": None,
        "huisnummertoevoeging": "A",
        "postcode": "1234AB",
        "plaats": "Voorbeeldstad",
        "adresseerbaar_object_id": "9999010000000001",
    }


def test_an_establishment_takes_what_only_its_company_has_and_stands_once(tmp_path: Path) -> None:
    found = rows(tmp_path, establishment("900000000001"), company(), establishment("900000000002"))
    columns = ("vestigingsnummer", "rechtsvorm", "statutaire_naam", "handelsnamen", "datum_aanvang", "datum_einde")
    assert [tuple(row[column] for column in columns) for row in found] == [
        (number, "bv", "De Kroon B.V.", "De Kroon Zuid", "2019-05", "2020-01-01")
        for number in ("900000000001", "900000000002")
    ]


@pytest.mark.parametrize("word", ["Ja", "ja", "J", True])
def test_a_shielded_address_is_left_out(tmp_path: Path, word: object) -> None:
    [row] = rows(tmp_path, establishment("900000000001", adressen=[VISITED | {"indAfgeschermd": word}]))
    assert row["afgeschermd"] == "ja"
    assert row["straatnaam"] is row["postcode"] is row["adresseerbaar_object_id"] is None


def test_a_mutual_insurer_is_no_partnership_and_an_odd_order_no_fault(tmp_path: Path) -> None:
    owner = {"eigenaar": {"rechtsvorm": "Onderlinge Waarborgmaatschappij"}}
    [row] = rows(tmp_path, company(_embedded=owner, handelsnamen=[{"naam": "De Kroon", "volgorde": "eerste"}]))
    assert (row["rechtsvorm"], row["handelsnamen"]) == ("overig", "De Kroon")


def test_a_first_company_that_lacks_a_key_does_not_hide_what_the_file_is(tmp_path: Path) -> None:
    first = company(kvkNummer="90000002")
    del first["materieleRegistratie"]
    assert [row["kvk_nummer"] for row in rows(tmp_path, first, company())] == ["90000002", "90000001"]


def test_the_postal_address_is_no_place(tmp_path: Path) -> None:
    [row] = rows(tmp_path, establishment("900000000001", adressen=[POST]))
    assert row["straatnaam"] is row["plaats"] is None


@pytest.mark.real
def test_recorded_answers_in_both_forms_of_links(tmp_path: Path) -> None:
    recorded = json.loads((REAL / "testresponses_open-forms.json").read_text(encoding="utf-8"))
    bodies = [answer["body"] for answer in recorded if answer["status"] == 200 and "profiel" in answer["request"]]
    bodies += [json.loads(path.read_text(encoding="utf-8")) for path in sorted(REAL.glob("basisprofiel_*.json"))]
    found = {(row["kvk_nummer"], row["vestigingsnummer"]): row for row in rows(tmp_path, *bodies)}
    assert found["69599084", "000038509504"]["rechtsvorm"] == "eenmanszaak"
    assert str(found["90000749", None]["rsin"]).startswith("99234059")  # the two recordings differ in the last digit
    # without the profile of its company nothing tells its RSIN from a BSN: the row is refused
    assert ("68750110", "000037178598") not in found
