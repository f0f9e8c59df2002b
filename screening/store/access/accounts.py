"""Accounts: one person each, known by the identity provider's subject; switched off and on by another person.

An account says who somebody is. What the person may do comes with each sign-in, from the identity provider.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from screening.base.errors import BarrierError
from screening.base.vocabulary import Role, clashing_roles
from screening.store.engine import guarded, writing
from screening.store.schema.accounts import account as table
from screening.store.schema.accounts import review_session
from screening.store.store import Store

_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}")

#: Names under which several people or nobody works. What is done under them can be laid at nobody's door.
SHARED_NAMES = frozenset(
    {
        "admin",
        "administrator",
        "afdeling",
        "balie",
        "beheer",
        "beheerder",
        "contact",
        "default",
        "demo",
        "functioneelbeheer",
        "gast",
        "gemeente",
        "guest",
        "handhaving",
        "info",
        "inspectie",
        "klantcontact",
        "loket",
        "noreply",
        "officer",
        "postbus",
        "receptie",
        "root",
        "service",
        "servicedesk",
        "shared",
        "support",
        "system",
        "team",
        "teamlead",
        "test",
        "tester",
        "toezicht",
        "toezichthouder",
        "user",
        "vergunningen",
        "wijkteam",
    }
)


class AccountError(BarrierError):
    """This account cannot be used, or not changed in this way."""


@dataclass(frozen=True)
class Account:
    """A person who may sign in. `account` is what every entry of the ledger calls them."""

    account: str
    issuer: str
    subject: str
    name: str
    created_at: datetime
    signed_in_at: datetime | None
    disabled_at: datetime | None
    disabled_by: str | None


def admit(store: Store, *, account: str, issuer: str, subject: str, name: str, now: datetime) -> Account:
    """Find the account of a person whom the identity provider named; make it the first time.

    Raises:
        AccountError: a name that is shared or cannot be one, a name that belongs to another subject, or an account that
            is switched off.
    """
    user_name = account.strip().lower()
    if not _ACCOUNT.fullmatch(user_name) or not subject:
        raise AccountError("The user name cannot be used: letters, digits and . _ @ + - are allowed, 100 at most.")
    if user_name.partition("@")[0] in SHARED_NAMES:
        raise AccountError("The user name is one that several people use. Sign in with a name of your own.")
    shown = name.strip()[:200] or user_name
    with guarded("reading an account"), writing(store.engine) as connection:
        existing = connection.execute(
            table.select().where(table.c.issuer == issuer, table.c.subject == subject)
        ).one_or_none()
        if existing is None:
            if connection.scalar(sa.select(table.c.account).where(table.c.account == user_name)) is not None:
                raise AccountError("The user name belongs to an account of another person. Ask your administrator.")
            connection.execute(
                table.insert().values(
                    account=user_name, issuer=issuer, subject=subject, name=shown, created_at=now, signed_in_at=now
                )
            )
        elif existing.disabled_at is not None:
            raise AccountError("The account is switched off. Ask your administrator.")
        else:
            connection.execute(
                table.update().where(table.c.account == existing.account).values(name=shown, signed_in_at=now)
            )
        row = connection.execute(table.select().where(table.c.issuer == issuer, table.c.subject == subject)).one()
    return Account(**row._mapping)


def is_account_of(store: Store, account: str, *, issuer: str, subject: str) -> bool:
    """Whether an account is that of this subject of the identity provider, whatever name it shows today."""
    query = sa.select(table.c.account).where(table.c.issuer == issuer, table.c.subject == subject)
    with guarded("reading an account"), store.engine.connect() as connection:
        return connection.scalar(query) == account


def accounts(store: Store) -> list[Account]:
    """All accounts, by name of account."""
    with guarded("reading the accounts"), store.engine.connect() as connection:
        return [Account(**row._mapping) for row in connection.execute(table.select().order_by(table.c.account))]


def names(store: Store, named: Iterable[str]) -> dict[str, str]:
    """Account -> the name of the person, of those among `wanted` that are known."""
    asked = sorted(set(named))
    if not asked:
        return {}
    query = sa.select(table.c.account, table.c.name).where(table.c.account.in_(asked))
    with guarded("reading the accounts"), store.engine.connect() as connection:
        return {row.account: row.name for row in connection.execute(query)}


def disable(store: Store, account: str, *, by: str, now: datetime) -> None:
    """Switch an account off: its sessions end with their next request. AccountError: unknown, or one's own."""
    if account == by:
        raise AccountError("You cannot switch your own account off. Ask another administrator.")
    _set(store, account, table.c.disabled_at.is_(None), disabled_at=now, disabled_by=by)


def enable(store: Store, account: str) -> None:
    """Switch an account on again. AccountError when it is unknown."""
    _set(store, account, table.c.disabled_at.is_not(None), disabled_at=None, disabled_by=None)


def _set(store: Store, account: str, condition: sa.ColumnElement[bool], **values: object) -> None:
    with guarded("changing an account"), writing(store.engine) as connection:
        if connection.scalar(sa.select(table.c.account).where(table.c.account == account)) is None:
            raise AccountError("There is no such account.")
        connection.execute(table.update().where(table.c.account == account, condition).values(**values))


def roles_of_last_sign_in(store: Store) -> list[tuple[str, str, frozenset[Role]]]:
    """Return the account, the name and the roles of each colleague, by account.

    Roles come with each sign-in, so what counts is the last one. A colleague who has not signed in lately, or whose
    account is switched off, is not among them.
    """
    last = (
        sa.select(sa.func.max(review_session.c.created_at))
        .where(review_session.c.account == table.c.account)
        .correlate(table)
        .scalar_subquery()
    )
    query = (
        sa.select(table.c.account, table.c.name, review_session.c.roles)
        .join(review_session, review_session.c.account == table.c.account)
        .where(table.c.disabled_at.is_(None), review_session.c.created_at == last)
        .order_by(table.c.account)
    )
    with guarded("reading the accounts"), store.engine.connect() as connection:
        rows = {row.account: row for row in connection.execute(query)}.values()
    return [(row.account, row.name, frozenset(role for role in Role if role in row.roles)) for row in rows]


def clashes(store: Store) -> dict[str, list[Role]]:
    """Account -> the roles that one person cannot have together, of each colleague who has such at the last sign-in."""
    held = {account: clashing_roles(roles) for account, _, roles in roles_of_last_sign_in(store)}
    return {account: apart for account, apart in held.items() if apart}
