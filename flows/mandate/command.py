"""`barrier mandate …`: what a real municipality needs before it can start. People sign it on a page of the review."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.configuration import load_configuration
from flows.mandate import examine, known_state
from flows.mandate.template import template
from flows.options import DEFAULT_CONFIG, AsJson, Config, print_result
from screening.base.errors import ConfigurationError
from screening.base.vocabulary import ExitCode
from screening.mandate.signatures import statement

app = typer.Typer(
    no_args_is_help=True,
    help="Mandate, purposes, DPIA, advice, terms and two signatures: without these no real register is read.",
)


@app.command("init")
def print_template() -> None:
    """Print the tables governance and retention to fill in and paste into screening.toml."""
    typer.echo(template(), nl=False)


@app.command("statement")
def write_statement(
    out: Annotated[Path | None, typer.Option("--out", help="The file to write; without it, it is printed.")] = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Write what two people sign: exactly these bytes. The page /mandaat of the review takes the signature.

    Each signs on their own machine: ssh-keygen -Y sign -n barrier -f KEY FILE.
    """
    configuration = load_configuration(config)
    if configuration.is_synthetic:
        raise ConfigurationError(f"{config}: a made-up municipality (9999) needs no signatures.")
    state = known_state(configuration)
    if state.unready or state.plan is None:
        listed = "\n".join(f"  - {text}" for text in state.missing)
        raise ConfigurationError(f"{config}: nothing to sign yet. First:\n{listed}")
    content = statement(state.plan)
    if out is None:
        sys.stdout.buffer.write(content)
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise ConfigurationError(f"{out}: cannot be written ({error.strerror}).") from None


@app.command("check")
def check_mandate(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Tell what is missing before this municipality can start. Exit code 0: nothing; 2: something."""
    configuration = load_configuration(config)
    missing, fine = examine(configuration)
    lines = [*(f"Missing: {text}" for text in missing), *fine]
    if configuration.is_synthetic:
        lines = ["A made-up municipality (9999) needs no mandate, and can read nothing real."]
    document = {"synthetic": configuration.is_synthetic, "ok": not missing, "missing": missing, "in_order": fine}
    print_result(document, lines, as_json=as_json)
    raise typer.Exit(ExitCode.CONFIGURATION if missing else ExitCode.OK)
