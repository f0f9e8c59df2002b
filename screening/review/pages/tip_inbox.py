"""Tips of colleagues, for who reads them: the inbox, a decision, and erasing a text."""

from __future__ import annotations

from starlette.responses import Response

from screening.base.civil_time import day_of
from screening.base.vocabulary import LedgerAction, Purpose, Role
from screening.casework.case_errors import NotAllowedError
from screening.casework.cases.case_tips import remove_text_in_case
from screening.casework.tips.forwarding import receipts_of
from screening.casework.tips.rota import on_duty, tips_for, waits_for_deputy
from screening.casework.tips.sightings import OBSERVATIONS, TipError
from screening.casework.tips.text_removal import remove_text
from screening.casework.tips.tips import CARE, DECISIONS, REASONS, Tip, decide_tip, get_tip, inbox
from screening.casework.viewer import CASE_ROLES
from screening.partners.desk.tip_hand_overs import tip_agreements, tip_hand_overs, tip_kinds
from screening.review.i18n import in_language
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.review.views.tip_receivers import tip_receivers

router = Pages()

CONTACT_PERSON = frozenset({Role.CONTACT_PERSON})
#: The role of a help line whose number the contact person calls.
CARE_COORDINATOR = "care_coordinator"
_MAX_FIELD = 200
INBOX = "/meldingen/postbak"


@router.page(
    "GET",
    "/meldingen/postbak",
    may=CONTACT_PERSON,
    reads="signals",
    purpose=Purpose.OO,
    nav="signals.inbox.nav",
    hint="signals.inbox.hint",
)
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
    read_tip(page, signal_id)
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
        return _letter(page, signal_id, wrong_fields(page, error))
    if decision == CARE:
        return page.redirect(f"{INBOX}/{signal_id}", flash="signals.decided.care", kind="warning")
    return page.redirect(INBOX, flash=f"signals.decided.{decision}")


@router.page(
    "POST", "/meldingen/postbak/{signal_id}/tekst-wissen", may=CONTACT_PERSON, reads="signals", purpose=Purpose.OO
)
def erase_tip_text(page: Page, signal_id: str) -> Response:
    """Erase the text of a tip with one press."""
    read_tip(page, signal_id)
    with page.logged(LedgerAction.SIGNAL, f"signal:{signal_id}", purpose=Purpose.OO):
        remove_text(page.store, page.viewer, signal_id, now=page.now)
    return page.redirect(f"{INBOX}/{signal_id}", flash="signals.text_removed")


@router.page(
    "POST", "/zaken/{case_id}/melding/{signal_id}/tekst-wissen", may=CASE_ROLES, reads="dossier", case="case_id"
)
def erase_tip_text_of_case(page: Page, case_id: str, signal_id: str) -> Response:
    """Erase the text of a tip that an officer reads in a case, after the own judgement."""
    case = page.require_case(case_id)
    try:
        with page.logged(LedgerAction.SIGNAL, f"signal:{signal_id}", case=case_id, purpose=page.purpose(case_id)):
            remove_text_in_case(page.store, page.viewer, case, signal_id, now=page.now)
    except NotAllowedError:
        return page.not_found()
    return page.redirect(f"/zaken/{case_id}", flash="signals.text_removed")


def read_tip(page: Page, signal_id: str) -> Tip:
    """Return the tip, and note that it was read."""
    tip = get_tip(page.store, page.viewer, signal_id, now=page.now)
    page.read_object = f"signal:{signal_id}"
    page.read_houses = [tip.seen.house]
    return tip


def wrong_fields(page: Page, error: TipError) -> dict[str, str]:
    """Field of the form -> its message."""
    names = {
        "decision": "besluit",
        "reason": "reden",
        "phone": "telefoon",
        "way": "hoe",
        "handed_on": "datum",
        "is_checked": "nagekeken",
    }
    return {names[field]: page.t(f"signals.wrong.{field}.{codes[0]}") for field, codes in error.fields.items()}


def inbox_crumbs(page: Page) -> list[tuple[str, str]]:
    """The way to a tip."""
    return [(page.t("signals.inbox.nav"), INBOX)]


def filled_in(page: Page, *names: str) -> dict[str, str]:
    """What somebody filled in, to show it again."""
    return {name: page.form.get(name, "")[:_MAX_FIELD] for name in names}


def _letter(page: Page, signal_id: str, wrong: dict[str, str]) -> Response:
    tip, usable, receivers = read_tip(page, signal_id), tip_agreements(page.store), tip_receivers(page.t)
    return page.render(
        "signals/letter.html.j2",
        status=422 if wrong else 200,
        crumbs=inbox_crumbs(page),
        signal=tip,
        observations=OBSERVATIONS,
        reasons=[("", page.t("signals.letter.choose")), *in_language(REASONS, page.lang).items()],
        decisions=DECISIONS,
        filled=filled_in(page, "besluit", "reden", "telefoon"),
        wrong=wrong,
        care=CARE,
        coordinators=[line for line in page.settings.help_lines if line.role == CARE_COORDINATOR],
        receipts=[
            (each.handed_on, each.number, receivers[each.receiver], each.way, False)
            for each in receipts_of(page.store, [signal_id], now=page.now)
        ]
        + [
            (each.handed_on, each.number, each.recipient, each.way, each.called_back is not None)
            for each in tip_hand_overs(page.store, page.viewer, signal_id)
        ],
        agreements=usable,
        closed=[kind for kind in tip_kinds() if kind.code not in {each.terms.kind for each in usable}],
    )
