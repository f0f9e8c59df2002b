"""Immutable rule versions: the hash of what a rule says and does, and the id of a version with its parameters."""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
from collections.abc import Mapping

from screening.rules.declare import Indicator, Setting

VERSION_ID_DIGITS = 16

#: What rules declare since later: of a rule that declares it not, the content is what was approved before.
_SINCE_LATER = ("rests_on", "leans_on", "asks_norm")


def content_hash(rule: Indicator) -> str:
    """sha256 of the declaration (parameters in force left out: they are their own part of a version) and of the code.

    The code is that of the module which declares the rule, without comments, docstrings and layout, so that a better
    comment asks for no new approval. Words shared by rules (`readings`) follow from the code version of a run.
    """
    declared = rule.declaration()
    del declared["powers"]  # they change no flag; a rule that was approved before they were declared stays as it is
    for name in _SINCE_LATER:
        if not declared[name]:
            del declared[name]
    declared["params"] = {
        name: {key: value for key, value in param.items() if key != "value"}
        for name, param in declared["params"].items()  # type: ignore[attr-defined]  # a mapping, in a dict of values of any type
    }
    module = inspect.getmodule(rule.function)
    content = {"declaration": declared, "code": _bare(inspect.getsource(module)) if module else ""}
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def version_id(code: str, version: int, parameters: Mapping[str, Setting], content: str) -> str:
    """16 hexadecimal digits that name a version: code, declared number, parameters in force and content hash."""
    named = {"code": code, "version": version, "parameters": dict(parameters), "content": content}
    return hashlib.sha256(_canonical(named).encode()).hexdigest()[:VERSION_ID_DIGITS]


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def _bare(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef) and (
            ast.get_docstring(node, clean=False) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(_InPlan().visit(tree))


class _InPlan(ast.NodeTransformer):
    """Leave out what is no code of a rule: where rows are worked out, and purposes and powers, which are declared."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """`frame.pipe(readings.computed)` as `frame.cache()`, and `@indicator(…)` without purposes and powers."""
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Name(id="indicator")):
                node.keywords = [keyword for keyword in node.keywords if keyword.arg not in ("purposes", "powers")]
            case ast.Call(
                func=ast.Attribute(value=frame, attr="pipe"),
                args=[ast.Attribute(value=ast.Name(id="readings"), attr="computed")],
            ):
                return ast.Call(func=ast.Attribute(value=frame, attr="cache", ctx=ast.Load()), args=[], keywords=[])
        return node
