"""`barrier new …`: begin a rule or a register of the municipality's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.new.package import NewPackage, write_package
from flows.options import AsJson, print_result

app = typer.Typer(
    no_args_is_help=True,
    help="Begin a rule or a register of the municipality's own: a package that passes its own tests.",
)

Namespace = Annotated[str, typer.Option(help="Three capitals that all names of yours begin with (ZOM).")]
Directory = Annotated[Path, typer.Option(help="The folder of the package; it is made.")]


@app.command("indicator")
def begin_indicator(
    namespace: Namespace,
    code: Annotated[str, typer.Option(help="The code of the rule, without the namespace (LOC-01).")],
    directory: Directory,
    register: Annotated[
        str | None, typer.Option(help="A register of your own that the rule reads (warmtenet); licences when left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Begin a rule: declaration, case table and tests, with a register of its own if you name one."""
    _write(NewPackage(namespace, code, register), directory, as_json=as_json)


@app.command("register")
def begin_register(
    namespace: Namespace,
    name: Annotated[str, typer.Option(help="The name of the register, without the namespace (warmtenet).")],
    directory: Directory,
    as_json: AsJson = False,
) -> None:
    """Begin a register: contract, a good and a bad sample, and tests."""
    _write(NewPackage(namespace, register=name), directory, as_json=as_json)


def _write(new: NewPackage, directory: Path, *, as_json: bool) -> None:
    written = [str(path) for path in write_package(new, directory)]
    lines = [*written, f"Next: cd {directory} && pytest"]
    print_result({"files": written}, lines, as_json=as_json)
