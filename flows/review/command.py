"""`barrier serve`: the review application of a municipality, or of a demonstration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def serve(
    config: Annotated[Path, typer.Option("--config", "-c", help="The configuration of the municipality.")] = Path(
        "screening.toml"
    ),
    demo: Annotated[
        bool, typer.Option("--demo", help="Look around with made-up data: sign in by a link that works once.")
    ] = False,
    host: Annotated[str | None, typer.Option(help="The address to listen on; \\[review] host otherwise.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The port; \\[review] port otherwise.")] = None,
) -> None:
    """Serve the review application: officers judge addresses, analysts judge links. Ends with Ctrl-C."""
    from flows.review.serve import Serving
    from flows.review.serve import serve as start

    def say(serving: Serving) -> None:
        if serving.link:
            typer.echo("The review of a made-up municipality. Open this link; it works once, in one browser:")
            typer.echo(serving.link)
        else:
            typer.echo(f"The review is served at {serving.url}")
        typer.echo("End with Ctrl-C.")

    start(config, demo=demo, host=host, port=port, say=say)
