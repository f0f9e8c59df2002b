"""Every rule of every contract bites: each is broken in turn, alone, and the row is quarantined for exactly that."""

from __future__ import annotations

import json
from functools import partial

import polars as pl
import pytest

from screening import contracts as judging
from screening.base.datasets import datasets
from screening.base.errors import ContractStopError
from screening.contracts import compile_suite

#: Great Expectations judges too, and must find the same rows.
validate = partial(judging.validate, is_checked=True)
KEYED_RULES = {"unique_key", "delivered_once"}


def broken(rule, good, later):
    """The good row with the one change that breaks `rule`. `later`: columns that end a period."""
    column = rule.column
    if rule.expectation == "not_null":
        return good | {column: None}
    if rule.expectation == "in_period":  # stay on the side where the order of the two dates is kept
        day = "2150-01-01" if column in later else "1850-01-01"
        return good | {column: day + ("T00:00:00" if column.startswith(("datum_melding", "incident")) else "")}
    if rule.expectation == "in_range":
        bound = rule.gx_arguments.get("max_value", rule.gx_arguments.get("min_value"))
        return good | {column: str(bound + 1) if "max_value" in rule.gx_arguments else str(bound - 1)}
    if rule.expectation == "pair_in_code_list":
        return good | {"hoofdcategorie": "overig"}
    if rule.expectation == "exactly_one_of":
        return good | {"rechtspersoon_kvk": "00000099"}
    if rule.expectation == "elfproef":
        return good | {column: good[column][:-1] + str((int(good[column][-1]) + 1) % 10)}
    if rule.expectation == "absent_when":
        return good | {"rechtsvorm": "eenmanszaak"}
    if rule.expectation == "not_before":
        day = {"datum": "1999-12-31", "timestamp": "1999-12-31T00:00:00"}
        return good | {column: day["timestamp" if column.startswith("incident") else "datum"]}
    if rule.rule_id == "functionarissen.rechtspersoon_kvk.matches_pattern":
        good = good | {"naam": None}
    text = {
        "matches_pattern": "?",
        "in_code_list": "een andere code",
        "elements_in_code_list": "een andere code",
        "elements_match_pattern": "fout?",
        "is_date": "2023-02-30",
        "is_timestamp": "2023-13-45T10:00:00",
        "is_integer": "1,5",
        "is_number": "1.2.3",
        "is_yes_no": "J",
    }[rule.expectation]
    return good | {column: f"{good[column]}|{text}" if rule.expectation.startswith("elements") else text}


def with_key(dataset, row, number):
    """The row under a key of its own."""
    column = datasets()[dataset].key
    if column is None or row[column] is None:
        return row
    return row | {column: f"{row[column][:-4]}{number:04}" if dataset == "bag_adressen" else f"K-{number}"}


def failures(result, row_number):
    rows = result.quarantined.filter(pl.col("row_number") == row_number)
    return set(rows.select("column", "expectation").iter_rows())


@pytest.mark.goal("R10", reached="every rule of every contract broken alone")
@pytest.mark.parametrize("dataset", list(datasets()))
def test_each_rule_alone_quarantines_the_row_that_breaks_it(dataset, contracts, samples, table):
    contract, good = contracts[dataset], samples[dataset]["good"]
    later = {rule.column for rule in contract.rules if rule.expectation == "not_before"}
    rules = [one for one in contract.rules if one.expectation not in KEYED_RULES | {"has_rows"}]
    rows = [with_key(dataset, good, 0)]
    for number, rule in enumerate(rules, 1):
        row = broken(rule, good, later)
        is_key_broken = row[contract.key] != good[contract.key] if contract.key else False
        rows.append(row if is_key_broken else with_key(dataset, row, number))
    repeated = with_key(dataset, good, 0)
    rows.append(repeated)
    result = validate(table(dataset, rows), contract)

    assert failures(result, 1) == set(), "the good row is accepted"
    for number, rule in enumerate(rules, 2):
        assert failures(result, number) == {(rule.column, rule.expectation)}, rule.rule_id
    assert failures(result, len(rows)) == {(contract.key or "*", "delivered_once")}
    assert result.accepted["row_number"].to_list() == [1]
    assert (result.rows_read, result.rows_quarantined) == (len(rows), len(rows) - 1)
    failed = {one["rule_id"]: one["rows_failed"] for one in result.expectations}
    assert {failed[rule.rule_id] for rule in rules} == {1}


@pytest.mark.parametrize("dataset", list(datasets()))
def test_bad_sample_fails_for_all_its_slips_at_once(dataset, contracts, samples, table):
    sample = samples[dataset]
    rows = [sample["good"], with_key(dataset, sample["good"] | sample["bad"]["set"], 9)]
    if dataset == "bag_adressen":
        rows[1] = sample["good"] | sample["bad"]["set"]
    result = validate(table(dataset, rows), contracts[dataset])
    assert failures(result, 1) == set()
    assert failures(result, 2) == {tuple(one) for one in sample["bad"]["fails"]}


@pytest.mark.parametrize("dataset", sorted(name for name, dataset in datasets().items() if dataset.key))
def test_a_key_of_two_contents_is_refused_with_all_its_rows(dataset, contracts, samples, table):
    contract, good = contracts[dataset], samples[dataset]["good"]
    plain = next(
        name
        for name, field in contract.fields.items()
        if (field.logical_type, field.form) == ("string", None) and name != contract.key
    )
    result = validate(table(dataset, [good, good | {plain: "Elders"}, good, with_key(dataset, good, 7)]), contract)
    assert failures(result, 1) == {(contract.key, "unique_key")}
    assert failures(result, 2) == {(contract.key, "unique_key")}
    assert failures(result, 3) == {(contract.key, "delivered_once")}
    assert failures(result, 4) == set()


def test_town_without_addresses_stops_the_run(contracts, samples, table):
    columns = list(samples["bag_adressen"]["good"])
    with pytest.raises(ContractStopError, match=r"bag_adressen.csv: .*nothing can be linked"):
        validate(table("bag_adressen", [], columns), contracts["bag_adressen"])


@pytest.mark.parametrize("dataset", [one for one in datasets() if one != "bag_adressen"])
def test_an_empty_register_is_allowed(dataset, contracts, samples, table):
    result = validate(table(dataset, [], list(samples[dataset]["good"])), contracts[dataset])
    assert (result.rows_read, result.rows_quarantined, result.accepted.height) == (0, 0, 0)


@pytest.mark.parametrize("dataset", list(datasets()))
def test_suite_holds_one_real_expectation_a_rule(dataset, contracts):
    suite = compile_suite(contracts[dataset])
    rules = contracts[dataset].rules
    assert [one.meta["rule_id"] for one in suite.expectations] == [rule.rule_id for rule in rules]
    assert [one.meta["column"] for one in suite.expectations] == [rule.column for rule in rules]
    assert [type(one).__name__ for one in suite.expectations] == [rule.gx_type for rule in rules]


@pytest.mark.parametrize("dataset", list(datasets()))
def test_the_printed_suite_loads_into_great_expectations_and_judges_the_columns_as_delivered(
    dataset, contracts, samples
):
    import great_expectations as gx
    import pandas as pd

    printed = json.loads(json.dumps(compile_suite(contracts[dataset]).to_json_dict()))
    context = gx.get_context(mode="ephemeral")
    suite = context.suites.add(gx.ExpectationSuite(**printed))
    rules = contracts[dataset].rules
    assert [expectation.meta["rule_id"] for expectation in suite.expectations] == [rule.rule_id for rule in rules]

    raw = {rule.rule_id for rule in rules if not any(":" in name for name in rule.inputs)}
    of_raw = [check for check in printed["expectations"] if check["meta"]["rule_id"] in raw]
    native = gx.ExpectationSuite(name="raw", expectations=of_raw)
    asset = context.data_sources.add_pandas("registers").add_dataframe_asset(dataset)
    delivery = asset.add_batch_definition_whole_dataframe("delivery")
    good = pd.DataFrame([samples[dataset]["good"]], dtype="str")
    result = delivery.get_batch({"dataframe": good}).validate(native)
    assert [check.expectation_config.meta["rule_id"] for check in result.results if not check.success] == []
    # what is made of a column first: bounds of what can be partial or has a comma, order of two dates, lists, sums
    made = {rule.expectation for rule in rules} - {rule.expectation for rule in rules if rule.rule_id in raw}
    assert made <= {
        "in_period",
        "in_range",
        "is_timestamp",
        "not_before",
        "unique_key",
        "delivered_once",
        "exactly_one_of",
        "elements_match_pattern",
        "elements_in_code_list",
        "elfproef",
        "absent_when",
    }
