"""A rule of an extension is held until it passed, for these very files and this very code; no other rule is."""

from __future__ import annotations

import pytest

from flows.catalogue import all_indicators
from flows.examination.case_items import extension_in
from flows.examination.outcomes import FOLDER, keep_outcome, kept_outcome, unexamined_rules
from flows.new.package import NewPackage, write_package
from screening.base.extensions import using_extensions
from screening.rules import Activation
from screening.rules.examination import Trial
from screening.rules.examination.trial import TRIALS
from screening.store.rules.consent import held
from screening.store.rules.governance import RuleGovernance
from tests.rules.conftest import AS_OF

CODE = "ZOM.LOC-01"
PASSED = [Trial(CODE, name, 5, ()) for name in TRIALS]


@pytest.fixture
def extension(tmp_path):
    """A rule on licences, in force."""
    write_package(NewPackage("ZOM", "LOC-01"), tmp_path / "zomerdam")
    extension = extension_in(tmp_path / "zomerdam" / "barrier_zom")
    with using_extensions([extension]):
        yield extension


def test_nobody_examined_it_and_so_it_is_held(extension, tmp_path):
    reasons = unexamined_rules(tmp_path)
    assert {code: why.kind for code, why in reasons.items()} == {CODE: "not_examined"}
    assert "barrier extensions examine ZOM" in reasons[CODE].reason_nl


def test_what_did_not_pass_is_named_in_both_languages(extension, tmp_path):
    trials = [Trial(CODE, "cases", 5, ()), Trial(CODE, "ablation", 2, ("it stays",))]
    keep_outcome(tmp_path, extension, trials, day=AS_OF)
    why = unexamined_rules(tmp_path)[CODE]
    assert (why.kind, why.reason_nl, why.reason_en) == (
        "not_passed",
        "Niet geslaagd: weglaten.",
        "Did not pass: ablation.",
    )


def test_what_passed_is_held_no_longer_and_only_for_these_files(extension, tmp_path):
    keep_outcome(tmp_path, extension, PASSED, day=AS_OF)
    assert unexamined_rules(tmp_path) == {}
    (path,) = (tmp_path / "zomerdam/barrier_zom/indicators").glob("*.py")
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    changed = extension_in(path.parent.parent)
    with using_extensions([changed]):
        assert unexamined_rules(tmp_path)[CODE].kind == "not_examined"


def test_an_outcome_that_was_copied_or_damaged_counts_for_nothing(extension, tmp_path):
    keep_outcome(tmp_path, extension, PASSED, day=AS_OF)
    (path,) = (tmp_path / FOLDER).iterdir()
    path.write_text(path.read_text("utf-8").replace(extension.digest, "sha256:0"), "utf-8")
    assert kept_outcome(tmp_path, extension) is None
    for damaged in ("{", "[]"):
        path.write_text(damaged, "utf-8")
        assert unexamined_rules(tmp_path)[CODE].kind == "not_examined"


def test_an_outcome_that_lacks_a_trial_is_no_examination(extension, tmp_path):
    keep_outcome(tmp_path, extension, PASSED[:-1], day=AS_OF)
    assert unexamined_rules(tmp_path)[CODE].kind == "not_examined"


def test_a_made_up_municipality_runs_no_rule_of_an_extension_that_did_not_pass(extension, tmp_path):
    rule = next(rule for rule in all_indicators() if rule.code == CODE)
    active = {CODE: Activation("APV", "DPIA", AS_OF)}
    allowed = {name: {"": rule.purposes} for name in rule.inputs}
    arguments = {"allowed": allowed, "day": AS_OF, "is_synthetic": True}
    assert held([rule], active, RuleGovernance({}, {}), **arguments) == {}
    why = held([rule], active, RuleGovernance({}, {}), **arguments, unexamined=unexamined_rules(tmp_path))
    assert why[CODE].kind == "not_examined"
