"""Whether source from outside asks for nothing but what it may have: read as a tree, before any of it runs.

What could read, write or call out is refused here, with file and line; `screening.base.foreign.confinement` keeps watch
while it runs.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from screening.base.errors import ConfigurationError
from screening.base.foreign.allowed import Allowed

#: Where something is that may not be there, and why it may not.
Fault: TypeAlias = tuple[ast.AST, str]


def check_source(
    source: str, place: str, allowed: Allowed, more: Callable[[ast.Module], Iterable[Fault]] = lambda _tree: ()
) -> ast.Module:
    """The tree of source from outside.

    Args:
        source: The text of the file.
        place: The file, for the message.
        allowed: What it may ask for.
        more: What else is wrong with its tree.

    Raises:
        ConfigurationError: It is no Python, or asks for something that it may not have; every fault with its line.
    """
    try:
        tree = ast.parse(source, filename=place)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        raise ConfigurationError(f"{place}, line {line}: not Python that can be read.") from None
    faults = sorted({(getattr(node, "lineno", 1), why) for node, why in (*_faults(tree, allowed), *more(tree))})
    if faults:
        raise ConfigurationError(
            "\n".join(f"{place}, line {line}: {why}." for line, why in faults)
            + f"\nA {allowed.kind} imports {', '.join(sorted({*allowed.modules, *allowed.names}))}, and computes with "
            "what it is handed. None of it was run."
        )
    return tree


def _faults(tree: ast.Module, allowed: Allowed) -> Iterator[Fault]:
    bases = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    bound = _bound(tree)
    python, syntax = allowed.python, allowed.syntax
    # what it may not give to something of its own either: elsewhere they are Python's
    kept = frozenset(dir(builtins)) - python
    for node in ast.walk(tree):
        if not isinstance(node, syntax):
            yield node, f"{type(node).__name__} has no place in a {allowed.kind}"
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from _of_import(node, allowed)
        elif isinstance(node, ast.Attribute):
            yield from _of_attribute(node, allowed)
        elif isinstance(node, ast.Name):
            if node.id in allowed.members and (id(node) not in bases or not isinstance(node.ctx, ast.Load)):
                yield node, f"{node.id} is used as {node.id}.name, and not passed on or replaced"
            elif node.id.startswith("__") or node.id in kept or (node.id not in bound and node.id not in python):
                yield node, f"{node.id} is not among what a {allowed.kind} may use"
        elif isinstance(node, ast.arg | ast.FunctionDef) and _name(node) in {*allowed.members, *kept}:
            yield node, f"{_name(node)} is a name that a {allowed.kind} may not give"


def _of_import(node: ast.Import | ast.ImportFrom, allowed: Allowed) -> Iterator[Fault]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.name not in allowed.modules or (alias.asname or alias.name) != allowed.modules[alias.name]:
                yield node, f"a {allowed.kind} may not import {alias.name}; it may {_imports(allowed)}"
        return
    names = allowed.names_from(node.module or "") if node.level == 0 else frozenset()
    for alias in node.names:
        if alias.name not in names or alias.asname:
            yield node, f"a {allowed.kind} may not import {alias.name} from {'.' * node.level}{node.module or ''}"


def _imports(allowed: Allowed) -> str:
    return ", ".join(
        f"import {module}" if name == module else f"import {module} as {name}"
        for module, name in allowed.modules.items()
    )


def _of_attribute(node: ast.Attribute, allowed: Allowed) -> Iterator[Fault]:
    base = node.value.id if isinstance(node.value, ast.Name) else ""
    if not isinstance(node.ctx, ast.Load):
        yield node, f".{node.attr} may not be set"
    elif base in allowed.members and node.attr not in allowed.members[base]:
        yield node, f"{base}.{node.attr} is not among what a {allowed.kind} may use of {base}"
    elif node.attr.startswith(allowed.refused_beginnings) or node.attr in allowed.refused:
        yield node, f".{node.attr} has no place in a {allowed.kind}"
    elif node.attr in allowed.of_schema:
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
