"""A declaration that leaves something unsaid, or says what may not be said, is refused when the module is imported."""

from __future__ import annotations

import json

import pytest

from screening.base.errors import ConfigurationError, RuleDefinitionError
from screening.rules import Param


@pytest.mark.parametrize("code", ["LIC-1", "lic-01", "LIC01", "LICX-01", "LIC-01 ", ""])
def test_a_code_has_three_capitals_and_two_digits(declare, code):
    with pytest.raises(RuleDefinitionError, match="not an indicator code"):
        declare(code=code)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"version": 0}, "version"),
        ({"cls": "D"}, "cls"),
        ({"barrier": "ELDERS"}, "barrier"),
        ({"dataset": "belastingen"}, "dataset"),
        ({"name_nl": " "}, "name_nl is empty"),
        ({"rationale_en": ""}, "rationale_en is empty"),
        ({"evidence_nl": ""}, "evidence_nl is empty"),
        ({"innocent_nl": (), "innocent_en": ()}, "innocent_nl is empty"),
        ({"ruled_out_nl": "één zin"}, "tuple of sentences"),
        ({"ruled_out_en": ()}, "differ in length"),
        ({"innocent_en": ("One.", "Two.")}, "differ in length"),
        ({"inputs": {}}, "inputs is empty"),
        ({"inputs": {"brp": ("record",)}}, "unknown"),
        ({"inputs": {"vergunningen": ("record", "houder_naam")}}, "no column houder_naam"),
        ({"inputs": {"vergunningen": ("record", "record")}}, "different column names"),
        ({"inputs": {"vergunningen": "record"}}, "tuple of different"),
        ({"inputs": {"handelsregister": ("record", "sbi_codes", "lines")}}, "follows from sbi_codes and sbi_versie"),
        ({"inputs": {"treffers": ("address_id",)}}, "not declared after"),
        ({"rests_on": ("meldingen",)}, "no data set it reads"),
        ({"leans_on": "own"}, "does not read treffers"),
        ({"asks_norm": True, "params": {}}, "no parameter to hold one"),
        ({"after": ("TST-01",)}, "other indicators"),
        ({"after": ("eerst",)}, "other indicators"),
        ({"needs": ("meldingen",)}, "not a data set in its inputs"),
        ({"params": {"days": Param(5, "days", "why", floor=10)}}, "may not be below"),
        ({"params": {"days": Param(5, "", "why")}}, "unit and reason"),
        ({"params": {"days": Param(5, "days", "")}}, "unit and reason"),
        ({"evidence_nl": "Vergunning {zaaknummer} en {grace_days"}, "not closed"),
        ({"evidence_nl": "Vergunning {zaaknummer:>10}, {grace_days}"}, "no form that there is"),
        ({"checked_nl": ("Zo {zaaknummer}.",), "checked_en": ("So.",)}, "not name the same values"),
        ({"checked_nl": ("Zo.",)}, "checked_nl and checked_en differ"),
        ({"decisive": {"vergunningen": ("status",)}}, "has no date status"),
        ({"decisive": {"partijen": ("datum",)}}, "not a data set"),
        ({"evidence_nl": "Vergunning {}, {grace_days}"}, "not the name of a value"),
        ({"evidence_nl": "Zonder het nummer, {grace_days}."}, "not name the same values"),
        ({"evidence_nl": "Vergunning {zaaknummer}[, {grace_days}"}, "bracket"),
        ({"evidence_nl": "Vergunning {zaaknummer}], {grace_days}["}, "bracket"),
    ],
)
def test_what_is_missing_or_unknown_is_refused(declare, changes, says):
    with pytest.raises(RuleDefinitionError, match=says):
        declare(**changes)


@pytest.mark.parametrize("name", ["name_normalised", "birth_date", "party_id", "melder_token"])
def test_a_sentence_never_tells_who(declare, name):
    with pytest.raises(RuleDefinitionError, match="would tell who"):
        declare(evidence_nl=f"{{{name}}}", evidence_en=f"{{{name}}}")


@pytest.mark.parametrize("text", ["Een verdacht adres.", "Het slachtoffer.", "Crimineel gebruik.", "Fraude met zorg."])
def test_a_text_suspects_no_one(declare, text):
    with pytest.raises(RuleDefinitionError, match="accuses no one"):
        declare(innocent_nl=(text,))


def test_the_name_of_a_report_category_is_no_suspicion(declare):
    assert declare(rationale_nl="Meldingen van woonfraude tellen mee.")


@pytest.mark.parametrize("column", ["houder_geboortedatum", "omschrijving", "handelsnaam", "houder_naam"])
def test_no_rule_can_ask_for_a_name_a_birth_date_of_a_register_or_free_text(declare, column):
    for table in ("vergunningen", "meldingen"):
        with pytest.raises(RuleDefinitionError, match="that a rule may see"):
            declare(inputs={table: (column,)})


def test_needs_are_all_data_sets_of_the_inputs_unless_fewer_are_named(declare):
    inputs = {"vergunningen": ("record",), "meldingen": ("record",), "partijen": ("record",)}
    assert declare(inputs=inputs).needs == ("vergunningen", "meldingen")
    assert declare(inputs=inputs, needs=("vergunningen",)).needs == ("vergunningen",)


def test_configured_parameters_replace_defaults(declare):
    rule = declare()
    assert rule.parameters({}) == {"grace_days": 30}
    assert rule.parameters({"grace_days": 60}) == {"grace_days": 60}


@pytest.mark.parametrize(
    ("value", "says"),
    [(9, "below 10 days"), (91, "above 90 days"), (30.5, "whole number"), ("30", "a number"), (True, "a number")],
)
def test_a_parameter_cannot_cross_its_bounds(declare, value, says):
    with pytest.raises(ConfigurationError, match=says):
        declare().parameters({"grace_days": value})


def test_a_parameter_that_is_not_declared_is_refused_with_those_that_are(declare):
    with pytest.raises(ConfigurationError, match="Its parameters: grace_days"):
        declare().parameters({"graze_days": 60})


def test_a_declaration_can_be_kept_as_json_with_the_parameters_in_force(declare):
    rule = declare()
    kept = json.loads(json.dumps(rule.declaration(rule.parameters({"grace_days": 60}))))
    assert kept["params"]["grace_days"]["value"] == 60
    assert kept["params"]["grace_days"]["default"] == 30
    assert kept["inputs"] == {"vergunningen": ["record", "address_id", "status", "zaaknummer"]}
    assert (kept["code"], kept["class"], kept["barrier"]) == ("TST-01", "B", "WERKPLEK")


def _with_lines(declare, default=("55", "56")):
    return declare(
        params={"lines": Param(default, "SBI codes", "because", choices=("55", "56", "92"))},
        evidence_nl="{lines}",
        evidence_en="{lines}",
    )


def test_a_list_of_codes_is_in_force_in_one_form_whatever_its_order(declare):
    rule = _with_lines(declare)
    assert rule.parameters({}) == {"lines": ("55", "56")}
    assert (
        rule.parameters({"lines": ["92", "55"]}) == rule.parameters({"lines": ("55", "92")}) == {"lines": ("55", "92")}
    )
    kept = json.loads(json.dumps(rule.declaration()))["params"]["lines"]
    assert (kept["value"], kept["default"], kept["choices"]) == (["55", "56"], ["55", "56"], ["55", "56", "92"])
    # what a run kept can be put in force again
    assert rule.parameters({"lines": kept["value"]}) == rule.parameters({})


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (["55", "47"], "'47' is none of 55, 56, 92"),
        ([55], "between quotes"),
        ([], "one or more of 55, 56, 92"),
        ("55", "one or more of"),
        (55, "one or more of"),
        (["55", "55"], "twice"),
    ],
)
def test_a_list_of_codes_holds_declared_codes_only(declare, value, says):
    with pytest.raises(ConfigurationError, match=says):
        _with_lines(declare).parameters({"lines": value})


def test_a_default_is_of_the_declared_codes_too(declare):
    with pytest.raises(RuleDefinitionError, match="none of"):
        _with_lines(declare, default=("47",))


def test_what_a_rule_cannot_see_is_part_of_its_declaration(declare):
    rule = declare(limits_nl=("Er is geen lijst.",), limits_en=("There is no list.",))
    assert rule.declaration()["limits_nl"] == ["Er is geen lijst."]
    with pytest.raises(RuleDefinitionError, match="limits_nl and limits_en differ in length"):
        declare(limits_nl=("Er is geen lijst.",))
    with pytest.raises(RuleDefinitionError, match="accuses no one"):
        declare(limits_nl=("Een verdacht adres.",), limits_en=("-",))
