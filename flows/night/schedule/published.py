"""What a night leaves on Prefect's server beside its state: artifacts with their history, and one event."""

from __future__ import annotations

from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
from prefect.events import emit_event

from flows.night.schedule.names import dashed, place_key
from flows.night.schedule.states import night_sentence, state_name
from screening.store.night_reports import NightReport

#: Begins the name of every event of a night; its kind follows: barrier.night.published-with-gaps
EVENT = "barrier.night"


def publish_report(report: NightReport, review_address: str | None) -> None:
    """Leave artifacts and an event of a night on the server: counts only, as every report is.

    Args:
        report: What became of the night.
        review_address: Where people open the review; None where the configuration names no address.
    """
    place = place_key(report.municipality, report.municipality_code)
    create_markdown_artifact(_page(report), key=f"night-{place}", description=f"The night of {report.as_of}")
    for register in report.registers:
        row = {
            "night": report.as_of.isoformat(),
            "verdict": register.verdict,
            "age (days)": "?" if register.age_days is None else register.age_days,
            "rows": register.rows_read,
            "set apart": register.rows_quarantined,
            "last good delivery used": register.is_replaced,
        }
        create_table_artifact([row], key=f"register-{place}-{dashed(register.dataset)}", description=register.dataset)
    if review_address:
        create_link_artifact(review_address, link_text="Open the review", key=f"review-{place}")
    emit_event(
        f"{EVENT}.{dashed(report.kind)}",
        resource={
            "prefect.resource.id": f"barrier.municipality.{place}",
            "prefect.resource.name": report.municipality or place,
        },
        payload={
            "as_of": report.as_of.isoformat(),
            "exit_code": report.exit_code,
            "sentence": night_sentence(report),
            "flags": report.flags,
            "flags_new": report.flags_new,
            "flags_lapsed": report.flags_lapsed,
            "rules_off": len(report.rules_off),
            "cases_waiting": report.cases_waiting,
        },
    )


def _page(report: NightReport) -> str:
    """The night as a page of Markdown."""
    lines = [f"# {report.municipality}, {report.as_of}: {state_name(report.kind)}", "", night_sentence(report), ""]
    if report.has_published:
        counts = {
            "addresses to look at": report.flags,
            "of which new": report.flags_new,
            "gone since the night before": report.flags_lapsed,
            "rules that ran": report.rules_ran,
            "cases that wait for a person": report.cases_waiting,
            "links to judge": report.links_to_judge,
            "signals held back": report.signals_held,
            "signals that wait for a person": report.signals_waiting,
        }
        lines += ["| | |", "|---|--:|", *(f"| {name} | {count:,} |" for name, count in counts.items()), ""]
        lines += ["| register | verdict | age (days) | rows | set apart |", "|---|---|--:|--:|--:|"]
        lines += [
            f"| {register.dataset} | {register.verdict} | {'?' if register.age_days is None else register.age_days} "
            f"| {register.rows_read:,} | {register.rows_quarantined:,} |"
            for register in report.registers
        ]
    lines += ["", *(f"- {warning}" for warning in report.warnings)]
    lines += ["", f"{report.seconds:.0f} seconds, exit code {report.exit_code}."]
    return "\n".join(lines)
