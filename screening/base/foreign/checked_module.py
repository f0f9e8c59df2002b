"""The names that a module from outside makes, run confined and with the few functions of Python that it may use."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping, Sequence
from types import FunctionType, ModuleType

from screening.base.errors import BarrierError
from screening.base.foreign.allowed import Allowed
from screening.base.foreign.confinement import confined


def run_checked(
    tree: ast.Module, place: str, name: str, allowed: Allowed, *, owner: str, refusal: type[BarrierError]
) -> dict[str, object]:
    """Run the tree that `check_source` gave, and return its names.

    Args:
        tree: The source as it was checked.
        place: Its file.
        name: What the module is called.
        allowed: What it was checked against.
        owner: Whose code runs, for the message.
        refusal: The error that says that it reached for something.

    Raises:
        BarrierError: `refusal`, or whatever the code itself raised.
    """
    allowed.import_all()

    def import_allowed(
        module: str,
        _globals: Mapping[str, object] | None = None,
        _locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """The import of this source: the modules of the check, and no others."""
        if level or module not in allowed.importable:
            raise refusal(f"{owner}: a {allowed.kind} may not import {module}.")
        return __import__(module, None, None, tuple(fromlist or ()), 0)

    functions = {function: getattr(builtins, function) for function in allowed.python}
    names: dict[str, object] = {"__name__": name, "__builtins__": functions | {"__import__": import_allowed}}
    # takes its functions of Python from the names that are there now, for good
    module = FunctionType(compile(tree, place, "exec", dont_inherit=True), names)
    with confined(owner, refusal):
        module()
    return names
