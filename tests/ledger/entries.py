"""Entries to write in tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from screening.base.vocabulary import LedgerAction
from screening.ledger import Entry

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
CASE = "0123456789abcdef"

_ACTIONS = (
    LedgerAction.READ_DOSSIER,
    LedgerAction.OWN_READING,
    LedgerAction.JUDGEMENT,
    LedgerAction.ASSIGN,
    LedgerAction.RELEASE,
)


def entry(number: int = 0, **changes: object) -> Entry:
    """The entry of this number: another case, account, action and time for each."""
    case = f"{number:016x}"
    given = {
        "done_at": NOW + timedelta(seconds=7 * number),
        "actor": ("j.jansen", "a.bakker", "c.visser")[number % 3],
        "action": _ACTIONS[number % len(_ACTIONS)],
        "object": f"case:{case}",
        "origin": f"session:{number:012x}",
        "case": case,
        "purpose": ("P-WON", "P-OO", "P-VERG")[number % 3],
    }
    return Entry(**(given | changes))
