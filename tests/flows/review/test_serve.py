"""`barrier serve` as a process: what it needs to start, the demonstration's one link, and clients that are slow."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from flows.configuration.review import ReviewPlace
from flows.review.serve import listen, server_config
from screening.review.slow_clients import HEADERS_SECONDS
from screening.store import Workspace
from tests.conftest import ROOT, barrier
from tests.review.conftest import review_on

START = (
    "import sys; from pathlib import Path; from flows.review.serve import serve\n"
    "from screening.base.errors import BarrierError\n"
    "try:\n"
    "    serve(Path(sys.argv[1]), demo=sys.argv[2] == 'demo', host=sys.argv[4] or None, port=int(sys.argv[3]),\n"
    "          say=lambda one: print(one.link or one.url, flush=True))\n"
    "except BarrierError as error:\n"
    "    print(error, file=sys.stderr); sys.exit(error.exit_code)\n"
)


@dataclass
class Process:
    """A serving process: its address, and the link or address that it told."""

    url: str
    told: str
    process: subprocess.Popen


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def command(config: Path, mode: str, port: int, host: str = "") -> list[str]:
    return [sys.executable, "-c", START, str(config), mode, str(port), host]


def environment(**more: str) -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("BARRIER_")} | more


def started(config: Path, mode: str, **more: str) -> Process:
    """A serving process; on another port when somebody took the one that was free."""
    for _ in range(3):
        port = free_port()
        process = subprocess.Popen(
            command(config, mode, port),
            cwd=ROOT,
            env=environment(**more),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        told = process.stdout.readline().strip()
        if told:
            return Process(f"http://127.0.0.1:{port}", told, process)
        words = process.communicate(timeout=20)[1]
        if "cannot be listened on" not in words:
            break
    pytest.fail(words)


@contextmanager
def serving(config: Path, mode: str = "demo", **more: str) -> Iterator[Process]:
    """Serve until the block ends."""
    served = started(config, mode, **more)
    try:
        until = time.monotonic() + 30
        while True:
            try:
                httpx.get(f"{served.url}/aanmelden", trust_env=False)
                break
            except httpx.HTTPError:
                assert time.monotonic() < until
                time.sleep(0.1)
        yield served
    finally:
        served.process.terminate()
        served.process.communicate(timeout=20)


def refused(config: Path, mode: str = "demo", host: str = "127.0.0.1", **more: str) -> tuple[int, str]:
    """Exit code and words of a start that does not happen."""
    started_as = ["--demo"] if mode == "demo" else []
    ran = barrier("serve", *started_as, "--host", host, "--port", str(free_port()), "--config", config, env=more)
    return ran.code, " ".join(ran.err.split())


@pytest.fixture(scope="module")
def demo_town(clean_town: Path, clean_run: dict, tmp_path_factory) -> Path:
    """The configuration of a town whose run is published, in a folder of its own."""
    folder = tmp_path_factory.mktemp("serve")
    shutil.copy(clean_town / "screening.toml", folder)
    (folder / "var").mkdir(mode=0o700)
    for file in (clean_town / "var").glob("store.sqlite*"):
        shutil.copy(file, folder / "var" / file.name)
    return folder / "screening.toml"


def changed(config: Path, folder: Path, old: str, new: str) -> Path:
    text = config.read_text(encoding="utf-8")
    assert old in text
    made = folder / "screening.toml"
    made.write_text(text.replace(old, new, 1), encoding="utf-8")
    return made


def choose(client: httpx.Client, page: httpx.Response, account: str, origin: str) -> httpx.Response:
    token = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', page.text).group(1)
    key = re.search(r'name="sleutel" value="([^"]*)"', page.text)
    form = {"csrf_token": token, "sleutel": key.group(1) if key else "", "account": account, "naar": "/"}
    return client.post("/aanmelden", data=form, headers={"Origin": origin})


def test_a_demonstration_from_its_link_to_a_dossier_and_its_ledger(demo_town: Path) -> None:
    with serving(demo_town) as served:
        assert re.fullmatch(rf"{re.escape(served.url)}/demo\?sleutel=[\w-]{{43}}", served.told)
        with (
            httpx.Client(base_url=served.url, trust_env=False) as first,
            httpx.Client(base_url=served.url, trust_env=False) as second,
        ):
            assert "Verder als" not in first.get("/aanmelden").text  # without the link there is no way in
            assert choose(first, first.get(served.told), "demo.anna", served.url).status_code == 303
            start = first.get("/")
            assert "Anna Toezicht" in start.text
            # the link is spent: another browser is refused, this one may choose somebody else
            page = second.get(served.told)
            assert choose(second, page, "demo.daan", served.url).status_code == 403
            token = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', start.text).group(1)
            doel = first.post(
                "/doel", data={"csrf_token": token, "doel": "P-WON", "naar": "/zaken"}, headers={"Origin": served.url}
            )
            assert doel.headers["location"] == "/zaken"
            # the cases of the published run were opened at the start
            taken = first.post("/zaken/volgende", data={"csrf_token": token}, headers={"Origin": served.url})
            case = taken.headers["location"]
            assert re.fullmatch(r"/zaken/[0-9a-f]{16}", case)
            assert first.get(case).status_code == 200
            assert case in first.get("/zaken").text
            first.post("/afmelden", data={"csrf_token": token}, headers={"Origin": served.url})
            assert choose(first, first.get("/aanmelden"), "demo.hanna", served.url).status_code == 303
            assert "lijst van dossiers bekeken" in first.get("/logboek").text
            answer = first.get("/logboek")
            assert "server" not in answer.headers
            assert "strict-transport-security" not in answer.headers  # plain http: not a promise to make
            assert first.get("/openapi.json").status_code == 404
            assert first.get("/docs").status_code == 404
            assert second.get("/health").json()["status"] == "ok"
            assert second.get("/metrics").status_code == 404  # without a token there are none
            # who is not behind a trusted proxy cannot say that each try comes from somewhere else
            tries = [
                second.get(f"/aanmelden/terug?code={one}", headers={"X-Forwarded-For": f"10.0.0.{one}"}).status_code
                for one in range(3)
            ]
            assert tries == [404] * 3  # there is no provider in a demonstration
            visitor = second.get("/aanmelden")
            token = re.search(r'name="csrf-token" content="([0-9a-f]{64})"', visitor.text).group(1)
            form = {"csrf_token": token, "sleutel": "guess", "account": "demo.anna"}
            tries = []
            while 429 not in tries and len(tries) < 400:  # 60 at once, then one a second
                headers = {"Origin": served.url, "X-Forwarded-For": f"10.0.{len(tries) // 200}.{len(tries) % 200}"}
                tries.append(second.post("/aanmelden", data=form, headers=headers).status_code)
            assert tries[0] == 403
            assert tries[-1] == 429
        out, errors = served.process.stdout, served.process.stderr
        served.process.terminate()
        assert out.read() == ""
        assert errors.read() == ""  # no paths, no accounts, nothing


def test_a_demonstration_refuses_real_data_other_stores_and_other_addresses(demo_town: Path, tmp_path: Path) -> None:
    real = changed(demo_town, tmp_path, 'code = "9999"', 'code = "0344"')
    for (code, text), why in (
        (refused(real), "made-up data"),
        (refused(demo_town, host="0.0.0.0"), "this machine alone"),
        (refused(demo_town, host="192.0.2.1"), "this machine alone"),
        (refused(demo_town, BARRIER_STORE_URL="postgresql+psycopg://x/y"), "SQLite store of the workspace"),
        (refused(demo_town, BARRIER_LEDGER_URL="postgresql+psycopg://x/y"), "SQLite store of the workspace"),
    ):
        assert code == 2, text
        assert why in text


def test_nothing_is_served_without_a_way_to_sign_in(demo_town: Path, tmp_path: Path) -> None:
    assert refused(demo_town, "oidc") == (
        2,
        "There is no [review.oidc]: nobody could sign in. Or look around with --demo.",
    )
    provider = (
        '\n[review.oidc]\nissuer = "https://aanmelden.example.nl"\nclient_id = "toetsing"\n'
        'client_secret_env = "TOETSING_SECRET"\nrole_map = { toezicht = ["officer"] }\n[municipality]'
    )
    config = changed(demo_town, tmp_path, "[municipality]", provider)
    assert "which nothing gives" in refused(config, "oidc")[1]
    code, text = refused(config, "oidc", TOETSING_SECRET="changeme")
    assert code == 2
    assert "placeholder" in text
    assert "changeme" not in text


def test_a_port_that_is_taken_is_said_so(demo_town: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            command(demo_town, "demo", port),
            cwd=ROOT,
            env=environment(),
            text=True,
            capture_output=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 2
    assert "--port" in done.stderr


def test_a_page_does_not_wait_until_its_head_has_arrived() -> None:
    with (
        listen("127.0.0.1", 0) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as connection,
    ):
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_only_a_proxy_that_is_named_says_where_a_try_comes_from(tmp_path: Path) -> None:
    with review_on(Workspace(tmp_path / "w"), trusted_proxies=("10.0.0.1",)) as review:
        config = server_config(review.app, ReviewPlace("127.0.0.1", 8410, review.settings))
        config.load()

        def tries(peer: str, said: str) -> list[int]:
            client = TestClient(config.loaded_app, base_url=review.settings.base_url, client=(peer, 50_000))
            sent = [{"X-Forwarded-For": said.format(one)} for one in range(65)]
            return [client.get("/aanmelden/terug?code=x", headers=one).status_code for one in sent]

        assert tries("10.0.0.1", "192.0.2.{}") == [403] * 65  # each from elsewhere
        spent = [403] * 60 + [429] * 5
        assert tries("10.0.0.1", "192.0.2.{}, 198.51.100.7") == spent  # what the browser wrote itself is not believed
        assert tries("10.0.0.2", "203.0.113.{}") == spent  # nor a proxy that nobody named


def slow_clients(port: int, count: int, ended: threading.Event) -> list[socket.socket]:
    """Clients that send a header now and then and never finish; half of them a form that does not come."""
    made = []
    for number in range(count):
        one = socket.create_connection(("127.0.0.1", port), timeout=5)
        if number % 2:
            one.sendall(b"GET /aanmelden HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        else:
            one.sendall(
                f"POST /doel HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 100000\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n\r\na=1".encode()
            )
        made.append(one)

    def drip() -> None:
        while not ended.wait(1):
            for number, one in enumerate(made):
                with contextlib.suppress(OSError):
                    one.sendall(b"X-A: b\r\n" if number % 2 else b"&b=1")

    threading.Thread(target=drip, daemon=True).start()
    return made


@pytest.mark.goal("S15", reached="200 slow connections")
@pytest.mark.long
def test_two_hundred_slow_clients_do_not_hold_up_a_person(demo_town: Path) -> None:
    with serving(demo_town) as served:
        ended, port = threading.Event(), int(served.url.rpartition(":")[2])
        slow = slow_clients(port, 200, ended)
        with httpx.Client(base_url=served.url, trust_env=False, timeout=HEADERS_SECONDS) as client:
            for _ in range(100):  # each sooner than the first slow client is cut off
                assert client.get("/aanmelden").status_code == 200
        left, patience = set(slow), time.monotonic() + 120
        while left and time.monotonic() < patience:
            left = {one for one in left if not _is_cut_off(one)}
        ended.set()
        assert not left, f"{len(left)} of 200 are still there"


def _is_cut_off(one: socket.socket) -> bool:
    """Whether the server ended this connection; what it answered before that is read and left."""
    one.settimeout(0.2)
    try:
        while one.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    one.close()
    return True
