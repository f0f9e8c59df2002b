"""`barrier backup` and `barrier restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.backup.backup import back_up
from flows.backup.restore import restore
from flows.options import DEFAULT_CONFIG, AsJson, By, Config, print_result


def back_up_workspace(
    to: Annotated[str, typer.Option("--to", help="Public key (age1…) of who can open the data.")],
    keys_to: Annotated[str, typer.Option("--keys-to", help="Public key of who can open the keys: another person.")],
    by: By = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Make an encrypted backup of the store, the ledger and the runs, and one of the keys apart."""
    files = back_up(config, recipient=to, keys_recipient=keys_to, by=by)
    print_result({"files": files}, (f"{content}: {file}" for content, file in files.items()), as_json=as_json)


def restore_workspace(  # noqa: PLR0917 - typer gives them by name
    data: Annotated[Path, typer.Argument(help="The file of the data (barrier-data-….tar.age).")],
    identity: Annotated[Path, typer.Option("--identity", help="File with the secret key of age for it.")],
    into: Annotated[Path, typer.Option("--into", help="A new folder: the workspace that is made.")],
    keys: Annotated[Path | None, typer.Option("--keys", help="The file of the keys.")] = None,
    keys_identity: Annotated[Path | None, typer.Option("--keys-identity", help="Its secret key.")] = None,
    as_json: AsJson = False,
) -> None:
    """Unpack a backup into a new workspace, and check that it is whole."""
    done = restore(data, identity=identity, into=into, keys=keys, keys_identity=keys_identity)
    lines = [f"{done['workspace']}: {done['runs']} runs, {done['entries']} entries in the ledger. {done['advice']}"]
    if done["batches"]:
        lines.append(f"{done['batches']} sealed batches were not brought over yet: export/, or [export] out.")
    print_result(done, lines, as_json=as_json)
