"""Settle Prefect's embedded server before Prefect is imported: its own home, a password, no telemetry."""

from __future__ import annotations

import secrets
from datetime import date
from pathlib import Path

from flows import settings


def prepared(configuration: Path, *, as_of: date | None = None) -> None:
    """Point Prefect at a home inside the workspace (0700), with a password that lives as long as this process."""
    chosen = settings.load(configuration, as_of=as_of)
    home = chosen.workspace / "prefect"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    settings.prefect_environment(home.resolve(), f"barrier:{secrets.token_urlsafe(24)}")
