"""Two people read a probable link without seeing each other's reading; only what both say counts."""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from screening.base.vocabulary import Role
from screening.casework.case_errors import ConflictError, NotAllowedError
from screening.casework.links.judgements import judgement_history, judgements, undo_judgement
from screening.casework.links.link_readings import (
    LinkConflictError,
    reading_result,
    record_link_reading,
    undo_last_reading,
)
from screening.casework.links.links_to_judge import get_link_pair, my_readings, next_link_pair, reading_progress
from screening.casework.viewer import Viewer
from screening.store import Store, Workspace, open_store, publish
from screening.store.schema.link_readings import link_reading, link_reading_undone
from screening.store.schema.runs import link_judgement
from tests.casework.linked import link, pair, rows
from tests.databases import on_sqlite
from tests.store.bundles import make_bundle

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
ANA, BEA, CAS = (Viewer(name, frozenset({Role.ANALYST})) for name in ("ana", "bea", "cas"))
SIA = Viewer("sia", frozenset({Role.ANALYST, Role.SENSITIVE_REVIEWER}))
OLE = Viewer("ole", frozenset({Role.OFFICER, Role.LEAD, Role.AUDITOR, Role.ADMIN}))


@pytest.fixture
def links(store: Store, workspace: Workspace) -> Store:
    """A store whose last run has four probable links; the fourth is sensitive."""
    publish(store, workspace, make_bundle(6, links_to_judge=rows(range(1, 5), sensitive=(4,))))
    return store


def read(store: Store, viewer: Viewer, number: int, reading: str) -> None:
    record_link_reading(store, viewer, link(number), reading, now=NOW)


def test_what_two_readers_say_counts_and_what_one_says_does_not(links: Store) -> None:
    read(links, ANA, 1, "positive")
    assert judgements(links).is_empty()
    read(links, BEA, 1, "positive")
    assert judgements(links).rows() == [(*pair(1), "positive")]
    read(links, BEA, 2, "negative")
    read(links, ANA, 2, "negative")
    assert judgements(links).rows() == [(*pair(1), "positive"), (*pair(2), "negative")]


@pytest.mark.parametrize(("first", "second"), [*itertools.permutations(["positive", "negative", "unsure"], 2)])
@on_sqlite
def test_a_difference_is_recorded_as_unsure_and_told_to_both(links: Store, first: str, second: str) -> None:
    read(links, ANA, 1, first)
    read(links, BEA, 1, second)
    assert judgements(links).is_empty()
    assert [row["judgement"] for row in judgement_history(links, *pair(1))] == ["unsure"]
    for viewer, own, other in ((ANA, first, second), (BEA, second, first)):
        told = reading_result(links, viewer, link(1), now=NOW)
        assert (told.own, told.other, told.state) == (own, other, "differs")


def test_a_second_reader_sees_nothing_of_the_first(links: Store) -> None:
    fresh = (next_link_pair(links, BEA), get_link_pair(links, BEA, link(1)), reading_progress(links, BEA))
    read(links, ANA, 1, "positive")
    assert (next_link_pair(links, BEA), get_link_pair(links, BEA, link(1)), reading_progress(links, BEA)) == fresh
    assert reading_result(links, BEA, link(1), now=NOW) is None
    assert my_readings(links, BEA) == []


def test_nothing_that_is_shown_before_a_reading_holds_the_number(links: Store) -> None:
    shown = get_link_pair(links, ANA, link(1))
    assert shown is not None
    assert not {"log_odds", "score", "comparisons", "level"} & set(vars(shown))
    assert reading_result(links, ANA, link(1), now=NOW) is None
    read(links, ANA, 1, "unsure")
    assert reading_result(links, ANA, link(1), now=NOW).log_odds == 3.5


def test_who_read_first_is_not_asked_for_a_second_reading(links: Store) -> None:
    read(links, ANA, 1, "positive")
    assert next_link_pair(links, ANA) == link(2)
    assert get_link_pair(links, ANA, link(1)) is None
    with pytest.raises(ConflictError):
        read(links, ANA, 1, "positive")
    with pytest.raises(ConflictError):
        record_link_reading(links, Viewer(" ANA ", ANA.roles), link(1), "positive", now=NOW)


def test_the_database_itself_refuses_a_second_reading_of_the_same_person(links: Store) -> None:
    read(links, ANA, 1, "positive")
    read(links, ANA, 2, "positive")
    with links.engine.begin() as connection:
        first, other = connection.execute(sa.select(link_reading.c.id).order_by(link_reading.c.id)).scalars()
        judgement = connection.execute(
            link_judgement.insert().values(
                left_fingerprint="a1",
                right_fingerprint="b1",
                judgement="positive",
                judged_by="x",
                judged_at=NOW,
                reason="r",
            )
        ).inserted_primary_key[0]
    fine = {"link_id": link(1), "left_fingerprint": "a1", "right_fingerprint": "b1", "round": 1, "place": "second"}
    fine |= {"attempt": 1, "reading": "positive", "read_at": NOW, "judgement_id": judgement}
    for forged in (
        {"read_by": "ana", "first_id": first, "first_by": "ana"},
        {"read_by": "ana", "first_id": first, "first_by": "bea"},  # misnames who was first
        {"read_by": "bea", "first_id": other, "first_by": "ana"},  # the first reading of another pair
        {"read_by": "Ana", "first_id": first, "first_by": "ana"},
        {"read_by": "bea", "first_id": first, "first_by": None},
        {"read_by": "bea", "first_id": first, "first_by": "ana", "judgement_id": None},
        {"read_by": "bea", "first_id": None, "first_by": None, "place": "first"},  # a second first reading
    ):
        with pytest.raises(sa.exc.IntegrityError), links.engine.begin() as connection:
            connection.execute(link_reading.insert(), fine | forged)
    with links.engine.begin() as connection:  # the guard bites on what is forged, and on nothing else
        connection.execute(link_reading.insert(), fine | {"read_by": "bea", "first_id": first, "first_by": "ana"})


@pytest.mark.parametrize("table", ["link_judgement", "link_reading", "link_reading_undone", "link_result_seen"])
def test_what_was_read_and_judged_is_never_changed(links: Store, table: str) -> None:
    read(links, ANA, 2, "positive")
    undo_last_reading(links, ANA, now=NOW)
    read(links, ANA, 1, "positive")
    read(links, BEA, 1, "negative")
    reading_result(links, ANA, link(1), now=NOW)
    column = {"link_judgement": "judgement", "link_reading": "reading"}.get(table, "reading_id")
    statements = [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"]
    statements.append(f"REPLACE INTO {table} SELECT * FROM {table}")
    for statement in statements:
        with links.engine.connect() as connection:
            before = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
        assert before
        with pytest.raises(sa.exc.DBAPIError), links.engine.begin() as connection:
            connection.exec_driver_sql(statement)
        with links.engine.connect() as connection:
            assert connection.exec_driver_sql(f"SELECT * FROM {table}").all() == before


@on_sqlite  # PostgreSQL has no REPLACE
def test_a_row_cannot_be_replaced_through_another_constraint(links: Store) -> None:
    """REPLACE removes whatever stands in its way, also a row with another id."""
    read(links, ANA, 1, "positive")
    columns = "link_id, left_fingerprint, right_fingerprint, round, place, attempt, reading, read_by, read_at"
    forged = columns.replace("reading,", "'negative',")
    with pytest.raises(sa.exc.IntegrityError), links.engine.begin() as connection:
        connection.exec_driver_sql(
            f"REPLACE INTO link_reading (id, {columns}) SELECT id + 7, {forged} FROM link_reading"
        )


def test_a_slip_is_taken_back_and_the_pair_read_anew(links: Store) -> None:
    read(links, ANA, 1, "positive")
    assert undo_last_reading(links, ANA, now=NOW) == link(1)
    assert my_readings(links, ANA) == []
    assert next_link_pair(links, ANA) == link(1)
    read(links, ANA, 1, "negative")
    read(links, BEA, 1, "negative")
    assert undo_last_reading(links, BEA, now=NOW) == link(1)
    assert judgements(links).is_empty()
    assert next_link_pair(links, BEA) == link(1)
    assert next_link_pair(links, ANA) == link(2)
    read(links, BEA, 1, "positive")
    assert [row["judgement"] for row in judgement_history(links, *pair(1))] == ["negative", "undone", "unsure"]


def test_a_reading_is_not_taken_back_once_its_result_was_seen(links: Store) -> None:
    read(links, ANA, 1, "positive")
    read(links, BEA, 1, "negative")
    reading_result(links, BEA, link(1), now=NOW)
    with pytest.raises(LinkConflictError) as refused:
        undo_last_reading(links, BEA, now=NOW)
    assert refused.value.code == "seen"
    assert [one.can_undo for one in my_readings(links, BEA)] == [False]
    with links.engine.begin() as connection:
        mine = connection.scalar(sa.select(link_reading.c.id).where(link_reading.c.read_by == "bea"))
    with pytest.raises(sa.exc.IntegrityError), links.engine.begin() as connection:
        connection.execute(link_reading_undone.insert(), {"reading_id": mine, "undone_at": NOW})


@pytest.mark.parametrize(
    ("before", "code"),
    [
        (lambda store: None, "nothing_to_undo"),
        (lambda store: (read(store, ANA, 1, "positive"), read(store, BEA, 1, "positive")), "read_since"),
        (
            lambda store: (
                read(store, BEA, 1, "positive"),
                read(store, ANA, 1, "positive"),
                undo_judgement(store, *pair(1), by="cas", judged_at=NOW, reason="new facts"),
            ),
            "decided_since",
        ),
    ],
    ids=["nothing was read", "a colleague built on it", "decided on again elsewhere"],
)
@on_sqlite
def test_what_cannot_be_taken_back_is_told(links: Store, before, code: str) -> None:
    before(links)
    history = judgement_history(links, *pair(1))
    with pytest.raises(LinkConflictError) as refused:
        undo_last_reading(links, ANA, now=NOW)
    assert refused.value.code == code
    assert judgement_history(links, *pair(1)) == history


def test_a_pair_whose_judgement_was_undone_is_read_anew_by_two(links: Store) -> None:
    read(links, ANA, 1, "positive")
    read(links, BEA, 1, "positive")
    assert next_link_pair(links, CAS) == link(2)
    undo_judgement(links, *pair(1), by="cas", judged_at=NOW, reason="new facts")
    assert {next_link_pair(links, one) for one in (ANA, BEA, CAS)} == {link(1)}
    read(links, BEA, 1, "negative")
    assert judgements(links).is_empty()
    read(links, CAS, 1, "negative")
    assert judgements(links).rows() == [(*pair(1), "negative")]
    assert reading_result(links, ANA, link(1), now=NOW).other == "positive"  # of the round that they read in


def test_a_pair_that_was_judged_elsewhere_is_not_asked_for(links: Store) -> None:
    from screening.casework.links.judgements import record_judgement

    read(links, ANA, 1, "positive")
    record_judgement(links, *pair(1), "negative", by="officer", judged_at=NOW, reason="wrong link in a dossier")
    assert next_link_pair(links, BEA) == link(2)
    with pytest.raises(ConflictError):
        read(links, BEA, 1, "positive")
    assert reading_progress(links, BEA).judged == 1


def test_sensitive_pairs_are_for_those_who_may_see_such_dossiers(links: Store) -> None:
    assert (reading_progress(links, ANA).total, reading_progress(links, SIA).total) == (3, 4)
    assert get_link_pair(links, ANA, link(4)) is None
    with pytest.raises(NotAllowedError):
        read(links, ANA, 4, "positive")
    read(links, SIA, 4, "positive")
    assert reading_result(links, SIA, link(4), now=NOW) is not None


def test_who_lost_the_role_takes_no_reading_of_a_sensitive_pair_back(links: Store) -> None:
    """And learns nothing of one: the last reading is the last that they may see, or there is none."""
    without = Viewer(SIA.account, ANA.roles)
    read(links, SIA, 4, "positive")
    with pytest.raises(LinkConflictError, match="nothing to undo"):
        undo_last_reading(links, without, now=NOW)
    read(links, SIA, 1, "positive")
    read(links, BEA, 1, "positive")
    assert [reading.link_id for reading in my_readings(links, SIA)] == [link(1), link(4)]
    with pytest.raises(LinkConflictError) as refused:
        undo_last_reading(links, without, now=NOW)
    assert refused.value.code == "read_since"
    assert undo_last_reading(links, BEA, now=NOW) == undo_last_reading(links, without, now=NOW) == link(1)
    assert undo_last_reading(links, SIA, now=NOW) == link(4)


@on_sqlite
def test_who_is_no_analyst_sees_no_link(links: Store) -> None:
    for act in (reading_progress, next_link_pair, my_readings):
        with pytest.raises(NotAllowedError):
            act(links, OLE)
    for act in (
        lambda: get_link_pair(links, OLE, link(1)),
        lambda: read(links, OLE, 1, "positive"),
        lambda: undo_last_reading(links, OLE, now=NOW),
        lambda: reading_result(links, OLE, link(1), now=NOW),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_one_goes_on_where_one_stopped_and_can_leave_a_pair_for_later(links: Store) -> None:
    assert next_link_pair(links, ANA) == link(1)
    assert next_link_pair(links, ANA, after=link(1)) == link(2)
    assert next_link_pair(links, ANA, after=link(3)) == link(1)
    for number in (1, 2, 3):
        read(links, ANA, number, "unsure")
    assert next_link_pair(links, ANA) is None
    counted = reading_progress(links, ANA)
    assert (counted.total, counted.judged, counted.waiting, counted.left) == (3, 0, 3, 0)
    assert [one.link_id for one in my_readings(links, ANA)] == [link(3), link(2), link(1)]
    assert [one.can_undo for one in my_readings(links, ANA)] == [True, False, False]


def test_a_store_without_a_run_has_nothing_to_judge(store: Store) -> None:
    assert next_link_pair(store, ANA) is None
    assert reading_progress(store, ANA).total == 0
    assert get_link_pair(store, ANA, link(1)) is None


@pytest.mark.parametrize("reading", ["undone", "perhaps", ""])
@on_sqlite
def test_another_word_is_refused(links: Store, reading: str) -> None:
    with pytest.raises(NotAllowedError):
        read(links, ANA, 1, reading)


def test_readers_at_the_same_instant_give_one_first_and_one_second(url: str, workspace: Workspace) -> None:
    with open_store(url) as store:
        publish(store, workspace, make_bundle(6, links_to_judge=rows(range(1, 21))))
        start, errors = threading.Barrier(3), []

        def reader(viewer: Viewer) -> None:
            start.wait()
            for number in range(1, 21):
                try:
                    read(store, viewer, number, "positive")
                except ConflictError:
                    errors.append(number)

        threads = [threading.Thread(target=reader, args=(one,)) for one in (ANA, BEA, CAS)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert sorted(errors) == list(range(1, 21))  # the third of three comes too late, each time
        assert judgements(store).height == 20
        with store.engine.connect() as connection:
            places = connection.execute(sa.select(link_reading.c.link_id, link_reading.c.place)).all()
        assert sorted(places) == sorted((link(n), place) for n in range(1, 21) for place in ("first", "second"))


class Reading(RuleBasedStateMachine):
    """Any order of readings, undoings and looks at results, against a model of what must hold."""

    store: Store
    numbers = itertools.count(1)

    def __init__(self) -> None:
        super().__init__()
        self.offset = next(self.numbers) * 2
        #: number -> readings that stand, in order: (viewer, reading, seen)
        self.model: dict[int, list[list]] = {self.offset: [], self.offset + 1: []}
        self.last: list[tuple[Viewer, int]] = []

    @rule(
        viewer=st.sampled_from([ANA, BEA, CAS]), which=st.integers(0, 1), word=st.sampled_from(["positive", "negative"])
    )
    def read(self, viewer: Viewer, which: int, word: str) -> None:
        number = self.offset + which
        standing = self.model[number]
        is_mine = any(one[0] == viewer for one in standing)
        if len(standing) == 2 or is_mine:
            with pytest.raises(ConflictError):
                read(self.store, viewer, number, word)
            return
        read(self.store, viewer, number, word)
        standing.append([viewer, word, False])
        self.last.append((viewer, number))

    @rule(viewer=st.sampled_from([ANA, BEA, CAS]), which=st.integers(0, 1))
    def look(self, viewer: Viewer, which: int) -> None:
        number = self.offset + which
        mine = next((one for one in self.model[number] if one[0] == viewer), None)
        told = reading_result(self.store, viewer, link(number), now=NOW)
        assert (told is None) == (mine is None)
        if mine is not None:
            mine[2] = True

    @precondition(lambda self: self.last)
    @rule(viewer=st.sampled_from([ANA, BEA, CAS]))
    def undo(self, viewer: Viewer) -> None:
        own = [number for one, number in self.last if one == viewer]
        if not own:
            return  # the reader's last reading is of another example
        number = own[-1]
        standing = self.model[number]
        place = next(n for n, one in enumerate(standing) if one[0] == viewer)
        if standing[place][2] or place < len(standing) - 1:
            with pytest.raises(ConflictError):
                undo_last_reading(self.store, viewer, now=NOW)
            return
        assert undo_last_reading(self.store, viewer, now=NOW) == link(number)
        standing.pop()
        self.last.reverse()
        self.last.remove((viewer, number))
        self.last.reverse()

    @invariant()
    def only_what_two_people_say_counts(self) -> None:
        expected = {
            (*pair(number), standing[0][1])
            for number, standing in self.model.items()
            if len(standing) == 2 and standing[0][1] == standing[1][1]
        }
        here = {pair(number)[0] for number in self.model}
        assert {row for row in judgements(self.store).rows() if row[0] in here} == expected


def _play(store: Store, workspace: Workspace, examples: int, steps: int) -> None:
    publish(store, workspace, make_bundle(6, links_to_judge=rows(range(1, 4 * examples + 10))))
    Reading.store, Reading.numbers = store, itertools.count(1)
    run_state_machine_as_test(
        Reading,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_any_order_of_steps_leaves_only_what_two_people_say(sqlite_store: Store, workspace: Workspace) -> None:
    _play(sqlite_store, workspace, examples=15, steps=12)


@pytest.mark.long
def test_any_order_of_steps_leaves_only_what_two_people_say_at_length(store: Store, workspace: Workspace) -> None:
    _play(store, workspace, examples=300, steps=40)
