"""The proposed table is TOML that the configuration takes; what is unsure is a comment and an open point."""

from __future__ import annotations

import tomllib
from pathlib import Path

from flows.configuration.mapping_tables import RegisterTable
from screening.sources.profile.file_profile import profile_file
from screening.sources.profile.register import rank_registers
from screening.sources.profile.table import ProposedTable, propose_table


def proposed(path: Path, register: str, content: str, encoding: str = "utf-8") -> ProposedTable:
    path.write_bytes(content.encode(encoding))
    file = profile_file(path)
    recognition = next(likeness for likeness in rank_registers(file) if likeness.dataset == register)
    return propose_table(file, recognition, path.name)


def parsed(table: ProposedTable) -> dict:
    keys = tomllib.loads(table.text)["sources"][table.dataset]
    RegisterTable.model_validate(keys)
    return keys


PERMITS = "Overzicht;;;;;;;;\nZaaknr;Soort;Stand;Ontvangen;Besluitdatum;Einde;Houder;KvK;BSN\n" + "".join(
    f"Z-{place};{kind};{status};{13 + place % 9}/1/2026;1/2/2026;{end};Café {place};{kvk};111222333\n"
    for place, (kind, status, end, kvk) in enumerate(
        [("Terrasvergunning", "Verleend", "31/12/9999", "12345678")] * 30
        + [("Standplaats", "Afgeboekt", "1/2/2027", "n.v.t.")] * 12
        + [("Verleend terras", "Verleend deels", "", "0")] * 10
    )
)


def test_a_register_is_mapped_with_its_layout_columns_codes_dates_and_words(tmp_path):
    table = proposed(tmp_path / "a.csv", "vergunningen", PERMITS, "cp850")
    keys = parsed(table)
    assert keys == {
        "path": "a.csv",
        "encoding": "cp850",
        "header": 2,
        "columns": {
            "zaaknummer": "Zaaknr",
            "zaaktype": "Soort",
            "status": "Stand",
            "datum_aanvraag": "Ontvangen",
            "datum_besluit": "Besluitdatum",
            "einddatum": "Einde",
            "houder_naam": "Houder",
            "kvk_nummer": "KvK",
        },
        "codes": {"zaaktype": {"terras": ["Terrasvergunning"]}},
        "dates": {"forms": ["%d/%m/%Y"]},
        "null": ["n.v.t.", "0"],
        "open_end": ["31/12/9999"],
        "drop": ["BSN"],
    }
    assert '# codes.status: "Verleend deels" (10 rows): perhaps verleend' in table.lines
    assert '# codes.zaaktype: "Standplaats" (12 rows): no code is like it' in table.lines
    (where,) = [line for line in table.lines if line.startswith("# where = ")]
    assert where.startswith('# where = { Soort = ["Terrasvergunning"], Stand = ["Verleend"] }'), "a table has one where"
    assert any(sentence.startswith("codes.status: 2 spellings (22 rows)") for sentence in table.open_points)


def test_what_is_required_and_not_there_is_lacking_and_a_missing_key_is_told(tmp_path):
    companies = "kvk;naam onderneming\n" + "".join(f"{12345678 + place};Bar {place}\n" for place in range(9))
    table = proposed(tmp_path / "a.csv", "handelsregister", companies)
    assert parsed(table)["lacks"] == ["rechtsvorm", "datum_aanvang"]
    without_key = proposed(tmp_path / "a.csv", "vergunningen", "status;datum aanvraag\nverleend;2026-01-01\n")
    assert "zaaknummer" not in parsed(without_key)["lacks"]
    assert any("no column tells the rows apart (zaaknummer)" in sentence for sentence in without_key.open_points)


def test_an_unknown_legal_form_is_the_code_for_the_rest(tmp_path):
    companies = "kvk;handelsnaam;rechtsvorm;aanvang\n" + "".join(
        f"{12345600 + place};Bar;{('Besloten vennootschap', 'Kerkgenootschap')[place % 2]};2020-01-01\n"
        for place in range(40)
    )
    keys = parsed(proposed(tmp_path / "a.csv", "handelsregister", companies))
    assert keys["codes"] == {"rechtsvorm": {"bv": ["Besloten vennootschap"]}}
    assert keys["otherwise"] == {"rechtsvorm": "overig"}


def test_a_file_without_a_header_gets_names(tmp_path):
    rows = "".join(f"Bakkerij;{12345670 + place}\n" for place in range(20))
    table = proposed(tmp_path / "a.csv", "handelsregister", rows)
    keys = parsed(table)
    assert (keys["header"], keys["names"]) == (0, ["handelsnamen", "kvk_nummer"])
    assert "columns" not in keys


def test_parts_of_a_name_a_day_with_its_time_and_coordinates_are_put_together(tmp_path):
    people = "kvk;voornaam;tussenvoegsel;achternaam;functie;sinds\n12345678;Jan;de;Vries;bestuurder;2020-01-01\n"
    keys = parsed(proposed(tmp_path / "a.csv", "functionarissen", people))
    assert keys["join"] == {"naam": {"from": ["voornaam", "tussenvoegsel", "achternaam"]}}
    reports = (
        "nummer;datum;tijd;categorie;subcategorie;status;punt\nM-1;13/1/2026;14:05;afval;afval;gemeld;52.31, 4.91\n"
    )
    keys = parsed(proposed(tmp_path / "a.csv", "meldingen", reports))
    assert keys["join"] == {"datum_melding": {"from": ["datum", "tijd"]}}
    assert keys["dates"] == {"forms": ["%d/%m/%Y %H:%M"]}
    assert keys["split"] == {"punt": {"at": ",", "into": ["lat", "lon"]}}


def test_a_word_that_may_be_a_code_is_not_taken_for_empty(tmp_path):
    rows = "zaaknummer;bezwaar;kvk\n" + "".join(f"Z-{place};geen;geen\n" for place in range(20))
    assert "null" not in parsed(proposed(tmp_path / "a.csv", "vergunningen", rows))


def test_bsns_under_an_innocent_name_are_dropped(tmp_path):
    rows = "zaaknummer;status;kenmerk2\n" + "".join(f"Z-{place};verleend;111222333\n" for place in range(20))
    assert parsed(proposed(tmp_path / "a.csv", "vergunningen", rows))["drop"] == ["kenmerk2"]


def test_day_and_month_that_cannot_be_told_apart_are_an_open_point(tmp_path):
    rows = "zaaknummer;datum aanvraag\nZ-1;01/02/2026\nZ-2;02/03/2026\n"
    table = proposed(tmp_path / "a.csv", "vergunningen", rows)
    assert "dates: no value tells whether the day or the month is first." in table.open_points
    two_digits = proposed(tmp_path / "a.csv", "vergunningen", rows.replace("/2026", "-26").replace("/", "-"))
    assert parsed(two_digits)["dates"] == {"forms": ["%d-%m-%y"], "pivot": 40}
