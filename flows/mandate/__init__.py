"""Starting at all: without a mandate, purposes, a DPIA, advice, terms and two signatures no register is read.

A made-up municipality (code 9999) needs none of it and can read nothing real.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from flows.configuration.load import Settings
from flows.mandate.governance import read_mandate, today
from screening.errors import BarrierError, ConfigurationError
from screening.vocabulary import Purpose

#: How often something that keeps running looks whether it still may.
WATCHED_SECONDS = 60.0


def require(settings: Settings, *, now: datetime | None = None) -> list[str]:
    """Let a command of a real municipality begin, or raise ConfigurationError (exit code 2) that names what is missing.

    The configuration in force and its signers are in the ledger afterwards: a change of it is an entry. Returns what a
    person should know, a line each. LedgerError when the ledger cannot be used. A made-up municipality passes.
    """
    from flows.desk import open_configured_ledger
    from flows.mandate import signatures

    if settings.is_synthetic:
        return []
    at = now or datetime.now(UTC)
    mandate, missing = read_mandate(settings, day=today(settings))
    signed = signatures.signatures(settings, mandate) if mandate else None
    missing = missing + (signed.missing if signed else [])
    if missing or mandate is None or signed is None:
        raise ConfigurationError(_refusal(settings, missing))
    with open_configured_ledger(settings) as ledger:
        before = signatures.in_force(ledger)
        missing = signatures.refusals(before, mandate, signed)
        if missing:
            raise ConfigurationError(_refusal(settings, missing))
        return signatures.record(ledger, settings, mandate, before, now=at)


def examine(settings: Settings, ledger=None) -> tuple[list[str], list[str]]:
    """The same without writing anything: all that is missing, and what was found in order. Made-up data: both empty.

    `ledger`: one that is open; without it that of the configuration is opened, where there is one.
    """
    from flows.mandate import signatures

    if settings.is_synthetic:
        return [], []
    mandate, missing = read_mandate(settings, day=today(settings))
    if mandate is None:
        return missing, []
    signed = signatures.signatures(settings, mandate)
    before = signatures.known(settings) if ledger is None else signatures.in_force(ledger)
    missing = signed.missing or signatures.refusals(before, mandate, signed)
    fine = [
        f"Mandate of {mandate.given_on}, DPIA {mandate.dpia_id} valid until {mandate.dpia_valid_until}, "
        f"advice {mandate.advice_id} of {mandate.advice_date}, purposes {', '.join(mandate.purposes)}.",
        f"Signed by {', '.join(one.account for one in signed.listed) or 'nobody'}.",
    ]
    return missing, fine


@contextmanager
def watched(
    settings: Settings, ledger, stop: Callable[[], None], *, every_seconds: float = WATCHED_SECONDS
) -> Iterator[None]:
    """While something runs for months: look again every minute, and call `stop` once when it may not go on.

    A DPIA that is over ends it, and so does a signature that two people took back by removing the file. `ledger`: the
    open one, since opening it looks for damage in all of it, and a ledger of years is large.
    """
    ended = threading.Event()

    def again_and_again() -> None:
        while not ended.wait(every_seconds):
            with suppress(BarrierError):  # a ledger that is down stops every reading by itself
                if examine(settings, ledger)[0]:
                    return stop()
        return None

    thread = threading.Thread(target=again_and_again, name="mandate", daemon=True)
    if not settings.is_synthetic:
        thread.start()
    try:
        yield
    finally:
        ended.set()


def case_purposes(settings: Settings) -> tuple[Purpose, ...]:
    """The purposes that somebody may read a dossier for: those that `[governance.purposes]` states.

    All of them where it is not there: made-up data, or no mandate. What people ask of their rights is answered then
    too; everything else waits for `require`. Empty where it states others alone.
    """
    from screening.store.access.sessions import CASE_PURPOSES

    stated = settings.tables.get("governance", {}).get("purposes")
    if settings.is_synthetic or not isinstance(stated, Mapping):
        return CASE_PURPOSES
    return tuple(one for one in CASE_PURPOSES if one in stated)


def _refusal(settings: Settings, missing: list[str]) -> str:
    return (
        f"{settings.file}: municipality {settings.municipality_code} is real, and nothing of it is read before this is "
        "in order:\n"
        + "\n".join(f"  - {one}" for one in missing)
        + "\nWrite [governance] and [retention] (barrier mandate init shows them), and let two people sign (barrier "
        "mandate sign)."
    )
