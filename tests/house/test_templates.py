"""Templates keep the rule for names: a loop variable, a `set` name and a parameter of a macro say what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.house.modules import PRODUCT, ROOT
from tests.house.test_code import NAMES_NOTHING

TEMPLATES = sorted(path for folder in PRODUCT for path in (ROOT / folder).rglob("*.j2"))
#: The names that a template binds: `{% for a, b in rows %}`, `{% set a = 1 %}`, `{% macro a(b, c=1) %}`.
BINDING = re.compile(
    r"\{%[-+]?\s*(?:for\s+(?P<loop>[^%]+?)\s+in\b|set\s+(?P<set>[\w,\s.]+?)\s*(?:=|\||[-+]?%\})"
    r"|macro\s+(?P<macro>\w+\s*\([^%]*))"
)


def bound_names(text: str) -> Iterator[str]:
    """Every name that a template binds; a default of a parameter is none."""
    for match in BINDING.finditer(text):
        yield from re.findall(r"(?<![\w.\"'=])[A-Za-z_]\w*", match["loop"] or match["set"] or match["macro"])


def names_nothing(text: str) -> list[str]:
    """The bound names that could name anything."""
    return [name for name in bound_names(text) if name in NAMES_NOTHING]


def test_every_name_in_a_template_says_what_it_holds():
    assert len(TEMPLATES) > 50
    nothing = [
        f"{path.relative_to(ROOT)} binds {name!r}: call it after the thing that it is"
        for path in TEMPLATES
        for name in names_nothing(path.read_text("utf-8"))
    ]
    assert not nothing, "\n".join(nothing)


@pytest.mark.parametrize(
    "text",
    [
        "{% for one in rows %}",
        "{%- for state, found in groups if found %}",
        "{% for (name, it) in rows %}",
        "{% set where = 1 %}",
        "{% set told %}text{% endset %}",
        "{% set name, some = pair %}",
        "{% macro share(one) %}",
        "{% macro sides(pair, rows, where=none) %}",
    ],
)
def test_a_name_that_says_nothing_is_noticed_in_a_template(text):
    assert names_nothing(text)


@pytest.mark.parametrize(
    "text",
    [
        "{% for row in found %}",
        "{% for row in rows if one.found %}",
        "{% set row = found %}",
        "{% set above.item = path %}",
        '{% macro row(name, kind="one", id=none) %}',
        "{{ t('where', one=row) }}",
    ],
)
def test_what_a_template_reads_is_left_alone(text):
    assert not names_nothing(text)
