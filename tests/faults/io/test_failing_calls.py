"""Writes and syncs that fail, one by one and by chance: refused in words, nothing half-done, the run before it served.

After SQLite's own tests, which let every operation of the disk fail in its turn.
"""

from __future__ import annotations

import errno
import json
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from screening.base.vocabulary import ExitCode
from screening.store import Workspace, open_store, publish
from tests.faults.children import ADDRESSES, AS_OF, EARLIER, Driver, publish_order
from tests.faults.io.inject import SYNCS, WRITES
from tests.faults.oracle import assert_nothing_left_over, published_runs
from tests.store.bundles import make_bundle

RUN = make_bundle(ADDRESSES, AS_OF)
#: The module that writes the files of a run.
FILES = "screening.store.files"


class Trials:
    """Publishings of one run, each in a copy of a workspace with an earlier run; `ends`: what became of them."""

    def __init__(self, folder: Path, failing: Driver) -> None:
        self._folder, self._failing = folder, failing
        self.ends: Counter[str] = Counter()
        with open_store(Workspace(folder / "earlier")) as store:
            self.earlier = publish(store, Workspace(folder / "earlier"), make_bundle(ADDRESSES, EARLIER)).run_id

    def publish(self, *, heals: bool = False, bug: bool = False, **fault: object) -> dict[str, int]:
        """Publish with these faults and check what is seen then; `heals`: also that the next attempt puts all right.

        Returns:
            How many calls were counted, and how many `failed`.
        """
        place, counted, report = (self._folder / name for name in ("var", "counted", "report"))
        for file in (counted, report):
            file.unlink(missing_ok=True)
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self._folder / "earlier", place)
        url = f"sqlite:///{place / 'store.sqlite'}"
        order = {"fault": fault, "counted": str(counted), "report": str(report), "bug": bug}
        [answer] = self._failing.run(publish_order(url, Workspace(place), **order))
        said = report.read_text() if report.exists() else ""
        assert answer["code"] in {0, ExitCode.CANNOT_WRITE}, (fault, answer)
        workspace = Workspace(place)
        with open_store(workspace) as store:
            seen = published_runs(store, workspace)
            assert seen == {self.earlier} | ({RUN.run_id} if answer["code"] == 0 else set()), (fault, said)
            assert answer["code"] == 0 or said.startswith("DiskError: "), (fault, said)
            if heals:
                assert publish(store, workspace, RUN).already == (answer["code"] == 0)
                assert_nothing_left_over(store, workspace)
        self.ends["refused" if answer["code"] else "published"] += 1
        return json.loads(counted.read_text())


@pytest.fixture
def trials(tmp_path: Path, failing: Driver) -> Trials:
    return Trials(tmp_path, failing)


#: What fails: the calls, the error of the system, and whether all calls after it fail as well.
KINDS = [
    pytest.param(WRITES, errno.EIO, False, id="a write, EIO"),
    pytest.param(WRITES, errno.ENOSPC, True, id="all writes from one on, ENOSPC"),
    pytest.param(SYNCS, errno.EIO, False, id="a sync, EIO"),
    pytest.param(SYNCS, errno.EIO, True, id="all syncs from one on, EIO"),
]


def fail_in_turn(trials: Trials, points: tuple[str, ...], error: int, *, is_lasting: bool, step: int) -> int:
    """Fail each call of one publishing in its turn, or every `step`th and the last two. How many there are."""
    calls = trials.publish(points=points, error=error)["calls"]
    for nth in sorted({*range(step // 2 or 1, calls + 1, step), calls - 1, calls}):
        met = trials.publish(points=points, nth=nth, error=error, lasting=is_lasting, heals=nth % 7 == 0)
        assert met["failed"], f"call {nth} of {calls} was not reached"
    return calls


@pytest.mark.long
@pytest.mark.goal("R17", reached="each of some 300 writes and all syncs of a publishing failed in turn: 0 violations")
@pytest.mark.parametrize(("points", "error", "is_lasting"), KINDS)
def test_each_call_fails_in_its_turn(trials: Trials, points: tuple[str, ...], error: int, is_lasting: bool) -> None:
    calls = fail_in_turn(trials, points, error, is_lasting=is_lasting, step=1)
    print(f"{calls} calls failed in turn: {dict(trials.ends)}")
    assert calls >= (150 if points is WRITES else 35)
    # What may fail unseen: the note in the lock, and moving the last commit out of the journal, which still has it:
    # then the run is there and on the disk. Its rows are moved before that, and what fails of it is told.
    assert trials.ends["published"] <= 12


def test_a_file_of_the_run_that_is_not_on_the_disk_is_told(trials: Trials) -> None:
    """A single sync: the run looks whole until the power goes, and only what the caller is told shows the fault."""
    calls = trials.publish(points=SYNCS, error=errno.EIO, by=FILES)["calls"]
    for nth in (1, calls):
        trials.publish(points=SYNCS, nth=nth, error=errno.EIO, by=FILES)
    assert trials.ends == {"published": 1, "refused": 2}


@pytest.mark.parametrize(("points", "error", "is_lasting"), [KINDS[0], KINDS[3]])
def test_some_calls_fail_in_their_turn(trials: Trials, points: tuple[str, ...], error: int, is_lasting: bool) -> None:
    fail_in_turn(trials, points, error, is_lasting=is_lasting, step=91 if points is WRITES else 13)
    assert trials.ends["refused"] >= 2


def fail_by_chance(trials: Trials, times: int, first_seed: int) -> None:
    """Publish so often while writes or syncs fail now and then, with EIO and with a full disk in turn."""
    for seed in range(first_seed, first_seed + times):
        points, chance = (WRITES, 0.003) if seed % 2 else (SYNCS, 0.015)
        error = errno.EIO if seed % 4 < 2 else errno.ENOSPC
        trials.publish(points=points, chance=chance, seed=seed, error=error, heals=seed % 7 == 0)


@pytest.mark.long
@pytest.mark.goal(
    "R6", reached="160 publishings with EIO and ENOSPC by chance: 0 partial, integrity ok, told, old run served"
)
def test_calls_that_fail_by_chance_many_times(trials: Trials) -> None:
    seed = random.SystemRandom().randrange(10**9)
    fail_by_chance(trials, 160, seed)
    print(f"seed {seed}: {dict(trials.ends)}")
    assert min(trials.ends["refused"], trials.ends["published"]) >= 10


def test_calls_that_fail_by_chance(trials: Trials) -> None:
    fail_by_chance(trials, 4, 20261101)
    assert trials.ends["refused"] >= 1


@pytest.mark.goal("Q1", reached="a run in several commits, a sync that fails")
def test_the_harness_sees_a_planted_bug(trials: Trials) -> None:
    """Publishing in several commits, visible first: a write that fails half-way must be caught."""
    calls = trials.publish(points=SYNCS, error=errno.EIO, bug=True)["calls"]
    with pytest.raises(AssertionError, match="not whole"):
        trials.publish(points=SYNCS, nth=calls * 3 // 4, error=errno.EIO, lasting=True, bug=True)
