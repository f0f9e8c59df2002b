"""Laws and dates: each with where it stands, and marked where nobody checked it."""

from __future__ import annotations

from datetime import date

import pytest

from screening.base.datasets import datasets
from screening.base.legal_facts import TO_CHECK, law_of_article, legal_facts


def test_each_fact_has_a_source_and_says_what_is_to_be_checked():
    for key, fact in legal_facts().items():
        assert fact.source.startswith("https://"), key
        assert fact.note or not fact.to_check, key
        assert fact.checked or fact.to_check, f"{key}: nobody read it"


def test_what_was_read_in_its_own_text_or_page_says_on_which_day():
    for key, fact in legal_facts().items():
        assert fact.checked or fact.seen in {"niet gezien", "tweede hand"}, key
    assert legal_facts()["wgts"].checked == date(2026, 11, 29)


def test_what_nobody_read_in_its_own_text_is_marked():
    facts = legal_facts()
    assert facts["waadi-14a"].marked == f"Waadi art. 14a, {TO_CHECK}"
    assert facts["avg-9"].marked == f"AVG art. 9, {TO_CHECK}"
    assert facts["opiumwet"].marked == "Opiumwet"


@pytest.mark.parametrize("key", ["wgs", "wtta", "ai-verordening"])
def test_dates_of_commencement_have_a_source_and_the_day_on_which_they_were_checked(key):
    fact = legal_facts()[key]
    assert fact.dates
    assert fact.checked == date(2026, 11, 29)
    assert [line.day for line in fact.dates] == sorted(line.day for line in fact.dates)


def test_high_risk_applies_from_december_2027():
    days = {line.day: line.what for line in legal_facts()["ai-verordening"].dates}
    assert "hoog risico" in days[date(2027, 12, 2)]


def test_a_national_law_of_a_contract_is_known_and_a_local_one_is_not():
    bases = {basis for register in datasets().values() for basis in register.legal_basis}
    assert {basis for basis in bases if law_of_article(basis) is None} == {
        "Algemene plaatselijke verordening",
        "Algemene plaatselijke verordening, hoofdstuk seksinrichtingen",
    }
    assert law_of_article("APV art. 2:28") is None
