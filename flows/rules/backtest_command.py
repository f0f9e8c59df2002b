"""`barrier backtest` and `barrier reproduce`: stored nights run again, nothing published."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from screening.errors import ConfigurationError
from screening.vocabulary import ExitCode

Config = Annotated[Path, typer.Option("--config", "-c", help="The configuration of the municipality.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
_DEFAULT = Path("screening.toml")


def backtest(  # noqa: PLR0917 - typer gives them by name
    code: Annotated[str, typer.Argument(help="An indicator (LIC-04).")],
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", help="What if it were this?", metavar="NAME=VALUE")
    ] = None,
    version: Annotated[str | None, typer.Option(help="A proposed version: its parameters.", metavar="ID")] = None,
    first: Annotated[str | None, typer.Option("--from", help="From this night on.", metavar="DATE")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Until this night.", metavar="DATE")] = None,
    output: Annotated[Path | None, typer.Option(help="Write one HTML page.", metavar="FILE.html")] = None,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Replay a version of an indicator on stored nights: which addresses would be added and dropped."""
    from flows.rules import backtest as engine

    document = engine.backtest(
        config, code, parameters=parameter or (), version_id=version,
        first=_day("--from", first), last=_day("--to", last),
    )  # fmt: skip
    if output:
        engine.write_page(document, output)
    if as_json:
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))
        return
    for one in document["runs"]:
        hits = f"hits {one['hits_before']} -> {one['hits_after']}"
        flags = f"flagged {one['flags_before']} -> {one['flags_after']} (+{one['added']} -{one['dropped']})"
        typer.echo(f"{one['as_of']}  {one['run_id']}  {hits}, {flags}  {one['note_en']}".rstrip())
    for one in document["skipped"]:
        typer.echo(f"{one['as_of']}  {one['run_id']}  skipped: {one['reason_en']}")
    totals = document["totals"]
    runs = len(document["runs"])
    typer.echo(f"{code}: {totals['added']} addresses added, {totals['dropped']} dropped in {runs} runs.")
    if output:
        typer.echo(f"Page: {output}")


def reproduce(
    run_id: Annotated[str, typer.Argument(help="The id of a published run (barrier runs).", metavar="RUN_ID")],
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Run a published night's rules again on its snapshots: are evidence and flags the same?"""
    from flows.rules import backtest as engine

    result = engine.reproduce(config, run_id)
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        other = f"another version of the programme ({result['code_version']})"
        code = "the same code" if result["same_code"] else other
        if result["equal"]:
            typer.echo(
                f"Run {run_id} is reproduced: {result['evidence']} hits and {result['flags']} flags are equal. "
                f"It was made by {code}."
            )
        else:
            parts = [name for name in ("evidence", "flags") if not result[f"{name}_equal"]]
            typer.echo(f"Run {run_id} is not reproduced: {' and '.join(parts)} differ. It was made by {code}.")
    raise typer.Exit(ExitCode.OK if result["equal"] else ExitCode.UNEXPECTED)


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"{option} must be a date such as 2026-11-01.") from None
