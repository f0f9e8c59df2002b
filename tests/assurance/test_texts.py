"""Every text that a reviewer reads is plain Dutch, complete in both languages, and suspects no one.

Readability is Flesch-Douma (textstat, nl): 55 and up reads as level B1. A text is measured together with what it stands
beside on the page, since a line of four words says nothing.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import textstat

from flows.catalogue import all_indicators
from flows.papers.rule_pages import pages
from screening.rules import Indicator
from screening.rules.model import BARRIER_NAMES, LANGUAGES, models, texts
from screening.rules.suspicion_words import suspicion_word
from screening.wording.hit import HEADS, UNITS_NL
from screening.wording.single_sentence import sentence_outline
from tests.plain_dutch import B1, LONGEST

ROOT = Path(__file__).parents[2]
#: A sentence of evidence counts and names records; filled in it may be a little harder, but no less than this.
EVIDENCE = 50
RULES = {one.code: one for one in all_indicators()}


def ease(*parts: str) -> float:
    textstat.set_lang("nl")
    return textstat.flesch_reading_ease(" ".join(part.rstrip(".") + "." for part in parts))


def filled(one: Indicator) -> str:
    """The sentence of a hit with a number in each open place, its optional parts too."""
    return sentence_outline(one.evidence_nl, one.parameters({}), "nl").replace("…", "3")


def texts_of(one: Indicator, language: str) -> list[str]:
    """Every text that an indicator declares in a language."""
    single = ("name", "rationale", "evidence")
    several = ("ruled_out", "checked", "innocent", "limits")
    found = [getattr(one, f"{name}_{language}") for name in single]
    found += [text for name in several for text in getattr(one, f"{name}_{language}", ())]
    for param in one.params.values():
        found += [getattr(param, f"label_{language}"), param.reason_nl if language == "nl" else param.reason]
    feedback = one.feedback_risk_nl if language == "nl" else one.feedback_risk
    return found + ([feedback] if feedback else [])


@pytest.mark.parametrize("code", RULES)
def test_an_indicator_is_easy_to_read(code):
    one = RULES[code]
    # the names are those of the catalogue, in the words of the field: short, and explained by what follows
    assert len(one.name_nl.split()) <= 8
    assert ease(one.rationale_nl, *one.innocent_nl, *one.ruled_out_nl) >= B1
    assert ease(filled(one)) >= EVIDENCE
    if one.params:
        assert ease(*(f"{param.label_nl}. {param.reason_nl}" for param in one.params.values())) >= B1
    if one.feedback_risk_nl:
        assert ease(one.feedback_risk_nl) >= B1


@pytest.mark.parametrize("code", RULES)
def test_every_threshold_has_its_name_reason_and_unit_in_both_languages(code):
    for name, param in RULES[code].params.items():
        assert param.label_nl, name
        assert param.label_en, name
        assert param.reason, name
        assert param.reason_nl, name
        assert param.unit in UNITS_NL, f"{name}: say {param.unit!r} in Dutch in wording.explain.UNITS_NL"
        assert len(param.label_nl.split()) <= 12, name
    assert bool(RULES[code].feedback_risk) == bool(RULES[code].feedback_risk_nl)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", RULES)
def test_no_text_of_an_indicator_suspects_anyone_or_is_empty(code, language):
    for text in texts_of(RULES[code], language):
        assert text.strip()
        assert suspicion_word(text) is None, text


@pytest.mark.parametrize("model", models(), ids=lambda model: model.code)
def test_a_model_is_easy_to_read(model):
    assert ease(model.name_nl, model.about_nl) >= B1
    for step in model.barriers:
        parts = [*step.steps_nl, *step.opportunities_nl, *step.facilitators_nl, *(one.nl for one in step.signals)]
        parts += [*(one.power_nl for one in step.partners), step.why_out_nl or step.limits_nl]
        assert ease(*parts) >= B1, step.barrier
        for text in (step.why_out_nl, step.limits_nl, step.why_out_en, step.limits_en):
            assert all(len(sentence.split()) <= LONGEST for sentence in text.split(". "))


def test_no_text_of_a_model_suspects_anyone():
    found = [(where, text) for model in models() for where, text in texts(model)]
    assert len(found) > 500
    assert [pair for pair in found if suspicion_word(pair[1])] == []


def words_of_template(path: Path) -> str:
    """What a template shows of its own: without statements, styles and tags."""
    text = re.sub(r"\{%.*?%\}|\{#.*?#\}|<style>.*?</style>|<[^>]+>", " ", path.read_text("utf-8"), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"\{\{.*?\}\}", "3", text, flags=re.S))


TEMPLATES = sorted((ROOT / "screening/report/templates").glob("*.j2"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_suspects_no_one(path):
    assert suspicion_word(words_of_template(path)) is None


def test_the_report_of_a_run_is_easy_to_read():
    sentences = re.findall(r"[A-Z][^.:<>]{25,}\.", words_of_template(ROOT / "screening/report/templates/run.html.j2"))
    assert len(sentences) > 10
    assert ease(*sentences) >= B1


#: Codes of the verdict on a delivery, which people read as "doubtful".
VERDICTS = {"suspect", "suspect_source"}


def spoken(path: Path) -> list[str]:
    """The strings of a module that can be shown: all but docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    documented = [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef))]
    silent = {id(node.body[0].value) for node in documented if node.body and isinstance(node.body[0], ast.Expr)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [node.value for node in constants if id(node) not in silent and node.value not in VERDICTS]


SPEAKING = [
    path
    for package in (
        "flows",
        "screening/report",
        "screening/rules",
        "screening/wording",
        "screening/contracts",
        "screening/sources",
    )
    for path in sorted((ROOT / package).rglob("*.py"))
    # one holds the words in order to refuse them, the other the names of the themes of the RIEC
    if path.name not in ("suspicion_words.py", "fact_words.py")
]


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_that_speaks_to_people_suspects_anyone(path):
    assert [text for text in spoken(path) if suspicion_word(text)] == []


def test_the_words_over_an_explanation_are_there_in_both_languages():
    assert set(HEADS["nl"]) == set(HEADS["en"])
    assert set(BARRIER_NAMES["nl"]) == set(BARRIER_NAMES["en"])
    assert all(text and suspicion_word(text) is None for words in HEADS.values() for text in words.values())


def test_no_generated_page_suspects_anyone():
    for name, page in pages().items():
        if name.endswith(".json"):  # read by an editor, not by people
            continue
        assert suspicion_word(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.S)) is None, name


def test_a_text_that_is_hard_to_read_would_fail():
    """The harness bites."""
    hard = "De desbetreffende vergunninghouder veronachtzaamt structureel vergunningvoorschriftenverplichtingen"
    assert ease(hard) < EVIDENCE
    assert ease("De zaak draait door. De vergunning is al lang verlopen") >= B1
