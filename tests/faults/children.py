"""Handing orders to the driver process."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from screening.store import Workspace

#: The run that is ordered, and the one before it.
ADDRESSES = 90
EARLIER = date(2026, 10, 31)
AS_OF = date(2026, 11, 1)

ROOT = Path(__file__).resolve().parents[2]


def publish_order(url: str, workspace: Workspace, **more: object) -> dict:
    """The order to publish a run of ADDRESSES on AS_OF; `more`: what goes wrong with it."""
    order = {"do": "publish", "url": url, "workspace": str(workspace.path), "addresses": ADDRESSES}
    return order | {"as_of": AS_OF.isoformat(), "report": str(workspace.path / "report")} | more


def lock_order(workspace: Workspace, **more: object) -> dict:
    """The order to hold the lock of a workspace for `hold_s`, within `patience_s`."""
    path = workspace.path
    order = {"do": "lock", "workspace": str(path), "log": str(path.parent / "log"), "report": str(path.parent / "busy")}
    return order | {"hold_s": 0.02, "patience_s": 10} | more


class Driver:
    """The warm parent of the children that are killed. `prefix`: a command that starts it."""

    def __init__(self, prefix: Sequence[str] = ()) -> None:
        self._process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "tests.faults.driver"],
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

    def answers(self, within_s: float) -> bool:
        """Whether it has got through its imports and takes orders."""
        self._process.stdin.write("[]\n")
        self._process.stdin.flush()
        is_there = bool(select.select([self._process.stdout], [], [], within_s)[0])
        return is_there and self._process.stdout.readline() == "[]\n"

    def kill(self) -> None:
        """End one that does not answer."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End it."""
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()
