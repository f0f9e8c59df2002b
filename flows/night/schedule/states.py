"""What the server says of a night: the name and type of its final state, and sentences of counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from prefect.client.schemas.objects import State, StateType

from screening.base.vocabulary import NightKind
from screening.store.night_reports import NightReport

#: Completed is green on every page of Prefect, so only a good night is. Busy: another run does the work.
_TYPES = {NightKind.PUBLISHED: StateType.COMPLETED, NightKind.BUSY: StateType.CANCELLED}
#: What is said of a refused night: what it lacks, names people who work here (docs/decisions/0043).
REFUSED = "The configuration or the mandate is not in order: barrier check says what it lacks."
#: The final states of a night of many municipalities; the second one is of the type Failed.
ALL_GOOD, NOT_ALL_GOOD = "All good", "Not all good"


def final_state(report: NightReport) -> State[Any]:
    """Make the final state of a night: its kind as the name, a sentence and the exit code as the message."""
    return State(
        type=_TYPES.get(report.kind, StateType.FAILED),
        name=state_name(report.kind),
        message=f"{night_sentence(report)} Exit code {report.exit_code}.",
    )


def state_name(kind: NightKind) -> str:
    """`Published with gaps`, as a state of Prefect is called."""
    return kind.value.capitalize()


def night_sentence(report: NightReport) -> str:
    """Say in a line how a night ended: counts and names of registers, or the error that ended it."""
    if not report.has_published:
        reason = REFUSED if report.is_about_people else report.reason
        return f"{state_name(report.kind)}{f' at {report.stage}' if report.stage else ''}: {reason}"
    flags = f"{report.flags} addresses to look at, {report.flags_new} new and {report.flags_lapsed} gone"
    gaps = "; ".join(_gaps(report))
    return f"{state_name(report.kind)}: {f'{gaps}. ' if gaps else ''}{flags}."


def _gaps(report: NightReport) -> Iterator[str]:
    """Say what a published night lacks."""
    doubted = [f"{register.dataset} {register.verdict}" for register in report.registers if register.verdict != "good"]
    if doubted:
        yield ", ".join(doubted)
    off = Counter(kind for kind in report.rules_off.values() if kind != "not_configured")
    if off:
        yield f"{off.total()} rules off ({', '.join(f'{n} {kind}' for kind, n in sorted(off.items()))})"


def summary_lines(report: NightReport) -> list[str]:
    """Return what a log says of a night, a line each."""
    lines = [f"{night_sentence(report)} Exit code {report.exit_code}."]
    lines += [
        f"{register.dataset}: {register.verdict}, {register.rows_read} rows, {register.rows_quarantined} set apart"
        for register in report.registers
    ]
    return [*lines, *report.warnings]
