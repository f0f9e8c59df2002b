"""`barrier init` writes a configuration that is taken as it is, and tells what is still open in it."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from flows.configuration import load_configuration
from flows.intake.initial_configuration import write_initial_configuration
from screening.base.errors import ConfigurationError
from tests.conftest import barrier

IDS = "nummeraanduiding_id;vbo;straat;huisnr;woonplaats;status\n" + "".join(
    f"045720000000{place:04};045701000000{place:04};Dam;{place};Weesp;Verblijfsobject in gebruik\n"
    for place in range(9)
)
REPORTS = "melding_id;datum_melding;hoofdcategorie;subcategorie;status\n" + "".join(
    f"M-{place};2026-01-02T10:00:00;afval;afval;gemeld\n" for place in range(9)
)


@pytest.fixture(scope="module")
def initial(messy_town, tmp_path_factory):
    """The exports of a messy municipality without its configuration, and what init makes of them."""
    folder = tmp_path_factory.mktemp("exports")
    for file in messy_town.iterdir():
        if file.is_file() and file.suffix != ".toml":
            shutil.copy(file, folder / file.name)
    (folder / "leesmij.txt").write_text("Vragen? Bel de beheerder.\n", encoding="utf-8")
    return write_initial_configuration(folder, folder.parent / "screening.toml")


def test_every_register_is_mapped_as_a_person_mapped_it(initial, messy_town):
    by_hand = tomllib.loads((messy_town / "screening.toml").read_text(encoding="utf-8"))["sources"]
    made = tomllib.loads(initial.path.read_text(encoding="utf-8"))["sources"]
    assert {name: Path(table["path"]).name for name, table in made.items()} == {
        name: table["path"] for name, table in by_hand.items()
    }
    for name, table in by_hand.items():
        for ours, theirs in table.get("columns", {}).items():
            assert made[name].get("columns", {}).get(ours) == theirs, (name, ours)


def test_it_is_taken_as_it_is_and_read_by_its_owner_alone(initial):
    configuration = load_configuration(initial.path)
    assert configuration.municipality.code == "9999"
    assert len(configuration.indicators) > 40
    assert all(not table.missing for table in configuration.indicators.values())
    assert initial.path.stat().st_mode & 0o777 == 0o600


def test_what_is_open_and_what_was_not_recognised_is_told(initial):
    assert initial.open_points[0] == 'municipality.name: stands as "Gemeente 9999".'
    not_recognised = initial.files["leesmij.txt"]
    assert not_recognised.startswith("not recognised as a register")
    assert re.search(r"barrier profile \S+/leesmij\.txt --register", not_recognised), "a command that finds the file"
    assert sum("rows" in outcome for outcome in initial.files.values()) == 9


def test_check_goes_through_it_and_says_how_many_addresses_would_be_found(initial):
    ran = barrier("check", "--config", initial.path, "--as-of", "2026-11-01", "--json")
    assert ran.code == 0, ran.out
    texts = {finding["subject"]: finding["text"] for finding in ran.json["findings"]}
    placed = re.match(r"An object of the BAG is found for vergunningen (\d+) of (\d+) \(", texts["addresses"])
    assert int(placed[1]) > 0.95 * int(placed[2]) > 100
    assert not (initial.path.parent / "var").exists(), "nothing is kept"


def test_a_file_whose_name_is_no_text_is_told_and_left(tmp_path):
    folder = exports(tmp_path / "exports", meldingen="Meldnr;Aangemaakt\n1;2026-01-02\n")
    name = os.fsdecode(b"kl\xe9achten.csv")
    (folder / name).write_text("Meldnr;Aangemaakt\n1;2026-01-02\n", encoding="utf-8")
    initial = write_initial_configuration(folder, tmp_path / "screening.toml")
    assert initial.files[name].startswith("not read. Its name is no UTF-8")
    assert not initial.files["meldingen.csv"].startswith("not read")


def exports(folder: Path, **files: str) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    return folder


def test_a_real_municipality_has_its_indicators_as_comments_and_its_mandate_to_fill_in(tmp_path):
    initial = write_initial_configuration(exports(tmp_path / "e", bag=IDS), tmp_path / "screening.toml")
    configuration = load_configuration(initial.path)
    assert (configuration.municipality.code, configuration.indicators) == ("0457", {})
    text = initial.path.read_text(encoding="utf-8")
    assert '# [indicators."ADR-01"]' not in text, "its register is not there"
    assert "[governance.mandate]" in text
    assert "sources.meldingen: no file was recognised as it, and no run goes without." in initial.open_points
    ran = barrier("check", "--config", initial.path)
    assert ran.code == 2
    assert "VUL IN" in ran.out


def test_two_files_for_one_register_are_told(tmp_path):
    folder = exports(
        tmp_path / "e", januari=REPORTS, februari=REPORTS + "M-10;2026-02-02T10:00:00;afval;afval;gemeld\n"
    )
    initial = write_initial_configuration(folder, tmp_path / "screening.toml")
    told = next(sentence for sentence in initial.open_points if "both look like it" in sentence)
    assert told.startswith(
        "sources.meldingen: februari.csv and januari.csv both look like it. They have the same columns"
    )
    assert "Not used: februari.csv is taken" in initial.files["januari.csv"]
    assert tomllib.loads(initial.path.read_text())["sources"]["meldingen"]["path"] == "e/februari.csv"


def test_a_damaged_file_keeps_no_other_from_being_read(tmp_path):
    folder = exports(tmp_path / "e", meldingen=REPORTS)
    (folder / "kapot.xlsx").write_bytes(b"PK\x03\x04 no spreadsheet")
    initial = write_initial_configuration(folder, tmp_path / "screening.toml")
    assert initial.files["kapot.xlsx"].startswith("not read. kapot.xlsx:")
    assert initial.files["meldingen.csv"].startswith("meldingen (")


def test_no_folder_no_file_and_a_configuration_that_is_there_are_refused(tmp_path):
    for folder in (tmp_path / "absent", exports(tmp_path / "empty")):
        with pytest.raises(ConfigurationError, match=folder.name):
            write_initial_configuration(folder, tmp_path / "screening.toml")
    (tmp_path / "screening.toml").write_text("x")
    with pytest.raises(ConfigurationError, match="is there already"):
        write_initial_configuration(exports(tmp_path / "e", meldingen=REPORTS), tmp_path / "screening.toml")


def test_the_command_says_what_it_made(tmp_path):
    exports(tmp_path / "e", meldingen=REPORTS)
    ran = barrier("init", "e", cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert "meldingen.csv: meldingen (" in ran.out
    assert "screening.toml is written. Still open:" in ran.out
    assert barrier("init", "e", cwd=tmp_path).code == 2, "it is there already"
