"""What the source of a reader from outside may ask for, and what it says of itself: read as a tree, and not run.

A reader takes the bytes of a delivery apart. Its first text says what it reads, `ENDINGS` how such files end, and
`read(content)` gives the rows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from screening.base.foreign.allowed import Allowed
from screening.base.foreign.source_check import Fault, check_source
from screening.base.frames import ReaderCode
from screening.base.word_lists import read_word_lists

WORDS = read_word_lists("screening.sources", "reader_words.yaml")
_MODULES = ("csv", "datetime", "decimal", "io", "itertools", "json", "re", "struct")

READER = Allowed(
    kind="reader",
    modules={module: module for module in _MODULES},
    names={"collections.abc": frozenset({"Iterable", "Iterator"}), "screening.sources": frozenset({"UnreadableError"})},
    members={module: frozenset(WORDS.words(module)) for module in _MODULES},
    words=WORDS,
)
_MAX_REASON = 200
_ENDING = r"\.[a-z0-9]{1,12}"


@dataclass(frozen=True)
class CheckedReader:
    """A reader whose source may run. `endings`: how its files end, in small letters; `about`: what it reads."""

    tree: ast.Module
    endings: tuple[str, ...]
    about: str


def check_reader(code: ReaderCode) -> CheckedReader:
    """What a reader says of itself.

    Raises:
        ConfigurationError: It asks for something that it may not have, or does not say what it reads.
    """
    tree = check_source(code.source, code.place, READER, _faults)
    return CheckedReader(tree, _endings(tree), ast.get_docstring(tree) or "")


def _faults(tree: ast.Module) -> Iterator[Fault]:
    if not ast.get_docstring(tree):
        yield tree, "a reader begins with a text that says what it reads"
    if not _endings(tree):
        yield tree, 'a reader says how its files end, such as ENDINGS = (".dat",)'
    read = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "read"]
    if len(read) != 1 or len(ast.unparse(read[0].args).split(",")) != 1 or len(read[0].args.args) != 1:
        yield tree, "a reader has one function read(content), which gives rows"
    # its reason is told to people, and so it is written down here: what a file holds is never told
    refusals = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_refusal(node)}
    refusals |= {id(part) for function in read for part in _parts_of_a_type(function.returns)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "UnreadableError" and id(node) not in refusals:
            yield node, 'a refusal is UnreadableError("column" or None, "reason"), both written out'
        elif isinstance(node, ast.Raise) and id(getattr(node.exc, "func", None)) not in refusals:
            yield node, "a reader raises UnreadableError and nothing else"


def _parts_of_a_type(returns: ast.expr | None) -> list[ast.AST]:
    """What a function says that it gives; nothing where that is more than names of types."""
    parts = list(ast.walk(returns)) if returns else []
    types = (ast.Name, ast.Subscript, ast.BinOp, ast.Tuple, ast.Constant, ast.operator, ast.expr_context)
    return parts if all(isinstance(part, types) for part in parts) else []


def _is_refusal(call: ast.Call) -> bool:
    texts = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    match texts:
        case [str() | None, str() as why]:
            return len(call.args) == len(texts) and not call.keywords and 0 < len(why) <= _MAX_REASON
    return False


def _endings(tree: ast.Module) -> tuple[str, ...]:
    """The endings that the source says, written out; none where it says none."""
    for node in tree.body:
        if not isinstance(node, ast.Assign) or [ast.unparse(target) for target in node.targets] != ["ENDINGS"]:
            continue
        with suppress(ValueError):  # it is worked out, and not written out
            endings = ast.literal_eval(node.value)
            if isinstance(endings, tuple) and all(re.fullmatch(_ENDING, str(ending)) for ending in endings):
                return tuple(str(ending) for ending in endings)
    return ()
