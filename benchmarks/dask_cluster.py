"""A Dask cluster on loopback over TLS, with certificates of its own, as docs/cluster.md starts it."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dask
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from distributed import Client
from distributed.security import Security

_TLS = "DASK_DISTRIBUTED__COMM__TLS__"


@dataclass
class DaskCluster:
    """A scheduler and its workers, one thread each. `env`: with it clients find the cluster and are let in."""

    folder: Path
    env: dict[str, str]
    processes: list[subprocess.Popen] = field(default_factory=list)

    @property
    def workers(self) -> list[subprocess.Popen]:
        """The processes of the workers."""
        return self.processes[1:]

    def start(self, *words: str, core: int | None = None) -> None:
        """Start a scheduler or a worker, on all cores or on one."""
        log = (self.folder / f"log-{len(self.processes)}").open("w")
        place = self.folder / "scheduler.json"
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "dask", *words, "--scheduler-file", place, "--no-dashboard"],
            env={**os.environ, **self.env},
            cwd=self.folder,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        if core is not None:
            os.sched_setaffinity(process.pid, {core})
        self.processes.append(process)

    def start_worker(self, core: int | None = None) -> None:
        """Start a worker that nobody starts again, on all cores or on one."""
        self.start("worker", "--nthreads", "1", "--no-nanny", "--local-directory", str(self.folder), core=core)

    @contextlib.contextmanager
    def joined(self, **more: str) -> Iterator[None]:
        """Have this process work on the cluster: its variables, and more, in the environment, read by Dask."""
        before = dict(os.environ)
        os.environ.update({**self.env, **more})
        dask.config.refresh()  # Dask reads the environment on import
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
            dask.config.refresh()

    def client(self) -> Client:
        """A client that is let in, beside those of the product."""

        def file(name: str) -> str:
            return self.env[f"{_TLS}{name}"]

        security = Security(
            require_encryption=True,
            tls_ca_file=file("CA_FILE"),
            tls_client_cert=file("CLIENT__CERT"),
            tls_client_key=file("CLIENT__KEY"),
        )
        return Client(self.env["BARRIER_DASK_SCHEDULER"], security=security, set_as_default=False)


@contextlib.contextmanager
def dask_cluster(folder: Path, cores: Sequence[int | None] = (None, None)) -> Iterator[DaskCluster]:
    """Start a cluster with a worker on each of these cores (None: on all), and end it."""
    cluster = DaskCluster(folder, {**_certificates(folder), "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true"})
    try:
        cluster.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--protocol", "tls")
        cluster.env["BARRIER_DASK_SCHEDULER"] = _address(folder / "scheduler.json")
        for core in cores:
            cluster.start_worker(core)
        yield cluster
    finally:
        for process in reversed(cluster.processes):
            process.kill()
            process.wait(30)


def _address(place: Path) -> str:
    """Where the scheduler listens, once it says so: Dask makes the file before it writes to it."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            return str(json.loads(place.read_text())["address"])
        time.sleep(0.05)
    raise TimeoutError(f"no scheduler wrote {place}")


def _certificates(folder: Path) -> dict[str, str]:
    """A key with a certificate that it signed itself, for all of them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "barrier-dask")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, key_pem = folder / "cluster.pem", folder / "cluster.key"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key_pem.touch(mode=0o600)
    key_pem.write_bytes(private)
    env = {f"{_TLS}CA_FILE": str(pem)}
    for role in ("CLIENT", "SCHEDULER", "WORKER"):
        env |= {f"{_TLS}{role}__CERT": str(pem), f"{_TLS}{role}__KEY": str(key_pem)}
    return env
