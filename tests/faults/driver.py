"""A process that does things to a store and dies of it: one child per order, forked from a warm parent.

Started by `children.Driver`. Reads one JSON order a line, answers one JSON line. The parent has imported everything and
has used nothing (no thread, no connection), so that a child is there in milliseconds.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sa

from screening.base.errors import BarrierError
from screening.casework.cases import batches as case_batches
from screening.casework.cases.sync import sync_cases
from screening.store import Workspace, crashpoints, open_store, publish
from screening.store.engine import guarded, writing
from screening.store.runs.publish import heal, make_visible, write_run
from screening.store.schema.runs import RUN_TABLES, run, run_file
from tests.faults.io.inject import Faults
from tests.store.bundles import make_bundle


def publish_with_bug(store, workspace, bundle) -> None:
    """What publishing must not be: visible first, rows in commits of their own afterwards. The harness must see it."""
    with workspace.holding(), guarded("publishing with a bug"):
        heal(store, workspace)
        partial = workspace.runs / f".partial-{bundle.run_id}"
        write_run(store, partial, bundle)
        partial.rename(workspace.runs / bundle.run_id)
        late = [table for table in RUN_TABLES if table is not run_file]
        with writing(store.engine) as connection:
            rows = {}
            for table in late:
                query = table.select().where(table.c.run_id == bundle.run_id)
                rows[table] = [dict(row) for row in connection.execute(query).mappings()]
            for table in reversed(late):
                connection.execute(table.delete().where(table.c.run_id == bundle.run_id))
            counts = connection.scalar(sa.select(run.c.row_counts).where(run.c.run_id == bundle.run_id))
            counts |= {table.name: 0 for table in late}
            connection.execute(run.update().values(row_counts=counts).where(run.c.run_id == bundle.run_id))
        make_visible(store, bundle.run_id, "")
        for table in late:
            for start in range(0, len(rows[table]), 10):
                with writing(store.engine) as connection:
                    connection.execute(table.insert(), rows[table][start : start + 10])
                crashpoints.crashpoint("between_commits")


def do_publish(order: dict) -> int:
    """Publish the ordered bundle; dies on the way when told so."""
    crashpoints.CRASHPOINT = order.get("crashpoint")
    if "file_size_limit" in order:
        limit = order["file_size_limit"]
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    how = publish_with_bug if order.get("bug") else publish
    bundle = make_bundle(order["addresses"], date.fromisoformat(order["as_of"]))
    said, code = "", 0
    if "user" in order:  # permissions do not stop root
        os.setgroups([])
        os.setgid(order["user"])
        os.setuid(order["user"])
    with _faults(order):
        try:
            workspace = Workspace(order["workspace"])
            with open_store(order["url"]) as store:
                _say_ready(order)
                how(store, workspace, bundle)
        except BarrierError as error:
            said = f"{type(error).__name__}: {error}"
            code = int(error.exit_code)
    if said:
        Path(order["report"]).write_text(said)
    return code


@contextmanager
def _faults(order: dict) -> Iterator[None]:
    """Let calls of the system fail as ordered: the `nth`, also all after it (`lasting`), or by chance from a `seed`.

    `by`: those of this module alone.
    """
    fault = order.get("fault")
    if fault is None:
        yield
        return
    chance = random.Random(fault.get("seed"))
    nth, is_lasting = fault.get("nth", 0), fault.get("lasting", False)

    def fails(number: int) -> bool:
        if "seed" in fault:
            return chance.random() < fault["chance"]
        return number == nth or (is_lasting and number > nth > 0)

    with Faults(tuple(fault["points"]), fails, fault["error"], fault.get("by")) as faults:
        yield
    Path(order["counted"]).write_text(json.dumps({"calls": faults.calls, "failed": faults.failed}))


def do_lock(order: dict) -> int:
    """Take the lock, write `in` and `out` into a log around the time of holding it."""
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    end = time.monotonic() + order["patience_s"]
    while True:
        try:
            with Workspace(order["workspace"]).lock():
                os.write(log, f"in {os.getpid()}\n".encode())
                _say_ready(order)
                time.sleep(order["hold_s"])
                os.write(log, f"out {os.getpid()}\n".encode())
            return 0
        except BarrierError as error:
            if time.monotonic() > end:
                Path(order["report"]).write_text(str(error))
                return error.exit_code
            time.sleep(0.002)


def do_fork_and_lock(order: dict) -> int:
    """Take the lock, then fork a helper that lives on: the lock may not live on with it."""
    with Workspace(order["workspace"]).lock():
        helper = os.fork()
        if helper == 0:
            os.setsid()
            time.sleep(order["hold_s"])
            os._exit(0)
        Path(order["report"]).write_text(str(helper))
        _say_ready(order)
        time.sleep(order["hold_s"])
    return 0


def do_open(order: dict) -> int:
    """Open the store and close it."""
    with open_store(order["url"]):
        return 0


def do_sync(order: dict) -> int:
    """Bring the cases up to the last run, so many a batch; dies after the first batch."""
    crashpoints.CRASHPOINT = "batch_of_cases"
    case_batches.BATCH_CASES = order["batch"]
    with open_store(order["url"]) as store:
        sync_cases(store, now=datetime.fromisoformat(order["now"]))
    return 0


WORK = {"publish": do_publish, "lock": do_lock, "fork_and_lock": do_fork_and_lock, "open": do_open, "sync": do_sync}


def _say_ready(order: dict) -> None:
    if "kill_after_s" in order:
        os.write(order["ready"], b"r")


def start(order: dict) -> tuple[int, int]:
    """Fork a child for the order: its pid, and a descriptor that tells when it has got to its work."""
    readable, writable = os.pipe()
    child = os.fork()
    if child:
        os.close(writable)
        return child, readable
    os.close(readable)
    status = 1
    try:
        status = WORK[order["do"]](order | {"ready": writable})
    except BaseException as error:  # a child ends here and never goes back to reading orders
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
    finally:
        os._exit(status)


def run_orders(orders: list[dict]) -> list[dict]:
    """Run the orders side by side; kill those with `kill_after_s` so long after they began their work."""
    began = {}
    for number, order in enumerate(orders):
        child, ready = start(order)
        began[child] = (number, ready)
        if "kill_after_s" in order:
            os.read(ready, 1)  # or the end of the child, which closes it
            time.sleep(order["kill_after_s"])
            os.kill(child, signal.SIGKILL)  # ours and not yet waited for, so the pid is still its own
    answers: list[dict] = [{} for _ in orders]
    for child, (number, ready) in began.items():
        started = time.monotonic()
        _, status = os.waitpid(child, 0)
        os.close(ready)
        code = os.waitstatus_to_exitcode(status)
        answers[number] = {"pid": child, "code": code, "waited_s": time.monotonic() - started}
    return answers


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run_orders(json.loads(line))), flush=True)
