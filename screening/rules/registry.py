"""Finding the indicators of a package that is handed in: the product knows no rule by name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from types import ModuleType

from screening.base.errors import RuleDefinitionError
from screening.base.vocabulary import IndicatorClass
from screening.rules.declare import Indicator


def load_indicators(package: str | ModuleType) -> tuple[Indicator, ...]:
    """Every indicator declared in a module below `package`, sorted by code.

    Raises RuleDefinitionError when two declare one code.
    """
    root = importlib.import_module(package) if isinstance(package, str) else package
    rules: list[Indicator] = []
    for module in pkgutil.walk_packages(root.__path__, prefix=f"{root.__name__}."):
        loaded = importlib.import_module(module.name)
        rules += [value for value in vars(loaded).values() if isinstance(value, Indicator)]
    return ordered(rules)


def ordered(indicators: Iterable[Indicator]) -> tuple[Indicator, ...]:
    """The same indicators sorted by code, after checking that codes are unique."""
    by_code: dict[str, Indicator] = {}
    for rule in indicators:
        other = by_code.setdefault(rule.code, rule)
        if other is not rule:
            raise RuleDefinitionError(
                f"{rule.code} is declared twice ({other.function.__module__} and {rule.function.__module__})."
            )
    return tuple(by_code[code] for code in sorted(by_code))


def evaluation_order(indicators: Iterable[Indicator]) -> tuple[Indicator, ...]:
    """Indicators such that each comes later than those it is declared `after`; otherwise by code.

    An indicator that is absent from `indicators` is no obstacle (it may not be configured). Raises
    RuleDefinitionError on a circle.
    """
    waiting = {rule.code: rule for rule in ordered(indicators)}
    earlier = {code: earlier_codes(rule, waiting.values()) for code, rule in waiting.items()}
    order: list[Indicator] = []
    while waiting:
        free = next((rule for code, rule in waiting.items() if waiting.keys().isdisjoint(earlier[code])), None)
        if free is None:
            raise RuleDefinitionError(f"{', '.join(waiting)} are declared after one another in a circle.")
        order.append(waiting.pop(free.code))
    return tuple(order)


def earlier_codes(rule: Indicator, indicators: Iterable[Indicator]) -> tuple[str, ...]:
    """The codes at whose hits an indicator looks, sorted: those that it is declared `after`, a class written out.

    A class holds our own indicators: an extension changes no hit of a rule that does not name it.
    """
    of_class = {other.code for other in indicators if other.cls in rule.after and "." not in other.code}
    named = {name for name in rule.after if name not in set(IndicatorClass)}
    return tuple(sorted(named | of_class - {rule.code}))
