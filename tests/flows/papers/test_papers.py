"""Papers from a configuration: they follow it, and what lags behind is named (G7)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.configuration import load_configuration
from flows.mandate import to_approve
from flows.papers import papers
from flows.papers.partner_facts import partner_facts
from screening.base.errors import ConfigurationError
from screening.papers import PAPERS
from screening.papers.render import ENTRY, QUESTIONS, annex_name
from tests.conftest import barrier
from tests.mandates import make_real

ANNEXES = [annex_name(partner) for partner in partner_facts()]


@pytest.fixture
def config(town) -> Path:
    return town / "screening.toml"


def changed(config: Path, before: str, after: str) -> None:
    text = config.read_text(encoding="utf-8")
    assert before in text
    config.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_the_papers_of_the_made_up_municipality_are_written_whole(tmp_path):
    written = papers.write_example(tmp_path / "papers")
    assert {path.name for path in written} == {*PAPERS, *ANNEXES, ENTRY, QUESTIONS}


def test_by_the_command_written_whole_and_then_found_lagging(config, tmp_path):
    folder = tmp_path / "papers"
    told = barrier("papers", folder, "--config", config, "--json")
    assert told.code == 0, told.out + told.err
    assert {path.name for path in folder.iterdir()} == {*PAPERS, *ANNEXES, ENTRY, QUESTIONS}
    assert barrier("papers", "--check", folder, "--config", config).code == 0
    changed(config, 'dpia = "DPIA-VOORBEELD-01"', 'dpia = "DPIA-ANDERS"')
    lagging = barrier("papers", "--check", folder, "--config", config, "--json")
    assert lagging.code == 1
    assert lagging.json == {"ok": False, "lagging": ["indicatoren.md"]}


@pytest.mark.parametrize("arguments", [(), ("a", "--check", "b"), ("--check", "absent")])
def test_a_folder_must_be_named_and_be_there(config, arguments):
    assert barrier("papers", *arguments, "--config", config).code == 2


def test_a_paper_too_many_or_too_few_lags(config, tmp_path):
    papers.write_papers(config, tmp_path)
    assert papers.lagging_papers(config, tmp_path) == []
    (tmp_path / "oud.md").write_text("van vroeger", encoding="utf-8")
    (tmp_path / "dpia.md").unlink()
    assert papers.lagging_papers(config, tmp_path) == ["dpia.md", "oud.md"]


@pytest.mark.goal("G7", reached="0 differences")
@pytest.mark.parametrize(
    ("before", "after", "lags"),
    [
        ('name = "Zomerwaard"', 'name = "Anderstad"', "algoritmeregister.json"),
        ('[indicators."NUI-01"]\n', '[indicators."NUI-01"]\nparameters = { min_reports = 5 }\n', "indicatoren.md"),
        ('[indicators."LIC-04"]\n', '[indicators."LIC-99"]\n', "dpia.md"),
        ("[run]\n", "[review]\nexpiry_days = 33\n[run]\n", "dpia.md"),
        ("[run]\n", "[review]\nsample_share = 0.2\n[run]\n", "algoritmeregister.md"),
    ],
)
def test_whatever_a_municipality_decides_reaches_its_papers(config, tmp_path, before, after, lags):
    papers.write_papers(config, tmp_path)
    changed(config, before, after)
    found = papers.lagging_papers(config, tmp_path)
    assert lags in found or (lags == "dpia.md" and "indicatoren.md" in found)


def test_a_real_municipality_has_its_own_answers_and_no_example(config, tmp_path):
    make_real(config)
    text = config.read_text(encoding="utf-8")
    more = '[governance.papers]\nstatus = "In gebruik"\nbegin = "2027-01"\npublic_page = "https://proef.example/screening"\n'
    config.write_text(text.replace("[governance.signers]", f"{more}[governance.signers]"), encoding="utf-8")
    made = papers.papers_of(load_configuration(config))
    entry = json.loads(made[ENTRY])
    assert (entry["status"], entry["begin_date"], entry["website"]) == (
        "In gebruik",
        "2027-01",
        "https://proef.example/screening",
    )
    assert "DPIA-PROEF-01" in made["dpia.md"]
    density = made["indicatoren.md"].partition("## HOU-03 ")[2].partition("\n## ")[0]
    assert "De regel is in gebruik zodra de gemeente haar norm heeft gekozen." in density
    assert "HOU-03" not in {rule.code for rule in to_approve(load_configuration(config)).rules}
    for text in made.values():
        assert "verzonnen gemeente" not in text
        assert "FG-VOORBEELD" not in text


def test_a_real_municipality_that_says_nothing_gets_questions_and_is_told_what_the_register_needs(config):
    changed(config, 'code = "9999"', 'code = "0457"')
    with pytest.raises(ConfigurationError, match="contact_email"):
        papers.papers_of(load_configuration(config))
    changed(config, "[run]\n", '[governance]\ncontact = "privacy@proef.example"\n[run]\n')
    made = papers.papers_of(load_configuration(config))
    assert "Welk besluit droeg dit werk op?" in made["dpia.md"]
    assert "Kies voor elke soort gegevens een termijn" in made["dpia.md"]
    changed(config, "[run]\n", "[retention]\nconfirmed_days = 1000\n[run]\n")
    made = papers.papers_of(load_configuration(config))
    assert "Bevestigde zaken: 1000 dagen." in made["dpia.md"]
    assert "Kies ook een termijn voor: gegevens van een nacht;" in made["dpia.md"]


@pytest.mark.parametrize("line", ['kleur = "rood"', 'status = ""', "begin = 7"])
def test_a_key_for_papers_that_is_odd_is_refused(config, line):
    changed(config, "[run]\n", f"[governance.papers]\n{line}\n[run]\n")
    with pytest.raises(ConfigurationError, match=r"governance\.papers"):
        papers.papers_of(load_configuration(config))


def test_the_papers_name_the_rules_that_a_night_runs(clean_town, clean_run):
    config = clean_town / "screening.toml"
    ran = {one["code"] for one in clean_run["indicators"]["run"]}
    told = {one.code for one in papers.facts_of(load_configuration(config)).rules}
    assert told == ran


def test_answers_are_taken_from_a_file_and_one_to_no_question_is_told(config, tmp_path):
    file = config.with_name("antwoorden.toml")
    changed(config, "[run]\n", '[governance.papers]\nanswers = "antwoorden.toml"\n[run]\n')
    file.write_text('[answers]\nfg = "De FG is te bereiken via fg@proef.example."\nkosten = ""\n', encoding="utf-8")
    papers.write_papers(config, tmp_path / "papers")
    assert "fg@proef.example" in (tmp_path / "papers" / "verwerkingsregister.md").read_text(encoding="utf-8")
    assert "kosten" in (tmp_path / "papers" / QUESTIONS).read_text(encoding="utf-8")
    assert papers.lagging_papers(config, tmp_path / "papers") == []
    # of several lines in a table, and to a question that the configuration answers too
    file.write_text('[answers]\ndpia-opstellers = """Jurist\nen beleid"""\ndpia-kenmerk = "X"\n', encoding="utf-8")
    assert "| Opstellers | Jurist en beleid |" in papers.papers_of(load_configuration(config))["dpia.md"]
    # a question that went away with what the configuration says since
    file.write_text('[answers]\nfg = "X"\ngeen = "x"\n', encoding="utf-8")
    assert papers.write_papers(config, tmp_path / "papers")[1] == ("geen",)
    assert '# Geen stuk vraagt "geen".' in (tmp_path / "papers" / QUESTIONS).read_text(encoding="utf-8")
    for text in ("[answers]\nfg = 3\n", 'fg = "x"\n', "[answers", "[answers]\n[more]\n"):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigurationError):
            papers.write_papers(config, tmp_path / "papers")
    file.unlink()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        papers.write_papers(config, tmp_path / "papers")


def test_each_legal_basis_has_the_address_of_its_text_or_is_asked(config):
    make_real(config)
    more = '[governance.papers]\nlaws = { "art. 1" = "https://lokaleregelgeving.overheid.nl/CVDR1" }\n'
    text = config.read_text(encoding="utf-8")
    made = papers.papers_of(load_configuration(config))
    assert "link" not in json.loads(made[ENTRY])["lawful_basis_grouping"][0]
    assert "Waar staat de tekst van art. 1?" in made["algoritmeregister.md"]
    assert "(`register-wet-art-1`)" in made["algoritmeregister.md"], "of the article, wherever it stands"
    config.write_text(text.replace("[governance.signers]", f"{more}[governance.signers]"), encoding="utf-8")
    made = papers.papers_of(load_configuration(config))
    assert json.loads(made[ENTRY])["lawful_basis_grouping"][0]["link"].endswith("CVDR1")
    assert "Waar staat de tekst" not in made["algoritmeregister.md"]
