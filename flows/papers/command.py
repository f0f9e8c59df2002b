"""`barrier papers DIR`: the papers that a municipality owes, and whether those it has still say what is true."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from screening.errors import ConfigurationError
from screening.vocabulary import ExitCode


def papers(
    directory: Annotated[Path | None, typer.Argument(help="Where the papers are written.", metavar="DIR")] = None,
    check: Annotated[
        Path | None,
        typer.Option("--check", help="Write nothing: do the papers in this folder lag behind?", metavar="DIR"),
    ] = None,
    config: Annotated[Path, typer.Option("--config", "-c", help="The configuration of the municipality.")] = Path(
        "screening.toml"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")] = False,
) -> None:
    """Make the papers: Algoritmeregister, DPIA, IAMA, privacy statement and more, from configuration and rules.

    With --check: exit code 0 when the papers are as they would be made now, 1 when they lag behind.
    """
    from flows.papers import papers as making

    if (directory is None) == (check is None):
        raise ConfigurationError("Name the folder to write the papers to, or --check and the folder to look at.")
    if directory is not None:
        written = making.write(config, directory)
        if as_json:
            typer.echo(json.dumps({"written": [str(one) for one in written]}, indent=2))
        else:
            typer.echo("\n".join(str(one) for one in written))
        return
    lagging = making.drift(config, check)
    if as_json:
        typer.echo(json.dumps({"ok": not lagging, "lagging": lagging}, indent=2))
    else:
        lines = [f"{name} lags behind configuration or rules." for name in lagging]
        typer.echo("\n".join(lines) or "The papers say what configuration and rules say.")
    raise typer.Exit(ExitCode.UNEXPECTED if lagging else ExitCode.OK)
