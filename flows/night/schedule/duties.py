"""What else runs by itself beside the night, each a command that a person could type.

The command runs in a process of its own, so that what Prefect runs and what a person runs is the same thing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State, StateType

from flows.configuration.notify import QuietHours
from flows.night.schedule.names import municipality_of, parameters_of_run
from screening.base.vocabulary import ExitCode


@dataclass(frozen=True)
class Duty:
    """One duty: its commands, as words after `barrier`; when it runs (cron, town time); what it is for.

    `option`: what names the file of the municipality, or of the fleet, to them.
    """

    commands: tuple[tuple[str, ...], ...]
    cron: str
    purpose: str
    option: str = "--config"


#: How often a duty is tried that finds the workspace at work, and after how long: a large night may last that long.
_BUSY_TRIES, _BUSY_SECONDS = 36, 300.0
#: The night is at four, the hour that daylight saving neither skips nor repeats; whatever takes the lock keeps clear.
NIGHT_CRON = "0 4 * * *"
DUTIES = {
    "retention": Duty((("retention", "apply"),), "30 6 * * *", "Erase what two people approved, and plan the next."),
    "backup": Duty((("backup",),), "30 5 * * *", "Make an encrypted backup, and one of the keys apart."),
    "anchor": Duty((("audit", "head", "--anchor"),), "0 12 * * *", "Bring the head of the ledger outside."),
    "notify": Duty((("notify", "send"),), "0 7 * * *", "Send the messages that waited until the quiet hours ended."),
    "verify": Duty((("verify",), ("audit", "verify")), "0 6 * * 0", "Check the last run and the whole ledger."),
}
#: Of a fleet, beside those of its municipalities.
FLEET_SEND = "fleet-send"
_FLEET_DUTIES = {
    FLEET_SEND: Duty(
        (("fleet", "send"),),
        "0 7 * * *",
        "Send the messages of a fleet that waited until the quiet hours ended.",
        "--fleet",
    )
}


def quiet_end_cron(quiet: QuietHours) -> str:
    """Each day when quiet hours end."""
    return f"{quiet.end.minute} {quiet.end.hour} * * *"


def _name_of_run() -> str:
    parameters = parameters_of_run()
    return f"{parameters.get('name', 'duty')} {municipality_of(parameters)}"


@flow(name="duty", flow_run_name=_name_of_run, persist_result=False, retries=0, log_prints=False)
def duty(name: str, configuration: str, options: list[str] | None = None) -> State[Any]:
    """Run a duty of one municipality. Where another run holds the workspace, it waits for it, three hours at most.

    Args:
        name: A key of DUTIES, or FLEET_SEND.
        configuration: The configuration of the municipality, or the file of the fleet.
        options: What its first command takes beside the configuration; nothing secret.
    """
    logger = get_run_logger()
    work = {**DUTIES, **_FLEET_DUTIES}[name]
    commands = [[*words] for words in work.commands]
    commands[0] += options or []
    for words in commands:
        code, problem = _run_when_free([*words, work.option, configuration, "--json"])
        line = f"barrier {' '.join(words[:2])}: exit code {code}{f': {problem}' if problem else ''}."
        logger.log(20 if code == ExitCode.OK else 40, "%s", line)
        if code != ExitCode.OK:
            return State(type=StateType.FAILED, name="Failed", message=line)
    return State(type=StateType.COMPLETED, name="Done", message=f"{work.purpose} Exit code 0.")


def _run_when_free(words: Sequence[str]) -> tuple[int, str]:
    """Run a command, and again while the workspace is busy. Returns as `_run`."""
    for _ in range(_BUSY_TRIES - 1):
        code, problem = _run(words)
        if code != ExitCode.ALREADY_RUNNING:
            return code, problem
        time.sleep(_BUSY_SECONDS)
    return _run(words)


def _run(words: Sequence[str]) -> tuple[int, str]:
    """Run a command: its exit code, and the error on purpose that it told. What else it prints stays here."""
    done = subprocess.run(  # noqa: S603 - our own command, its words are those above
        [sys.executable, "-m", "flows", *words], capture_output=True, text=True, check=False
    )
    try:
        document = json.loads(done.stdout or "{}")
    except ValueError:
        return done.returncode, ""
    return done.returncode, str(document.get("error", "")) if isinstance(document, dict) else ""
