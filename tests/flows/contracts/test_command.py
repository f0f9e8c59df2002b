"""`barrier contracts suite` prints a suite that Great Expectations itself reads back, on the columns as delivered."""

from __future__ import annotations

import great_expectations as gx

from flows.catalogue import all_contracts
from screening.base.datasets import datasets
from tests.conftest import barrier

#: What no expectation can judge on a delivered text as it is; its column under test is made of it.
PREPARED = {
    "is_date",
    "is_timestamp",
    "in_period",
    "in_range",
    "not_before",
    "pair_in_code_list",
    "exactly_one_of",
    "elfproef",
    "absent_when",
    "delivered_once",
    "unique_key",
    "elements_in_code_list",
    "elements_match_pattern",
}


def test_every_suite_is_one_that_great_expectations_reads_back():
    ran = barrier("contracts", "suite")
    assert ran.code == 0, ran.err
    assert [suite["name"] for suite in ran.json] == list(datasets())
    for suite in ran.json:
        again = gx.ExpectationSuite(name=suite["name"], expectations=suite["expectations"])
        assert len(again.expectations) == len(all_contracts()[suite["name"]].rules)


def test_one_register_and_expectations_on_its_columns_as_delivered():
    suite = barrier("contracts", "suite", "vergunningen").json
    columns = datasets()["vergunningen"].columns
    for expectation in suite["expectations"]:
        column = expectation["kwargs"].get("column")
        assert column in columns or expectation["meta"]["expectation"] in PREPARED, expectation["meta"]
    by_rule = {expectation["meta"]["rule_id"]: expectation for expectation in suite["expectations"]}
    status = by_rule["vergunningen.status.in_code_list"]
    assert status["type"] == "expect_column_values_to_be_in_set"
    assert "verleend" in status["kwargs"]["value_set"]


def test_a_register_that_is_none_is_refused():
    ran = barrier("contracts", "suite", "vergunning")
    assert ran.code == 2
