"""The recipients of signals: each has a key that one person proposed and another approved, known by its fingerprint.

A key is never changed. A new one is proposed, the old one retired, and the new one approved: two people.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.casework.case_errors import or_conflict
from screening.store.account_names import account
from screening.store.engine import guarded, writing
from screening.store.schema.partners import APPROVED, RETIRED, riec_key, riec_key_event
from screening.store.store import Store

AGE, OPENPGP = "age", "openpgp"
#: The name of a recipient is that of an organisation, as the ledger takes it; at most 60 characters.
NAME = re.compile(r"(?=.{1,60}\Z)[a-z][a-z0-9]*(?:-[a-z0-9]+){0,6}")
PROPOSED, ACTIVE, GONE = "proposed", "active", "retired"


class RecipientKeyError(StoreError):
    """A key that cannot be proposed or decided about. `reason`: own, decided, other or known."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class RecipientKey:
    """A key of a recipient. `state`: proposed, active or retired."""

    recipient: str
    fingerprint: str
    kind: str
    key: str
    proposed_by: str
    proposed_at: datetime
    state: str
    approved_by: str | None
    retired_by: str | None


def propose_key(
    store: Store, recipient: str, key: str, *, kind: str = AGE, by: str, reason: str, now: datetime
) -> RecipientKey:
    """Propose a key for approval by a colleague. The caller has checked that `key` is a public key.

    Raises:
        StoreError: the name is not that of a recipient, or no reason is given.
        RecipientKeyError: the key is on file already ("known").
    """
    if not NAME.fullmatch(recipient):
        raise StoreError("A recipient is named in small letters, digits and hyphens, such as riec-midden-nederland.")
    if kind not in {AGE, OPENPGP}:
        raise StoreError("A key is of age or of openpgp.")
    _refuse_blank(reason)
    text = key.strip()
    print_ = hashlib.sha256(text.encode()).hexdigest()
    if any(on_file.fingerprint == print_ for on_file in recipient_keys(store)):
        raise RecipientKeyError(
            "This very key is on file already. A key that was retired does not come back: ask for a new one.", "known"
        )
    with guarded("proposing a recipient"), writing(store.engine) as connection:
        connection.execute(
            riec_key.insert().values(
                fingerprint=print_,
                recipient=recipient,
                kind=kind,
                key=text,
                proposed_by=account(by),
                proposed_at=now,
                reason=reason.strip(),
            )
        )
    return _required(store, print_)


def approve_key(store: Store, fingerprint: str, *, by: str, reason: str, now: datetime) -> RecipientKey:
    """Approve a key as a second person, after comparing its fingerprint with the receiver over another channel.

    Raises:
        StoreError: no such key.
        RecipientKeyError: `by` proposed it ("own"), it was decided ("decided"), or the recipient has another active key
            ("other").
    """
    proposed = _required(store, fingerprint)
    if account(by) == proposed.proposed_by:
        raise RecipientKeyError("You proposed this key, so a colleague must approve it.", "own")
    if proposed.state != PROPOSED:
        raise RecipientKeyError(f"This key is {proposed.state} already.", "decided")
    if active_key(store, proposed.recipient) is not None:
        raise RecipientKeyError(
            f"{proposed.recipient} has another key in force. Retire that one first: a key is never changed.", "other"
        )
    _decide(store, proposed, APPROVED, by=by, reason=reason, now=now)
    return _required(store, proposed.fingerprint)


def retire_key(store: Store, fingerprint: str, *, by: str, reason: str, now: datetime) -> RecipientKey:
    """Retire a key, at once and for good: one person is enough to stop."""
    retired = _required(store, fingerprint)
    if retired.state == GONE:
        raise RecipientKeyError("This key is retired already.", "decided")
    _decide(store, retired, RETIRED, by=by, reason=reason, now=now)
    return _required(store, retired.fingerprint)


def recipient_keys(store: Store, recipient: str | None = None) -> list[RecipientKey]:
    """List every key that was ever proposed, oldest first."""
    query = riec_key.select().order_by(riec_key.c.proposed_at, riec_key.c.fingerprint)
    if recipient is not None:
        query = query.where(riec_key.c.recipient == recipient)
    with guarded("reading the recipients"), store.engine.connect() as connection:
        rows = list(connection.execute(query))
        decided = {
            (event.fingerprint, event.action): event.actor for event in connection.execute(riec_key_event.select())
        }
    return [
        RecipientKey(
            **{
                name: row._mapping[name]
                for name in ("recipient", "fingerprint", "kind", "key", "proposed_by", "proposed_at")
            },
            state=GONE
            if (row.fingerprint, RETIRED) in decided
            else ACTIVE
            if (row.fingerprint, APPROVED) in decided
            else PROPOSED,
            approved_by=decided.get((row.fingerprint, APPROVED)),
            retired_by=decided.get((row.fingerprint, RETIRED)),
        )
        for row in rows
    ]


def active_key(store: Store, recipient: str) -> RecipientKey | None:
    """Find the active key of a recipient; None when there is none."""
    return next((key for key in recipient_keys(store, recipient) if key.state == ACTIVE), None)


def _required(store: Store, fingerprint: str) -> RecipientKey:
    digits = fingerprint.strip().lower().replace(":", "").replace(" ", "")
    matching = [key for key in recipient_keys(store) if key.fingerprint == digits]
    if not matching:
        raise StoreError("No such key was proposed. `barrier export recipients` shows those that were.")
    return matching[0]


def _decide(store: Store, key: RecipientKey, action: str, *, by: str, reason: str, now: datetime) -> None:
    _refuse_blank(reason)
    with (
        guarded("deciding about a recipient"),
        or_conflict("Somebody else decided about this recipient just now. Look again."),
        writing(store.engine) as connection,
    ):
        # PostgreSQL: who approves another key of this recipient waits here, and then the guard sees this one
        of_recipient = riec_key.c.recipient == key.recipient
        connection.execute(sa.select(riec_key.c.fingerprint).where(of_recipient).with_for_update())
        connection.execute(
            riec_key_event.insert().values(
                fingerprint=key.fingerprint,
                proposed_by=key.proposed_by,
                action=action,
                actor=account(by),
                at=now,
                reason=reason.strip(),
            )
        )


def _refuse_blank(reason: str) -> None:
    if not reason.strip():
        raise StoreError("Say why: it must be possible to ask about it later.")
