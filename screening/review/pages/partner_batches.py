"""Batches of signals: prepared, signed by one person on a machine of their own, approved by another, and sent.

A batch with sensitive signals is there only for who may see those; it is counted by itself, so that no gap tells of it.
That a signal is there tells that its case was confirmed, so each is shown to who may know that (`visible_signals`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from starlette.responses import Response

from screening.base.civil_time import day_of
from screening.base.errors import BarrierError
from screening.base.vocabulary import BatchKind, LedgerAction
from screening.casework.case_errors import ConflictError, NotReadyError
from screening.partners.batch.feedback import MAX_BYTES, read_feedback
from screening.partners.desk.disclosures import (
    REPEATED_FOR,
    Batch,
    Disclosure,
    batch_object,
    batches,
    disclosures,
    sent_pairs,
)
from screening.partners.desk.drafts import BatchDraft, batch_drafts, replace_drafts, sign_draft, visible_drafts
from screening.partners.desk.due import ORDER, HeldBack, due_signals
from screening.partners.desk.feedback import answered, feedback_texts, outcomes, record_feedback
from screening.partners.desk.outbox import Outbox
from screening.partners.desk.outbox_lock import locked
from screening.partners.desk.preparing import Plan, plan_batches, plan_repeat, why_not
from screening.partners.desk.recipients import ACTIVE, recipient_keys
from screening.partners.desk.sending import send_draft
from screening.partners.desk.signal_versions import EXPORT_ROLES, RiecSignal, may_see_signal, signals, visible_signals
from screening.partners.receiver.verify_batch import MANIFEST
from screening.partners.signal.errors import FeedbackError
from screening.review.page import Page
from screening.review.pages.partner_signals import options_with_choose, signal_object
from screening.review.pages_registry import Pages
from screening.review.views.partners import address_texts, in_groups
from screening.signing.signature import SignatureError
from screening.store.access.accounts import names
from screening.store.access.personal_keys import PersonalKeyError, key_in_force

router = Pages()

_LIST = "/riec-leveringen"


@dataclass(frozen=True)
class _Due:
    """What may go to a recipient now: signals of one kind, all sensitive or none."""

    recipient: str
    kind: BatchKind
    is_sensitive: bool
    signals: list[RiecSignal]


@router.page("GET", _LIST, may=EXPORT_ROLES, reads="export", nav="batches.nav", hint="batches.hint")
def list_batches(page: Page) -> Response:
    """Show what may go to whom, what waits for a signature or an approval, and what left."""
    if page.settings.export is None or page.settings.workspace is None:
        return page.render(
            "export/batches.html.j2", due=[], held=[], waiting=[], is_for_others=False, sent=[], recipients=[], names={}
        )
    outbox, of = _outbox(page), {signal.id: signal for signal in visible_signals(page.store, page.viewer)}
    recipients = sorted({key.recipient for key in recipient_keys(page.store) if key.state == ACTIVE})
    waiting = visible_drafts(page.store, page.viewer, of.values(), is_open=True)
    taken = {riec_id for draft in batch_drafts(page.store, is_open=True) for riec_id in draft.riec_ids}
    due, held = _due(outbox, recipients, of.keys() - taken)
    sent = [batch for batch in reversed(batches(page.store)) if _may_see(page, _is_sensitive(page, batch))]
    shown = [*(signal for group in due for signal in group.signals), *(each.signal for each in held)]
    listed = of.keys() & {riec_id for draft in waiting for riec_id in draft.riec_ids}
    page.read_addresses = [signal.address_id for signal in (*shown, *(of[riec_id] for riec_id in listed))]
    return page.render(
        "export/batches.html.j2",
        due=due,
        held=held,
        waiting=waiting,
        is_for_others=bool(taken & of.keys() - listed),
        sent=sent,
        recipients=recipients,
        addresses=address_texts(page.store, shown),
        answers=_answers(page, sent, of.values()),
        names=names(
            page.store, [who for draft in waiting if (who := draft.signed_by)] + [batch.made_by for batch in sent]
        ),
    )


@router.page("POST", _LIST, may=EXPORT_ROLES)
def prepare_for_recipient(page: Page) -> Response:
    """Prepare what a recipient is due: nothing leaves. What somebody signed stays as it is."""
    names = {key.recipient for key in recipient_keys(page.store) if key.state == ACTIVE}
    recipient = page.require(page.form.get("ontvanger") if page.form.get("ontvanger") in names else None)
    signer = page.viewer.account if page.form.get("mijn") == "ja" else None
    fences = (False, True) if page.viewer.may_see_sensitive else (False,)
    outbox = _outbox(page)

    def plan() -> Plan:
        return plan_batches(outbox, recipient, by=page.viewer.account, signer=signer, sensitive=fences)

    return _write(page, outbox, plan, f"recipient:{recipient}")


@router.page("GET", _LIST + "/{batch_id}", may=EXPORT_ROLES, reads="export")
def show_batch(page: Page, batch_id: str) -> Response:
    """Show one batch in plain words: what it holds, what is signed, and what can be done with it now."""
    draft, batch = _draft(page, batch_id), _sent(page, batch_id)
    page.require(draft or batch)
    page.read_object = batch_object(batch_id)
    if batch is not None:
        return _show_sent(page, batch, draft)
    return _show_draft(page, page.require(draft))


@router.page("GET", _LIST + "/{batch_id}/manifest", may=EXPORT_ROLES, reads="export")
def download_manifest(page: Page, batch_id: str) -> Response:
    """The statement to sign: the manifest, byte for byte as the receiver gets it."""
    draft = page.require(_draft(page, batch_id))
    page.read_object = batch_object(batch_id)
    page.require(draft.manifest or None)
    return page.file(draft.manifest.encode(), "application/json", MANIFEST)


@router.page("POST", _LIST + "/{batch_id}/handtekening", may=EXPORT_ROLES, fresh=True, takes_file=True)
def sign_batch(page: Page, batch_id: str) -> Response:
    """Take the signature that somebody made on a machine of their own."""
    draft, path = page.require(_draft(page, batch_id)), f"{_LIST}/{batch_id}"
    try:
        with page.logged(LedgerAction.EXPORT_APPROVAL, batch_object(batch_id)):
            sign_draft(
                page.store,
                draft,
                by=page.viewer.account,
                signature=page.form.get("handtekening", ""),
                of=_signals_of(page, draft),
                now=page.now,
            )
    except (NotReadyError, PersonalKeyError, SignatureError, ConflictError) as error:
        return page.redirect(path, flash=_why(error), kind="warning")
    return page.redirect(path, flash="batches.signed")


@router.page("POST", _LIST + "/{batch_id}/akkoord", may=EXPORT_ROLES, fresh=True)
def approve_batch(page: Page, batch_id: str) -> Response:
    """Approve as a second person that this very batch leaves; it is sealed to the recipient and sent."""
    draft, path = page.require(_draft(page, batch_id)), f"{_LIST}/{batch_id}"
    if page.form.get("gezien") != "ja" or page.form.get("inhoud") != draft.manifest_sha256:
        return page.redirect(path, flash="batches.not_ready.seen", kind="warning")
    action = LedgerAction.WITHDRAWAL if draft.is_withdrawal else LedgerAction.EXPORT
    of = _signals_of(page, draft)
    for signal in of:
        page.log(action, signal_object(signal), case=signal.case_id, purpose=signal.purpose)
    page.read_addresses = [signal.address_id for signal in of]
    try:
        with page.logged(action, batch_object(batch_id)):
            send_draft(_outbox(page), batch_id, by=page.viewer.account)
    except (NotReadyError, PersonalKeyError, SignatureError, ConflictError) as error:
        return page.redirect(path, flash=_why(error), kind="warning")
    return page.redirect(path, flash="batches.sent_now")


@router.page("POST", _LIST + "/{batch_id}/weg", may=EXPORT_ROLES)
def drop_batch(page: Page, batch_id: str) -> Response:
    """Take a prepared batch out of the way; its signals stay, and can be prepared again."""
    draft = page.require(_draft(page, batch_id))
    later = [other for other in batch_drafts(page.store, is_open=True) if _follows(other, draft)]
    try:
        with locked(_outbox(page)), page.logged(LedgerAction.EXPORT_PREPARATION, batch_object(batch_id)):
            replace_drafts(page.store, later, [], by=page.viewer.account, now=page.now)
    except (NotReadyError, ConflictError) as error:
        return page.redirect(_LIST, flash=_why(error), kind="warning")
    return page.redirect(_LIST, flash="batches.dropped")


@router.page("GET", _LIST + "/{batch_id}/bestand", may=EXPORT_ROLES, reads="export")
def download_batch(page: Page, batch_id: str) -> Response:
    """The sealed file, which its recipient alone can open."""
    batch = page.require(_sent(page, batch_id))
    page.read_object = batch_object(batch_id)
    page.require(batch.file.is_file() or None)
    return page.file(batch.file.read_bytes(), "application/octet-stream", batch.file_name)


@router.page("POST", _LIST + "/{batch_id}/antwoord", may=EXPORT_ROLES, most_document_bytes=MAX_BYTES)
def take_answer(page: Page, batch_id: str) -> Response:
    """Take in the answer of a receiver: its closed words, and of its texts those that may be kept.

    Who hands it in need not be who may read it: the answer is sealed, and is for who prepared and who approved the
    signal.
    """
    batch, policy = page.require(_sent(page, batch_id)), page.require(page.settings.export)
    path, draft = f"{_LIST}/{batch_id}", next(iter(batch_drafts(page.store, batch_id=batch.batch_id)), None)
    page.require(draft)
    try:
        feedback = read_feedback(
            page.form.document,
            policy.answer_identity,
            manifests={batch_id: draft.manifest_sha256} if draft else {},
            received=sent_pairs(page.store),
            today=day_of(page.now),
        )
    except FeedbackError as error:
        return page.redirect(path, flash=f"batches.answer.wrong.{error.reason}", kind="warning")
    with page.logged(LedgerAction.FEEDBACK, batch_object(batch_id)):
        added = record_feedback(page.store, feedback.rows, by=page.viewer.account, now=page.now)
    if feedback.left_out:
        return page.redirect(path, flash="batches.answer.left_out", kind="warning")
    return page.redirect(path, flash="batches.answer.kept" if added else "batches.answer.known")


@router.page("POST", _LIST + "/{batch_id}/opnieuw", may=EXPORT_ROLES, fresh=True)
def repeat_batch(page: Page, batch_id: str) -> Response:
    """Prepare a batch once more that the receiver could not open; one person signs it and another approves it."""
    batch, reason, outbox = page.require(_sent(page, batch_id)), page.form.get("waarom", ""), _outbox(page)
    if reason not in REPEATED_FOR:
        return page.redirect(f"{_LIST}/{batch_id}", flash="batches.not_ready.reason", kind="warning")

    def plan() -> Plan:
        return plan_repeat(outbox, batch, reason, by=page.viewer.account)

    return _write(page, outbox, plan, batch_object(batch_id))


def _write(page: Page, outbox: Outbox, plan: Callable[[], Plan], about: str) -> Response:
    """Write down what a plan prepares, in the ledger first."""
    try:
        with locked(outbox):
            planned = plan()
            with page.logged(LedgerAction.EXPORT_PREPARATION, about):
                replace_drafts(page.store, planned.dropped, planned.added, by=page.viewer.account, now=page.now)
    except (NotReadyError, ConflictError) as error:
        return page.redirect(_LIST, flash=_why(error), kind="warning")
    return page.redirect(_LIST, flash=_what_was_prepared(page, planned))


def _what_was_prepared(page: Page, planned: Plan) -> str:
    """The key of the text that says what the list shows of it; of a batch with nothing for this viewer, nothing."""
    visible = {signal.id for signal in visible_signals(page.store, page.viewer)}
    if any(draft.riec_ids <= visible for draft in planned.added):
        return "batches.prepared"
    return "batches.for_others" if any(draft.riec_ids & visible for draft in planned.added) else "batches.nothing"


def _show_draft(page: Page, draft: BatchDraft) -> Response:
    of, viewer = _signals_of(page, draft), page.viewer
    page.read_addresses = [signal.address_id for signal in of]
    first = [other for other in batch_drafts(page.store, is_open=True) if _follows(draft, other) and other != draft]
    signals_seen = visible_signals(page.store, viewer)
    visible = [other for other in visible_drafts(page.store, viewer, signals_seen, is_open=True) if other in first]
    return page.render(
        "export/batch_draft.html.j2",
        crumbs=[(page.t("batches.title"), _LIST)],
        draft=draft,
        of=of,
        problem=why_not(_outbox(page), draft) if draft.is_open else None,
        may_sign=draft.may_sign(viewer.account, of),
        has_key=key_in_force(page.store, viewer.account) is not None,
        may_approve=viewer.account not in {draft.signed_by, draft.made_by},
        comes_first=bool(first),
        visible_first=visible[:1],
        in_groups=in_groups,
        manifest_name=MANIFEST,
        addresses=address_texts(page.store, of),
        names=names(page.store, _people(draft, of)),
    )


def _show_sent(page: Page, batch: Batch, draft: BatchDraft | None) -> Response:
    lines = _lines_by_batch(page, [batch], visible_signals(page.store, page.viewer))[batch.batch_id]
    page.read_addresses = [line.address_id for line in lines]
    return page.render(
        "export/batch_sent.html.j2",
        crumbs=[(page.t("batches.title"), _LIST)],
        batch=batch,
        draft=draft,
        lines=lines,
        answered=answered(page.store),
        outcomes=outcomes(page.store, reader=page.viewer.account),
        texts=feedback_texts(page.store, reader=page.viewer.account),
        may_answer=draft is not None and page.settings.export is not None,
        addresses=_addresses_of_lines(page, lines),
        names=names(page.store, [batch.made_by, *(line.prepared_by for line in lines)]),
        is_there=batch.file.is_file(),
        reasons=options_with_choose(page, "batches.again_for", REPEATED_FOR),
        in_groups=in_groups,
    )


def _people(draft: BatchDraft, of: Iterable[RiecSignal]) -> list[str]:
    """The accounts that the page of a prepared batch names."""
    hands = [who for signal in of for who in (signal.prepared_by, signal.approved_by)]
    return [who for who in (draft.made_by, draft.signed_by, *hands) if who]


def _addresses_of_lines(page: Page, lines: Iterable[Disclosure]) -> dict[str, str]:
    """Case -> its address, of the signals in a batch that left."""
    ids = {line.signal_id for line in lines}
    return address_texts(page.store, [signal for signal in signals(page.store) if signal.signal_id in ids])


def _answers(page: Page, sent: Iterable[Batch], visible: Iterable[RiecSignal]) -> dict[str, tuple[int, int]]:
    """Batch -> of how many of its signals the receiver answered, and how many it holds, as this viewer sees them."""
    answers = answered(page.store)
    return {
        batch_id: (sum((line.batch_id, line.signal_id) in answers for line in lines), len(lines))
        for batch_id, lines in _lines_by_batch(page, sent, visible).items()
    }


def _lines_by_batch(page: Page, sent: Iterable[Batch], visible: Iterable[RiecSignal]) -> dict[str, list[Disclosure]]:
    """Batch -> its lines, without those of signals that this viewer may not see; erased signals keep theirs."""
    hidden = {signal.signal_id for signal in signals(page.store)} - {signal.signal_id for signal in visible}
    return {
        batch.batch_id: [
            line for line in disclosures(page.store, batch_id=batch.batch_id) if line.signal_id not in hidden
        ]
        for batch in sent
    }


def _due(outbox: Outbox, recipients: Iterable[str], visible: set[int]) -> tuple[list[_Due], list[HeldBack]]:
    """What is due, and what is held back, of the signals that this viewer may see and that are in no prepared batch."""
    groups, held_back = [], []
    for recipient in recipients:
        due, held = due_signals(outbox, recipient)
        held_back += [each for each in held if each.signal.id in visible]
        for kind in ORDER:
            for fence in (False, True):
                left = [signal for signal, _ in due[kind] if signal.sensitive == fence and signal.id in visible]
                if left:
                    groups.append(_Due(recipient, kind, fence, left))
    return groups, held_back


def _follows(other: BatchDraft, draft: BatchDraft) -> bool:
    """Whether a batch is this one or comes after it: the receiver counts them together."""
    return (other.recipient, other.sensitive) == (draft.recipient, draft.sensitive) and other.number >= draft.number


def _outbox(page: Page) -> Outbox:
    return Outbox(page.store, page.require(page.settings.workspace), page.require(page.settings.export), page.now)


def _may_see(page: Page, is_sensitive: bool) -> bool:
    return may_see_signal(page.viewer, is_sensitive)


def _draft(page: Page, batch_id: str) -> BatchDraft | None:
    """A prepared batch of which this viewer may see every signal."""
    visible = visible_signals(page.store, page.viewer)
    return next(iter(visible_drafts(page.store, page.viewer, visible, batch_id=batch_id)), None)


def _sent(page: Page, batch_id: str) -> Batch | None:
    batch = next((batch for batch in batches(page.store) if batch.batch_id == batch_id), None)
    return batch if batch is not None and _may_see(page, _is_sensitive(page, batch)) else None


def _is_sensitive(page: Page, batch: Batch) -> bool:
    """Whether a batch that left holds a sensitive signal; of one whose lines are erased its draft tells it."""
    draft = next(iter(batch_drafts(page.store, batch_id=batch.batch_id)), None)
    if draft is not None:
        return draft.sensitive
    ids = {line.signal_id for line in disclosures(page.store, batch_id=batch.batch_id)}
    return not ids or any(signal.sensitive for name in ids for signal in signals(page.store, signal_id=name))


def _signals_of(page: Page, draft: BatchDraft) -> list[RiecSignal]:
    return [signal for signal in signals(page.store) if signal.id in draft.riec_ids]


def _why(error: BarrierError) -> str:
    """The key of the text that says why something was not done."""
    if isinstance(error, PersonalKeyError | SignatureError):
        return f"batches.signature.{error.reason}"
    return f"batches.not_ready.{error.reason if isinstance(error, NotReadyError) else 'decided'}"
