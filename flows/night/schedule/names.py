"""What a run is called on the server: after its municipality, whatever its parameters are."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from prefect.context import FlowRunContext


def parameters_of_run() -> Mapping[str, object]:
    """Return the parameters of the flow run that is being named."""
    context = FlowRunContext.get()
    return (context and context.parameters) or {}


def municipality_of(parameters: Mapping[str, object]) -> str:
    """Return the name of the municipality, or of the configuration where that does not say it."""
    file = Path(str(parameters.get("configuration", "screening.toml")))
    try:
        return str(tomllib.loads(file.read_text(encoding="utf-8-sig"))["municipality"]["name"])
    except (OSError, ValueError, KeyError, TypeError):
        return file.name


def place_key(name: str, code: str) -> str:
    """Return a municipality as deployments, artifacts and events name it: `zomerwaard-9999`."""
    return dashed(f"{name} {code}") or "unknown"


def dashed(name: str) -> str:
    """Return a name as keys of artifacts and events allow it."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
