"""Workers of a cluster that are killed in the middle of their work."""

from __future__ import annotations

import os
import signal
from concurrent.futures import Future
from typing import Any

from distributed import Client


def killed_at_work(client: Client, module: str, work: Future[Any]) -> int:
    """Kill the first worker that is seen inside a module, in the middle of a task that it then never ends.

    Args:
        client: Who sees the workers.
        module: What the path of the module ends with.
        work: The work that they do.
    """
    pids = client.run(os.getpid)
    while not work.done():
        for worker, tasks in client.call_stack().items():
            inside = [key for key, frames in tasks.items() if any(f'{module}"' in frame for frame in frames)]
            if not inside:
                continue
            os.kill(pids[worker], signal.SIGSTOP)
            if set(map(str, inside)) & set(map(str, client.processing()[worker])):  # it had not ended when it stopped
                os.kill(pids[worker], signal.SIGKILL)
                return pids[worker]
            os.kill(pids[worker], signal.SIGCONT)
    work.result()
    raise AssertionError(f"no worker was seen in {module}")
