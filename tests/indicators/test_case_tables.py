"""Runs every case table, and sees to it that a table says enough to fail when its rule is wrong."""

from __future__ import annotations

from pathlib import Path

import yaml

from screening.rules.cases.checks import (
    edges_that_do_not_turn,
    faults_of_table,
    faults_of_texts,
    order_that_matters,
    unexpected_hits,
    vain_explanations,
)
from screening.rules.versions import content_hash

#: As many of a content hash as a case table keeps.
KEPT_DIGITS = 16
ROOT = Path(__file__).parents[2]


def test_a_case_gives_the_hits_it_expects_and_no_others(case):
    assert unexpected_hits(case) == []


def test_the_order_of_rows_never_matters(eighth_case):
    assert order_that_matters(eighth_case) == []


def test_a_case_on_the_edge_of_a_parameter_turns_when_the_edge_moves_one_step(case_on_an_edge):
    assert edges_that_do_not_turn(case_on_an_edge) == []


def test_what_a_case_rules_out_would_otherwise_be_a_hit(case_that_rules_out):
    assert vain_explanations(case_that_rules_out) == []


def test_an_indicator_has_exactly_one_table_beside_its_file(indicator_code, indicators, cases_of):
    module = Path(*indicators[indicator_code].function.__module__.split("."))
    beside = ROOT / "tests" / module.with_suffix(".yaml")
    assert [path for path, _ in cases_of[indicator_code]] == [beside]
    assert module.name.startswith(indicator_code.lower().replace("-", "_") + "_")


def test_a_table_leaves_no_parameter_and_no_explanation_out(indicator_code, indicators, cases_of):
    cases = [case for _, cases in cases_of[indicator_code] for case in cases]
    assert faults_of_table(indicators[indicator_code], cases) == []


def test_a_number_stands_for_one_content(indicator_code, indicators, cases_of):
    rule, table = indicators[indicator_code], cases_of[indicator_code][0][0]
    content, kept = content_hash(rule)[:KEPT_DIGITS], yaml.safe_load(table.read_text("utf-8")).get("contents", {})
    last = max(kept, default=0)
    says = f"{rule.code} says or does something else than under number {last}: declare version={last + 1}, and write in"
    assert rule.version > last or kept[last] == content, f"{says} contents of {table.name}: {last + 1}: its content"
    assert kept.get(rule.version) == content, f"write in {table.name}: contents: {{{rule.version}: '{content}'}}"


def test_texts_are_plain_and_suspect_nobody(indicator_code, indicators):
    assert faults_of_texts(indicators[indicator_code]) == []
