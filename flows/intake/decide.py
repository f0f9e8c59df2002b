"""`barrier intake accept` and `reject`: what a person decides about a delivery, where the municipality is made up."""

from __future__ import annotations

from datetime import date

from flows.desk import Desk
from screening.base.civil_time import day_of
from screening.base.errors import ConfigurationError
from screening.base.vocabulary import LedgerAction
from screening.store.deliveries import assert_undecided, decide, delivery_key, last_delivery


def decide_about(desk: Desk, register: str, decision: str, reason: str, holds_for: date | None = None) -> str:
    """Accept or reject the delivery of a register that was judged last, once, in the ledger; return its sha256.

    Args:
        desk: The desk of the command.
        register: Whose delivery.
        decision: accepted or rejected.
        reason: Why.
        holds_for: The date for which its content holds, where the person knows it.

    Raises:
        ConfigurationError: no delivery of that register was judged, or the date is to come.
        StoreError: somebody decided about it before, or no reason is given.
    """
    if holds_for is not None and holds_for > day_of(desk.now):
        raise ConfigurationError("--holds-for is a day to come. Give the date for which the content holds.")
    judged = last_delivery(desk.store, register)
    if judged is None:
        raise ConfigurationError(f"No delivery of {register} was judged in this workspace yet. Make a run: barrier run")
    assert_undecided(desk.store, register, judged, decision, reason=reason)
    desk.log(LedgerAction.DELIVERY, f"delivery:{delivery_key(register, judged.delivery_sha256)}-{decision}")
    decide(desk.store, register, judged, decision, reason=reason, by=desk.by, now=desk.now, holds_for=holds_for)
    return judged.delivery_sha256
