"""A wish for contact is answered within working days; then its number goes, and only counts come back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from screening.casework.case_errors import ConflictError, NotAllowedError, NotReadyError
from screening.casework.tips.care_contacts import (
    CareCounts,
    ask_contact,
    care_contacts,
    care_counts,
    record_care_step,
)
from screening.casework.tips.care_policy import CarePolicy
from screening.casework.viewer import Viewer
from screening.errors import StoreError
from screening.store import Store
from screening.store.schema.tips import GAVE_UP, NOT_REACHED, REACHED, TAKEN_ON, care_contact, care_number, care_step
from screening.vocabulary import Role

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


def test_the_number_goes_as_soon_as_contact_was_made_and_only_counts_come_back(store: Store) -> None:
    number, later = ask(store), NOW + timedelta(hours=1)
    for kind in (REACHED, NOT_REACHED, GAVE_UP):
        with pytest.raises(NotReadyError):
            record_care_step(store, ZOE, number, kind, now=later)
    record_care_step(store, ZOE, number, TAKEN_ON, now=later)
    with pytest.raises(ConflictError):
        record_care_step(store, ZOE, number, TAKEN_ON, now=later)
    with pytest.raises(NotReadyError):  # it is a colleague's
        record_care_step(store, YARA, number, REACHED, now=later)
    record_care_step(store, YARA, number, TAKEN_ON, now=later)
    record_care_step(store, YARA, number, NOT_REACHED, now=later)
    (wish,) = care_contacts(store, ZOE, now=later)
    assert (wish.taken_on_by, wish.tries, wish.due_on()) == ("yara", 1, None)
    assert count(store, care_number) == 1
    record_care_step(store, YARA, number, REACHED, now=later)
    assert care_contacts(store, ZOE, now=later) == []
    assert count(store, care_number) == 0
    assert care_counts(store, now=later) == CareCounts(0, 0, 0)
    for kind in (REACHED, TAKEN_ON):
        with pytest.raises(NotAllowedError):
            record_care_step(store, YARA, number, kind, now=later)
    with store.engine.connect() as connection:
        kinds = connection.scalars(sa.select(care_step.c.kind).order_by(care_step.c.id)).all()
    assert kinds == [TAKEN_ON, TAKEN_ON, NOT_REACHED, REACHED]


def test_one_may_give_up_after_several_calls_in_vain(store: Store) -> None:
    number = ask(store)
    record_care_step(store, ZOE, number, TAKEN_ON, now=NOW)
    for _ in range(3):
        with pytest.raises(NotReadyError) as caught:
            record_care_step(store, ZOE, number, GAVE_UP, now=NOW)
        assert caught.value.reason == "tries"
        record_care_step(store, ZOE, number, NOT_REACHED, now=NOW)
    record_care_step(store, ZOE, number, GAVE_UP, now=NOW)
    assert (count(store, care_number), care_contacts(store, ZOE, now=NOW)) == (0, [])


def test_what_nobody_took_on_in_time_goes_to_the_contact_person_too(store: Store) -> None:
    late, taken = ask(store), ask(store, "0687654321")
    record_care_step(store, ZOE, taken, TAKEN_ON, now=NOW)
    for days, counts in ((3, CareCounts(2, 0, 0)), (4, CareCounts(2, 1, 1)), (5, CareCounts(2, 2, 1))):
        assert care_counts(store, now=NOW + timedelta(days=days)) == counts, days
    monday, tuesday = (NOW + timedelta(days=days) for days in (3, 4))
    assert care_contacts(store, CONTACT, now=monday) == []
    assert [wish.phone for wish in care_contacts(store, CONTACT, now=tuesday)] == [PHONE]
    record_care_step(store, CONTACT, late, TAKEN_ON, now=tuesday)
    record_care_step(store, CONTACT, late, REACHED, now=tuesday)
    with pytest.raises(NotAllowedError):  # it is with the care coordinator
        record_care_step(store, CONTACT, taken, TAKEN_ON, now=tuesday)
    assert [wish.number for wish in care_contacts(store, ZOE, now=tuesday)] == [taken]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CARE_COORDINATOR, Role.CONTACT_PERSON}))
def test_nobody_else_reads_or_answers_wishes(sqlite_store: Store, role: Role) -> None:
    number, viewer = ask(sqlite_store), Viewer("anna", frozenset({role}))
    with pytest.raises(NotAllowedError):
        care_contacts(sqlite_store, viewer, now=NOW)
    with pytest.raises(NotAllowedError):
        record_care_step(sqlite_store, viewer, number, TAKEN_ON, now=NOW)


def test_a_wish_is_ended_once_whoever_is_first(store: Store) -> None:
    number = ask(store)
    step = {"contact_id": number, "kind": REACHED, "account": "zoe", "at": NOW}
    with store.engine.begin() as connection:
        connection.execute(care_step.insert().values(step))
    for other in (step, step | {"kind": GAVE_UP}):
        with pytest.raises(sa.exc.IntegrityError), store.engine.begin() as connection:
            connection.execute(care_step.insert().values(other))
    with pytest.raises(sa.exc.IntegrityError, match="never changes"), store.engine.begin() as connection:
        connection.execute(care_step.update().values(kind=NOT_REACHED))


@pytest.mark.parametrize("terms", [{"take_on_days": 0}, {"take_on_days": 3, "try_days": 2}, {"least_tries": 0}])
def test_terms_that_cannot_be_kept_are_refused(terms: dict[str, int]) -> None:
    with pytest.raises(StoreError):
        CarePolicy(**terms)
