"""The application on a published run of a synthetic town, people of every role signed in, a browser to look with."""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from screening.base.vocabulary import Purpose, Role
from screening.ledger import Ledger, open_ledger
from screening.review import OidcSettings, ReviewSettings, demo_access, make_app
from screening.review import cookies as jar
from screening.review.csrf import token
from screening.review.settings import PaperFile
from screening.store import Store, Workspace, open_store
from screening.store.access import sessions
from screening.store.access.accounts import admit
from tests.review.slow_line import over_the_line
from tests.rule_dossiers import made_up_rules

BASE = "https://toetsing.example.nl"
#: The morning after the run of the town.
MORNING = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
ISSUER = "https://aanmelden.example.nl"


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> None:
        self.now += timedelta(**parts)


def oidc_settings(**changes: object) -> OidcSettings:
    """Settings of a provider that is never asked, unless a test says where it is."""
    return replace(
        OidcSettings(
            issuer=ISSUER,
            client_id="toetsing",
            client_secret="k2Jc9-wq7Lx0Zr5T",
            role_map={str(role): frozenset({role}) for role in Role},
        ),
        **changes,
    )


@dataclass
class Review:
    """An application, what it stands on, and a way to sign somebody in without the provider."""

    app: FastAPI
    settings: ReviewSettings
    store: Store
    ledger: Ledger
    clock: Clock
    workspace: Workspace
    people: dict[frozenset[Role], int] = field(default_factory=dict)

    def sign_in(self, *roles: Role, account: str | None = None, purpose: Purpose | None = Purpose.VERG) -> str:
        """A session id of a person with these roles; each call another person, unless an account is named."""
        wanted = frozenset(roles)
        number = self.people[wanted] = self.people.get(wanted, 0) + 1
        name = account or f"{'-'.join(sorted(roles)) or 'colleague'}-{number}"
        now = self.settings.clock()
        issuer = demo_access.ISSUER if self.settings.mode == "demo" else ISSUER
        person = admit(self.store, account=name, issuer=issuer, subject=name, name=name, now=now)
        session_id, session = sessions.begin_session(
            self.store, person.account, roles, now=now, absolute=self.settings.session.absolute, authenticated_at=now
        )
        if purpose:
            sessions.state_purpose(self.store, session.key, purpose, case_id=None, now=now)
        return session_id

    def client(self, *roles: Role, account: str | None = None, purpose: Purpose | None = Purpose.VERG) -> Client:
        """A client of a person with these roles, signed in, with a purpose for lists. No roles: a colleague."""
        return Client(self, self.sign_in(*roles, account=account, purpose=purpose))

    def stranger(self) -> Client:
        """A client of somebody who is not signed in."""
        return Client(self, None)


class Client(TestClient):
    """A browser without a screen: sends the cookie, the origin, and (with `send`) the token of its session."""

    def __init__(self, review: Review, session_id: str | None) -> None:
        super().__init__(
            review.app, base_url=review.settings.base_url, follow_redirects=False, raise_server_exceptions=False
        )
        self.review = review
        self.session_id = session_id
        self.account = ""
        self.headers.update({"Origin": review.settings.origin, "Sec-Fetch-Site": "same-origin"})
        if session_id:
            self.cookies.set(review.app.state.application.cookies.name(jar.SESSION), session_id)
            found = sessions.find_session(
                review.store, session_id, now=review.settings.clock(), idle=timedelta(hours=8)
            )
            self.account = found.account if found else ""

    def send_form(self, path: str, data: dict | None = None, **more: object):
        """POST a form with the token of the session, as the page's own form would."""
        return self.post(path, data={"csrf_token": token(self.session_id or ""), **(data or {})}, **more)

    def sign_in_anew(self) -> None:
        """Show once more who this is, as the way through the provider does: another session, and a fresh one."""
        review, now = self.review, self.review.settings.clock()
        before = sessions.find_session(review.store, self.session_id or "", now=now, idle=timedelta(hours=8))
        assert before, "signed in"
        self.session_id, _ = sessions.begin_session(
            review.store,
            before.account,
            before.roles,
            now=now,
            absolute=review.settings.session.absolute,
            authenticated_at=now,
            renews=before.key,
        )
        self.cookies.set(review.app.state.application.cookies.name(jar.SESSION), self.session_id)

    def state_purpose(self, case_id: str | None, purpose: Purpose = Purpose.VERG) -> None:
        """Say for which task a dossier (or, with None, lists) will be read."""
        sessions.state_purpose(
            self.review.store,
            sessions.session_key(self.session_id or ""),
            purpose,
            case_id=case_id,
            now=self.review.settings.clock(),
        )


def copy_workspace(source: Path, target: Path) -> Workspace:
    """The store of a workspace in a new one; runs on disk stay where they are."""
    made = Workspace(target)
    for file in source.glob("store.sqlite*"):
        shutil.copy(file, made.path / file.name)
    return made


@contextmanager
def review_on(
    workspace: Workspace, *, store: str | None = None, ledger: str | None = None, **changes: object
) -> Iterator[Review]:
    """An application on a workspace; `store`, `ledger`: URLs of databases that stand elsewhere."""
    clock = Clock()
    settings = ReviewSettings(
        **{
            "municipality": "Voorbeeldstad",
            "base_url": BASE,
            "mode": "oidc",
            "oidc": oidc_settings(),
            "clock": clock,
            "workspace": workspace,
            "rules": made_up_rules(),
            "papers": lambda: {"dpia.md": PaperFile("Concept van de DPIA", "# Concept van de DPIA\n", 3, 0, 1)},
            "confirmed_every": {"handelsregister": 45, "controles": 45},
        }
        | changes
    )
    keys = workspace.path / "keys"
    with open_store(store or workspace) as opened, open_ledger(ledger or workspace, keys=keys) as written:
        yield Review(make_app(settings, opened, written), settings, opened, written, clock, workspace)


@pytest.fixture
def review(town_workspace: Path, tmp_path: Path) -> Iterator[Review]:
    """The application on its own copy of the published run, on the morning after."""
    with review_on(copy_workspace(town_workspace, tmp_path / "review")) as made:
        yield made


@pytest.fixture
def review_app(review: Review) -> FastAPI:
    """The application itself."""
    return review.app


@pytest.fixture(scope="session")
def bare_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose store and ledger have no row. Copy it: making them takes longer than asking for a page."""
    with review_on(Workspace(tmp_path_factory.mktemp("bare") / "w")) as made:
        return made.workspace.path


@pytest.fixture
def bare_review(bare_workspace: Path, tmp_path: Path) -> Iterator[Review]:
    """The application on an empty store: for what needs no run."""
    with review_on(Workspace(shutil.copytree(bare_workspace, tmp_path / "bare"))) as made:
        yield made


@pytest.fixture
def client_as(review: Review) -> Callable[..., Client]:
    """`client_as(Role.OFFICER)`: a client of a person with these roles, signed in."""
    return review.client


# a served one, for the browser


@dataclass
class Served:
    """The application behind a port of this machine."""

    url: str
    review: Review

    def cookies(self, *roles: Role, **more: object) -> list[dict[str, str]]:
        """Cookies that sign a person in, for `context.add_cookies`."""
        name = self.review.app.state.application.cookies.name(jar.SESSION)
        return [{"name": name, "value": self.review.sign_in(*roles, **more), "url": self.url}]


def own_port() -> closing[socket.socket]:
    """A socket that holds a port of its own until it is closed; who connects is refused until somebody listens."""
    held = socket.socket()
    held.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as `barrier serve` does
    held.bind(("127.0.0.1", 0))
    return closing(held)


@contextmanager
def running(server: uvicorn.Server, held: socket.socket) -> Iterator[None]:
    """The server on the port that this socket holds, in a thread of its own."""
    thread = threading.Thread(target=server.run, kwargs={"sockets": [held]}, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + 60
        while not server.started and thread.is_alive() and time.monotonic() < until:
            time.sleep(0.02)
        assert server.started, "the server did not start within 60 s, or ended at once"
        yield
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def serving(workspace: Workspace, **changes: object) -> Iterator[Served]:
    """The application on a workspace, served by uvicorn on a port of its own."""
    with own_port() as held:
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        with review_on(workspace, base_url=url, **changes) as review:
            server = uvicorn.Server(uvicorn.Config(over_the_line(review.app), log_level="error", lifespan="off"))
            with running(server, held):
                yield Served(url, review)


@pytest.fixture
def served(town_workspace: Path, tmp_path: Path) -> Iterator[Served]:
    """The application on its own copy of the published run, for a browser."""
    with serving(copy_workspace(town_workspace, tmp_path / "served")) as made:
        yield made


@contextmanager
def looking(browser, served: Served, *roles: Role, width: int = 1280, height: int = 900, **more: object):
    """A page of a browser window in which a person with these roles is signed in. Without roles: nobody."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale="nl-NL", **more)
    if roles:
        context.add_cookies(served.cookies(*roles))
    page = context.new_page()
    try:
        yield page
    finally:
        context.close()


def click(page, what) -> None:
    """Click on what leads to another page, and wait until that is there: what is looked at next is not the old one."""
    with page.expect_navigation():
        what.click()


def enter(page, what) -> None:
    """The same by the Enter key."""
    with page.expect_navigation():
        what.press("Enter")


@cache
def _axe_script() -> str:
    from axe_playwright_python.sync_playwright import Axe

    return Axe().axe_script


def axe_violations(page) -> list[str]:
    """What axe-core finds wrong on the page as it is shown now: rule and places. WCAG 2.2 A and AA, best practices."""
    if not page.evaluate("'axe' in window"):  # once a page: it is half a megabyte
        page.evaluate(_axe_script())
    # without the places of what is right, which nobody reads here, axe takes half the time
    found = page.evaluate("axe.run({resultTypes: ['violations']}).then(run => run.violations)")
    return [f"{one['id']}: {json.dumps([node['target'] for node in one['nodes']])}" for one in found]


def overflows(page) -> bool:
    """Whether the page must be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """`axe(page) == []`: nothing that axe-core can see is wrong."""
    return axe_violations
