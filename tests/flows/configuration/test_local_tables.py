"""`[lines]`, `[permit_types]` and `[areas]`: what a municipality states, and what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from flows.configuration import load_configuration
from screening.base.code_words import using_code_words, words_of_municipality
from screening.base.errors import ConfigurationError, SourceError
from screening.base.extensions import using_extensions
from screening.wording.forms import code_word
from tests.flows.configuration.test_read import GOOD

LISTS = """
[permit_types.standplaats]
name_nl = "standplaats"
name_en = "pitch"
location_bound = true
related = ["exploitatie"]

[lines.nagelstudio]
sbi_2008 = ["96022"]
sbi_2025 = ["9622"]
permit_types = ["exploitatie", "standplaats"]
functions = ["winkelfunctie"]

[lines.speelautomaten]
needs_licence = false

[areas.winkelstraat]
duty = "nagelstudio"
path = "area.csv"
decision = "Aanwijzingsbesluit 2024-12"
publication = "https://zoek.officielebekendmakingen.nl/gmb-2024-1.html"
since = 2024-01-01
until = 2027-12-31
"""


@pytest.fixture
def file(write, tmp_path) -> Path:
    (tmp_path / "area.csv").write_text("postcode\n1234AB\n", encoding="utf-8")
    return write(GOOD + LISTS)


def test_a_list_of_the_municipality_stands_beside_what_ships(file):
    read = load_configuration(file)
    lines = read.local_lists.lines
    assert sorted(lines) == ["horeca", "logies", "nagelstudio", "speelautomaten"]
    assert lines["nagelstudio"].permit_types == ("exploitatie", "standplaats")
    # of a line that ships only what is stated is otherwise
    assert (lines["speelautomaten"].needs_licence, lines["speelautomaten"].sbi_2025) == (False, ("92",))
    assert read.local_lists.permit_types["standplaats"].location_bound
    (area,) = read.designated_areas
    assert (area.duty, area.postcodes) == ("nagelstudio", frozenset({"1234AB"}))


def test_two_configurations_in_two_threads_keep_their_own_words(file):
    both_are_read = Barrier(2, timeout=60)

    def word_of(name: str) -> str:
        other = file.with_name(f"{name}.toml")
        other.write_text(file.read_text(encoding="utf-8").replace("standplaats", "kraamhandel").replace("pitch", name))
        with using_extensions(()), using_code_words({}):
            load_configuration(other)
            both_are_read.wait()
            return code_word("kraamhandel", "en")

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(word_of, ["stall", "cart"])) == ["stall", "cart"]
    assert "kraamhandel" not in words_of_municipality()  # a block leaves the process as it was


def test_a_kind_of_permit_of_the_municipality_has_its_name_wherever_a_code_is_put_into_words(file, write):
    load_configuration(write(file.read_text(encoding="utf-8").replace('"pitch"', '"market pitch"')))
    assert (code_word("standplaats", "nl"), code_word("standplaats", "en")) == ("standplaats", "market pitch")
    load_configuration(write(GOOD))
    assert code_word("standplaats", "en") == "standplaats"


def test_what_an_area_holds_takes_part_in_the_run_id_and_not_where_its_file_lies(file, write, tmp_path):
    before = load_configuration(file).canonical
    (tmp_path / "moved.csv").write_bytes((tmp_path / "area.csv").read_bytes())
    assert load_configuration(write(GOOD + LISTS.replace("area.csv", "moved.csv"))).canonical == before
    (tmp_path / "moved.csv").write_text("postcode\n1234AC\n", encoding="utf-8")
    assert load_configuration(file).canonical != before


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("decision =", "besluit =", "areas.winkelstraat.decision is missing. An area is used only with its decision"),
        ("publication =", "url =", "areas.winkelstraat.publication is missing"),
        ('"https://zoek', '"http://zoek', "with https://"),
        ("since = 2024-01-01", "", "areas.winkelstraat.since is missing"),
        ("until = 2027", "until = 2023", "ends before it begins"),
        ("areas.winkelstraat", "areas.turkse_wijk", "speaks of nationality, origin or descent"),
        ("Aanwijzingsbesluit 2024-12", "Besluit Turkse winkels", "speaks of nationality, origin or descent"),
        ('duty = "nagelstudio"', 'duty = "overlast"', "'overlast' is no kind of permit, line of business or duty"),
        ("area.csv", "absent.csv", "absent.csv is not there"),
        ('"exploitatie", "standplaats"', '"evenement"', "'evenement' is not bound to a place"),
        ('name_en = "pitch"', "", "standplaats, which needs name_nl and name_en"),
        ('["9622"]', '["96.22"]', "list of SBI codes in quotes"),
        ('["winkelfunctie"]', '["winkel"]', "lines.nagelstudio: functions names 'winkel', which is no use of the BAG"),
        ("lines.nagelstudio", "lines.turkse_bakker", "speaks of nationality, origin or descent"),
        ("lines.nagelstudio", "lines.griekse_eethuizen", "speaks of nationality, origin or descent"),
        ("lines.nagelstudio", "lines.shoarma", "speaks of cuisine"),
        ('"standplaats"\nname_en', '"markt voor moslims"\nname_en', "speaks of religion|speaks of nat"),
    ],
)
def test_a_list_that_may_not_be_used_is_refused_with_its_reason(file, write, old, new, reason):
    assert old in LISTS
    with pytest.raises(ConfigurationError, match=reason):
        load_configuration(write(GOOD + LISTS.replace(old, new, 1)))


def test_a_file_that_is_no_area_is_refused_before_a_night(file):
    file.with_name("area.csv").write_text("street\nDorpsstraat\n", encoding="utf-8")
    with pytest.raises(SourceError, match="list of postcodes has a column"):
        load_configuration(file)
