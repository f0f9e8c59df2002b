"""`barrier papers DIR`: the papers that a municipality owes, and whether those it has still say what is true."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.options import DEFAULT_CONFIG, AsJson, Config, print_result
from flows.papers.papers import lagging_papers, write_papers
from screening.base.errors import ConfigurationError
from screening.base.vocabulary import ExitCode


def make_papers(
    directory: Annotated[Path | None, typer.Argument(help="Where the papers are written.", metavar="DIR")] = None,
    check: Annotated[
        Path | None,
        typer.Option("--check", help="Write nothing: do the papers in this folder lag behind?", metavar="DIR"),
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Make the papers: Algoritmeregister, DPIA, IAMA, privacy statement and more, from configuration and rules.

    With --check: exit code 0 when the papers are as they would be made now, 1 when they lag behind.
    """
    if directory is not None and check is None:
        written, unasked = write_papers(config, directory)
        paths = [str(path) for path in written]
        notes = [f"No paper asks {key!r}: look at the file of answers." for key in unasked]
        print_result({"written": paths, "unasked": list(unasked)}, [*paths, *notes], as_json=as_json)
    elif check is not None and directory is None:
        lagging = lagging_papers(config, check)
        lines = [f"{name} lags behind configuration or rules." for name in lagging]
        lines = lines or ["The papers say what configuration and rules say."]
        print_result({"ok": not lagging, "lagging": lagging}, lines, as_json=as_json)
        raise typer.Exit(ExitCode.UNEXPECTED if lagging else ExitCode.OK)
    else:
        raise ConfigurationError("Name the folder to write the papers to, or --check and the folder to look at.")
