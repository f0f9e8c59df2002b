"""A person's own account: sessions, and the public key that an administrator or lead confirms on another page."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from screening.base.vocabulary import LedgerAction, Role
from screening.review.page import Page
from screening.review.pages_registry import SIGNED_IN, Pages
from screening.signing.public_keys import PublicKeyError, key_fingerprint, read_public, ssh_fingerprint
from screening.store.access import sessions
from screening.store.access.accounts import names
from screening.store.access.personal_keys import (
    PersonalKey,
    PersonalKeyError,
    confirm_key,
    personal_keys,
    register_key,
    withdraw_key,
)

router = Pages()

#: Who may confirm the key of another person, and withdraw it.
CONFIRMERS = frozenset({Role.ADMIN, Role.LEAD})


@router.page("GET", "/mijn-account", may=SIGNED_IN, without_mandate=True)
def show_own_account(page: Page) -> Response:
    """Who you are here, and the keys with which you sign."""
    return _own_account(page)


def _own_account(page: Page, status: int = 200, error: str | None = None) -> Response:
    keys = personal_keys(page.store, page.viewer.account)
    open_sessions = sessions.sessions_of(page.store, page.viewer.account, now=page.now, idle=page.settings.session.idle)
    return page.render(
        "own_account.html.j2", status, keys=keys, ssh=_ssh_fingerprints(keys), error=error, open_sessions=open_sessions
    )


@router.page("POST", "/mijn-account/sessies/afmelden", may=SIGNED_IN, without_mandate=True)
def end_other_sessions(page: Page) -> Response:
    """End the other sessions of this person: a browser that was left open somewhere."""
    assert page.session is not None  # noqa: S101 - the route is for those who are signed in
    with page.logged(LedgerAction.SIGN_OUT, f"account:{page.viewer.account}"):
        sessions.end_sessions(page.store, page.viewer.account, now=page.now, but=page.session.key)
    return page.redirect("/mijn-account", flash="keys.sessions_ended")


@router.page("POST", "/mijn-account/sleutel", may=SIGNED_IN, fresh=True, without_mandate=True, takes_file=True)
def register_own_key(page: Page) -> Response:
    """Register a public key; a private one is refused, and nothing of it is kept."""
    text = page.form.get("sleutel", "")
    assert page.session is not None  # noqa: S101 - the route is for those who are signed in
    try:
        fingerprint = key_fingerprint(read_public(text))
        with page.logged(LedgerAction.ACCOUNT_CHANGE, f"key:{fingerprint}"):
            register_key(page.store, page.session, text, now=page.now)
    except (PublicKeyError, PersonalKeyError) as error:
        return _own_account(page, 422, page.t(f"keys.why.{error.reason}"))
    return page.redirect("/mijn-account", flash="keys.registered")


@router.page("POST", "/mijn-account/sleutel/{fingerprint}/intrekken", may=SIGNED_IN, fresh=True, without_mandate=True)
def withdraw_own_key(page: Page, fingerprint: str) -> Response:
    """Withdraw a key of one's own: lost, or no longer in use."""
    page.require(next((key for key in personal_keys(page.store, page.viewer.account) if _is(key, fingerprint)), None))
    return _withdraw(page, fingerprint, "/mijn-account")


@router.page(
    "GET", "/sleutels", may=CONFIRMERS, reads="accounts", nav="keys.nav", hint="keys.hint", without_mandate=True
)
def show_keys(page: Page) -> Response:
    """The keys of everybody: what waits for a second person first."""
    keys = sorted(personal_keys(page.store), key=lambda key: (key.is_decided, key.account))
    return page.render(
        "keys.html.j2", keys=keys, ssh=_ssh_fingerprints(keys), names=names(page.store, (key.account for key in keys))
    )


@router.page("POST", "/sleutels/{fingerprint}/bevestigen", may=CONFIRMERS, fresh=True, without_mandate=True)
def confirm_key_of_person(page: Page, fingerprint: str) -> Response:
    """Confirm the key of another person, after comparing its fingerprint with them."""
    assert page.session is not None  # noqa: S101 - the route is for those who are signed in
    _require_key(page, fingerprint)
    with page.logged(LedgerAction.ACCOUNT_CHANGE, f"key:{fingerprint}"):
        confirm_key(page.store, page.session, fingerprint, now=page.now)
    return page.redirect("/sleutels", flash="keys.confirmed")


@router.page("POST", "/sleutels/{fingerprint}/intrekken", may=CONFIRMERS, fresh=True, without_mandate=True)
def withdraw_key_of_person(page: Page, fingerprint: str) -> Response:
    """Withdraw the key of a person who left, or who lost it."""
    _require_key(page, fingerprint)
    return _withdraw(page, fingerprint, "/sleutels")


def _withdraw(page: Page, fingerprint: str, after: str) -> Response:
    assert page.session is not None  # noqa: S101 - the route is for those who are signed in
    with page.logged(LedgerAction.ACCOUNT_CHANGE, f"key:{fingerprint}"):
        withdraw_key(page.store, page.session, fingerprint, now=page.now)
    return page.redirect(after, flash="keys.withdrawn")


def _require_key(page: Page, fingerprint: str) -> None:
    page.require(next((key for key in personal_keys(page.store) if _is(key, fingerprint)), None))


def _is(key: PersonalKey, fingerprint: str) -> bool:
    return key.fingerprint == fingerprint


def _ssh_fingerprints(keys: list[PersonalKey]) -> Mapping[str, str]:
    """Fingerprint -> as `ssh-keygen -l` shows it, which people compare with each other."""
    return {key.fingerprint: ssh_fingerprint(read_public(key.public_key)) for key in keys}
