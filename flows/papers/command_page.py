"""The reference page of the commands, made from what each command says of itself in its help."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from flows.cli import BarrierCommands, app
from flows.papers.markdown import literal_text, markdown_table

if TYPE_CHECKING:
    from typer._click.core import Command, Parameter  # typer has no public name for the classes of its own click

_LEAD = """# Commands

This page is made from the help of each command, with: `make docs`. `barrier COMMAND --help` shows the same. A command
that takes `--config` reads `screening.toml` in the folder where you stand, unless you name another.
"""


def command_page() -> str:
    """Every command with its arguments and options, by who uses it, as Markdown."""
    root = typer.main.get_command(app)
    assert isinstance(root, BarrierCommands)  # noqa: S101 - `app` is declared with it
    lines = [_LEAD]
    for panel, commands in root.panels.items():
        lines += [f"## {panel}", ""]
        for name, (_, line) in commands.items():
            lines += _part(f"barrier {name}", root.load(name), line)
    return "\n".join([*lines, f"{app.info.epilog}"]) + "\n"


def _part(name: str, command: Command, line: str, level: int = 3) -> Iterator[str]:
    """The part of a command; of a group, the parts of its commands too."""
    yield from (f"{'#' * level} `{name}`", "", literal_text(line), "")
    parts = getattr(command, "commands", {})
    rows = [_cells(parameter) for parameter in command.params if not getattr(parameter, "hidden", False)]
    if rows and not parts:
        yield from (*markdown_table(("Argument or option", "What it does", "Otherwise"), rows), "")
    for part, child in parts.items():
        yield from _part(f"{name} {part}", child, child.help or "", level + 1)


def _cells(parameter: Parameter) -> tuple[str, str, str]:
    named = [*parameter.opts, *parameter.secondary_opts]
    value = parameter.metavar or ""
    if parameter.param_type_name == "argument":
        shown = value or named[0].upper()
    else:
        shown = ", ".join(named) + (f" {value}" if value else "")
    default = parameter.default
    is_told = isinstance(default, str | int | float | Path) and not isinstance(default, bool) and default != ""
    otherwise = "required" if parameter.required else f"`{default}`" if is_told else ""
    return f"`{shown}`", literal_text(getattr(parameter, "help", None) or ""), otherwise
