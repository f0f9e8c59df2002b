"""What the pages say of signals that left: to be called back or corrected, or in controle."""

from __future__ import annotations

from screening.partners.desk.corrections import Pending
from screening.partners.desk.due import pending_now
from screening.partners.desk.signal_versions import SENT, RiecSignal
from screening.review.page import Page


def pending_signals(page: Page) -> dict[str, Pending]:
    """Every signal that must be called back or corrected, or that is in controle, by its id."""
    return {change.signal.signal_id: change for change in pending_now(page.store, page.settings.workspace)}


def pending_of(page: Page, signal: RiecSignal) -> Pending | None:
    """What must be done about this signal, or that it is in controle; None where it holds, and where it never left."""
    return pending_signals(page).get(signal.signal_id) if signal.state == SENT else None
