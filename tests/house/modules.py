"""The modules of the product and of the tests, parsed once for the guards of the house."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("flows", "screening", "indicators")
#: Written once and then frozen, so neither its size nor its names are the house's.
VERSIONS = "screening/store/migrations/versions/"


@dataclass(frozen=True)
class Module:
    """One file of Python: its path from the root of the repository, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @property
    def name(self) -> str:
        """The dotted name under which it is imported."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def lines(self) -> int:
        return self.text.count("\n")


@lru_cache
def modules(*folders: str) -> list[Module]:
    """Every module under these folders of the repository, in the order of their paths."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    files = ((path.relative_to(ROOT).as_posix(), path) for path in paths)
    return [Module(name, path.read_text("utf-8")) for name, path in files if not name.startswith(VERSIONS)]


def product() -> list[Module]:
    """Every module that is installed."""
    return modules(*PRODUCT)
