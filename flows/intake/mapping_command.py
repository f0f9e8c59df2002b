"""`barrier profile` and `barrier init`: a foreign file, and a folder of them, before anything is configured."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.intake.initial_configuration import write_initial_configuration
from flows.intake.profile import profile, profile_document, profile_lines
from flows.options import DEFAULT_CONFIG, AsJson, known_register, print_result


def profile_file_apart(
    file: Annotated[Path, typer.Argument(help="A file of a register, as it was delivered.")],
    register: Annotated[
        str | None, typer.Option(help="The register that it is, where you know.", parser=known_register, metavar="NAME")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a file holds and which register it looks like, and propose the table that maps it; nothing is kept."""
    profiled = profile(file, register=register)
    print_result(profile_document(profiled) if as_json else None, profile_lines(profiled), as_json=as_json)


def write_first_configuration(
    folder: Annotated[Path, typer.Argument(help="The folder of the exports.")],
    output: Annotated[Path, typer.Option(help="The configuration to write.", metavar="FILE")] = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Write a screening.toml from a folder of exports, and tell what is still open in it."""
    initial = write_initial_configuration(folder, output)
    lines = [
        *(f"{name}: {outcome}" for name, outcome in initial.files.items()),
        f"\n{output} is written. Still open:",
        *(f"- {sentence}" for sentence in initial.open_points),
        f"\nThen: barrier check --config {output}",
    ]
    print_result(initial.document(), lines, as_json=as_json)
