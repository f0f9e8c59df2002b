"""What rules found that the municipality forgot itself: a count a rule, for the whole town, and no address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from screening.store.store import Store
from screening.vocabulary import Barrier


@dataclass(frozen=True)
class Omission:
    """A rule on the municipality's own work, and of how many records of a register the last night found it."""

    code: str
    name_nl: str
    name_en: str
    register: str
    barrier: Barrier
    records: int


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
                    code, str(declaration["name_nl"]), str(declaration["name_en"]), str(declaration["dataset"]),
                    Barrier(str(declaration["barrier"])), len(records),
                )
            )  # fmt: skip
    return omissions
