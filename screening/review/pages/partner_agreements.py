"""Agreements with partners: one person proposes article, covenant, themes and fields, another approves, anyone ends it.

The page shows organisations and law, and nothing of a person or a case.
"""

from __future__ import annotations

from starlette.responses import Response

from screening.base.vocabulary import LedgerAction
from screening.casework.case_errors import ConflictError
from screening.partners.desk.agreements import (
    Agreement,
    AgreementError,
    AgreementTerms,
    agreements,
    approve_agreement,
    end_agreement,
    propose_agreement,
)
from screening.partners.desk.signal_versions import EXPORT_ROLES
from screening.partners.kinds.partner_kind import PartnerKind, partner_kinds
from screening.review.page import Page
from screening.review.pages_registry import Pages

router = Pages()

_PLACE = "/ontvangers/afspraken"
#: The field of a form that shows why a part of an agreement is refused.
_FIELDS = {
    "name": "ontvanger",
    "article": "artikel",
    "covenant": "convenant",
    "themes": "c-thema-1",
    "fields": "c-gegeven-1",
    "article_person": "artikel",
    "covenant_person": "convenant",
    "advice_person": "advies",
}


@router.page("GET", _PLACE, may=EXPORT_ROLES)
def list_agreements(page: Page, soort: str = "") -> Response:
    """Show every agreement, who stands behind it, and the form of the kind of partner that was chosen."""
    return _list(page, partner_kinds().get(soort), {})


@router.page("POST", _PLACE, may=EXPORT_ROLES, fresh=True)
def propose_partner_agreement(page: Page) -> Response:
    """Propose an agreement with one partner."""
    form = page.form
    kind = partner_kinds().get(form.get("soort", ""))
    terms = AgreementTerms(
        form.get("ontvanger", "").strip(),
        form.get("soort", ""),
        form.get("artikel", ""),
        form.get("convenant", ""),
        form.get("advies", ""),
        tuple(form.all("thema")),
        tuple(form.all("gegeven")),
    )
    try:
        with page.logged(LedgerAction.RECIPIENT_CHANGE, "list:recipients"):
            propose_agreement(page.store, terms, by=page.viewer.account, now=page.now)
    except AgreementError as error:
        if error.reason not in _FIELDS:
            return page.redirect(_PLACE, flash=f"agreements.wrong.{error.reason}", kind="warning")
        return _list(page, kind, {_FIELDS[error.reason]: page.t(f"agreements.wrong.{error.reason}")}, status=422)
    return page.redirect(_PLACE, flash="agreements.proposed")


@router.page("POST", "/ontvangers/afspraken/{agreement_id}/akkoord", may=EXPORT_ROLES, fresh=True)
def approve_partner_agreement(page: Page, agreement_id: int) -> Response:
    """Approve what a colleague proposed, after reading covenant and advice."""
    if page.form.get("gelezen") != "ja":
        return page.redirect(_PLACE, flash="agreements.wrong.read", kind="warning")
    return _decide(page, agreement_id, is_approval=True)


@router.page("POST", "/ontvangers/afspraken/{agreement_id}/einde", may=EXPORT_ROLES, fresh=True)
def end_partner_agreement(page: Page, agreement_id: int) -> Response:
    """End an agreement, at once and for good."""
    return _decide(page, agreement_id, is_approval=False)


def _decide(page: Page, agreement_id: int, *, is_approval: bool) -> Response:
    page.require(next((agreement for agreement in agreements(page.store) if agreement.id == agreement_id), None))
    decide = approve_agreement if is_approval else end_agreement
    try:
        with page.logged(LedgerAction.RECIPIENT_CHANGE, f"document:{agreement_id}"):
            decide(page.store, agreement_id, by=page.viewer.account, now=page.now)
    except (AgreementError, ConflictError) as error:
        why = error.reason if isinstance(error, AgreementError) else "decided"
        return page.redirect(_PLACE, flash=f"agreements.wrong.{why}", kind="warning")
    return page.redirect(_PLACE, flash="agreements.approved" if is_approval else "agreements.ended")


def _list(page: Page, kind: PartnerKind | None, errors: dict[str, str], *, status: int = 200) -> Response:
    states: dict[str, list[Agreement]] = {}
    for agreement in agreements(page.store):
        states.setdefault(agreement.state, []).append(agreement)
    return page.render(
        "export/agreements.html.j2",
        status,
        crumbs=[(page.t("export.title"), "/riec"), (page.t("recipients.title"), "/ontvangers")],
        states=states,
        kinds=list(partner_kinds().values()),
        kind=kind,
        errors=errors,
    )
