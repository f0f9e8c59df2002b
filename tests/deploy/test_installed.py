"""What is installed works where it is installed: the wheel by itself, and as services under what the units allow them.

The wheel is built from this checkout and used from other folders. The services run one after the other on a real
PostgreSQL, each by the very command of its unit or container, on a disk that it cannot write but for its state.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from tests.conftest import ROOT
from tests.deploy.containers import Container, container, services
from tests.deploy.units import Machine, Started, confined, starts
from tests.deploy.wheel import Installed, built, environment_with, served_demo
from tests.flows.backup.test_backup import key_pair
from tests.flows.backup.test_postgresql import PROGRAMMES
from tests.flows.review.test_serve import free_port

PASSWORD = "geheim-wachtwoord"  # of a server that asks for none
AUTH = "barrier:een-wachtwoord-van-prefect"
ENDED = {"COMPLETED", "FAILED", "CANCELLED", "CRASHED"}
PACKAGES = ("flows", "screening", "indicators", "data_contracts")
#: What the town's configuration says of the services. The ports are given to each test anew.
SERVED = """
[review]
base_url = "https://localhost:8443"
port = 8410
trusted_proxies = ["127.0.0.1"]

[review.oidc]
issuer = "https://aanmelden.example.nl"
client_id = "toetsing"
client_secret_env = "BARRIER_OIDC_SECRET"
role_map = { toezicht = ["officer"] }

[audit]
anchor = ["file:/var/lib/barrier/heads"]
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in a fresh environment, which sees the packages of others where they are and not this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    fresh = environment_with(built(folder), folder)
    # A folder that is named so is searched, and the .pth in it, which shows the checkout, is not read.
    others = f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n"
    (fresh.packages / "others.pth").write_text(others)
    prefect = (Path(sys.executable).parent / "prefect").read_text().partition("\n")[2]
    (fresh.venv / "bin" / "prefect").write_text(f"#!{fresh.venv}/bin/python\n{prefect}")
    (fresh.venv / "bin" / "prefect").chmod(0o755)
    return fresh


# ---- the wheel ----------------------------------------------------------------------------------------------------


def test_the_wheel_is_what_is_used_and_not_the_checkout(installed: Installed) -> None:
    script = f"import {', '.join(PACKAGES)}; print({', '.join(f'{name}.__file__' for name in PACKAGES)}, sep='\\n')"
    files = installed.run("python", "-c", script).split()
    assert [Path(file).parent for file in files] == [installed.packages / name for name in PACKAGES]


def test_every_file_of_the_packages_is_in_the_wheel(installed: Installed) -> None:
    """A template, a word list or a contract that is left out would be missed by the page that needs it alone."""
    command = ["git", "ls-files", *PACKAGES]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    assert len(listed) > 600
    assert [name for name in listed if not (installed.packages / name).is_file()] == []
    units = installed.venv / "share" / "barrier-screening" / "systemd"
    assert sorted(file.name for file in units.iterdir()) == sorted(os.listdir(ROOT / "deploy" / "systemd"))


@pytest.fixture(scope="module")
def town(installed: Installed) -> Path:
    """A town that the installed command made, and found in order."""
    assert re.fullmatch(r"barrier \d+\.\d+\.\d+\n", installed.run("barrier", "--version"))
    installed.run("barrier", "synthetic", "town", "--addresses", "2500", "--seed", "7")
    checked = installed.run("barrier", "check", "--config", "town/screening.toml", "--json")
    assert json.loads(checked)["exit_code"] == 0
    return installed.folder / "town"


@pytest.mark.long
@pytest.mark.goal("S12", reached="the wheel beside all locked packages, each with its hash, screens and serves a town")
def test_with_all_that_is_locked_the_wheel_screens_and_serves_a_town(tmp_path: Path) -> None:
    locked = environment_with(built(tmp_path), tmp_path, "--require-hashes", "-r", str(ROOT / "requirements.lock"))
    locked.run("barrier", "synthetic", "town", "--addresses", "2500", "--seed", "7")
    config = ("--config", "town/screening.toml")
    ran = json.loads(locked.run("barrier", "run", *config, "--json"))
    assert (ran["exit_code"], ran["counts"]["flags"] > 20) == (0, True)
    with served_demo(locked, *config) as (link, client):
        page = client.get(link, follow_redirects=True)
        style = re.search(r'href="(/[^"]+\.css[^"]*)"', page.text)
        assert (page.status_code, style is not None) == (200, True)
        assert client.get(style[1]).status_code == 200  # type: ignore[index]


# ---- the services -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def machine(
    installed: Installed, town: Path, postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Machine]:
    """The town on a machine as docs/installing.md leaves it: configuration, secrets, and databases of the script."""
    folder = tmp_path_factory.mktemp("machine")
    ports = {port: str(free_port()) for port in ("8410", "8443", "4200", "8080")}
    with pytest.MonkeyPatch.context() as given:
        given.setenv("PATH", f"{PROGRAMMES}{os.pathsep}{os.environ['PATH']}")
        there = Machine(folder, installed.venv, ports)
        etc = shutil.copytree(town, folder / "etc", ignore=shutil.ignore_patterns("var", "truth"))
        config = (etc / "screening.toml").read_text(encoding="utf-8")
        config, changed = re.subn(r"workspace = .*", 'workspace = "/var/lib/barrier/workspace"', config)
        assert changed == 1
        (etc / "screening.toml").write_text(there.place(config + SERVED), encoding="utf-8")
        recipients = [key_pair(folder, f"{name}.key")[0] for name in ("data", "keys")]
        (etc / "backup.env").write_text("BACKUP_TO={}\nBACKUP_KEYS_TO={}\n".format(*recipients))
        socket = str(sa.make_url(postgres).query["host"])
        secrets = {
            "BARRIER_STORE_URL": f"postgresql+psycopg://barrier:{PASSWORD}@/store?host={socket}",
            "BARRIER_LEDGER_URL": f"postgresql+psycopg://barrier:{PASSWORD}@/ledger?host={socket}",
            "BARRIER_OIDC_SECRET": "kZ3vQ8mW1xT6yB4nL9cR2dF7hJ5gS0pA",
            "PREFECT_API_AUTH_STRING": AUTH,
            "barrier_password": PASSWORD,
        }
        (etc / "secrets").mkdir()
        for name, value in secrets.items():
            (etc / "secrets" / name).write_text(f"{value}\n")
            (etc / "secrets" / name).chmod(0o400)
        subprocess.run(
            [installed.venv / "share" / "barrier-screening" / "databases.sh"],
            check=True,
            env=os.environ | {"PGHOST": socket, "BARRIER_PASSWORD_FILE": str(etc / "secrets" / "barrier_password")},
        )
        yield there


def done(started: Started) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        started.command, env=started.environment, cwd=started.folder, capture_output=True, text=True, check=False
    )


@contextmanager
def running(command: Sequence[str], environment: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A service until the block ends, as systemd and container engines end it."""
    process = subprocess.Popen(
        command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        print(process.communicate(timeout=60)[0])


def answer(client: httpx.Client, path: str, process: subprocess.Popen[str]) -> httpx.Response:
    """What a service answers, once it does."""
    until = time.monotonic() + 120
    while True:
        with contextlib.suppress(httpx.TransportError):
            return client.get(path)
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < until
        time.sleep(0.2)


def browser_of(machine: Machine) -> httpx.Client:
    """A client of the review itself, which says what the proxy would."""
    headers = {"Host": f"localhost:{machine.ports['8443']}", "X-Forwarded-Proto": "https"}
    return httpx.Client(base_url=f"http://127.0.0.1:{machine.ports['8410']}", headers=headers, trust_env=False)


@pytest.fixture(scope="module")
def night(machine: Machine) -> dict[str, object]:
    """The report of the night that the unit of the night made."""
    (started,) = starts(machine, "barrier-night", "postgresql")
    ran = done(started)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (summary,) = machine.folder.glob("barrier/workspace/runs/*/run.json")
    return json.loads(summary.read_text(encoding="utf-8"))


def test_the_night_screens_a_town_on_postgresql_and_writes_in_its_state_alone(
    machine: Machine, night: dict[str, object]
) -> None:
    assert night["counts"]["flags"] > 20  # type: ignore[index]
    files = [path for path in (machine.folder / "barrier").rglob("*") if path.is_file()]
    assert files
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)
    assert list(machine.folder.rglob("*.sqlite")) == []


def test_what_a_unit_may_not_do_is_refused(machine: Machine, night: dict[str, object]) -> None:
    """The harness bites: else a service that needs more would pass here and fail on a machine."""
    (started,) = starts(machine, "barrier-review", "postgresql")
    confine = started.command[: started.command.index(str(machine.venv / "bin" / "barrier"))]
    for script, refused in (
        (f"open({str(machine.folder / 'etc' / 'x')!r}, 'w')", "Read-only file system"),
        ("import os; os.chroot('/')", "Operation not permitted"),
    ):
        tried = done(Started([*confine, sys.executable, "-c", script], started.environment, started.folder))
        assert refused in tried.stderr, tried


def test_the_upkeep_backs_up_anchors_erases_and_verifies(machine: Machine, night: dict[str, object]) -> None:
    (started,) = starts(machine, "barrier-upkeep", "postgresql")
    ran = done(started)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "vouched for by a head up to entry" in ran.stdout
    assert len(list(machine.folder.glob("barrier/workspace/backups/*.age"))) == 2
    assert list(machine.folder.glob("barrier/heads/*"))


def test_the_review_serves_what_the_night_left_and_asks_to_sign_in(machine: Machine, night: dict[str, object]) -> None:
    (started,) = starts(machine, "barrier-review", "postgresql")
    with running(started.command, started.environment, started.folder) as process, browser_of(machine) as client:
        page = answer(client, "/zaken", process)
        assert (page.status_code, "/aanmelden" in page.headers["location"]) == (303, True)


def test_the_review_in_its_container_stands_behind_the_proxy(
    machine: Machine, night: dict[str, object], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """By the command, the environment and the health check of the image; TLS and the proxy's own limits before it."""
    place = in_container("review", machine)
    certificate(tmp_path)
    trusted = ssl.create_default_context(cafile=tmp_path / "tls_certificate")
    proxy = {
        "BARRIER_SITE": f"https://localhost:{machine.ports['8443']}",
        "BARRIER_TLS": str(tmp_path),
        "BARRIER_REVIEW": f"127.0.0.1:{machine.ports['8410']}",
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
    }
    caddy = ["caddy", "run", "--adapter", "caddyfile", "--config", str(ROOT / "deploy" / "Caddyfile")]
    assert not is_healthy(place)
    with (
        running(place.command, place.environment, machine.folder / "etc") as review,
        running(caddy, proxy, tmp_path) as front,
        browser_of(machine) as inside,
        httpx.Client(base_url=proxy["BARRIER_SITE"], verify=trusted, trust_env=False) as client,
    ):
        answer(inside, "/aanmelden", review)
        assert is_healthy(place)
        page = answer(client, "/zaken", front)
        assert (page.status_code, "/aanmelden" in page.headers["location"]) == (303, True)
        assert "max-age" in page.headers["strict-transport-security"]
        assert "default-src" in page.headers["content-security-policy"]
        assert "server" not in page.headers
        assert [client.get(path).status_code for path in ("/health", "/metrics")] == [404, 404]
    with (
        running(caddy, proxy, tmp_path) as front,
        httpx.Client(base_url=proxy["BARRIER_SITE"], verify=trusted, trust_env=False) as client,
    ):
        assert answer(client, "/zaken/0123456789abcdef", front).status_code == 502
    assert "0123456789abcdef" not in capfd.readouterr().out  # nor in what a failing proxy writes


def in_container(name: str, machine: Machine) -> Container:
    """A service of the compose file, on this machine and without its isolation but for the disk.

    Its `/tmp` is in its state, and the other containers are on this machine too.
    """
    secrets = machine.folder / "run-secrets"
    secrets.mkdir(exist_ok=True)
    names = {
        "store_url": "BARRIER_STORE_URL",
        "ledger_url": "BARRIER_LEDGER_URL",
        "oidc_secret": "BARRIER_OIDC_SECRET",
        "prefect_auth": "PREFECT_API_AUTH_STRING",
    }
    for secret, source in names.items():
        if not (secrets / secret).exists():
            shutil.copy(machine.folder / "etc" / "secrets" / source, secrets / secret)
    given = container(name, secrets)
    (volume,) = (place.partition(":")[0] for place in services()[name]["volumes"] if not place.endswith(":ro"))
    state = machine.folder / {"state": "barrier"}.get(volume, volume)
    state.mkdir(exist_ok=True)

    def place(text: str) -> str:
        text = re.sub("^/var/lib/barrier", str(state), text).replace("//prefect:", "//127.0.0.1:")
        is_placed = text.startswith(str(machine.folder))
        return machine.place(text if is_placed else re.sub("^/tmp/", f"{state}/", text))

    environment = {variable: place(value) for variable, value in given.environment.items()}
    environment |= {"PATH": f"{machine.venv / 'bin'}{os.pathsep}{os.environ['PATH']}", "TMPDIR": str(state)}
    command = confined([place(word) for word in given.command], machine.folder, [state])
    return Container(command, environment, [place(word) for word in given.health])


def certificate(folder: Path) -> None:
    """Make a certificate of localhost."""
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            folder / "tls_key",
            "-out",
            folder / "tls_certificate",
        ],
        check=True,
        capture_output=True,
    )


@pytest.mark.long
@pytest.mark.parametrize(("way", "as_of"), [("units", "2026-11-02"), ("containers", "2026-11-03")])
def test_prefect_and_its_worker_run_a_night_with_the_secrets_in_files(
    machine: Machine, night: dict[str, object], way: str, as_of: str
) -> None:
    if way == "units":
        (server,), (worker,) = starts(machine, "barrier-prefect"), starts(machine, "barrier-worker", "postgresql")
        checks = {}
    else:
        places = {name: in_container(name, machine) for name in ("prefect", "worker")}
        server, worker = (Started(each.command, each.environment, machine.folder) for each in places.values())
        checks = {name: partial(is_healthy, each) for name, each in places.items()}
    before = nights_of(machine)
    with (
        running(server.command, server.environment, server.folder) as process,
        httpx.Client(base_url=api_of(machine), auth=httpx.BasicAuth(*AUTH.split(":")), timeout=60) as client,
    ):
        assert answer(client, "/health", process).status_code == 200
        assert httpx.post(f"{api_of(machine)}/flows/filter", json={}, trust_env=False).status_code == 401
        barrier = [str(machine.venv / "bin" / name) for name in ("barrier-with-secrets", "barrier")]
        config = str(machine.folder / "etc" / "screening.toml")
        deployed = done(Started([*barrier, "deploy", "--config", config], worker.environment, worker.folder))
        assert deployed.returncode == 0, deployed.stdout + deployed.stderr
        nightly = next(
            row for row in client.post("/deployments/filter", json={}).json() if "as_of" in row["parameters"]
        )
        created = client.post(
            f"/deployments/{nightly['id']}/create_flow_run",
            json={"parameters": {**nightly["parameters"], "as_of": as_of}},
        )
        with running(worker.command, worker.environment, worker.folder) as works:
            until = time.monotonic() + 600
            while (state := client.get(f"/flow_runs/{created.json()['id']}").json()["state"])["type"] not in ENDED:
                assert works.poll() is None
                assert time.monotonic() < until
                time.sleep(1)
            assert [name for name, check in checks.items() if not check()] == []
    assert state["type"] == "COMPLETED", state
    assert nights_of(machine) == before + 1
    assert [name for name, check in checks.items() if check()] == []


def api_of(machine: Machine) -> str:
    return f"http://127.0.0.1:{machine.ports['4200']}/api"


def nights_of(machine: Machine) -> int:
    return len(list(machine.folder.glob("barrier/workspace/runs/*/run.json")))


def is_healthy(place: Container) -> bool:
    """Whether the health check of a container says so."""
    command = [str(shutil.which(place.health[0], path=place.environment["PATH"])), *place.health[1:]]
    return subprocess.run(command, env=place.environment, capture_output=True, check=False).returncode == 0
