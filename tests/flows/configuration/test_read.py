"""The configuration: what is read, and every way in which it is refused."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from flows.configuration import load_configuration, today
from screening.base.errors import ConfigurationError

GOOD = """
[municipality]
name = "Voorbeeldstad"
code = "0344"

[run]
as_of = 2026-11-01
workspace = "var"

[sources.vergunningen]
path = "vergunningen.csv"
columns = { zaaknummer = "zaaknr" }
codes.status = { verleend = ["Toegekend"] }
drop = ["bsn"]
max_quarantine = 0.02

[sources.seksinrichtingen]
path = "seksinrichtingen.csv"

[sources.meldingen]
path = "meldingen/*.csv"
max_age_days = 3

[sources.bag_adressen]
url_env = "BAG_DB"
query = "SELECT * FROM bag"

[indicators."LIC-01"]
legal_basis = "APV art. 2:28"
dpia = "DPIA-2026-014"
fg_advice = 2026-05-12
parameters = { window_years = 5 }
"""


def test_everything_that_is_said_is_read(write, tmp_path):
    read = load_configuration(write(GOOD))
    assert read.municipality.code == "0344"
    assert not read.is_synthetic
    assert read.as_of == date(2026, 11, 1)
    assert read.workspace == tmp_path / "var"
    permits = read.source_specs["vergunningen"]
    assert permits.path == str(tmp_path / "vergunningen.csv")
    assert permits.columns == {"zaaknummer": "zaaknr"}
    assert permits.codes == {"status": {"verleend": ["Toegekend"]}}
    assert permits.drop == ("bsn",)
    assert permits.max_quarantine == 0.02
    assert read.source_specs["meldingen"].max_quarantine == 0.05
    assert read.source_specs["bag_adressen"].url == "sqlite:///bag.db"
    assert read.max_age_days["meldingen"] == 3
    assert read.max_age_days["vergunningen"] == 45
    rule = read.indicators["LIC-01"]
    assert tuple(rule.grounds.values()) == ("APV art. 2:28", "DPIA-2026-014", "2026-05-12")
    assert rule.parameters == {"window_years": 5}
    assert rule.missing == ()


def test_a_date_on_the_command_line_goes_before_the_files(write):
    assert load_configuration(write(GOOD), as_of=date(2025, 1, 1)).as_of == date(2025, 1, 1)


def test_without_as_of_the_run_is_of_today(write):
    assert load_configuration(write(GOOD.replace("as_of = 2026-11-01\n", ""))).as_of == today()


def test_the_place_of_the_workspace_and_the_secret_do_not_shape_the_run(write, monkeypatch):
    first = load_configuration(write(GOOD)).canonical
    monkeypatch.setenv("BAG_DB", "sqlite:///other.db")
    assert load_configuration(write(GOOD.replace('workspace = "var"', 'workspace = "elsewhere"'))).canonical == first
    assert "sqlite" not in first


def test_a_changed_mapping_shapes_the_run(write):
    first = load_configuration(write(GOOD)).canonical
    assert load_configuration(write(GOOD.replace("Toegekend", "Vergund"))).canonical != first


def test_an_indicator_without_its_three_keys_says_which_are_missing(write):
    text = GOOD.replace('dpia = "DPIA-2026-014"\n', "").replace("fg_advice = 2026-05-12\n", "")
    assert load_configuration(write(text)).indicators["LIC-01"].missing == ("dpia", "fg_advice")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('code = "0344"', 'code = "99"', "four digits"),
        ('code = "0344"', "code = 9999", "municipality.code"),
        ('name = "Voorbeeldstad"', 'name = ""', "municipality.name"),
        ("[run]", "[runs]", "unknown key 'runs'"),
        ("as_of = 2026-11-01", 'as_of = "2026-11-01"', "run.as_of"),
        ("as_of = 2026-11-01", "as_of = 2026-11-01T04:00:00", "run.as_of"),
        ('workspace = "var"', 'worksapce = "var"', "unknown key 'worksapce'"),
        ("[sources.seksinrichtingen]", "[sources.escorts]", "unknown key 'escorts'"),
        ('[sources.seksinrichtingen]\npath = "seksinrichtingen.csv"', "", "[sources.seksinrichtingen] is missing"),
        ('path = "seksinrichtingen.csv"', "", "either path, or url_env"),
        ('path = "seksinrichtingen.csv"', "path = 5", "seksinrichtingen.path must be a text"),
        ('path = "seksinrichtingen.csv"', 'path = ["a.csv", "b.csv"]', "seksinrichtingen.path must be a text"),
        ('path = "seksinrichtingen.csv"', 'path = "s.csv"\nquery = "SELECT 1"', "either path, or url_env"),
        ('query = "SELECT * FROM bag"', "query = 1", "bag_adressen.query must be a text"),
        ('workspace = "var"', "workspace = 5", "run.workspace"),
        ('workspace = "var"', 'workspace = ""', "run.workspace"),
        ('query = "SELECT * FROM bag"', "", "url_env but no query"),
        ('url_env = "BAG_DB"', 'url_env = "NOT_SET_ANYWHERE"', "NOT_SET_ANYWHERE"),
        ('drop = ["bsn"]', 'drop = "bsn"', "vergunningen.drop"),
        ("max_quarantine = 0.02", "max_quarantine = 2", "max_quarantine must be a share, 0 to 1"),
        (
            "max_quarantine = 0.02",
            "max_row_change = 0.1",
            "max_row_change, which is gone: each delivery is held against",
        ),
        ("max_quarantine = 0.02", 'when_suspect = "on"', "when_suspect must be off or last_good"),
        ("max_quarantine = 0.02", "last_good_days = 8", "last_good_days must be 1 to 7 days"),
        ("max_quarantine = 0.02", "max_quarantaine = 0.02", "unknown key 'max_quarantaine'"),
        ("max_age_days = 3", "max_age_days = 0", "whole number of days"),
        ('codes.status = { verleend = ["Toegekend"] }', 'codes.status = { verleend = "Toegekend" }', "codes"),
        ('columns = { zaaknummer = "zaaknr" }', "columns = { zaaknummer = 1 }", "columns"),
        ('[indicators."LIC-01"]', '[indicators."LIC01"]', "no indicator code"),
        ("fg_advice = 2026-05-12", 'fg_advice = "12 mei"', "fg_advice"),
        ("[municipality]", "[export]\ntell_bibob = false\n[municipality]", "[export] has tell_bibob, which is gone"),
        ("[municipality]", "[municipality", "not valid TOML"),
    ],
)
def test_a_slip_is_named_with_file_and_key(write, before, after, said):
    assert before in GOOD
    with pytest.raises(ConfigurationError, match=r"screening\.toml") as refused:
        load_configuration(write(GOOD.replace(before, after)))
    assert said in str(refused.value)
    assert refused.value.exit_code == 2


def test_a_secret_is_never_repeated(write, monkeypatch):
    monkeypatch.setenv("BAG_DB", "postgresql://barrier:geheim@db/bag")
    with pytest.raises(ConfigurationError) as refused:
        load_configuration(write(GOOD.replace('query = "SELECT * FROM bag"', "")))
    assert "geheim" not in str(refused.value)


def test_a_manifest_is_required_only_of_what_is_a_file(write, monkeypatch):
    sealed = GOOD.replace('url_env = "BAG_DB"', 'url_env = "BAG_DB"\nmanifest = "required"')
    monkeypatch.setenv("BAG_DB", "postgresql://db/bag")
    with pytest.raises(ConfigurationError, match="of a query on a server"):
        load_configuration(write(sealed))
    monkeypatch.setenv("BAG_DB", "sqlite:///bag.db")
    assert load_configuration(write(sealed)).sources["bag_adressen"].manifest == "required"


@pytest.mark.parametrize(
    "mapped",
    [
        'columns = { woonplaats = "straat" }',
        'split = { adres = { at = ",", into = ["straat", "woonplaats"] } }',
        'join = { woonplaats = { from = ["gemeente", "land"] } }',
        'codes = { woonplaats = { Elderstad = ["Weesp"] } }',
        'codes = { pand_id = { "9999100000000001" = ["0457100000000001"] } }',
        'join = { nummeraanduiding_id = { from = ["land", "nummer"], with = "" } }',
        None,
    ],
)
def test_a_made_up_town_takes_its_places_as_they_are_delivered(write, mapped):
    """A query or a mapping that writes an invented place over a real one is refused before anything is read."""
    query = 'url_env = "BAG_DB"\nquery = "SELECT * FROM bag"'
    text = GOOD if mapped is None else GOOD.replace(query, f'path = "bag.csv"\n{mapped}')
    assert load_configuration(write(text))
    with pytest.raises(
        ConfigurationError, match="gives bag_adressen by a query, or makes its woonplaats or ids"
    ) as refused:
        load_configuration(write(text.replace('code = "0344"', 'code = "9999"')))
    assert "sources" in str(refused.value)
    named = GOOD.replace(query, 'path = "bag.csv"\ncolumns = { woonplaats = "Plaatsnaam" }')
    assert load_configuration(write(named.replace('code = "0344"', 'code = "9999"')))


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigurationError, match="barrier synthetic"):
        load_configuration(tmp_path / "nothing.toml")


def test_a_byte_order_mark_of_a_windows_editor_is_no_slip(tmp_path, monkeypatch):
    monkeypatch.setenv("BAG_DB", "sqlite:///bag.db")
    file = tmp_path / "screening.toml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_configuration(file).municipality.name == "Voorbeeldstad"


def test_a_file_in_another_encoding_is_told_what_to_do(tmp_path):
    file = tmp_path / "screening.toml"
    file.write_bytes(GOOD.replace("Voorbeeldstad", "Súdwest").encode("cp1252"))
    with pytest.raises(ConfigurationError, match="Save it as UTF-8"):
        load_configuration(file)


def test_a_folder_is_no_configuration(tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_configuration(tmp_path)


# ------------------------------------------------------------------ a word list

LEXICON = (
    GOOD
    + """
[indicators."NUI-06"]
legal_basis = "APV art. 2:79"
dpia = "DPIA-2026-015"
fg_advice = 2026-05-12
word_list = "lists/terms.csv"
"""
)
TERMS = "term_id,term\nsleutelkast,sleutelkastje\nsleutelkast,sleutelkluis\n"


@pytest.fixture
def word_list(tmp_path):
    path = tmp_path / "lists" / "terms.csv"
    path.parent.mkdir()
    path.write_text(TERMS, encoding="utf-8")
    return path


def test_a_word_list_goes_to_the_indicator_and_to_every_source(write, word_list):
    made = load_configuration(write(LEXICON))
    terms = {"sleutelkastje": "sleutelkast", "sleutelkluis": "sleutelkast"}
    assert made.indicators["NUI-06"].word_list == terms
    assert made.source_specs["meldingen"].terms == terms
    assert made.indicators["LIC-01"].word_list is None


def test_without_a_word_list_there_is_nothing_to_look_for(write):
    made = load_configuration(write(GOOD))
    assert all(spec.terms == {} for spec in made.source_specs.values())


def test_a_word_list_of_an_indicator_that_lacks_a_key_is_not_looked_for(write, word_list):
    made = load_configuration(write(LEXICON.replace('dpia = "DPIA-2026-015"\n', "")))
    assert made.indicators["NUI-06"].missing == ("dpia",)
    assert made.source_specs["meldingen"].terms == {}


def test_the_content_of_a_word_list_takes_part_in_the_run_id_and_its_place_does_not(write, word_list, tmp_path):
    before = load_configuration(write(LEXICON)).canonical
    (tmp_path / "elsewhere.csv").write_text(TERMS, encoding="utf-8")
    assert load_configuration(write(LEXICON.replace("lists/terms.csv", "elsewhere.csv"))).canonical == before
    word_list.write_text(TERMS + "uurgasten,gasten per uur\n", encoding="utf-8")
    assert load_configuration(write(LEXICON)).canonical != before


def test_two_word_lists_are_refused(write, word_list):
    both = LEXICON.replace("parameters = { window_years = 5 }", 'word_list = "lists/terms.csv"')
    with pytest.raises(ConfigurationError, match="word_list stands at more than one indicator"):
        load_configuration(write(both))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (('word_list = "lists/terms.csv"', "word_list = 3"), "must name a CSV file"),
        (('word_list = "lists/terms.csv"', 'word_list = " "'), "must name a CSV file"),
        (("lists/terms.csv", "lists/none.csv"), "none.csv: the word list is not there"),
    ],
)
def test_a_word_list_that_is_no_list_is_refused(write, word_list, change, why):
    with pytest.raises(ConfigurationError, match=why):
        load_configuration(write(LEXICON.replace(*change)))


def test_what_matching_does_not_know_is_refused(write):
    with pytest.raises(ConfigurationError, match=r"\[matching\] holds an unknown key 'weights'"):
        load_configuration(write(f"{GOOD}\n[matching]\nweights = true\n"))


def test_a_tenth_is_drawn_unless_the_configuration_says_otherwise(write):
    plain = load_configuration(write(GOOD))
    assert (plain.review.sample_share, plain.review.sample_when_stopped) == (0.1, 10)
    chosen = load_configuration(write(GOOD + "\n[review]\nsample_share = 0.2\nsample_when_stopped = 5\n"))
    assert (chosen.review.sample_share, chosen.review.sample_when_stopped) == (0.2, 5)
    assert chosen.canonical != plain.canonical, "another share is another run"
    said = load_configuration(write(GOOD + "\n[review]\nsample_share = 0.1\n"))
    assert said.canonical == plain.canonical, "the default said aloud is the same run"
    capped = load_configuration(write(GOOD + "\n[review]\nnew_cases_per_night = 12\nofficers = 3\n"))
    assert (capped.case_policy.new_cases_per_night, capped.case_policy.officers) == (12, 3)
    assert "new_cases_per_night" in capped.canonical, "a cap says how many are drawn"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("sample_share = 0.6", "review.sample_share"),
        ("sample_share = -0.1", "review.sample_share"),
        ("sample_share = true", "review.sample_share"),
        ('sample_share = "0.1"', "review.sample_share"),
        ("sample_when_stopped = -1", "review.sample_when_stopped"),
        ("sample_when_stopped = 1.5", "review.sample_when_stopped"),
        ("new_cases_per_night = 1", "review.new_cases_per_night"),
    ],
)
def test_a_share_that_is_none_is_refused(write, line, complaint):
    with pytest.raises(ConfigurationError, match=complaint):
        load_configuration(write(f"{GOOD}\n[review]\n{line}\n"))


#: A key of each table that shapes no run.
OF_OTHER_PARTS = {
    "review": "port = 8000",
    "policy": "[policy.bibob]\nrule = 'x'\narticle = 'art. 1'\npartner = 'x'\nsince = 2024-01-01",
    "case_system": "source_rsin = '002564440'\ncase_type = 'https://zaken.example/catalogi/api/v1/zaaktypen/1'",
    "export": "keep_days = 30",
    "retention": "links_days = 30",
    "governance": "controller = 'x'",
    "audit": "anchor = ['file:heads']",
    "notify": "quiet = '22:00-07:00'",
    "pooling": (
        f"processor = 'x'\nreceiver = 'age1{'q' * 58}'\nagreement = 'x'\n"
        f"result_signer = 'ssh-ed25519 AAAA{'A' * 64}'\nsigner = 'ssh-ed25519 AAAA{'A' * 64} lea'"
    ),
}


@pytest.mark.parametrize("table", OF_OTHER_PARTS)
def test_tables_of_other_parts_make_no_other_run(write, table):
    plain = load_configuration(write(GOOD))
    assert load_configuration(write(f"{GOOD}\n[{table}]\n{OF_OTHER_PARTS[table]}\n")).canonical == plain.canonical
    with pytest.raises(ConfigurationError, match=f"table \\[{table}\\]"):
        load_configuration(write(f"{table} = 7\n{GOOD}"))


def test_a_configuration_is_checked_without_the_libraries_that_read_registers():
    code = "import sys, flows.configuration as c; print({'polars', 'sqlalchemy', 'prefect'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
