"""A first look: by who read the case and all its evidence, never of the random sample; it makes no reader biased."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from screening.casework.case_errors import NotAllowedError
from screening.casework.cases.case import get_case
from screening.casework.cases.queue import next_case, queue
from screening.casework.visits.case_visits import case_visits
from screening.casework.visits.lists import get_visit_list
from screening.casework.visits.planning import plan_visits, visitable_cases
from screening.store import Store, Workspace
from screening.store.schema.cases import case_opened, case_reading, review_case
from screening.store.schema.runs import evidence, run
from screening.store.schema.visits import visit_stop
from tests.casework.visited import RUN, add_case, case_id, confirmed_town
from tests.casework.visits.test_lists import ANN, BEN, COLLEAGUES, NOW, SARA, TODAY, planned, say
from tests.store.bundles import address

OPEN = {"state": "open", "outcome": None, "concluded_on": None, "version": 1}


@pytest.fixture
def town(store: Store, workspace: Workspace) -> Store:
    """Confirmed cases, an open one at 18 that rules flagged, and one at 21 that was drawn."""
    confirmed_town(store, workspace)
    add_case(store, 18, **OPEN)
    add_case(store, 21, **OPEN, arm="sample")
    return store


def read(store: Store, number: int, account: str = "ann", *, evidence_too: bool = True) -> None:
    """An officer gives an own reading, and opens the evidence."""
    of = {"case_id": case_id(number), "account": account, "run_id": RUN.run_id, "at": NOW}
    with store.engine.begin() as connection:
        own = of | {"round": 1, "reading": "afwijking", "text": "Vreemd.", "opened_at": NOW}
        connection.execute(case_reading.insert(), own)
        at = evidence.c.address_id == address(number)
        for position in connection.scalars(sa.select(evidence.c.position).where(at)).all() if evidence_too else ():
            connection.execute(case_opened.insert(), of | {"item": f"hit:{position}"})


def first_looks(store: Store, viewer=ANN) -> set[str]:
    return {case.case_id for case in visitable_cases(store, viewer, now=NOW) if case.is_first_look}


def test_it_is_offered_once_all_evidence_was_opened_and_to_nobody_else(town: Store) -> None:
    assert first_looks(town) == set()
    with pytest.raises(NotAllowedError):
        planned(town, 18)
    read(town, 18, evidence_too=False)
    assert first_looks(town) == set()
    read(town, 21)
    assert first_looks(town) == set(), "a case that was drawn at random leads to no door"


def test_evidence_of_another_case_in_an_earlier_run_is_none_of_this_case(town: Store) -> None:
    earlier = "0" * 24
    with town.engine.begin() as connection:
        row = connection.execute(sa.select(run)).one()._asdict() | {"run_id": earlier, "published_seq": 0}
        connection.execute(run.insert(), row)
    add_case(town, 24, **OPEN, run_id=earlier)
    read(town, 18, evidence_too=False)
    with town.engine.begin() as connection:
        for position in connection.scalars(sa.select(evidence.c.position)).all():
            opened = {"case_id": case_id(24), "account": "ann", "run_id": earlier, "at": NOW}
            connection.execute(case_opened.insert(), opened | {"item": f"hit:{position}"})
    assert first_looks(town) == set()


def test_a_first_look_is_on_the_list_of_who_read_it(town: Store) -> None:
    read(town, 18)
    assert first_looks(town) == {case_id(18)}
    assert first_looks(town, BEN) == set()
    made = planned(town, 3, 18)
    assert {stop.case_id for stop in made.stops} == {case_id(3), case_id(18)}
    assert all(stop.is_walked for stop in made.stops)
    with pytest.raises(NotAllowedError):
        planned(town, 18, by=BEN, for_date=TODAY + timedelta(days=1))


@pytest.mark.parametrize("number", [18, 21], ids=["not read", "drawn at random"])
def test_the_database_itself_keeps_other_cases_from_a_list(town: Store, number: int) -> None:
    if number == 21:
        read(town, 21)
    made = planned(town, 3)
    row = {"visit_id": "f" * 16, "list_id": made.list_id, "case_id": case_id(number), "address_id": "x", "address": "x"}
    with pytest.raises(sa.exc.IntegrityError), town.engine.begin() as connection:
        connection.execute(visit_stop.insert(), row | {"position": 9, "look_at": []})


def test_the_second_reader_sees_nothing_of_it_before_the_own_reading(town: Store) -> None:
    read(town, 18)
    made = planned(town, 18)
    say(town, made, details={"aantal_kamers": "4"}, bevindingen=[])
    (mine,) = case_visits(town, ANN, case_id(18))
    assert mine.outcome.details == {"aantal_kamers": 4}
    assert case_visits(town, BEN, case_id(18)) == []
    read(town, 18, "ben")
    assert case_visits(town, BEN, case_id(18)) == [mine]


def test_who_came_along_is_not_offered_the_case_and_cannot_read_it(town: Store) -> None:
    read(town, 18)
    made = planned(town, 18, companion="ben")
    assert get_visit_list(town, BEN, made.list_id) is not None
    assert get_case(town, BEN, case_id(18), now=NOW) is None
    assert {case.case_id for case in queue(town, BEN, now=NOW).cases} == {case_id(21)}
    assert next_case(town, BEN, now=NOW).case_id == case_id(21)
    with pytest.raises(sa.exc.IntegrityError):
        read(town, 18, "ben")
    # to somebody else, and to who made the list, it is a case as before
    assert get_case(town, SARA, case_id(18), now=NOW) == get_case(town, ANN, case_id(18), now=NOW) is not None
    with town.engine.begin() as connection:
        its = review_case.c.case_id == case_id(18)
        connection.execute(
            review_case.update().where(its).values(state="closed", outcome="bevestigd_afwijking", concluded_on=TODAY)
        )
    assert get_case(town, BEN, case_id(18), now=NOW) is not None


def test_a_colleague_who_read_the_case_can_come_along_and_go_on_with_it(town: Store) -> None:
    read(town, 18)
    read(town, 18, "ben")
    planned(town, 18, companion="ben")
    assert get_case(town, BEN, case_id(18), now=NOW) is not None


def test_nobody_goes_where_the_case_ended_without_being_confirmed(town: Store) -> None:
    read(town, 18)
    made = planned(town, 3, 18)
    with town.engine.begin() as connection:
        its = review_case.c.case_id == case_id(18)
        connection.execute(
            review_case.update().where(its).values(state="closed", outcome="verklaard", concluded_on=TODAY)
        )
    stops = get_visit_list(town, ANN, made.list_id).stops
    assert {stop.case_id for stop in stops if not stop.is_walked} == {case_id(18)}
    assert first_looks(town) == set()


def test_what_is_past_its_term_is_no_first_look(town: Store) -> None:
    read(town, 18)
    later = NOW.replace(year=2027)
    assert {case.case_id for case in visitable_cases(town, ANN, now=later) if case.is_first_look} == set()
    with pytest.raises(NotAllowedError):
        plan_visits(town, ANN, [case_id(18)], for_date=date(2027, 11, 3), now=later, colleagues=COLLEAGUES)
