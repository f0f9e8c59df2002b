"""Texts are there in both languages; dates and numbers are written as the language writes them; tries run out."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from screening.base.errors import ConfigurationError
from screening.base.local_formats import decimal_text
from screening.base.vocabulary import LedgerAction, LedgerResult, Role
from screening.review.i18n import LANGUAGES, TEXTS, Translator, load_texts, long_date
from screening.review.limits import MAX_KEYS, RateLimit
from tests.review.conftest import Clock


def test_a_text_without_one_of_the_languages_stops_the_start(tmp_path: Path) -> None:
    for text in ("a: {nl: hallo}", 'a: {nl: hallo, en: ""}', "a: hallo", "a: {b: {en: hello}}", "a: {nl: [}"):
        (tmp_path / "page.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(ConfigurationError, match="page"):
            load_texts(tmp_path)


def test_the_files_read_the_same_without_the_loader_in_c() -> None:
    for file in TEXTS.glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        assert yaml.safe_load(text) == yaml.load(text, Loader=yaml.CSafeLoader), file.name


def test_both_languages_ask_for_the_same_values() -> None:
    for key, text in load_texts().items():
        asked = [sorted(re.findall(r"{(\w+)}", text[language])) for language in LANGUAGES]
        assert asked[0] == asked[1], key


def test_every_role_and_every_word_of_the_ledger_has_a_text() -> None:
    texts = load_texts()
    for key in (
        *(f"roles.{one}" for one in Role),
        *(f"ledger.action.{one}" for one in LedgerAction),
        *(f"ledger.results.{one}" for one in LedgerResult),
        *(f"errors.{one}.title" for one in (400, 403, 404, 405, 408, 409, 413, 415, 422, 429, 500, 503)),
    ):
        assert key in texts


def test_no_text_speaks_of_suspects_or_victims_as_a_fact() -> None:
    words = re.compile(r"verdacht|\bdader|crimineel|\bsuspect|criminal|\brisicoscore|risk score", re.I)
    for key, text in load_texts().items():
        for language in LANGUAGES:
            assert not words.search(text[language]), f"{key} ({language})"


def test_no_text_speaks_of_scores_or_of_evidence_as_in_court() -> None:
    words = re.compile(r"\bscores?\b|stuk bewijs|bewijs geopend|\brisico|\brisk", re.I)
    # the one that says that there is none
    told = {key: text for key, text in load_texts().items() if key != "app.never"}
    assert [key for key, text in told.items() if any(words.search(text[language]) for language in LANGUAGES)] == []


def test_an_unknown_key_is_an_error_and_values_are_filled_in() -> None:
    t = Translator({"a.b": {"nl": "Hallo {name}", "en": "Hello {name}"}}, "en")
    assert t("a.b", name="{x}") == "Hello {x}"
    assert "a.b" in t
    with pytest.raises(KeyError):
        t("a.c")


@pytest.mark.parametrize(
    ("value", "nl", "en"),
    [
        (date(2026, 3, 1), "1 maart 2026", "1 March 2026"),
        (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "2 juli 2026, 00:30 uur", "2 July 2026, 00:30"),
        (datetime(2026, 1, 1, 22, 30, tzinfo=UTC), "1 januari 2026, 23:30 uur", "1 January 2026, 23:30"),
        (None, "", ""),
    ],
)
def test_a_moment_is_told_in_the_time_of_the_town(value, nl: str, en: str) -> None:
    assert (long_date(value, "nl"), long_date(value, "en")) == (nl, en)


def test_a_number_has_the_marks_of_its_language() -> None:
    assert (decimal_text(1234.5, "nl", 1), decimal_text(1234.5, "en", 1)) == ("1.234,5", "1,234.5")
    assert decimal_text(1_000_000, "nl") == "1.000.000"


def test_tries_run_out_and_come_back_one_by_one() -> None:
    clock = Clock()
    limit = RateLimit(clock, burst=3, seconds=10)
    assert [limit.allows("a") for _ in range(4)] == [True, True, True, False]
    assert limit.allows("b")  # of somebody else
    clock.forward(seconds=10)
    assert [limit.allows("a") for _ in range(2)] == [True, False]
    clock.forward(hours=1)
    assert [limit.allows("a") for _ in range(4)] == [True, True, True, False]


def test_a_million_addresses_do_not_fill_the_memory() -> None:
    limit = RateLimit(Clock())
    for number_ in range(MAX_KEYS + 500):
        limit.allows(str(number_))
    assert len(limit._buckets) == MAX_KEYS
