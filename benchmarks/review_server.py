"""The review of a workspace in a process of its own, with people who are signed in.

    python -m benchmarks.review_server WORKSPACE URLS

`URLS`: JSON with the URLs of store and ledger, null for files of the workspace. Serves until its input ends; says
first, as JSON, where it is and who is signed in.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.large_run import NOW
from flows.review.serve import freeze_loaded
from screening.base.vocabulary import Purpose, Role
from screening.store import Workspace

#: An account may search so often a day: several take turns.
OFFICERS = 60
LEAD = "l.eider"


@dataclass(frozen=True)
class Person:
    """A browser in which somebody is signed in. `token`: what a form of theirs carries."""

    client: httpx.Client
    token: str


@dataclass(frozen=True)
class ReviewServer:
    """A review that is served. `pid`: its process. `people`: by account."""

    url: str
    pid: int
    people: Mapping[str, Person]


def officer(number: int) -> str:
    """The account of one of the officers."""
    return "o.fficier" if number == 0 else f"o.fficier-{number}"


@contextmanager
def review_server(
    workspace: Path, *, urls: Mapping[str, str | None] | None = None, opened: list[str] | None = None
) -> Iterator[ReviewServer]:
    """The review of a workspace while this lasts.

    `opened`: cases for which the first officer has stated a task.
    """
    command = [sys.executable, "-m", "benchmarks.review_server", str(workspace), json.dumps(urls or {})]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
    assert server.stdin is not None  # noqa: S101 - for the type checker
    assert server.stdout is not None  # noqa: S101 - for the type checker
    try:
        server.stdin.write(json.dumps(opened or []) + "\n")
        server.stdin.flush()
        place = json.loads(server.stdout.readline())
        people = {
            account: Person(_client(place["url"], cookie), token)
            for account, (cookie, token) in place["people"].items()
        }
        yield ReviewServer(place["url"], server.pid, people)
    finally:
        server.stdin.close()
        server.wait()


def _client(url: str, cookie: str) -> httpx.Client:
    headers = {"Cookie": cookie, "Origin": url, "Sec-Fetch-Site": "same-origin", "Accept-Encoding": "gzip"}
    return httpx.Client(base_url=url, headers=headers, timeout=600)


def serve(workspace: Workspace, urls: Mapping[str, str | None]) -> None:
    """Serve until the input ends."""
    # the tests' way to sign in without a provider
    from screening.review import cookies as jar  # noqa: PLC0415
    from screening.review.csrf import token  # noqa: PLC0415
    from tests.review.conftest import serving  # noqa: PLC0415

    cases = json.loads(sys.stdin.readline())
    with serving(workspace, **urls) as served:
        freeze_loaded()
        review = served.review
        review.clock.now = NOW
        accounts = {officer(number): Role.OFFICER for number in range(OFFICERS)} | {LEAD: Role.LEAD}
        people = {account: review.client(role, account=account) for account, role in accounts.items()}
        for case_id in cases:
            people[officer(0)].state_purpose(case_id, Purpose.VERG)
        name = review.app.state.application.cookies.name(jar.SESSION)
        signed_in = {
            account: (f"{name}={client.session_id}", token(client.session_id or ""))
            for account, client in people.items()
        }
        print(json.dumps({"url": served.url, "people": signed_in}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    serve(Workspace(Path(sys.argv[1])), json.loads(sys.argv[2]))
