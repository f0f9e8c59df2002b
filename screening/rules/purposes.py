"""Purpose limitation: what each rule is for, and whether the registers it reads may be used for that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from screening.base.errors import RuleDefinitionError
from screening.base.vocabulary import Purpose
from screening.rules.schema import date_columns

_VERG, _WON, _OO, _REG = Purpose.VERG, Purpose.WON, Purpose.OO, Purpose.REG

#: Code of an indicator -> its purposes, in one place so that one page shows them all. A rule may name its own instead.
PURPOSES: dict[str, tuple[Purpose, ...]] = {
    **{f"LIC-{n:02}": (_VERG,) for n in range(1, 10)},
    **{f"SEX-{n:02}": (_VERG,) for n in range(1, 6)},
    **{f"PER-{n:02}": (_VERG,) for n in range(1, 5)},
    **{code: (_VERG,) for code in ("ORG-01", "ORG-02", "ORG-03", "ORG-06", "ORG-07", "ORG-08")},
    **{code: (_VERG, _REG) for code in ("ORG-04", "ORG-05", "ADR-01", "ADR-02", "ADR-05")},
    "NUI-01": (_OO, _VERG),
    "NUI-02": (_WON, _OO),
    "NUI-03": (_OO,),
    "NUI-04": (_OO, _VERG),
    "NUI-05": (_OO,),
    "NUI-06": (_OO,),
    **{f"HOU-{n:02}": (_WON,) for n in range(1, 7)},
    **{code: (_WON,) for code in ("HOU-09", "HOU-10")},
    "ORG-10": (_VERG,),
    "ADR-03": (_REG,),
    **{code: (_VERG, _WON) for code in ("ADR-04", "ADR-06", "ADR-07")},
    "PRC-01": (_VERG, _WON),
    "PRC-02": (_WON,),
    "PRC-03": (_VERG, _OO),
    "GEM-01": (_VERG,),
    "GEM-02": (_VERG,),
    "HOU-07": (_WON,),
    "HOU-08": (_WON,),
    "ORG-09": (_WON,),
}

_KNOWN = frozenset(str(purpose) for purpose in Purpose)

#: Data set -> column -> the purposes for which it may be read; "" is the data set as a whole.
Allowed = Mapping[str, Mapping[str, Iterable[str]]]


def purposes_of(code: str, declared: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """The purposes of a rule, sorted: what it declares, else those of `PURPOSES`; none for a code unknown there.

    RuleDefinitionError for a purpose that does not exist.
    """
    chosen = PURPOSES.get(code, ()) if declared is None else declared
    unknown = sorted(set(chosen) - _KNOWN)
    if isinstance(chosen, str) or unknown:
        raise RuleDefinitionError(f"{code}: purposes must be of {', '.join(sorted(_KNOWN))}.")
    return tuple(sorted(str(purpose) for purpose in chosen))


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
