"""`barrier rules …`: who may let an indicator run, and how anyone stops it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from screening.errors import ConfigurationError

app = typer.Typer(
    no_args_is_help=True,
    help="Decide about indicators: one person proposes, another approves, anyone stops. Every decision is kept.",
)

Config = Annotated[Path, typer.Option("--config", "-c", help="The configuration of the municipality.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
By = Annotated[str, typer.Option("--by", help="Your account name.", metavar="NAME")]
Reason = Annotated[str, typer.Option("--reason", help="Why.", metavar="TEXT")]
CodeOrAll = Annotated[str, typer.Argument(help="An indicator (LIC-04), or all.", metavar="CODE|all")]
_DEFAULT = Path("screening.toml")


@app.command("list")
def listing(config: Config = _DEFAULT, as_json: AsJson = False) -> None:
    """Show each indicator: what is active, until when, what was proposed, and why it would not run."""
    from flows.rules import consent

    found = consent.listing(config)
    if as_json:
        return _print(found)
    for one in found:
        state = "stopped" if one["stopped"] else one["held"] or ("may run" if one["configured"] else "not configured")
        until = f", approved until {one['expires_on']}" if one["expires_on"] else ""
        typer.echo(f"{one['code']} v{one['version']} {one['version_id']}  {state}{until}")
        for version in one["versions"]:
            who = f"approved by {version['approved_by']}" if version["approved_by"] else "not approved"
            mark = "*" if version["activated"] else " "
            typer.echo(f"  {mark} {version['version_id']} v{version['version']} by {version['author']}, {who}")
    return None


@app.command()
def propose(  # noqa: PLR0917 - typer gives them by name
    code: Annotated[str, typer.Argument(help="An indicator (LIC-04).")],
    by: By,
    reason: Reason,
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", help="A parameter other than configured.", metavar="NAME=VALUE")
    ] = None,
    dossier: Annotated[Path | None, typer.Option(help="The dossier: a TOML table a step, with text and date.")] = None,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Propose an indicator as it is now, with its parameters, to colleagues. Names the version."""
    from flows.rules import consent

    made = consent.propose(config, code, by=by, reason=reason, parameters=parameter or (), dossier=dossier)
    told = f"{made['version_id']}: {code} is proposed. A colleague approves it: barrier rules approve"
    if made["missing_steps"]:
        steps = ", ".join(made["missing_steps"])
        told += f"\nIts dossier lacks {steps}: a real municipality cannot activate it. Propose it again with --dossier."
    _say(made, told, as_json)


@app.command()
def approve(  # noqa: PLR0917 - typer gives them by name
    version: Annotated[str, typer.Argument(help="The id of a version, as `propose` named it.")],
    by: By,
    reason: Reason,
    expires: Annotated[str, typer.Option(help="The last day on which the approval holds.", metavar="DATE")],
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Approve a version that a colleague proposed, until a day."""
    from flows.rules import consent

    try:
        day = date.fromisoformat(expires)
    except ValueError:
        raise ConfigurationError("--expires must be a date such as 2027-05-01.") from None
    made = consent.approve(config, version, by=by, reason=reason, expires=day)
    _say(made, f"{version} is approved until {day}. Let it run: barrier rules activate", as_json)


@app.command()
def activate(
    version: Annotated[str, typer.Argument(help="The id of an approved version.")],
    by: By,
    reason: Reason,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Let an approved version run from the next night on."""
    from flows.rules import consent

    made = consent.activate(config, version, by=by, reason=reason)
    _say(made, f"{version} of {made['code']} runs from the next night on.", as_json)


@app.command()
def stop(code: CodeOrAll, by: By, reason: Reason, config: Config = _DEFAULT, as_json: AsJson = False) -> None:
    """Stop an indicator, or all, at once: a run that is under way publishes nothing of it."""
    from flows.rules import consent

    done = consent.stop(config, code, by=by, reason=reason)
    _say(done, f"{code} is stopped. Nothing of it is published from now on.", as_json)


@app.command()
def resume(code: CodeOrAll, by: By, reason: Reason, config: Config = _DEFAULT, as_json: AsJson = False) -> None:
    """Take a stop away."""
    from flows.rules import consent

    _say(consent.resume(config, code, by=by, reason=reason), f"{code} is no longer stopped.", as_json)


@app.command()
def history(
    code: Annotated[str | None, typer.Argument(help="An indicator (LIC-04); all of them when left out.")] = None,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Show every decision, oldest first: who, when, why, what."""
    from flows.rules import consent

    found = consent.history(config, code)
    if as_json:
        return _print(found)
    for one in found:
        until = f" until {one['expires_on']}" if one["expires_on"] else ""
        what = f"{one['action']}  {one['code']} {one['version_id'] or ''}{until}"
        typer.echo(f"{one['at']}  {one['by']}  {what}  {one['reason']}")
    return None


def _say(document: object, sentence: str, as_json: bool) -> None:
    if as_json:
        _print(document)
    else:
        typer.echo(sentence)


def _print(document: object) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))
