"""What was found at a stop: the form, also sent by a phone that had no line, and a correction of what is there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.responses import Response

from screening.base.civil_time import day_of
from screening.base.vocabulary import LedgerAction
from screening.casework.case_errors import ConflictError
from screening.casework.viewer import CASE_ROLES
from screening.casework.visits.findings import DETAILS, FINDINGS, SEEN_FROM_OUTSIDE, SITUATIONS, detail_fields
from screening.casework.visits.lists import Stop, VisitList, VisitOutcome, record_outcome
from screening.casework.visits.photo_intake import photo_subjects
from screening.casework.visits.photos import refuse_inside
from screening.casework.visits.words import LOOK_AT, MOST_NOTE, VisitFormError
from screening.review.forms import Form, form_day
from screening.review.i18n import in_language
from screening.review.page import Page
from screening.review.pages.visits import HOME, form_errors, phone_owner, require_stop
from screening.review.pages_registry import Drafts, Pages
from screening.review.views.visits import outcome_sentence, photos_of_stop
from screening.store.access.accounts import names
from screening.store.access.form_drafts import drop_draft

router = Pages()


@dataclass(frozen=True)
class OutcomeForm:
    """The form as somebody filled it in, or as a stop has it. `details`: column of controles -> text."""

    situation: str
    findings: tuple[str, ...]
    details: dict[str, str]
    note: str
    day: str
    replaces: str

    @classmethod
    def from_form(cls, form: Form) -> OutcomeForm:
        """As it was sent, or written and not sent yet."""
        return cls(
            situation=form.get("situatie", ""),
            findings=tuple(form.all("bevinding")),
            details={name: form.get(name, "") for name in DETAILS},
            note=form.get("notitie", ""),
            day=form.get("dag", ""),
            replaces=form.get("vervangt", ""),
        )

    @classmethod
    def of_stop(cls, page: Page, outcome: VisitOutcome | None) -> OutcomeForm:
        """Empty for a stop of which nothing was recorded, else with what stands there, to be corrected."""
        if outcome is None:
            return cls("", (), {}, "", day_of(page.now).isoformat(), "")
        return cls(
            situation=outcome.situatie,
            findings=outcome.bevindingen,
            details={name: str(value) for name, value in outcome.details.items()},
            note=outcome.note,
            day=outcome.visited_on.isoformat(),
            replaces=str(outcome.id),
        )

    @property
    def replaced(self) -> int | None:
        """The id of the outcome that it corrects; None for the first, and for what is no number."""
        text = self.replaces
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@router.page("GET", f"{HOME}/{{list_id}}/halte/{{visit_id}}", may=CASE_ROLES, reads="visit", uses_camera=True)
def visit_form(page: Page, list_id: str, visit_id: str) -> Response:
    """The form for what was found at one stop."""
    visit_list, stop = require_stop(page, list_id, visit_id)
    written = page.written(page.request.url.path)
    filled = OutcomeForm.from_form(written) if written else OutcomeForm.of_stop(page, stop.outcome)
    return _form_page(page, visit_list, stop, filled)


@router.page("POST", f"{HOME}/{{list_id}}/halte/{{visit_id}}", may=CASE_ROLES, reads="visit", drafts=Drafts.VISIT)
def record_visit(page: Page, list_id: str, visit_id: str) -> Response:
    """Record what was found, or what should have been recorded. Who comes second gets both to look at."""
    visit_list, stop = require_stop(page, list_id, visit_id)
    filled = OutcomeForm.from_form(page.form)
    try:
        _record(page, list_id, stop, filled)
    except VisitFormError as error:
        return _form_page(page, visit_list, stop, filled, error=error, status=422)
    except ConflictError:
        visit_list, stop = require_stop(page, list_id, visit_id)
        seen = replace(filled, replaces=str(stop.outcome.id) if stop.outcome else "")
        return _form_page(page, visit_list, stop, seen, status=409)
    return page.redirect(f"{HOME}/{list_id}", flash="visits.recorded")


@router.page("POST", f"{HOME}/{{list_id}}/halte/{{visit_id}}/telefoon", may=CASE_ROLES, reads="visit")
def record_from_phone(page: Page, list_id: str, visit_id: str) -> Response:
    """Record what a phone kept while it had no line. The answer is a status: what is not taken stays on the phone."""
    _, stop = require_stop(page, list_id, visit_id)
    try:
        _record(page, list_id, stop, OutcomeForm.from_form(page.form))
    except VisitFormError as error:
        return Response("".join(form_errors(page, error).values()), 422, media_type="text/plain")
    except ConflictError:
        return Response(page.t("visits.phone.conflict"), 409, media_type="text/plain")
    drop_draft(page.store, page.viewer.account, f"{HOME}/{list_id}/halte/{visit_id}")
    return Response(status_code=204)


def _record(page: Page, list_id: str, stop: Stop, filled: OutcomeForm) -> None:
    day = form_day(filled.day)
    if day is None:
        raise VisitFormError("no_day", "visited_on", "Fill in a day.")
    refuse_inside(page.settings.workspace, stop, filled.situation)
    with page.logged(LedgerAction.VISIT, f"visit:{stop.visit_id}", case=stop.case_id, purpose=page.purpose()):
        record_outcome(
            page.store,
            page.viewer,
            list_id,
            stop.visit_id,
            situatie=filled.situation,
            bevindingen=filled.findings,
            details=filled.details,
            note=filled.note,
            visited_on=day,
            replaces=filled.replaced,
            now=page.now,
        )


def _form_page(
    page: Page,
    visit_list: VisitList,
    stop: Stop,
    filled: OutcomeForm,
    *,
    error: VisitFormError | None = None,
    status: int = 200,
) -> Response:
    by = stop.outcome.recorded_by if stop.outcome else None
    return page.render(
        "visits/stop.html.j2",
        status=status,
        crumbs=[(page.t("visits.title"), HOME), (page.t("visits.list.crumb"), f"{HOME}/{visit_list.list_id}")],
        visit_list=visit_list,
        stop=stop,
        look_at=in_language(LOOK_AT, page.lang),
        filled=filled,
        asked=form_choices(page),
        recorded_by=names(page.store, [by]).get(by, by) if by else None,
        described=outcome_sentence(stop.outcome, page.lang) if stop.outcome else "",
        is_conflict=status == 409,
        owner=phone_owner(page),
        errors=form_errors(page, error),
        photo_subjects=photo_subjects(page.store, visit_list)[stop.visit_id],
        photos=photos_of_stop(page, visit_list.list_id, stop),
    )


def form_choices(page: Page) -> dict[str, object]:
    """What the fields of the form are made of, in the language of the page."""
    return {
        "situations": in_language(SITUATIONS, page.lang),
        "findings": in_language(FINDINGS, page.lang),
        "details": [
            (field, field.label[page.lang == "en"], in_language(dict(field.codes), page.lang))
            for field in detail_fields()
        ],
        "outside": SEEN_FROM_OUTSIDE,
        "most": MOST_NOTE,
    }
