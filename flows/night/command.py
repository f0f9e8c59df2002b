"""`barrier run`, `runs`, `verify` and `explain`: making a night, and looking back at it."""

from __future__ import annotations

import contextlib
import os
import secrets
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from flows.configuration import load_configuration
from flows.desk import open_desk
from flows.environment import prefect_environment
from flows.night import explain, show
from flows.night.attempt import attempt_night
from flows.night.run import NightOutcome, dry_night, exit_code_of
from flows.options import DEFAULT_CONFIG, AsJson, AsOf, Config, English, Purpose, RunId, print_json, print_result
from screening.base.errors import ConfigurationError
from screening.ledger.notary import take_stock
from screening.ledger.reconcile import published_as_noted
from screening.store import verify_run
from screening.store.runs.verify import run_root_digest


def run_night(  # noqa: PLR0917 - typer gives them by name
    config: Config = DEFAULT_CONFIG,
    as_of: AsOf = None,
    prefect: Annotated[bool, typer.Option("--prefect", help="Run as the Prefect flow.")] = False,
    from_stage: Annotated[
        str | None, typer.Option("--from", help="Run again from this stage on, after a night that broke.")
    ] = None,
    is_dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Run every stage but the last: nothing is published, noted or kept.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run the whole screening of one night and publish it. A night that broke goes on where it was."""
    if is_dry_run:
        if prefect or from_stage:
            raise ConfigurationError("--dry-run keeps nothing and goes without --prefect and --from.")
        document = dry_night(config, as_of=as_of)
        print_json(document) if as_json else show.print_document(document)
        raise typer.Exit(exit_code_of(document))
    outcome = watched_night(config, as_of, with_prefect=prefect, as_json=as_json, from_stage=from_stage)
    raise typer.Exit(outcome.exit_code)


def list_runs(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List the published runs of a workspace, latest last."""
    with open_desk(config, reads_only=True) as desk:
        runs = [
            {
                "run_id": published.run_id,
                "as_of": published.as_of.isoformat(),
                "published_at": published.published_at.isoformat(timespec="seconds"),
                "flags": desk.store.summary(published.run_id)["counts"]["flags"],
            }
            for published in desk.store.runs()
        ]
    if as_json:
        print_json(runs)
    else:
        show.print_runs(runs)


def verify_published_run(config: Config = DEFAULT_CONFIG, run_id: RunId = None, as_json: AsJson = False) -> None:
    """Recompute the digest of a published run, compare it with the ledger, and say when a file was damaged or changed.

    Where this account may not write in the workspace, the ledger is not read, and `entry` is empty.
    """
    with open_desk(config, reads_only=True) as desk:
        published = desk.run(run_id)
        verify_run(desk.store, desk.workspace, published.run_id)
        files, root = len(desk.store.files(published.run_id)), run_root_digest(desk.store, published.run_id)
        entry = None
        if not desk.is_read_only:
            take_stock(desk.store, desk.ledger, now=desk.now)
            entry = published_as_noted(desk.store, desk.ledger, published.run_id)
    noted = f"entry {entry} of the ledger says the same" if entry else "the ledger was not read"
    print_result(
        {"run_id": published.run_id, "files": files, "digest": published.digest, "root_digest": root, "entry": entry},
        f"Run {published.run_id} is whole: {files} files and the rows of the store agree with their digest ({root}); "
        f"{noted}.",
        as_json=as_json,
    )


def show_explanation(  # noqa: PLR0917 - typer gives them by name
    address: Annotated[str, typer.Argument(help="A BAG object id (16 digits) or an address as you would write it.")],
    config: Config = DEFAULT_CONFIG,
    run_id: RunId = None,
    english: English = False,
    case: Annotated[str | None, typer.Option(help="The case that you look for (a real municipality).")] = None,
    purpose: Purpose = None,
    as_json: AsJson = False,
) -> None:
    """Tell why an address was flagged, or why not, with the records. In a real municipality that is written down."""
    explanation = explain.explain(config, address, run_id=run_id, case=case, purpose=purpose)
    if as_json:
        print_json(explanation.document())
    else:
        show.print_explanation(explanation, english=english)


def watched_night(
    config: Path, as_of: date | None, *, with_prefect: bool, as_json: bool, from_stage: str | None = None
) -> NightOutcome:
    """Run a night, with its progress on standard error, and print what it left."""
    with contextlib.nullcontext() if as_json else show.progress_bars() as on_stage:
        if with_prefect:
            settle_prefect(config, as_of)
            from flows.night.schedule.night_flow import watched_night_flow  # Prefect reads its settings on import  # noqa: PLC0415

            attempt = watched_night_flow(config, as_of=as_of, on_stage=on_stage, from_stage=from_stage)
        else:
            attempt = attempt_night(config, as_of=as_of, on_stage=on_stage, from_stage=from_stage)
    if attempt.outcome is None:  # else they are among its warnings
        for problem in attempt.problems:
            typer.echo(problem, err=True)
    outcome = attempt.published()
    if as_json:
        print_json(outcome.as_json())
    else:
        show.print_outcome(outcome)
    return outcome


def settle_prefect(config: Path, as_of: date | None) -> None:
    """Point Prefect at a home inside the workspace (0700), with a password that lives as long as this process."""
    home = load_configuration(config, as_of=as_of).workspace / "prefect"
    os.umask(0o077)  # Prefect's database and what else its server makes get no mode of their own
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    for path in home.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # another run's server tidies here as well
            path.chmod(0o700 if path.is_dir() else 0o600)
    prefect_environment(home.resolve(), f"barrier:{secrets.token_urlsafe(24)}")
