"""Finding the indicators of a package that is handed in: the product knows no rule by name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from types import ModuleType

from screening.errors import RuleDefinitionError
from screening.rules.declare import Indicator


def load(package: str | ModuleType) -> tuple[Indicator, ...]:
    """Every indicator declared in a module below `package`, sorted by code.

    Raises RuleDefinitionError when two declare one code.
    """
    root = importlib.import_module(package) if isinstance(package, str) else package
    found: list[Indicator] = []
    for module in pkgutil.walk_packages(root.__path__, prefix=f"{root.__name__}."):
        loaded = importlib.import_module(module.name)
        found += [value for value in vars(loaded).values() if isinstance(value, Indicator)]
    return ordered(found)


def ordered(indicators: Iterable[Indicator]) -> tuple[Indicator, ...]:
    """The same indicators sorted by code, after checking that codes are unique."""
    by_code: dict[str, Indicator] = {}
    for one in indicators:
        if by_code.setdefault(one.code, one) is not one:
            raise RuleDefinitionError(
                f"{one.code} is declared twice ({by_code[one.code].function.__module__} and {one.function.__module__})."
            )
    return tuple(by_code[code] for code in sorted(by_code))


def evaluation_order(indicators: Iterable[Indicator]) -> tuple[Indicator, ...]:
    """Indicators such that each comes later than those it is declared `after`; otherwise by code.

    An indicator that is absent from `indicators` is no obstacle (it may not be configured). Raises
    RuleDefinitionError on a circle.
    """
    waiting = {one.code: one for one in ordered(indicators)}
    order: list[Indicator] = []
    while waiting:
        free = next((one for one in waiting.values() if not any(code in waiting for code in one.after)), None)
        if free is None:
            raise RuleDefinitionError(f"{', '.join(waiting)} are declared after one another in a circle.")
        order.append(waiting.pop(free.code))
    return tuple(order)
