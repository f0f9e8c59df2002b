"""The `barrier` command with calls of the system that fail: `fiu-run -x python -m tests.faults.io.failing_command …`.

The first argument is JSON: the `points`, the `seed` and `chance` of the calls that fail, and the `error`. What the
command prints is printed at its end, when nothing fails any more.
"""

from __future__ import annotations

import io
import json
import random
import sys
from contextlib import redirect_stderr, redirect_stdout

import great_expectations  # noqa: F401 - writes files when it is first imported

from flows.cli import main
from tests.faults.io.inject import Faults

if __name__ == "__main__":
    fault = json.loads(sys.argv[1])
    sys.argv = ["barrier", *sys.argv[2:]]
    chance = random.Random(fault["seed"])
    printed, code = io.StringIO(), 0
    faults = Faults(tuple(fault["points"]), lambda _number: chance.random() < fault["chance"], fault["error"])
    try:
        with redirect_stdout(printed), redirect_stderr(printed), faults:
            main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    print(json.dumps({"code": code, "printed": printed.getvalue(), "failed": faults.failed, "calls": faults.calls}))
