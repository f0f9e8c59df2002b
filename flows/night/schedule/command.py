"""`barrier deploy`: the night and its duties on a Prefect server."""

from __future__ import annotations

import os
from typing import Annotated

import httpx
import typer

from flows.configuration import load_configuration
from flows.options import DEFAULT_CONFIG, AsJson, Config, print_result
from screening.errors import ConfigurationError


def require_closed_server(url: str) -> None:
    """Require a standing Prefect server that answers nobody without its password.

    Raises:
        ConfigurationError: there is none, or it is open: who reaches it could start runs and read what they say.
    """
    if not url:
        raise ConfigurationError(
            "PREFECT_API_URL names no Prefect server, and without a standing one nothing runs at night. Start one: "
            "docs/schedule.md has the lines."
        )
    try:
        answer = httpx.post(f"{url.rstrip('/')}/deployments/filter", json={}, timeout=30)
    except (httpx.HTTPError, httpx.InvalidURL):
        raise ConfigurationError(f"PREFECT_API_URL: no Prefect server answers at {url}. Start it first.") from None
    if answer.status_code != httpx.codes.UNAUTHORIZED:
        raise ConfigurationError(
            f"The Prefect server at {url} answers without a password. Start it with PREFECT_SERVER_API_AUTH_STRING, "
            "and give the same to its clients as PREFECT_API_AUTH_STRING."
        )
    if not os.environ.get("PREFECT_API_AUTH_STRING"):
        raise ConfigurationError("PREFECT_API_AUTH_STRING: the server asks for a password, and none is set here.")


def deploy_flows(  # noqa: PLR0917 - typer gives them by name
    pool: Annotated[str, typer.Option(help="The work pool, made where there is none.")] = "barrier",
    notify: Annotated[
        str | None, typer.Option(help="Notification block of Prefect that is told of trouble.", metavar="TYPE/NAME")
    ] = None,
    backup_to: Annotated[
        str | None, typer.Option(help="Public key (age1…) of who can open the data of the nightly backup.")
    ] = None,
    backup_keys_to: Annotated[str | None, typer.Option(help="Public key of who can open its keys.")] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Set up the night and its duties on the Prefect server of PREFECT_API_URL; again after each upgrade."""
    configuration = load_configuration(config)
    require_closed_server(os.environ.get("PREFECT_API_URL", ""))
    if (backup_to is None) != (backup_keys_to is None):
        raise ConfigurationError("Name both keys of the backup, --backup-to and --backup-keys-to, or neither.")
    options = {"backup": ["--to", backup_to, "--keys-to", backup_keys_to]} if backup_to and backup_keys_to else {}
    from flows.night.schedule.deploy import deploy  # Prefect reads its settings on import  # noqa: PLC0415

    deployed = deploy(configuration, pool=pool, notification=notify, options=options)
    print_result(
        vars(deployed),
        "\n".join([
            *(f"Deployed {name}" for name in deployed.deployments),
            *(f"Automation {name}" for name in deployed.automations),
            *(f"Note: {note}" for note in deployed.notes),
            f"Start a worker beside the workspace: prefect worker start --pool {pool}",
        ]),
        as_json=as_json,
    )  # fmt: skip
