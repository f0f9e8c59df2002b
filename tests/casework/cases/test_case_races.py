"""Several officers at once: of two decisions on one case one succeeds, one is told, and nothing is overwritten."""

from __future__ import annotations

import atexit
import dataclasses
import functools
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from screening.base.errors import BarrierError
from screening.base.vocabulary import OwnReading, ReviewOutcome
from screening.casework.case_policy import CasePolicy
from screening.casework.cases import changing, judging
from screening.casework.cases.case import get_case
from screening.casework.cases.history import confirmed_cases
from screening.casework.cases.judging import judge
from screening.casework.cases.queue import next_case, release
from screening.casework.cases.readings import DOSSIER, mark_opened, record_own_reading
from screening.casework.cases.sync import sync_cases
from screening.store import Store, Workspace, open_store
from screening.store.schema.cases import case_judgement, case_opened, case_reading, review_case
from screening.store.schema.runs import evidence
from tests.casework.caseload import (
    ANNA,
    BRAM,
    CARLA,
    DIRK,
    NOW,
    case_of,
    cases,
    judged,
    later,
    motivation,
    published,
    read,
)

OFFICERS = (ANNA, BRAM, CARLA, DIRK)
SHORT = CasePolicy(lock_minutes=1)
#: Who comes second hears that the case changed, or that it is a colleague's now: it waits for its second reading.
ONE_IS_TOLD = (["ConflictError", "Judged"], ["Judged", "WithColleagueError"])


def rows(store: Store, table: sa.FromClause) -> list[sa.Row]:
    with store.engine.connect() as connection:
        return list(connection.execute(table.select()))


# ------------------------------------------------------------------------------------------- pairs of decisions


def race(first: Callable[[], object], second: Callable[[], object]) -> list[str]:
    """Both at the same moment: what came of each, by name."""
    gate = threading.Barrier(2)

    def run(act: Callable[[], object]) -> str:
        gate.wait()
        try:
            return type(act()).__name__
        except BarrierError as error:
            return type(error).__name__

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(run, (first, second)))


def pairs_of_decisions(store: Store, workspace: Workspace, pairs: int) -> None:
    """On each case two officers, both ready, both holding the same version, decide at once."""
    published(store, workspace, flags=range(1, pairs + 1))
    known = list(cases(store).values()) if pairs <= 200 else None
    ids = [one.case_id for one in known] if known else [row.case_id for row in rows(store, review_case)]
    after = later(hours=2)
    for turn, case_id in enumerate(ids):
        read(store, ANNA, case_id)
        version = read(store, BRAM, case_id, now=later(hours=1)).version  # once her lock was over
        wanted = (ReviewOutcome.BEVESTIGD_AFWIJKING, ReviewOutcome.DATA_FOUT)

        def decide(viewer, outcome, case_id=case_id, version=version):
            return lambda: judge(
                store,
                viewer,
                case_id,
                version=version,
                outcome=outcome,
                now=after,
                motivation=motivation(viewer, case_id),
            )

        assert race(decide(ANNA, wanted[turn % 2]), decide(BRAM, wanted[(turn + 1) % 2])) in ONE_IS_TOLD
    assert Counter(row.case_id for row in rows(store, case_judgement)) == dict.fromkeys(ids, 1)


def test_of_two_decisions_one_succeeds_and_one_is_told(store: Store, workspace: Workspace) -> None:
    pairs_of_decisions(store, workspace, 25)


@pytest.mark.goal("R9", reached="1,000 pairs: one success, one conflict")
@pytest.mark.long
def test_of_a_thousand_pairs_of_decisions_each_has_one_success_and_one_conflict(
    store: Store, workspace: Workspace
) -> None:
    pairs_of_decisions(store, workspace, 1000)


def test_two_second_officers_are_one_second_officer(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=range(1, 6))
    for case in list(cases(store).values()):
        judged(store, ANNA, case.case_id, ReviewOutcome.BEVESTIGD_AFWIJKING)
        read(store, BRAM, case.case_id, now=later(hours=1))
        version = read(store, CARLA, case.case_id, now=later(hours=2)).version

        def decide(viewer, case_id=case.case_id, version=version):
            return lambda: judge(
                store,
                viewer,
                case_id,
                version=version,
                outcome=ReviewOutcome.BEVESTIGD_AFWIJKING,
                now=later(hours=3),
                motivation=motivation(viewer, case_id),
            )

        assert race(decide(BRAM), decide(CARLA)) in ONE_IS_TOLD
    assert len(confirmed_cases(store)) == 5


def test_the_same_form_sent_twice_is_one_judgement(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1])
    case = read(store, ANNA, case_of(store, 1).case_id)

    def decide() -> object:
        return judge(
            store,
            ANNA,
            case.case_id,
            version=case.version,
            outcome=ReviewOutcome.DATA_FOUT,
            now=NOW,
            motivation=motivation(ANNA, case.case_id),
        )

    assert race(decide, decide) == ["ConflictError", "Judged"]


def test_two_who_ask_for_the_next_case_get_two(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=range(1, 31))
    taken = []
    for turn in range(15):
        now = later(hours=turn)
        with ThreadPoolExecutor(2) as pool:
            pair = list(pool.map(lambda viewer, now=now: next_case(store, viewer, now=now), (ANNA, BRAM)))
        assert len({one.case_id for one in pair}) == 2
        for viewer, one in zip((ANNA, BRAM), pair, strict=True):
            judged(store, viewer, one.case_id, ReviewOutcome.DATA_FOUT, now=now)
        taken += [one.case_id for one in pair]
    assert len(set(taken)) == 30


def test_two_processes_that_open_cases_open_each_once(store: Store, workspace: Workspace) -> None:
    from screening.store import publish
    from tests.casework.caseload import night

    publish(store, workspace, night(flags=range(1, 51), drawn=[60, 61]))
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: sync_cases(store, now=NOW, again=True), range(4)))
    assert sum(one.opened for one in reports) == 50
    assert sum(one.sampled for one in reports) == 2


# ------------------------------------------------------------------------- sequences of acts of several officers

ITEMS = st.sampled_from([DOSSIER, "hit:0", "hit:1", "hit:2", "hit:3"])


@functools.cache
def begun_store() -> Path:
    """The file of a store with four cases, made once and copied for each sequence."""
    folder = Path(tempfile.mkdtemp(prefix="barrier-officers-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    workspace = Workspace(folder)
    sex = (("SEX-02", ("meldingen:M2",)),)
    expired = (("LIC-04", ("vergunningen:Z1",)), ("NUI-01", ("meldingen:M1",)))
    with open_store(workspace) as store:
        published(store, workspace, flags={1: expired, 2: expired[:1], 3: sex}, drawn=[7])
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return workspace.database


class Officers(RuleBasedStateMachine):
    """Four officers (one sees no sensitive case) do anything with four cases, in any order, at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        copy = shutil.copy(begun_store(), Path(self.folder.name) / "store.sqlite")
        self.store = open_store(f"sqlite:///{copy}")
        self.now = NOW
        self.seen: dict[tuple[str, str], int] = {}
        self.judgements: dict[int, sa.Row] = {}

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @initialize()
    def begin(self) -> None:
        self.ids = sorted(one.case_id for one in cases(self.store).values())

    def does(self, act: Callable[[], object]) -> None:
        try:
            act()
        except BarrierError:
            self.refused = True

    @rule(minutes=st.sampled_from([0, 1, 45, 60 * 24 * 20]))
    def time_goes_by(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        sync_cases(self.store, now=self.now)

    @rule(who=st.sampled_from(OFFICERS), which=st.integers(0, 3))
    def look(self, who, which: int) -> None:
        case = get_case(self.store, who, self.ids[which], now=self.now)
        if case is not None:
            self.seen[who.account, case.case_id] = case.version

    @rule(who=st.sampled_from(OFFICERS))
    def take(self, who) -> None:
        self.does(lambda: next_case(self.store, who, now=self.now, policy=SHORT))

    @rule(who=st.sampled_from(OFFICERS), which=st.integers(0, 3))
    def give_back(self, who, which: int) -> None:
        version = self.seen.get((who.account, self.ids[which]), 1)
        self.does(lambda: release(self.store, who, self.ids[which], version=version, now=self.now))

    @rule(who=st.sampled_from(OFFICERS), which=st.integers(0, 3), item=ITEMS)
    def open(self, who, which: int, item: str) -> None:
        self.does(lambda: mark_opened(self.store, who, self.ids[which], item, now=self.now, policy=SHORT))

    @rule(who=st.sampled_from(OFFICERS), which=st.integers(0, 3), reading=st.sampled_from(OwnReading))
    def say(self, who, which: int, reading: OwnReading) -> None:
        self.does(
            lambda: record_own_reading(
                self.store, who, self.ids[which], reading, "Er valt iets op.", now=self.now, policy=SHORT
            )
        )

    @rule(who=st.sampled_from(OFFICERS), which=st.integers(0, 3))
    def read_all(self, who, which: int) -> None:
        def act() -> None:
            case = read(self.store, who, self.ids[which], now=self.now)
            self.seen[who.account, case.case_id] = case.version

        self.does(act)

    @rule(who=st.sampled_from(OFFICERS), which=st.integers(0, 3), outcome=st.sampled_from(ReviewOutcome))
    def decide(self, who, which: int, outcome: ReviewOutcome) -> None:
        self.does(
            lambda: judge(
                self.store,
                who,
                self.ids[which],
                version=self.seen.get((who.account, self.ids[which]), 1),
                outcome=outcome,
                now=self.now,
                motivation=motivation(who, self.ids[which], str(self.now)),
                ground="vergund" if outcome is ReviewOutcome.VERKLAARD else None,
                refer_to="ander_team" if outcome is ReviewOutcome.DOORGEZET else None,
            )
        )

    @rule(who=st.sampled_from(OFFICERS), which=st.integers(0, 3), outcome=st.sampled_from(ReviewOutcome))
    def read_and_decide(self, who, which: int, outcome: ReviewOutcome) -> None:
        self.read_all(who, which)
        self.decide(who, which, outcome)

    @rule(who=st.sampled_from(OFFICERS), which=st.integers(0, 3), outcome=st.sampled_from(ReviewOutcome))
    def skim_and_decide(self, who, which: int, outcome: ReviewOutcome) -> None:
        """A reading, and then the judgement without a look at the evidence."""
        self.open(who, which, DOSSIER)
        self.say(who, which, OwnReading.ONDUIDELIJK)
        self.look(who, which)
        self.decide(who, which, outcome)

    @invariant()
    def what_must_hold(self) -> None:
        if not hasattr(self, "ids"):
            return
        now_there = {row.id: row for row in rows(self.store, case_judgement)}
        for key, row in self.judgements.items():
            assert now_there[key] == row, "a judgement was overwritten"
        self.judgements = now_there
        readings = {(row.case_id, row.account) for row in rows(self.store, case_reading)}
        opened = {(row.case_id, row.account, row.item) for row in rows(self.store, case_opened)}
        by_case = {row.case_id: row for row in rows(self.store, review_case)}
        hits = [(row.run_id, row.address_id, row.position) for row in rows(self.store, evidence)]
        per_round: Counter[tuple[str, int, str]] = Counter()
        for row in now_there.values():
            case = by_case[row.case_id]
            assert row.first_by != row.judged_by, "four eyes"
            assert (row.case_id, row.judged_by) in readings, "no own reading"
            wanted = {f"hit:{place}" for run, where, place in hits if (run, where) == (case.run_id, case.address_id)}
            assert {(row.case_id, row.judged_by, item) for item in (DOSSIER, *wanted)} <= opened, "evidence unopened"
            assert not (case.sensitive and row.judged_by == "dirk"), "not theirs to see"
            per_round[row.case_id, row.round, row.role] += 1
        assert set(per_round.values()) <= {1}
        for case in by_case.values():
            of_case = [row for row in now_there.values() if (row.case_id, row.round) == (case.case_id, case.round)]
            if case.outcome == ReviewOutcome.BEVESTIGD_AFWIJKING or (case.outcome and case.round > 1):
                assert len({row.judged_by for row in of_case}) == 2, "confirmed by one"
                assert {row.outcome for row in of_case} == {case.outcome}
        for one in confirmed_cases(self.store):
            assert one.first_by != one.second_by
        for case_id in self.ids:
            case = get_case(self.store, ANNA, case_id, now=self.now)
            assert case is None or case.state == "closed" or case.expires_on >= self.now.date()


def machine(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        print_blob=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def test_officers_in_any_order_never_approve_themselves_or_judge_unread() -> None:
    run_state_machine_as_test(Officers, settings=machine(6, 25))


@pytest.mark.goal("R9", reached="300 x 40 random steps, 0 overwritten")
@pytest.mark.long
def test_officers_in_any_order_at_length() -> None:
    run_state_machine_as_test(Officers, settings=machine(300, 40))


# ------------------------------------------------------------------------ the harness finds what is planted (Q1)


def unread(connection, case, viewer):
    """Planted: the server trusts the page that the evidence was opened. (A judgement unread the database refuses.)"""
    found = _readiness(connection, case, viewer)
    return found if found.why_not in {"judged", "decided"} else dataclasses.replace(found, may_judge=True, why_not=None)


_readiness = judging.readiness_of


def test_the_machine_finds_a_server_that_trusts_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "readiness_of", unread)
    with pytest.raises((AssertionError, ExceptionGroup, BaseExceptionGroup)):
        run_state_machine_as_test(Officers, settings=machine(30, 15))


@contextmanager
def without_version_or_lock(store, viewer, case_id, *, now, doing, version=None) -> Iterator:
    """Planted: the last one to save wins."""
    from screening.store.engine import writing

    with writing(store.engine) as connection:
        yield connection, changing.require_case(connection, viewer, case_id, now=now)


def test_the_pairs_find_a_store_in_which_the_last_one_wins(
    sqlite_store: Store, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "changing_case", without_version_or_lock)
    with pytest.raises(AssertionError, match="ConflictError"):
        pairs_of_decisions(sqlite_store, workspace, 5)
