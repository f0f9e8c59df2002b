"""A group of commands that imports the module of a command when it is called, and not to list it in the help."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from typer._click.core import Command, Context  # typer has no public name for the classes of its own click


class LazyGroup(TyperGroup):
    """A subclass names its commands: panel of the help -> name -> (`module:function` or `module:app`, help line)."""

    panels: ClassVar[Mapping[str, Mapping[str, tuple[str, str]]]]

    def __init__(self, **attrs: Any) -> None:  # noqa: ANN401 - handed on to typer as it is
        super().__init__(**attrs)
        self.targets: dict[str, str] = {}
        for panel, commands in self.panels.items():
            for name, (target, line) in commands.items():
                self.targets[name] = target
                self.add_command(TyperCommand(name, help=line, rich_help_panel=panel))

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """Find the command that is called or completed, and import it."""
        name, line, rest = super().resolve_command(ctx, args)
        return name, self.load(name) if name and line else None, rest

    def load(self, name: str) -> Command:
        """Import the command of this name."""
        module, _, attribute = self.targets[name].partition(":")
        target = getattr(import_module(module), attribute)
        if isinstance(target, typer.Typer):
            return typer.main.get_group(target)
        alone = typer.Typer(add_completion=False)
        alone.command(name)(target)
        return typer.main.get_command(alone)
