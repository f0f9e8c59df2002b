"""`barrier deploy`: the night and its duties on a Prefect server."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from flows.configuration import load_configuration
from flows.night.schedule.closed_server import require_closed_server
from flows.night.schedule.deploy import deploy
from flows.options import DEFAULT_CONFIG, AsJson, Config, print_result
from screening.base.errors import ConfigurationError


def deploy_flows(  # noqa: PLR0917 - typer gives them by name
    pool: Annotated[str, typer.Option(help="The work pool, made where there is none.")] = "barrier",
    notify: Annotated[
        str | None, typer.Option(help="Notification block of Prefect that is told of trouble.", metavar="TYPE/NAME")
    ] = None,
    backup_to: Annotated[
        str | None, typer.Option(help="Public key (age1…) of who can open the data of the nightly backup.")
    ] = None,
    backup_keys_to: Annotated[str | None, typer.Option(help="Public key of who can open its keys.")] = None,
    is_without_night: Annotated[
        bool, typer.Option("--without-night", help="The duties alone: a fleet runs the night (barrier fleet deploy).")
    ] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Set up the night and its duties on the Prefect server of PREFECT_API_URL; again after each upgrade."""
    configuration = load_configuration(config)
    require_closed_server(os.environ.get("PREFECT_API_URL", ""))
    if (backup_to is None) != (backup_keys_to is None):
        raise ConfigurationError("Name both keys of the backup, --backup-to and --backup-keys-to, or neither.")
    options = {"backup": ["--to", backup_to, "--keys-to", backup_keys_to]} if backup_to and backup_keys_to else {}
    deployed = deploy(configuration, pool=pool, notification=notify, options=options, has_night=not is_without_night)
    print_result(vars(deployed), deployed.lines(), as_json=as_json)
