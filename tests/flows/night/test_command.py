"""Looking back at published nights with `barrier runs` and `barrier verify`, also where nothing may be written."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, barrier

NOBODY = 65534
#: prctl(PR_CAPBSET_DROP), and the capabilities by which root may write where the modes do not let it.
DROP, OVERRIDING = 24, (1, 2, 3)


def without_overriding() -> None:
    """What a program that is started next may do as root is no more than the modes of files let their owner do."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in OVERRIDING:
        if libc.prctl(DROP, capability, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "a capability cannot be dropped")


@pytest.fixture(scope="module")
def closed_town(clean_town: Path, clean_run: dict, tmp_path_factory) -> Iterator[Path]:
    """A town of somebody else, whose workspace others may read and not write."""
    folder = tmp_path_factory.mktemp("closed") / "town"
    shutil.copytree(clean_town, folder, ignore=shutil.ignore_patterns("truth", "*.csv", "*.sqlite-*"))
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o700)


def barrier_of_a_reader(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command of an account that may not write there; root may write anywhere, unless it gives that up."""
    return subprocess.run(
        [sys.executable, "-m", "flows", *arguments, "--config", str(folder / "screening.toml")],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=without_overriding if os.geteuid() == 0 else None,
    )


def test_runs_are_listed_in_a_workspace_where_nothing_may_be_written(closed_town, clean_run):
    done = barrier_of_a_reader("runs", "--json", folder=closed_town)
    assert done.returncode == 0, done.stderr
    assert [run["run_id"] for run in json.loads(done.stdout)] == [clean_run["run_id"]]


def test_a_run_is_verified_in_a_workspace_where_nothing_may_be_written(closed_town, clean_run):
    done = barrier_of_a_reader("verify", folder=closed_town)
    assert done.stdout.startswith(f"Run {clean_run['run_id']} is whole: "), done.stderr
    assert sorted(path.name for path in (closed_town / "var").glob("*.sqlite*")) == ["ledger.sqlite", "store.sqlite"]


def test_a_workspace_without_runs_says_so(town):
    done = barrier("runs", "--config", town / "screening.toml")
    assert done.out.strip() == "No run has been published in this workspace yet."
