"""JSON Schema and Table Schema of a register say what its contract says of a row: samples pass, broken rows do not."""

from __future__ import annotations

import re

import pytest
from jsonschema import Draft202012Validator

from screening.base.datasets import datasets
from screening.contracts.schemas import record_schema, table_schema

#: Rules that a schema can hold, and a text that breaks each.
BREAKING = {
    "is_date": "2023-02-30",
    "is_timestamp": "2023-13-45T10:00:00",
    "is_integer": "1,5",
    "is_number": "1.2.3",
    "is_yes_no": "J",
    "matches_pattern": "?",
    "in_code_list": "een andere code",
    "elements_match_pattern": "fout?",
    "elements_in_code_list": "een andere code",
}
#: Of the Table Schema specification: type -> constraints that it may have.
CONSTRAINTS = {
    "string": {"required", "unique", "pattern", "enum"},
    "integer": {"required", "unique", "minimum", "maximum"},
    "number": {"required", "unique", "minimum", "maximum"},
    "boolean": {"required"},
}


def delivered(contract, sample):
    """The row as a register can deliver it: without what is made of its free text."""
    return {name: sample[name] for name in contract.about.delivered_columns if name in sample}


@pytest.mark.parametrize("dataset", list(datasets()))
def test_the_good_sample_is_valid_under_the_json_schema(dataset, contracts, samples):
    schema = record_schema(contracts[dataset])
    Draft202012Validator.check_schema(schema)
    assert list(Draft202012Validator(schema).iter_errors(delivered(contracts[dataset], samples[dataset]["good"]))) == []


@pytest.mark.parametrize("dataset", list(datasets()))
def test_a_row_that_breaks_a_rule_of_one_column_is_not(dataset, contracts, samples):
    contract, validator = contracts[dataset], Draft202012Validator(record_schema(contracts[dataset]))
    row, tried = delivered(contract, samples[dataset]["good"]), set()
    for rule in contract.rules:
        if rule.column not in row:
            continue
        if rule.expectation == "not_null":
            broken = {name: value for name, value in row.items() if name != rule.column}
        elif rule.expectation in BREAKING:
            broken = row | {rule.column: BREAKING[rule.expectation]}
        else:
            continue
        tried.add(rule.expectation)
        assert not validator.is_valid(broken), rule.rule_id
    assert {"not_null", "in_code_list"} <= tried


def test_a_number_may_be_a_number_within_its_bounds_and_an_empty_value_may_be_null(contracts, samples):
    row = delivered(contracts["vergunningen"], samples["vergunningen"]["good"])
    validator = Draft202012Validator(record_schema(contracts["vergunningen"]))
    assert validator.is_valid(row | {"max_personen": 8, "vervalreden": None})
    assert not validator.is_valid(row | {"max_personen": -1})
    assert not validator.is_valid(row | {"status": None})


@pytest.mark.parametrize("dataset", list(datasets()))
def test_the_table_schema_has_the_shape_of_the_specification(dataset, contracts, samples):
    contract = contracts[dataset]
    schema = table_schema(contract)
    assert [field["name"] for field in schema["fields"]] == contract.about.delivered_columns
    assert schema.get("primaryKey", []) == ([contract.key] if contract.key else [])
    for field in schema["fields"]:
        constraints = field.get("constraints", {})
        assert constraints.keys() <= CONSTRAINTS[field["type"]], field["name"]
        assert constraints.get("required", False) == contract.fields[field["name"]].required
        value = samples[dataset]["good"].get(field["name"])
        if value is not None:
            assert value in constraints.get("enum", [value]), field["name"]
            assert re.search(constraints.get("pattern", ""), value), field["name"]


def test_what_is_made_of_free_text_is_asked_of_no_supplier(contracts):
    assert "termen" not in record_schema(contracts["meldingen"])["properties"]
    assert "omschrijving" in record_schema(contracts["meldingen"])["properties"]
