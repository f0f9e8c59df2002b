"""The lead divides cases by number in the neutral order, and gives nobody a case that they judged or may not see."""

from __future__ import annotations

from datetime import timedelta

import pytest

from screening.base.vocabulary import CaseState, ReviewOutcome, Role
from screening.casework.case_errors import NotAllowedError
from screening.casework.cases.case import get_case
from screening.casework.cases.queue import queue
from screening.casework.cases.readings import DOSSIER, mark_opened
from screening.casework.cases.sync import sync_cases
from screening.casework.cases.workload import Load, WorkCase, assign_oldest, move_all, work_board
from screening.casework.viewer import Viewer
from screening.store import Store, Workspace, publish
from screening.store.access.accounts import admit
from screening.store.access.sessions import begin_session
from tests.casework.caseload import ANNA, BRAM, DAY, DIRK, NOW, case_of, is_elsewhere, judged, later, night, read

LEAD = Viewer("lena", frozenset({Role.LEAD}))
SENSITIVE = 4


@pytest.fixture
def team(store: Store, workspace: Workspace) -> Store:
    """Three plain cases and a sensitive one, and the colleagues who handle them."""
    flags = {n: (("LIC-04", (f"vergunningen:Z{n}",)),) for n in (1, 2, 3)}
    publish(store, workspace, night(flags=flags | {SENSITIVE: (("SEX-01", ("seksinrichtingen:S4",)),)}))
    sync_cases(store, now=NOW)
    for viewer in (ANNA, BRAM, DIRK, LEAD):
        admit(store, account=viewer.account, issuer="i", subject=viewer.account, name=viewer.account.title(), now=NOW)
        begin_session(store, viewer.account, viewer.roles, now=NOW, absolute=timedelta(hours=8))
    return store


def mine(store: Store, viewer: Viewer) -> list[str]:
    return [case.case_id for case in queue(store, viewer, now=NOW).cases if case.assignee == viewer.account]


def in_order(store: Store) -> list[str]:
    return [case.case_id for case in queue(store, DIRK, now=NOW).cases]


def test_the_oldest_that_are_nobodys_come_on_the_name_of_a_colleague(team: Store) -> None:
    first, second, third = in_order(team)
    noted: list[str] = []
    assert assign_oldest(team, LEAD, "dirk", 2, now=NOW, note=noted.append) == 2
    assert mine(team, DIRK) == noted == [first, second]
    assert assign_oldest(team, LEAD, "anna", 5, now=NOW) == 1, "the sensitive one is not the lead's to give"
    assert mine(team, ANNA) == [third]


def test_nobody_gets_a_case_that_they_judged_and_a_second_officer_is_given(team: Store) -> None:
    first = in_order(team)[0]
    judged(team, DIRK, first, ReviewOutcome.BEVESTIGD_AFWIJKING, now=NOW)
    case = get_case(team, ANNA, first, now=NOW)
    assert case is not None
    assert case.state is CaseState.FIRST_JUDGED
    assert assign_oldest(team, LEAD, "dirk", 9, now=NOW) == 2
    assert first not in mine(team, DIRK)
    assert assign_oldest(team, LEAD, "anna", 1, now=NOW) == 1
    assert mine(team, ANNA) == [first]


def test_a_lead_who_judged_a_case_does_not_choose_its_second_reader(team: Store) -> None:
    first = in_order(team)[0]
    both = Viewer("lena", frozenset({Role.LEAD, Role.OFFICER}))
    judged(team, both, first, ReviewOutcome.BEVESTIGD_AFWIJKING, now=NOW)
    assert assign_oldest(team, both, "dirk", 9, now=NOW) == 2
    assert first not in mine(team, DIRK)


def test_all_of_who_is_away_moves_and_what_cannot_is_nobodys(team: Store) -> None:
    first, second, third = in_order(team)
    judged(team, BRAM, third, ReviewOutcome.BEVESTIGD_AFWIJKING, now=NOW)
    read(team, DIRK, first, now=NOW)
    assert assign_oldest(team, LEAD, "dirk", 9, now=NOW) == 2
    assert set(mine(team, DIRK)) == {first, second, third}
    assert move_all(team, LEAD, "dirk", "bram", now=NOW) == 3
    assert mine(team, DIRK) == []
    assert set(mine(team, BRAM)) == {first, second}
    assert case_of(team, 1, now=NOW).locked_by is None
    assert move_all(team, LEAD, "bram", None, now=NOW) == 2
    assert mine(team, BRAM) == []


@pytest.mark.parametrize(("to", "kept"), [("anna", 3), (None, 0)], ids=["to another", "to nobody"])
def test_what_the_lead_may_not_see_is_nobodys_too_and_is_not_counted(team: Store, to: str | None, kept: int) -> None:
    who_sees = Viewer("lena", frozenset({Role.LEAD, Role.SENSITIVE_REVIEWER}))
    assert assign_oldest(team, who_sees, "bram", 9, now=NOW) == 4
    noted: list[str] = []
    assert move_all(team, LEAD, "bram", to, now=NOW, note=noted.append) == 3
    assert len(noted) == 4, "each is in the ledger"
    assert mine(team, BRAM) == []
    assert len(mine(team, ANNA)) == kept
    assert case_of(team, SENSITIVE, now=NOW).assignee is None
    assert assign_oldest(team, who_sees, "bram", 9, now=NOW) == 4 - kept


def test_a_case_that_somebody_had_is_not_theirs_to_open_and_who_moved_it_never_had_it(team: Store) -> None:
    """Else whether it opens would tell that somebody judged it meanwhile."""
    first, second, third = in_order(team)
    both = Viewer("lena", frozenset({Role.LEAD, Role.OFFICER}))
    mark_opened(team, BRAM, first, DOSSIER, now=NOW)
    assert assign_oldest(team, both, "bram", 1, now=NOW) == 1
    assert move_all(team, both, "bram", None, now=NOW) == 2
    assert [is_elsewhere(team, both, case_id) for case_id in (first, second)] == [False, False]
    judged(team, ANNA, second, ReviewOutcome.BEVESTIGD_AFWIJKING, now=NOW)
    assert [is_elsewhere(team, BRAM, case_id) for case_id in (first, second, third)] == [True, True, False]


def test_a_lead_who_reads_cases_too_is_told_nothing_of_those_they_did_not_judge(team: Store) -> None:
    first, second, _ = in_order(team)
    both = Viewer("lena", frozenset({Role.LEAD, Role.OFFICER}))
    judged(team, both, first, ReviewOutcome.BEVESTIGD_AFWIJKING, now=NOW)
    judged(team, BRAM, second, ReviewOutcome.BEVESTIGD_AFWIJKING, now=NOW)
    board = work_board(team, both, now=NOW)
    assert (board.total, board.free, board.by_state) == (3, 3, {})
    assert [case.state for case in board.cases] == [CaseState.FIRST_JUDGED, None, None]
    assert assign_oldest(team, both, "dirk", 1, now=NOW) == 1
    assert [case.assignee for case in work_board(team, both, now=NOW).cases] == [None, None, None]
    assert work_board(team, LEAD, now=NOW).by_state[CaseState.FIRST_JUDGED] == 2


def test_the_board_counts_and_names_neither_address_nor_arm(team: Store) -> None:
    assign_oldest(team, LEAD, "dirk", 2, now=NOW)
    board = work_board(team, LEAD, now=later(days=20))
    assert (board.total, board.free, board.overdue) == (3, 1, 3)
    assert {load.colleague.account: (load.cases, load.overdue, load.oldest_days) for load in board.loads} == {
        "anna": (0, 0, None),
        "bram": (0, 0, None),
        "dirk": (2, 2, 20),
    }
    assert {case.age_days for case in board.cases} == {20}
    assert board.cases[0].opened_on == DAY
    assert (
        not {"address", "address_id", "arm", "case_id"}
        & (WorkCase.__dataclass_fields__ | Load.__dataclass_fields__).keys()
    )
    assert work_board(team, Viewer("lena", frozenset({Role.LEAD, Role.SENSITIVE_REVIEWER})), now=NOW).total == 4


@pytest.mark.parametrize("who", [ANNA, Viewer("anna", frozenset({Role.ADMIN}))])
def test_only_a_lead_divides(team: Store, who: Viewer) -> None:
    with pytest.raises(NotAllowedError):
        work_board(team, who, now=NOW)
    with pytest.raises(NotAllowedError):
        assign_oldest(team, who, "dirk", 1, now=NOW)
    with pytest.raises(NotAllowedError):
        move_all(team, who, "dirk", None, now=NOW)


@pytest.mark.parametrize("to", ["nobody.there", "lena"])
def test_cases_go_to_a_colleague_who_handles_them_and_not_to_oneself(team: Store, to: str) -> None:
    with pytest.raises(NotAllowedError):
        assign_oldest(team, LEAD, to, 1, now=NOW)
