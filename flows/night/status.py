"""`barrier status`: when the last good night was, what became of those since, and how nights went lately."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.configuration import Configuration, load_configuration
from flows.notify.night import digest_outbox
from flows.options import DEFAULT_CONFIG, AsJson, Config, print_json
from screening.base.civil_time import day_of
from screening.base.local_formats import count_en, date_text
from screening.store import Workspace
from screening.store.night_history import NightHistory, night_history
from screening.store.night_reports import NightReport, night_reports

OUT = Console(highlight=False)
#: Reports among which the last good night is looked for.
_REPORTS = 400

Nights = Annotated[int, typer.Option("--nights", min=1, max=_REPORTS, help="So many nights in the table.")]


def show_status(config: Config = DEFAULT_CONFIG, nights: Nights = 14, as_json: AsJson = False) -> None:
    """Tell when the last good night was, which nights failed since, and how the last nights went."""
    settings = load_configuration(config)
    history = night_history(night_reports(Workspace(settings.workspace, read_only=True), _REPORTS))
    if as_json:
        print_json(status_document(settings, history, nights, now=datetime.now(UTC)))
        return
    for line in _lines(settings, history, now=datetime.now(UTC)):
        OUT.print(escape(line), soft_wrap=True)
    if history.reports:
        OUT.print(_table(history.reports[-nights:]))


def status_document(
    settings: Configuration, history: NightHistory, nights: int, *, now: datetime
) -> Mapping[str, object]:
    """The status for a machine: counts and moments."""
    good = history.last_good
    return {
        "municipality": settings.municipality.name,
        "last_good": good and {"as_of": good.as_of, "ended": good.ended.isoformat(), "run_id": good.run_id},
        "days_since_good": good and (day_of(now) - day_of(good.ended)).days,
        "nights_not_good_since": len(history.not_good),
        "messages_waiting": digest_outbox(settings).count(),
        "nights": [_row(report) for report in history.reports[-nights:]],
    }


def _row(report: NightReport) -> dict[str, object]:
    return {
        "as_of": report.as_of,
        "ended": report.ended.isoformat(),
        "kind": str(report.kind),
        "exit_code": report.exit_code,
        "seconds": round(report.seconds, 1),
        "flags": report.flags,
        "flags_new": report.flags_new,
        "flags_lapsed": report.flags_lapsed,
        "rules_ran": report.rules_ran,
        "rows_quarantined": sum(register.rows_quarantined for register in report.registers),
        "registers_not_good": [register.dataset for register in report.registers if register.verdict != "good"],
        "cases_waiting": report.cases_waiting,
        "links_to_judge": report.links_to_judge,
        "reason": report.reason,
        "warnings": report.warnings,
    }


def _lines(settings: Configuration, history: NightHistory, *, now: datetime) -> Iterator[str]:
    last, good = history.last, history.last_good
    if last is None:
        yield "No night has run in this workspace yet."
        return
    if good is None:
        yield f"{settings.municipality.name}: no night was good yet."
    else:
        days = (day_of(now) - day_of(good.ended)).days
        ago = {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
        yield f"{settings.municipality.name}: the last good night was that of {date_text(good.as_of, 'en')}, {ago}."
    if not last.is_good:
        nights = count_en(len(history.not_good), "night", "nights")
        yield f"Not good since: {nights}. The last one: {last.kind}, exit code {last.exit_code}."
        if last.reason:
            yield last.reason
    yield from last.warnings
    if waiting := digest_outbox(settings).count():
        yield f"{count_en(waiting, 'message waits', 'messages wait')} to be sent: barrier notify send"


def _table(reports: tuple[NightReport, ...]) -> Table:
    table = Table("night", "outcome", title="Nights", title_justify="left", box=SIMPLE_HEAD)
    for column in ("flags", "new", "lapsed", "rules", "cases"):
        table.add_column(column, justify="right")
    for report in reports:
        colour = "green" if report.is_good else "yellow" if report.has_published else "red"
        odd = [f"{register.dataset} {register.verdict}" for register in report.registers if register.verdict != "good"]
        counts = (report.flags, report.flags_new, report.flags_lapsed, report.rules_ran, report.cases_waiting)
        table.add_row(
            report.as_of.isoformat(),
            "\n".join([f"[{colour}]{report.kind}[/{colour}]", *odd]),
            *(f"{count:,}" if report.has_published else "" for count in counts),
        )
    return table
