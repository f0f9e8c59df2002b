"""A rule, a barrier and a model in words: everything declared is told, nothing is left open that was filled in."""

from __future__ import annotations

import pytest

from screening.base.datasets import datasets
from screening.rules import Param
from screening.rules.describe_barrier_model import barrier_part, model_part, rule_part
from screening.rules.model import coverage, models
from screening.wording.hit import HEADS, as_lines


@pytest.fixture
def told(declare):
    """told(language, **changes) -> the lines of a rule."""
    return lambda language="nl", **changes: "\n".join(
        as_lines(rule_part(declare(**changes).declaration(), language), language)
    )


def test_a_threshold_is_told_with_its_bounds_and_its_reason(told):
    labels = {"label_nl": "Venster", "label_en": "Window", "reason_nl": "daarom"}
    param = Param(30, "days", "because", floor=10, ceiling=90, **labels)
    assert "Venster: 30 dagen (niet lager dan 10 dagen, niet hoger dan 90 dagen). Waarom: daarom." in told(
        params={"grace_days": param}
    )
    assert "Window: 30 days (not below 10 days, not above 90 days). Why: because." in told(
        "en", params={"grace_days": param}
    )


def test_a_threshold_without_bounds_says_so(told):
    assert "30 dagen (zonder grens)" in told(params={"grace_days": Param(30, "days", "because")})


def test_a_risk_of_repetition_is_told_in_both_languages(told):
    both = {"feedback_risk": "high: it returns", "feedback_risk_nl": "hoog: het komt terug"}
    assert "Let op herhaling: hoog: het komt terug" in told(**both)
    assert "Mind the loop: high: it returns" in told("en", **both)


def test_a_sensitive_rule_and_a_finding_say_so(told):
    assert "Gevoelig:" in told(sensitive=True)
    assert "nooit een aandachtspunt" in told(is_finding=True)


def test_the_sentence_is_told_with_its_values_left_open(told):
    both = {f"evidence_{language}": "{zaaknummer}[ op {grace_days}]." for language in ("nl", "en")}
    assert "… op 30." in told(**both)


def test_what_is_empty_is_not_told(told):
    text = told(ruled_out_nl=(), ruled_out_en=(), params={}, evidence_nl="Zo.", evidence_en="So.")
    assert HEADS["nl"]["ruled_out"] not in text
    assert HEADS["nl"]["thresholds"] not in text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_barrier_tells_what_sees_it_and_what_only_a_person_sees(declare, language):
    rule = declare(barrier="HUISVESTING")
    row = next(row for row in coverage([rule]) if row.indicators)
    part = barrier_part(row, {"TST-01": "Proef"}, language)
    assert part["indicators"] == ["TST-01 Proef"]
    licences, *others = (
        datasets()[name].label[language] for name in ("vergunningen", "bag_adressen", "controles", "meldingen")
    )
    assert (part["sources"], part["unseen"]) == (licences, ", ".join(others))
    assert part["by_eye"]
    assert part["limits"]
    assert set(part) - {"title"} <= set(HEADS[language])


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_model_tells_of_each_barrier_whether_it_is_in_view(language, declare):
    rows = coverage([declare(barrier="HUISVESTING")])
    lines = model_part(models()[0], rows, language)["barriers"]
    assert len(lines) == len(models()[0].barriers)
    assert sum(f"TST-01 (registers: {datasets()['vergunningen'].label[language]})" in line for line in lines) == 1
    outside = "buiten deze screening" if language == "nl" else "outside this screening"
    assert sum(outside in line for line in lines) == 3


def test_codes_are_told_with_those_that_may_be_chosen(told):
    param = Param(("55",), "SBI codes", "because", choices=("55", "56"))
    both = {"params": {"lines": param}, "evidence_nl": "{lines}", "evidence_en": "{lines}"}
    assert "lines: 55 (logies) (een of meer van 55, 56). Waarom: because." in told(**both)


def test_what_no_register_says_is_told(told):
    limits = {"limits_nl": ("Er is geen lijst.",), "limits_en": ("There is no list.",)}
    assert "Wat deze indicator niet kan zien:\n    - Er is geen lijst." in told(**limits)
