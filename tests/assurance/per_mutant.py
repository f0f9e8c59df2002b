"""What a process remembers, of each mutant apart: what was found before a mutant began would hide it."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache, wraps
from typing import Any


def remembered_per_mutant(function: Callable[..., Any]) -> Callable[..., Any]:
    """Remember results as `functools.cache` does, for the mutant that is running (`MUTANT_UNDER_TEST`) alone."""

    @cache
    def remembered(_mutant: str, *given: object, **named: object) -> object:
        return function(*given, **named)

    @wraps(function)
    def of_this_mutant(*given: object, **named: object) -> object:
        return remembered(os.environ.get("MUTANT_UNDER_TEST", ""), *given, **named)

    of_this_mutant.cache_clear = remembered.cache_clear  # type: ignore[attr-defined]
    return of_this_mutant
