"""A value stands in a sentence as the placeholder asks; a form that does not exist is refused with the rule."""

from __future__ import annotations

from datetime import date

import pytest

from screening.wording.forms import code_word, is_empty, is_form, kept_date_text, kept_value, value_text


@pytest.mark.parametrize("form", ["", "span", "distance", "word", "sbi", "sbi_or", "?", "!", "dag|dagen", "=is|zijn"])
def test_a_form_that_is_there(form):
    assert is_form(form)


@pytest.mark.parametrize("form", [">10", "days", "a|b|c", "|", "==a|b", "a="])
def test_a_form_that_is_not(form):
    assert not is_form(form)


@pytest.mark.parametrize("value", [None, "", [], 0, False])
def test_what_is_nothing(value):
    assert is_empty(value)


def test_a_value_that_is_not_there_is_unknown():
    assert value_text(None, "", "nl") == value_text([], "word", "nl") == "onbekend"
    assert value_text(None, "melding|meldingen", "nl") == "onbekend meldingen"
    assert value_text(date(2026, 11, 1), "", "en") == "1 November 2026"
    assert (value_text(True, "", "nl"), value_text(2.5, "", "nl"), value_text("x", "?", "nl")) == ("ja", "2,5", "")


def test_a_code_is_told_by_the_rule_the_register_or_as_it_is():
    assert code_word("LIC-04", "nl", {"LIC-04": "Verlopen vergunning"}) == "Verlopen vergunning"
    assert code_word("ingetrokken_overheid", "nl") == "ingetrokken door de gemeente"
    assert (code_word("kantoorfunctie", "en"), code_word("zo_maar", "nl")) == ("office", "zo maar")


def test_a_value_comes_back_from_what_is_kept_of_it():
    assert kept_value("a|b") == ["a", "b"]
    assert (kept_value("a"), kept_value(3), kept_value(None)) == ("a", 3, None)
    with pytest.raises(TypeError):
        kept_value({"a": 1})
    assert (kept_date_text("2026-05-12", "nl"), kept_date_text("2026-05", "en")) == ("12 mei 2026", "May 2026")
    assert kept_date_text("Z-2026-05", "nl") is None
