"""Purpose limitation: a rule reads nothing but what is kept for each of the purposes that it declares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from screening.base.errors import RuleDefinitionError
from screening.base.vocabulary import Purpose
from screening.rules.schema import date_columns

_KNOWN = frozenset(str(purpose) for purpose in Purpose)

#: Data set -> column -> the purposes for which it may be read; "" is the data set as a whole.
Allowed = Mapping[str, Mapping[str, Iterable[str]]]


def checked_purposes(code: str, declared: tuple[str, ...]) -> tuple[str, ...]:
    """The purposes that a rule declares, sorted. Raises RuleDefinitionError for a purpose that does not exist."""
    if isinstance(declared, str) or set(declared) - _KNOWN:
        raise RuleDefinitionError(f"{code}: purposes must be of {', '.join(sorted(_KNOWN))}.")
    return tuple(sorted(str(purpose) for purpose in declared))


def uncovered(purposes: Iterable[str], inputs: Mapping[str, Iterable[str]], allowed: Allowed) -> list[str]:
    """Why a rule may not read what it reads: one "table.column is not kept for P-X" each; empty when it may.

    Every purpose of the rule must be one of every column it reads. Tables that the programme makes itself (`partijen`,
    `groepen`, …) hold no purpose of their own: a rule sees the rows in them that come from registers that cover it.
    """
    needed = list(purposes)
    reasons: list[str] = []
    for table, columns in inputs.items():
        if table not in allowed:
            continue
        whole = frozenset(str(purpose) for purpose in allowed[table].get("", ()))
        for column in columns:
            kept = _kept(table, column, allowed[table], whole)
            reasons += [f"{table}.{column} is not kept for {purpose}" for purpose in needed if purpose not in kept]
    return sorted(reasons)


def covering(purposes: Iterable[str], allowed: Allowed) -> list[str]:
    """The data sets that may be used for every one of these purposes, sorted."""
    needed = {str(purpose) for purpose in purposes}
    return sorted(name for name, kept in allowed.items() if needed <= {str(purpose) for purpose in kept.get("", ())})


def _kept(table: str, column: str, meanings: Mapping[str, Iterable[str]], whole: frozenset[str]) -> frozenset[str]:
    """The purposes of a column; the bounds of a date are that date, what is added to a register is of the register."""
    stem = column.removesuffix("_min").removesuffix("_max")
    name = stem if column not in meanings and stem in date_columns().get(table, ()) else column
    return frozenset(str(purpose) for purpose in meanings[name]) if name in meanings else whole
