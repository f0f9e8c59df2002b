"""`barrier serve`: the review application of a municipality, or of a demonstration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.options import DEFAULT_CONFIG, Config
from flows.review.serve import Serving, serve

#: Where `barrier demo` leaves its configuration.
_DEMO_CONFIG = Path("demo") / DEFAULT_CONFIG


def serve_review(
    context: typer.Context,
    config: Config = DEFAULT_CONFIG,
    demo: Annotated[
        bool, typer.Option("--demo", help="Look around with made-up data: sign in by a link that works once.")
    ] = False,
    host: Annotated[str | None, typer.Option(help="The address to listen on; \\[review] host otherwise.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The port; \\[review] port otherwise.")] = None,
) -> None:
    """Serve the review application: officers judge addresses, analysts judge links. Ends with Ctrl-C."""
    is_named = str(context.get_parameter_source("config")).endswith("COMMANDLINE")
    if demo and not is_named and not config.exists() and _DEMO_CONFIG.exists():
        config = _DEMO_CONFIG
        typer.echo(f"No {DEFAULT_CONFIG} here; {config} is used.")
    serve(config, demo=demo, host=host, port=port, say=_print_address)


def _print_address(serving: Serving) -> None:
    if serving.link:
        typer.echo("The review of a made-up municipality. Open this link; it works once, in one browser:")
        typer.echo(serving.link)
        if serving.example is not None:
            typer.echo(f"A made-up recipient of signals, with its key and how to open a batch: {serving.example}")
    else:
        typer.echo(f"The review is served at {serving.url}")
    if not serving.is_open:
        typer.echo(
            "There is no valid mandate: only sign-in, accounts, keys and the page that approves one are shown "
            f"({serving.url}/mandaat). All else opens when two people have signed there."
        )
    typer.echo("End with Ctrl-C.")
