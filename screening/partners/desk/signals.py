"""Prepare, approve, return and drop a signal: one person prepares it, another approves, a third a sensitive one.

What keeps a signal from leaving (`screening.partners.signal.refuse`) is checked at each of these steps and at export.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.errors import BarrierError
from screening.base.vocabulary import NoticeReason
from screening.casework.case_errors import ConflictError, NotAllowedError, NotReadyError, or_conflict
from screening.casework.viewer import Viewer
from screening.partners.desk.agreements import agreement_in_force
from screening.partners.desk.content import Draft, basis_of, choices_of, content_of
from screening.partners.desk.current_refusals import approval_facts, current_refusals, find_lost_ground
from screening.partners.desk.disclosures import disclosures
from screening.partners.desk.fact_verification import changed_since_judged, is_verification_valid, opened_by_judges
from screening.partners.desk.policy import ExportPolicy
from screening.partners.desk.preparable import confirmed_case, signal_source_of_case
from screening.partners.desk.recipients import active_key
from screening.partners.desk.reversals import accepted_undoing, is_flagged_again
from screening.partners.desk.signal_validity import SignalValidity
from screening.partners.desk.signal_versions import APPROVED_STATE, AWAITS_EXTRA, DRAFT, RiecSignal, signal_of
from screening.partners.signal.canonical import canonical, signal_hash
from screening.partners.signal.minimise import minimise, new_signal_id
from screening.partners.signal.preview import preview
from screening.partners.signal.refuse import Refusal, refusals
from screening.store.account_names import account
from screening.store.engine import added_key, guarded, writing
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
from screening.store.store import Store

_OVERTAKEN = "Somebody else did something with this signal just now. Look again."


class RefusedError(BarrierError):
    """A signal that may not leave. `refusals`: every reason, in both languages, without a value."""

    def __init__(self, reasons: Iterable[Refusal]) -> None:
        self.refusals = tuple(reasons)
        super().__init__("The signal may not leave. " + " ".join(refusal.en for refusal in self.refusals))


def prepare_signal(
    store: Store, viewer: Viewer, case_id: str, draft: Draft, *, policy: ExportPolicy, now: datetime
) -> RiecSignal:
    """Prepare a signal for the approval of a colleague. One that is prepared again needs approval again.

    Raises:
        NotAllowedError: this viewer has no such case.
        NotReadyError: the signal was withdrawn and may not hold again ("withdrawn", "term", "motivation",
            "despite"; see `reversals`), a verification is not valid ("checked", see `fact_verification`), no
            organisation is named though the dossier has one ("organisation"), or the recipient or the reason is
            missing.
        SignalError, ForbiddenFieldError: the content is not whole, or holds what may never leave.
        RefusedError: any other reason, apart from the approvals, which come later.
    """
    case, material = confirmed_case(store, viewer, case_id), signal_source_of_case(store, viewer, case_id)
    if case is None or material is None:
        raise NotAllowedError("There is no such case to make a signal of.")
    before = signal_of(store, viewer, case_id)
    left = [] if before is None else disclosures(store, signal_id=before.signal_id)
    version = 1 + max((line.version for line in left), default=0)
    is_reversal = before is not None and before.is_withdrawn
    if is_reversal:
        is_flagged = is_flagged_again(store, material)
        undoing = accepted_undoing(left, draft.undoing, is_flagged=is_flagged, day=day_of(now))
        draft = replace(draft, undoing=undoing, reason=NoticeReason.TEN_ONRECHTE_INGETROKKEN)
    elif draft.undoing is not None:
        raise NotReadyError("This signal was not withdrawn: there is nothing to undo.", "withdrawn")
    _refuse_unfit(store, before if before is not None and before.batches else None, draft, version)
    if material.organisations and not draft.organisations:
        raise NotReadyError("Name an organisation: the receiver cannot know whom it is about.", "organisation")
    day, agreement = day_of(now), agreement_in_force(store, draft.recipient)
    opened, changed = opened_by_judges(store, case, material), changed_since_judged(store, case, material)
    if not all(
        is_verification_valid(check, record_id, opened, by=viewer.account, day=day, changed=changed)
        for record_id, check in draft.checks.items()
    ):
        raise NotReadyError("Say what you verified yourself; a judge is to have opened that very evidence.", "checked")
    signal_id = before.signal_id if before else new_signal_id()
    receiver = None if agreement is None else agreement.partner
    content = content_of(case, material, draft, policy=policy, day=day, signal_id=signal_id, receiver=receiver)
    signal = minimise(content, choices_of(material, draft, policy=policy, signal_id=signal_id, version=version))
    row = {
        "signal_id": signal_id,
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
    # a first version uses the facts that two officers confirmed, a correction those of now; whatever a signal was
    # withdrawn for since it was confirmed must not hold any more
    since = day_of(case.confirmed_at) if version == 1 or is_reversal else day
    lost = find_lost_ground(validity, row, case, signal, policy=policy, since=since)
    # the extra approval comes later: a stand-in is the third person here
    facts = approval_facts(case, row, signal, agreement=agreement, day=day, extra="?", lost=lost)
    reasons = refusals(signal, facts)
    if reasons:
        raise RefusedError(reasons)
    with guarded("preparing a signal"), or_conflict(_OVERTAKEN), writing(store.engine) as connection:
        riec_id = added_key(connection.execute(riec_signal.insert().values(**row)))
        connection.execute(riec_content.insert().values(riec_id=riec_id, content=canonical(signal).decode()))
    return _required(store, viewer, case_id)


def approve_signal(
    store: Store,
    viewer: Viewer,
    case_id: str,
    *,
    content_sha256: str,
    policy: ExportPolicy,
    now: datetime,
    births: Collection[str] = (),
) -> RiecSignal:
    """Approve that this content leaves. A sensitive signal needs an extra approval after the first.

    `content_sha256` is that of the content that the viewer saw. `births`: the token of each person whose full date of
    birth may leave: all of those in it, each named by the viewer.

    Raises:
        NotAllowedError: this viewer has no such signal, or may not see a sensitive one.
        NotReadyError: this person may not approve it, or not now ("own", "judged", "twice", "decided"), or did not
            approve each date of birth ("births").
        ConflictError: the content has changed since it was shown.
        RefusedError: a reason keeps the signal from leaving.
    """
    signal = _required(store, viewer, case_id)
    if signal.content_sha256 != content_sha256:
        raise ConflictError("The signal was changed since you opened it. Read it again before you approve.")
    if signal.state not in {DRAFT, AWAITS_EXTRA}:
        raise NotReadyError("Nothing is to be approved here now.", "decided")
    if viewer.account == signal.prepared_by:
        raise NotReadyError("You prepared this signal, so a colleague must approve it.", "own")
    persons = signal.content.personen if signal.content is not None else ()
    if set(births) != {person.kenmerk for person in persons if person.geboortedatum}:
        raise NotReadyError("Each full date of birth is approved by itself.", "births")
    is_extra = signal.state == AWAITS_EXTRA
    if is_extra and viewer.account == signal.approved_by:
        raise NotReadyError("You approved it already. A third person gives the extra approval.", "twice")
    if is_extra and viewer.account in {signal.first_by, signal.second_by}:
        raise NotReadyError("You judged this case. A third person gives the extra approval.", "judged")
    reasons = current_refusals(store, signal, policy=policy, day=day_of(now), extra=signal.extra_approval_by or "?")
    if reasons:
        raise RefusedError(reasons)
    with guarded("approving a signal"), or_conflict(_OVERTAKEN), writing(store.engine) as connection:
        connection.execute(
            riec_approval.insert().values(
                riec_id=signal.id,
                kind=SENSITIVE if is_extra else PLAIN,
                prepared_by=signal.prepared_by,
                content_sha256=signal.content_sha256,
                approved_by=viewer.account,
                other_by=signal.approved_by if is_extra else None,
                at=now,
            )
        )
    return _required(store, viewer, case_id)


def send_back(store: Store, viewer: Viewer, case_id: str, *, reason: str, now: datetime) -> RiecSignal:
    """Return an unsent signal to the person who prepared it, with a reason."""
    signal = _required(store, viewer, case_id)
    if signal.state not in {DRAFT, AWAITS_EXTRA, APPROVED_STATE}:
        raise NotReadyError("Only a signal that waits here can be sent back.", "decided")
    _note(store, signal, RETURNED, by=viewer.account, reason=reason, now=now)
    return _required(store, viewer, case_id)


def drop_signal_in(connection: sa.Connection, signal: RiecSignal, *, by: str, reason: str, now: datetime) -> None:
    """Drop a signal in the caller's transaction."""
    values = {"riec_id": signal.id, "kind": DROPPED, "actor": account(by), "at": now, "reason": reason}
    connection.execute(riec_event.insert().values(**values))


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
