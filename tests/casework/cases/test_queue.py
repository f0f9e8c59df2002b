"""The queue: a neutral order that stays, narrower views, and one officer at a time at a case."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import CaseState, Purpose, ReviewOutcome
from screening.casework.case_errors import ConflictError, NotAllowedError, WithColleagueError
from screening.casework.case_policy import CasePolicy
from screening.casework.cases.case import get_case
from screening.casework.cases.queue import QueueFilter, next_case, queue, release
from screening.casework.cases.readings import DOSSIER, mark_opened
from screening.store import Store, Workspace
from screening.store.schema.cases import case_step, review_case
from tests.casework.caseload import ANNA, BRAM, CARLA, DIRK, LEAD, NOW, case_of, cases, judged, later, published, read
from tests.store.bundles import address

TOMORROW = date(2026, 11, 3)


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    """SQLite: what differs between the databases is tested in test_case_guards, test_case_races and test_snoozes."""
    return sqlite_store


@pytest.fixture
def town(store: Store, workspace: Workspace) -> Store:
    """Two days of cases: 1–6 and a drawn one first, 11 and 12 a day later."""
    published(store, workspace, flags=range(1, 7), drawn=[9])
    published(store, workspace, as_of=TOMORROW, flags=[*range(1, 7), 11, 12], now=later(days=1))
    return store


def ids(store: Store, **filters: object) -> list[str]:
    return [one.case_id for one in queue(store, ANNA, filters=QueueFilter(**filters), now=later(days=1)).cases]


def test_oldest_first_and_of_one_day_by_a_random_id_whatever_is_known_of_the_cases(town: Store) -> None:
    found = queue(town, ANNA, now=later(days=1)).cases
    assert [one.opened_on for one in found] == sorted(one.opened_on for one in found)
    assert [(one.opened_on, one.case_id) for one in found] == sorted((one.opened_on, one.case_id) for one in found)
    assert ids(town) == ids(town)


@pytest.mark.parametrize("filters", [{}, {"due_before": date(2027, 1, 1)}])
def test_pages_hold_every_case_once_and_in_the_same_order(town: Store, filters: dict) -> None:
    seen, after = [], None
    while True:
        page = queue(town, ANNA, filters=QueueFilter(**filters), limit=2, after=after, now=later(days=1))
        assert page.total == 9
        seen += [one.case_id for one in page.cases]
        after = page.next_after
        if after is None:
            break
    assert seen == ids(town)


@pytest.mark.parametrize("after", ["", "rubbish", "2026-11-02", "2026-13-45.x", "2026-11-02.2026-11-02.x", "'; --.x"])
def test_a_place_that_is_not_understood_is_the_start(town: Store, after: str) -> None:
    assert [one.case_id for one in queue(town, ANNA, after=after, now=later(days=1)).cases] == ids(town)


def test_counting_stops_where_it_tells_an_officer_no_more(town: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screening.casework.cases.queue.MOST_COUNTED", 4)
    page = queue(town, ANNA, now=later(days=1))
    assert (page.total, len(page.cases)) == (4, 9)


def test_narrower_views(town: Store) -> None:
    now = later(days=1)
    first = case_of(town, 1, now=now)
    mark_opened(town, ANNA, first.case_id, DOSSIER, now=now)
    judged(town, BRAM, case_of(town, 2, now=now).case_id, ReviewOutcome.BEVESTIGD_AFWIJKING, now=now)
    judged(town, BRAM, case_of(town, 3, now=now).case_id, ReviewOutcome.DATA_FOUT, now=now)
    assert ids(town, mine=True) == [first.case_id]
    assert ids(town, state=CaseState.FIRST_JUDGED) == []
    assert len(ids(town)) == 8, "whatever the state: a page counts them and lists its reader's own"
    of_first = queue(town, BRAM, filters=QueueFilter(state=CaseState.FIRST_JUDGED), now=now).cases
    assert [case.address_id for case in of_first] == [address(2)]
    for outcome, numbers in ((ReviewOutcome.DATA_FOUT, [3]), (ReviewOutcome.VERKLAARD, [])):
        chosen = QueueFilter(state=CaseState.CLOSED, outcome=outcome)
        found = queue(town, ANNA, filters=chosen, now=now).cases
        assert [case.address_id for case in found] == [address(n) for n in numbers]
    closed = queue(town, ANNA, filters=QueueFilter(state=CaseState.CLOSED), now=now).cases
    assert [one.address_id for one in closed] == [address(3)]
    of_bram = queue(town, BRAM, filters=QueueFilter(state=CaseState.CLOSED, mine=True), now=now).cases
    assert [one.address_id for one in of_bram] == [address(3)]
    assert queue(town, ANNA, filters=QueueFilter(state=CaseState.CLOSED, mine=True), now=now).cases == []
    assert ids(town, state=CaseState.LAPSED) == []
    assert ids(town, postcode4="1204") == [case_of(town, 4, now=now).case_id]
    assert ids(town, postcode4="1204", state=CaseState.OPEN) == [case_of(town, 4, now=now).case_id]
    assert ids(town, postcode4="9999") == []
    # 14 days after the first day; of the 7 one is closed
    assert len(ids(town, due_before=date(2026, 11, 17))) == 6
    assert ids(town, state=CaseState.OPEN) == ids(town)


def test_what_was_handled_today_is_counted_from_midnight_at_the_town_hall(town: Store) -> None:
    for n in (1, 2):
        judged(town, ANNA, case_of(town, n, now=later(days=1)).case_id, ReviewOutcome.DATA_FOUT, now=later(days=1))
    page = queue(town, ANNA, now=later(days=1), policy=CasePolicy(capacity_per_day=5))
    assert (page.handled_today, page.capacity) == (2, 5)
    assert queue(town, ANNA, now=later(days=1, hours=13, minutes=59)).handled_today == 2  # 23:59
    assert queue(town, ANNA, now=later(days=1, hours=14)).handled_today == 0
    assert queue(town, BRAM, now=later(days=1)).handled_today == 0


def test_the_next_case_is_the_first_free_one_assigned_and_locked(town: Store) -> None:
    order = ids(town)
    one = next_case(town, ANNA, now=later(days=1), purpose=Purpose.VERG)
    assert (one.case_id, one.assignee, one.locked_by, one.purpose) == (order[0], "anna", "anna", Purpose.VERG)
    assert one.locked_until == later(days=1, minutes=30)
    assert next_case(town, BRAM, now=later(days=1)).case_id == order[1]
    # one's own first: whoever took a case goes on with it
    assert next_case(town, ANNA, now=later(days=1)).case_id == order[0]
    # an assignment outlives its lock
    assert next_case(town, CARLA, now=later(days=1, hours=2)).case_id == order[2]


def test_the_next_case_is_never_one_that_the_officer_judged(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1])
    case_id = case_of(store, 1).case_id
    judged(store, ANNA, case_id, ReviewOutcome.BEVESTIGD_AFWIJKING)
    assert next_case(store, ANNA, now=NOW) is None
    assert next_case(store, BRAM, now=NOW).case_id == case_id
    judged(store, BRAM, case_id, ReviewOutcome.DATA_FOUT)
    assert next_case(store, ANNA, now=NOW) is None
    assert next_case(store, CARLA, now=NOW).case_id == case_id


def test_the_next_case_is_one_that_the_officer_may_see(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags={1: (("SEX-01", ("controles:C1",)),)})
    assert next_case(store, DIRK, now=NOW) is None
    assert next_case(store, LEAD, now=NOW) is None
    assert next_case(store, ANNA, now=NOW) is not None


def test_a_lock_is_seen_by_others_renewed_by_its_holder_and_free_once_it_is_over(town: Store) -> None:
    now = later(days=1)
    case = next_case(town, ANNA, now=now)
    seen = get_case(town, BRAM, case.case_id, now=now)
    assert (seen.locked_by, seen.locked_until) == ("anna", now + timedelta(minutes=30))
    for refused in (
        lambda: mark_opened(town, BRAM, case.case_id, DOSSIER, now=now),
        lambda: release(town, BRAM, case.case_id, version=case.version, now=now),
    ):
        with pytest.raises(WithColleagueError):
            refused()
    mark_opened(town, ANNA, case.case_id, DOSSIER, now=now + timedelta(minutes=29))
    renewed = get_case(town, BRAM, case.case_id, now=now + timedelta(minutes=31))
    assert (renewed.locked_by, renewed.version) == ("anna", case.version)
    over = now + timedelta(minutes=59)
    assert get_case(town, BRAM, case.case_id, now=over).locked_by is None
    with pytest.raises(WithColleagueError):  # it stays hers until she gives it back, or the lead moves it
        mark_opened(town, BRAM, case.case_id, DOSSIER, now=over)


def test_the_next_case_is_looked_for_before_anything_is_held_and_one_that_goes_meanwhile_is_passed_over(
    town: Store,
) -> None:
    now = later(days=1)
    first, second = ids(town)[:2]
    looking: list[bool] = []

    def take(connection: sa.Connection, _cursor: object, statement: str, *_: object) -> None:
        if "assignee IS NULL ORDER BY" in statement:
            looking.append(connection.get_execution_options().get("is_writing", False))
            mark_opened(town, BRAM, first, DOSSIER, now=now)

    sa.event.listen(town.engine, "after_cursor_execute", take)
    noted: list[str] = []
    assert next_case(town, ANNA, now=now, note=noted.append).case_id == second
    assert (looking, noted) == ([False, False], [second])


def test_opening_a_case_takes_a_version_and_leaves_a_step(town: Store) -> None:
    now = later(days=1)
    case = case_of(town, 1, now=now)
    mark_opened(town, BRAM, case.case_id, DOSSIER, now=now, purpose=Purpose.VERG)
    taken = case_of(town, 1, now=now)
    assert (taken.assignee, taken.purpose, taken.locked_by, taken.version) == (
        "bram",
        "P-VERG",
        "bram",
        case.version + 1,
    )
    with pytest.raises(ConflictError, match="Somebody else was first"):
        release(town, BRAM, case.case_id, version=case.version, now=now)
    given_back = release(town, BRAM, case.case_id, version=taken.version, now=now)
    assert (given_back.assignee, given_back.purpose) == (None, None)
    with town.engine.connect() as connection:
        rows = connection.execute(sa.select(case_step.c.kind, case_step.c.actor, case_step.c.details)).all()
    assert rows == [("assigned", "bram", {"purpose": "P-VERG"}), ("released", "bram", {})]


def test_nobody_becomes_a_second_reader_by_choice(town: Store) -> None:
    """One that a colleague has and one that a colleague confirmed have the same answer; the next case is given."""
    now = later(days=1)
    first, second = ids(town)[:2]
    judged(town, BRAM, first, ReviewOutcome.BEVESTIGD_AFWIJKING, now=now)
    mark_opened(town, BRAM, second, DOSSIER, now=now)
    said = set()
    for case_id in (first, second):
        case = get_case(town, ANNA, case_id, now=now)
        for act in (
            lambda: mark_opened(town, ANNA, case.case_id, DOSSIER, now=now),  # noqa: B023
            lambda: release(town, ANNA, case.case_id, version=case.version, now=now),  # noqa: B023
        ):
            with pytest.raises(WithColleagueError) as refused:
                act()
            said.add(str(refused.value))
    assert len(said) == 1
    assert next_case(town, ANNA, now=now).case_id == first
    third = ids(town)[2]
    for case_id in (first, third):
        mark_opened(town, ANNA, case_id, DOSSIER, now=now)
        case = get_case(town, ANNA, case_id, now=now)
        release(town, ANNA, case_id, version=case.version, now=now)
        with pytest.raises(WithColleagueError):  # given back, judged or not, it is for whom it is given to next
            mark_opened(town, ANNA, case_id, DOSSIER, now=now)
    assert next_case(town, ANNA, now=now).case_id == first


def test_only_who_has_it_gives_it_back(town: Store) -> None:
    case = case_of(town, 1, now=later(days=1))
    with pytest.raises(NotAllowedError, match="not assigned to you"):
        release(town, ANNA, case.case_id, version=case.version, now=later(days=1))


def test_not_there_over_and_not_yours_read_alike(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags={1: (("SEX-01", ("controles:C1",)),), 2: (("LIC-04", ("vergunningen:Z2",)),)})
    sensitive, plain = case_of(store, 1), case_of(store, 2)
    said = set()
    for viewer, case_id, now in (
        (DIRK, sensitive.case_id, NOW),
        (DIRK, "0" * 16, NOW),
        (LEAD, plain.case_id, NOW),
        (DIRK, plain.case_id, later(days=61)),
        (DIRK, "'; DROP TABLE review_case; --", NOW),
    ):
        assert get_case(store, viewer, case_id, now=now) is None
        with pytest.raises(NotAllowedError) as refused:
            release(store, viewer, case_id, version=1, now=now)
        said.add(str(refused.value))
    assert len(said) == 1


def test_a_case_under_way_is_not_hidden_by_a_second_account_of_the_same_name(town: Store) -> None:
    from screening.casework.viewer import Viewer

    one = next_case(town, Viewer(" Anna ", ANNA.roles), now=later(days=1))
    assert one.assignee == "anna"


def test_one_undecided_case_an_address_is_a_rule_of_the_database(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1])
    row = "INSERT INTO review_case SELECT 'ffffffffffffffff', {} FROM review_case"
    rest = ", ".join(column.name for column in review_case.columns if column.name != "case_id")
    with pytest.raises(sa.exc.IntegrityError), store.engine.begin() as connection:
        connection.exec_driver_sql(row.format(rest))
    assert len(cases(store)) == 1
    assert read(store, ANNA, case_of(store, 1).case_id).locked_by == "anna"
