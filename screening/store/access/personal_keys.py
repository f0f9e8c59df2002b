"""Public keys of people: each registers their own, another person confirms it, and it can be withdrawn for good.

What a person signs on their own machine (a mandate, a head of the ledger, a batch) is checked with such a key.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from screening.base.errors import BarrierError
from screening.signing.public_keys import key_fingerprint, public_text, read_public
from screening.signing.signature import verify_signature
from screening.store.access.sessions import Session
from screening.store.engine import guarded, writing
from screening.store.schema.accounts import CONFIRMED, WITHDRAWN
from screening.store.schema.accounts import account as account_table
from screening.store.schema.accounts import personal_key as table
from screening.store.schema.accounts import personal_key_event as event
from screening.store.store import Store


class PersonalKeyError(BarrierError):
    """A key cannot be registered, decided about or signed with. `reason`: the key of the text that says why."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class PersonalKey:
    """A key that a person registered. `confirmed_by` and `withdrawn_by`: accounts; None where nobody did.

    `is_off`: the account of its person is switched off.
    """

    fingerprint: str
    account: str
    public_key: str
    registered_at: datetime
    confirmed_by: str | None
    withdrawn_by: str | None
    is_off: bool

    @property
    def is_in_force(self) -> bool:
        """Whether a signature with it counts."""
        return self.confirmed_by is not None and self.withdrawn_by is None and not self.is_off

    @property
    def is_decided(self) -> bool:
        """Whether anybody confirmed or withdrew it."""
        return self.confirmed_by is not None or self.withdrawn_by is not None


def register_key(store: Store, session: Session, text: str, *, now: datetime) -> str:
    """Register a public key of the person of this session, to be confirmed by another. Returns its fingerprint.

    Raises:
        PublicKeyError: the text is no public key, or a private one, of which nothing is kept.
        PersonalKeyError: the key is registered already, or the session is not fresh.
    """
    key = read_public(text)
    fingerprint = key_fingerprint(key)
    person = account_table.select().where(account_table.c.account == session.account)
    with guarded("registering a key"), store.engine.connect() as connection:
        who = connection.execute(person).one()
    _insert(
        store,
        table.insert().values(
            fingerprint=fingerprint,
            account=session.account,
            issuer=who.issuer,
            subject=who.subject,
            public_key=public_text(key),
            session=session.key,
            registered_at=now,
        ),
        "This key is registered already, or you did not sign in a moment ago.",
    )
    return fingerprint


def confirm_key(store: Store, session: Session, fingerprint: str, *, now: datetime) -> None:
    """Confirm a key as another person, who compared its fingerprint with its owner. PersonalKeyError: not so."""
    _decide(store, session, fingerprint, CONFIRMED, now=now)


def withdraw_key(store: Store, session: Session, fingerprint: str, *, now: datetime) -> None:
    """Withdraw a key, at once and for good: its own person, an administrator or a lead. PersonalKeyError: not so."""
    _decide(store, session, fingerprint, WITHDRAWN, now=now)


def personal_keys(store: Store, account: str | None = None) -> list[PersonalKey]:
    """List the keys of everybody or of one account, oldest first, and none of a former person of that name."""
    confirmed, withdrawn = event.alias(), event.alias()
    query = (
        sa.select(
            table,
            account_table.c.disabled_at.is_not(None).label("is_off"),
            confirmed.c.decided_by.label("confirmed_by"),
            withdrawn.c.decided_by.label("withdrawn_by"),
        )
        .join(
            account_table,
            sa.and_(
                account_table.c.account == table.c.account,
                account_table.c.issuer == table.c.issuer,
                account_table.c.subject == table.c.subject,
            ),
        )
        .outerjoin(confirmed, sa.and_(confirmed.c.fingerprint == table.c.fingerprint, confirmed.c.action == CONFIRMED))
        .outerjoin(withdrawn, sa.and_(withdrawn.c.fingerprint == table.c.fingerprint, withdrawn.c.action == WITHDRAWN))
        .order_by(table.c.registered_at, table.c.fingerprint)
    )
    if account is not None:
        query = query.where(table.c.account == account)
    with guarded("reading the keys of people"), store.engine.connect() as connection:
        return [
            PersonalKey(**{column.name: row._mapping[column.name] for column in fields(PersonalKey)})
            for row in connection.execute(query)
        ]


def key_in_force(store: Store, account: str) -> PersonalKey | None:
    """Find the key that this person signs with: the one registered last that is confirmed and not withdrawn."""
    return next((key for key in reversed(personal_keys(store, account)) if key.is_in_force), None)


def verify_personal_signature(store: Store, account: str, message: bytes, signature_text: str) -> str:
    """Check what a person signed on their own machine with a registered key of theirs.

    Args:
        store: The store.
        account: The account of the person.
        message: The exact bytes that were to be signed.
        signature_text: The signature: as `ssh-keygen -Y sign` writes it, or 64 bytes in base64.

    Returns:
        The fingerprint of the key.

    Raises:
        PersonalKeyError: this person has no key that is confirmed and not withdrawn, or their account is off.
        SignatureError: none of their keys signed exactly these bytes.
    """
    keys = [key for key in personal_keys(store, account) if key.is_in_force]
    if not keys:
        raise PersonalKeyError("none", "You have no key that is confirmed. Register your public key on your own page.")
    for key in keys[1:]:
        try:
            verify_signature(read_public(key.public_key), message, signature_text)
        except BarrierError:
            continue
        return key.fingerprint
    verify_signature(read_public(keys[0].public_key), message, signature_text)
    return keys[0].fingerprint


def _decide(store: Store, session: Session, fingerprint: str, action: str, *, now: datetime) -> None:
    owner = sa.select(table.c.account).where(table.c.fingerprint == fingerprint)
    with guarded("reading a key"), store.engine.connect() as connection:
        whose = connection.scalar(owner)
    if whose is None:
        raise PersonalKeyError("unknown", "There is no such key.")
    _insert(
        store,
        event.insert().values(
            fingerprint=fingerprint, action=action, owner=whose, decided_by=session.account, session=session.key, at=now
        ),
        "A key is confirmed once, by an administrator or a lead who is another person than its owner.",
    )


def _insert(store: Store, statement: sa.Insert, refused: str) -> None:
    """Add a row; what a guard of the database refuses is told."""
    with guarded("writing a key"):
        try:
            with writing(store.engine) as connection:
                connection.execute(statement)
        except sa.exc.IntegrityError:
            raise PersonalKeyError("refused", refused) from None
