"""Settle Prefect's embedded server before Prefect is imported: its own home, a password, no telemetry."""

from __future__ import annotations

import contextlib
import os
import secrets
from datetime import date
from pathlib import Path

from flows.configuration import load
from flows.configuration.environment import prefect_environment


def prepared(configuration: Path, *, as_of: date | None = None) -> None:
    """Point Prefect at a home inside the workspace (0700), with a password that lives as long as this process."""
    chosen = load.load(configuration, as_of=as_of)
    home = chosen.workspace / "prefect"
    os.umask(0o077)  # Prefect's database and what else its server makes get no mode of their own
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    for left in home.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # another run's server tidies here as well
            left.chmod(0o700 if left.is_dir() else 0o600)
    prefect_environment(home.resolve(), f"barrier:{secrets.token_urlsafe(24)}")
