"""After the judgement: what can be done with a decided case, what is open, and the history of its address."""

from __future__ import annotations

import re

from starlette.responses import Response

from screening.base.vocabulary import ActKind, LedgerAction
from screening.casework.acts.acts import ActForm, record_act
from screening.casework.acts.follow_up import CaseStage, cases_going_on, next_day
from screening.casework.acts.hand_over import hand_overs_of, make_hand_over, take_back
from screening.casework.case_errors import ConflictError, MotivationError, NotReadyError
from screening.casework.cases.case import Case
from screening.casework.viewer import CASE_ROLES
from screening.review.forms import form_day
from screening.review.i18n import in_dutch
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.review.views.acts import CaseActs, request_key, status_text

router = Pages()

#: The field of a form in which something of a list is chosen, by the kind of act.
CHOICE_FIELDS = {
    ActKind.MEASURE: "bevoegdheid",
    ActKind.INFORM_LATER: "waarom",
    ActKind.DOCUMENTS_ASKED: "stuk",
    ActKind.PASSED_ON: "langs",
    ActKind.RESULT: "resultaat",
}
#: The stages that can be chosen.
STAGES = (CaseStage.CONFIRMED, CaseStage.WAITING, CaseStage.REFERRED, CaseStage.DONE)
_ON_A_PAGE = 25
_PAGE_NUMBER = re.compile(r"[1-9]\d{0,5}")
#: A field that the store refuses, and the one of the form.
_FIELDS = {"on_day": "dag", "due_on": "tot", "reference": "nummer", "asked": "gevraagd"}


@router.page("GET", "/na-het-oordeel", may=CASE_ROLES, reads="queue", nav="acts.list.menu", hint="acts.list.intro")
def cases_after_judgement(page: Page, staat: str = "", blad: str = "") -> Response:
    """A page of the decided cases of which something is still to be done: what is late first, then by day."""
    stage = CaseStage(staat) if staat in STAGES else None
    going_on = cases_going_on(page.store, page.viewer, now=page.now, key=request_key(page), stage=stage)
    last = max(1, -(-len(going_on) // _ON_A_PAGE))
    number = min(int(blad), last) if _PAGE_NUMBER.fullmatch(blad) else 1
    shown = going_on[(number - 1) * _ON_A_PAGE : number * _ON_A_PAGE]
    page.read_addresses = [follow_up.case.address_id for follow_up in shown]
    rows = [(follow_up, status_text(page.t, follow_up), next_day(follow_up)) for follow_up in shown]
    way = f"/na-het-oordeel?{f'staat={stage}&' if stage else ''}blad="
    return page.render(
        "acts/list.html.j2",
        crumbs=[(page.t("queue.nav"), "/zaken")],
        rows=rows,
        total=len(going_on),
        stages=STAGES,
        stage=stage or "",
        next_page=f"{way}{number + 1}" if number < last else None,
        first_page=f"{way}1" if number > 1 else None,
    )


@router.page("GET", "/zaken/{case_id}/vervolg", may=CASE_ROLES, reads="dossier", case="case_id")
def follow_case_up(page: Page, case_id: str) -> Response:
    """What can be done with a decided case, and the history of its address."""
    return _show(page, page.require_case(case_id))


@router.page("POST", "/zaken/{case_id}/vervolg", may=CASE_ROLES, reads="dossier", case="case_id")
def do_act(page: Page, case_id: str) -> Response:
    """Record an act on a decided case."""
    case = page.require_case(case_id)
    page.require(CaseActs.load(page, case))
    kind = page.form.get("soort", "")
    if kind not in set(ActKind):
        return _show(page, case, errors={"soort": page.t("acts.error.kind")})
    form, wrong = _form(page, ActKind(kind))
    if wrong:
        return _show(page, case, kind=kind, errors=wrong)
    try:
        with page.logged(LedgerAction.CASE_ACT, f"case:{case_id}", case=case_id, purpose=page.purpose(case_id)):
            record_act(page.store, page.viewer, case_id, form, now=page.now, key=request_key(page))
    except MotivationError as error:
        field = CHOICE_FIELDS[form.kind] if error.field == "choices" else _FIELDS[error.field]
        return _show(page, case, kind=kind, errors={field: page.t(f"acts.error.{error.field}")})
    except NotReadyError as error:
        return page.redirect(f"/zaken/{case_id}/vervolg", flash=f"acts.not_ready.{error.reason}", kind="warning")
    except ConflictError:
        return page.redirect(f"/zaken/{case_id}/vervolg", flash="acts.conflict", kind="warning")
    return page.redirect(f"/zaken/{case_id}/vervolg", flash="acts.recorded")


@router.page("POST", "/zaken/{case_id}/zaaksysteem", may=CASE_ROLES, reads="dossier", case="case_id")
def hand_case_over(page: Page, case_id: str) -> Response:
    """Make the file for the case system: from then on it is in the register of what left."""
    case = page.require_case(case_id)
    page.require(CaseActs.load(page, case))
    system, purpose = page.settings.case_system, page.purpose(case_id)
    if system is None or purpose is None:
        return page.redirect(f"/zaken/{case_id}/vervolg", flash="acts.not_ready.no_system", kind="warning")
    if page.form.get("gezien") != "ja":
        return _show(page, case, kind="hand_over", errors={"gezien": page.t("acts.error.seen")})
    try:
        with page.logged(LedgerAction.HAND_OVER, f"case:{case_id}", case=case_id, purpose=purpose):
            make_hand_over(
                page.store,
                page.viewer,
                case_id,
                system,
                purpose=purpose,
                asked=page.form.get("gevraagd", ""),
                now=page.now,
                key=request_key(page),
            )
    except MotivationError:
        return _show(page, case, kind="hand_over", errors={"gevraagd": page.t("acts.error.asked")})
    except NotReadyError as error:
        return page.redirect(f"/zaken/{case_id}/vervolg", flash=f"acts.not_ready.{error.reason}", kind="warning")
    except ConflictError:
        return page.redirect(f"/zaken/{case_id}/vervolg", flash="acts.conflict", kind="warning")
    return page.redirect(f"/zaken/{case_id}/vervolg#zaaksysteem", flash="acts.handed_over")


@router.page("POST", "/zaken/{case_id}/zaaksysteem/terug", may=CASE_ROLES, reads="dossier", case="case_id")
def take_case_back(page: Page, case_id: str) -> Response:
    """Make the file that takes the last one back."""
    page.require(CaseActs.load(page, page.require_case(case_id)))
    try:
        with page.logged(LedgerAction.HAND_OVER, f"case:{case_id}", case=case_id, purpose=page.purpose(case_id)):
            take_back(page.store, page.viewer, case_id, now=page.now, key=request_key(page))
    except ConflictError:
        return page.redirect(f"/zaken/{case_id}/vervolg", flash="acts.conflict", kind="warning")
    return page.redirect(f"/zaken/{case_id}/vervolg#zaaksysteem", flash="acts.taken_back")


@router.page("GET", "/zaken/{case_id}/zaaksysteem/{file_id}", may=CASE_ROLES, reads="export", case="case_id")
def download_hand_over(page: Page, case_id: str, file_id: int) -> Response:
    """The file as it was registered, byte for byte, to be brought to the case system."""
    page.require(CaseActs.load(page, page.require_case(case_id)))
    files = hand_overs_of(page.store, [case_id])[case_id]
    file = page.require(next((file for file in files if file.id == file_id), None))
    name = "intrekking.json" if file.is_withdrawal else "zaak.json"
    return page.file(file.content.encode(), "application/json", name)


def _form(page: Page, kind: ActKind) -> tuple[ActForm, dict[str, str]]:
    """The act as the form has it, and a message for each day that cannot be read."""
    wrong, days = {}, {}
    for field in ("dag", "tot"):
        text = page.form.get(field, "").strip()
        days[field] = form_day(text) if text else None
        if text and days[field] is None:
            wrong[field] = page.t("acts.error.no_day")
    chosen = tuple(page.form.all(CHOICE_FIELDS[kind])) if kind in CHOICE_FIELDS else ()
    return ActForm(kind, days["dag"], days["tot"], chosen, page.form.get("nummer", "")), wrong


def _show(page: Page, case: Case, *, kind: str = "", errors: dict[str, str] | None = None) -> Response:
    """The page; with errors the form of this kind is open, and holds what was filled in."""
    acts = page.require(CaseActs.load(page, case))
    return page.render(
        "acts/follow_up.html.j2",
        422 if errors else 200,
        crumbs=[(page.t("queue.nav"), "/zaken"), (in_dutch(case.address, page.lang), f"/zaken/{case.case_id}")],
        acts=acts,
        open_kind=kind,
        errors=errors or {},
    )
