"""A cluster is joined over TLS, or on this machine, or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.cluster.dask_client import client_options
from flows.cluster.scheduler import SCHEDULER, scheduler_address
from screening.base.errors import ConfigurationError


@pytest.mark.parametrize(
    "address",
    [
        "tls://cluster.example.nl:8786",
        "tls://10.0.0.7:8786",
        "tcp://127.0.0.1:8786",
        "tcp://localhost:8786",
        "tcp://[::1]:8786",
    ],
)
def test_an_address_that_nobody_else_can_read_is_taken(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SCHEDULER, address)
    assert scheduler_address() == address


@pytest.mark.parametrize(
    "address",
    [
        "tcp://cluster.example.nl:8786",
        "tcp://10.0.0.7:8786",
        "tcp://0.0.0.0:8786",
        "ws://127.0.0.1:8786",
        "127.0.0.1:8786",
        "tls://cluster",
        "tls://cluster:many",
        "inproc://1/2/3",
    ],
)
def test_an_address_that_others_can_read_along_with_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SCHEDULER, address)
    with pytest.raises(ConfigurationError, match="tls://host:port"):
        scheduler_address()


def test_tls_without_certificates_says_which_are_missing() -> None:
    with pytest.raises(ConfigurationError, match="CA_FILE"):
        client_options("tls://127.0.0.1:8786")


def test_without_the_extra_the_error_names_it(tmp_path: Path) -> None:
    """In an interpreter that finds no packages but those that the module needs."""
    (tmp_path / "screening").symlink_to(Path(__file__).parents[3] / "screening")
    (tmp_path / "flows").symlink_to(Path(__file__).parents[3] / "flows")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from flows.cluster.scheduler import scheduler_address\n"
        "try:\n    scheduler_address()\nexcept Exception as error:\n    print(type(error).__name__, error)"
    )
    env = {"PATH": os.environ["PATH"], SCHEDULER: "tcp://127.0.0.1:8786"}
    done = subprocess.run([sys.executable, "-S", "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("ConfigurationError")
    assert "barrier-screening[dask]" in done.stdout
