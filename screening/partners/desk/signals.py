"""Prepare, approve, return and drop a signal: one person prepares it, another approves, a third a sensitive one.

What keeps a signal from leaving (`screening.partners.signal.refuse`) is checked at each of these steps and at export.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import polars as pl
import sqlalchemy as sa

from screening.casework.case_errors import ConflictError, NotAllowedError, NotReadyError
from screening.casework.cases.history import ConfirmedCase, confirmed_cases
from screening.casework.cases.opening import became_sensitive
from screening.casework.cases.snoozes import known_hits
from screening.casework.viewer import Viewer
from screening.civil_time import day_of
from screening.errors import BarrierError, StoreError
from screening.partners.desk.content import Draft, basis_of, confirmed_links, content_of
from screening.partners.desk.fact_verification import changed_since_judged, is_verification_valid, opened_by_judges
from screening.partners.desk.policy import ExportPolicy
from screening.partners.desk.recipients import active_key, or_conflict
from screening.partners.desk.signal_source import SignalSource, collect_signal_source
from screening.partners.desk.signal_validity import SignalValidity
from screening.partners.desk.signal_versions import (
    APPROVED_STATE,
    AWAITS_EXTRA,
    CORRECTED,
    DRAFT,
    PREPARER_ROLES,
    SENT,
    WITHDRAWN,
    RiecSignal,
    may_see_signal,
    signal_of,
)
from screening.partners.signal.canonical import canonical, signal_hash
from screening.partners.signal.minimise import Choices, minimise, new_signal_id
from screening.partners.signal.preview import preview
from screening.partners.signal.refuse import ApprovalFacts, LostGround, Refusal, refusals
from screening.partners.signal.signal import Signal
from screening.store.account_names import account
from screening.store.engine import guarded, writing
from screening.store.rules.governance import stopped_rules
from screening.store.schema.partners import (
    DROPPED,
    PLAIN,
    RETURNED,
    SENSITIVE,
    riec_approval,
    riec_content,
    riec_event,
    riec_signal,
)
from screening.store.schema.rules import ALL_RULES
from screening.store.schema.runs import FLAGGED
from screening.store.store import Dossier, Store
from screening.vocabulary import CaseState, ReviewOutcome

_OVERTAKEN = "Somebody else did something with this signal just now. Look again."


class RefusedError(BarrierError):
    """A signal that may not leave. `refusals`: every reason, in both languages, without a value."""

    def __init__(self, reasons: Iterable[Refusal]) -> None:
        self.refusals = tuple(reasons)
        super().__init__("The signal may not leave. " + " ".join(refusal.en for refusal in self.refusals))


def cases_to_prepare(store: Store, viewer: Viewer) -> list[ConfirmedCase]:
    """List the confirmed cases of flagged addresses for which no signal was prepared yet, oldest first."""
    if not viewer.roles & PREPARER_ROLES:
        return []
    with guarded("reading the signals"), store.engine.connect() as connection:
        done = set(connection.scalars(sa.select(riec_signal.c.case_id)))
    return [
        case
        for case in confirmed_cases(store)
        if case.case_id not in done and case.arm == FLAGGED and may_see_signal(viewer, case.sensitive)
    ]


def confirmed_case(store: Store, viewer: Viewer, case_id: str) -> ConfirmedCase | None:
    """Read a confirmed case; None where it is absent, not confirmed, drawn at random or not visible to this viewer."""
    cases = confirmed_cases(store, case_id)
    return cases[0] if cases and cases[0].arm == FLAGGED and may_see_signal(viewer, cases[0].sensitive) else None


def signal_source_of_case(store: Store, viewer: Viewer, case_id: str) -> SignalSource | None:
    """Collect what a signal of this case can be made of.

    Returns:
        The contents of the run that the officers judged. Once the signal has left, or when a source has changed since:
        those of the last run, as far as it flags the address by a rule that they judged. None where `confirmed_case`
        gives None and for a viewer who does not prepare signals.

    Raises:
        StoreError: the run is not in the store any more.
    """
    case = confirmed_case(store, viewer, case_id)
    if case is None or not viewer.roles & PREPARER_ROLES:
        return None
    earlier = signal_of(store, viewer, case_id)
    dossier, links = store.dossier(case.run_id, case.address_id), confirmed_links(store)
    if dossier is None or dossier.flag is None:
        raise StoreError("The run that this case was judged on is not in the store any more: no signal can be made.")
    material, newer = collect_signal_source(dossier, confirmed_links=links), _still_flagged(store, case)
    if newer is None:
        return material
    has_left = earlier is not None and bool(earlier.batches)
    about = case.address_id, case.run_id
    if has_left or SignalValidity.read(store, [about]).has_moved_on(material, case.address_id):
        return collect_signal_source(newer, confirmed_links=links)
    return material


def _still_flagged(store: Store, case: ConfirmedCase) -> Dossier | None:
    """Read the dossier of the last run, with the hits that the officers judged and no others.

    A hit of the same rule on a record that they did not know is for a case of its own, as it is in the queue.

    Returns:
        None when no judged hit is left, and when the address became sensitive since: those who judged this case were
        perhaps not allowed to see that.
    """
    last = store.last_published()
    newer = None if last is None else store.dossier(last.run_id, case.address_id)
    if last is None or newer is None or newer.flag is None:
        return None
    judged = known_hits(store, case.case_id, last.run_id, case.address_id)
    hits = newer.evidence.select("indicator", "record_ids").iter_rows()
    same = newer.evidence.filter(pl.Series([(code, tuple(ids)) in judged for code, ids in hits], dtype=pl.Boolean))
    if same.is_empty() or (became_sensitive(store, newer.run.run_id, case.address_id) and not case.sensitive):
        return None
    return replace(newer, evidence=same)


def prepare_signal(
    store: Store, viewer: Viewer, case_id: str, draft: Draft, *, policy: ExportPolicy, now: datetime
) -> RiecSignal:
    """Prepare a signal for the approval of a colleague. One that is prepared again needs approval again.

    Raises:
        NotAllowedError: this viewer has no such case.
        NotReadyError: the signal was withdrawn ("withdrawn"), a verification is not valid ("checked", see
            `fact_verification`), or the recipient or the reason is missing.
        SignalError, ForbiddenFieldError: the content is not whole, or holds what may never leave.
        RefusedError: any other reason, apart from the approvals, which come later.
    """
    case, material = confirmed_case(store, viewer, case_id), signal_source_of_case(store, viewer, case_id)
    if case is None or material is None:
        raise NotAllowedError("There is no such case to make a signal of.")
    before = signal_of(store, viewer, case_id)
    if before is not None and before.state == WITHDRAWN:
        raise NotReadyError("This signal was withdrawn. It does not leave again.", "withdrawn")
    left = before is not None and before.state in {SENT, CORRECTED}
    version = 1 if before is None else before.version + left
    _refuse_unfit(store, before if before is not None and before.batches else None, draft, version)
    day = day_of(now)
    opened, changed = opened_by_judges(store, case, material), changed_since_judged(store, case, material)
    if not all(
        is_verification_valid(check, record_id, opened, by=viewer.account, day=day, changed=changed)
        for record_id, check in draft.checks.items()
    ):
        raise NotReadyError("Say what you verified yourself; a judge is to have opened that very evidence.", "checked")
    content = content_of(case, material, draft, policy=policy, day=day)
    choices = Choices(
        signal_id=before.signal_id if before else new_signal_id(),
        token_key=policy.token_key,
        version=version,
        persons=draft.persons,
        organisation_names=draft.organisation_names,
        explanations=draft.explanations,
        left_out=frozenset(fact.record_id for fact in material.facts) - draft.facts,
    )
    signal = minimise(content, choices)
    row = {
        "signal_id": choices.signal_id,
        "version": version,
        "case_id": case_id,
        "run_id": material.dossier.run.run_id,
        "address_id": case.address_id,
        "sensitive": case.sensitive,
        "recipient": draft.recipient,
        "reason": None if version == 1 else str(draft.reason),
        "purpose": str(draft.purpose),
        "legal_basis": draft.legal_basis,
        "theme": draft.theme,
        "content_sha256": signal_hash(signal),
        "fields": sorted({row.field for row in preview(signal)}),
        "basis": basis_of(store, material, draft),
        "keep_until": date.fromisoformat(signal.bewaring_en_contact.bewaren_tot),
        "first_by": case.first_by,
        "second_by": case.second_by,
        "prepared_by": viewer.account,
        "prepared_at": now,
    }
    validity = SignalValidity.read(store, [(case.address_id, material.dossier.run.run_id)])
    # a first version rests on what was so when two officers confirmed it, a correction on what is so now
    since = day_of(case.confirmed_at) if version == 1 else day
    lost = _lost(validity, row, case, signal, policy=policy, since=since)
    # the extra approval comes later: a stand-in is the third person here
    reasons = refusals(signal, approval_facts(case, row, policy=policy, day=day, extra="?", lost=lost))
    if reasons:
        raise RefusedError(reasons)
    with guarded("preparing a signal"), or_conflict(_OVERTAKEN), writing(store.engine) as connection:
        riec_id = connection.execute(riec_signal.insert().values(**row)).inserted_primary_key[0]  # type: ignore[index]
        connection.execute(riec_content.insert().values(riec_id=riec_id, content=canonical(signal).decode()))
    return _required(store, viewer, case_id)


def approve_signal(
    store: Store, viewer: Viewer, case_id: str, *, content_sha256: str, policy: ExportPolicy, now: datetime
) -> RiecSignal:
    """Approve that this content leaves. A sensitive signal needs an extra approval after the first.

    `content_sha256` is that of the content that the viewer saw.

    Raises:
        NotAllowedError: this viewer has no such signal.
        NotReadyError: this person may not approve it, or not now ("own", "judged", "twice", "role", "decided").
        ConflictError: the content has changed since it was shown.
        RefusedError: a reason keeps the signal from leaving.
    """
    signal = _required(store, viewer, case_id)
    if signal.content_sha256 != content_sha256:
        raise ConflictError("The signal was changed since you opened it. Read it again before you approve.")
    if signal.state not in {DRAFT, AWAITS_EXTRA}:
        raise NotReadyError("Nothing is to be approved here now.", "decided")
    if viewer.account == signal.prepared_by:
        raise NotReadyError("Who prepared a signal does not approve it. Ask a colleague.", "own")
    is_extra = signal.state == AWAITS_EXTRA
    if is_extra and viewer.account == signal.approved_by:
        raise NotReadyError("You approved it already. A third person gives the extra approval.", "twice")
    if is_extra and not viewer.may_see_sensitive:
        raise NotReadyError("The extra approval is for a reviewer of sensitive dossiers.", "role")
    if is_extra and viewer.account in {signal.first_by, signal.second_by}:
        raise NotReadyError("You judged this case. A third person gives the extra approval.", "judged")
    reasons = current_refusals(store, signal, policy=policy, day=day_of(now), extra=signal.extra_approval_by or "?")
    if reasons:
        raise RefusedError(reasons)
    with guarded("approving a signal"), or_conflict(_OVERTAKEN), writing(store.engine) as connection:
        connection.execute(
            riec_approval.insert().values(
                riec_id=signal.id, kind=SENSITIVE if is_extra else PLAIN, prepared_by=signal.prepared_by,
                content_sha256=signal.content_sha256, approved_by=viewer.account,
                other_by=signal.approved_by if is_extra else None, at=now,
            )
        )  # fmt: skip
    return _required(store, viewer, case_id)


def send_back(store: Store, viewer: Viewer, case_id: str, *, reason: str, now: datetime) -> RiecSignal:
    """Return an unsent signal to the person who prepared it, with a reason."""
    signal = _required(store, viewer, case_id)
    if signal.state not in {DRAFT, AWAITS_EXTRA, APPROVED_STATE}:
        raise NotReadyError("Only a signal that waits here can be sent back.", "decided")
    _note(store, signal, RETURNED, by=viewer.account, reason=reason, now=now)
    return _required(store, viewer, case_id)


def drop_signal(store: Store, signal: RiecSignal, *, by: str, reason: str, now: datetime) -> None:
    """Mark an unsent signal as dropped."""
    _note(store, signal, DROPPED, by=account(by), reason=reason, now=now)


def drop_signal_in(connection: sa.Connection, signal: RiecSignal, *, by: str, reason: str, now: datetime) -> None:
    """As `drop_signal`, in a transaction of the caller's."""
    values = {"riec_id": signal.id, "kind": DROPPED, "actor": account(by), "at": now, "reason": reason}
    connection.execute(riec_event.insert().values(**values))


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
    lost = _lost(validity, row, case, signal.content, policy=policy, since=day_of(signal.prepared_at))
    extra = extra or signal.extra_approval_by
    return refusals(signal.content, approval_facts(case, row, policy=policy, day=day, extra=extra, lost=lost))


def _lost(
    validity: SignalValidity,
    row: Mapping[str, Any],
    case: ConfirmedCase | None,
    content: Signal,
    *,
    policy: ExportPolicy,
    since: date,
) -> LostGround | None:
    about = {"basis": row["basis"], "address_id": row["address_id"]}
    run_ids = {row["run_id"], *([case.run_id] if case else [])}
    if validity.is_under_request(**about, run_ids=run_ids, key=policy.subject_key):
        return LostGround.REQUEST
    change = validity.change(**about, content=content, run_id=row["run_id"], since=since)
    return None if change is None else change.lost


def approval_facts(
    case: ConfirmedCase | None,
    row: Mapping[str, Any],
    *,
    policy: ExportPolicy,
    day: date,
    extra: str | None,
    lost: LostGround | None = None,
) -> ApprovalFacts:
    """Collect what the store knows of the case behind a signal; without the case, nothing confirms it."""
    is_known_basis = row["legal_basis"] in policy.legal_bases
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
        agreed_themes=frozenset(str(theme) for theme in policy.themes),
        on=day,
        extra_approval_by=extra,
        lost_ground=lost,
    )


def stopped_codes(store: Store, signal: RiecSignal) -> list[str]:
    """List the stopped rules that the signal rests on; ["all"] when every rule is stopped."""
    stopped = stopped_rules(store)
    if ALL_RULES in stopped:
        return [ALL_RULES]
    return sorted(set(signal.basis["indicators"]) & stopped)


def _refuse_unfit(store: Store, earlier: RiecSignal | None, draft: Draft, version: int) -> None:
    """Raise NotReadyError for a recipient without a key, another recipient than before, or a missing reason."""
    if active_key(store, draft.recipient) is None:
        raise NotReadyError("This recipient has no key that two people stand behind.", "recipient")
    if earlier is not None and earlier.recipient != draft.recipient:
        raise NotReadyError("A correction goes to whom the signal went.", "recipient")
    if version > 1 and draft.reason is None:
        raise NotReadyError("Say why the signal is corrected.", "reason")


def _note(store: Store, signal: RiecSignal, kind: str, *, by: str, reason: str, now: datetime) -> None:
    if not reason.strip():
        raise NotReadyError("Say why, so that whoever prepared it can act on it.", "reason")
    with guarded("noting a step on a signal"), writing(store.engine) as connection:
        connection.execute(
            riec_event.insert().values(riec_id=signal.id, kind=kind, actor=by, at=now, reason=reason.strip())
        )


def _required(store: Store, viewer: Viewer, case_id: str) -> RiecSignal:
    signal = signal_of(store, viewer, case_id)
    if signal is None:
        raise NotAllowedError("There is no such signal.")
    return signal
