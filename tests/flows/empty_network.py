"""A network with nothing in it but this machine, and what was tried to reach beyond it: by the system's own counters.

Run as a program inside the namespace (`unshare -n`): `python -m tests.flows.empty_network COUNTS COMMAND…`.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1
#: The system counts here what had nowhere to go, whoever asked: Python, a library in C or Rust, a child of a child.
_NO_ROUTE = {"Ip": "OutNoRoutes", "Ip6": "Ip6OutNoRoutes", "Udp": "NoPorts"}


def command(counts: Path, *program: str) -> list[str]:
    """How to run a program in an empty network; its attempts to leave it are written into `counts`."""
    as_root = [] if os.getuid() == 0 else ["-r"]
    inside = [sys.executable, "-m", "tests.flows.empty_network", str(counts), *program]
    return ["unshare", *as_root, "-n", *inside]


def is_possible() -> bool:
    """Whether this account may make a namespace."""
    return subprocess.run(command(Path(os.devnull), "true"), cwd=ROOT, capture_output=True, check=False).returncode == 0


def attempts() -> dict[str, int]:
    """Packets that had no route, and questions to a name server on this machine that is none."""
    lines = [line.split() for line in Path("/proc/net/snmp").read_text(encoding="utf-8").splitlines()]
    counted = {}
    for names, values in zip(lines[::2], lines[1::2], strict=True):
        of_protocol = dict(zip(names[1:], values[1:], strict=True))
        if (name := _NO_ROUTE.get(names[0].rstrip(":"))) and name in of_protocol:
            counted[f"{names[0]}{name}"] = int(of_protocol[name])
    for line in Path("/proc/net/snmp6").read_text(encoding="utf-8").splitlines():
        name, value = line.split()
        if name == _NO_ROUTE["Ip6"]:
            counted[name] = int(value)
    return counted


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh", b"lo", 0)
        flags = struct.unpack("16sh", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", flags | _IFF_UP))


def _run() -> int:
    counts, *program = sys.argv[1:]
    _raise_loopback()
    before = attempts()
    done = subprocess.run(program, check=False)
    after = attempts()
    Path(counts).write_text(json.dumps({name: after[name] - before[name] for name in after}), encoding="utf-8")
    return done.returncode


if __name__ == "__main__":
    sys.exit(_run())
