"""`barrier backup` and `barrier restore`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

_DEFAULT = Path("screening.toml")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


def backup(
    to: Annotated[str, typer.Option("--to", help="Public key (age1…) of who can open the data.")],
    keys_to: Annotated[str, typer.Option("--keys-to", help="Public key of who can open the keys: another person.")],
    by: Annotated[str, typer.Option("--by", help="Your account name.", metavar="NAME")],
    config: Annotated[Path, typer.Option("--config", "-c", help="The configuration of the municipality.")] = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Make an encrypted backup of the store, the ledger and the runs, and one of the keys apart."""
    from flows.backup import backup as backups

    made = backups.backup(config, recipient=to, keys_recipient=keys_to, by=by)
    if as_json:
        typer.echo(json.dumps(made, ensure_ascii=False, indent=2))
        return
    for what, file in made["files"].items():
        typer.echo(f"{what}: {file}")


def restore(  # noqa: PLR0917 - typer gives them by name
    data: Annotated[Path, typer.Argument(help="The file of the data (barrier-data-….tar.age).")],
    identity: Annotated[Path, typer.Option("--identity", help="File with the secret key of age for it.")],
    into: Annotated[Path, typer.Option("--into", help="A new folder: the workspace that is made.")],
    keys: Annotated[Path | None, typer.Option("--keys", help="The file of the keys.")] = None,
    keys_identity: Annotated[Path | None, typer.Option("--keys-identity", help="Its secret key.")] = None,
    as_json: AsJson = False,
) -> None:
    """Unpack a backup into a new workspace, and check that it is whole."""
    from flows.backup import backup as backups

    done = backups.restore(data, identity=identity, into=into, keys=keys, keys_identity=keys_identity)
    if as_json:
        typer.echo(json.dumps(done, ensure_ascii=False, indent=2))
        return
    typer.echo(f"{done['workspace']}: {done['runs']} runs, {done['entries']} entries in the ledger. {done['advice']}")
