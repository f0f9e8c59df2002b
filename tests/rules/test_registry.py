"""Indicators are found below a package that is handed in, once each, in an order that `after` decides."""

from __future__ import annotations

import sys

import pytest

from screening.base.errors import RuleDefinitionError
from screening.rules import load_indicators
from screening.rules.registry import earlier_codes, evaluation_order, ordered

MODULE = """
from screening.rules import indicator
@indicator(code="{code}", version=1, cls="B", barrier="WERKPLEK", dataset="vergunningen", name_nl="a", name_en="a",
  rationale_nl="a", rationale_en="a", ruled_out_nl=(), ruled_out_en=(), innocent_nl=("a",), innocent_en=("a",),
  inputs={{"vergunningen": ("record",)}}, evidence_nl="a", evidence_en="a")
def rule(t, p, as_of):
    return t.vergunningen
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """package({"barrier/name.py": code}) -> name of a package with these modules."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made = []

    def make(modules: dict[str, str]) -> str:
        name = f"rules_of_test_{len(made)}_{tmp_path.name}"
        made.append(name)
        root = tmp_path / name
        for path, code in modules.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(MODULE.format(code=code))
            ((root / path).parent / "__init__.py").touch()
        (root / "__init__.py").touch()
        return name

    yield make
    for name in [name for name in sys.modules if name.startswith("rules_of_test_")]:
        del sys.modules[name]


def test_indicators_are_found_in_every_folder_and_sorted_by_code(package):
    found = load_indicators(package({"workplace/b.py": "TST-02", "housing/a.py": "TST-01", "workplace/c.py": "TST-03"}))
    assert [one.code for one in found] == ["TST-01", "TST-02", "TST-03"]


def test_a_package_may_be_handed_in_as_an_object(package):
    name = package({"workplace/b.py": "TST-02"})
    load_indicators(name)
    assert [one.code for one in load_indicators(sys.modules[name])] == ["TST-02"]


def test_one_code_declared_by_two_modules_is_refused_with_both_names(package):
    with pytest.raises(RuleDefinitionError, match=r"TST-01 is declared twice .*a.* and .*b"):
        load_indicators(package({"workplace/a.py": "TST-01", "workplace/b.py": "TST-01"}))


def test_the_same_indicator_imported_twice_is_one(declare):
    rule = declare()
    assert ordered([rule, rule]) == (rule,)


def test_an_indicator_comes_later_than_those_it_is_declared_after(declare):
    first = declare(code="TST-01", after=("TST-09",))
    last = declare(code="TST-09")
    assert [one.code for one in evaluation_order([first, last])] == ["TST-09", "TST-01"]


def test_an_indicator_that_is_not_there_is_no_obstacle(declare):
    assert len(evaluation_order([declare(after=("TST-09",))])) == 1


def test_a_class_stands_for_all_of_ours_in_it(declare):
    last = declare(code="TST-01", cls="C", after=("B", "TST-08"))
    others = [declare(code="TST-07", cls="A"), declare(code="TST-09"), declare(code="ZOM.LOC-01"), last]
    assert earlier_codes(last, others) == ("TST-08", "TST-09")
    assert [rule.code for rule in evaluation_order(others)] == ["TST-07", "TST-09", "TST-01", "ZOM.LOC-01"]


def test_a_class_is_not_the_indicator_that_names_it(declare):
    alone = declare(after=("B",))
    assert earlier_codes(alone, [alone]) == ()


def test_a_circle_is_refused(declare):
    with pytest.raises(RuleDefinitionError, match="circle"):
        evaluation_order([declare(code="TST-01", after=("TST-02",)), declare(code="TST-02", after=("TST-01",))])
