"""The page of a back-test stands on its own, names no one, and says what changed."""

from __future__ import annotations

import re

from screening.casework.figures.known_outcomes import ONLY_FLAGGED_NL
from screening.report.backtest import render_backtest

DOCUMENT = {
    "code": "NUI-01",
    "name_nl": "Meldingencluster <b>",
    "municipality": "Voorbeeld",
    "synthetic": True,
    "version": 1,
    "version_id": "ab" * 8,
    "code_version": "0.1.0+x",
    "parameters": [
        {
            "name": "min_reports",
            "label_nl": "Aantal meldingen",
            "unit": "reports",
            "proposed": 5,
            "proposed_nl": "5 meldingen",
            "configured": 4,
            "configured_nl": "4 meldingen",
        },
        {
            "name": "window_days",
            "label_nl": "Periode",
            "unit": "days",
            "proposed": 90,
            "proposed_nl": "90 dagen",
            "configured": 90,
            "configured_nl": "90 dagen",
        },
    ],
    "also": ["SEX-02"],
    "runs": [
        {
            "as_of": "2026-11-01",
            "run_id": "r" * 24,
            "note_nl": "",
            "hits_before": 12,
            "hits_after": 1,
            "flags_before": 31,
            "flags_after": 26,
            "added": 0,
            "dropped": 5,
        }
    ],
    "skipped": [{"as_of": "2026-07-01", "reason_nl": "de gegevens van deze run zijn er niet meer."}],
    "totals": {"added": 0, "dropped": 5},
    "months": [{"month": "2026-11", "added": 0, "dropped": 5}],
    "outcomes": [
        {
            "change": "dropped",
            "addresses": "10–19",
            "outcomes": {"verklaard": "10–19", "data_fout": "< 10"},
            "explanations": [{"nl": "Een buur belt vaak.", "en": "", "addresses": "10–19"}],
            "not_judged": "< 10",
        }
    ],
    "addresses": [
        {
            "address_id": "9999010000000001",
            "change": "dropped",
            "indicator_codes": ["NUI-01"],
            "first": "2026-11-01",
            "last": "2026-11-01",
            "runs": 1,
            "judged_nl": "nog niet beoordeeld",
        }
    ],
}


def test_it_says_what_was_asked_what_changed_and_what_could_not_be_computed():
    page = render_backtest(DOCUMENT, ONLY_FLAGGED_NL)
    for said in (
        "9999010000000001",
        "1 november 2026",
        "november 2026",
        "nog niet beoordeeld",
        "SEX-02",
        "5 meldingen",
        ONLY_FLAGGED_NL,
        "Treffers eraf: 10–19 adressen",
        "data fout",
        "Aangekruist: Een buur belt vaak.",
        "1 juli 2026: de gegevens van deze run zijn er niet meer.",
    ):
        assert said in page, said


def test_only_a_threshold_that_differs_is_marked():
    assert render_backtest(DOCUMENT, ONLY_FLAGGED_NL).count(">anders<") == 1


def test_it_needs_nothing_from_elsewhere_and_escapes_what_it_is_given():
    page = render_backtest(DOCUMENT, ONLY_FLAGGED_NL)
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=", page)
    assert "Meldingencluster &lt;b&gt;" in page
    assert "default-src 'none'" in page


def test_a_back_test_without_any_night_or_change_still_makes_a_page():
    page = render_backtest(
        {**DOCUMENT, "runs": [], "months": [], "addresses": [], "also": [], "skipped": []}, ONLY_FLAGGED_NL
    )
    assert "Geen enkel adres verandert." in page
    assert "Er is geen run berekend." in page
