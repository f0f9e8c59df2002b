"""Two people stand behind a key, in code and in the database; a key is never changed and never comes back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from screening.base.errors import BarrierError, StoreError
from screening.casework.case_errors import ConflictError
from screening.partners.desk import recipients
from screening.partners.desk.recipients import active_key, approve_key, propose_key, recipient_keys, retire_key
from screening.store import Store
from screening.store.schema.partners import riec_key, riec_key_event
from tests.partners.desk.disclosed import AGE_KEY, NOW, RIEC, is_refused, recipient

OTHER_KEY = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg"


def proposed(store: Store, key: str = AGE_KEY, by: str = "piet"):
    return propose_key(store, RIEC, key, by=by, reason="Nieuw convenant", now=NOW)


def test_a_key_is_in_force_once_another_person_approved_it(store: Store) -> None:
    made = proposed(store)
    assert (made.state, active_key(store, RIEC)) == ("proposed", None)
    assert approve_key(store, made.fingerprint, by="kaat", reason="Gebeld", now=NOW).state == "active"
    assert active_key(store, RIEC).key == AGE_KEY


def test_who_proposed_a_key_cannot_approve_it_however_the_name_is_spelled(sqlite_store: Store) -> None:
    made = proposed(sqlite_store)
    for by in ("piet", "PIET", " Piet "):
        with pytest.raises(StoreError, match="You proposed this key"):
            approve_key(sqlite_store, made.fingerprint, by=by, reason="Gebeld", now=NOW)
    assert active_key(sqlite_store, RIEC) is None


def test_a_recipient_has_one_key_at_a_time_and_an_old_one_does_not_come_back(store: Store) -> None:
    first = recipient(store)
    other = proposed(store, OTHER_KEY)
    with pytest.raises(StoreError, match="Retire that one first"):
        approve_key(store, other.fingerprint, by="kaat", reason="Gebeld", now=NOW)
    retire_key(store, first.fingerprint, by="lea", reason="Sleutel kwijt", now=NOW)
    assert active_key(store, RIEC) is None
    assert approve_key(store, other.fingerprint, by="kaat", reason="Gebeld", now=NOW).state == "active"
    with pytest.raises(StoreError, match="on file already"):
        proposed(store)
    with pytest.raises(StoreError, match="retired already"):
        approve_key(store, first.fingerprint, by="kaat", reason="Toch", now=NOW)
    assert {one.key: one.state for one in recipient_keys(store)} == {AGE_KEY: "retired", OTHER_KEY: "active"}


def test_a_recipient_is_named_like_an_organisation_of_the_ledger(sqlite_store: Store) -> None:
    for name in ("RIEC Oost", "", "-riec", "riec_oost", "a" * 61, "jan de vries"):
        with pytest.raises(StoreError, match="small letters"):
            propose_key(sqlite_store, name, AGE_KEY, by="piet", reason="x", now=NOW)


def _event(made, **changed: object) -> dict[str, object]:
    row = {"fingerprint": made.fingerprint, "proposed_by": "piet", "action": "approved", "actor": "kaat", "at": NOW}
    return row | {"reason": "x"} | changed


def test_raw_sql_cannot_approve_a_key_of_one_person(store: Store) -> None:
    made = proposed(store)
    for why, changed in {
        "the proposer approves": {"actor": "piet"},
        "the proposer is misnamed": {"actor": "piet", "proposed_by": "kaat"},
        "the same name in capitals": {"actor": "Piet"},
        "a key that nobody proposed": {"fingerprint": "ef" * 32},
        "no reason": {"reason": "  "},
    }.items():
        for with_keys in (True, False):
            change = riec_key_event.insert().values(**_event(made, **changed))
            assert is_refused(store, change, with_keys=with_keys), why
    assert not is_refused(store, riec_key_event.insert().values(**_event(made)))
    assert active_key(store, RIEC) is None


def test_raw_sql_cannot_change_a_key_or_bring_one_back(store: Store) -> None:
    made = recipient(store)
    retire_key(store, made.fingerprint, by="lea", reason="Kwijt", now=NOW)
    for change in (
        riec_key.update().values(key=OTHER_KEY),
        riec_key.delete(),
        riec_key_event.delete().where(riec_key_event.c.action == "retired"),
        riec_key_event.update().values(actor="iemand"),
        riec_key_event.insert().values(**_event(made)),
    ):
        with pytest.raises(sa.exc.DBAPIError), store.engine.begin() as connection:
            connection.execute(change)
    assert [one.state for one in recipient_keys(store)] == ["retired"]


def test_two_keys_cannot_both_be_in_force_by_raw_sql(store: Store) -> None:
    recipient(store)
    other = proposed(store, OTHER_KEY)
    with pytest.raises(sa.exc.DBAPIError), store.engine.begin() as connection:
        connection.execute(riec_key_event.insert().values(**_event(other)))


def test_no_message_holds_a_key(store: Store) -> None:
    made = recipient(store)
    with pytest.raises(BarrierError) as caught:
        propose_key(store, RIEC, AGE_KEY, by="piet", reason="x", now=NOW)
    assert made.key not in str(caught.value)


def test_what_is_no_key_of_a_kind_or_has_no_reason_or_was_never_proposed_is_refused(sqlite_store: Store) -> None:
    with pytest.raises(StoreError, match="of age or of openpgp"):
        propose_key(sqlite_store, RIEC, AGE_KEY, kind="ssh", by="piet", reason="x", now=NOW)
    with pytest.raises(StoreError, match="Say why"):
        propose_key(sqlite_store, RIEC, AGE_KEY, by="piet", reason="  ", now=NOW)
    assert recipient_keys(sqlite_store) == []
    for decide in (approve_key, retire_key):
        with pytest.raises(StoreError, match="No such key"):
            decide(sqlite_store, "ab" * 32, by="kaat", reason="x", now=NOW)


def test_a_key_is_retired_once_and_the_keys_of_a_recipient_are_its_own(sqlite_store: Store) -> None:
    key = recipient(sqlite_store)
    recipient(sqlite_store, "riec-west", OTHER_KEY)
    assert [listed.key for listed in recipient_keys(sqlite_store, RIEC)] == [AGE_KEY]
    gone = retire_key(sqlite_store, key.fingerprint.upper(), by="lea", reason="Kwijt", now=NOW)
    assert (gone.state, gone.retired_by) == ("retired", "lea")
    with pytest.raises(StoreError, match="retired already"):
        retire_key(sqlite_store, key.fingerprint, by="piet", reason="Kwijt", now=NOW)


def test_of_two_who_decide_at_once_the_second_is_told_to_look_again(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both read it as proposed; the database keeps one approval."""
    read = proposed(sqlite_store)
    approve_key(sqlite_store, read.fingerprint, by="kaat", reason="Gebeld", now=NOW)
    monkeypatch.setattr(recipients, "_required", lambda *_: read)
    monkeypatch.setattr(recipients, "active_key", lambda *_: None)
    with pytest.raises(ConflictError, match="Look again"):
        approve_key(sqlite_store, read.fingerprint, by="lea", reason="Gebeld", now=NOW)
