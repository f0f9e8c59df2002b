"""Rules between registers: each is broken alone, counted, and costs no row."""

from __future__ import annotations

import pytest

from screening.base.datasets import datasets
from screening.contracts import validate
from screening.contracts.cross_register import judge_across_registers

BAG_ID = "9999010000000001"


@pytest.fixture
def rows(samples):
    """One good row of each register that the rules read: they agree with each other."""
    rows = {name: dict(samples[name]["good"]) for name in datasets()}
    rows["bag_adressen"]["adresseerbaar_object_id"] = BAG_ID
    rows["handelsregister"] |= {"kvk_nummer": "00000001", "datum_aanvang": "2019-05-01", "datum_einde": None}
    rows["vergunningen"] |= {
        "zaaknummer": "ZK-1",
        "kvk_nummer": "00000001",
        "datum_besluit": "2020-01-01",
        "adresseerbaar_object_id": BAG_ID,
    }
    rows["leidinggevenden"]["zaaknummer"] = "ZK-1"
    return rows


BROKEN = {
    "vergunningen.houder_bestond_bij_besluit": {"datum_besluit": "2018-12-31"},
    "vergunningen.object_bestaat": {"adresseerbaar_object_id": "9999010000000002"},
    "leidinggevenden.vergunning_bestaat": {"zaaknummer": "ZK-9"},
}


def failed(rows, contracts, table):
    accepted = {name: validate(table(name, [row]), contracts[name]).accepted for name, row in rows.items()}
    assert all(frame.height == 1 for frame in accepted.values()), "a warning costs no row"
    accepted = {name: frame.lazy() for name, frame in accepted.items()}
    judged = [
        entry
        for name, contract in contracts.items()
        for entry in judge_across_registers(name, contract.cross_register_rules, accepted)
    ]
    assert {entry["rule_id"] for entry in judged} == set(BROKEN)
    assert all((entry["severity"], entry["rows_tested"]) == ("warning", 1) for entry in judged)
    return {entry["rule_id"] for entry in judged if entry["rows_failed"]}


def test_registers_that_agree_give_no_warning(rows, contracts, table):
    assert failed(rows, contracts, table) == set()


@pytest.mark.parametrize("rule", BROKEN)
def test_each_rule_finds_its_own_error_and_no_other(rule, rows, contracts, table):
    rows[rule.partition(".")[0]] |= BROKEN[rule]
    assert failed(rows, contracts, table) == {rule}


def test_a_partial_date_fails_only_where_it_cannot_be(rows, contracts, table):
    for day, fails in (("2019", set()), ("2018", {"vergunningen.houder_bestond_bij_besluit"})):
        rows["vergunningen"]["datum_besluit"] = day
        assert failed(rows, contracts, table) == fails


def test_without_the_other_register_nothing_is_judged(rows, contracts, table):
    permits = validate(table("vergunningen", [rows["vergunningen"]]), contracts["vergunningen"])
    accepted = {"vergunningen": permits.accepted.lazy()}
    assert judge_across_registers("vergunningen", contracts["vergunningen"].cross_register_rules, accepted) == []


def test_rules_name_registers_and_columns_that_there_are(contracts):
    for contract in contracts.values():
        for rule in contract.cross_register_rules:
            for register, column in rule.registers.items():
                assert {column, *([rule.begin] if rule.begin else [])} <= contracts[register].fields.keys()
