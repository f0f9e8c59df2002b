"""A case that lapsed is not seen: it waits for the team lead, and what it rested on is never known for good."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import Role
from screening.casework.case_errors import NotAllowedError, NotReadyError
from screening.casework.case_policy import DEFAULT_POLICY
from screening.casework.cases.case import get_case
from screening.casework.cases.unseen import close_unseen, reopen_unseen, unseen_cases
from screening.casework.viewer import Viewer
from screening.store import Store, Workspace
from screening.store.schema.cases import case_fact, case_step, review_case, unseen_decision
from tests.casework.caseload import ANNA, EXPIRED, LEAD, NOW, case_of, cases, published
from tests.store.bundles import address

LAPSED_AT = NOW + timedelta(days=61)
SENSITIVE_LEAD = Viewer("sara", frozenset({Role.LEAD, Role.SENSITIVE_REVIEWER}))


@pytest.fixture
def lapsed(sqlite_store: Store, workspace: Workspace) -> Store:
    """Two flagged addresses, one of them sensitive, whose cases nobody read in time."""
    flags = {1: EXPIRED, 2: (("SEX-02", ("meldingen:M2",)),)}
    published(sqlite_store, workspace, flags=flags)
    report = published(sqlite_store, workspace, as_of=LAPSED_AT.date(), flags=flags, now=LAPSED_AT)
    assert (report.lapsed, report.opened) == (2, 0)
    return sqlite_store


def facts(store: Store) -> list[date | None]:
    with store.engine.connect() as connection:
        return list(connection.scalars(sa.select(case_fact.c.until)))


def next_night(store: Store, workspace: Workspace, days: int) -> int:
    now = LAPSED_AT + timedelta(days=days)
    return published(store, workspace, as_of=now.date(), flags=[1], now=now).opened


def test_what_lapsed_is_on_the_list_and_nothing_of_it_is_known(lapsed: Store) -> None:
    assert facts(lapsed) == []
    assert [case.address_id for case in unseen_cases(lapsed, LEAD)] == [address(1)]
    assert {case.address_id for case in unseen_cases(lapsed, SENSITIVE_LEAD)} == {address(1), address(2)}
    assert unseen_cases(lapsed, ANNA) == []


def test_it_opens_again_when_the_team_lead_says_so(lapsed: Store, workspace: Workspace) -> None:
    [case] = unseen_cases(lapsed, LEAD)
    with pytest.raises(NotAllowedError):
        reopen_unseen(lapsed, ANNA, case.case_id, now=LAPSED_AT, policy=DEFAULT_POLICY)
    again = reopen_unseen(lapsed, LEAD, case.case_id, now=LAPSED_AT, policy=DEFAULT_POLICY)
    assert again != case.case_id
    assert get_case(lapsed, ANNA, again, now=LAPSED_AT).address_id == address(1)
    assert unseen_cases(lapsed, LEAD) == []
    assert next_night(lapsed, workspace, 1) == 0  # it has its case
    assert case_of(lapsed, 1, now=LAPSED_AT + timedelta(days=1)).case_id == again
    with pytest.raises(NotAllowedError):
        reopen_unseen(lapsed, LEAD, case.case_id, now=LAPSED_AT, policy=DEFAULT_POLICY)


def test_it_is_closed_with_a_reason_and_for_a_term(lapsed: Store, workspace: Workspace) -> None:
    [case] = unseen_cases(lapsed, LEAD)
    with pytest.raises(NotReadyError):
        close_unseen(lapsed, LEAD, case.case_id, reason=" ", now=LAPSED_AT, policy=DEFAULT_POLICY)
    close_unseen(lapsed, LEAD, case.case_id, reason="Pand is gesloopt.", now=LAPSED_AT, policy=DEFAULT_POLICY)
    assert set(facts(lapsed)) == {LAPSED_AT.date() + timedelta(days=DEFAULT_POLICY.snooze_days)}
    assert next_night(lapsed, workspace, 1) == 0
    assert next_night(lapsed, workspace, DEFAULT_POLICY.snooze_days + 1) == 1


def test_nobody_decided_and_it_stays_without_another_case(lapsed: Store, workspace: Workspace) -> None:
    assert [next_night(lapsed, workspace, days) for days in (1, 200, 600)] == [0, 0, 0]
    assert len(unseen_cases(lapsed, SENSITIVE_LEAD)) == 2
    assert cases(lapsed, now=LAPSED_AT) == {}


def test_the_database_refuses_what_was_not_seen_to_be_known(lapsed: Store) -> None:
    with lapsed.engine.connect() as connection:
        case_id = connection.scalar(sa.select(review_case.c.case_id).where(review_case.c.address_id == address(1)))
    fact = {"case_id": case_id, "indicator": "LIC-04", "fingerprint": "", "address_id": address(1), "until": None}
    decision = {"case_id": case_id, "decision": "closed", "reason": "Gezien", "decided_by": "lena", "decided_at": NOW}

    def is_refused(statement: sa.Executable) -> bool:
        try:
            with lapsed.engine.begin() as connection:
                connection.execute(statement)
        except sa.exc.IntegrityError:
            return True
        return False

    assert is_refused(case_fact.insert().values(**fact))
    assert is_refused(case_fact.insert().values(**fact | {"until": date(2027, 1, 1)}))
    assert is_refused(unseen_decision.insert().values(**decision | {"reason": ""}))
    assert not is_refused(unseen_decision.insert().values(**decision))
    assert is_refused(unseen_decision.delete())
    assert is_refused(case_fact.insert().values(**fact))
    assert not is_refused(case_fact.insert().values(**fact | {"until": date(2027, 1, 1)}))
    with lapsed.engine.connect() as connection:
        assert "lapsed" in set(connection.scalars(sa.select(case_step.c.kind)))
