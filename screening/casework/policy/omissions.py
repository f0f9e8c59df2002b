"""What rules found that the municipality forgot itself: a count a rule, for the whole town, and no address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from screening.base.datasets import datasets
from screening.base.vocabulary import Barrier
from screening.store.store import Store


@dataclass(frozen=True)
class Omission:
    """A rule on the municipality's own work, and of how many records of a register the last night found it.

    `stays_here`: the rule reads what is kept for few (Bibob), so that not even its count goes into a document.
    """

    code: str
    name_nl: str
    name_en: str
    register: str
    barrier: Barrier
    records: int
    stays_here: bool


def own_omissions(store: Store) -> list[Omission]:
    """What the last published night found, by rule; a rule that ran and found nothing counts 0.

    A rule is about the municipality itself where it declares to be a finding (`is_finding`): no flag follows from it,
    and the run keeps how many records it names. Nothing else of a run is read here.
    """
    run = store.last_published()
    if run is None:
        return []
    indicators = store.summary(run.run_id).get("indicators")
    findings = indicators.get("findings", []) if isinstance(indicators, Mapping) else []
    omissions = []
    for code, declaration in sorted(store.declarations(run.run_id).items()):
        if declaration.get("is_finding"):
            records = {record for finding in findings if finding["code"] == code for record in finding["records"]}
            omissions.append(
                Omission(
                    code,
                    str(declaration["name_nl"]),
                    str(declaration["name_en"]),
                    str(declaration["dataset"]),
                    Barrier(str(declaration["barrier"])),
                    len(records),
                    _reads_for_few(declaration),
                )
            )
    return omissions


def _reads_for_few(declaration: Mapping[str, object]) -> bool:
    """Whether a rule reads a column that its contract classes `bijzonder`; of a date it reads the bounds."""
    inputs = declaration["inputs"]
    assert isinstance(inputs, Mapping)  # noqa: S101 - `Indicator.declaration` makes one
    kept = {
        (name, column.name)
        for name, register in datasets().items()
        for column in register.columns.values()
        if column.classification == "bijzonder"
    }
    read = {
        (name, column.removesuffix("_min").removesuffix("_max")) for name, listed in inputs.items() for column in listed
    }
    return bool(kept & read)
