"""Signals to a partner: an officer's colleague sees field by field what leaves and why, and approves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from starlette.responses import Response

from screening.base.civil_time import day_of
from screening.base.errors import StoreError
from screening.base.vocabulary import LedgerAction, NoticeReason
from screening.casework.case_errors import ConflictError, NotReadyError
from screening.casework.viewer import CASE_ROLES
from screening.partners.desk.attachments import attachment_content, kept_attachments
from screening.partners.desk.current_refusals import current_refusals, stopped_codes
from screening.partners.desk.disclosures import call_back, disclosures
from screening.partners.desk.feedback import InBatch, Told, answered, outcomes
from screening.partners.desk.hand_over_validity import open_hand_overs
from screening.partners.desk.known_records import known_records
from screening.partners.desk.policy import REASONS, ExportPolicy
from screening.partners.desk.preparable import cases_to_prepare, confirmed_case
from screening.partners.desk.signal_validity import SignalValidity
from screening.partners.desk.signal_versions import (
    APPROVED_STATE,
    AWAITS_EXTRA,
    CORRECTED,
    DRAFT,
    EXPORT_ROLES,
    RETURNED_STATE,
    SENT,
    WITHDRAWN,
    RiecSignal,
    signal_of,
    visible_signals,
)
from screening.partners.desk.signals import RefusedError, approve_signal, send_back
from screening.partners.signal.attachments import Attachment
from screening.partners.signal.errors import FieldProblem
from screening.partners.signal.refuse import Refusal
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.review.pending_signals import pending_of, pending_signals
from screening.review.reasons import reason_fault, reason_of
from screening.review.views.acts import request_key
from screening.review.views.partners import address_texts
from screening.review.views.signal_reading import births_in, reading
from screening.store.access.accounts import names
from screening.store.rules.governance import stopped_rules
from screening.store.schema.rules import ALL_RULES

router = Pages()

#: The parts of a signal as a page calls them.
_GROUPS = frozenset(
    (
        "formaat",
        "meta",
        "object",
        "aanleiding",
        "feiten",
        "afwijkingen",
        "organisaties",
        "personen",
        "onderzoek_en_maatregelen",
        "barrieres_en_vraag",
        "twijfels",
        "bewaring_en_contact",
        "bijlagen",
    )
)
#: States in the order in which the list shows them: what waits for somebody first.
_STATES = (DRAFT, AWAITS_EXTRA, RETURNED_STATE, APPROVED_STATE, SENT, WITHDRAWN)
#: States of what has not left.
_WAITING = frozenset({DRAFT, AWAITS_EXTRA, RETURNED_STATE, APPROVED_STATE})
#: Of so many that wait the overview asks whether they may leave, the approved ones first: each takes a read or two.
_MOST_ASKED = 200


@router.page("GET", "/riec", may=EXPORT_ROLES, reads="export", nav="export.nav", hint="export.hint")
def partner_signals_overview(page: Page) -> Response:
    """Show the signals to prepare, to approve, in the next batch, and sent."""
    seen = [signal for signal in visible_signals(page.store, page.viewer) if signal.state != CORRECTED]
    ids = {signal.signal_id for signal in seen}
    waiting = cases_to_prepare(page.store, page.viewer)
    # a lead who handles no cases has no page of what a partner got
    given = open_hand_overs(page.store, page.viewer, key=request_key(page)) if page.has(*CASE_ROLES) else []
    page.read_addresses = [signal.address_id for signal in seen]
    page.read_addresses += [*(case.address_id for case in waiting), *(each.address_id for each in given)]
    asked = _to_ask(page, seen)
    return page.render(
        "export/overview.html.j2",
        waiting=waiting,
        given=given,
        groups=[(state, [signal for signal in seen if signal.state == state]) for state in _STATES],
        addresses=address_texts(page.store, seen),
        pending={signal_id: correction for signal_id, correction in pending_signals(page).items() if signal_id in ids},
        answered={signal_id for _, signal_id in answered(page.store)},
        outcomes={signal_id: answers[-1] for (_, signal_id), answers in _read_answers(page).items()},
        held=_held(page, asked[:_MOST_ASKED]),
        most_asked=_MOST_ASKED if len(asked) > _MOST_ASKED else None,
    )


@router.page("GET", "/riec/{case_id}", may=EXPORT_ROLES, reads="export", case="case_id")
def show_partner_signal(page: Page, case_id: str) -> Response:
    """Show one signal: its content and reasons, who prepared and approved it, and the actions that are possible now."""
    return _signal(page, page.require(signal_of(page.store, page.viewer, case_id)))


@router.page("POST", "/riec/{case_id}/akkoord", may=EXPORT_ROLES, reads="export", case="case_id", fresh=True)
def agree_to_partner_signal(page: Page, case_id: str) -> Response:
    """Approve that this very content leaves."""
    signal, policy = page.require(signal_of(page.store, page.viewer, case_id)), page.require(page.settings.export)
    if page.form.get("gezien") != "ja":
        return _signal(page, signal, wrong={"gezien": page.t("export.wrong.seen")})
    births = frozenset(page.form.all("geboortedatum"))
    if births != {token for token, _ in births_in(signal)}:
        return _signal(page, signal, wrong={"geboortedatum": page.t("export.wrong.births")})
    try:
        with page.logged(
            LedgerAction.EXPORT_APPROVAL, signal_object(signal), case=case_id, purpose=page.purpose(case_id)
        ):
            done = approve_signal(
                page.store,
                page.viewer,
                case_id,
                content_sha256=page.form.get("inhoud", ""),
                policy=policy,
                now=page.now,
                births=births,
            )
    except NotReadyError as error:
        return page.redirect(f"/riec/{case_id}", flash=f"export.not_ready.{error.reason}", kind="warning")
    except (ConflictError, RefusedError) as error:
        why = "export.changed" if isinstance(error, ConflictError) else "export.refused"
        return page.redirect(f"/riec/{case_id}", flash=why, kind="warning")
    return page.redirect(
        f"/riec/{case_id}", flash="export.approved_half" if done.state == AWAITS_EXTRA else "export.approved"
    )


@router.page("POST", "/riec/{case_id}/terug", may=EXPORT_ROLES, reads="export", case="case_id")
def return_partner_signal(page: Page, case_id: str) -> Response:
    """Send it back to whoever prepared it, with a reason."""
    signal = page.require(signal_of(page.store, page.viewer, case_id))
    reason = reason_of(page)
    if fault := reason_fault(page, reason, page.t("export.wrong.fill"), is_of_case=True):
        return _signal(page, signal, wrong={"reden": fault})
    try:
        with page.logged(
            LedgerAction.EXPORT_APPROVAL, signal_object(signal), case=case_id, purpose=page.purpose(case_id)
        ):
            send_back(page.store, page.viewer, case_id, reason=reason, now=page.now)
    except NotReadyError as error:
        return page.redirect(f"/riec/{case_id}", flash=f"export.not_ready.{error.reason}", kind="warning")
    return page.redirect(f"/riec/{case_id}", flash="export.sent_back")


@router.page("POST", "/riec/{case_id}/terughalen", may=EXPORT_ROLES, reads="export", case="case_id")
def recall_partner_signal(page: Page, case_id: str) -> Response:
    """Ask for a signal that left to be withdrawn: it goes with the next batch or run."""
    signal = page.require(signal_of(page.store, page.viewer, case_id))
    reason = page.form.get("waarom", "")
    if reason not in REASONS:
        return _signal(page, signal, wrong={"waarom": page.t("export.wrong.choose")})
    try:
        with page.logged(LedgerAction.WITHDRAWAL, signal_object(signal), case=case_id, purpose=page.purpose(case_id)):
            call_back(page.store, signal.signal_id, reason=NoticeReason(reason), by=page.viewer.account, now=page.now)
    except ConflictError:
        return page.redirect(f"/riec/{case_id}", flash="export.not_ready.decided", kind="warning")
    return page.redirect(f"/riec/{case_id}", flash="export.recalled")


@router.page("GET", "/riec/{case_id}/bijlagen/{digest}", may=EXPORT_ROLES, reads="export", case="case_id")
def download_attachment(page: Page, case_id: str, digest: str) -> Response:
    """An attachment as it leaves, for who prepares or approves the signal of its case."""
    page.require(confirmed_case(page.store, page.viewer, case_id))
    workspace = page.require(page.settings.workspace)
    content = page.require(attachment_content(workspace, case_id, digest))
    return page.file(content, "application/pdf", f"bijlage-{digest[:8]}.pdf")


def _signal(page: Page, signal: RiecSignal, *, wrong: dict[str, str] | None = None) -> Response:
    refused = []
    if page.settings.export is not None and signal.content is not None and signal.state != WITHDRAWN:
        refused = [getattr(refusal, page.lang) for refusal in _refusals(page, page.settings.export, signal)]
    case = confirmed_case(page.store, page.viewer, signal.case_id)
    left = disclosures(page.store, signal_id=signal.signal_id)
    return page.render(
        "export/signal.html.j2",
        status=422 if wrong else 200,
        crumbs=[(page.t("export.title"), "/riec")],
        signal=signal,
        address=case.address if case else signal.address_id,
        sections=reading(signal.preview()),
        attachments=_attachments(page, signal),
        names=names(page.store, [*signal.people, *(line.exported_by for line in left)]),
        refused=refused,
        births=births_in(signal),
        stopped=stopped_codes(page.store, signal),
        disclosures=left,
        answered=answered(page.store),
        outcomes=_read_answers(page),
        pending=pending_of(page, signal),
        is_own=page.viewer.account in {signal.prepared_by, signal.approved_by},
        may_prepare=page.has(*CASE_ROLES),
        reasons=options_with_choose(page, "export.reason", REASONS),
        wrong=wrong or {},
    )


def _read_answers(page: Page) -> dict[InBatch, tuple[Told, ...]]:
    """The closed words of receivers about signals that this viewer prepared or approved."""
    return outcomes(page.store, reader=page.viewer.account)


def _attachments(page: Page, signal: RiecSignal) -> list[tuple[Attachment, bool]]:
    """The attachments of a signal, each with whether it is still kept here."""
    chosen = signal.content.bijlagen if signal.content is not None else None
    kept = kept_attachments(page.settings.workspace, signal.case_id) if chosen else {}
    return [(attachment, attachment.sha256 in kept) for attachment in chosen or ()]


def _refusals(
    page: Page, policy: ExportPolicy, signal: RiecSignal, validity: SignalValidity | None = None
) -> list[Refusal]:
    """Every reason why this signal may not leave today."""
    return current_refusals(
        page.store,
        signal,
        policy=policy,
        day=day_of(page.now),
        extra=signal.extra_approval_by or "?",
        validity=validity,
    )


def _to_ask(page: Page, seen: Iterable[RiecSignal]) -> list[RiecSignal]:
    """The signals that wait, the approved ones first; none where the municipality sends nothing."""
    if page.settings.export is None:
        return []
    waiting = (signal for signal in seen if signal.state in _WAITING and signal.content is not None)
    return sorted(waiting, key=lambda signal: signal.state != APPROVED_STATE)


def _held(page: Page, asked: Sequence[RiecSignal]) -> frozenset[int]:
    """Return the prepared versions among these that may not leave now. The store is read once for all."""
    policy = page.settings.export
    if not asked or policy is None:
        return frozenset()
    still_there = known_records(page.store, page.settings.workspace, asked)
    validity = SignalValidity.read(page.store, {(signal.address_id, signal.run_id) for signal in asked}, **still_there)
    stopped = stopped_rules(page.store)

    def is_held(signal: RiecSignal) -> bool:
        try:
            by_stop = bool(stopped & {ALL_RULES, *signal.basis["indicators"]})
            return by_stop or bool(_refusals(page, policy, signal, validity))
        except StoreError:
            # its content is not what was approved, or its run is gone: it does not leave; the others are still shown
            return True

    return frozenset(signal.id for signal in asked if is_held(signal))


def options_with_choose(page: Page, group: str, values: Iterable[str]) -> list[tuple[str, str]]:
    """The options of a list, the first of which asks to choose."""
    return [("", page.t("export.choose")), *((value, page.t(f"{group}.{value}")) for value in values)]


def fault_text(page: Page, fault: FieldProblem) -> str:
    """Return the place of a fault and its message: "4. Feiten (2), Feit: Dit is te lang."."""
    group, number = _part(fault)
    says, title = (fault.nl, fault.title_nl) if page.lang == "nl" else (fault.en, fault.title_en)
    part = page.t(f"export.group.{group}" if group in _GROUPS else "export.signal.title")
    return f"{part}{f' ({number})' if number else ''}{f', {title}' if title else ''}: {says}"


def _part(row: FieldProblem) -> tuple[str, int | None]:
    """The group of a value, and which one of it where the group has several: (feiten, 2)."""
    group, _, rest = row.field.partition(".")
    number = rest.partition(".")[0]
    return group, int(number) + 1 if number.isdigit() else None


def signal_object(signal: RiecSignal) -> str:
    """The name of a signal in the ledger."""
    return f"signal:{signal.signal_id.removeprefix('S-')}"
