"""Each requirement of ASVS 5 at levels 1 and 2 has a test, a page, or a reason, and these are there."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache

import pytest

from tests.assurance.asvs import ROOT, STANDARD, Requirement, page, requirements


@cache
def names(file: str) -> set[str]:
    """The functions of a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.goal("S13", reached="70 of level 1 and 183 of level 2, and seven of level 3")
def test_every_requirement_of_the_first_two_levels_is_answered():
    counts = Counter(row.level for row in requirements())
    assert {level: counts[level] for level in STANDARD} == STANDARD
    for row in requirements():
        answers = [bool(row.tests or row.pages), bool(row.out), bool(row.lacks)]
        assert answers.count(True) == 1, row.code


@pytest.mark.parametrize("row", [row for row in requirements() if row.tests or row.pages], ids=lambda row: row.code)
def test_what_shows_a_requirement_is_there(row: Requirement):
    for test in row.tests:
        file, _, name = test.partition("::")
        assert name in names(file), test
    for name in row.pages:
        assert (ROOT / name).exists(), name


def test_nothing_is_left_unmet():
    assert [row.code for row in requirements() if row.lacks] == []


def test_the_page_names_every_requirement():
    text = page()
    assert [row.code for row in requirements() if f"| {row.code} | " not in text] == []
