"""Why a prepared signal may not leave, as its case and its sources are now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from screening.base.civil_time import day_of
from screening.base.errors import StoreError
from screening.base.vocabulary import CaseState, ReviewOutcome
from screening.casework.cases.history import ConfirmedCase, confirmed_cases
from screening.partners.desk.agreements import Agreement, agreement_in_force
from screening.partners.desk.policy import ExportPolicy
from screening.partners.desk.signal_validity import SignalValidity
from screening.partners.desk.signal_versions import RiecSignal
from screening.partners.kinds.themes import themes_of
from screening.partners.signal.canonical import signal_hash
from screening.partners.signal.refuse import AgreedTerms, ApprovalFacts, LostGround, Refusal, refusals
from screening.partners.signal.signal import Signal
from screening.store.rules.governance import stopped_rules
from screening.store.schema.rules import ALL_RULES
from screening.store.schema.runs import FLAGGED
from screening.store.store import Store


def current_refusals(
    store: Store,
    signal: RiecSignal,
    *,
    policy: ExportPolicy,
    day: date,
    extra: str | None = None,
    validity: SignalValidity | None = None,
) -> list[Refusal]:
    """List every reason why a prepared signal may not leave on this day, as the case is now.

    `extra`: who gives the extra approval of a sensitive signal; default the account that gave it. `validity`: loaded
    for this address and others; without it, records that vanished at the source go unnoticed.

    Raises:
        StoreError: the content is gone, or is not the one that was approved.
    """
    case = next(iter(confirmed_cases(store, signal.case_id)), None)
    if signal.content is None or signal_hash(signal.content) != signal.content_sha256:
        raise StoreError("The content of a signal is gone, or is not the one that was approved. It does not leave.")
    names = ("purpose", "legal_basis", "sensitive", "address_id", "run_id", "basis")
    row = {name: getattr(signal, name) for name in names}
    validity = validity or SignalValidity.read(store, [(signal.address_id, signal.run_id)])
    lost = find_lost_ground(validity, row, case, signal.content, policy=policy, since=day_of(signal.prepared_at))
    extra = extra or signal.extra_approval_by
    agreement = agreement_in_force(store, signal.recipient)
    facts = approval_facts(case, row, signal.content, agreement=agreement, day=day, extra=extra, lost=lost)
    return refusals(signal.content, facts)


@dataclass(frozen=True)
class Lost:
    """What changed under a signal. `is_held`: only one night says so (`signal_validity`)."""

    ground: LostGround
    is_held: bool = False


def find_lost_ground(
    validity: SignalValidity,
    row: Mapping[str, Any],
    case: ConfirmedCase | None,
    content: Signal,
    *,
    policy: ExportPolicy,
    since: date,
) -> Lost | None:
    """Find what changed under a signal since it was confirmed: a request first, then the sources and judgements."""
    about = {"basis": row["basis"], "address_id": row["address_id"]}
    run_ids = {row["run_id"], *([case.run_id] if case else [])}
    if validity.is_under_request(**about, run_ids=run_ids, key=policy.subject_key):
        return Lost(LostGround.REQUEST)
    change = validity.change(
        **about, content=content, run_id=row["run_id"], since=since, sensitive=bool(row["sensitive"])
    )
    return None if change is None else Lost(change.lost, change.is_held)


def approval_facts(
    case: ConfirmedCase | None,
    row: Mapping[str, Any],
    content: Signal,
    *,
    agreement: Agreement | None,
    day: date,
    extra: str | None,
    lost: Lost | None = None,
) -> ApprovalFacts:
    """Collect what the store knows of the case behind a signal; without the case, nothing confirms it."""
    is_known_basis = agreement is not None and row["legal_basis"] == agreement.terms.article
    shown = themes_of((deviation.code, deviation.barriere) for deviation in content.afwijkingen)
    return ApprovalFacts(
        state=CaseState.CLOSED if case else CaseState.WITHDRAWN,
        outcome=ReviewOutcome.BEVESTIGD_AFWIJKING if case else None,
        address_id=case.address_id if case else row["address_id"],
        first_by=case.first_by if case else None,
        second_by=case.second_by if case else None,
        arm=case.arm if case else FLAGGED,
        sensitive=case.sensitive if case else bool(row["sensitive"]),
        purpose=row["purpose"],
        legal_basis=row["legal_basis"] if is_known_basis else None,
        agreement=None if agreement is None else _agreed(agreement),
        shown_themes=frozenset(map(str, shown)),
        on=day,
        extra_approval_by=extra,
        lost_ground=None if lost is None else lost.ground,
        is_in_check=lost is not None and lost.is_held,
    )


def _agreed(agreement: Agreement) -> AgreedTerms:
    terms = agreement.terms
    return AgreedTerms(frozenset(terms.themes), frozenset(terms.fields), agreement.is_to_check)


def stopped_codes(store: Store, signal: RiecSignal) -> list[str]:
    """List the stopped rules among those of the signal; ["all"] when every rule is stopped."""
    stopped = stopped_rules(store)
    if ALL_RULES in stopped:
        return [ALL_RULES]
    return sorted(set(signal.basis["indicators"]) & stopped)
