"""The judgement of a case, from the form on its dossier: after the reading, in own words, one case at a time."""

from __future__ import annotations

from starlette.responses import Response

from screening.base.vocabulary import LedgerAction, ReviewOutcome
from screening.casework.case_errors import ConflictError, MotivationError, NotAllowedError, NotReadyError
from screening.casework.cases.case import Case, get_case
from screening.casework.cases.explanations import Tick
from screening.casework.cases.judging import CARE, GROUNDS, REFER_TO, judge
from screening.casework.cases.motivation import oddities_of_motivation
from screening.casework.cases.readings import readiness
from screening.casework.tips.care_contacts import phone_number
from screening.casework.viewer import CASE_ROLES
from screening.review.dossier_view import DossierView
from screening.review.forms import form_day
from screening.review.judgement_form import JudgementForm
from screening.review.odd_texts import note_despite_warning
from screening.review.page import Page
from screening.review.pages.dossier import show_dossier
from screening.review.pages.queue import form_version
from screening.review.pages_registry import Drafts, Pages

router = Pages()

#: A position in the evidence of a run has no more digits.
_MOST_DIGITS = 9


@router.page("POST", "/zaken/{case_id}/oordeel", may=CASE_ROLES, reads="dossier", case="case_id", drafts=Drafts.WHOLE)
def give_judgement(page: Page, case_id: str) -> Response:
    """Record the judgement. The store decides whether it is allowed, whatever the page showed."""
    case = page.require_case(case_id)
    filled = JudgementForm.from_form(page, case_id)
    return _unready(page, case, filled) or _unfit(page, case_id, filled) or _record_judgement(page, case_id, filled)


def _unready(page: Page, case: Case, filled: JudgementForm) -> Response | None:
    """Answer an officer who cannot judge this case now, or saw an older version of it; None for one who can."""
    ready = readiness(page.store, page.viewer, case.case_id)
    if ready.may_judge:
        # before any fault of a field: the officer would correct it in vain
        return None if case.version == form_version(page) else _conflict(page, case.case_id, filled)
    if ready.why_not == "decided":
        return _conflict(page, case.case_id, filled)
    return show_dossier(page, case.case_id, status=409)


def _unfit(page: Page, case_id: str, filled: JudgementForm) -> Response | None:
    """Show the form again for a missing field, or for an odd text that the officer did not confirm as meant."""
    errors = _errors(page, case_id, filled)
    if errors:
        return show_dossier(page, case_id, status=422, errors=errors, filled=filled)
    odd = oddities_of_motivation(page.store, page.viewer, filled.motivation)
    if odd and not filled.is_meant:
        return show_dossier(page, case_id, status=422, odd=odd, filled=filled)
    return None


def _record_judgement(page: Page, case_id: str, filled: JudgementForm) -> Response:
    try:
        if oddities_of_motivation(page.store, page.viewer, filled.motivation):
            note_despite_warning(page, case_id)
        with page.logged(LedgerAction.JUDGEMENT, f"case:{case_id}", case=case_id, purpose=page.purpose(case_id)):
            judged = judge(
                page.store,
                page.viewer,
                case_id,
                version=form_version(page),
                outcome=ReviewOutcome(filled.outcome),
                ground=filled.ground or None,
                motivation=filled.motivation,
                wrong_links=filled.wrong_links,
                refer_to=filled.refer_to or None,
                phone=filled.phone or None,
                snooze_until=form_day(filled.snooze_until) if filled.snooze_until else None,
                explanations=[tick for value in filled.explanations if (tick := _tick(value))],
                now=page.now,
                policy=page.settings.policy,
            )
    except MotivationError as error:
        errors = _refusal_message(page, error)
        return show_dossier(page, case_id, status=422, errors=errors, filled=filled)
    except NotReadyError:
        return show_dossier(page, case_id, status=409)
    except (ConflictError, NotAllowedError):
        return _conflict(page, case_id, filled)
    return page.redirect(f"/zaken/{case_id}", flash=f"judgement.done.{judged.result}")


def _errors(page: Page, case_id: str, filled: JudgementForm) -> dict[str, str]:
    """Return a message for every field that is missing or wrong; the store checks them all again."""
    is_missing = {
        "outcome": filled.outcome not in set(ReviewOutcome),
        "ground": filled.outcome == ReviewOutcome.VERKLAARD and filled.ground not in GROUNDS,
        "refer_to": filled.outcome == ReviewOutcome.DOORGEZET and filled.refer_to not in REFER_TO,
        "phone": filled.refer_to == CARE and phone_number(filled.phone) is None,
        "wrong_links": filled.outcome == ReviewOutcome.ONJUISTE_KOPPELING and not filled.wrong_links,
        "snooze_until": filled.snooze_until != "" and form_day(filled.snooze_until) is None,
        "motivation": not filled.motivation.strip(),
    }
    errors = {field: page.t(f"judgement.error.{field}") for field, missing in is_missing.items() if missing}
    if "wrong_links" in errors and not DossierView.load(page, case_id).contestable_links:
        errors["wrong_links"] = page.t("judgement.no_links")
    return errors


def _tick(value: str) -> Tick | None:
    """Read the value of a ticked explanation, `<position of the hit>:<place in the list>`; None of anything else."""
    position, _, explanation = value.partition(":")
    is_tick = max(len(position), len(explanation)) <= _MOST_DIGITS and (position + explanation).isdecimal()
    return (int(position), int(explanation)) if is_tick and position and explanation else None


def _refusal_message(page: Page, error: MotivationError) -> dict[str, str]:
    """Return the message for the field that the store refused, in the language of the page."""
    key = f"judgement.error.{error.field}_refused"
    return {error.field: page.t(key if key in page.t else f"judgement.error.{error.field}")}


def _conflict(page: Page, case_id: str, filled: JudgementForm) -> Response:
    """Say that a colleague was first, show the case as it is now, and give the officer their own text back."""
    case = get_case(page.store, page.viewer, case_id, now=page.now)
    return page.render("dossier/taken.html.j2", 409, texts="judgement.conflict", case=case, text=filled.motivation)
