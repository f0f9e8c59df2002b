"""What the papers say: complete, readable, true to their facts, and never more than the facts."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace

import jsonschema
import pytest
import textstat

from flows.papers.papers import example, facts_of
from screening.papers import PAPERS, SCHEMA, Facts, papers
from screening.papers.facts import UNANSWERED
from screening.papers.render import ENTRY, TEMPLATES
from screening.rules.suspicion_words import suspicion_word

B1 = 55


@pytest.fixture(scope="module")
def facts() -> Facts:
    return facts_of(example())


@pytest.fixture(scope="module")
def made(facts) -> dict[str, str]:
    return papers(facts)


@pytest.fixture(scope="module")
def bare(facts) -> Facts:
    """A municipality that answered nothing but where to write to."""
    kept = {"municipality", "code", "contact", "status", "version", "sources", "rules", "has_export"}
    empty = {
        one.name: type(getattr(facts, one.name))()
        for one in fields(Facts)
        if one.name not in kept and not isinstance(getattr(facts, one.name), int)
    }
    return replace(facts, **empty, is_example=False)


def prose(text: str) -> str:
    """Sentences only: no tables, headings, marks, lists of names or single values."""
    kept = [
        line for line in text.splitlines() if not re.match(r"\||#|- \*\*[^*]+\*\*:|\*Dit is|Gemeente .*Gemaakt", line)
    ]
    paragraphs = [" ".join(one.split()) for one in re.split(r"\n\s*\n|\n(?=- )", "\n".join(kept))]
    sentences = [one for one in paragraphs if one.endswith((".", "?", ":", ";"))]
    return re.sub(r"[*>`_\\]|\[[^\]]*\]", "", "\n".join(sentences))


def test_every_paper_is_made_and_nothing_else(made):
    assert set(made) == {*PAPERS, ENTRY}
    assert {path.name for path in TEMPLATES.glob("[!_]*.j2")} == {f"{name}.j2" for name in PAPERS}
    for name, title in PAPERS.items():
        assert made[name].startswith(f"# {title}\n")


def test_the_same_facts_give_the_same_bytes(facts, made):
    assert papers(facts) == made


@pytest.mark.parametrize("name", sorted(set(PAPERS)))
def test_a_paper_reads_as_b1(made, name):
    textstat.set_lang("nl")
    assert textstat.flesch_reading_ease(prose(made[name])) >= B1


@pytest.mark.parametrize("field", ["description_short", "goal", "proportionality", "human_intervention", "risks"])
def test_each_text_of_the_register_reads_as_b1(made, field):
    textstat.set_lang("nl")
    assert textstat.flesch_reading_ease(json.loads(made[ENTRY])[field]) >= B1


def test_no_paper_suspects_anyone(made):
    assert {name: suspicion_word(text) for name, text in made.items() if suspicion_word(text)} == {}


@pytest.mark.goal("G7", reached="all fields of the standard")
def test_the_entry_is_valid_by_the_schema_of_the_standard(made, bare):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert list(validator.iter_errors(json.loads(made[ENTRY]))) == []
    assert list(validator.iter_errors(json.loads(papers(bare)[ENTRY]))) == []
    for field in SCHEMA["required"]:
        entry = {name: value for name, value in json.loads(made[ENTRY]).items() if name != field}
        assert list(validator.iter_errors(entry))


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"contact": ""}, "contact_email"),
        ({"contact": "bel maar"}, "contact_email"),
        ({"municipality": "x" * 101}, "organization"),
        ({"status": "Bijna klaar"}, "status"),
        ({"begin_month": "januari 2027"}, "begin_date"),
        ({"links": {"public_page": "http://onveilig.example"}}, "website"),
    ],
)
def test_an_entry_that_the_register_would_refuse_is_not_made(facts, change, names):
    with pytest.raises(ValueError, match=names):
        papers(replace(facts, **change))


def test_what_is_not_answered_is_a_question_and_never_an_answer(made, bare):
    asked = {name: text.lower().count(UNANSWERED) for name, text in papers(bare).items()}
    before = {name: text.lower().count(UNANSWERED) for name, text in made.items()}
    for name in ("dpia.md", "iama.md", "verwerkingsregister.md", "privacyverklaring.md"):
        assert asked[name] > before[name] > 0 or (name == "privacyverklaring.md" and asked[name] > 0)
    assert "(voorbeeld)" not in "".join(papers(replace(bare, rules=[])).values())


def test_a_made_up_municipality_says_so_in_every_paper(made):
    for name in PAPERS:
        assert "verzonnen gemeente" in made[name]


UNCHECKED = {
    r"art\. 6 lid 1 onder e": 3,
    r"art\. 28": 1,
    r"art\. 36": 1,
    r"art\. 35 lid 9": 1,
    "Besluit digitale toegankelijkheid overheid": 1,
    "2 december 2027": 1,
}


@pytest.mark.parametrize(("unchecked", "times"), UNCHECKED.items())
def test_what_was_not_checked_in_a_source_says_so(unchecked, times):
    texts = "\n".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.j2"))
    assert len(re.findall(unchecked, texts)) == times
    assert len(re.findall(rf"{unchecked}[^.\n]{{0,4}}te controleren", texts)) == times


def test_no_article_is_named_that_is_neither_checked_nor_marked():
    """Articles that the domain reference read in a source; any other has its mark, or comes from a configuration."""
    checked = {"AVG art. 35", "AVG art. 9", "AVG art. 6 lid 4", "AVG art. 30", "Awb art. 3:2", "art. 5"}
    named = re.compile(r"(?:(?:AVG|Awb|UAVG|Gemeentewet|Opiumwet|Huisvestingswet) )?art\. [0-9:a-z]+(?: lid \d)?")
    for path in TEMPLATES.glob("*.j2"):
        for found in named.finditer(path.read_text(encoding="utf-8")):
            rest = found.string[found.end() : found.end() + 32]
            assert found.group() in checked or "te controleren" in rest, f"{path.name}: {found.group()}"


def test_every_rule_that_is_on_has_its_part_with_all_that_is_declared(facts, made):
    text = made["indicatoren.md"].replace("\\", "")
    assert len(facts.rules) > 30
    for rule in facts.rules:
        part = text.partition(f"## {rule.code} ")[2].partition("\n## ")[0]
        wanted = [rule.name, rule.why, rule.legal_basis, rule.dpia, *rule.purposes, *rule.data, *rule.ruled_out]
        wanted += [*rule.innocent, *rule.unseen, *rule.thresholds, f"versie {rule.version}", f"klasse {rule.kind}"]
        assert [one for one in wanted if one not in part] == [], rule.code
        assert rule.innocent, rule.code


def test_sensitive_rules_are_told_only_where_they_are_on(facts, made):
    plain = papers(replace(facts, rules=[one for one in facts.rules if not one.is_sensitive]))
    assert "seksleven" in made["dpia.md"]
    assert "seksleven" not in plain["dpia.md"] + plain["verwerkingsregister.md"]


def test_the_riec_is_told_only_where_signals_are_sent(facts, made):
    assert "RIEC" in made["privacyverklaring.md"]
    assert "RIEC" not in papers(replace(facts, has_export=False))["privacyverklaring.md"]


def test_what_a_configuration_says_is_never_markup(facts):
    odd = "<script>alert(1)</script> | **vet** [x](y) `z`"
    made = papers(replace(facts, document=odd, controller=odd))
    for name in ("dpia.md", "iama.md"):
        assert "<script>" not in made[name]
        assert "**vet**" not in made[name]
        assert "\\<script\\>" in made[name]
    row = next(line for line in made["dpia.md"].splitlines() if line.startswith("| Mandaat"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 3


def test_a_basis_that_purposes_share_is_named_once(facts):
    said = {"legal_basis": "APV hoofdstuk 2", "articles": ["art. 2:28", "art. 2:29"]}
    shared = [replace(one, **said) for one in facts.purposes]
    told = papers(replace(facts, purposes=shared))
    assert len(shared) > 1
    assert told["privacyverklaring.md"].count("APV hoofdstuk 2") == 1
    assert told["verwerkingsregister.md"].count("art. 2:28") == 1
    assert [one["title"] for one in json.loads(told[ENTRY])["lawful_basis_grouping"]] == ["art. 2:28", "art. 2:29"]


def test_numbers_follow_the_facts(facts):
    made = papers(replace(facts, sample_percent=17, expiry_days=43))
    assert "17 procent" in made["algoritmeregister.md"]
    assert "43 dagen" in made["dpia.md"]
