"""What of a decided case reaches a partner without a key: a prepared call, or a sheet that a second person gives."""

from __future__ import annotations

from starlette.responses import Response

from screening.base.vocabulary import LedgerAction, NoticeReason
from screening.casework.acts.acts import CHANNELS, decided_case
from screening.casework.case_errors import ConflictError, MotivationError, NotAllowedError, NotReadyError
from screening.casework.cases.case import Case
from screening.casework.cases.judging import REFER_TO
from screening.casework.viewer import CASE_ROLES
from screening.partners.desk.agreements import agreements_for
from screening.partners.desk.hand_over_steps import call_back_hand_over, confirm_destroyed, hand_over_of_case
from screening.partners.desk.hand_over_validity import hand_over_faults
from screening.partners.desk.hand_overs import Caller, call_agreements, make_call, partner_hand_overs, referral_of
from screening.partners.desk.policy import REASONS
from screening.partners.desk.sheets import make_sheet, release_sheet, sheet_source, sheet_themes
from screening.partners.kinds.partner_kind import HandOverForm, kind_of_referral
from screening.partners.signal.codes import LEGAL_PERSONS
from screening.review.i18n import in_dutch, in_language
from screening.review.page import Page
from screening.review.pages.partner_signals import options_with_choose
from screening.review.pages_registry import Pages
from screening.review.views.acts import CaseActs, request_key
from screening.store.schema.runs import FLAGGED

router = Pages()


@router.page("GET", "/zaken/{case_id}/overdracht", may=CASE_ROLES, reads="dossier", case="case_id")
def show_hand_overs(page: Page, case_id: str) -> Response:
    """The call or the sheets of a decided case, and what can be prepared."""
    return _show(page, page.require_case(case_id), {})


@router.page("POST", "/zaken/{case_id}/overdracht", may=CASE_ROLES, reads="dossier", case="case_id")
def prepare_hand_over(page: Page, case_id: str) -> Response:
    """Prepare a call or a sheet: it is in the register of what was disclosed from then on."""
    case = page.require_case(case_id)
    page.require(CaseActs.load(page, case))
    policy, purpose, place = page.settings.export, page.purpose(case_id), f"/zaken/{case_id}/overdracht"
    is_call, key = page.form.get("soort") == "gesprek", request_key(page)
    if purpose is None or (policy is None and not is_call):
        return page.redirect(place, flash="hand_overs.not_ready.no_terms", kind="warning")
    try:
        with page.logged(LedgerAction.HAND_OVER, f"case:{case_id}", case=case_id, purpose=purpose):
            if policy is None or is_call:
                caller = Caller(page.settings.municipality)
                if policy is not None:
                    caller = Caller(policy.municipality, policy.department, policy.contact_function)
                make_call(
                    page.store,
                    page.viewer,
                    case_id,
                    caller,
                    purpose=purpose,
                    now=page.now,
                    recipient=page.form.get("bellen", ""),
                    key=key,
                )
            else:
                make_sheet(
                    page.store,
                    page.viewer,
                    case_id,
                    policy,
                    recipient=page.form.get("ontvanger", ""),
                    theme=page.form.get("thema", ""),
                    organisations=frozenset(page.form.all("organisatie")),
                    purpose=purpose,
                    now=page.now,
                    key=key,
                )
    except MotivationError as error:
        return _show(page, case, {error.field: page.t(f"hand_overs.wrong.{error.field}")})
    except NotReadyError as error:
        return page.redirect(place, flash=f"hand_overs.not_ready.{error.reason}", kind="warning")
    except (ConflictError, NotAllowedError):
        return page.redirect(place, flash="acts.conflict", kind="warning")
    return page.redirect(place, flash="hand_overs.prepared")


@router.page(
    "POST",
    "/zaken/{case_id}/overdracht/{hand_over_id}/blad",
    may=CASE_ROLES,
    reads="export",
    case="case_id",
    fresh=True,
)
def give_sheet_out(page: Page, case_id: str, hand_over_id: int) -> Response:
    """The sheet as PDF, for a second person; each time is a disclosure."""
    page.require(CaseActs.load(page, page.require_case(case_id)))
    try:
        with page.logged(LedgerAction.HAND_OVER, f"case:{case_id}", case=case_id, purpose=page.purpose(case_id)):
            document = release_sheet(
                page.store, page.viewer, case_id, hand_over_id, now=page.now, key=request_key(page)
            )
    except NotReadyError as error:
        return page.redirect(
            f"/zaken/{case_id}/overdracht", flash=f"hand_overs.not_ready.{error.reason}", kind="warning"
        )
    except ConflictError:
        return page.redirect(f"/zaken/{case_id}/overdracht", flash="acts.conflict", kind="warning")
    return page.file(document, "application/pdf", f"blad-{hand_over_id}.pdf")


@router.page(
    "POST", "/zaken/{case_id}/overdracht/{hand_over_id}/terug", may=CASE_ROLES, reads="dossier", case="case_id"
)
def call_back_of_case(page: Page, case_id: str, hand_over_id: int) -> Response:
    """Call a call or a sheet back: it leaves no more."""
    case = page.require_case(case_id)
    page.require(CaseActs.load(page, case))
    reason = page.form.get("waarom", "")
    if reason not in REASONS:
        return _show(page, case, {f"waarom-{hand_over_id}": page.t("export.wrong.choose")})
    try:
        with page.logged(LedgerAction.HAND_OVER, f"case:{case_id}", case=case_id, purpose=page.purpose(case_id)):
            given = hand_over_of_case(page.store, page.viewer, case_id, hand_over_id)
            call_back_hand_over(page.store, page.viewer, given, reason=NoticeReason(reason), now=page.now)
    except NotReadyError as error:
        return page.redirect(
            f"/zaken/{case_id}/overdracht", flash=f"hand_overs.not_ready.{error.reason}", kind="warning"
        )
    except ConflictError:
        return page.redirect(f"/zaken/{case_id}/overdracht", flash="acts.conflict", kind="warning")
    return page.redirect(f"/zaken/{case_id}/overdracht", flash="hand_overs.called_back")


@router.page(
    "POST", "/zaken/{case_id}/overdracht/{hand_over_id}/vernietigd", may=CASE_ROLES, reads="dossier", case="case_id"
)
def note_destroyed_of_case(page: Page, case_id: str, hand_over_id: int) -> Response:
    """Write down that the partner destroyed what it was told or given, and how it told so."""
    case = page.require_case(case_id)
    page.require(CaseActs.load(page, case))
    try:
        with page.logged(LedgerAction.HAND_OVER, f"case:{case_id}", case=case_id, purpose=page.purpose(case_id)):
            given = hand_over_of_case(page.store, page.viewer, case_id, hand_over_id)
            confirm_destroyed(page.store, page.viewer, given, channel=page.form.get("langs", ""), now=page.now)
    except MotivationError:
        return _show(page, case, {f"langs-{hand_over_id}": page.t("acts.error.choices")})
    except NotReadyError as error:
        return page.redirect(
            f"/zaken/{case_id}/overdracht", flash=f"hand_overs.not_ready.{error.reason}", kind="warning"
        )
    except ConflictError:
        return page.redirect(f"/zaken/{case_id}/overdracht", flash="acts.conflict", kind="warning")
    return page.redirect(f"/zaken/{case_id}/overdracht", flash="hand_overs.destroyed")


def _show(page: Page, case: Case, errors: dict[str, str]) -> Response:
    acts = page.require(CaseActs.load(page, case))
    referral = referral_of(page.store, case.case_id)
    decided = page.require(decided_case(page.store, page.viewer, case.case_id))
    agreed = [each.terms for each in call_agreements(page.store, decided, referral)] if referral else []
    hand_overs = partner_hand_overs(page.store, [case.case_id])
    calls, sheets = ([each for each in hand_overs if each.is_sheet is is_sheet] for is_sheet in (False, True))
    material = sheet_source(page.store, page.viewer, case.case_id)
    partners = agreements_for(page.store, HandOverForm.SHEET) if material else []
    themes = (
        sorted({theme for agreement in partners for theme in sheet_themes(agreement, material)}) if material else []
    )
    legal = [party for party in material.organisations if party["rechtsvorm"] in LEGAL_PERSONS] if material else []
    return page.render(
        "acts/hand_overs.html.j2",
        422 if errors else 200,
        crumbs=[
            (page.t("queue.nav"), "/zaken"),
            (in_dutch(case.address, page.lang), f"/zaken/{case.case_id}"),
            (page.t("acts.title"), f"/zaken/{case.case_id}/vervolg"),
        ],
        acts=acts,
        errors=errors,
        policy=page.settings.export,
        referral=in_language(REFER_TO, page.lang).get(referral or "", ""),
        kind=kind_of_referral(referral),
        agreed=agreed,
        calls=calls,
        can_call=all(each.called_back for each in calls),
        sheets=sheets,
        untold="sensitive" if decided.sensitive else "plain" if decided.arm == FLAGGED else "drawn",
        can_sheet=material is not None,
        faults=hand_over_faults(
            page.store,
            [each for each in hand_overs if each.tells_of_case],
            {case.case_id: decided},
            key=request_key(page),
        ),
        partners=[("", page.t("export.choose"))]
        + [(each.terms.recipient, f"{each.terms.recipient} ({each.partner.name.nl})") for each in partners],
        themes=options_with_choose(page, "export.theme", sorted(themes)),
        organisations=[(str(party["partij"]), str(party["naam"])) for party in legal],
        reasons=options_with_choose(page, "export.reason", REASONS),
        channels=list(in_language(CHANNELS, page.lang).items()),
    )
