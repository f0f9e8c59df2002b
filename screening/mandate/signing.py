"""A person who is signed in signs the configuration: who may, with which key, and what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa

from screening.base.errors import BarrierError
from screening.mandate.approval import LEAST_SIGNERS, ToApprove
from screening.mandate.signatures import (
    Approval,
    InForce,
    Signed,
    add_signature,
    configuration_digest,
    signatures,
    statement,
    statement_digest,
)
from screening.signing.public_keys import key_fingerprint, read_public
from screening.store.access.personal_keys import personal_keys, verify_personal_signature
from screening.store.access.sessions import Session
from screening.store.engine import guarded, writing
from screening.store.schema.accounts import mandate_signature as table
from screening.store.store import Store


class MandateError(BarrierError):
    """This person cannot sign this now. `reason`: the key of the text that says why, on a page."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class MandateState:
    """How the mandate of the configuration on disk stands on a day.

    `missing`: all that is missing, a sentence each; `unready`: what of it is missing before anybody can sign. `plan`:
    what is signed; None where the file cannot be read. `before`: what the ledger knows to be in force. `signed`: the
    signatures that count; None before anybody can sign.
    """

    missing: tuple[str, ...]
    unready: tuple[str, ...]
    plan: ToApprove | None
    before: InForce | None
    signed: Signed | None = None


class MandateGate(Protocol):
    """What the review knows of the mandate under which it works."""

    @property
    def is_open(self) -> bool:
        """Whether the mandate holds under which the application is served."""

    def look(self) -> MandateState:
        """Read the configuration and its signatures as they are now; open or close by what they say."""


def approvals(store: Store) -> frozenset[Approval]:
    """What people sent in who were signed in, each with a confirmed key of their own."""
    query = sa.select(table.c.statement, table.c.account, table.c.fingerprint)
    with guarded("reading the signatures of the mandate"), store.engine.connect() as connection:
        return frozenset(Approval(*row) for row in connection.execute(query))


def configuration_of(store: Store, sha256: str) -> str | None:
    """The configuration of this sha256 as it was signed; None where nobody sent a signature of it in."""
    query = sa.select(table.c.configuration).where(table.c.configuration_sha256 == sha256).limit(1)
    with guarded("reading the configuration in force"), store.engine.connect() as connection:
        return connection.scalar(query)


def may_sign(store: Store, state: MandateState, account: str) -> str | None:
    """The key with which this person may sign the configuration as it stands; None: none of theirs.

    It is theirs, confirmed, and stands beside their account in the configuration; or it is one in force until now, of a
    signer who signs the change.
    """
    plan = state.plan
    if plan is None:
        return None
    named = {who: key_fingerprint(key) for who, key in plan.mappers.items()}
    in_force = state.before.keys if state.before else frozenset()
    own = [key.fingerprint for key in personal_keys(store, account) if key.is_in_force]
    return next((key for key in reversed(own) if key == named.get(account) or key in in_force), None)


def sign_mandate(store: Store, session: Session, state: MandateState, text: str, *, now: datetime) -> None:
    """Take in the signature of the person of this session under the configuration as it stands.

    Raises:
        MandateError: there is nothing to sign yet; the configuration does not name this person with a key that is
            registered as theirs; an analyst would sign more than mapping; or the session signed already.
        PersonalKeyError: no key of this person is confirmed.
        SignatureError: this key did not sign the statement.
        ConfigurationError: the file of signatures cannot be written.
    """
    plan, account = state.plan, session.account
    if plan is None or state.unready:
        raise MandateError("unready", "Nothing to sign yet: the configuration lacks something.")
    key = may_sign(store, state, account)
    if key is None:
        raise MandateError("named", "The configuration names no key that is registered as yours.")
    is_in_force = state.before is not None and key in state.before.keys
    is_whole = len(signatures(plan, approvals(store)).listed) >= LEAST_SIGNERS
    if account not in plan.signers and not is_in_force and not is_whole:
        raise MandateError("analyst", "More than the mapping of registers changed: two signers sign that first.")
    signed_with = verify_personal_signature(store, account, statement(plan), text)
    if signed_with != key:
        raise MandateError("named", "The configuration names another key of yours than the one that signed.")
    public = next(each.public_key for each in personal_keys(store, account) if each.fingerprint == key)
    add_signature(plan, account, read_public(public), text, in_force=state.before.sha256 if state.before else None)
    _note(store, session, plan, key, text, now=now)


def _note(store: Store, session: Session, plan: ToApprove, key: str, text: str, *, now: datetime) -> None:
    row = {"statement": statement_digest(plan), "account": session.account}
    if Approval(row["statement"], session.account, key) in approvals(store):
        return  # the file was lost, and is there again
    values: Mapping[str, object] = {
        **row,
        "fingerprint": key,
        "session": session.key,
        "at": now,
        "signature": text.strip(),
        "configuration_sha256": configuration_digest(plan),
        "configuration": plan.content.decode("utf-8", "replace"),
    }
    with guarded("keeping a signature"):
        try:
            with writing(store.engine) as connection:
                connection.execute(table.insert().values(values))
        except sa.exc.IntegrityError:
            raise MandateError("session", "In this session somebody signed this already.") from None
