"""Rules: what runs, what waits for whom, and the acts of people: propose, approve, let run, stop, resume.

A stop asks no fresh sign-in: the brake must work within a minute, and a stop that was wrong does no harm that a resume,
which does ask it, cannot undo. Nothing on these pages is about somebody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from starlette.responses import Response

from screening.base.civil_time import day_of
from screening.base.errors import LedgerError, StoreError
from screening.base.vocabulary import LedgerAction, Role
from screening.casework.cases.line import count_in_line
from screening.casework.figures.explanation_counts import explanations_ticked
from screening.casework.figures.rule_load import capacity_of
from screening.casework.viewer import CASE_ROLES
from screening.review.forms import form_day
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.review.reasons import reason_fault, reason_of
from screening.review.views.rule_load import load_line
from screening.review.views.rules import RuleView, rule_lines, view_of_draft, view_of_version
from screening.store.rules.drafts import drafts
from screening.store.rules.governance import (
    activate_rule,
    approve_rule,
    propose_rule,
    resume_rule,
    rule_governance,
    stop_rule,
)
from screening.store.rules.states import ConfiguredRules
from screening.store.schema.rules import ALL_RULES

router = Pages()

#: Who answers for the rules: one of them proposes, another approves.
MAY_DECIDE = frozenset({Role.LEAD, Role.ANALYST})
#: Whoever works with what a rule says may stop it.
MAY_STOP = MAY_DECIDE | CASE_ROLES
MAY_SEE = MAY_STOP | {Role.AUDITOR}
MAY_SEE_LOAD = MAY_DECIDE | {Role.AUDITOR}


@router.page("GET", "/regels", may=MAY_SEE, nav="rules.nav", hint="rules.hint")
def show_rules(page: Page) -> Response:
    """Show each rule with its state, and the versions that wait for somebody."""
    return _list(page, {})


@router.page("GET", "/regels/drukte", may=MAY_SEE_LOAD, nav="rule_load.nav", hint="rule_load.hint")
def show_load(page: Page) -> Response:
    """Show, of each version that nobody let run yet, how many cases it would give, beside what the team can do."""
    state, policy = rule_governance(page.store), page.settings.policy
    lines = [load_line(draft, policy, page.t) for draft in drafts(page.store)]
    lines += [load_line(version, policy, page.t) for version in state.waiting()]
    return page.render(
        "rules/load.html.j2",
        crumbs=[(page.t("rules.title"), "/regels")],
        policy=policy,
        capacity=capacity_of(policy),
        in_line=count_in_line(page.store, page.viewer),
        lines=lines,
    )


@router.page("POST", "/regels/stoppen", may=MAY_STOP)
def stop_now(page: Page) -> Response:
    """Stop a rule, or all, at once; alone among acts it is done before the ledger knows."""
    code, reason = _code(page), reason_of(page)
    if fault := _fault(page, reason):
        return _list(page, {"reden-stoppen": fault}, status=422)
    stop_rule(page.store, code, by=page.viewer.account, now=page.now, reason=reason)
    try:
        page.log(LedgerAction.RULE_CHANGE, f"rule:{code}")
    except LedgerError:
        return page.redirect("/regels", flash="rules.stopped_unlogged", kind="warning")
    return page.redirect("/regels", flash="rules.stopped")


@router.page("POST", "/regels/hervatten", may=MAY_DECIDE, fresh=True)
def resume_rules(page: Page) -> Response:
    """Take a stop away; whether the rule then runs is for its approval to say."""
    code, reason = _code(page), reason_of(page)
    if fault := _fault(page, reason):
        return _list(page, {"reden-hervatten": fault}, status=422)
    return _done(
        page,
        f"rule:{code}",
        "/regels",
        "rules.resumed",
        lambda: resume_rule(page.store, code, by=page.viewer.account, now=page.now, reason=reason),
    )


@router.page("GET", "/regels/concept/{draft_id}", may=MAY_SEE)
def show_draft(page: Page, draft_id: str) -> Response:
    """Show a version as the terminal prepared it, to be proposed."""
    return _show(page, _draft_view(page, draft_id), {})


@router.page("POST", "/regels/concept/{draft_id}", may=MAY_DECIDE, fresh=True)
def propose_version(page: Page, draft_id: str) -> Response:
    """Propose it under one's own name; a colleague approves it."""
    view, reason = _draft_view(page, draft_id), reason_of(page)
    if fault := _fault(page, reason):
        return _show(page, view, {"reden": fault}, status=422)
    draft = page.require(next((draft for draft in drafts(page.store) if draft.draft_id == draft_id), None))
    return _done(
        page,
        f"rule:{draft.version_id}",
        f"/regels/versie/{draft.version_id}",
        "rules.proposed",
        lambda: propose_rule(page.store, draft, by=page.viewer.account, now=page.now, reason=reason),
    )


@router.page("GET", "/regels/versie/{version_id}", may=MAY_SEE)
def show_version(page: Page, version_id: str) -> Response:
    """Show what was proposed: declaration, parameters, dossier, back-test and the hash of all of it."""
    return _show(page, _version_view(page, version_id), {})


@router.page("POST", "/regels/versie/{version_id}/akkoord", may=MAY_DECIDE, fresh=True)
def approve_version(page: Page, version_id: str) -> Response:
    """Approve a version that a colleague proposed, until a day."""
    view, reason = _version_view(page, version_id), reason_of(page)
    until = form_day(page.form.get("tot", ""))
    fault = _fault(page, reason)
    errors = {"reden": fault} if fault else {}
    if until is None or until < day_of(page.now):
        errors["tot"] = page.t("rules.no_day")
    if errors:
        return _show(page, view, errors, status=422)
    expires: date = until or day_of(page.now)
    return _done(
        page,
        f"rule:{version_id}",
        f"/regels/versie/{version_id}",
        "rules.approved",
        lambda: approve_rule(
            page.store,
            version_id,
            digest=page.form.get("inhoud", ""),
            by=page.viewer.account,
            now=page.now,
            reason=reason,
            expires_on=expires,
        ),
    )


@router.page("POST", "/regels/versie/{version_id}/in-gebruik", may=MAY_DECIDE, fresh=True)
def activate_version(page: Page, version_id: str) -> Response:
    """Let an approved version run from the next night on."""
    view, reason = _version_view(page, version_id), reason_of(page)
    if fault := _fault(page, reason):
        return _show(page, view, {"reden": fault}, status=422)
    configured = _rules(page).configured(view.code)
    return _done(
        page,
        f"rule:{version_id}",
        f"/regels/versie/{version_id}",
        "rules.activated",
        lambda: activate_rule(
            page.store,
            version_id,
            digest=page.form.get("inhoud", ""),
            by=page.viewer.account,
            now=page.now,
            reason=reason,
            configured=configured,
        ),
    )


def _done(page: Page, subject: str, path: str, flash: str, act: Callable[[], object]) -> Response:
    """Do an act that the ledger knows first; say where a colleague was first, or where it may not be."""
    try:
        with page.logged(LedgerAction.RULE_CHANGE, subject):
            act()
    except LedgerError:
        raise
    except StoreError:
        return page.redirect(path, flash="rules.refused", kind="warning")
    return page.redirect(path, flash=flash)


def _rules(page: Page) -> ConfiguredRules:
    return page.require(page.settings.rules)


def _code(page: Page) -> str:
    """The rule that a form names, or the word for all of them."""
    codes = {ALL_RULES, *(rule.code for rule in _rules(page).rules)}
    return page.require(page.form.get("regel") if page.form.get("regel") in codes else None)


def _fault(page: Page, reason: str) -> str:
    return reason_fault(page, reason, page.t("rules.needs_reason"))


def _list(page: Page, errors: dict[str, str], *, status: int = 200) -> Response:
    state = rule_governance(page.store)
    waiting = [version for version in state.versions.values() if version.digest and version.expires_on is None]
    states = page.settings.rules.states(page.store, day_of(page.now)) if page.settings.rules else []
    return page.render(
        "rules/list.html.j2",
        status,
        lines=rule_lines(states, page.t),
        drafts=drafts(page.store),
        waiting=waiting,
        stopped=sorted(state.stopped),
        may_stop=page.has(*MAY_STOP),
        may_decide=page.has(*MAY_DECIDE),
        errors=errors,
        filled=page.form,
    )


def _draft_view(page: Page, draft_id: str) -> RuleView:
    draft = page.require(next((draft for draft in drafts(page.store) if draft.draft_id == draft_id), None))
    return view_of_draft(draft, page.settings.rules, page.t)


def _version_view(page: Page, version_id: str) -> RuleView:
    version = page.require(rule_governance(page.store).versions.get(version_id))
    ticked = explanations_ticked(page.store, page.viewer, version.code, version.version, now=page.now)
    return view_of_version(
        version, page.settings.rules, page.t, day=day_of(page.now), viewer=page.viewer.account, ticked=ticked
    )


def _show(page: Page, view: RuleView, errors: dict[str, str], *, status: int = 200) -> Response:
    return page.render(
        "rules/version.html.j2",
        status,
        crumbs=[(page.t("rules.title"), "/regels")],
        view=view,
        errors=errors,
        may_decide=page.has(*MAY_DECIDE),
        may_see_load=page.has(*MAY_SEE_LOAD),
        filled=page.form,
    )
