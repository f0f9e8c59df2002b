"""Handing a tip over: to inspectors with a receipt, to a partner as a disclosure that can be called back."""

from __future__ import annotations

from starlette.responses import Response

from screening.base.vocabulary import LedgerAction, NoticeReason, Purpose
from screening.casework.acts.acts import CHANNELS
from screening.casework.case_errors import ConflictError, MotivationError, NotReadyError
from screening.casework.tips.forwarding import INSPECTORS, TOEZICHT, WAYS, forward_tip, receipts_of
from screening.casework.tips.sightings import OBSERVATIONS, TipError
from screening.partners.desk.agreements import Agreement
from screening.partners.desk.hand_over_steps import call_back_hand_over, confirm_destroyed
from screening.partners.desk.policy import REASONS
from screening.partners.desk.tip_hand_overs import (
    TipHandOver,
    hand_tip_over,
    tip_agreements,
    tip_hand_over_of,
    tip_hand_overs,
)
from screening.review.forms import form_day
from screening.review.i18n import in_language
from screening.review.page import Page
from screening.review.pages.partner_signals import options_with_choose
from screening.review.pages.tip_inbox import CONTACT_PERSON, INBOX, filled_in, inbox_crumbs, read_tip, wrong_fields
from screening.review.pages_registry import Pages

router = Pages()

_PARTNERS = "/meldingen/partners"


@router.page("GET", "/meldingen/postbak/{signal_id}/doorgeven", may=CONTACT_PERSON, reads="signals", purpose=Purpose.OO)
def show_hand_over(page: Page, signal_id: str, aan: str = TOEZICHT) -> Response:
    """Show the text with which a tip is handed over to a receiver, and the form of its receipt."""
    return _hand_over(page, signal_id, aan, {})


@router.page(
    "POST", "/meldingen/postbak/{signal_id}/doorgeven", may=CONTACT_PERSON, reads="signals", purpose=Purpose.OO
)
def record_hand_over(page: Page, signal_id: str) -> Response:
    """Register that the tip was handed over: to a partner it is a disclosure."""
    read_tip(page, signal_id)
    receiver, is_checked = page.form.get("aan", ""), page.form.get("nagekeken") == "ja"
    way, day = page.form.get("hoe", ""), form_day(page.form.get("datum", ""))
    action = LedgerAction.SIGNAL if receiver == TOEZICHT else LedgerAction.HAND_OVER
    try:
        with page.logged(action, f"signal:{signal_id}", purpose=Purpose.OO):
            if receiver == TOEZICHT:
                forward_tip(
                    page.store, page.viewer, signal_id, way=way, handed_on=day, is_checked=is_checked, now=page.now
                )
            else:
                hand_tip_over(
                    page.store,
                    page.viewer,
                    signal_id,
                    recipient=receiver,
                    way=way,
                    handed_on=day,
                    is_checked=is_checked,
                    now=page.now,
                )
    except NotReadyError:
        return page.redirect(f"{INBOX}/{signal_id}", flash="signals.partners.no_agreement", kind="warning")
    except ConflictError:
        return page.redirect(f"{INBOX}/{signal_id}", flash="acts.conflict", kind="warning")
    except TipError as error:
        return _hand_over(page, signal_id, receiver, wrong_fields(page, error))
    return page.redirect(f"{INBOX}/{signal_id}/doorgeven?aan={receiver}", flash="signals.handed_over")


@router.page(
    "GET",
    "/meldingen/partners",
    may=CONTACT_PERSON,
    reads="signals",
    purpose=Purpose.OO,
    nav="signals.partners.nav",
    hint="signals.partners.hint",
)
def show_tip_disclosures(page: Page) -> Response:
    """What partners got of tips, newest first: also of tips that are erased."""
    return _disclosures(page, {})


@router.page(
    "POST", "/meldingen/partners/{hand_over_id}/terug", may=CONTACT_PERSON, reads="signals", purpose=Purpose.OO
)
def call_tip_back(page: Page, hand_over_id: int) -> Response:
    """Call back what a partner got of a tip."""
    given, reason = _given(page, hand_over_id), page.form.get("waarom", "")
    if reason not in REASONS:
        return _disclosures(page, {f"waarom-{hand_over_id}": page.t("export.wrong.choose")})
    try:
        with page.logged(LedgerAction.HAND_OVER, f"signal:{given.signal_id}", purpose=Purpose.OO):
            call_back_hand_over(page.store, page.viewer, given, reason=NoticeReason(reason), now=page.now)
    except ConflictError:
        return page.redirect(_PARTNERS, flash="acts.conflict", kind="warning")
    return page.redirect(_PARTNERS, flash="hand_overs.called_back")


@router.page(
    "POST", "/meldingen/partners/{hand_over_id}/vernietigd", may=CONTACT_PERSON, reads="signals", purpose=Purpose.OO
)
def note_tip_destroyed(page: Page, hand_over_id: int) -> Response:
    """Write down that the partner destroyed what it got of a tip, and how it told so."""
    given = _given(page, hand_over_id)
    try:
        with page.logged(LedgerAction.HAND_OVER, f"signal:{given.signal_id}", purpose=Purpose.OO):
            confirm_destroyed(page.store, page.viewer, given, channel=page.form.get("langs", ""), now=page.now)
    except MotivationError:
        return _disclosures(page, {f"langs-{hand_over_id}": page.t("acts.error.choices")})
    except (ConflictError, NotReadyError):
        return page.redirect(_PARTNERS, flash="acts.conflict", kind="warning")
    return page.redirect(_PARTNERS, flash="hand_overs.destroyed")


def _given(page: Page, number: int) -> TipHandOver:
    """Return the entry, and note that it was read."""
    given = tip_hand_over_of(page.store, page.viewer, number)
    page.read_object = f"signal:{given.signal_id}"
    page.read_houses = [given.house]
    return given


def _disclosures(page: Page, errors: dict[str, str]) -> Response:
    given = tip_hand_overs(page.store, page.viewer)
    page.read_houses = [each.house for each in given]
    return page.render(
        "signals/partners.html.j2",
        status=422 if errors else 200,
        crumbs=inbox_crumbs(page),
        given=given[::-1],
        observations=OBSERVATIONS,
        reasons=options_with_choose(page, "export.reason", REASONS),
        channels=list(in_language(CHANNELS, page.lang).items()),
        errors=errors,
        lang_index=0 if page.lang == "nl" else 1,
    )


def _hand_over(page: Page, signal_id: str, receiver: str, wrong: dict[str, str]) -> Response:
    tip, ground = read_tip(page, signal_id), INSPECTORS
    agreement: Agreement | None = None
    if receiver == TOEZICHT:
        numbers = [
            (receipt.number, receipt.handed_on)
            for receipt in receipts_of(page.store, [signal_id], now=page.now)
            if receipt.receiver == TOEZICHT
        ]
    else:
        agreement = page.require(
            next((each for each in tip_agreements(page.store) if each.terms.recipient == receiver), None)
        )
        numbers = [
            (given.number, given.handed_on)
            for given in tip_hand_overs(page.store, page.viewer, signal_id)
            if given.recipient == receiver and given.called_back is None
        ]
    return page.render(
        "signals/hand_over.html.j2",
        status=422 if wrong else 200,
        crumbs=[*inbox_crumbs(page), (page.t("signals.letter.title"), f"{INBOX}/{signal_id}")],
        signal=tip,
        code=receiver,
        ground=ground,
        agreement=agreement,
        numbers=numbers,
        observations=OBSERVATIONS,
        ways=[(way, page.t(f"signals.way.{way}")) for way in WAYS],
        filled=filled_in(page, "hoe", "datum", "nagekeken"),
        wrong=wrong,
        lang_index=0 if page.lang == "nl" else 1,
    )
