"""Reports of nights, one day after the other, as the program keeps them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from screening.base.vocabulary import ExitCode, NightKind
from screening.store.night_reports import NightReport, RegisterOfNight

#: Four in the morning of the town, on the second of November.
FOUR = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
GOOD = NightReport(
    municipality="Zomerwaard",
    municipality_code="9999",
    kind=NightKind.PUBLISHED,
    exit_code=0,
    as_of=date(2026, 11, 2),
    began=FOUR,
    ended=FOUR + timedelta(seconds=61),
    run_id="a" * 24,
    registers=(RegisterOfNight("handelsregister", "good", 10, 500), RegisterOfNight("meldingen", "good", 3, 1134, 1)),
    rules_ran=44,
    rules_off={"NUI-06": "not_configured"},
    flags=62,
    flags_new=3,
    flags_lapsed=1,
    cases_waiting=41,
    links_to_judge=12,
)
GAPS = replace(
    GOOD,
    kind=NightKind.WITH_GAPS,
    exit_code=ExitCode.STALE_OR_MISSING,
    registers=(
        RegisterOfNight("handelsregister", "missing"),
        RegisterOfNight("meldingen", "suspect", 4, 1071, 3, True, findings=64),
    ),
    rules_ran=41,
    rules_off={"NUI-06": "not_configured", "LIC-04": "stale_source", "LIC-01": "stale_source", "ADR-01": "stopped"},
    flags=57,
    flags_new=2,
    flags_lapsed=7,
    cases_waiting=36,
    cases_in_line=140,
    signals_held=1,
    warnings=("One signal waits.",),
)


def unpublished(kind: NightKind, exit_code: int, reason: str) -> NightReport:
    """A night that left no run."""
    return NightReport(
        "Zomerwaard", "9999", kind, exit_code, GOOD.as_of, GOOD.began, GOOD.ended, reason=reason, stage="intake"
    )


STOPPED = unpublished(
    NightKind.STOPPED, ExitCode.CONTRACT_STOP, "meldingen.csv: its end is missing.\nDeliver it again."
)
#: Before any stage: by its mandate.
REFUSED = replace(
    unpublished(NightKind.REFUSED, ExitCode.CONFIGURATION, "screening.toml was signed by anna alone."), stage=None
)
BUSY = unpublished(NightKind.BUSY, ExitCode.ALREADY_RUNNING, "another run holds this workspace (process 12).")
FAILED = unpublished(NightKind.FAILED, ExitCode.CANNOT_WRITE, "The runs: the disk is full.")


def on_day(report: NightReport, days: int) -> NightReport:
    """The same night so many days later."""
    later = timedelta(days=days)
    return replace(report, as_of=report.as_of + later, began=report.began + later, ended=report.ended + later)
