"""What the papers say: complete, readable, true to their facts, and never more than the facts."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import fields, replace

import jsonschema
import pytest
import textstat

from flows.papers.papers import example, facts_of
from flows.papers.partner_facts import partner_facts
from screening.base.datasets import datasets
from screening.base.legal_facts import TO_CHECK, legal_facts
from screening.base.word_lists import read_lists
from screening.papers import PAPERS, SCHEMA, Facts, Paper, papers
from screening.papers.facts import UNANSWERED
from screening.papers.render import ENTRY, QUESTIONS, TEMPLATES, annex_name, register_entry, risk_level
from screening.rules.suspicion_words import suspicion_word
from tests.plain_dutch import B1

ANNEXES = [annex_name(partner) for partner in partner_facts()]


def texts(facts: Facts, answers: dict[str, str] | None = None) -> dict[str, str]:
    return {name: paper.text for name, paper in papers(facts, answers).items()}


@pytest.fixture(scope="module")
def facts() -> Facts:
    return facts_of(example())


@pytest.fixture(scope="module")
def made(facts) -> dict[str, str]:
    return texts(facts)


@pytest.fixture(scope="module")
def bare_papers(bare) -> dict[str, Paper]:
    return {name: paper for name, paper in papers(bare).items() if name.endswith(".md")}


@pytest.fixture(scope="module")
def bare(facts) -> Facts:
    """A municipality that answered nothing but where to write to."""
    kept = {
        "municipality",
        "code",
        "contact",
        "status",
        "version",
        "sources",
        "rules",
        "recipients",
        "has_export",
        "activities",
        "trials",
        "not_ablated",
    }
    empty = {
        one.name: type(getattr(facts, one.name))()
        for one in fields(Facts)
        if one.name not in kept and not isinstance(getattr(facts, one.name), int)
    }
    return replace(facts, **empty, is_example=False)


def prose(text: str) -> str:
    """Sentences only: no tables, headings, marks, lists of names or single values, and no list of what is open."""
    kept = [
        line
        for line in text.partition("\n---\n")[0].splitlines()
        if not re.match(r"\||#|- \*\*[^*]+\*\*:|\*Dit is|Gemeente .*Gemaakt", line)
    ]
    paragraphs = [" ".join(one.split()) for one in re.split(r"\n\s*\n|\n(?=- )", "\n".join(kept))]
    sentences = [one for one in paragraphs if one.endswith((".", "?", ":", ";"))]
    return re.sub(r"[*>`_\\]|\[[^\]]*\]|[Tt]e beantwoorden door de gemeente \(\d+\):", "", "\n".join(sentences))


def test_every_paper_is_made_and_nothing_else(made):
    assert set(made) == {*PAPERS, *ANNEXES, ENTRY, QUESTIONS}
    assert {path.name for path in TEMPLATES.glob("[!_]*.j2")} == {*(f"{name}.j2" for name in PAPERS), "convenant.md.j2"}
    for name, title in PAPERS.items():
        assert made[name].startswith(f"# {title}\n")


def test_the_same_facts_give_the_same_bytes(facts, made):
    assert texts(facts) == made


@pytest.mark.parametrize("name", sorted({*PAPERS, *ANNEXES}))
def test_a_paper_reads_as_b1(made, name):
    textstat.set_lang("nl")
    assert textstat.flesch_reading_ease(prose(made[name])) >= B1


@pytest.mark.parametrize("field", ["description_short", "goal", "proportionality", "human_intervention", "risks"])
def test_each_text_of_the_register_reads_as_b1(made, field):
    textstat.set_lang("nl")
    assert textstat.flesch_reading_ease(json.loads(made[ENTRY])[field]) >= B1


def test_no_paper_suspects_anyone(made):
    theme = "fraude en misbruik van vastgoed"  # what RIECs call it
    assert [name for name, text in made.items() if suspicion_word(text.replace(theme, ""))] == []


@pytest.mark.goal("G7", reached="all fields of the standard")
def test_the_entry_is_valid_by_the_schema_of_the_standard(made, bare):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert list(validator.iter_errors(json.loads(made[ENTRY]))) == []
    assert list(validator.iter_errors(register_entry(bare))) == []
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
        texts(replace(facts, **change))


def test_every_question_is_marked_where_it_stands_counted_and_listed(bare_papers):
    for name, paper in bare_papers.items():
        body, _, tail = paper.text.partition("\n---\n")
        marked = {int(number) for number in re.findall(rf"\*\*{UNANSWERED.capitalize()} \((\d+)\):\*\*", body)}
        assert marked == set(range(1, len(paper.points) + 1)), name
        assert f"**Open punten: {len(paper.points)}." in body
        assert body.lower().count(UNANSWERED) == body.count(UNANSWERED.capitalize()), f"{name}: a mark without a number"
        for number, point in enumerate(paper.points, start=1):
            line = next(line for line in tail.splitlines() if line.startswith(f"{number}. "))
            assert point.question.replace("[", "\\[").replace("]", "\\]") in line or "_" in line, (name, point)
            assert f"(`{point.key}`)" in line


def test_a_bare_municipality_is_asked_more_and_told_no_example(made, bare, bare_papers, facts):
    for name in ("dpia.md", "iama.md", "verwerkingsregister.md", "privacyverklaring.md", "algoritmeregister.md"):
        assert len(bare_papers[name].points) > len(papers(facts)[name].points) > 0, name
    assert "(voorbeeld)" not in "".join(texts(replace(bare, rules=[])).values())


def test_no_paper_has_a_gap_that_is_not_marked(bare_papers):
    """An empty cell, a field without a value, or two spaces where an answer was left out."""
    for name, paper in bare_papers.items():
        rows = [line for line in paper.text.splitlines() if line.startswith("|") and set(line) - set("|-")]
        gaps = [line for line in rows if re.search(r"\|\s*\|", line.removeprefix("| | |")) and line != "| | |"]
        assert gaps == [], name
        assert re.findall(r": *\.$|\w  \w|\(\)", paper.text, flags=re.MULTILINE) == [], name


def test_one_answer_fills_every_paper_that_asks_it(facts, made):
    key, answer = "aanleiding", "Wij zagen vorig jaar twaalf zaken zonder vergunning."
    told = texts(facts, {key: answer})
    for name in ("collegevoorstel.md", "raadsinformatiebrief.md", "iama.md"):
        assert answer in told[name]
        assert answer not in made[name]
        assert "**Ongewijzigd.**" in made[name]
        assert "**Ongewijzigd.**" not in told[name]
        assert f"(`{key}`)" not in told[name]
    assert f"# {key} = " in made[QUESTIONS]
    assert f"# {key} = " not in told[QUESTIONS]
    assert "**Ongewijzigd.**" in told["dpia.md"], "which does not ask it"
    odd = papers(facts, {key: answer, "geen-\nvraag": "x"})[QUESTIONS]
    assert odd.unasked == ("geen-\nvraag",)
    assert '\n# Geen stuk vraagt "geen-' in odd.text
    assert tomllib.loads(odd.text) == {"answers": {}}


def test_the_open_questions_can_be_filled_in_and_then_nothing_is_open(facts):
    keys = {point.key for paper in papers(facts).values() for point in paper.points}
    filled = papers(facts, dict.fromkeys(keys, "Dat is beantwoord."))
    assert {name for name, paper in filled.items() if paper.points} == set()
    assert "Er staat geen vraag meer open." in filled["dpia.md"].text


def test_a_made_up_municipality_says_so_in_every_paper(made):
    for name in (*PAPERS, *ANNEXES):
        assert "verzonnen gemeente" in made[name]


def test_a_law_is_named_by_its_key_alone():
    """So that what nobody checked carries its mark: no template or list writes an article or the mark by hand."""
    lists = [TEMPLATES.parent / name for name in ("recipients.yaml", "risks.yaml")]
    for path in (*TEMPLATES.glob("*.j2"), *lists):
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"art\. ?\d|\d{1,2} (?:juli|augustus|december|januari) 20(?!26; dat)", text) == [], path.name
        by_hand = [line for line in text.splitlines() if TO_CHECK in line.lower()]
        assert all("|" in line or "Te controleren: {{" in line or "data zijn" in line for line in by_hand), path.name


def test_a_paper_lists_each_law_that_it_names_with_its_source_and_what_to_check(facts):
    for paper in (paper for name, paper in papers(facts).items() if name.endswith(".md")):
        body, _, tail = paper.text.partition("\n---\n")
        # "UAVG, …" is not "AVG, …"
        marked = {
            fact.key
            for fact in legal_facts().values()
            if fact.to_check and re.search(rf"(?<!\w){re.escape(fact.name)}, {TO_CHECK}", body)
        }
        for key in marked:
            assert f"| {legal_facts()[key].name} |" in tail
            assert f"<{legal_facts()[key].source}>" in tail
        assert paper.to_check >= len(marked)


def test_the_dpia_has_the_seventeen_points_of_the_model_in_four_parts(made):
    heads = re.findall(r"^#{1,2} (\w+)\. ", made["dpia.md"], flags=re.MULTILINE)
    parts = {"A": range(1, 11), "B": range(11, 16), "C": range(16, 17), "D": range(17, 18)}
    wanted = [head for part, numbers in parts.items() for head in (part, *map(str, numbers))]
    assert heads == [*wanted, "18", "19", "20"]


def test_each_risk_of_the_dpia_is_likelihood_times_impact_with_its_measure_and_owner(facts, made):
    rows = [line.split(" | ") for line in made["dpia.md"].splitlines() if re.match(r"\| R\d", line)]
    risks = {row[0]: row for row in rows if len(row) == 6}
    measures = {row[0]: row for row in rows if len(row) == 5}
    levels = ["laag", "midden", "hoog"]
    assert risks.keys() == measures.keys()
    assert len(risks) > 8
    for number, row in risks.items():
        likelihood, impact, level = (re.search(r"\*\*(\w+)\*\*", cell)[1] for cell in row[3:6])
        assert level == risk_level(likelihood, impact)
        remaining = re.search(r"\*\*(\w+)\*\*", measures[number][2])[1]
        assert levels.index(remaining) <= levels.index(level)
        assert UNANSWERED.capitalize() in measures[number][4]


@pytest.mark.parametrize(
    ("likelihood", "impact", "level"),
    [
        ("laag", "laag", "laag"),
        ("laag", "midden", "laag"),
        ("laag", "hoog", "midden"),
        ("midden", "midden", "midden"),
        ("midden", "hoog", "hoog"),
        ("hoog", "midden", "hoog"),
        ("hoog", "hoog", "hoog"),
    ],
)
def test_a_risk_is_likelihood_times_impact(likelihood, impact, level):
    assert risk_level(likelihood, impact) == level


@pytest.mark.parametrize("name", ["dpia.md", "verwerkingsregister.md"])
def test_what_is_kept_of_tips_and_wishes_and_who_gets_something_within_the_town_is_told(made, name):
    told = " ".join(made[name].split())
    for kept in ("telefoonnummer", "een korte tekst", "het account van wie meldde"):
        assert kept in told, kept
    assert "De tekst van een melding wordt niet bewaard" not in told, "that of a colleague is, until its term"
    for recipient in ("Zaaksysteem van de gemeente", "Bronhouders van de registers", "FG en controleur"):
        assert f"| {recipient} |" in made[name], recipient


def test_every_register_is_weighed_for_its_purpose_and_for_article_ten(facts, made):
    told = read_lists("screening.papers", "registers.yaml")["registers"]
    assert told.keys() == set(datasets())
    for source in facts.sources:
        assert f"`doelbinding-{source.dataset}`" in made["dpia.md"]
        is_free = told[source.dataset]["criminal"].startswith("Geen")
        assert (f"`art10-{source.dataset}`" in made["dpia.md"]) is not is_free
    assert "`art10-maatregelen`" in made["dpia.md"]


def test_the_iama_has_its_parts_its_questions_and_the_marks_of_the_fundamental_rights_test(made):
    text = made["iama.md"]
    assert re.findall(r"^# (Deel \d)", text, flags=re.MULTILINE) == [f"Deel {number}" for number in range(1, 6)]
    marked = re.findall(r"\*\*(\d\.\d\.\d) ◆", text)
    assert marked == ["1.1.2", "3.1.1", "3.1.3", "3.2.1", "3.2.2", "3.4.1", "3.4.2", "3.5.1", "3.5.2"]
    counts = {
        "1.1": 2,
        "1.2": 2,
        "1.3": 4,
        "1.4": 3,
        "2.1": 2,
        "2.2A": 3,
        "2.2B": 4,
        "2.3": 3,
        "2.4": 3,
        "2.5": 3,
        "3.1": 5,
        "3.2": 4,
        "3.3": 4,
        "3.4": 5,
        "3.5": 7,
        "4.1": 3,
        "4.2": 5,
        "4.3": 3,
        "4.4": 2,
        "4.5": 4,
    }
    wanted = [f"{section}.{number}" for section, count in counts.items() for number in range(1, count + 1)]
    assert re.findall(r"^\*\*(\d\.\d[AB]?\.\d)", text, flags=re.MULTILINE) == wanted
    assert re.findall(r"^\| (A\.\d) ", text, flags=re.MULTILINE) == [f"A.{number}" for number in range(1, 7)]


def test_the_papers_say_what_is_learned_and_never_that_nothing_is(made):
    for name in ("dpia.md", "iama.md", "ai-verordening.md", "algoritmeregister.md"):
        assert "leert het programma wel iets uit gegevens" in " ".join(made[name].split()), name
    for name, text in made.items():
        assert not re.search(r"geen AI|niets geleerd\.|leert niet van", text), name


def test_a_sentence_stands_in_one_template():
    """What two papers say alike is a part that both include."""
    sentences: dict[str, set[str]] = {}
    for path in TEMPLATES.glob("*.j2"):
        text = re.sub(r"{[{%].*?[}%]}", "§", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for sentence in re.split(r"(?<=[.?!])\s|\n\n|\|", text):
            plain = " ".join(re.sub(r"[*>#-]", "", sentence).split())
            if len(plain.split()) >= 9 and "§" not in plain:
                sentences.setdefault(plain, set()).add(path.name)
    assert {sentence: names for sentence, names in sentences.items() if len(names) > 1} == {}


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
    plain = texts(replace(facts, rules=[one for one in facts.rules if not one.is_sensitive]))
    assert "seksleven" in made["dpia.md"]
    assert "seksleven" not in plain["dpia.md"] + plain["verwerkingsregister.md"]


def test_partners_are_told_only_where_signals_are_sent(facts, made):
    for name in ("privacyverklaring.md", "verwerkingsregister.md", "dpia.md"):
        for partner in ("RIEC", "olitie", "rbeidsinspectie", "org- en", "orgcoördinator"):
            assert partner in " ".join(made[name].split()), (name, partner)
    alone = texts(replace(facts, has_export=False))
    for name in ("privacyverklaring.md", "verwerkingsregister.md"):
        assert "rbeidsinspectie" not in alone[name]
        assert "orgcoördinator" in alone[name]


def test_what_a_configuration_says_is_never_markup(facts):
    odd = "<script>alert(1)</script> | **vet** [x](y) `z`"
    made = texts(replace(facts, document=odd, controller=odd))
    for name in ("dpia.md", "iama.md"):
        assert "<script>" not in made[name]
        assert "**vet**" not in made[name]
        assert "\\<script\\>" in made[name]
    row = next(line for line in made["dpia.md"].splitlines() if line.startswith("| Mandaat"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 3


def test_a_basis_that_purposes_share_is_named_once(facts):
    said = {"legal_basis": "APV hoofdstuk 2", "articles": ["art. 2:28", "art. 2:29"]}
    shared = [replace(one, **said) for one in facts.purposes]
    told = texts(replace(facts, purposes=shared))
    assert len(shared) > 1
    assert told["privacyverklaring.md"].count("APV hoofdstuk 2") == 1
    assert told["verwerkingsregister.md"].count("art. 2:28") == 1
    assert [one["title"] for one in json.loads(told[ENTRY])["lawful_basis_grouping"]] == ["art. 2:28", "art. 2:29"]


def test_numbers_follow_the_facts(facts):
    made = texts(replace(facts, sample_percent=17, expiry_days=43))
    assert "17 procent" in made["algoritmeregister.md"]
    assert "43 dagen" in made["dpia.md"]
