"""Whether the source of a rule from outside asks for nothing but its tables: read as a tree, before any of it runs.

A rule is expressions of Polars over the tables that it is handed. What could read, write or call out is refused here,
with file and line; `screening.rules.confinement` keeps watch while it runs.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from typing import TypeAlias

from screening.errors import ConfigurationError
from screening.rules import readings
from screening.word_lists import read_word_lists

_Fault: TypeAlias = tuple[ast.AST, str]

_WORDS = read_word_lists("screening.rules", "source_words.yaml")

#: Module -> the names that may be taken from it.
ALLOWED_NAMES = {
    "__future__": frozenset({"annotations"}),
    "datetime": frozenset({"date", "timedelta"}),
    "screening.rules": frozenset({"Barrier", "Param", "Params", "Tables", "columns", "indicator", "readings"}),
    "screening.rules.hours": frozenset({"MINUTES_OF_DAY", "both_open_from", "opening_hours"}),
    "screening.rules.readings": frozenset(readings.__all__),
}
#: What may be taken of Polars, and the functions of Python that may be used.
ALLOWED_OF_POLARS = frozenset(_WORDS.words("polars"))
ALLOWED_OF_PYTHON = frozenset(_WORDS.words("python"))
#: Functions and names of Python that a rule may not give to something of its own either: elsewhere they are Python's.
_KEPT_OF_PYTHON = frozenset(dir(builtins)) - ALLOWED_OF_PYTHON
_SYNTAX = tuple(getattr(ast, name) for name in _WORDS.words("syntax"))
_REFUSED_BEGINNINGS = _WORDS.words("refused_beginnings")
_REFUSED = frozenset(_WORDS.words("refused"))
_OF_SCHEMA = frozenset(_WORDS.words("of_schema"))


def check_source(source: str, place: str) -> ast.Module:
    """The tree of a rule's source.

    Args:
        source: The text of the file.
        place: The file, for the message.

    Raises:
        ConfigurationError: It is no Python, or asks for something that a rule may not have; every fault with its line.
    """
    try:
        tree = ast.parse(source, filename=place)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        raise ConfigurationError(f"{place}, line {line}: not Python that can be read.") from None
    faults = sorted({(getattr(node, "lineno", 1), why) for node, why in _faults(tree)})
    if faults:
        raise ConfigurationError(
            "\n".join(f"{place}, line {line}: {why}." for line, why in faults)
            + "\nA rule imports screening.rules and polars, and computes with the tables that it is handed. None of it "
            "was run."
        )
    return tree


def _faults(tree: ast.Module) -> Iterator[_Fault]:
    bases = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    bound = _bound(tree)
    for node in ast.walk(tree):
        if not isinstance(node, _SYNTAX):
            yield node, f"{type(node).__name__} has no place in a rule"
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from _of_import(node)
        elif isinstance(node, ast.Attribute):
            yield from _of_attribute(node)
        elif isinstance(node, ast.Name):
            if node.id in ("pl", "readings") and (id(node) not in bases or not isinstance(node.ctx, ast.Load)):
                yield node, f"{node.id} is used as {node.id}.name, and not passed on or replaced"
            elif (
                node.id.startswith("__")
                or node.id in _KEPT_OF_PYTHON
                or (node.id not in bound and node.id not in ALLOWED_OF_PYTHON)
            ):
                yield node, f"{node.id} is not among what a rule may use"
        elif isinstance(node, ast.arg | ast.FunctionDef) and _name(node) in {"pl", "readings", *_KEPT_OF_PYTHON}:
            yield node, f"{_name(node)} is a name that a rule may not give"


def _of_import(node: ast.Import | ast.ImportFrom) -> Iterator[_Fault]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            if (alias.name, alias.asname) != ("polars", "pl"):
                yield node, f"a rule may not import {alias.name}; Polars is imported as: import polars as pl"
        return
    allowed = ALLOWED_NAMES.get(node.module or "", frozenset()) if node.level == 0 else frozenset()
    for alias in node.names:
        if alias.name not in allowed or alias.asname:
            yield node, f"a rule may not import {alias.name} from {'.' * node.level}{node.module or ''}"


def _of_attribute(node: ast.Attribute) -> Iterator[_Fault]:
    base = node.value.id if isinstance(node.value, ast.Name) else None
    if not isinstance(node.ctx, ast.Load):
        yield node, f".{node.attr} may not be set"
    elif base == "pl" and node.attr not in ALLOWED_OF_POLARS:
        yield node, f"pl.{node.attr} is not among what a rule may use of Polars"
    elif base == "readings" and node.attr not in readings.__all__:
        yield node, f"readings.{node.attr} is not one of the readings"
    elif node.attr.startswith(_REFUSED_BEGINNINGS) or node.attr in _REFUSED:
        yield node, f".{node.attr} has no place in a rule"
    elif node.attr in _OF_SCHEMA:
        yield node, f".{node.attr} is asked of a frame as .collect_schema()"


def _bound(tree: ast.Module) -> frozenset[str]:
    """Every name that the source itself gives."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.arg | ast.FunctionDef):
            names.add(_name(node))
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name)
    return frozenset(names)


def _name(node: ast.arg | ast.FunctionDef) -> str:
    return node.arg if isinstance(node, ast.arg) else node.name
