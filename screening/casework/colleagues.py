"""Colleagues by their role: accounts in the review whose last sign-in had it."""

from __future__ import annotations

from dataclasses import dataclass

from screening.base.vocabulary import Role
from screening.casework.viewer import CASE_ROLES
from screening.store.access.accounts import roles_of_last_sign_in
from screening.store.store import Store


@dataclass(frozen=True)
class Colleague:
    """A member of staff. `may_see_sensitive`: by the last sign-in."""

    account: str
    name: str
    may_see_sensitive: bool


def case_handlers(store: Store) -> list[Colleague]:
    """Return the colleagues who handle cases, by account (see `roles_of_last_sign_in`)."""
    return _with_role(store, CASE_ROLES)


def contact_persons(store: Store) -> list[Colleague]:
    """Return the contact persons for human trafficking, by account (see `roles_of_last_sign_in`)."""
    return _with_role(store, frozenset({Role.CONTACT_PERSON}))


def _with_role(store: Store, roles: frozenset[Role]) -> list[Colleague]:
    return [
        Colleague(account, name, Role.SENSITIVE_REVIEWER in held)
        for account, name, held in roles_of_last_sign_in(store)
        if held & roles
    ]
