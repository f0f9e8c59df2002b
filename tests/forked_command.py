"""The `barrier` command in a process of its own, forked from a parent that has imported all of it and used nothing.

Importing Great Expectations takes seconds and there are hundreds of calls; what a call does, from its arguments to its
exit code, is the same. `tests/flows/test_cli.py` starts the installed command as well. The child imports Prefect,
which reads its settings on import.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: A call that takes longer hangs.
SECONDS = 600


class ForkedCommand:
    """The warm parent of the calls of one test process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self.close)

    def call(self, arguments: list[str], cwd: Path | None, env: dict[str, str]) -> tuple[int, str, str]:
        """Exit code (negative: killed by that signal), standard output and standard error of one call."""
        with tempfile.TemporaryDirectory() as folder:
            printed = [Path(folder) / "out", Path(folder) / "err"]
            order = {
                "arguments": arguments,
                "cwd": str(cwd or Path.cwd()),
                "env": env,
                "printed": list(map(str, printed)),
            }
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            if not select.select([self._process.stdout], [], [], SECONDS)[0]:
                self._process.kill()
                raise TimeoutError(f"barrier {' '.join(arguments)} did not end in {SECONDS} s")
            code = int(self._process.stdout.readline())
            return code, *(file.read_text(encoding="utf-8") for file in printed)

    def close(self) -> None:
        """End the parent; no call is under way."""
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def _import_commands() -> None:
    import great_expectations  # noqa: F401
    import typer

    from flows.cli import app

    def load(group: object) -> None:
        for name, command in getattr(group, "commands", {}).items():
            if name == "deploy" and hasattr(group, "load"):
                continue  # it imports Prefect
            load(group.load(name) if hasattr(group, "load") else command)

    load(typer.main.get_command(app))


def _call_in_child(order: dict) -> int:
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        for descriptor, file in enumerate([os.devnull, *order["printed"]]):
            opened = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
            os.dup2(opened, descriptor)
            os.close(opened)
        os.environ.clear()
        os.environ.update(order["env"])
        os.chdir(order["cwd"])
        sys.argv = ["barrier", *order["arguments"]]
        from flows.cli import main

        main()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        atexit._run_exitfuncs()  # as the end of any process does
        os._exit(code)


if __name__ == "__main__":
    from flows.environment import silence_telemetry

    silence_telemetry()
    _import_commands()
    gc.freeze()  # its objects stay shared with each child, which never looks through them
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        print(_call_in_child(json.loads(line)), file=answers, flush=True)
