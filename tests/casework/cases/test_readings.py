"""No judgement without reading: what the server refuses to an officer, or a script, that leaves a step out."""

from __future__ import annotations

import pytest

from screening.base.vocabulary import CaseState, OwnReading, ReviewOutcome
from screening.casework.case_errors import MotivationError, NotAllowedError, NotReadyError, WithColleagueError
from screening.casework.cases.case import get_case
from screening.casework.cases.history import case_history
from screening.casework.cases.judging import judge
from screening.casework.cases.readings import DOSSIER, Readiness, mark_opened, readiness, record_own_reading, reveal
from screening.store import Store, Workspace
from tests.casework.caseload import (
    ANNA,
    BRAM,
    EXPIRED,
    LEAD,
    NOW,
    case_of,
    given,
    judged,
    later,
    motivation,
    published,
    read,
)

TWO_HITS = (*EXPIRED, ("NUI-01", ("meldingen:M1",)))


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    """SQLite: what differs between the databases is tested in test_case_guards, test_case_races and test_snoozes."""
    return sqlite_store


@pytest.fixture
def case_id(store: Store, workspace: Workspace) -> str:
    """A case with two pieces of evidence, beside a sampled one."""
    published(store, workspace, flags={1: TWO_HITS}, drawn=[7])
    return case_of(store, 1).case_id


def try_to_judge(store: Store, case_id: str, viewer=ANNA) -> str:
    """Why judging is refused."""
    with pytest.raises(NotReadyError) as refused:
        judge(
            store,
            viewer,
            case_id,
            version=get_case(store, viewer, case_id, now=NOW).version,
            now=NOW,
            outcome=ReviewOutcome.DATA_FOUT,
            motivation=motivation(viewer, case_id),
        )
    return refused.value.reason


def test_each_step_waits_for_the_one_before(store: Store, case_id: str) -> None:
    assert readiness(store, ANNA, case_id) == Readiness(False, [DOSSIER], False, False, "dossier")
    assert try_to_judge(store, case_id) == "dossier"
    with pytest.raises(NotReadyError) as refused:
        record_own_reading(store, ANNA, case_id, OwnReading.AFWIJKING, "De zaak is open.", now=NOW)
    assert refused.value.reason == "dossier"
    mark_opened(store, ANNA, case_id, DOSSIER, now=NOW)
    assert readiness(store, ANNA, case_id) == Readiness(False, [], False, False, "own_reading")
    assert try_to_judge(store, case_id) == "own_reading"
    assert reveal(store, ANNA, case_id, now=NOW) is None
    with pytest.raises(NotReadyError) as refused:
        mark_opened(store, ANNA, case_id, "hit:0", now=NOW)
    assert refused.value.reason == "own_reading"
    record_own_reading(store, ANNA, case_id, OwnReading.AFWIJKING, "De zaak is open.", now=later(minutes=2))
    ready = readiness(store, ANNA, case_id)
    assert (len(ready.unopened), ready.may_judge, ready.why_not) == (2, False, "unopened")
    mark_opened(store, ANNA, case_id, ready.unopened[0], now=NOW)
    assert try_to_judge(store, case_id) == "unopened"
    mark_opened(store, ANNA, case_id, ready.unopened[1], now=NOW)
    assert readiness(store, ANNA, case_id) == Readiness(True, [], False, True, None)


def test_a_sampled_case_asks_for_the_same_reading(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1], drawn=[7])
    case_id = case_of(store, 7).case_id
    mark_opened(store, ANNA, case_id, DOSSIER, now=NOW)
    assert try_to_judge(store, case_id) == "own_reading"
    record_own_reading(store, ANNA, case_id, OwnReading.GEEN_AFWIJKING, "Alles klopt.", now=NOW)
    assert readiness(store, ANNA, case_id).may_judge


def test_what_a_colleague_read_and_opened_counts_for_nobody_else(store: Store, case_id: str) -> None:
    read(store, ANNA, case_id)
    assert readiness(store, BRAM, case_id).why_not == "dossier"
    assert reveal(store, BRAM, case_id, now=NOW) is None
    judged(store, ANNA, case_id, ReviewOutcome.BEVESTIGD_AFWIJKING)
    given(store, BRAM, case_id)
    assert readiness(store, BRAM, case_id) == Readiness(False, [DOSSIER], True, False, "dossier")
    assert try_to_judge(store, case_id, BRAM) == "dossier"


def test_an_own_reading_is_given_once_and_in_words(store: Store, case_id: str) -> None:
    mark_opened(store, ANNA, case_id, DOSSIER, now=NOW)
    with pytest.raises(MotivationError) as refused:
        record_own_reading(store, ANNA, case_id, OwnReading.AFWIJKING, "  ", now=NOW)
    assert refused.value.field == "text"
    record_own_reading(store, ANNA, case_id, OwnReading.AFWIJKING, "De zaak is open.", now=later(seconds=90))
    with pytest.raises(NotReadyError) as again:
        record_own_reading(store, ANNA, case_id, OwnReading.GEEN_AFWIJKING, "Toch niet.", now=later(minutes=5))
    assert again.value.reason == "own_reading_given"
    (kept,) = [step for step in case_history(store, case_id) if step.kind == "own_reading"]
    assert (kept.reading, kept.text, kept.done_at) == ("afwijking", "De zaak is open.", later(seconds=90))


def test_an_unknown_reading_is_no_reading(store: Store, case_id: str) -> None:
    mark_opened(store, ANNA, case_id, DOSSIER, now=NOW)
    with pytest.raises(ValueError, match="valid OwnReading"):
        record_own_reading(store, ANNA, case_id, "verdacht", "De zaak is open.", now=NOW)
    assert not readiness(store, ANNA, case_id).own_reading


@pytest.mark.parametrize("item", ["hit:999", "hit:", "hit:-1", "HIT:0", "record:1", "", "hit:0 ", "dossier "])
def test_only_what_is_in_the_dossier_can_be_opened(store: Store, case_id: str, item: str) -> None:
    read(store, ANNA, case_id)
    with pytest.raises(NotAllowedError):
        mark_opened(store, ANNA, case_id, item, now=NOW)


def test_evidence_of_another_case_cannot_be_opened(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1, 2])
    mine, other = case_of(store, 1).case_id, case_of(store, 2).case_id
    read(store, ANNA, mine)
    read(store, ANNA, other)
    position = reveal(store, ANNA, other, now=NOW).evidence["position"][0]
    with pytest.raises(NotAllowedError):
        mark_opened(store, ANNA, mine, f"hit:{position}", now=NOW)


def test_opening_twice_is_written_once_and_the_first_time_counts(store: Store, case_id: str) -> None:
    for minutes in (0, 5, 10):
        mark_opened(store, ANNA, case_id, DOSSIER, now=later(minutes=minutes))
    (opened,) = [step for step in case_history(store, case_id) if step.kind == "opened"]
    assert (opened.actor, opened.piece, opened.done_at) == ("anna", DOSSIER, NOW)


def test_opening_takes_a_free_case_and_leaves_a_closed_one_as_it_is(store: Store, case_id: str) -> None:
    mark_opened(store, ANNA, case_id, DOSSIER, now=NOW)
    assert get_case(store, ANNA, case_id, now=NOW).assignee == "anna"
    closed = judged(store, ANNA, case_id, ReviewOutcome.DATA_FOUT).case
    mark_opened(store, BRAM, case_id, DOSSIER, now=NOW)
    assert get_case(store, BRAM, case_id, now=NOW) == closed
    assert readiness(store, BRAM, case_id).why_not == "decided"


def test_the_first_officer_looks_back_without_holding_up_the_second(store: Store, case_id: str) -> None:
    judged(store, ANNA, case_id, ReviewOutcome.BEVESTIGD_AFWIJKING)
    mark_opened(store, ANNA, case_id, DOSSIER, now=NOW)
    case = get_case(store, BRAM, case_id, now=NOW)
    assert (case.state, case.assignee, case.locked_by) == (CaseState.FIRST_JUDGED, None, None)


def test_reading_waits_while_a_colleague_has_the_case_open(store: Store, case_id: str) -> None:
    mark_opened(store, ANNA, case_id, DOSSIER, now=NOW)
    after = later(hours=1)
    with pytest.raises(WithColleagueError):
        mark_opened(store, BRAM, case_id, DOSSIER, now=after)
    given(store, BRAM, case_id)
    mark_opened(store, BRAM, case_id, DOSSIER, now=after)
    with pytest.raises(WithColleagueError):
        record_own_reading(store, ANNA, case_id, OwnReading.AFWIJKING, "De zaak is open.", now=after)


@pytest.mark.parametrize(
    "act",
    [
        lambda store, case_id: mark_opened(store, LEAD, case_id, DOSSIER, now=NOW),
        lambda store, case_id: record_own_reading(store, LEAD, case_id, OwnReading.AFWIJKING, "Open.", now=NOW),
        lambda store, case_id: judge(
            store, LEAD, case_id, version=1, outcome=ReviewOutcome.DATA_FOUT, motivation="x" * 40, now=NOW
        ),
    ],
)
def test_who_is_no_officer_does_nothing_with_a_case(store: Store, case_id: str, act) -> None:
    with pytest.raises(NotAllowedError):
        act(store, case_id)
    assert case_history(store, case_id) == []
