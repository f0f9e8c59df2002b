"""Required columns that a register does not have, as a configuration says, and that a rule cannot do without."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from screening.base.datasets import datasets
from screening.rules.declare import Indicator

#: Tables that are made of the columns of registers that name a party.
_OF_PARTIES = {"partijen", "handelsnamen", "gelijkende_namen", "mogelijk_een_partij"}


def lacked_columns(rule: Indicator, lacks: Mapping[str, Collection[str]]) -> list[str]:
    """`register.column` of what its registers lack and the rule reads: itself, or as what names a party.

    `lacks`: data set -> required columns that its register does not have.
    """
    return sorted(
        f"{name}.{column}"
        for name in rule.inputs.keys() & lacks.keys()
        for column in set(lacks[name]) & _read_by(rule, name)
    )


def _read_by(rule: Indicator, dataset: str) -> set[str]:
    read = {column.removesuffix("_min").removesuffix("_max") for column in rule.inputs[dataset]}
    if rule.inputs.keys() & _OF_PARTIES:
        read |= {column for party in datasets()[dataset].parties for column in party.columns()}
    return read
