"""The dossier that is written to be finished: law and facts stand in it, what people must weigh is empty."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date

import pytest

from flows.catalogue import all_indicators
from flows.papers.papers import example, facts_of
from screening.base.legal_facts import TO_CHECK
from screening.papers.dossiers import dossier_file, shipped_texts
from screening.store.rules.dossier import AS_SHIPPED, DOSSIER_STEPS, check_dossier
from screening.wording.odd_text import Oddity, oddities

#: Steps that the programme can write; the others are necessity and proportionality, proxies, and local figures.
PREFILLED = {"legal_basis", "substantive_link"}


@pytest.fixture(scope="module")
def facts():
    return facts_of(example())


def test_each_rule_has_law_and_facts_filled_in_and_is_asked_the_rest(facts):
    declared = {rule.code: rule.declaration() for rule in all_indicators()}
    for rule in facts.rules:
        document = tomllib.loads(dossier_file(rule, facts))
        assert list(document) == list(DOSSIER_STEPS), rule.code
        assert {step for step, content in document.items() if content["text"]} == PREFILLED, rule.code
        assert all("date" not in content for content in document.values()), "a date says that a person read it"
        texts = {step: content["text"] for step, content in document.items() if content["text"]}
        law, facts_of_rule = texts["legal_basis"], texts["substantive_link"]
        assert rule.legal_basis in law
        assert rule.dpia in law
        assert TO_CHECK in law
        told = (rule.why, *rule.innocent, *rule.unseen, *rule.ruled_out)
        assert [text for text in told if text not in facts_of_rule] == [], rule.code
        marked = {step: {"text": text, "date": date(2026, 1, 1), AS_SHIPPED: True} for step, text in texts.items()}
        check_dossier(marked, declared[rule.code])


def test_a_text_with_something_of_the_municipality_is_not_as_shipped(facts):
    for rule in facts.rules[:5]:
        for text in shipped_texts(rule, facts).values():
            assert Oddity.GIVEN in oddities(text, given=[text])
            assert Oddity.GIVEN in oddities(text.replace("gemeente", "Gemeente"), given=[text])
            longer = f"{text} Bij ons gaat het om vijftien horecazaken in de binnenstad."
            assert Oddity.GIVEN not in oddities(longer, given=[text])


def test_quotes_of_a_configuration_do_not_break_the_file(facts):
    rule = replace(facts.rules[0], legal_basis="APV ''' art. 1 \\ \"x\"")
    assert "APV" in tomllib.loads(dossier_file(rule, facts))["legal_basis"]["text"]
