"""Companions on a visit: colleagues whose account in the review has a role that may do visits."""

from __future__ import annotations

from collections.abc import Mapping

from screening.casework.colleagues import case_handlers
from screening.casework.viewer import Viewer
from screening.casework.visits.words import VisitFormError
from screening.errors import StoreError
from screening.store.account_names import account
from screening.store.store import Store


def companions(store: Store, viewer: Viewer) -> dict[str, str]:
    """Account -> name of the colleagues who can come along, by account: see `case_handlers`."""
    return {
        colleague.account: colleague.name for colleague in case_handlers(store) if colleague.account != viewer.account
    }


def checked_companion(viewer: Viewer, name: str | None, colleagues: Mapping[str, str]) -> str | None:
    """The account of the colleague who comes along, in the form in which accounts are compared; None for nobody.

    Args:
        viewer: who makes the list, and cannot be the colleague.
        name: the account as it was filled in.
        colleagues: account -> name of those who can come along; see `companions`.

    Raises:
        VisitFormError: one's own account, or one that is not among the colleagues. It names those who are.

    """
    if not name or not name.strip():
        return None
    try:
        companion = account(name)
    except StoreError:
        companion = ""
    if companion == viewer.account:
        raise VisitFormError("companion", "companion", "Name a colleague, not yourself.")
    if not colleagues:
        raise VisitFormError("no_companion", "companion", "No colleague is known who may do visits.")
    if companion not in colleagues:
        known_accounts = ", ".join(sorted(colleagues))
        message = f"Name the account of a colleague who may do visits: {known_accounts}."
        raise VisitFormError("unknown_companion", "companion", message, known_accounts)
    return companion
