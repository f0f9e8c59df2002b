"""A wish for contact is answered within working days; then its number goes, and only counts come back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.base.vocabulary import Role
from screening.casework.case_errors import ConflictError, NotAllowedError, NotReadyError
from screening.casework.tips.care_contacts import (
    CareCounts,
    ask_contact,
    care_contacts,
    care_counts,
    phone_number,
    record_care_step,
    wishes_at,
)
from screening.casework.tips.care_policy import CarePolicy
from screening.casework.viewer import Viewer
from screening.store import Store
from screening.store.engine import writing
from screening.store.schema.tips import GAVE_UP, NOT_REACHED, REACHED, TAKEN_ON, care_contact, care_number, care_step

#: A Friday: the next working day is a Monday.
NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)
ZOE, YARA = (Viewer(account, frozenset({Role.CARE_COORDINATOR})) for account in ("zoe", "yara"))
CONTACT = Viewer("gijs", frozenset({Role.CONTACT_PERSON}))
PHONE = "0612345678"


def ask(store: Store, phone: str = PHONE) -> int:
    """Wish for contact, and its number."""
    with store.engine.begin() as connection:
        ask_contact(connection, phone, now=NOW)
        number: int = connection.scalar(sa.select(sa.func.max(care_contact.c.id)))
    return number


def count(store: Store, table: sa.Table) -> int:
    with store.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table))


def step(store: Store, viewer: Viewer, number: int, kind: str, *, now: datetime = NOW) -> None:
    """What a person does who sees the wish as it is."""
    with store.engine.connect() as connection:
        seen = connection.scalar(sa.select(sa.func.count()).where(care_step.c.contact_id == number))
    record_care_step(store, viewer, number, kind, seen=seen, now=now)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("06-12 34 56 78", PHONE),
        ("+31 6 12345678", PHONE),
        ("0031 6 12345678", PHONE),
        ("+31 (0)6 12345678", PHONE),
        ("020-7654321", "0207654321"),
        ("+32 470 12 34 56", "+32470123456"),
        ("12345678", None),
        ("bel mij", None),
    ],
)
def test_a_number_has_one_form_however_it_is_typed(typed: str, number: str | None) -> None:
    assert phone_number(typed) == number


def test_the_number_goes_as_soon_as_contact_was_made_and_only_counts_come_back(store: Store) -> None:
    number, later = ask(store), NOW + timedelta(hours=1)
    for kind in (REACHED, NOT_REACHED, GAVE_UP):
        with pytest.raises(NotReadyError):
            step(store, ZOE, number, kind, now=later)
    step(store, ZOE, number, TAKEN_ON, now=later)
    with pytest.raises(ConflictError):
        step(store, ZOE, number, TAKEN_ON, now=later)
    with pytest.raises(NotReadyError):  # it is a colleague's
        step(store, YARA, number, REACHED, now=later)
    step(store, YARA, number, TAKEN_ON, now=later)
    step(store, YARA, number, NOT_REACHED, now=later)
    (wish,) = care_contacts(store, ZOE, now=later)
    assert (wish.taken_on_by, wish.tries) == ("yara", 1)
    assert count(store, care_number) == 1
    step(store, YARA, number, REACHED, now=later)
    assert care_contacts(store, ZOE, now=later) == []
    assert count(store, care_number) == 0
    assert care_counts(store, now=later) == CareCounts(0, 0)
    for kind in (REACHED, TAKEN_ON):
        with pytest.raises(NotAllowedError):
            step(store, YARA, number, kind, now=later)
    with store.engine.connect() as connection:
        kinds = connection.scalars(sa.select(care_step.c.kind).order_by(care_step.c.id)).all()
    assert kinds == [TAKEN_ON, TAKEN_ON, NOT_REACHED, REACHED]


def test_one_may_give_up_after_calls_in_vain_on_several_working_days(store: Store) -> None:
    number = ask(store)
    step(store, ZOE, number, TAKEN_ON)
    # Friday three times, Saturday, Monday and Tuesday: three working days
    for days, tries in ((0, 1), (0, 1), (0, 1), (1, 1), (3, 2), (4, 3)):
        now = NOW + timedelta(days=days)
        with pytest.raises(NotReadyError) as caught:
            step(store, ZOE, number, GAVE_UP, now=now)
        assert caught.value.reason == "tries"
        step(store, ZOE, number, NOT_REACHED, now=now)
        (wish,) = care_contacts(store, ZOE, now=now)
        assert wish.tries == tries, days
    step(store, ZOE, number, GAVE_UP, now=now)
    assert (count(store, care_number), care_contacts(store, ZOE, now=now)) == (0, [])


def test_a_wish_with_which_nobody_goes_on_goes_to_the_contact_person_too(store: Store) -> None:
    waits, taken, called = ask(store), ask(store, "0687654321"), ask(store, "0201234567")
    for number in (taken, called):
        step(store, ZOE, number, TAKEN_ON)
    monday, tuesday, wednesday, thursday = (NOW + timedelta(days=days) for days in (3, 4, 5, 6))
    step(store, ZOE, called, NOT_REACHED, now=monday)
    for now, late in (
        (monday, []),
        (tuesday, [waits]),
        (wednesday, [waits, taken]),
        (thursday, [waits, taken, called]),
    ):
        assert care_counts(store, now=now) == CareCounts(3, len(late)), now
        assert [wish.number for wish in care_contacts(store, CONTACT, now=now)] == late, now
    with pytest.raises(NotAllowedError):  # it is with the care coordinator, and in time
        step(store, CONTACT, taken, TAKEN_ON, now=tuesday)
    for number in (waits, called):
        step(store, CONTACT, number, TAKEN_ON, now=thursday)
        step(store, CONTACT, number, REACHED, now=thursday)
    assert [wish.number for wish in care_contacts(store, ZOE, now=thursday)] == [taken]


def test_of_two_who_take_a_wish_on_at_once_the_first_has_it(store: Store) -> None:
    number = ask(store)
    with ThreadPoolExecutor() as pool:
        tries = [pool.submit(record_care_step, store, who, number, TAKEN_ON, seen=0, now=NOW) for who in (ZOE, YARA)]
    refused = [error for each in tries if (error := each.exception())]
    assert [type(error) for error in refused] == [ConflictError]
    assert count(store, care_step) == 1
    (wish,) = care_contacts(store, ZOE, now=NOW)
    winner = ZOE if wish.taken_on_by == "zoe" else YARA
    record_care_step(store, winner, number, NOT_REACHED, seen=1, now=NOW)
    with pytest.raises(ConflictError):  # the same press once more is no second call
        record_care_step(store, winner, number, NOT_REACHED, seen=1, now=NOW)


def test_two_who_ask_for_a_call_at_a_number_at_once_get_one(store: Store) -> None:
    def asks() -> bool:
        with writing(store.engine) as connection:
            return ask_contact(connection, PHONE, now=NOW)

    with ThreadPoolExecutor() as pool:
        with writing(store.engine) as connection:
            assert ask_contact(connection, PHONE, now=NOW)
            other = pool.submit(asks)
            wait([other], timeout=0.3)  # it looks now, and sees nothing of what is not committed
        assert not other.result()
    assert count(store, care_contact) == 1


def test_who_asks_twice_for_a_call_at_a_number_is_called_once(store: Store) -> None:
    with store.engine.begin() as connection:
        assert [ask_contact(connection, PHONE, now=NOW + timedelta(hours=hour)) for hour in range(2)] == [True, False]
    (wish,) = care_contacts(store, ZOE, now=NOW)
    for kind in (TAKEN_ON, REACHED):
        step(store, ZOE, wish.number, kind)
    with store.engine.begin() as connection:
        assert ask_contact(connection, PHONE, now=NOW), "a wish that ended is no wish"


def test_what_is_kept_of_a_number_is_told_while_somebody_still_has_to_call(store: Store) -> None:
    number = ask(store, "+31612345678")  # as it was kept before a number had one form
    step(store, ZOE, number, TAKEN_ON)
    (wish,) = wishes_at(store, PHONE, now=NOW)
    assert (wish.number, [kind for kind, _, _ in wish.steps]) == (number, [TAKEN_ON])
    assert wishes_at(store, "0687654321", now=NOW) == []
    assert wishes_at(store, PHONE, now=NOW + timedelta(days=184)) == []
    step(store, ZOE, number, REACHED)
    assert wishes_at(store, PHONE, now=NOW) == []


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CARE_COORDINATOR, Role.CONTACT_PERSON}))
def test_nobody_else_reads_or_answers_wishes(sqlite_store: Store, role: Role) -> None:
    number, viewer = ask(sqlite_store), Viewer("anna", frozenset({role}))
    with pytest.raises(NotAllowedError):
        care_contacts(sqlite_store, viewer, now=NOW)
    with pytest.raises(NotAllowedError):
        step(sqlite_store, viewer, number, TAKEN_ON)


def test_a_wish_is_ended_once_whoever_is_first(store: Store) -> None:
    number = ask(store)
    ended = {"contact_id": number, "kind": REACHED, "account": "zoe", "at": NOW}
    with store.engine.begin() as connection:
        connection.execute(care_step.insert().values(ended))
    for other in (ended, ended | {"kind": GAVE_UP}):
        with pytest.raises(sa.exc.IntegrityError), store.engine.begin() as connection:
            connection.execute(care_step.insert().values(other))
    with pytest.raises(sa.exc.IntegrityError, match="never changes"), store.engine.begin() as connection:
        connection.execute(care_step.update().values(kind=NOT_REACHED))


@pytest.mark.parametrize("terms", [{"take_on_days": 0}, {"take_on_days": 3, "try_days": 2}, {"least_tries": 0}])
def test_terms_that_cannot_be_kept_are_refused(terms: dict[str, int]) -> None:
    with pytest.raises(StoreError):
        CarePolicy(**terms)
