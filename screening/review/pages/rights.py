"""Requests of people about their data: one person registers, another decides, and the answer can be downloaded.

No name is kept: of a person a keyed hash of name and birth date. Both are asked again for the answer, and must be those
of the request that was granted.
"""

from __future__ import annotations

from datetime import date

from starlette.responses import Response

from screening.base.errors import ConfigurationError, StoreError
from screening.base.vocabulary import LedgerAction, Role
from screening.casework.case_errors import ConflictError, NotAllowedError
from screening.casework.data_subject_requests import Request, visible_requests
from screening.review.forms import form_day
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.rights.letter import applicant_page
from screening.rights.objections import register_request
from screening.rights.personal_data import Sources, data_of_address, data_of_person, normalised_name, person_digest
from screening.rights.requests import mentions_of_digest, object_of, settle_request, subjects_of
from screening.store import Workspace
from screening.store.schema.retention import ACCESS, ADDRESS, ENDED, PERSON, RECORD, RIGHTS, UPHELD

router = Pages()

#: Who handles requests; two of them for each.
MAY_HANDLE = frozenset({Role.LEAD, Role.SENSITIVE_REVIEWER})
#: Who sees the list, and no request by itself: who watches over the handling reads along.
_MAY_LIST = MAY_HANDLE | {Role.AUDITOR}
#: Who makes the answer: it may rest on registers that only they see, and nobody else learns whether it does.
MAY_ANSWER = frozenset({Role.SENSITIVE_REVIEWER})
#: What can be decided, and after which decision.
_DECISIONS = {None: ("upheld", "rejected", "withdrawn"), UPHELD: (ENDED,)}


@router.page("GET", "/verzoeken", may=_MAY_LIST, reads="subject_access", nav="rights.nav", hint="rights.hint")
def list_requests(page: Page) -> Response:
    """Show the requests, those that wait for a decision first."""
    visible = _visible(page)
    return page.render(
        "rights/list.html.j2",
        requests=sorted(visible, key=lambda request: request.decision is not None),
        may_handle=page.has(*MAY_HANDLE),
    )


@router.page("GET", "/verzoeken/nieuw", may=MAY_HANDLE)
def request_form(page: Page) -> Response:
    """Show the form of a request as it came in."""
    return _form(page, {})


@router.page("POST", "/verzoeken/nieuw", may=MAY_HANDLE, fresh=True)
def submit_request(page: Page) -> Response:
    """Register a request. A colleague decides about it."""
    form, about = page.form, page.form.get("over", "")
    received, born = form_day(form.get("ontvangen", "")), form_day(form.get("geboren", ""))
    errors = _faults(page, received, born)
    if errors or received is None:
        return _form(page, errors, status=422)
    try:
        digest = person_digest(_workspace(page), form["naam"], born) if about == PERSON and born else None
        address = form.get("adres", "").strip() if about == ADDRESS else None
        mentions = mentions_of_digest(page.store, _workspace(page), digest)
        page.read_subjects = subjects_of(address, mentions)
        case_file = form.get("zaaknummer", "").strip()
        with page.logged(LedgerAction.SUBJECT_OBJECTION, object_of(address, digest), case=case_file):
            request = register_request(
                page.store,
                form.get("verzoek", ""),
                address_id=address,
                person=digest,
                record=form.get("gegeven", "").strip() if about == RECORD else None,
                case_file=case_file,
                received_on=received,
                by=page.viewer.account,
                now=page.now,
            )
    except (StoreError, ConfigurationError):
        return _form(page, {"verzoek": page.t("rights.error.refused")}, status=422)
    return page.redirect(f"/verzoeken/{request.objection_id}", flash="rights.done_registered")


@router.page("GET", "/verzoeken/{request_id}", may=MAY_HANDLE, reads="subject_access")
def show_request(page: Page, request_id: str) -> Response:
    """Show one request, and what can be done about it."""
    return _show(page, _required(page, request_id), {})


@router.page("POST", "/verzoeken/{request_id}/besluit", may=MAY_HANDLE, fresh=True)
def decide_about_request(page: Page, request_id: str) -> Response:
    """Decide about a request that a colleague registered. Upheld: it holds from the next run on."""
    request, decision = _required(page, request_id), page.form.get("besluit", "")
    if decision not in _DECISIONS.get(request.decision, ()):
        return page.redirect(f"/verzoeken/{request_id}", flash="rights.changed", kind="warning")
    mentions = mentions_of_digest(page.store, _workspace(page), request.person_hash)
    page.read_subjects = subjects_of(request.address_id, mentions)
    subject = object_of(request.address_id, request.person_hash)
    try:
        with page.logged(LedgerAction.SUBJECT_OBJECTION, subject, case=request.case_file):
            settle_request(page.store, request, decision, mentions=mentions, by=page.viewer.account, now=page.now)
    except NotAllowedError:
        return page.redirect(f"/verzoeken/{request_id}", flash="rights.own", kind="warning")
    except ConflictError:
        return page.redirect(f"/verzoeken/{request_id}", flash="rights.changed", kind="warning")
    return page.redirect(f"/verzoeken/{request_id}", flash=f"rights.done.{decision}")


@router.page("POST", "/verzoeken/{request_id}/antwoord", may=MAY_HANDLE, fresh=True)
def answer_request(page: Page, request_id: str) -> Response:
    """Download the answer to a request for access that was granted; it names nobody else."""
    request = _required(page, request_id)
    if not page.has(*MAY_ANSWER):
        return page.not_found()
    if request.claim != ACCESS or request.decision != UPHELD:
        return page.redirect(f"/verzoeken/{request_id}", flash="rights.changed", kind="warning")
    workspace, name = _workspace(page), page.form.get("naam", "")
    born = form_day(page.form.get("geboren", ""))
    sources = Sources(page.store, workspace, page.ledger, page.now)
    if request.person_hash is not None:
        digest = person_digest(workspace, name, born) if normalised_name(name) and born else ""
        if digest != request.person_hash:
            return _show(page, request, {"naam": page.t("rights.error.other_person")}, status=422)
    mentions = mentions_of_digest(page.store, workspace, request.person_hash)
    page.read_subjects = subjects_of(request.address_id, mentions)
    page.log(LedgerAction.SUBJECT_ACCESS, object_of(request.address_id, request.person_hash), case=request.case_file)
    if request.address_id is not None:
        data, _ = data_of_address(sources, request.address_id)
    else:
        data, _ = data_of_person(sources, request.person_hash or "", normalised_name(name), born)
    return page.file(applicant_page(data).encode(), "text/html; charset=utf-8", f"antwoord-{request.objection_id}.html")


def _visible(page: Page) -> list[Request]:
    return visible_requests(page.store, page.viewer)


def _required(page: Page, request_id: str) -> Request:
    request = next((request for request in _visible(page) if request.objection_id == request_id), None)
    if request is not None:
        page.read_object = f"document:{request.objection_id}"
    return page.require(request)


def _workspace(page: Page) -> Workspace:
    return page.require(page.settings.workspace)


def _faults(page: Page, received: date | None, born: date | None) -> dict[str, str]:
    """What is missing or wrong in the form of a request, by field."""
    form, about = page.form, page.form.get("over", "")
    is_missing = {
        "verzoek": form.get("verzoek") not in RIGHTS,
        "over": about not in {ADDRESS, PERSON, RECORD},
        "adres": about == ADDRESS and not form.get("adres", "").strip(),
        "naam": about == PERSON and normalised_name(form.get("naam", "")) is None,
        "geboren": about == PERSON and born is None,
        "gegeven": about == RECORD and not form.get("gegeven", "").strip(),
        "zaaknummer": not form.get("zaaknummer", "").strip(),
        "ontvangen": received is None,
    }
    return {field: page.t(f"rights.error.{field}") for field, holds in is_missing.items() if holds}


def _form(page: Page, errors: dict[str, str], *, status: int = 200) -> Response:
    return page.render(
        "rights/form.html.j2",
        status,
        crumbs=[(page.t("rights.title"), "/verzoeken")],
        errors=errors,
        filled=page.form,
        rights=RIGHTS,
        subjects=(ADDRESS, PERSON, RECORD),
    )


def _show(page: Page, request: Request, errors: dict[str, str], *, status: int = 200) -> Response:
    return page.render(
        "rights/request.html.j2",
        status,
        crumbs=[(page.t("rights.title"), "/verzoeken")],
        request=request,
        errors=errors,
        decisions=_DECISIONS.get(request.decision, ()),
        may_answer=page.has(*MAY_ANSWER) and request.claim == ACCESS and request.decision == UPHELD,
    )
