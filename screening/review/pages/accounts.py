"""For the administrator: the accounts there are, and switching one off or on. Roles come from the provider."""

from __future__ import annotations

from starlette.responses import Response

from screening.base.vocabulary import LedgerAction, Role
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.store.access import sessions
from screening.store.access.accounts import accounts, disable, enable

router = Pages()


@router.page(
    "GET",
    "/accounts",
    may={Role.ADMIN},
    reads="accounts",
    nav="accounts.nav",
    hint="accounts.hint",
    without_mandate=True,
)
def show_accounts(page: Page) -> Response:
    """All accounts; each can be switched off, but one's own."""
    return page.render("accounts.html.j2", accounts=accounts(page.store))


@router.page("POST", "/accounts/{account}/uit", may={Role.ADMIN}, fresh=True, without_mandate=True)
def switch_account_off(page: Page, account: str) -> Response:
    """Off: the person is out with the next request."""
    _require_account(page, account)
    with page.logged(LedgerAction.ACCOUNT_CHANGE, f"account:{account}"):
        disable(page.store, account, by=page.viewer.account, now=page.now)
        sessions.end_sessions(page.store, account, now=page.now)
    return page.redirect("/accounts", flash="accounts.is_off")


@router.page("POST", "/accounts/{account}/aan", may={Role.ADMIN}, fresh=True, without_mandate=True)
def switch_account_on(page: Page, account: str) -> Response:
    """On again: the person can sign in; old sessions stay ended."""
    _require_account(page, account)
    with page.logged(LedgerAction.ACCOUNT_CHANGE, f"account:{account}"):
        enable(page.store, account)
    return page.redirect("/accounts", flash="accounts.is_on")


def _require_account(page: Page, account: str) -> None:
    page.require(next((listed for listed in accounts(page.store) if listed.account == account), None))
