"""A key is its person's own: registered in a session of theirs, confirmed by another person in another session."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from screening.base.vocabulary import Role
from screening.signing.public_keys import PublicKeyError, key_fingerprint, public_text
from screening.signing.signature import SignatureError
from screening.store import Store
from screening.store.access.accounts import admit, disable
from screening.store.access.personal_keys import (
    PersonalKeyError,
    confirm_key,
    key_in_force,
    personal_keys,
    register_key,
    verify_personal_signature,
    withdraw_key,
)
from screening.store.access.sessions import FRESH, Session, begin_session, end_session
from screening.store.schema.accounts import account as account_table
from screening.store.schema.accounts import mandate_signature, personal_key, personal_key_event

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
MESSAGE = b"what is signed"
ANNA, BRAM = (Ed25519PrivateKey.from_private_bytes(bytes([number] * 32)) for number in (1, 2))


def session_of(store: Store, who: str, *roles: Role, authenticated_at: datetime | None = NOW) -> Session:
    admit(store, account=who, issuer="i", subject=f"s-{who}", name=who, now=NOW)
    return begin_session(store, who, roles, now=NOW, absolute=timedelta(hours=8), authenticated_at=authenticated_at)[1]


@pytest.fixture
def anna(store: Store) -> Session:
    return session_of(store, "anna", Role.LEAD)


@pytest.fixture
def ivo(store: Store) -> Session:
    return session_of(store, "ivo", Role.ADMIN)


def signed(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.sign(MESSAGE)).decode()


def test_a_key_counts_from_its_confirmation_to_its_withdrawal(store: Store, anna: Session, ivo: Session) -> None:
    fingerprint = register_key(store, anna, public_text(ANNA.public_key()), now=NOW)
    with pytest.raises(PersonalKeyError, match="no key that is confirmed"):
        verify_personal_signature(store, "anna", MESSAGE, signed(ANNA))
    confirm_key(store, ivo, fingerprint, now=NOW)
    assert verify_personal_signature(store, "anna", MESSAGE, signed(ANNA)) == fingerprint
    in_force = key_in_force(store, "anna")
    assert in_force
    assert (in_force.fingerprint, in_force.confirmed_by) == (key_fingerprint(ANNA.public_key()), "ivo")
    with pytest.raises(SignatureError):
        verify_personal_signature(store, "anna", MESSAGE, signed(BRAM))
    with pytest.raises(PersonalKeyError):
        verify_personal_signature(store, "ivo", MESSAGE, signed(ANNA))
    # a second key beside the first: each counts, the newest is the one to sign with
    second = register_key(store, anna, public_text(BRAM.public_key()), now=NOW + timedelta(seconds=1))
    confirm_key(store, ivo, second, now=NOW + timedelta(seconds=2))
    assert {verify_personal_signature(store, "anna", MESSAGE, signed(key)) for key in (ANNA, BRAM)} == {
        fingerprint,
        second,
    }
    newest = key_in_force(store, "anna")
    assert newest
    assert newest.fingerprint == second
    withdraw_key(store, anna, fingerprint, now=NOW + timedelta(seconds=3))
    with pytest.raises(SignatureError):
        verify_personal_signature(store, "anna", MESSAGE, signed(ANNA))
    with pytest.raises(PersonalKeyError):
        confirm_key(store, ivo, fingerprint, now=NOW + timedelta(seconds=4))
    assert [key.is_in_force for key in personal_keys(store)] == [False, True]


def test_a_key_that_is_not_there_is_decided_by_nobody(store: Store, anna: Session, ivo: Session) -> None:
    absent = key_fingerprint(BRAM.public_key())
    register_key(store, anna, public_text(ANNA.public_key()), now=NOW)
    for decide, session in ((confirm_key, ivo), (withdraw_key, anna)):
        with pytest.raises(PersonalKeyError, match="no such key"):
            decide(store, session, absent, now=NOW)
    assert [key.is_decided for key in personal_keys(store)] == [False]


def test_a_key_is_decided_once_it_is_confirmed_or_withdrawn(store: Store, anna: Session, ivo: Session) -> None:
    keys = [ANNA, BRAM, Ed25519PrivateKey.from_private_bytes(bytes([3] * 32))]
    confirmed, withdrawn, _ = (
        register_key(store, anna, public_text(key.public_key()), now=NOW + timedelta(seconds=number))
        for number, key in enumerate(keys)
    )
    confirm_key(store, ivo, confirmed, now=NOW)
    withdraw_key(store, anna, withdrawn, now=NOW)
    assert [key.is_decided for key in personal_keys(store)] == [True, True, False]


def test_a_private_key_is_refused_and_nothing_of_it_kept(store: Store, anna: Session) -> None:
    with pytest.raises(PublicKeyError, match="private"):
        register_key(store, anna, "-----BEGIN OPENSSH PRIVATE KEY-----\nabc", now=NOW)
    assert personal_keys(store) == []


def test_one_person_does_not_make_two_keys_count(store: Store, anna: Session) -> None:
    fingerprint = register_key(store, anna, public_text(ANNA.public_key()), now=NOW)
    other_session = session_of(store, "anna", Role.LEAD, Role.ADMIN)
    # the same person: in the same session, in another one, or by raw words
    for session in (anna, other_session, replace(other_session, account="ivo"), replace(anna, account="nobody")):
        with pytest.raises(PersonalKeyError):
            confirm_key(store, session, fingerprint, now=NOW)
    officer = session_of(store, "olga", Role.OFFICER)
    with pytest.raises(PersonalKeyError):
        confirm_key(store, officer, fingerprint, now=NOW)
    with pytest.raises(PersonalKeyError):  # nor is the key of another withdrawn by anybody
        withdraw_key(store, officer, fingerprint, now=NOW)
    with pytest.raises(PersonalKeyError, match="registered already"):  # a key has one person
        register_key(store, officer, public_text(ANNA.public_key()), now=NOW)
    assert not personal_keys(store)[0].is_in_force


@pytest.mark.parametrize("why", ["late", "never fresh", "ended", "off"])
def test_the_database_asks_a_fresh_session(store: Store, ivo: Session, why: str) -> None:
    anna = session_of(store, "anna", Role.LEAD)
    fingerprint = register_key(store, anna, public_text(ANNA.public_key()), now=NOW)
    now = NOW
    if why == "late":
        confirm_key(store, ivo, fingerprint, now=NOW + FRESH)
        now = NOW + FRESH + timedelta(seconds=1)
    elif why == "never fresh":
        anna = session_of(store, "anna", Role.LEAD, authenticated_at=None)
    elif why == "ended":
        end_session(store, anna.key, now=NOW)
    else:
        disable(store, "anna", by="ivo", now=NOW)
    with pytest.raises(PersonalKeyError):
        register_key(store, anna, public_text(BRAM.public_key()), now=now)
    with pytest.raises(PersonalKeyError):
        withdraw_key(store, anna, fingerprint, now=now)


def test_somebody_who_gets_the_name_later_does_not_get_the_key(store: Store, anna: Session, ivo: Session) -> None:
    confirm_key(store, ivo, register_key(store, anna, public_text(ANNA.public_key()), now=NOW), now=NOW)
    with store.engine.begin() as connection:
        connection.execute(
            account_table.update().where(account_table.c.account == "anna").values(subject="another person")
        )
    assert personal_keys(store, "anna") == []
    with pytest.raises(PersonalKeyError):
        verify_personal_signature(store, "anna", MESSAGE, signed(ANNA))


@pytest.mark.goal("S5", reached="raw SQL makes no key of a person who is not there")
def test_raw_sql_makes_no_key_of_a_person_who_is_not_there(store: Store, anna: Session, ivo: Session) -> None:
    """The attack: a shell writes rows for two invented people. Sessions of theirs are what it cannot have."""
    fingerprint = key_fingerprint(ANNA.public_key())
    row = {
        "fingerprint": fingerprint,
        "account": "verzonnen",
        "issuer": "i",
        "subject": "s-verzonnen",
        "public_key": public_text(ANNA.public_key()),
        "session": anna.key,
        "registered_at": NOW,
    }

    def refused(statement: sa.Executable) -> None:
        with store.engine.begin() as connection, pytest.raises(sa.exc.IntegrityError):
            connection.execute(statement)

    refused(personal_key.insert().values(row))
    refused(personal_key.insert().values(row | {"account": "anna"}))  # with the subject of another
    refused(personal_key.insert().values(row | {"account": "anna", "subject": "s-anna", "session": "0" * 64}))
    register_key(store, anna, public_text(ANNA.public_key()), now=NOW)
    decided = {
        "fingerprint": fingerprint,
        "action": "confirmed",
        "owner": "anna",
        "decided_by": "ivo",
        "session": anna.key,
        "at": NOW,
    }
    refused(personal_key_event.insert().values(decided))  # in the session of the owner
    refused(personal_key_event.insert().values(decided | {"owner": "ivo", "decided_by": "anna"}))
    approval = {"statement": "1" * 64, "account": "anna", "fingerprint": fingerprint, "session": anna.key, "at": NOW}
    approval |= {"signature": "ed25519", "configuration_sha256": "0" * 64, "configuration": "[municipality]"}
    refused(mandate_signature.insert().values(approval))  # a key that nobody confirmed
    confirm_key(store, ivo, fingerprint, now=NOW)
    refused(mandate_signature.insert().values(approval | {"account": "ivo", "session": ivo.key}))  # with anna's key
    with store.engine.begin() as connection:
        connection.execute(mandate_signature.insert().values(approval))
    refused(mandate_signature.insert().values(approval))  # twice
    refused(mandate_signature.update().values(account="ivo"))
    refused(personal_key.delete())
    withdraw_key(store, anna, fingerprint, now=NOW)
    refused(mandate_signature.insert().values(approval | {"statement": "2" * 64}))
