"""A rule of an extension sees the functions of Python that it may use, and no others, also while its file is read."""

from __future__ import annotations

import ast
import sys

import pytest

from flows.new.package import NewPackage
from screening.base.errors import ConfigurationError, RuleDefinitionError
from screening.base.extensions import Extension, ExtensionFile
from screening.rules import foreign_rules
from screening.rules.foreign_rules import load_extension

TEMPLATE = NewPackage("ZOM", "LOC-01").files()["barrier_zom/indicators/zom_loc_01.py"]
RULE = "in_the_name_of_an_ended_company"


def loaded(source: str) -> None:
    file = ExtensionFile("indicators/loc_01.py", "loc_01.py", source.encode())
    load_extension(Extension("ZOM", "zomerdam", "/there", (file,)))


@pytest.mark.parametrize("name", ["getattr", "open", "type", "globals"])
@pytest.mark.parametrize("place", ["{}", "def f():\n    return {}\nf()"])
def test_a_function_of_python_is_not_there_even_where_the_check_lets_it_pass(name, place, monkeypatch):
    monkeypatch.setattr(foreign_rules, "check_source", lambda source, *_: ast.parse(source))
    with pytest.raises(RuleDefinitionError, match=r"NameError"):
        loaded(place.format(name))


def test_what_a_rule_may_import_is_there_whatever_was_imported_before(monkeypatch):
    monkeypatch.delitem(sys.modules, "screening.rules.hours", raising=False)
    with pytest.raises(ConfigurationError, match=r"declares no indicator"):
        loaded("from screening.rules.hours import opening_hours")


@pytest.mark.parametrize(
    "change",
    [
        f'{RULE}.inputs["meldingen"] = ("melder_token",)',
        f'{RULE}.params["grace_days"] = Param(1, "days", "all of them")',
        f'{RULE}.inputs.update(meldingen=("melder_token",))',
    ],
)
def test_what_is_declared_cannot_be_changed_after_it_was_judged(change):
    with pytest.raises(RuleDefinitionError, match=r"ended while it was read"):
        loaded(f"{TEMPLATE}\n{change}\n")
