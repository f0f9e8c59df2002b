"""`barrier match …`: how the linking went, for the analyst."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Look at how records were linked: counts and ids, no names.")

Config = Annotated[Path, typer.Option("--config", "-c", help="The configuration of the municipality.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


@app.callback()
def _group() -> None:
    """Keep `profile` a command of its own, however few there are."""


@app.command()
def profile(
    output: Annotated[Path | None, typer.Option(help="Write one HTML page.", metavar="FILE.html")] = None,
    run_id: Annotated[str | None, typer.Option("--run", help="Of this run instead of the last.", metavar="ID")] = None,
    config: Config = Path("screening.toml"),
    as_json: AsJson = False,
) -> None:
    """Show keys and their yield, what cannot be linked, heights of links, and clusters that hang together oddly."""
    from flows.links import profile as match

    document = match.profile(config, run_id=run_id)
    if output:
        match.write_page(document, output)
    if as_json:
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))
        return
    counts = document["counts"]
    typer.echo(
        f"Run {document['run_id']}: {counts['mentions']:,} mentions, {counts['parties']:,} parties; links "
        + ", ".join(f"{level} {n:,}" for level, n in counts["links"].items())
    )
    if document["not_repeated"]:
        typer.echo(document["not_repeated"]["en"])
    for one in document["keys"] or ():
        typer.echo(
            f"  {one['kind']:<13} {one['key']:<11} {one['mentions']:>8,} mentions {one['pairs']:>10,} pairs "
            f"{one['links']:>8,} links, {one['only']:,} by this key alone"
        )
    for one in document["unlinkable"] or ():
        if one["keyless"]:
            who = f"{one['dataset']} {one['role']} ({one['kind']})"
            typer.echo(f"  {who}: {one['keyless']:,} of {one['mentions']:,} without an independent key")
    clusters = document["clusters"]
    typer.echo(f"{clusters['odd_count']} parties hang together oddly.")
    for one in clusters["odd"]:
        how = f"{one['notations']} notations, density {one['density']:.2f}, {len(one['bridges'])} bridges"
        typer.echo(f"  {one['party_id']}  {one['mentions']} mentions, {how}")
    if output:
        typer.echo(f"Page: {output}")
