"""Starting at all: without a mandate, purposes, a DPIA, advice, terms and two signatures no register is read.

A made-up municipality (code 9999) needs none of it and can read nothing real.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime

from flows.catalogue import all_indicators
from flows.configuration import Configuration, today
from flows.configuration.retention_terms import SNAPSHOTS, STATED
from flows.desk import Desk
from flows.environment import ledger_url
from screening.errors import BarrierError, ConfigurationError
from screening.ledger import Ledger, terminal_origin
from screening.ledger.open import DATABASE
from screening.mandate.approval import RuleInUse, ToApprove
from screening.mandate.signatures import InForce, change_refusals, in_force, record_in_force, signatures

#: How often something that keeps running looks whether it still may.
WATCHED_SECONDS = 60.0


def require_mandate(configuration: Configuration, *, now: datetime | None = None) -> list[str]:
    """Let a command of a real municipality begin. A made-up municipality passes.

    The configuration in force and its signers are in the ledger afterwards: a change of it is an entry.

    Returns:
        What a person should know, a line each.

    Raises:
        ConfigurationError: something is missing, all of which it names.
        LedgerError: the ledger cannot be used.
    """
    if configuration.is_synthetic:
        return []
    plan = to_approve(configuration)
    signed = signatures(plan)
    missing = plan.missing(day_of_approval(configuration)) or signed.missing
    if missing:
        raise ConfigurationError(_refusal(configuration, missing))
    with Desk(configuration, now=now) as desk:
        before = in_force(desk.ledger)
        missing = change_refusals(before, plan, signed)
        if missing:
            raise ConfigurationError(_refusal(configuration, missing))
        return record_in_force(desk.ledger, plan, before, now=desk.now, origin=terminal_origin())


def examine(configuration: Configuration, ledger: Ledger | None = None) -> tuple[list[str], list[str]]:
    """Look at what `require_mandate` asks, without writing anything.

    Args:
        configuration: The configuration of the municipality.
        ledger: One that is open; without it that of the configuration is opened, where there is one.

    Returns:
        All that is missing, and what is in order, a line each. Both are empty for made-up data.
    """
    if configuration.is_synthetic:
        return [], []
    plan = to_approve(configuration)
    missing = plan.missing(day_of_approval(configuration))
    if missing:
        return missing, []
    signed = signatures(plan)
    before = known_in_force(configuration) if ledger is None else in_force(ledger)
    governance = plan.governance
    fine = [
        f"Mandate of {governance.mandate.date}, DPIA {governance.dpia.id.strip()} valid until "
        f"{governance.dpia.valid_until}, advice {governance.fg_advice.id.strip()} of {governance.fg_advice.date}, "
        f"purposes {', '.join(sorted(governance.purposes))}.",
        f"Signed by {', '.join(signature.account for signature in signed.listed) or 'nobody'}.",
    ]
    if not all(signature.is_whole for signature in signed.listed):
        fine.append(f"Mapping since signed by {', '.join(each.account for each in signed.mapping) or 'nobody'}.")
    return signed.missing or change_refusals(before, plan, signed), fine


@contextmanager
def watched(
    configuration: Configuration, ledger: Ledger, stop: Callable[[], None], *, every_seconds: float = WATCHED_SECONDS
) -> Iterator[None]:
    """Look every minute, while something runs for months, whether it may go on.

    A DPIA that is over ends it, and so does a signature that two people took back by removing the file.

    Args:
        configuration: The configuration of the municipality.
        ledger: The open one: opening it looks for damage in all of it, and a ledger of years is large.
        stop: Called once, when it may not go on.
        every_seconds: How often.
    """
    ended = threading.Event()

    def look_again() -> None:
        while not ended.wait(every_seconds):
            with suppress(BarrierError):  # a ledger that is down stops every reading by itself
                if examine(configuration, ledger)[0]:
                    return stop()
        return None

    thread = threading.Thread(target=look_again, name="mandate", daemon=True)
    if not configuration.is_synthetic:
        thread.start()
    try:
        yield
    finally:
        ended.set()


def to_approve(configuration: Configuration) -> ToApprove:
    """What two people approve of this configuration."""
    rules = {rule.code: rule for rule in all_indicators()}
    unstated = [f"retention.{key}" for key in STATED if key not in configuration.retention.model_fields_set]
    if not configuration.states_snapshots:
        unstated.append(f"run.{SNAPSHOTS}")
    return ToApprove(
        file=configuration.file,
        content=configuration.content,
        unmapped=configuration.unmapped,
        governance=configuration.governance,
        rules=tuple(
            RuleInUse(code, rules[code].purposes, table.fg_advice)
            for code, table in configuration.indicators.items()
            if code in rules and not table.missing
        ),
        word_lists={
            code: table.word_list for code, table in configuration.indicators.items() if table.word_list is not None
        },
        unstated_terms=tuple(unstated),
    )


def day_of_approval(configuration: Configuration) -> date:
    """The day on which everything must hold: today, or the later date as of which is asked."""
    return max(configuration.as_of, today())


def known_in_force(configuration: Configuration) -> InForce | None:
    """What the ledger knows, without making one where there is none."""
    if not ledger_url() and not (configuration.workspace / DATABASE).exists():
        return None
    with Desk(configuration) as desk:
        return in_force(desk.ledger)


def _refusal(configuration: Configuration, missing: list[str]) -> str:
    return (
        f"{configuration.file}: municipality {configuration.municipality.code} is real, and nothing of it is read "
        "before this is in order:\n"
        + "\n".join(f"  - {text}" for text in missing)
        + "\nWrite [governance] and [retention] (barrier mandate init shows them), and let two people sign (barrier "
        "mandate sign)."
    )
