"""A small town in which officers decided things."""

from __future__ import annotations

from screening.ledger import Ledger
from screening.ledger.notary import Act, acting, note_decisions
from screening.store import Store, Workspace
from screening.vocabulary import ReviewOutcome
from tests.casework.caseload import ANNA, BRAM, NOW, case_of, judged, published


def noted(store: Store, ledger: Ledger) -> None:
    """Let the ledger know of what this store decides."""
    note_decisions(store, lambda: ledger, actor=lambda: "system:run", now=lambda: NOW)


def decide(store: Store, workspace: Workspace, count: int = 3) -> None:
    """Publish a night; two officers confirm the deviation at each of its addresses but the last, which one did."""
    published(store, workspace, flags=range(1, count + 1))
    for number in range(1, count + 1):
        for viewer in (ANNA,) if number == count else (ANNA, BRAM):
            case = case_of(store, number)
            with acting(Act(viewer.account, NOW, "session:0123456789ab", case=case.case_id, purpose="P-VERG")):
                judged(store, viewer, case.case_id, ReviewOutcome.BEVESTIGD_AFWIJKING)
