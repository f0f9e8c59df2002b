"""The case tables of our own indicators, each at the path that mirrors the indicator's (`screening.rules.cases`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.rules import Indicator, load_indicators
from screening.rules.cases import RuleCase, read_case_table

HERE = Path(__file__).parent
INDICATORS = {rule.code: rule for rule in load_indicators("indicators")}
TABLE_FILES = sorted(HERE.rglob("*.yaml"))
CASES = {path: read_case_table(path, INDICATORS) for path in TABLE_FILES}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    cases = [case for path in TABLE_FILES for case in CASES[path]]
    of_fixture = {"case": cases, "case_on_an_edge": [case for case in cases if case.spec.get("side")]}
    for fixture, chosen in of_fixture.items():
        if fixture in metafunc.fixturenames:
            metafunc.parametrize(fixture, chosen, ids=[case.id for case in chosen])
    if "case_that_rules_out" in metafunc.fixturenames:
        rules_out = [case for case in cases if case.spec.get("rules_out") is not None]
        metafunc.parametrize("case_that_rules_out", _or_long(rules_out, _first_of_each_explanation(rules_out)))
    if "eighth_case" in metafunc.fixturenames:  # enough of each rule to see that it sorts
        metafunc.parametrize("eighth_case", _or_long(cases, [place % 8 == 0 for place in range(len(cases))]))
    if "indicator_code" in metafunc.fixturenames:
        metafunc.parametrize("indicator_code", sorted(INDICATORS))


def _or_long(cases: list[RuleCase], is_now: list[bool]) -> list:
    """Cases as parameters: those that are not now are in the long run."""
    marks = [() if now else pytest.mark.long for now in is_now]
    return [pytest.param(case, id=case.id, marks=mark) for case, mark in zip(cases, marks, strict=True)]


def _first_of_each_explanation(cases: list[RuleCase]) -> list[bool]:
    """Of each case whether it is the first of its rule that shows some explanation."""
    shown: set[tuple[str, int]] = set()
    is_first = []
    for case in cases:
        places = case.spec["rules_out"]
        shows = {(case.indicator.code, place) for place in (places if isinstance(places, list) else [places])}
        is_first.append(not shows <= shown)
        shown |= shows
    return is_first


@pytest.fixture
def indicators() -> dict[str, Indicator]:
    return INDICATORS


@pytest.fixture
def cases_of() -> dict[str, list[tuple[Path, list[RuleCase]]]]:
    """Code -> its tables."""
    tables: dict[str, list] = {code: [] for code in INDICATORS}
    for path, cases in CASES.items():
        tables[cases[0].indicator.code].append((path, cases))
    return tables
