"""What holds a rule back tonight: each reason bites, and only where it should."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest

from screening.rules import Activation, Param, indicator
from screening.rules.versions import content_hash
from screening.store.rules.consent import held, version_of
from screening.store.rules.dossier import DOSSIER_STEPS
from screening.store.rules.governance import RuleGovernance, RuleVersion

NOW = datetime(2026, 11, 1, tzinfo=UTC)
TODAY = date(2026, 11, 1)
GROUNDS = {"legal_basis": "APV", "dpia": "DPIA-1", "fg_advice": "2026-05-12"}
CONFIGURED = Activation("APV", "DPIA-1", date(2026, 5, 12), {"days": 40})
ALLOWED = {"vergunningen": {"": ("P-VERG",)}}


def a_rule(**changes):
    given = {
        "code": "LIC-04",
        "version": 2,
        "cls": "A",
        "barrier": "WERKPLEK",
        "purposes": ("P-VERG",),
        "powers": ("dwangsom",),
        "dataset": "vergunningen",
        "name_nl": "Proef",
        "name_en": "Trial",
        "rationale_nl": "Waarom.",
        "rationale_en": "Why.",
        "ruled_out_nl": (),
        "ruled_out_en": (),
        "innocent_nl": ("Iets.",),
        "innocent_en": ("Some.",),
        "inputs": {"vergunningen": ("record", "address_id")},
        "params": {"days": Param(30, "days", "because")},
        "evidence_nl": "{days}.",
        "evidence_en": "{days}.",
    }
    return indicator(**(given | changes))(
        lambda t, p, as_of: t.vergunningen.select("address_id", record_ids=pl.concat_list("record"))
    )


RULE = a_rule()
ACTIVE = RuleVersion(
    version_id=version_of(RULE, {"days": 40}),
    code="LIC-04",
    version=2,
    parameters={"days": 40},
    content_sha256=content_hash(RULE),
    declaration="{}",
    author="anna",
    proposed_at=NOW,
    dossier={step: {"text": "x", "date": "2026-05-01"} for step in DOSSIER_STEPS},
    approved_by="bram",
    expires_on=TODAY,
    activated=True,
    grounds=GROUNDS,
)


def why(*versions: RuleVersion, rule=RULE, stopped=(), activation=CONFIGURED, **changes) -> str | None:
    state = RuleGovernance({one.version_id: one for one in versions}, dict.fromkeys(stopped, NOW))
    given = {"allowed": ALLOWED, "day": TODAY, "is_synthetic": False} | changes
    found = held([rule], {"LIC-04": activation} if activation else {}, state, **given)
    return found["LIC-04"].kind if found else None


def test_a_version_with_everything_in_order_runs():
    assert why(ACTIVE) is None


def test_a_real_municipality_runs_nothing_that_is_unknown_and_a_synthetic_one_does():
    assert why() == "not_approved"
    assert why(is_synthetic=True) is None


@pytest.mark.parametrize("is_synthetic", [True, False])
@pytest.mark.parametrize("stopped", ["LIC-04", "all"])
def test_a_stop_holds_everywhere_whatever_is_approved_or_configured(stopped, is_synthetic):
    assert why(ACTIVE, stopped=[stopped], is_synthetic=is_synthetic) == "stopped"
    assert why(stopped=[stopped], is_synthetic=is_synthetic, activation=None) == "stopped"
    assert why(ACTIVE, stopped=["NUI-01"], is_synthetic=is_synthetic) is None


@pytest.mark.goal(
    "F9",
    reached="an approval has a last day, after which the rule does not run",
    lacks="that it ends after six months without a lift: two people set the day",
)
@pytest.mark.parametrize("is_synthetic", [True, False])
def test_an_approval_that_is_over_stops_the_rule(is_synthetic):
    assert why(ACTIVE, day=date(2026, 11, 2), is_synthetic=is_synthetic) == "expired"


def test_another_declaration_under_the_approved_number_does_not_run():
    changed = a_rule(rationale_nl="Daarom.")
    assert why(ACTIVE, rule=changed) == "changed"
    assert why(ACTIVE, rule=changed, is_synthetic=True) == "changed"
    assert why(replace(ACTIVE, approved_by=None, activated=False), rule=changed, is_synthetic=True) is None


def test_another_number_other_parameters_or_other_grounds_than_were_activated_do_not_run():
    assert why(ACTIVE, rule=a_rule(version=3)) == "other_version"
    assert why(ACTIVE, activation=replace(CONFIGURED, parameters={"days": 41})) == "other_version"
    for key, value in (("legal_basis", "Anders"), ("dpia", "DPIA-2"), ("fg_advice", date(2026, 5, 13))):
        assert why(ACTIVE, activation=replace(CONFIGURED, **{key: value})) == "other_version"


@pytest.mark.parametrize("step", DOSSIER_STEPS)
def test_a_dossier_that_lacks_a_step_is_enough_for_made_up_addresses_only(step):
    thin = replace(ACTIVE, dossier={name: text for name, text in ACTIVE.dossier.items() if name != step})
    assert why(thin) == "not_approved"
    assert why(thin, is_synthetic=True) is None


def test_a_renewed_dossier_waits_for_its_approval():
    assert why(replace(ACTIVE, approved_by=None, expires_on=None)) == "not_approved"


def test_a_rule_without_a_purpose_or_beyond_that_of_its_registers_does_not_run_anywhere():
    assert why(rule=a_rule(purposes=()), is_synthetic=True) == "purpose"
    assert why(rule=a_rule(purposes=("P-VERG", "P-WON")), is_synthetic=True) == "purpose"


def test_a_rule_that_serves_no_power_of_the_municipality_does_not_run_anywhere():
    assert why(rule=a_rule(powers=()), is_synthetic=True) == "power"
    assert why(rule=a_rule(powers=()), is_synthetic=False) == "power"


def test_a_rule_that_is_not_configured_is_left_to_the_configuration():
    assert why(activation=None) is None
    assert why(activation=replace(CONFIGURED, dpia=None)) is None


def test_no_reason_names_a_person():
    state = RuleGovernance({ACTIVE.version_id: ACTIVE}, {"all": NOW})
    found = held([RULE], {}, state, allowed=ALLOWED, day=TODAY, is_synthetic=False)["LIC-04"]
    assert "anna" not in found.reason_nl + found.reason_en
