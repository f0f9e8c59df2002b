"""The real command on a disk that fails, fills up or may not be written: told, and the run before it is served."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from screening.store import Workspace, open_store, publish
from screening.vocabulary import ExitCode
from tests.conftest import ROOT, barrier
from tests.faults.children import EARLIER, Driver
from tests.faults.io.inject import SYNCS, WRITES
from tests.faults.oracle import published_runs
from tests.store.bundles import make_bundle

NOBODY = 65534


@pytest.fixture
def served(town: Path) -> tuple[Path, str]:
    """A town with a run, and its id."""
    ran = barrier("run", "--config", town / "screening.toml", "--json")
    assert ran.code == 0, ran.out + ran.err
    return town, ran.json["run_id"]


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.goal("R6", reached="8 nights by the real command with EIO and ENOSPC by chance: 0 partial, old run served")
def test_a_night_on_a_disk_that_fails(served: tuple[Path, str], tmp_path: Path) -> None:
    town, earlier = served
    first_seed = random.SystemRandom().randrange(10**9)
    ends: Counter[int] = Counter()
    for seed in range(first_seed, first_seed + 8):
        points, chance = (WRITES, 0.002) if seed % 2 else (SYNCS, 0.01)
        fault = {"points": points, "seed": seed, "chance": chance, "error": (errno.EIO, errno.ENOSPC)[seed // 2 % 2]}
        place = tmp_path / "var"
        shutil.copytree(town / "var", place)
        ran = subprocess.run(
            ["fiu-run", "-x", "-f", "", sys.executable, "-m", "tests.faults.io.failing_command", json.dumps(fault),
             "run", "--config", town / "screening.toml", "--as-of", "2026-11-02"],
            env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=town, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, f"seed {seed}: {ran.stderr}"
        told = json.loads(ran.stdout)
        assert "Traceback" not in told["printed"], f"seed {seed}"
        assert told["code"] in {0, ExitCode.CANNOT_WRITE, ExitCode.UNEXPECTED}, f"seed {seed}: {told}"
        assert told["code"] == 0 or "disk" in told["printed"], f"seed {seed}: {told}"
        with open_store(Workspace(town / "var")) as store:
            seen = published_runs(store, Workspace(town / "var"))
        assert earlier in seen
        assert len(seen) == 2 or told["code"] != 0
        ends[told["code"]] += 1
        shutil.rmtree(town / "var")
        place.rename(town / "var")
    print(f"seeds from {first_seed}: {dict(ends)}")


@pytest.fixture
def read_only() -> Iterator[tuple[Path, str]]:
    """A workspace with a run, which everybody may read and only root may write; pytest's own folder is closed."""
    with tempfile.TemporaryDirectory(prefix="barrier-read-only-") as folder:
        place = Path(folder) / "var"
        with open_store(Workspace(place)) as store:
            run_id = publish(store, Workspace(place), make_bundle(9, EARLIER)).run_id
        Path(folder).chmod(0o755)
        for path in [place, *place.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield place, run_id


@pytest.mark.goal(
    "R6", reached="a folder that may not be written, as user nobody: refused with the reason, old run served"
)
def test_a_folder_that_may_not_be_written(read_only: tuple[Path, str], driver: Driver) -> None:
    place, earlier = read_only
    order = {"do": "publish", "url": f"sqlite:///{place / 'store.sqlite'}", "workspace": str(place), "addresses": 9}
    with tempfile.TemporaryDirectory(prefix="barrier-report-") as folder:
        Path(folder).chmod(0o777)
        report = Path(folder) / "report"
        [answer] = driver.run(order | {"as_of": "2026-11-02", "report": str(report), "user": NOBODY})
        assert answer["code"] == ExitCode.CANNOT_WRITE
        assert "cannot be made or written" in report.read_text()
    with open_store(Workspace(place, read_only=True), read_only=True) as store:
        assert published_runs(store, Workspace(place, read_only=True)) == {earlier}
