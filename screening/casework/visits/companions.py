"""Companions on a visit: colleagues whose account in the review has a role that may do visits."""

from __future__ import annotations

from collections.abc import Mapping

from screening.base.errors import StoreError
from screening.casework.colleagues import Colleague, case_handlers
from screening.casework.viewer import Viewer
from screening.casework.visits.words import VisitFormError
from screening.store.account_names import account
from screening.store.store import Store


def companions(store: Store, viewer: Viewer) -> dict[str, Colleague]:
    """Account -> colleague of those who can come along, by account: see `case_handlers`."""
    return {colleague.account: colleague for colleague in case_handlers(store) if colleague.account != viewer.account}


def checked_companion(viewer: Viewer, name: str | None, colleagues: Mapping[str, Colleague]) -> str | None:
    """The account of the colleague who comes along, in the form in which accounts are compared; None for nobody.

    Args:
        viewer: who makes the list, and cannot be the colleague.
        name: the account as it was chosen.
        colleagues: account -> colleague of those who can come along; see `companions`.

    Raises:
        VisitFormError: one's own account, or one that is not among the colleagues.

    """
    if not name or not name.strip():
        return None
    try:
        companion = account(name)
    except StoreError:
        companion = ""
    if companion == viewer.account:
        raise VisitFormError("companion", "companion", "Name a colleague, not yourself.")
    if companion not in colleagues:
        raise VisitFormError("unknown_companion", "companion", "Choose a colleague from the list.")
    return companion
