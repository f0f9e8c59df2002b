"""Rules that no other tool checks: names that say something, one module a name, imports at the top."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import defaultdict
from collections.abc import Iterator

import pytest

from tests.house.modules import Module, product

#: Words that could name anything. A variable is called after the thing that it holds.
NAMES_NOTHING = {
    "one",
    "found",
    "told",
    "made",
    "known",
    "it",
    "its",
    "some",
    "such",
    "at",
    "where",
    "said",
    "here",
    "beside",
    "wanted",
    "item",
    "thing",
    "obj",
    "elem",
}
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
MOST_IMPORTS_INSIDE = 22


def names_nothing(module: Module) -> Iterator[str]:
    """Every place at which a word that names nothing is bound: assigned, looped over, taken or imported as."""
    for node in module.nodes:
        if bound_name(node) in NAMES_NOTHING:
            yield f"{module.path}:{node.lineno} binds {bound_name(node)!r}: call it after the thing that it is"


def bound_name(node: ast.AST) -> str | None:
    """The name that a node binds, if it binds one."""
    if isinstance(node, ast.Name):
        return node.id if isinstance(node.ctx, ast.Store) else None
    if isinstance(node, ast.arg):
        return node.arg
    if isinstance(node, ast.alias):
        return node.asname
    return node.name if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) else None


def public_names(module: Module) -> Iterator[tuple[str, int]]:
    """The functions and classes that a module offers to others, each with its line."""
    for node in module.tree.body:
        if isinstance(node, FUNCTION | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, node.lineno


def names_in_two_modules(searched: list[Module]) -> list[str]:
    """Public names that stand in more than one module, each with its places."""
    places = defaultdict(set)
    for module in searched:
        for name, line in public_names(module):
            places[name].add((module.path, line))
    return [
        f"{name}: {', '.join(f'{path}:{line}' for path, line in sorted(defined))}"
        for name, defined in sorted(places.items())
        if len({path for path, _ in defined}) > 1
    ]


def imports_inside(module: Module) -> Iterator[tuple[int, bool]]:
    """The line of every import inside a function, and whether a comment on it gives a reason."""
    spans = [(node.lineno, node.end_lineno) for node in module.nodes if isinstance(node, FUNCTION)]
    imports = [
        (node.lineno, node.end_lineno or node.lineno)
        for node in module.nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        if any(first < node.lineno <= last for first, last in spans)
    ]
    if not imports:
        return
    reasons = {
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(module.text).readline)
        if token.type == tokenize.COMMENT and is_reason(token.string)
    }
    for first, last in sorted(imports):
        yield first, any(line in reasons for line in range(first, last + 1))


def is_reason(comment: str) -> bool:
    """Whether a comment says more than a `noqa` or a `type: ignore`."""
    parts = comment.removeprefix("#").split("#")
    return any(part.strip() and not part.strip().startswith(("noqa", "type: ignore", "fmt:")) for part in parts)


def planted(text: str, path: str = "screening/planted.py") -> Module:
    return Module(path, text)


def test_every_variable_is_called_after_the_thing_it_is():
    assert len(product()) > 300
    nothing = [line for module in product() for line in names_nothing(module)]
    assert not nothing, "\n".join(nothing)


@pytest.mark.parametrize(
    "text",
    [
        "for one in rows: pass",
        "found = 1",
        "found: int = 1",
        "made, (told, x) = rows",
        "x = [it for it in rows]",
        "if (said := rows): pass",
        "def f(item): pass",
        "def f(*, where=None): pass",
        "f = lambda obj: obj",
        "with file as thing: pass",
        "try: pass\nexcept ValueError as such: pass",
        "import numpy as beside",
        "match x:\n    case [wanted, *some]: pass",
    ],
)
def test_a_word_that_names_nothing_is_noticed_wherever_it_is_bound(text):
    assert list(names_nothing(planted(text)))


@pytest.mark.parametrize("text", ["case.found = 1", "f(where=2)", "row['item']", "one_case = rows", "x = it"])
def test_what_is_read_or_belongs_to_another_is_left_alone(text):
    assert list(names_nothing(planted(text))) == []


def test_a_public_name_stands_in_one_module():
    twice = names_in_two_modules(product())
    assert not twice, "\n".join(twice)


def test_a_public_name_in_two_modules_is_noticed():
    first = planted("def verify(): pass\n\ndef _mine(): pass", "screening/a.py")
    second = planted("x = 1\nclass verify: pass\n\ndef _mine(): pass", "screening/b.py")
    assert names_in_two_modules([first, second]) == ["verify: screening/a.py:1, screening/b.py:2"]


def test_a_name_that_one_module_gives_twice_is_no_second_place():
    assert names_in_two_modules([planted("if x: pass\ndef f(): pass\n\ndef f(): pass")]) == []


def test_few_imports_stand_inside_functions():
    inside = [f"{module.path}:{line}" for module in product() for line, _ in imports_inside(module)]
    assert len(inside) <= MOST_IMPORTS_INSIDE, "\n".join(inside)


def test_every_import_inside_a_function_gives_its_reason():
    bare = [
        f"{module.path}:{line}" for module in product() for line, has_reason in imports_inside(module) if not has_reason
    ]
    assert not bare, "\n".join(["imports without a reason beside them:", *bare])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a", []),
        ("def f():\n    import a", [(2, False)]),
        ("def f():\n    from a import b  # noqa: PLC0415", [(2, False)]),
        ("def f():\n    from a import b  # a second is saved where none is drawn", [(2, True)]),
        ("def f():\n    from a import b  # noqa: PLC0415  # only with the extra [openpgp]", [(2, True)]),
        ("def f():\n    from a import (  # only on PostgreSQL\n        b,\n    )", [(2, True)]),
        ("class C:\n    async def f(self):\n        def g():\n            import a", [(4, False)]),
        ("def f():\n    # a line above is none\n    import a", [(3, False)]),
    ],
)
def test_an_import_inside_a_function_is_counted_once_with_or_without_its_reason(text, expected):
    assert list(imports_inside(planted(text))) == expected
