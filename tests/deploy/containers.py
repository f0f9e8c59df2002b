"""The Containerfile and the compose file as an engine reads them, and a container's command started as it would be."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import ROOT

CONTAINERFILE = ROOT / "deploy" / "Containerfile"
COMPOSE = ROOT / "deploy" / "compose.yaml"


def services() -> dict[str, dict[str, Any]]:
    """The services of the compose file, with what they share merged in."""
    return _document()["services"]


def networks() -> dict[str, Any]:
    """The networks of the compose file, by name."""
    return {name: network or {} for name, network in _document()["networks"].items()}


@cache
def _document() -> dict[str, dict[str, Any]]:
    document: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return document


@dataclass(frozen=True)
class Image:
    """What the last stage of the Containerfile says of a container: its environment and its commands."""

    environment: dict[str, str]
    entry_point: list[str]
    command: list[str]
    health: list[str]
    steps: list[str]


@cache
def image() -> Image:
    """Read the Containerfile."""
    text = re.sub(r"^#.*\n", "", CONTAINERFILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    steps = re.sub(r"\\\n", " ", text).splitlines()
    last = steps[max(number for number, line in enumerate(steps) if line.startswith("FROM")) :]
    values = dict(line.split(maxsplit=1) for line in last if " " in line)
    return Image(
        environment=dict(pair.split("=", 1) for pair in shlex.split(values["ENV"])),
        entry_point=json.loads(values["ENTRYPOINT"]),
        command=json.loads(values["CMD"]),
        health=json.loads(values["HEALTHCHECK"].partition("CMD ")[2]),
        steps=steps,
    )


@dataclass(frozen=True)
class Container:
    """How a service is started: its words, and its environment with the secrets as files of a folder."""

    command: list[str]
    environment: dict[str, str]
    health: list[str]


def container(name: str, secrets: Path) -> Container:
    """The container of a service of ours; `secrets`: the folder that stands for /run/secrets."""
    service = services()[name]
    environment = {
        variable: str(value).replace("/run/secrets", str(secrets))
        for variable, value in service.get("environment", {}).items()
    }
    health = service.get("healthcheck", {}).get("test", ["CMD", *image().health])
    return Container(
        [*image().entry_point, *service.get("command", image().command)], image().environment | environment, health[1:]
    )
