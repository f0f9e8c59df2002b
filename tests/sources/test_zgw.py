"""ZGW: a case joined to its decision, applicant and address, with the numbers of persons left unread."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from screening.base.datasets import datasets
from screening.base.errors import ForbiddenColumnError, SourceError
from screening.base.frames import SourceSpec, SourceTable
from screening.contracts.model import fields_of
from screening.sources import read_source

KEY = b"key-of-a-workspace-in-a-test"
REAL = Path(__file__).parents[3] / "shared" / "datasets" / "real" / "bronnen" / "zgw"
API = "https://example.com/zaken/api/v1"
SECRET = "123456782"
COLUMNS = [
    "zaaknummer",
    "zaaktype",
    "status",
    "datum_aanvraag",
    "datum_besluit",
    "ingangsdatum",
    "einddatum",
    "vervalreden",
    "houder_naam",
    "houder_geboortedatum",
    "kvk_nummer",
    "vestigingsnummer",
    "straatnaam",
    "huisnummer",
    "postcode",
    "plaats",
    "adresseerbaar_object_id",
    "adres_tekst",
]
CODES = {"zaaktype": {"exploitatie": ["Exploitatievergunning"]}, "status": {"verleend": ["Toegekend"]}}


def case(number: int, **more: object) -> dict[str, object]:
    return {
        "url": f"{API}/zaken/{number}",
        "uuid": str(number),
        "identificatie": f"Z-{number}",
        "bronorganisatie": "000000000",
        "zaaktype": f"{API}/zaaktypen/1",
        "startdatum": "2026-01-02",
        "einddatum": None,
        "omschrijving": SECRET,
    } | more


def role(number: int, kind: str, who: dict[str, object], generic: str = "initiator") -> dict[str, object]:
    return {
        "url": f"{API}/rollen/{number}",
        "zaak": f"{API}/zaken/{number}",
        "betrokkeneType": kind,
        "roltype": "x",
        "omschrijvingGeneriek": generic,
        "betrokkeneIdentificatie": who,
        "contactpersoonRol": {"naam": SECRET},
    }


def case_object(number: int, kind: str, identification: dict[str, object]) -> dict[str, object]:
    return {"zaak": f"{API}/zaken/{number}", "objectType": kind, "objectIdentificatie": identification}


def decision(number: int, date: str, **more: object) -> dict[str, object]:
    return {
        "url": f"{API}/besluiten/{date}",
        "besluittype": "x",
        "verantwoordelijkeOrganisatie": "000000000",
        "zaak": f"{API}/zaken/{number}",
        "datum": date,
        "ingangsdatum": date,
        "vervaldatum": None,
        "vervalreden": "",
    } | more


PERSON = {
    "inpBsn": SECRET,
    "inpA_nummer": SECRET,
    "voornamen": "",
    "voorletters": "J.",
    "voorvoegselGeslachtsnaam": "de",
    "geslachtsnaam": "Vries",
    "geboortedatum": "1980-02-03",
}
ADDRESS = {
    "identificatie": "9999010000000001",
    "wplWoonplaatsNaam": "Voorbeeldstad",
    "gorOpenbareRuimteNaam": "Kerkstraat",
    "huisnummer": 2,
    "huisletter": "",
    "huisnummertoevoeging": "",
    "postcode": "1234 AB",
}
PAGES: dict[str, list[object]] = {
    "zaken": [case(1), case(2), case(3)],
    "rollen": [
        role(1, "medewerker", {"achternaam": SECRET}, "behandelaar"),
        role(1, "natuurlijk_persoon", PERSON),
        role(2, "vestiging", {"vestigingsNummer": "12345678", "handelsnaam": ["De Kroon"], "kvkNummer": "90000001"}),
        role(3, "medewerker", {"achternaam": SECRET}),
    ],
    "zaakobjecten": [
        case_object(1, "adres", ADDRESS),
        case_object(2, "overige", {"overigeData": "Kerkstraat 4, Voorbeeldstad"}),
        case_object(3, "woz_object", {"aanduidingWozObject": {"gorOpenbareRuimteNaam": "Laan", "aoaHuisnummer": 8}}),
    ],
    "besluiten": [
        decision(1, "2026-03-01", vervaldatum="2026-04-01", vervalreden="ingetrokken_overheid"),
        decision(1, "2026-02-01"),
    ],
    "resultaten": [{"zaak": f"{API}/zaken/1", "resultaattype": f"{API}/resultaattypen/1"}],
    "types": [
        {"url": f"{API}/zaaktypen/1", "omschrijving": "Exploitatievergunning"},
        {"url": f"{API}/resultaattypen/1", "omschrijving": "Toegekend"},
    ],
}
NONE = (None,) * 4
EXPECTED = [
    (
        "Z-1",
        "exploitatie",
        "verleend",
        "2026-01-02",
        "2026-03-01",
        "2026-03-01",
        "2026-04-01",
        "ingetrokken_overheid",
        "J. de Vries",
        "1980-02-03",
        None,
        None,
        "Kerkstraat",
        "2",
        "1234 AB",
        "Voorbeeldstad",
        "9999010000000001",
        None,
    ),
    (
        "Z-2",
        "exploitatie",
        "in_behandeling",
        "2026-01-02",
        *NONE,
        "De Kroon",
        None,
        "90000001",
        None,
        *NONE,
        None,
        "Kerkstraat 4, Voorbeeldstad",
    ),
    (
        "Z-3",
        "exploitatie",
        "in_behandeling",
        "2026-01-02",
        *NONE,
        None,
        None,
        None,
        None,
        "Laan",
        "8",
        None,
        None,
        None,
        None,
    ),
]


def zipped(pages: dict[str, list[object]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, records in pages.items():
            page = {"count": len(records), "next": None, "previous": None, "results": records}
            archive.writestr(f"{name}-1.json", json.dumps(page))
    return target.getvalue()


def read(folder: Path, data: bytes, name: str = "zaken.zip") -> SourceTable:
    (folder / name).write_bytes(data)
    spec = SourceSpec("vergunningen", path=str(folder / name), codes=CODES)
    return read_source(spec, fields_of(datasets()["vergunningen"]), reporter_key=KEY)


def read_managers(folder: Path, data: bytes) -> SourceTable:
    (folder / "zaken.zip").write_bytes(data)
    spec = SourceSpec(
        "leidinggevenden",
        path=str(folder / "zaken.zip"),
        belonging={"rol": ("leidinggevende", "Beheerder")},
        codes={"rol": {"leidinggevende": ["Leidinggevende"], "beheerder": ["Beheerder"]}},
    )
    return read_source(spec, fields_of(datasets()["leidinggevenden"]), reporter_key=KEY)


def test_pages_in_a_zip(tmp_path: Path) -> None:
    table = read(tmp_path, zipped(PAGES))
    assert table.frame.select(COLUMNS).rows() == EXPECTED
    assert SECRET not in str(table.frame.rows())


def test_cases_with_what_belongs_to_them_expanded(tmp_path: Path) -> None:
    expanded = {"rollen": PAGES["rollen"][:2], "zaakobjecten": PAGES["zaakobjecten"][:1], "zaaktype": PAGES["types"][0]}
    result = {"resultaat": PAGES["resultaten"][0] | {"_expand": {"resultaattype": PAGES["types"][1]}}}
    besluiten = {"besluiten": PAGES["besluiten"]}
    page = {"count": 1, "results": [case(1, _expand=expanded | result | besluiten)]}
    table = read(tmp_path, json.dumps(page).encode(), "zaken.json")
    assert table.frame.select(COLUMNS).rows() == EXPECTED[:1]


def test_pages_after_each_other(tmp_path: Path) -> None:
    text = "\n".join(json.dumps({"count": len(records), "results": records}) for records in PAGES.values())
    assert read(tmp_path, text.encode(), "zaken.json").frame.select(COLUMNS).rows() == EXPECTED


def test_people_in_a_role_are_managers_on_the_permit_and_the_applicant_is_none(tmp_path: Path) -> None:
    since = {"omschrijving": "Leidinggevende", "beginGeldigheid": "2026-02-01", "eindeGeldigheid": "2026-05-01"}
    registered = {"omschrijving": "Beheerder", "registratiedatum": "2026-03-04T15:58:32.051369Z"}
    words = {"omschrijving": "", "roltype": f"{API}/roltypen/7", "beginGeldigheid": "2026-02-01"}
    neighbour = PERSON | {"geslachtsnaam": "Buurman"}
    roles = [
        role(2, "natuurlijk_persoon", PERSON, "belanghebbende") | since,
        role(2, "natuurlijk_persoon", PERSON | {"voornamen": "Piet"}) | since,  # the applicant
        role(2, "natuurlijk_persoon", PERSON | {"voornamen": "Jan", "geboortedatum": ""}, "") | registered,
        role(3, "natuurlijk_persoon", PERSON, "belanghebbende") | words,
        role(3, "natuurlijk_persoon", neighbour, "belanghebbende") | since | {"omschrijving": "Bezwaarmaker"},
        role(3, "vestiging", {"handelsnaam": ["De Kroon"]}, "belanghebbende") | since,
        role(3, "medewerker", {"achternaam": SECRET}, "behandelaar") | since,
    ]
    types = [*PAGES["types"], {"url": f"{API}/roltypen/7", "omschrijving": "Leidinggevende"}]
    table = read_managers(tmp_path, zipped(PAGES | {"rollen": [*PAGES["rollen"], *roles], "types": types}))
    columns = ["zaaknummer", "naam", "geboortedatum", "rol", "datum_van", "datum_tot"]
    assert table.frame.select(columns).rows() == [
        ("Z-2", "J. de Vries", "1980-02-03", "leidinggevende", "2026-02-01", "2026-05-01"),
        ("Z-2", "Jan de Vries", None, "beheerder", "2026-03-04", None),
        ("Z-3", "J. de Vries", "1980-02-03", "leidinggevende", "2026-02-01", None),
    ]
    assert [word for word in (SECRET, "Buurman", "Kroon") if word in str(table)] == []


def test_without_a_case_nothing_hides_the_numbers_of_persons(tmp_path: Path) -> None:
    with pytest.raises(ForbiddenColumnError):
        read(tmp_path, json.dumps(PAGES["rollen"]).encode(), "rollen.json")


def test_a_page_that_breaks_off_is_refused(tmp_path: Path) -> None:
    target = io.BytesIO(zipped(PAGES))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("rollen-2.json", '{"count": 1, "results": [{"zaak": ')
    with pytest.raises(SourceError, match=r"rollen-2\.json"):
        read(tmp_path, target.getvalue())


@pytest.mark.real
def test_recorded_answers(tmp_path: Path) -> None:
    recorded = json.loads((REAL / "voorbeeldantwoorden_openzaak.json").read_text(encoding="utf-8"))
    bodies = [body for call, answers in recorded.items() if " 200" in call or " 201" in call for body in answers]
    records = [record for body in bodies if isinstance(body, dict) for record in body.get("results", [body])]
    cases = [record for record in records if "bronorganisatie" in record]
    others = [record for record in records if "bronorganisatie" not in record]
    table = read(tmp_path, zipped({"a": cases, "b": others}))
    assert set(table.frame["zaaknummer"]) == {record["identificatie"] for record in cases}
    assert SECRET not in str(table.frame.rows())
