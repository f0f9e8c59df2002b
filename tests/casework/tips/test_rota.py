"""Who reads the tips, who takes over what waits longer than a working day, and who sets that."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from screening.base.vocabulary import Role
from screening.casework.case_errors import NotAllowedError
from screening.casework.tips.rota import Turn, count_late, on_duty, rota, set_duty, tips_for
from screening.casework.tips.sightings import TipError
from screening.casework.tips.tips import decide_tip, inbox, report_tip
from screening.casework.viewer import Viewer
from screening.store import Store
from screening.store.access.accounts import admit, disable
from screening.store.access.sessions import begin_session
from tests.casework.tips.test_tips import CONTACT, COUNTER, NOW, SEEN, TODAY

#: A Tuesday.
TURN = {"from_day": TODAY, "contact": "c.contact", "deputy": "d.deputy"}
DEPUTY, THIRD = (Viewer(name, frozenset({Role.CONTACT_PERSON})) for name in ("d.deputy", "e.derde"))


@pytest.fixture
def staffed(sqlite_store: Store) -> Store:
    """A store in which two contact persons, an officer and a lead signed in."""
    people = {
        "c.contact": Role.CONTACT_PERSON,
        "d.deputy": Role.CONTACT_PERSON,
        "h.handhaver": Role.OFFICER,
        "l.lead": Role.LEAD,
    }
    for account, role in people.items():
        admit(sqlite_store, account=account, issuer="https://i", subject=account, name=account.title(), now=NOW)
        begin_session(sqlite_store, account, {Role.COLLEAGUE, role}, now=NOW, absolute=timedelta(hours=9))
    return sqlite_store


def test_a_turn_holds_until_the_next_and_the_last_of_a_day_counts(staffed: Store) -> None:
    assert on_duty(staffed, TODAY) is None
    next_week = TODAY + timedelta(days=6)
    lead = Viewer("l.lead", frozenset({Role.LEAD}))
    set_duty(staffed, CONTACT, **TURN, now=NOW)
    other = {"contact": "d.deputy", "deputy": "c.contact"}
    set_duty(staffed, lead, **TURN | {"from_day": next_week}, now=NOW)
    set_duty(staffed, lead, **TURN | {"from_day": next_week} | other, now=NOW)
    assert on_duty(staffed, TODAY - timedelta(days=1)) is None
    assert on_duty(staffed, next_week - timedelta(days=1)) == Turn(**TURN)
    assert on_duty(staffed, next_week + timedelta(days=99)) == Turn(next_week, "d.deputy", "c.contact")
    assert len(rota(staffed)) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"from_day": None}, "from_day"),
        ({"from_day": TODAY - timedelta(days=1)}, "from_day"),
        ({"from_day": TODAY + timedelta(days=184)}, "from_day"),
        ({"contact": "h.handhaver"}, "contact"),
        ({"deputy": "niemand"}, "deputy"),
        ({"deputy": "c.contact"}, "deputy"),
    ],
)
def test_a_turn_is_of_two_contact_persons_and_begins_today_or_later(staffed: Store, change: dict, field: str) -> None:
    with pytest.raises(TipError) as refused:
        set_duty(staffed, CONTACT, **TURN | change, now=NOW)
    assert list(refused.value.fields) == [field]
    assert rota(staffed) == []


def test_a_turn_of_somebody_who_left_holds_no_more_and_every_contact_person_reads(staffed: Store) -> None:
    set_duty(staffed, CONTACT, **TURN, now=NOW)
    disable(staffed, "c.contact", by="a.admin", now=NOW)
    assert on_duty(staffed, TODAY) is None
    report_tip(staffed, COUNTER, SEEN, now=NOW)
    assert len(tips_for(THIRD, on_duty(staffed, TODAY), inbox(staffed, THIRD, now=NOW), now=NOW)) == 1


def test_what_waits_for_a_deputy_who_left_every_contact_person_reads(staffed: Store) -> None:
    set_duty(staffed, CONTACT, **TURN, now=NOW)
    disable(staffed, "d.deputy", by="a.admin", now=NOW)
    turn = on_duty(staffed, TODAY)
    assert turn is not None
    assert (turn.contact, turn.gone) == ("c.contact", {"d.deputy"})
    report_tip(staffed, COUNTER, SEEN, now=NOW)

    def readers(now: datetime) -> list[int]:
        return [len(tips_for(who, turn, inbox(staffed, who, now=now), now=now)) for who in (CONTACT, THIRD)]

    assert [readers(NOW + timedelta(days=days)) for days in range(2)] == [[1, 0], [1, 1]]


def test_an_officer_sets_no_rota(staffed: Store) -> None:
    with pytest.raises(NotAllowedError):
        set_duty(staffed, Viewer("h.handhaver", frozenset({Role.OFFICER})), **TURN, now=NOW)


@pytest.mark.parametrize(
    ("received_at", "until"),
    [
        (datetime(2026, 11, 3, 14, 2, tzinfo=UTC), datetime(2026, 11, 4, 14, 2, tzinfo=UTC)),
        (datetime(2026, 11, 6, 9, 0, tzinfo=UTC), datetime(2026, 11, 9, 9, 0, tzinfo=UTC)),  # over a weekend
        (datetime(2026, 12, 24, 9, 0, tzinfo=UTC), datetime(2026, 12, 28, 9, 0, tzinfo=UTC)),  # over Christmas
    ],
)
def test_what_waits_a_working_day_goes_on_to_the_deputy(
    sqlite_store: Store, received_at: datetime, until: datetime
) -> None:
    seen = SEEN if received_at.month == 11 else SEEN.__class__(**vars(SEEN) | {"seen_on": date(2026, 12, 23)})
    signal_id = report_tip(sqlite_store, COUNTER, seen, now=received_at)
    turn = Turn(**TURN)

    def readers(now: datetime) -> list[int]:
        tips = inbox(sqlite_store, CONTACT, now=now)
        return [len(tips_for(viewer, turn, tips, now=now)) for viewer in (CONTACT, DEPUTY, THIRD)]

    before = until - timedelta(minutes=1)
    assert (readers(before), count_late(sqlite_store, now=before)) == ([1, 0, 0], 0)
    assert (readers(until), count_late(sqlite_store, now=until)) == ([1, 1, 0], 1)
    assert len(tips_for(THIRD, None, inbox(sqlite_store, THIRD, now=before), now=before)) == 1, "without a rota"
    decide_tip(sqlite_store, DEPUTY, signal_id, "kept", now=until)
    assert (readers(until), count_late(sqlite_store, now=until)) == ([0, 0, 0], 0)
