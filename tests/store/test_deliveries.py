"""What a delivery is held against: the last good one, one of some time before, and what a person decided."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.signing.public_keys import key_fingerprint
from screening.store import Store
from screening.store.deliveries import (
    JudgedDelivery,
    baselines,
    decide,
    decision_about,
    delivery_digest,
    last_confirmation,
    last_delivery,
    note_delivery,
    pending_deliveries,
)
from screening.store.engine import writing
from screening.store.schema.accounts import mandate_signature
from screening.store.schema.deliveries import (
    ACCEPTED,
    CONFIRMED,
    GOOD,
    PROPOSED,
    REJECTED,
    SUSPECT,
    delivery,
    delivery_decided,
)
from tests.mandates import KEYS, person, register

NOW = datetime(2026, 11, 9, 8, tzinfo=UTC)
FIRST = date(2026, 11, 1)
REGISTER = "vergunningen"


def judged(letter: str, night: int, verdict: str = GOOD, *, is_sealed: bool = False, rows: int = 100) -> JudgedDelivery:
    as_of = FIRST + timedelta(days=night - 1)
    return JudgedDelivery(letter * 64, as_of, verdict, is_sealed, None, [], {"rows": rows})


def note(store: Store, *deliveries: JudgedDelivery) -> None:
    for of_night in deliveries:
        note_delivery(store, REGISTER, of_night, NOW)


def decided(store: Store, held: JudgedDelivery, decision: str) -> None:
    decide(store, REGISTER, held, decision, reason="nagekeken", by="anna", now=NOW)


def test_a_delivery_of_several_files_has_a_hash_of_its_own() -> None:
    assert delivery_digest(["a" * 64]) == "a" * 64
    assert delivery_digest(["a" * 64, "b" * 64]) != delivery_digest(["b" * 64, "a" * 64])


def test_the_last_good_delivery_counts_and_not_the_last_one(store: Store) -> None:
    first, held = judged("a", 1), judged("b", 2, SUSPECT)
    note(store, first, held)
    against = baselines(store, REGISTER, "c" * 64, FIRST + timedelta(days=2))
    assert (against.last, against.anchor, against.first_seen) == (first, first, None)
    assert baselines(store, "meldingen", "c" * 64, FIRST).last is None
    assert baselines(store, REGISTER, "b" * 64, FIRST + timedelta(days=2)).first_seen == held.as_of


def test_a_night_of_long_ago_sees_nothing_of_later_ones_and_of_its_own_only_other_deliveries(store: Store) -> None:
    note(store, judged("a", 1), judged("b", 3))
    assert baselines(store, REGISTER, "a" * 64, FIRST).last is None
    of_that_night = baselines(store, REGISTER, "c" * 64, FIRST).last
    assert of_that_night is not None
    assert of_that_night.delivery_sha256 == "a" * 64


def test_what_a_person_accepted_is_good_and_what_they_rejected_is_not(store: Store) -> None:
    first, second, third = judged("a", 1), judged("b", 2, SUSPECT), judged("c", 3)
    note(store, first, second, third)
    decided(store, second, ACCEPTED)
    decided(store, third, REJECTED)
    against = baselines(store, REGISTER, "d" * 64, FIRST + timedelta(days=3))
    assert (against.last, against.anchor) == (second, second)


def test_small_steps_are_held_against_the_oldest_good_one_or_the_last_that_somebody_decided_about(store: Store) -> None:
    nights = [judged(letter, night) for night, letter in enumerate("abcd", start=1)]
    note(store, *nights)
    soon, late = FIRST + timedelta(days=5), FIRST + timedelta(days=94)
    assert baselines(store, REGISTER, "f" * 64, soon).anchor == nights[0]
    assert baselines(store, REGISTER, "f" * 64, late).anchor == nights[2], "what is too long ago is the register's life"
    assert baselines(store, REGISTER, "f" * 64, FIRST + timedelta(days=400)).last == nights[3]
    sealed = judged("e", 5, is_sealed=True)
    note(store, sealed)
    assert baselines(store, REGISTER, "f" * 64, FIRST + timedelta(days=6)).anchor == sealed


def test_of_several_verdicts_on_a_delivery_in_a_night_the_last_counts(store: Store) -> None:
    note(store, judged("a", 1), judged("a", 1), judged("a", 1, SUSPECT))
    with store.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(delivery)) == 2
    assert baselines(store, REGISTER, "b" * 64, FIRST).last is None


def test_a_person_decides_once_with_a_reason_about_what_was_judged(store: Store) -> None:
    held = judged("a", 1, SUSPECT)
    with pytest.raises(StoreError):
        decided(store, held, ACCEPTED)
    note(store, held)
    assert pending_deliveries(store) == [(REGISTER, held)]
    with pytest.raises(StoreError, match="needs a reason"):
        decide(store, REGISTER, held, ACCEPTED, reason=" ", by="anna", now=NOW)
    decided(store, held, REJECTED)
    with pytest.raises(StoreError, match="rejected before, by anna"):
        decided(store, held, ACCEPTED)
    decision = decision_about(store, REGISTER, held.delivery_sha256)
    assert decision is not None
    assert (decision.decision, decision.reason) == (REJECTED, "nagekeken")
    assert pending_deliveries(store) == []
    assert last_confirmation(store, REGISTER) is None
    assert last_delivery(store, REGISTER) == held


def test_a_delivery_may_be_confirmed_as_often_as_it_holds(store: Store) -> None:
    held = judged("a", 1, SUSPECT)
    note(store, held)
    decided(store, held, ACCEPTED)
    decide(store, REGISTER, held, CONFIRMED, reason="geldt nog", by="anna", now=NOW + timedelta(days=40))
    decide(store, REGISTER, held, CONFIRMED, reason="geldt nog", by="anna", now=NOW + timedelta(days=80))
    assert last_confirmation(store, REGISTER) == date(2027, 1, 28)
    decision = decision_about(store, REGISTER, held.delivery_sha256)
    assert decision is not None
    assert decision.decision == ACCEPTED


def test_the_database_of_who_signed_a_mandate_accepts_with_two_people_who_say_the_same(store: Store) -> None:
    held, day = judged("a", 1, SUSPECT), date(2026, 10, 31)
    note(store, held)
    session = person(store, "anna")
    register(store, "anna")
    signature = {
        "statement": "0" * 64,
        "account": "anna",
        "fingerprint": key_fingerprint(KEYS["anna"].public_key()),
        "signature": "s",
        "session": session.key,
        "at": datetime.now(tz=UTC),
        "configuration": "",
        "configuration_sha256": "0" * 64,
    }
    with writing(store.engine) as connection:
        connection.execute(mandate_signature.insert(), signature)

    def says(by: str, decision: str, holds_for: date | None = None) -> None:
        decide(store, REGISTER, held, decision, reason="nagekeken", by=by, now=NOW, holds_for=holds_for)

    with pytest.raises(StoreError):
        says("anna", ACCEPTED)
    says("anna", PROPOSED, day)
    for by, holds_for in (("anna", day), ("bram", None), ("bram", date(2026, 10, 30))):
        with pytest.raises(StoreError):
            says(by, ACCEPTED, holds_for)
    says("bram", PROPOSED)
    with pytest.raises(StoreError):
        says("bram", ACCEPTED, day)  # what was proposed last counts
    says("anna", PROPOSED, day)
    says("bram", ACCEPTED, day)
    assert pending_deliveries(store) == []
    with pytest.raises(StoreError, match="accepted before, by bram"):
        says("anna", PROPOSED, day)


def test_the_database_itself_refuses_a_second_decision_and_one_about_nothing(store: Store) -> None:
    note(store, judged("a", 1, SUSPECT))
    row = {
        "register": REGISTER,
        "delivery_sha256": "a" * 64,
        "decision": ACCEPTED,
        "reason": "x",
        "decided_by": "anna",
        "decided_at": NOW,
    }
    with writing(store.engine) as connection:
        connection.execute(delivery_decided.insert(), row)
    for refused in (row | {"decision": REJECTED}, row | {"delivery_sha256": "b" * 64}):
        with pytest.raises(sa.exc.DBAPIError), writing(store.engine) as connection:
            connection.execute(delivery_decided.insert(), refused)
    for change in (delivery_decided.delete(), delivery.update().values(verdict=GOOD)):
        with pytest.raises(sa.exc.DBAPIError), writing(store.engine) as connection:
            connection.execute(change)
