"""An explanation says what was seen and against which threshold, and always what it can also mean."""

from __future__ import annotations

from datetime import date

from screening.rules import Param
from screening.wording import as_lines, explain_hit
from screening.wording.hit import hit_part

ROW = {
    "record_ids": ["vergunningen:Z-1"],
    "values": '{"zaaknummer":"Z-1","einddatum":null}',
    "window_start": date(2026, 8, 1),
    "window_end": date(2026, 11, 1),
    "explanation_nl": "Vergunning Z-1 liep af.",
    "explanation_en": "Licence Z-1 ended.",
}


def explain(declare, row=ROW, parameters=None, **changes):
    rule = declare(**changes)
    return explain_hit(rule.declaration(rule.parameters(parameters or {})), row)


def test_it_says_what_was_seen_when_and_in_which_records(declare):
    said = explain(declare)
    assert said["nl"]["title"] == "TST-01 Proef"
    assert said["nl"]["seen"] == "Vergunning Z-1 liep af."
    assert said["en"]["seen"] == "Licence Z-1 ended."
    assert said["nl"]["window"] == "1 augustus 2026 tot en met 1 november 2026"
    assert said["en"]["window"] == "1 August 2026 to 1 November 2026"
    assert said["en"]["records"] == ["vergunningen:Z-1"]


def test_it_always_says_what_else_it_can_mean_and_that_a_person_must_look(declare):
    said = explain(declare)
    assert said["nl"]["can_also_mean"] == ["Iets anders."]
    assert "mens" in said["nl"]["unknown"][0]
    assert "person" in said["en"]["unknown"][0]


def test_what_was_checked_is_what_was_so_here(declare):
    checked = {
        "checked_nl": (
            "De zaak is {zaaknummer}.",
            "[Dat was op {einddatum}.]",
            "[{meldingen:=De melding is|De meldingen zijn} gegrond.]",
            "Op {as_of} geldt {grace_days:span}.",
        ),
        "checked_en": (
            "The case is {zaaknummer}.",
            "[That was on {einddatum}.]",
            "[{meldingen:=The report is|The reports are} founded.]",
            "On {as_of} it is {grace_days:span}.",
        ),
    }
    said = explain(declare, **checked, row=ROW | {"as_of": "2026-11-01"})
    assert said["nl"]["checked"] == ["De zaak is Z-1.", "Op 1 november 2026 geldt 30 dagen."]
    values = '{"zaaknummer":"Z-1","einddatum":"2026-05","meldingen":1}'
    said = explain(declare, **checked, row=ROW | {"values": values})
    assert said["nl"]["checked"] == ["De zaak is Z-1.", "Dat was in mei 2026.", "De melding is gegrond."]
    assert said["en"]["checked"][1:] == ["That was in May 2026.", "The report is founded."]
    assert explain(declare)["nl"]["checked"] == []


def test_a_threshold_that_differs_from_the_default_says_so(declare):
    assert explain(declare)["nl"]["thresholds"] == ["grace_days: 30 dagen"]
    assert explain(declare, parameters={"grace_days": 60})["nl"]["thresholds"] == [
        "grace_days: 60 dagen (standaard 30 dagen)"
    ]
    assert explain(declare, parameters={"grace_days": 60})["en"]["thresholds"] == [
        "grace_days: 60 days (default 30 days)"
    ]


def test_a_value_that_the_sentence_needs_and_the_register_lacks_is_named(declare):
    both = {
        "evidence_nl": "{zaaknummer} op {einddatum}, {grace_days}.",
        "evidence_en": "{zaaknummer} {einddatum} {grace_days}",
    }
    assert explain(declare, **both)["nl"]["unknown"][1] == "Niet ingevuld in het register: einddatum."


def test_a_missing_value_is_called_by_the_words_of_its_column(declare):
    row = ROW | {"values": '{"kvk_nummer_nieuw":null,"kvk_oud":null,"begin_datum_nieuw":null}'}
    both = {f"evidence_{language}": "{kvk_nummer_nieuw} {kvk_oud} {begin_datum_nieuw}" for language in ("nl", "en")}
    assert explain(declare, row, **both)["nl"]["unknown"][1:] == [
        "Niet ingevuld in het register: begin datum nieuw.",
        "Niet ingevuld in het register: KVK-nummer (nieuw).",
        "Niet ingevuld in het register: KVK-nummer (oud).",
    ]


def test_a_value_that_only_an_optional_part_needs_is_not_missing(declare):
    both = {
        "evidence_nl": "{zaaknummer}[ op {einddatum}], {grace_days}.",
        "evidence_en": "{zaaknummer}[ {einddatum}] {grace_days}",
    }
    assert len(explain(declare, **both)["nl"]["unknown"]) == 1


def test_without_a_window_none_is_told(declare):
    assert explain(declare, row=ROW | {"window_start": None})["nl"]["window"] is None


def test_as_lines_it_reads_from_what_was_seen_to_the_records(declare):
    rule = declare()
    lines = as_lines(hit_part(rule.declaration(), ROW, "nl"), "nl")
    assert lines[0] == "TST-01 Proef"
    assert lines[1] == "  Gezien: Vergunning Z-1 liep af."
    assert "  Dit kan ook betekenen:" in lines
    assert lines[-1] == "    - vergunningen:Z-1"
    assert as_lines(hit_part(rule.declaration(), ROW, "en"), "en")[1] == "  Seen: Licence Z-1 ended."


def test_a_record_is_told_with_its_place_where_that_is_handed_in(declare):
    rule, row = declare(), ROW | {"record_ids": ["vergunningen:Z-1", "vergunningen:Z-2"]}
    lines = as_lines(hit_part(rule.declaration(), row, "nl", records={"vergunningen:Z-1": "v.csv, rij 3"}), "nl")
    assert lines[-2:] == ["    - vergunningen:Z-1: v.csv, rij 3", "    - vergunningen:Z-2"]


def test_what_this_run_did_not_know_comes_before_what_no_run_can_know(declare):
    lines = as_lines(hit_part(declare().declaration(), ROW, "nl", unknown=["Wat er in controles staat."]), "nl")
    at = lines.index("  Niet bekend:")
    assert lines[at + 1] == "    - Wat er in controles staat."
    assert "mens" in lines[at + 2]


def test_what_no_register_says_is_told_where_there_is_such_a_thing(declare):
    limits = {"limits_nl": ("Er is geen lijst.",), "limits_en": ("There is no list.",)}
    assert explain(declare, **limits)["nl"]["cannot_see"] == ["Er is geen lijst."]
    rule = declare(**limits)
    assert "  What this indicator cannot see:" in as_lines(hit_part(rule.declaration(), ROW, "en"), "en")
    assert not any("cannot see" in line for line in as_lines(hit_part(declare().declaration(), ROW, "en"), "en"))


def test_codes_are_told_one_after_the_other(declare):
    codes = {
        "params": {"lines": Param(("55", "56"), "SBI codes", "why", choices=("55", "56", "92"), label_nl="Branches")},
        "evidence_nl": "{lines}",
        "evidence_en": "{lines}",
    }
    assert explain(declare, **codes)["nl"]["thresholds"] == ["Branches: 55 (logies) en 56 (horeca)"]
    other = explain(declare, parameters={"lines": ["92"]}, **codes)
    assert other["nl"]["thresholds"] == ["Branches: 92 (kansspelen) (standaard 55 (logies) en 56 (horeca))"]
