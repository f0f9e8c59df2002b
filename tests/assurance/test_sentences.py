"""The sentences of a town's hits say what is there, as people say it: no bare numbers, zeros, codes or keys."""

from __future__ import annotations

import json

import pytest

from flows.catalogue import all_indicators
from screening.wording.hit import hit_part
from tests.assurance.sentences import faults

RULES = {rule.code: rule for rule in all_indicators()}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_sentences_of_a_town_hold_no_fault(night, language):
    sentences = night.evidence[f"explanation_{language}"]
    assert len(sentences) > 100
    assert faults(sentences) == {}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_was_checked_is_told_of_each_hit_and_holds_no_fault(night, language):
    declarations = {code: rule.declaration() for code, rule in RULES.items()}
    for row in night.evidence.to_dicts():
        said = hit_part(declarations[row["indicator"]], {**row, "as_of": "2026-11-01"}, language)["checked"]
        assert said, row["indicator"]
        assert faults(said) == {}
        if json.loads(row["values"]).get("meldingen") == 0:
            assert not any("melding" in text or "report" in text for text in said)


@pytest.mark.parametrize("code", RULES)
def test_every_rule_says_what_was_checked_and_which_date_counts(code):
    rule = RULES[code]
    assert rule.checked_nl
    for dataset in ("vergunningen", "seksinrichtingen", "leidinggevenden"):
        names_party = dataset in rule.inputs and "record" in rule.inputs[dataset]
        assert not names_party or dataset in rule.decisive, f"{code}: which date of {dataset} carries a hit?"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Het is 5629 meter.", "bare number of 1000 or more"),
        ("Dat is 400 dagen.", "a year or more in days"),
        ("Er waren 0 meldingen.", "zero"),
        ("Persoon ja, naam nee.", "yes or no"),
        ("Een treffer op LIC-06.", "code of a rule"),
        ("Vestiging 000012345678.", "id of 12 to 16 digits"),
        ("De drempel is 3.", "drempel"),
        ("Vergunning verhuur_wgv.", "key"),
        ("Zo (en (zo) ook).", "nested brackets"),
    ],
)
def test_each_fault_is_found(text, fault):
    assert fault in faults([text])


def test_dates_case_numbers_and_company_numbers_are_no_faults():
    text = "Zaak Z-0100042 van 1 november 2026 (KVK 12345678), SBI-code 56300 (café), 1.234 meldingen, van 90 dagen."
    assert faults([text]) == {}
