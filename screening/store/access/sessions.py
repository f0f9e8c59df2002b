"""Sessions of the review: kept in the store, known by a hash, ended by time, by hand or with the account.

A session id exists in the browser's cookie and nowhere else. No function here makes one up without `secrets`.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from screening.base.vocabulary import Purpose, Role
from screening.store.engine import driver_connection, guarded, transactional, writing
from screening.store.schema.accounts import account, review_session, session_purpose
from screening.store.sqlite_driver import Connection
from screening.store.store import Store

ID_BYTES = 32
#: A purpose on behalf of which a dossier is opened; P-REG is about registers, not about an address.
CASE_PURPOSES = (Purpose.VERG, Purpose.WON, Purpose.OO)
#: How long after the person signed in, with a second factor, an act that asks a fresh sign-in is taken.
FRESH = timedelta(minutes=5)
#: How long writing "still there" may wait: a run that publishes must not hold up a person who reads.
_TOUCH_MS = 50


@dataclass(frozen=True)
class Session:
    """A sign-in that holds. `key` is the hash of its id; `purpose` is what it is used for where no dossier is open.

    `fresh_until`: until when acts that ask a fresh sign-in are taken; None where the person signed in elsewhere first.
    """

    key: str
    account: str
    name: str
    roles: frozenset[Role]
    purpose: Purpose | None
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    fresh_until: datetime | None

    def is_fresh(self, now: datetime) -> bool:
        """Whether the person signed in so short ago that the act of this moment is theirs beyond doubt."""
        return self.fresh_until is not None and now <= self.fresh_until

    @property
    def fingerprint(self) -> str:
        """Enough of the hash to tell sessions apart in the ledger, and of no use to take one over."""
        return self.key[:16]


def session_key(session_id: str) -> str:
    """The hash under which a session id is kept (SHA-256: an id of 256 random bits needs no slow one)."""
    return hashlib.sha256(session_id.encode()).hexdigest()


def begin_session(
    store: Store,
    who: str,
    roles: Iterable[Role],
    *,
    now: datetime,
    absolute: timedelta,
    authenticated_at: datetime | None = None,
    renews: str | None = None,
) -> tuple[str, Session]:
    """Begin a session of an account with a new id.

    Args:
        store: The store.
        who: The account.
        roles: What the person may do in it.
        now: The moment.
        absolute: The longest it lasts.
        authenticated_at: When the person showed who they are; None where the identity provider does not say.
        renews: The key of the session of the same account that it takes the place of: that one ends, and the purposes
            that were stated in it hold in the new one.

    Returns:
        The id for the cookie, and the session.
    """
    session_id = secrets.token_urlsafe(ID_BYTES)
    key = session_key(session_id)
    same = (review_session.c.session_hash == renews, review_session.c.account == who)
    with guarded("beginning a session"), writing(store.engine) as connection:
        before = connection.execute(review_session.select().where(*same)).one_or_none() if renews else None
        connection.execute(
            review_session.insert().values(
                session_hash=key,
                account=who,
                roles=sorted(roles),
                purpose=before.purpose if before else None,
                created_at=now,
                seen_at=now,
                ends_at=now + absolute,
                fresh_until=min(authenticated_at, now) + FRESH if authenticated_at else None,
            )
        )
        if before:
            connection.execute(review_session.update().where(*same).values(ended_at=now))
            stated = session_purpose.update().where(session_purpose.c.session_hash == renews)
            connection.execute(stated.values(session_hash=key))
    session = find_session(store, session_id, now=now, idle=absolute)
    assert session is not None  # noqa: S101 - it was committed a line ago
    return session_id, session


def find_session(store: Store, session_id: str, *, now: datetime, idle: timedelta) -> Session | None:
    """The session of an id, or None: unknown, idle for too long, past its end, ended, or its account is off."""
    rows = _open_sessions(store, review_session.c.session_hash == session_key(session_id), now=now, idle=idle)
    return rows[0] if rows else None


def account_of_ended_session(store: Store, session_id: str, *, now: datetime) -> str | None:
    """The account whose session of this id ran out within a day by time alone; None for any other.

    It opens nothing: whoever wrote for too long keeps what they wrote, and signs in to read it.
    """
    query = (
        sa.select(review_session.c.account)
        .join(account, account.c.account == review_session.c.account)
        .where(
            review_session.c.session_hash == session_key(session_id),
            review_session.c.ended_at.is_(None),
            review_session.c.seen_at > now - timedelta(days=1),
            account.c.disabled_at.is_(None),
        )
    )
    with guarded("reading a session"), store.engine.connect() as connection:
        return connection.scalar(query)


def sessions_of(store: Store, who: str, *, now: datetime, idle: timedelta) -> list[Session]:
    """The sessions of an account that hold, the newest first."""
    rows = _open_sessions(store, review_session.c.account == who, now=now, idle=idle)
    return sorted(rows, key=lambda session: session.created_at, reverse=True)


def _open_sessions(store: Store, which: sa.ColumnElement[bool], *, now: datetime, idle: timedelta) -> list[Session]:
    query = (
        sa.select(review_session, account.c.name)
        .join(account, account.c.account == review_session.c.account)
        .where(
            which,
            review_session.c.ended_at.is_(None),
            review_session.c.ends_at > now,
            review_session.c.seen_at > now - idle,
            account.c.disabled_at.is_(None),
        )
    )
    with guarded("reading a session"), store.engine.connect() as connection:
        rows = connection.execute(query).all()
    return [
        Session(
            key=row.session_hash,
            account=row.account,
            name=row.name,
            roles=frozenset(Role(role) for role in row.roles) | {Role.COLLEAGUE},
            purpose=Purpose(row.purpose) if row.purpose else None,
            created_at=row.created_at,
            seen_at=row.seen_at,
            ends_at=row.ends_at,
            fresh_until=row.fresh_until,
        )
        for row in rows
    ]


def touch_session(store: Store, key: str, *, now: datetime) -> bool:
    """Note that a session was used. False when the database was busy: then it is noted with a later request."""
    query = review_session.update().where(review_session.c.session_hash == key, review_session.c.seen_at < now)
    try:
        with (
            transactional(store.engine).execution_options(is_writing=False) as connection,
            _patience(connection),
            connection.begin(),
        ):
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_TOUCH_MS}ms'")
            connection.execute(query.values(seen_at=now))
    except sa.exc.OperationalError:
        return False
    return True


def _patience(connection: sa.Connection) -> AbstractContextManager[None]:
    """A block in which a connection to SQLite waits no longer than _TOUCH_MS for another."""
    if connection.dialect.name == "postgresql":
        return nullcontext()
    driver: Connection = driver_connection(connection)
    return driver.patience(_TOUCH_MS)


def end_session(store: Store, key: str, *, now: datetime) -> None:
    """End a session, at once and for good."""
    query = review_session.update().where(review_session.c.session_hash == key, review_session.c.ended_at.is_(None))
    with guarded("ending a session"), writing(store.engine) as connection:
        connection.execute(query.values(ended_at=now))


def end_sessions(store: Store, who: str, *, now: datetime, but: str | None = None) -> int:
    """End every session of an account, but for that of a key; how many there were."""
    query = review_session.update().where(
        review_session.c.account == who,
        review_session.c.ended_at.is_(None),
        review_session.c.session_hash != (but or ""),
    )
    with guarded("ending sessions"), writing(store.engine) as connection:
        return connection.execute(query.values(ended_at=now)).rowcount


def state_purpose(store: Store, key: str, purpose: Purpose, *, case_id: str | None, now: datetime) -> None:
    """Note for which task a session opens a dossier, or (without a case) reads lists. A later word replaces it."""
    with guarded("noting a purpose"), writing(store.engine) as connection:
        if case_id is None:
            connection.execute(
                review_session.update().where(review_session.c.session_hash == key).values(purpose=purpose.value)
            )
            return
        same = (session_purpose.c.session_hash == key, session_purpose.c.case_id == case_id)
        connection.execute(session_purpose.delete().where(*same))
        connection.execute(
            session_purpose.insert().values(session_hash=key, case_id=case_id, purpose=purpose.value, stated_at=now)
        )


def purpose_of(store: Store, key: str, case_id: str) -> Purpose | None:
    """For which task this session opened this dossier, or None: it has not said."""
    query = sa.select(session_purpose.c.purpose).where(
        session_purpose.c.session_hash == key, session_purpose.c.case_id == case_id
    )
    with guarded("reading a purpose"), store.engine.connect() as connection:
        purpose = connection.scalar(query)
    return Purpose(purpose) if purpose else None


def delete_expired_sessions(store: Store, *, before: datetime) -> int:
    """Remove the sessions that ended, by hand or by time, before a moment; how many. For the terms of retention."""
    over = sa.or_(review_session.c.ended_at < before, review_session.c.ends_at < before)
    with guarded("removing sessions"), writing(store.engine) as connection:
        keys = sa.select(review_session.c.session_hash).where(over)
        connection.execute(session_purpose.delete().where(session_purpose.c.session_hash.in_(keys)))
        return connection.execute(review_session.delete().where(over)).rowcount
