"""How far a case is: one status for the queue, the dossier and the print, what is open, and what is late."""

from __future__ import annotations

from datetime import timedelta

from screening.base.vocabulary import ActKind, NoticeReason, ReviewOutcome
from screening.casework.acts.acts import INFORM_DAYS, ActForm, record_act
from screening.casework.acts.follow_up import CaseStage, FollowUp, cases_going_on, follow_ups, next_day
from screening.casework.acts.hand_over import take_back
from screening.casework.cases.case import get_case
from screening.store import Store, Workspace
from tests.casework.acts.decided import decided, published_without_flag
from tests.casework.acts.test_acts import ASK, RESULT, TOMORROW, upheld_objection
from tests.casework.acts.test_hand_over import handed_over
from tests.casework.caseload import ANNA, CARLA, DAY, DIRK, LEAD, NOW, case_of, later


def of(store: Store, case_id: str, viewer=ANNA, *, days: int = 0) -> FollowUp:
    """How far a case is so many days later."""
    case = get_case(store, viewer, case_id, now=later(days=days))
    assert case
    return follow_ups(store, viewer, [case], now=later(days=days))[case_id]


def test_a_confirmed_case_goes_on_until_its_result(sqlite_store: Store, workspace: Workspace) -> None:
    store, case_id = sqlite_store, decided(sqlite_store, workspace)
    begun = of(store, case_id)
    assert (begun.stage, begun.inform_by) == (CaseStage.CONFIRMED, DAY + timedelta(days=INFORM_DAYS))
    record_act(store, ANNA, case_id, ASK, now=NOW)
    waits = of(store, case_id)
    assert (waits.stage, waits.day, waits.is_late) == (CaseStage.WAITING, TOMORROW, False)
    assert of(store, case_id, days=2).is_wait_over
    later_on = ActForm(ActKind.INFORM_LATER, due_on=DAY + timedelta(days=3), choices=("toezicht",))
    record_act(store, ANNA, case_id, later_on, now=NOW)
    record_act(store, ANNA, case_id, ActForm(ActKind.DOCUMENTS_CAME), now=NOW)
    told_later = of(store, case_id, days=4)
    assert (told_later.stage, told_later.inform_by, told_later.is_late) == (CaseStage.CONFIRMED, later_on.due_on, True)
    record_act(store, ANNA, case_id, ActForm(ActKind.INFORMED), now=NOW)
    assert of(store, case_id).inform_by is None
    record_act(store, ANNA, case_id, RESULT, now=NOW)
    over = of(store, case_id, days=90)
    assert (over.stage, over.code, over.is_late) == (CaseStage.DONE, "hersteld", False)


def test_every_other_outcome_has_its_own_status(sqlite_store: Store, workspace: Workspace) -> None:
    store = sqlite_store
    explained = decided(store, workspace, ReviewOutcome.VERKLAARD)
    referred = decided(store, workspace, ReviewOutcome.DOORGEZET, n=5)
    wrong = decided(store, workspace, ReviewOutcome.DATA_FOUT, n=6)
    assert (of(store, explained).stage, of(store, explained).code) == (CaseStage.EXPLAINED, "vergund")
    assert of(store, wrong).stage is CaseStage.WRONG_DATA
    assert (of(store, referred).stage, of(store, referred).code) == (CaseStage.REFERRED, "ander_team")
    record_act(store, CARLA, referred, ActForm(ActKind.PASSED_ON, choices=("overleg",)), now=NOW)
    assert of(store, referred).stage is CaseStage.PASSED_ON


def test_an_objection_ends_what_is_waited_for(sqlite_store: Store, workspace: Workspace) -> None:
    store, case_id = sqlite_store, decided(sqlite_store, workspace)
    record_act(store, ANNA, case_id, ASK, now=NOW)
    handed_over(store, case_id)
    upheld_objection(store)
    stopped = of(store, case_id, days=40)
    assert (stopped.stage, stopped.stopped) == (CaseStage.STOPPED, NoticeReason.BEZWAAR_GEGROND)
    assert (stopped.inform_by, stopped.is_wait_over, stopped.must_take_back) == (None, False, True)
    assert [follow_up.case.case_id for follow_up in cases_going_on(store, ANNA, now=NOW)] == [case_id]
    take_back(store, ANNA, case_id, now=NOW)
    assert cases_going_on(store, ANNA, now=NOW) == []


def test_two_nights_without_it_stop_it_and_one_does_not(sqlite_store: Store, workspace: Workspace) -> None:
    store, case_id = sqlite_store, decided(sqlite_store, workspace)
    published_without_flag(store, workspace, nights=1)
    assert of(store, case_id).stage is CaseStage.CONFIRMED
    published_without_flag(store, workspace)
    assert of(store, case_id).stopped is NoticeReason.BRON_INGETROKKEN


def test_the_list_of_what_is_to_be_done_has_what_is_late_first_and_nothing_hidden(
    store: Store, workspace: Workspace
) -> None:
    first, second, sensitive = (decided(store, workspace, n=n) for n in (3, 5, 6))
    record_act(store, ANNA, second, ASK, now=NOW)
    listed = cases_going_on(store, DIRK, now=later(days=5))
    assert [follow_up.case.case_id for follow_up in listed] == [second, first]
    assert [next_day(follow_up) for follow_up in listed] == [TOMORROW, DAY + timedelta(days=INFORM_DAYS)]
    assert sensitive in {follow_up.case.case_id for follow_up in cases_going_on(store, ANNA, now=NOW)}
    assert cases_going_on(store, LEAD, now=NOW) == []
    record_act(store, ANNA, first, RESULT, now=NOW)
    assert [follow_up.case.case_id for follow_up in cases_going_on(store, DIRK, now=NOW)] == [second]


def test_an_open_case_says_no_more_than_its_state(sqlite_store: Store, workspace: Workspace) -> None:
    decided(sqlite_store, workspace)
    case = case_of(sqlite_store, 5)
    follow_up = follow_ups(sqlite_store, ANNA, [case], now=NOW)[case.case_id]
    assert (follow_up.stage, follow_up.code, follow_up.is_drawn) == (CaseStage.OPEN, None, False)
