"""The digest of a night of many municipalities, in plain Dutch: trouble first, then each in a line. Counts only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from flows.notify.channels import Digest
from flows.notify.digest import OUTCOMES_NL
from screening.base.local_formats import count_nl, date_text, decimal_text
from screening.store.night_reports import NightReport


def fleet_digest(name: str, reports: Sequence[NightReport], now: datetime) -> Digest:
    """Make the digest.

    Args:
        name: Who operates the municipalities.
        reports: One a municipality.
        now: The moment (UTC).
    """
    bad = [report for report in reports if not report.is_good]
    good = [report for report in reports if report.is_good]
    day = date_text(max(report.as_of for report in reports), "nl")
    parts = []
    if bad:
        parts.append(["Niet goed", *map(_trouble, bad)])
    if good:
        parts.append(["Goed", *map(_line, good)])
    parts.append(["Samen", *_totals(reports)])
    return Digest(
        f"{name}, nacht van {day}: {len(good)} van {len(reports)} goed",
        "\n\n".join("\n".join(lines) for lines in parts) + "\n",
        not bad,
        now,
    )


def _trouble(report: NightReport) -> str:
    doubted = [f"{register.dataset} {register.verdict}" for register in report.registers if register.verdict != "good"]
    what = f": {', '.join(doubted)}" if doubted else ""
    return f"- {report.municipality}: {OUTCOMES_NL[report.kind]}{what}"


def _line(report: NightReport) -> str:
    new, lapsed = decimal_text(report.flags_new, "nl"), decimal_text(report.flags_lapsed, "nl")
    return (
        f"- {report.municipality}: {count_nl(report.flags, 'adres', 'adressen')}, {new} nieuw, {lapsed} vervallen; "
        f"{decimal_text(report.cases_waiting, 'nl')} zaken wachten"
    )


def _totals(reports: Sequence[NightReport]) -> Iterator[str]:
    published = [report for report in reports if report.has_published]
    yield f"- {count_nl(sum(report.flags for report in published), 'adres', 'adressen')}"
    waiting = sum(report.cases_waiting for report in published)
    yield f"- {count_nl(waiting, 'zaak wacht', 'zaken wachten')} op een oordeel"
    yield f"- {sum(report.seconds for report in reports):.0f} seconden rekenen"
