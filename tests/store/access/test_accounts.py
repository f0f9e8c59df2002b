"""Accounts are people: one each, not shared, not inherited, switched off by another; also past this programme."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import Role, clashing_roles
from screening.store import Store
from screening.store.access.accounts import (
    SHARED_NAMES,
    AccountError,
    accounts,
    admit,
    clashes,
    disable,
    enable,
    is_account_of,
)
from screening.store.access.sessions import begin_session
from screening.store.engine import writing
from screening.store.schema.accounts import account
from tests.databases import on_sqlite

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def let_in(store: Store, name: str, subject: str = "s-1", issuer: str = "https://idp.example", **more):
    return admit(store, account=name, issuer=issuer, subject=subject, name="Anna", now=NOW, **more)


def test_an_account_is_made_once_and_keeps_its_name(store: Store) -> None:
    first = let_in(store, "A.Jansen")
    again = admit(
        store,
        account="a.jansen-visser",
        issuer="https://idp.example",
        subject="s-1",
        name="Anna Jansen-Visser",
        now=NOW + timedelta(days=1),
    )
    assert (first.account, again.account) == ("a.jansen", "a.jansen")  # what the ledger calls her stays the same
    assert (again.name, again.created_at, again.signed_in_at) == ("Anna Jansen-Visser", NOW, NOW + timedelta(days=1))
    assert [one.account for one in accounts(store)] == ["a.jansen"]


@pytest.mark.parametrize("name", ["", " ", "a b", "a/b", "é", "-a", "x" * 101, "a\nb", "system:run"])
@on_sqlite
def test_a_name_that_the_ledger_could_not_hold_is_refused(store: Store, name: str) -> None:
    with pytest.raises(AccountError, match="letters, digits"):
        let_in(store, name)


@pytest.mark.parametrize("name", [*sorted(SHARED_NAMES)[::7], "Balie@gemeente.nl", "ADMIN"])
def test_a_name_that_several_people_use_is_refused(sqlite_store: Store, name: str) -> None:
    with pytest.raises(AccountError, match="several people"):
        let_in(sqlite_store, name)
    assert accounts(sqlite_store) == []


def test_a_name_does_not_pass_to_another_person_nor_to_another_provider(store: Store) -> None:
    let_in(store, "a.jansen", "s-1")
    for subject, issuer in (("s-2", "https://idp.example"), ("s-1", "https://other.example")):
        with pytest.raises(AccountError, match="another person"):
            let_in(store, "a.jansen", subject, issuer)


def test_an_account_is_of_one_subject_of_one_provider_under_whatever_name(store: Store) -> None:
    """Who signs in anew is the person of the session, though the provider calls them otherwise today."""
    issuer = "https://idp.example"
    let_in(store, "a.jansen", "s-1")
    let_in(store, "b.bakker", "s-2")
    let_in(store, "a.jansen-visser", "s-1")  # the name that she has today
    assert is_account_of(store, "a.jansen", issuer=issuer, subject="s-1")
    for account_name, issuer_asked, subject in (
        ("a.jansen", issuer, "s-2"),
        ("b.bakker", issuer, "s-1"),
        ("a.jansen-visser", issuer, "s-1"),
        ("a.jansen", "https://other.example", "s-1"),
        ("a.jansen", issuer, "s-3"),
    ):
        assert not is_account_of(store, account_name, issuer=issuer_asked, subject=subject)


def test_switched_off_is_refused_until_switched_on(store: Store) -> None:
    let_in(store, "a.jansen")
    disable(store, "a.jansen", by="b.beheer", now=NOW)
    disable(store, "a.jansen", by="c.beheer", now=NOW + timedelta(days=1))  # twice is once: the first stands
    (off,) = accounts(store)
    assert (off.disabled_by, off.disabled_at) == ("b.beheer", NOW)
    with pytest.raises(AccountError, match="switched off"):
        let_in(store, "a.jansen")
    enable(store, "a.jansen")
    assert let_in(store, "a.jansen").disabled_at is None


def test_nobody_is_switched_off_by_themselves_or_without_being_there(store: Store) -> None:
    let_in(store, "a.jansen")
    with pytest.raises(AccountError, match="your own"):
        disable(store, "a.jansen", by="a.jansen", now=NOW)
    for change in (lambda: disable(store, "x", by="y", now=NOW), lambda: enable(store, "x")):
        with pytest.raises(AccountError, match="no such account"):
            change()


@pytest.mark.parametrize(
    "values",
    [
        {"account": "A.Jansen"},
        {"account": ""},
        {"disabled_at": NOW},
        {"disabled_by": "b.beheer"},
        {"disabled_at": NOW, "disabled_by": "a.jansen"},
    ],
    ids=["capitals", "no name", "off by nobody", "off at no time", "off by oneself"],
)
def test_the_database_itself_refuses_what_no_account_may_be(store: Store, values: dict) -> None:
    row = {"account": "a.jansen", "issuer": "i", "subject": "s", "name": "A", "created_at": NOW} | values
    with pytest.raises(sa.exc.IntegrityError), writing(store.engine) as connection:
        connection.execute(account.insert().values(**row))


@pytest.mark.parametrize(
    ("held", "apart"),
    [
        ("colleague auditor", ""),
        ("auditor lead", "lead auditor"),
        ("colleague contact_person care_coordinator", ""),
        ("contact_person analyst admin", ""),
        ("officer sensitive_reviewer lead analyst admin", ""),
        ("contact_person officer", "contact_person officer"),
        ("contact_person sensitive_reviewer analyst", "contact_person sensitive_reviewer"),
        ("contact_person lead", "contact_person lead"),
        ("care_coordinator officer admin", "care_coordinator officer"),
        ("care_coordinator lead", "care_coordinator lead"),
    ],
)
def test_who_enforces_reads_no_tips_or_wishes_and_who_checks_does_nothing_else(held: str, apart: str) -> None:
    assert clashing_roles(map(Role, held.split())) == apart.split()


def test_who_has_roles_of_both_sides_at_the_last_sign_in_is_named(sqlite_store: Store) -> None:
    for who, roles in (("a.beide", {Role.OFFICER, Role.CONTACT_PERSON}), ("b.een", {Role.OFFICER})):
        admit(sqlite_store, account=who, issuer="https://i", subject=who, name=who, now=NOW)
        begin_session(sqlite_store, who, roles, now=NOW, absolute=timedelta(hours=8))
    assert clashes(sqlite_store) == {"a.beide": [Role.CONTACT_PERSON, Role.OFFICER]}
    begin_session(sqlite_store, "a.beide", {Role.OFFICER}, now=NOW + timedelta(hours=1), absolute=timedelta(hours=8))
    assert clashes(sqlite_store) == {}
