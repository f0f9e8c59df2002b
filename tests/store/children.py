"""Handing orders to the driver process, and the one oracle of what may be seen after a process was killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa

from screening.errors import StoreError
from screening.store import Store, Workspace, verify_run
from screening.store.schema.runs import RUN_TABLES, run

ROOT = Path(__file__).resolve().parents[2]


class Driver:
    """The warm parent of the children that are killed."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("driver.py"))],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *orders: dict) -> list[dict]:
        """Run the orders side by side. One answer an order: `pid`, `code` (negative: killed by that signal)."""
        self._process.stdin.write(json.dumps(orders) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the driver has ended"
        return json.loads(answer)

    def close(self) -> None:
        """End it."""
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


def visible_runs(store: Store, workspace: Workspace) -> set[str]:
    """Ids of the runs that can be seen, each with all its rows and files (digest equal). AssertionError otherwise."""
    ids = set()
    for published in store.runs():
        try:
            verify_run(store, workspace, published.run_id)
        except StoreError as error:
            raise AssertionError(f"a run is visible and not whole: {error}") from None
        ids.add(published.run_id)
    sequence = [published.published_seq for published in store.runs()]
    assert sequence == list(range(1, len(sequence) + 1)), "a run was published twice, or one is gone"
    return ids


def assert_nothing_left_over(store: Store, workspace: Workspace) -> None:
    """Rows and directories of published runs and no others; no staging."""
    published = {found.run_id for found in store.runs()}
    assert {path.name for path in workspace.runs.iterdir()} == published
    with store.engine.connect() as connection:
        for table in (run, *RUN_TABLES):
            assert set(connection.scalars(sa.select(table.c.run_id).distinct())) <= published, table.name
