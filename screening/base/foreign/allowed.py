"""What source from outside may ask for: one of these for each kind of it."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from screening.base.word_lists import WordLists

_OF_EVERY_SOURCE = {"__future__": frozenset({"annotations"})}


@dataclass(frozen=True)
class Allowed:
    """What one kind of source may use.

    `kind`: what it is called in a message. `modules`: module -> the name under which it is imported whole. `names`:
    module -> the names that may be taken from it. `members`: name of a module -> what may be used of it. `words`: lists
    of the functions of Python (`python`), of syntax as `ast` names it (`syntax`), and of attributes that are refused,
    by how they begin (`refused_beginnings`), whole (`refused`), or because a schema tells them (`of_schema`).
    """

    kind: str
    modules: Mapping[str, str]
    names: Mapping[str, frozenset[str]]
    members: Mapping[str, frozenset[str]]
    words: WordLists

    @cached_property
    def python(self) -> frozenset[str]:
        """The functions of Python."""
        return frozenset(self.words.words("python"))

    @cached_property
    def syntax(self) -> tuple[type[ast.AST], ...]:
        """The nodes of a tree."""
        return tuple(getattr(ast, name) for name in self.words.words("syntax"))

    @cached_property
    def refused_beginnings(self) -> tuple[str, ...]:
        """How the attributes begin that have no place in it."""
        return self.words.words("refused_beginnings")

    @cached_property
    def refused(self) -> frozenset[str]:
        """The attributes that have no place in it."""
        return frozenset(self.words.words("refused"))

    @cached_property
    def of_schema(self) -> frozenset[str]:
        """The attributes that a schema tells."""
        return frozenset(self.words.words("of_schema"))

    def names_from(self, module: str) -> frozenset[str]:
        """What may be taken from a module; nothing of one that is not named."""
        return self.names.get(module, _OF_EVERY_SOURCE.get(module, frozenset()))

    @property
    def importable(self) -> frozenset[str]:
        """Every module that may be imported, whole or in part."""
        return frozenset({*self.modules, *self.names, *_OF_EVERY_SOURCE})

    def import_all(self) -> None:
        """Import them now: while source from outside runs, no module is imported for the first time."""
        for module in sorted(self.importable):
            importlib.import_module(module)
