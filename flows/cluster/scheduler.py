"""The Dask cluster that the environment names, if nobody else can read what passes to it."""

from __future__ import annotations

import importlib.util
import ipaddress
import os
from urllib.parse import urlsplit

from screening.base.errors import BarrierError, ConfigurationError

#: Environment variable that names the scheduler of a Dask cluster: tls://host:port.
SCHEDULER = "BARRIER_DASK_SCHEDULER"
#: Seconds in which a scheduler must answer and have a worker.
CONNECT_SECONDS = 30


class ClusterError(BarrierError):
    """The cluster does not do its work (exit code 1)."""

    may_pass = True


def scheduler_address() -> str | None:
    """The scheduler that the environment names; None: nothing leaves this machine.

    Raises:
        ConfigurationError: the address is none, or others could read what passes; or the extra is not installed.
    """
    address = os.environ.get(SCHEDULER)
    if not address:
        return None
    if not _is_closed(address):
        raise ConfigurationError(
            f"{SCHEDULER}: the scheduler is named as tls://host:port. tcp:// is for a scheduler on this machine "
            "(127.0.0.1) alone: on a network anyone could read along and have workers run code. docs/cluster.md has "
            "the lines."
        )
    if importlib.util.find_spec("prefect_dask") is None:
        raise ConfigurationError(
            f"{SCHEDULER} names a Dask cluster, and what speaks to one is not installed: "
            "pip install barrier-screening[dask], or unset the variable."
        )
    return address


def _is_closed(address: str) -> bool:
    try:
        url = urlsplit(address)
        has_place = bool(url.hostname and url.port)
    except ValueError:
        return False
    if not has_place or url.scheme not in {"tls", "tcp"}:
        return False
    if url.scheme == "tls":
        return True
    try:
        return url.hostname == "localhost" or ipaddress.ip_address(url.hostname or "").is_loopback
    except ValueError:
        return False
