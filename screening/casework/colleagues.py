"""Colleagues by their role: accounts in the review whose last sign-in had it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from screening.casework.viewer import CASE_ROLES
from screening.store.engine import guarded
from screening.store.schema.accounts import account as account_table
from screening.store.schema.accounts import review_session
from screening.store.store import Store
from screening.vocabulary import Role


@dataclass(frozen=True)
class Colleague:
    """A member of staff. `may_see_sensitive`: by the last sign-in."""

    account: str
    name: str
    may_see_sensitive: bool


def case_handlers(store: Store) -> list[Colleague]:
    """Return the colleagues who handle cases, by account (see `_with_role`)."""
    return _with_role(store, CASE_ROLES)


def contact_persons(store: Store) -> list[Colleague]:
    """Return the contact persons for human trafficking, by account (see `_with_role`)."""
    return _with_role(store, frozenset({Role.CONTACT_PERSON}))


def _with_role(store: Store, roles: frozenset[Role]) -> list[Colleague]:
    """The colleagues with any of these roles, by account.

    Roles come with each sign-in, so what counts is the last one. A colleague who has not signed in lately, or whose
    account is switched off, is not among them.
    """
    last = (
        sa.select(sa.func.max(review_session.c.created_at))
        .where(review_session.c.account == account_table.c.account)
        .correlate(account_table)
        .scalar_subquery()
    )
    query = (
        sa.select(account_table.c.account, account_table.c.name, review_session.c.roles)
        .join(review_session, review_session.c.account == account_table.c.account)
        .where(account_table.c.disabled_at.is_(None), review_session.c.created_at == last)
        .order_by(account_table.c.account)
    )
    with guarded("reading the accounts"), store.engine.connect() as connection:
        rows = {row.account: row for row in connection.execute(query) if roles & set(row.roles)}
    return [Colleague(row.account, row.name, Role.SENSITIVE_REVIEWER in row.roles) for row in rows.values()]
