"""What the environment says and no file may: addresses of databases, secrets, and how libraries behave."""

from __future__ import annotations

import os
from pathlib import Path

#: Environment variables that name the database of the store, and that of the ledger.
STORE_URL = "BARRIER_STORE_URL"
LEDGER_URL = "BARRIER_LEDGER_URL"


def store_url() -> str | None:
    """The database of the store, where the environment names one; else it is SQLite in the workspace."""
    return secret(STORE_URL)


def ledger_url() -> str | None:
    """The database of the ledger, where the environment names one; else it is SQLite in the workspace."""
    return secret(LEDGER_URL)


def secret(name: str) -> str | None:
    """The value of an environment variable; None where it is not set or empty."""
    return os.environ.get(name) or None


def silence_telemetry() -> None:
    """Switch telemetry off for every library below, before any of them is imported."""
    os.environ.update(
        DO_NOT_TRACK="1",
        GX_ANALYTICS_ENABLED="false",
        PREFECT_SERVER_ANALYTICS_ENABLED="false",
    )


def prefect_environment(home: Path, auth: str) -> None:
    """Settle Prefect's embedded server: its own home, loopback with a password, quiet, no persisted results."""
    silence_telemetry()
    os.environ.setdefault("PREFECT_API_URL", "")
    if os.environ["PREFECT_API_URL"]:
        return  # a standing server was chosen; its own settings hold
    del os.environ["PREFECT_API_URL"]
    os.environ.update(
        PREFECT_HOME=str(home),
        PREFECT_SERVER_ALLOW_EPHEMERAL_MODE="true",
        PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS="90",
        PREFECT_SERVER_API_AUTH_STRING=auth,
        PREFECT_API_AUTH_STRING=auth,
        PREFECT_RESULTS_PERSIST_BY_DEFAULT="false",
        PREFECT_LOGGING_LEVEL="CRITICAL",
        PREFECT_SERVER_LOGGING_LEVEL="CRITICAL",
    )
