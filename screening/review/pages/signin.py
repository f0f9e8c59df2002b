"""Signing in and out."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import RedirectResponse, Response

from screening.base.vocabulary import LedgerAction, Role
from screening.ledger import Entry
from screening.review import cookies as jar
from screening.review.demo_access import DEMO_ACCOUNTS, DemoAccount, demo_account
from screening.review.oidc import CALLBACK, Identity, SignInError
from screening.review.page import Page, local_path
from screening.review.pages_registry import PUBLIC, SIGNED_IN, Pages
from screening.review.visitors import new_visitor
from screening.store.access import sessions
from screening.store.access.accounts import AccountError, admit, is_account_of

router = Pages()

DEMO_PATH = "/demo"


@router.page("GET", "/aanmelden", may=PUBLIC)
def sign_in_page(page: Page, naar: str = "/") -> Response:
    """The page before the door: a button to the identity provider, or the people of the demonstration."""
    target = local_path(naar)
    if page.session is not None:
        return page.redirect(target)
    return _door(page, target)


def _door(page: Page, target: str, status: int = 200, why: str | None = None, roles: Sequence[Role] = ()) -> Response:
    knows = page.application.demo is not None and page.application.demo.knows(page.cookie(jar.DEVICE))
    return page.render(
        "signin.html.j2", status, target=target, why=why, apart=roles, accounts=DEMO_ACCOUNTS if knows else (), key=""
    )


@router.page("POST", "/aanmelden", may=PUBLIC)
def begin_sign_in(page: Page) -> Response:
    """On to the identity provider."""
    target = local_path(page.form.get("naar"))
    if page.session is not None:
        return page.redirect(target)
    if not _may_try(page):
        return page.error(429)
    if page.application.provider is None:
        return _demo_entry(page, target)
    # the form was sent with the token of this very visitor, so there is one to bind the answer to
    try:
        url = page.application.provider.begin(page.cookie(jar.VISITOR), target)
    except SignInError as error:
        return _door(page, target, 503, error.reason)
    return RedirectResponse(url, status_code=303)


@router.page("POST", "/aanmelden/opnieuw", may=SIGNED_IN, without_mandate=True)
def begin_anew(page: Page) -> Response:
    """Once more to the identity provider, for an act that asks it; in the demonstration this button is the step."""
    session, application, target = page.session, page.application, local_path(page.form.get("naar"))
    assert session is not None  # noqa: S101 - the route is for those who are signed in
    if not _may_try(page):
        return page.error(429)
    if application.provider is None:
        chosen = demo_account(session.account)
        if chosen is None or application.demo is None or not application.demo.knows(page.cookie(jar.DEVICE)):
            return page.error(403, "signed_out")
        return _enter(page, _of_demo(page, chosen), target, renews=session.key)
    visitor = new_visitor()
    try:
        url = application.provider.begin(visitor, target, renews=session.key)
    except SignInError as error:
        return _door(page, target, 503, error.reason)
    response = RedirectResponse(url, status_code=303)
    application.cookies.set(response, jar.VISITOR, visitor)
    return response


@router.page("GET", CALLBACK, may=PUBLIC)
def finish_sign_in(page: Page) -> Response:
    """Back from the identity provider: an account, a new session, a new cookie; the visitor's id is dead."""
    if page.application.provider is None:
        return page.not_found()
    if not _may_try(page):
        return page.error(429)
    try:
        returned = page.application.provider.finish(page.cookie(jar.VISITOR), dict(page.request.query_params))
    except SignInError as error:
        return _door(page, "/", 403, error.reason, error.roles)
    return _enter(page, returned.identity, returned.target, renews=returned.renews)


@router.page("GET", DEMO_PATH, may=PUBLIC)
def demo_link(page: Page, sleutel: str = "") -> Response:
    """The page of the one-time link. Looking at it spends nothing, or a preview by another programme would."""
    if page.application.demo is None:
        return page.not_found()
    return page.render("signin.html.j2", target="/", why=None, accounts=DEMO_ACCOUNTS, key=sleutel)


def _demo_entry(page: Page, target: str) -> Response:
    chosen = demo_account(page.form.get("account", ""))
    if page.application.demo is None or chosen is None:
        return page.not_found()
    device = ""
    if not page.application.demo.knows(page.cookie(jar.DEVICE)):
        device = page.application.demo.use(page.form.get("sleutel", "")) or ""
        if not device:
            return _door(page, target, 403, "link")
    response = _enter(page, _of_demo(page, chosen), target)
    if device:
        page.application.cookies.set(response, jar.DEVICE, device)
    return response


def _of_demo(page: Page, chosen: DemoAccount) -> Identity:
    return Identity(chosen.account, chosen.account, chosen.name, chosen.roles, "", page.now)


def _enter(page: Page, who: Identity, target: str, *, renews: str | None = None) -> Response:
    """Let this person in. `renews`: the session that they are in; another person does not come into it."""
    application, session, issuer = page.application, page.session, page.application.issuer
    try:
        if renews and (
            session is None
            or session.key != renews
            or not is_account_of(page.store, session.account, issuer=issuer, subject=who.subject)
        ):
            return _door(page, target, 403, "other")
        admitted = admit(
            page.store, account=who.account, issuer=issuer, subject=who.subject, name=who.name, now=page.now
        )
    except AccountError:
        return _door(page, target, 403, "account")
    old = page.cookie(jar.SESSION)
    if old and not renews:  # signing in again leaves no second session behind
        sessions.end_session(page.store, sessions.session_key(old), now=page.now)
    session_id, session = sessions.begin_session(
        page.store,
        admitted.account,
        who.roles,
        now=page.now,
        absolute=page.settings.session.absolute,
        authenticated_at=who.authenticated_at,
        renews=renews,
    )
    try:
        application.write(
            Entry(
                page.now,
                session.account,
                LedgerAction.SIGN_IN,
                f"session:{session.fingerprint}",
                origin=f"session:{session.fingerprint}",
            )
        )
    except Exception:
        sessions.end_session(page.store, session.key, now=page.now)
        raise
    if who.id_token:
        application.id_tokens.put(session.key, who.id_token)
    response = RedirectResponse(local_path(target), status_code=303)
    application.cookies.set(response, jar.SESSION, session_id)
    application.cookies.clear(response, jar.VISITOR)
    return response


def _may_try(page: Page) -> bool:
    client = page.request.client
    return page.application.sign_in_limit.allows(client.host if client else "")


@router.page("POST", "/afmelden", may=SIGNED_IN, without_mandate=True)
def sign_out(page: Page) -> Response:
    """Out: the session is over before the ledger is asked, for going must always be possible."""
    session, application = page.session, page.application
    assert session is not None  # noqa: S101 - the route is for those who are signed in
    sessions.end_session(page.store, session.key, now=page.now)
    page.log(LedgerAction.SIGN_OUT, f"session:{session.fingerprint}")
    elsewhere = (
        application.provider.sign_out_url(application.id_tokens.take(session.key)) if application.provider else None
    )
    response = RedirectResponse(elsewhere or "/afgemeld", status_code=303)
    application.cookies.clear(response, jar.SESSION)
    # what a browser kept of this person goes with the session
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@router.page("GET", "/afgemeld", may=PUBLIC)
def signed_out(page: Page) -> Response:
    """Signed out."""
    return page.render("signed_out.html.j2")
