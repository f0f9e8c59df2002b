"""The units of systemd as systemd reads them, and their commands started as it starts them, as far as a test can."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.conftest import ROOT

UNITS = ROOT / "deploy" / "systemd"
DROP_INS = UNITS / "barrier-.service.d"
#: Binds what may be written, and makes all else read-only.
CONFINE = """
mount --bind "$1" "$1"; mount -o remount,bind,ro,nosuid,nodev "$1"; shift
while [ "$1" != -- ]; do mount --bind "$1" "$1"; mount -o remount,bind,rw,nosuid,nodev "$1"; shift; done; shift
mount -o remount,bind,ro,nosuid,nodev /
exec "$@"
"""
#: Root stays root: under another name it could not enter the folder of the test's PostgreSQL, which is somebody else's.
NAMESPACE = ["--mount"] if os.geteuid() == 0 else ["--map-root-user", "--mount"]


def settings(*files: Path) -> dict[str, list[str]]:
    """The settings of the section Service in these files: name -> values in their order."""
    values: dict[str, list[str]] = {}
    for file in files:
        section = ""
        for line in re.sub(r"\\\n", " ", file.read_text(encoding="utf-8")).splitlines():
            if line.startswith("["):
                section = line
            elif section == "[Service]" and line.strip() and not line.startswith("#"):
                name, _, value = line.partition("=")
                values.setdefault(name, [])
                values[name] = [*values[name], value] if value else []
    return values


@cache
def allowed_calls(*filters: str) -> str:
    """The names of the system calls that SystemCallFilter= lets through, as JSON."""
    listing = subprocess.run(
        ["systemd-analyze", "--no-pager", "syscall-filter"], check=True, capture_output=True, text=True
    )
    groups: dict[str, set[str]] = {}
    for line in listing.stdout.splitlines():
        word = line.strip()
        if line.startswith("@"):
            group = groups[word] = set()
        elif word and not word.startswith("#"):
            group.add(word)

    def names(word: str) -> set[str]:
        return {each for inner in groups[word] for each in names(inner)} if word.startswith("@") else {word}

    calls: set[str] = set()
    for text in filters:
        listed = {name for word in text.lstrip("~").split() for name in names(word)}
        calls = calls - listed if text.startswith("~") else calls | listed
    return json.dumps(sorted(calls))


@dataclass(frozen=True)
class Machine:
    """Where on this machine is what the units name: the environment, the configuration, the state, and the ports."""

    folder: Path
    venv: Path
    ports: dict[str, str] = field(default_factory=dict)

    @property
    def places(self) -> dict[str, Path]:
        state = {f"/var/lib/{name}": self.folder / name for name in ("barrier", "barrier-prefect")}
        return {"/opt/barrier": self.venv, "/etc/barrier": self.folder / "etc", **state}

    def place(self, text: str) -> str:
        """A text of a unit with the places of this machine."""
        for there, here in self.places.items():
            text = re.sub(rf"{there}(?![\w-])", str(here), text)
        for there, here in self.ports.items():
            text = re.sub(rf"\b{there}\b", here, text)
        return text


@dataclass(frozen=True)
class Started:
    """How a command of a unit is started."""

    command: list[str]
    environment: dict[str, str]
    folder: Path


def starts(machine: Machine, unit: str, *drop_ins: str) -> Iterator[Started]:
    """What systemd starts for a unit, a command each, with its secrets in a folder of the service."""
    values = settings(UNITS / f"{unit}.service", *(DROP_INS / f"{name}.conf" for name in ("hardening", *drop_ins)))
    environment = {"PATH": os.environ["PATH"], "HOME": str(machine.folder), "LANG": "C.UTF-8"}
    for line in values.get("Environment", []):
        environment |= dict(pair.split("=", 1) for pair in shlex.split(machine.place(line)))
    for file in values.get("EnvironmentFile", []):
        lines = Path(machine.place(file)).read_text(encoding="utf-8").splitlines()
        environment |= dict(line.split("=", 1) for line in lines)
    if credentials := values.get("LoadCredential", []):
        folder = machine.folder / f"credentials-{unit}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        for line in credentials:
            name, _, source = line.partition(":")
            shutil.copy(machine.place(source), folder / name)
            (folder / name).chmod(0o400)
        environment["CREDENTIALS_DIRECTORY"] = str(folder)
    state = machine.places[f"/var/lib/{values['StateDirectory'][0]}"]
    state.mkdir(mode=0o700, exist_ok=True)
    environment["TMPDIR"] = str(state)  # PrivateTmp= gives another
    calls = allowed_calls(*values["SystemCallFilter"])
    for line in values["ExecStart"]:
        command = confined(shlex.split(machine.place(line)), machine.folder, [state], calls)
        yield Started(command, environment, state)


def confined(command: Sequence[str], read_only: Path, writable: Sequence[Path], calls: str = "") -> list[str]:
    """A command that can write nothing but in these folders, and, where they are named, call nothing but these."""
    confine = ["unshare", *NAMESPACE, "sh", "-ec", CONFINE, "confine", str(read_only), *map(str, writable), "--"]
    script = str(Path(__file__).with_name("confined.py"))
    return [*confine, *([sys.executable, script, calls] if calls else []), *command]
