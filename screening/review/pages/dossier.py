"""A dossier in two phases on one address: first the records and an own reading, then what the rules saw."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from screening.base.vocabulary import CaseState, LedgerAction, OwnReading, ReviewOutcome
from screening.casework.case_errors import ConflictError, MotivationError, NotReadyError
from screening.casework.cases.judging import CARE
from screening.casework.cases.motivation import oddities_of_reading
from screening.casework.cases.readings import mark_opened, readiness, record_own_reading
from screening.casework.viewer import CASE_ROLES
from screening.review.dossier_blocks import DossierBlocks
from screening.review.dossier_view import DossierView
from screening.review.judgement_form import JudgementForm
from screening.review.odd_texts import is_meant, note_despite_warning
from screening.review.page import Page
from screening.review.pages.queue import form_version
from screening.review.pages_registry import Drafts, Pages
from screening.review.views.acts import CaseActs
from screening.store.schema.cases import DOSSIER
from screening.wording.odd_text import Oddity

router = Pages()

#: Field of a form -> the place on the page that a message about it leads to.
_PLACES = {
    "lezing": "c-lezing-1",
    "tekst": "f-tekst",
    "outcome": f"o-{next(iter(ReviewOutcome))}",
    "ground": "c-grond-1",
    "refer_to": "c-bij_wie-1",
    "phone": "f-telefoon",
    "wrong_links": "c-koppeling-1",
    "snooze_until": "f-tot",
    "motivation": "f-motivering",
}
_CHOICES: dict[str, object] = {"readings": tuple(OwnReading), "outcomes": tuple(ReviewOutcome), "care": CARE}


@router.page("GET", "/zaken/{case_id}", may=CASE_ROLES, reads="dossier", case="case_id")
def enter_dossier(page: Page, case_id: str) -> Response:
    """The dossier, as far as this officer may see it now. That it was opened is written down."""
    case = page.require_case(case_id)
    if case.state is CaseState.DIFFERS and readiness(page.store, page.viewer, case_id).own_reading:
        # who took part looks at both judgements: that is no work on the case, and keeps nobody else out
        return show_dossier(page, case_id)
    try:
        mark_opened(
            page.store,
            page.viewer,
            case_id,
            DOSSIER,
            now=page.now,
            purpose=page.purpose(case_id),
            policy=page.settings.policy,
        )
    except ConflictError:
        return page.with_colleague()
    return show_dossier(page, case_id)


@router.page("POST", "/zaken/{case_id}/lezing", may=CASE_ROLES, reads="dossier", case="case_id", drafts=Drafts.WHOLE)
def give_own_reading(page: Page, case_id: str) -> Response:
    """Keep the officer's own reading; after it the second phase is shown."""
    page.require_case(case_id)
    chosen, text = page.form.get("lezing", ""), page.form.get("tekst", "")
    errors = {}
    if chosen not in set(OwnReading):
        errors["lezing"] = page.t("dossier.own.missing_choice")
    if not text.strip():
        errors["tekst"] = page.t("dossier.own.missing_text")
    if errors:
        return show_dossier(page, case_id, status=422, errors=errors)
    odd = oddities_of_reading(page.store, page.viewer, text)
    if odd and not is_meant(page):
        return show_dossier(page, case_id, status=422, odd=odd)
    try:
        if odd:
            note_despite_warning(page, case_id)
        with page.logged(LedgerAction.OWN_READING, f"case:{case_id}", case=case_id, purpose=page.purpose(case_id)):
            record_own_reading(
                page.store,
                page.viewer,
                case_id,
                OwnReading(chosen),
                text,
                now=page.now,
                version=form_version(page),
                policy=page.settings.policy,
            )
    except MotivationError:
        return show_dossier(page, case_id, status=422, errors={"tekst": page.t("dossier.own.missing_text")})
    except NotReadyError:
        # given before, in another window: what is on file counts
        return page.redirect(f"/zaken/{case_id}", flash="dossier.own.given", kind="info")
    except ConflictError:
        return _too_late(page, case_id)
    return page.redirect(f"/zaken/{case_id}#waarom", flash="dossier.own.saved")


def _too_late(page: Page, case_id: str) -> Response:
    """Somebody else was first. What was written is given back: a lock can run out while somebody writes."""
    if readiness(page.store, page.viewer, case_id).why_not == "decided":
        return show_dossier(page, case_id, status=409)
    return page.with_colleague()


@router.page("POST", "/zaken/{case_id}/aandachtspunt/{position}", may=CASE_ROLES, reads="dossier", case="case_id")
def open_evidence(page: Page, case_id: str, position: int) -> Response:
    """Open one piece of evidence: that it was opened is written down before it is shown."""
    page.require_case(case_id)
    try:
        with page.logged(LedgerAction.OPEN_EVIDENCE, f"case:{case_id}", case=case_id, purpose=page.purpose(case_id)):
            mark_opened(page.store, page.viewer, case_id, f"hit:{position}", now=page.now, policy=page.settings.policy)
    except NotReadyError:
        return show_dossier(page, case_id, status=409)
    except ConflictError:
        return page.with_colleague()
    view = DossierView.load(page, case_id)
    hit = next(hit for hit in view.hits if hit.position == position)
    if not page.is_htmx:
        return page.redirect(f"/zaken/{case_id}#aandachtspunt-{hit.place}")
    return page.render(
        "dossier/opened.html.j2",
        view=view,
        dossier=DossierBlocks(view),
        hit=hit,
        errors={},
        odd=(),
        filled=JudgementForm.from_form(page, case_id),
        choices=_CHOICES,
    )


def show_dossier(
    page: Page,
    case_id: str,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    odd: Sequence[Oddity] = (),
    filled: JudgementForm | None = None,
) -> Response:
    """The dossier page of a case that this officer may see.

    `errors`: a message for each field that was wrong. `odd`: what is odd about the text that was sent. `filled`: the
    form of the judgement as it was sent.
    """
    view, errors = DossierView.load(page, case_id), errors or {}
    places = _PLACES | ({} if view.contestable_links else {"wrong_links": "o-onjuiste_koppeling"})
    return page.render(
        "dossier/dossier.html.j2",
        status,
        crumbs=[(page.t("queue.nav"), "/zaken")],
        view=view,
        dossier=DossierBlocks(view),
        acts=CaseActs.load(page, view.case),
        errors=errors,
        wrong=[(text, places[field]) for field, text in errors.items()],
        odd=odd,
        filled=filled or JudgementForm.from_form(page, case_id),
        choices=_CHOICES,
    )
