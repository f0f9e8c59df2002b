"""Tips of colleagues, for who reads them: the inbox, a decision, erasing a text, and handing over."""

from __future__ import annotations

from starlette.responses import Response

from screening.casework.case_errors import NotAllowedError
from screening.casework.cases.case_tips import remove_text_in_case
from screening.casework.tips.forwarding import RECEIVERS, WAYS, forward_tip, receipts_of
from screening.casework.tips.rota import on_duty, tips_for, waits_for_deputy
from screening.casework.tips.sightings import OBSERVATIONS, TipError
from screening.casework.tips.text_removal import remove_text
from screening.casework.tips.tips import CARE, DECISIONS, REASONS, Tip, decide_tip, get_tip, inbox
from screening.casework.viewer import CASE_ROLES
from screening.civil_time import day_of
from screening.review.forms import form_day
from screening.review.i18n import in_language
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.vocabulary import LedgerAction, Purpose, Role

router = Pages()

CONTACT_PERSON = frozenset({Role.CONTACT_PERSON})
#: The role of a help line whose number the contact person calls.
CARE_COORDINATOR = "care_coordinator"
_MAX_FIELD = 200
_INBOX = "/meldingen/postbak"


@router.page(
    "GET", "/meldingen/postbak", may=CONTACT_PERSON, reads="signals", purpose=Purpose.OO, nav="signals.inbox.nav",
    hint="signals.inbox.hint",
)  # fmt: skip
def show_tip_inbox(page: Page) -> Response:
    """Every tip: first those that wait for this person, then those that wait for a colleague, then the others."""
    tips = inbox(page.store, page.viewer, now=page.now)
    duty = on_duty(page.store, day_of(page.now))
    mine = tips_for(page.viewer, duty, tips, now=page.now)
    page.read_houses = [tip.seen.house for tip in tips]
    return page.render(
        "signals/inbox.html.j2",
        waiting=mine,
        of_colleague=[tip for tip in tips if tip.is_unread and tip not in mine],
        decided=[tip for tip in reversed(tips) if not tip.is_unread],
        late={tip.signal_id for tip in tips if waits_for_deputy(tip, now=page.now)},
        duty=duty,
        observations=OBSERVATIONS,
    )


@router.page("GET", "/meldingen/postbak/{signal_id}", may=CONTACT_PERSON, reads="signals", purpose=Purpose.OO)
def show_tip(page: Page, signal_id: str) -> Response:
    """Show one tip and the actions that are possible."""
    return _letter(page, signal_id, {})


@router.page("POST", "/meldingen/postbak/{signal_id}", may=CONTACT_PERSON, reads="signals", purpose=Purpose.OO)
def record_tip_decision(page: Page, signal_id: str) -> Response:
    """The contact person's decision."""
    _read(page, signal_id)
    decision = page.form.get("besluit", "")
    try:
        with page.logged(LedgerAction.SIGNAL, f"signal:{signal_id}", purpose=Purpose.OO):
            decide_tip(
                page.store,
                page.viewer,
                signal_id,
                decision,
                now=page.now,
                reason=page.form.get("reden") or None,
                phone=page.form.get("telefoon", ""),
            )
    except TipError as error:
        return _letter(page, signal_id, _wrong(page, error))
    if decision == CARE:
        return page.redirect(f"{_INBOX}/{signal_id}", flash="signals.decided.care", kind="warning")
    return page.redirect(_INBOX, flash=f"signals.decided.{decision}")


@router.page(
    "POST", "/meldingen/postbak/{signal_id}/tekst-wissen", may=CONTACT_PERSON, reads="signals", purpose=Purpose.OO
)
def erase_tip_text(page: Page, signal_id: str) -> Response:
    """Erase the text of a tip with one press."""
    _read(page, signal_id)
    with page.logged(LedgerAction.SIGNAL, f"signal:{signal_id}", purpose=Purpose.OO):
        remove_text(page.store, page.viewer, signal_id, now=page.now)
    return page.redirect(f"{_INBOX}/{signal_id}", flash="signals.text_removed")


@router.page(
    "POST", "/zaken/{case_id}/melding/{signal_id}/tekst-wissen", may=CASE_ROLES, reads="dossier", case="case_id"
)  # fmt: skip
def erase_tip_text_of_case(page: Page, case_id: str, signal_id: str) -> Response:
    """Erase the text of a tip that an officer reads in a case, after the own judgement."""
    case = page.require_case(case_id)
    try:
        with page.logged(LedgerAction.SIGNAL, f"signal:{signal_id}", case=case_id, purpose=page.purpose(case_id)):
            remove_text_in_case(page.store, page.viewer, case, signal_id, now=page.now)
    except NotAllowedError:
        return page.not_found()
    return page.redirect(f"/zaken/{case_id}", flash="signals.text_removed")


@router.page("GET", "/meldingen/postbak/{signal_id}/doorgeven", may=CONTACT_PERSON, reads="signals", purpose=Purpose.OO)
def show_hand_over(page: Page, signal_id: str, aan: str = "toezicht") -> Response:
    """Show the text with which a tip is handed over to a receiver, and the form of its receipt."""
    return _hand_over(page, signal_id, aan, {})


@router.page(
    "POST", "/meldingen/postbak/{signal_id}/doorgeven", may=CONTACT_PERSON, reads="signals", purpose=Purpose.OO
)
def record_hand_over(page: Page, signal_id: str) -> Response:
    """Register that the tip was handed over."""
    _read(page, signal_id)
    receiver = page.form.get("aan", "")
    page.require(RECEIVERS.get(receiver))
    try:
        with page.logged(LedgerAction.SIGNAL, f"signal:{signal_id}", purpose=Purpose.OO):
            forward_tip(
                page.store,
                page.viewer,
                signal_id,
                receiver=receiver,
                way=page.form.get("hoe", ""),
                handed_on=form_day(page.form.get("datum", "")),
                is_checked=page.form.get("nagekeken") == "ja",
                now=page.now,
            )
    except TipError as error:
        return _hand_over(page, signal_id, receiver, _wrong(page, error))
    return page.redirect(f"{_INBOX}/{signal_id}/doorgeven?aan={receiver}", flash="signals.handed_over")


def _read(page: Page, signal_id: str) -> Tip:
    """Return the tip, and note that it was read."""
    tip = get_tip(page.store, page.viewer, signal_id, now=page.now)
    page.read_object = f"signal:{signal_id}"
    page.read_houses = [tip.seen.house]
    return tip


def _wrong(page: Page, error: TipError) -> dict[str, str]:
    """Field of the form -> its message."""
    names = {
        "decision": "besluit", "reason": "reden", "phone": "telefoon", "way": "hoe", "handed_on": "datum",
        "is_checked": "nagekeken",
    }  # fmt: skip
    return {names[field]: page.t(f"signals.wrong.{field}.{codes[0]}") for field, codes in error.fields.items()}


def _crumbs(page: Page) -> list[tuple[str, str]]:
    return [(page.t("signals.inbox.nav"), _INBOX)]


def _letter(page: Page, signal_id: str, wrong: dict[str, str]) -> Response:
    tip = _read(page, signal_id)
    return page.render(
        "signals/letter.html.j2",
        status=422 if wrong else 200,
        crumbs=_crumbs(page),
        signal=tip,
        observations=OBSERVATIONS,
        reasons=[("", page.t("signals.letter.choose")), *in_language(REASONS, page.lang).items()],
        decisions=DECISIONS,
        filled={name: page.form.get(name, "")[:_MAX_FIELD] for name in ("besluit", "reden", "telefoon")},
        wrong=wrong,
        care=CARE,
        coordinators=[line for line in page.settings.help_lines if line.role == CARE_COORDINATOR],
        receivers=RECEIVERS,
        receipts=receipts_of(page.store, [signal_id], now=page.now),
    )


def _hand_over(page: Page, signal_id: str, receiver: str, wrong: dict[str, str]) -> Response:
    tip = _read(page, signal_id)
    chosen = page.require(RECEIVERS.get(receiver))
    receipts = receipts_of(page.store, [signal_id], now=page.now)
    return page.render(
        "signals/hand_over.html.j2",
        status=422 if wrong else 200,
        crumbs=[*_crumbs(page), (page.t("signals.letter.title"), f"{_INBOX}/{signal_id}")],
        signal=tip,
        code=receiver,
        receiver=chosen,
        receipts=[receipt for receipt in receipts if receipt.receiver == receiver],
        observations=OBSERVATIONS,
        ways=[(way, page.t(f"signals.way.{way}")) for way in WAYS],
        filled={name: page.form.get(name, "")[:_MAX_FIELD] for name in ("hoe", "datum", "nagekeken")},
        wrong=wrong,
        lang_index=0 if page.lang == "nl" else 1,
    )
