"""Whether the Prefect server that is named stands, and answers nobody without its password."""

from __future__ import annotations

import os

import httpx

from screening.base.errors import ConfigurationError


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
