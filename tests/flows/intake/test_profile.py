"""`barrier profile` shows what a file is and proposes its table; it asks nobody, keeps nothing and makes nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from flows.intake.profile import profile, profile_document, profile_lines
from screening.base.errors import SourceMissingError
from tests.conftest import barrier

REAL = Path(__file__).parents[4] / "shared/datasets/real"

VISITS = "Bezoeknr;Datum bezoek;Adres;Aangetroffen;Geslacht\n" + "".join(
    f"C-{place};{1 + place % 28}/1/2026;Hoofdstraat {place}, 1234 AB Weesp;"
    f"{('niemand thuis', 'Zomerfeest')[place % 2]};v\n"
    for place in range(40)
)


@pytest.fixture
def visits(tmp_path) -> Path:
    path = tmp_path / "bezoeken.csv"
    path.write_text(VISITS, encoding="utf-8")
    return path


def test_the_command_tells_a_person_what_the_file_is(visits):
    ran = barrier("profile", visits)
    assert ran.code == 0, ran.err
    assert "bezoeken.csv: CSV, utf-8, semicolons, header in row 1, 40 rows." in ran.out
    assert "Looks like: controles" in ran.out
    assert "Geslacht                      not read: may never be read (gender)" in ran.out
    assert "Zomerfeest 20; niemand thuis 20  -> situatie" in ran.out
    assert "dates as %d/%m/%Y 100%  -> datum" in ran.out
    assert "A-00 75%, A-0 25%  -> controle_id" in ran.out
    assert [path.name for path in visits.parent.iterdir()] == ["bezoeken.csv"], "nothing is kept or made"


def test_the_command_gives_a_machine_the_same_and_the_table_to_paste(visits):
    document = barrier("profile", visits, "--json").json
    assert (document["register"], document["file"]["rows"]) == ("controles", 40)
    table = tomllib.loads(document["table"])["sources"]["controles"]
    assert table["columns"]["situatie"] == "Aangetroffen"
    assert table["drop"] == ["Geslacht"]
    assert any("Zomerfeest" in line and line.startswith("#") for line in document["table"].splitlines())


def test_a_person_who_knows_better_says_which_register_it_is(visits):
    profiled = profile(visits, register="maatregelen")
    assert profiled.recognition.dataset == "maatregelen"
    assert profiled.proposed.text.startswith("[sources.maatregelen]")


def test_a_file_like_no_register_is_shown_without_a_table(tmp_path):
    (tmp_path / "a.csv").write_text("land;hoofdstad\nFrankrijk;Parijs\n", encoding="utf-8")
    profiled = profile(tmp_path / "a.csv")
    lines = list(profile_lines(profiled))
    assert "No name in its header is known, so that its columns are shown by their number." in lines
    assert any(line.startswith("Looks like none of the registers") for line in lines)
    assert (profile_document(profiled)["table"], profile_document(profiled)["register"]) == (None, None)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SourceMissingError, match=r"absent\.csv"):
        profile(tmp_path / "absent.csv")
    assert barrier("profile", tmp_path / "absent.csv").code != 0


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "register", "rows"),
    [
        ("bag_weesp/BAGGEM0457L-15102021.zip", "bag_adressen", 12_694),
        ("bag_weesp/weesp_adressen_actueel.csv", "bag_adressen", 12_694),
        ("meldingen_assen/data/2026/05/20.json", "meldingen", 263),
        ("bekendmakingen_assen/assen-2026-05.json", "vergunningen", 120),
        ("licences_scottsdale/ct_BusinessLicences.csv", "vergunningen", 25_757),
        ("bronnen/registers/amsterdam_exploitatievergunning_2022-11.csv", "vergunningen", 1_884),
        ("ind_bedrijven/ind_2024-08.txt", None, 11_383),
    ],
)
def test_registers_that_others_made_are_recognised(file, register, rows):
    profiled = profile(REAL / file)
    assert profiled.file.rows == rows
    assert (profiled.recognition.dataset if profiled.recognition else None) == register


@pytest.mark.real
def test_the_list_of_companies_is_mapped_once_a_person_says_what_it_is():
    profiled = profile(REAL / "ind_bedrijven/ind_2024-08.txt", register="handelsregister")
    table = tomllib.loads(profiled.proposed.text)["sources"]["handelsregister"]
    assert table["names"] == ["handelsnamen", "kvk_nummer"]
    assert table["lacks"] == ["rechtsvorm", "datum_aanvang"]
