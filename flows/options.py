"""What commands share: their options, how a day is read, and how a result is printed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from typer.models import OptionInfo

from screening.base.datasets import datasets
from screening.base.errors import ConfigurationError

DEFAULT_CONFIG = Path("screening.toml")


def parse_day(option: str, text: str | date) -> date:
    """The day that an option gives. ConfigurationError: it is no date."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise ConfigurationError(f"{option} must be a date such as 2026-11-01.") from None


def known_register(name: str) -> str:
    """The name of a register that an option gives. BadParameter: no contract has it."""
    if name not in datasets():
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(map(repr, datasets()))}.")
    return name


def day_option(option: str, what: str) -> OptionInfo:
    """Make an option that takes a day, for `Annotated[date, …]`: its name and its help."""
    info: OptionInfo = typer.Option(option, help=what, metavar="DATE", parser=partial(parse_day, option))
    return info


Config = Annotated[Path, typer.Option("--config", "-c", help="The configuration of the municipality.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
AsOf = Annotated[date | None, day_option("--as-of", "Screen as of this date (YYYY-MM-DD).")]
RunId = Annotated[str | None, typer.Option("--run", help="Look at this run instead of the last one.", metavar="RUN_ID")]
By = Annotated[
    str | None, typer.Option("--by", help="The account that acts (made-up data, code 9999, alone).", metavar="NAME")
]
Reason = Annotated[str, typer.Option("--reason", help="Why.", metavar="TEXT")]
English = Annotated[bool, typer.Option("--english", help="Explain in English.")]
Purpose = Annotated[str | None, typer.Option(help="P-VERG, P-WON or P-OO (a real municipality).")]


def print_json(document: object) -> None:
    """Print a document as JSON."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def print_result(document: object, lines: str | Iterable[str], *, as_json: bool) -> None:
    """Print what a command did: the document with `--json`, else these lines. Lines are made only when printed."""
    if as_json:
        print_json(document)
        return
    for line in [lines] if isinstance(lines, str) else lines:
        typer.echo(line)
