"""`barrier retention …`: what is past its term, and erasing it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    help="Erase what is past its term, in the store, on the disk and in the ledger, and leave a receipt.",
)

Config = Annotated[Path, typer.Option("--config", "-c", help="The configuration of the municipality.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
_DEFAULT = Path("screening.toml")


@app.command()
def plan(
    config: Config = _DEFAULT,
    ids: Annotated[bool, typer.Option("--ids", help="List every id too. They name nobody.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what would go now, by kind of data, and its term. Nothing is erased."""
    from flows.rights import erase

    found = erase.plan(config)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for one in found["kinds"]:
        terms = ", ".join(f"{name} = {value}" for name, value in one["terms"].items()) or "stays: nobody's data"
        typer.echo(f"{one['count']:>8}  {one['kind']:<18} {one['what_en']} ({terms})")
        for name in one["ids"] if ids else ():
            typer.echo(f"          {name}")
    for receipt in found["unfinished"]:
        typer.echo(f"Note: receipt {receipt} was begun and not finished. `barrier retention apply` goes on with it.")
    for name in found["unassigned"]:
        typer.echo(f"Note: {name} in the workspace is of no kind of data. Move it out before you erase.")
    for note in found["notes"]:
        typer.echo(f"Note: {note}")
    typer.echo(f"{found['total']} to erase. Nothing was erased.")


@app.command()
def apply(
    by: Annotated[str, typer.Option("--by", help="Your account name: it stands on the receipt.", metavar="NAME")],
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Erase what is past its term. It leaves a receipt, a destruction list and entries in the ledger."""
    from flows.rights import erase

    done = erase.apply(config, by=by)
    if as_json:
        typer.echo(json.dumps(done, ensure_ascii=False, indent=2))
        return
    for one in done["receipts"]:
        told = ", ".join(f"{number} {kind}" for kind, number in one["counts"].items()) or "nothing"
        typer.echo(f"Erased: {told}. Receipt {one['receipt']}, list {one['list']}")
    for note in done["notes"]:
        typer.echo(f"Note: {note}")
    if not done["receipts"]:
        typer.echo("Nothing is past its term.")
