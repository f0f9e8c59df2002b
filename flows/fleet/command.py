"""`barrier fleet …`: a night of many municipalities, and how they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.fleet.fleet_file import load_fleet
from flows.fleet.on_cluster import cluster_of_fleet
from flows.fleet.run import (
    FleetOutcome,
    member_states,
    run_fleet,
    run_in_threads,
    send_waiting_messages,
    write_overview,
)
from flows.options import AsJson, AsOf, print_result
from screening.base.vocabulary import ExitCode

app = typer.Typer(
    no_args_is_help=True, help="Many municipalities on one machine: run a night of each, and see how they stand."
)

Fleet = Annotated[Path, typer.Option("--fleet", help="The file that lists the municipalities.", metavar="FILE")]
_FILE = Path("fleet.toml")


@app.command("run")
def run_nights(fleet: Fleet = _FILE, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Run a night of every municipality; one that fails stops no other. Exit code 0: every night was good; else 4."""
    tables = load_fleet(fleet)
    outcome = run_fleet(tables, as_of=as_of, run_all=cluster_of_fleet(tables) or run_in_threads)
    document = {
        "nights": [
            {
                "municipality": night.report.municipality,
                "configuration": str(night.member.configuration),
                "kind": str(night.report.kind),
                "exit_code": night.report.exit_code,
                "run_id": night.report.run_id,
                "flags": night.report.flags,
                "seconds": round(night.report.seconds, 2),
                "processor_seconds": night.processor_seconds,
            }
            for night in outcome.nights
        ],
        "overview": str(outcome.overview),
        "problems": list(outcome.problems),
        "exit_code": outcome.exit_code,
    }
    print_result(document, _lines(outcome), as_json=as_json)
    raise typer.Exit(outcome.exit_code)


@app.command("status")
def show_fleet_status(fleet: Fleet = _FILE, as_json: AsJson = False) -> None:
    """Tell how each municipality stands, by the last nights in its workspace, and write the overview anew."""
    tables = load_fleet(fleet)
    states = member_states(tables)
    page = write_overview(tables)
    document = {
        "municipalities": [
            {
                "municipality": state.name,
                "last": str(state.last.kind) if state.last else None,
                "as_of": state.last.as_of if state.last else None,
                "last_good": state.last_good.as_of if state.last_good else None,
                "not_good_since": state.bad,
            }
            for state in states
        ],
        "overview": str(page),
    }
    lines = [
        f"{state.name}: {state.last.kind if state.last else 'no night yet'}"
        + (f", last good night {state.last_good.as_of}" if state.last_good else ", never a good night")
        for state in states
    ]
    print_result(document, [*lines, f"Overview: {page}"], as_json=as_json)


@app.command("send")
def send_waiting_of_fleet(fleet: Fleet = _FILE, as_json: AsJson = False) -> None:
    """Send the digests that wait, of the fleet and of each municipality, when quiet hours end. For a timer.

    Exit code 1: a channel did not take them.
    """
    problems = send_waiting_messages(load_fleet(fleet))
    print_result({"problems": problems}, problems or ["Nothing waits that could be sent."], as_json=as_json)
    raise typer.Exit(ExitCode.UNEXPECTED if problems else ExitCode.OK)


@app.command("deploy")
def deploy_night_of_fleet(
    pool: Annotated[str, typer.Option(help="The work pool, made where there is none.")] = "barrier",
    notify: Annotated[
        str | None, typer.Option(help="Notification block of Prefect that is told of trouble.", metavar="TYPE/NAME")
    ] = None,
    fleet: Fleet = _FILE,
    as_json: AsJson = False,
) -> None:
    """Set up the night of the fleet on the Prefect server of PREFECT_API_URL; again after each upgrade."""
    tables = load_fleet(fleet)
    from flows.fleet.fleet_flow import deploy_fleet  # Prefect reads its settings on import  # noqa: PLC0415

    deployed = deploy_fleet(tables, fleet, pool=pool, notification=notify)
    print_result(vars(deployed), deployed.lines(), as_json=as_json)


def _lines(outcome: FleetOutcome) -> list[str]:
    lines = [
        f"{night.report.municipality}: {night.report.kind}, {night.report.flags} addresses to look at, "
        f"{night.report.seconds:.0f} s{f'. {night.report.reason}' if night.report.reason else ''}"
        for night in outcome.nights
    ]
    return [*lines, *outcome.problems, f"Overview: {outcome.overview}"]
