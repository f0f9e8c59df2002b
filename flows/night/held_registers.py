"""Registers that are not read: their reader is one of an extension that did not pass its examination."""

from __future__ import annotations

from dataclasses import replace

from flows.configuration import Configuration
from flows.examination.outcomes import unexamined_readers
from screening.rules import NotRun


def held_registers(settings: Configuration) -> dict[str, NotRun]:
    """Register -> why no delivery of it is read; its rules are off as where it was not delivered."""
    reasons = unexamined_readers(settings.workspace)
    return {
        dataset: replace(
            reasons[table.reader],
            reason_nl=f"de lezer {table.reader} mag niet lezen. {reasons[table.reader].reason_nl}",
            reason_en=f"the reader {table.reader} may not read. {reasons[table.reader].reason_en}",
        )
        for dataset, table in settings.sources.items()
        if table.reader and table.reader in reasons
    }
