"""Connections that do not get on, over real sockets: cut off, told so, and with the headers of every answer."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import pytest
import uvicorn

from screening.review import slow_clients
from screening.review.headers import SecurityMiddleware, security_headers
from tests.review.conftest import own_port, running

HEADERS = security_headers(is_https=True)
LARGE = 32 * 1024 * 1024


async def large(scope, receive, send) -> None:
    """An answer that no buffer of a connection holds."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(LARGE).encode())]})
    await send({"type": "http.response.body", "body": bytes(LARGE)})


@contextmanager
def served(
    monkeypatch: pytest.MonkeyPatch, most: int = 1_000, **impatient: float
) -> Iterator[tuple[int, uvicorn.Server]]:
    """The application above behind the fence and the protocol. `impatient`: what ends soon; the rest waits long."""
    for name, seconds in {"HEADERS_SECONDS": 60.0, "UNREAD_SECONDS": 60.0, "LOOK_SECONDS": 0.1, **impatient}.items():
        monkeypatch.setattr(slow_clients, name, seconds)
    with own_port() as held:
        port = held.getsockname()[1]
        app = SecurityMiddleware(
            large, headers=HEADERS, host=f"127.0.0.1:{port}", error_page=lambda status, _: str(status).encode()
        )
        quiet = {"ws": "none", "lifespan": "off", "log_level": "critical", "server_header": False}
        protocol = slow_clients.timeout_protocol(HEADERS, most)
        server = uvicorn.Server(uvicorn.Config(app, http=protocol, timeout_keep_alive=1, **quiet))
        with running(server, held):
            yield port, server


def _comes(true: Callable[[], bool]) -> bool:
    """Whether something becomes true within the patience of a slow machine."""
    until = time.monotonic() + 30
    while not true() and time.monotonic() < until:
        time.sleep(0.02)
    return true()


def _connected(port: int) -> closing[socket.socket]:
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    one.settimeout(30)
    one.connect(("127.0.0.1", port))
    return closing(one)


def _all_of(one: socket.socket) -> bytes:
    """What comes until the other side closes, or cuts off."""
    parts = []
    with suppress(ConnectionError):
        while part := one.recv(65536):
            parts.append(part)
    return b"".join(parts)


def _assert_marked(answer: bytes, status: int) -> None:
    head = answer.partition(b"\r\n\r\n")[0].decode("ascii").splitlines()
    assert head[0].split(" ")[1] == str(status)
    sent = dict(one.lower().split(": ", 1) for one in head[1:])
    assert {name: sent.get(name.lower()) for name in HEADERS} == {name: text.lower() for name, text in HEADERS.items()}
    assert (sent["cache-control"], sent["connection"]) == ("no-store", "close")
    assert "server" not in sent


def test_what_is_no_http_is_answered_with_the_headers_of_every_answer(monkeypatch) -> None:
    with served(monkeypatch) as (port, _):
        for hostile in (b"\x16\x03\x01 hello\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n"):
            with _connected(port) as one:
                one.sendall(hostile)
                _assert_marked(_all_of(one), 400)


def test_who_comes_after_the_last_place_is_told_and_sent_away(monkeypatch) -> None:
    with served(monkeypatch, most=2) as (port, server), _connected(port), _connected(port):
        assert _comes(lambda: len(server.server_state.connections) == 2)
        with _connected(port) as late:
            late.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            _assert_marked(_all_of(late), 503)


def test_who_never_ends_the_headers_loses_the_connection(monkeypatch) -> None:
    with served(monkeypatch, HEADERS_SECONDS=0.5) as (port, _), _connected(port) as slow:
        with suppress(ConnectionError):  # the half second can be over before a byte was sent
            slow.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
        assert _all_of(slow) == b""


def test_who_does_not_read_the_answer_loses_the_connection(monkeypatch) -> None:
    with served(monkeypatch, UNREAD_SECONDS=0.5) as (port, server), _connected(port) as idle:
        idle.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        assert idle.recv(1) == b"H"  # it is being answered
        assert _comes(lambda: not server.server_state.connections)
        assert len(_all_of(idle)) < LARGE


def test_who_reads_slowly_gets_all_of_it(monkeypatch) -> None:
    with served(monkeypatch) as (port, _), _connected(port) as one:
        one.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        time.sleep(1)
        assert len(_all_of(one)) > LARGE
