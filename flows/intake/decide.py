"""`barrier intake accept` and `reject`: what a person decides about a delivery that the gate held."""

from __future__ import annotations

from flows.desk import Desk
from screening.errors import ConfigurationError
from screening.store.deliveries import decide, last_delivery
from screening.vocabulary import LedgerAction


def decide_about(desk: Desk, register: str, decision: str, reason: str) -> str:
    """Accept or reject the delivery of a register that was judged last, once, in the ledger; return its sha256.

    Raises:
        ConfigurationError: no delivery of that register was judged, or no reason is given.
        StoreError: somebody decided about it before.
    """
    if not reason.strip():
        raise ConfigurationError("--reason must say why.")
    judged = last_delivery(desk.store, register)
    if judged is None:
        raise ConfigurationError(f"No delivery of {register} was judged in this workspace yet. Make a run: barrier run")
    desk.log(LedgerAction.CONFIGURATION, f"delivery:{register}-{judged.delivery_sha256[:16]}-{decision}")
    decide(desk.store, register, judged.delivery_sha256, decision, reason=reason.strip(), by=desk.by, now=desk.now)
    return judged.delivery_sha256
