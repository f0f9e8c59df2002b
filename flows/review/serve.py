"""Serve the review of a municipality: its store, its ledger, cases kept up to date, a server that is hard to starve."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from flows import mandate
from flows.configuration import Configuration, load_configuration
from flows.configuration.export import served_policy
from flows.configuration.review import ReviewPlace, review_settings
from flows.desk import Desk
from flows.environment import ledger_url, store_url
from screening.casework.cases.sync import sync_cases
from screening.errors import BarrierError, ConfigurationError
from screening.mandate.approval import case_purposes
from screening.review import make_app
from screening.review.headers import note_error
from screening.review.settings import is_loopback
from screening.review.slow_clients import timeout_protocol
from screening.store import Store, Workspace

#: How often is looked whether a newer run was published, or a day began.
SYNC_SECONDS = 60.0
#: Connections at once: slow clients are cut off long before they fill these.
MAX_CONNECTIONS = 1_000
OTHER_FILES = 200
KEEP_ALIVE_SECONDS = 5
GRACE_SECONDS = 5


@dataclass(frozen=True)
class Serving:
    """What is served: the address to open, and for a demonstration the link that works once."""

    url: str
    link: str | None


def serve(
    config: Path,
    demo: bool = False,
    host: str | None = None,
    port: int | None = None,
    *,
    say: Callable[[Serving], None] = lambda _serving: None,
) -> None:
    """Serve until ended.

    Args:
        config: The configuration of the municipality.
        demo: Whether anybody with the link is let in.
        host: The address to listen on, instead of the configured one.
        port: The port, instead of the configured one.
        say: Gets the address once it can be opened.

    Raises:
        ConfigurationError: a demonstration on anything but loopback, made-up data and SQLite; settings that would be
            unsafe; a port that is taken.
        StoreError: the store cannot be used.
        LedgerError: the ledger cannot be used.
    """
    chosen = load_configuration(config)
    place = _place(chosen, demo=demo, host=host, port=port)
    _be_private()
    with contextlib.closing(_listen(place)) as listening, Desk(chosen) as desk:
        app = make_app(place.settings, desk.store, desk.ledger)
        with _synchronised(desk.store, place):
            _run(app, place, desk, listening=listening, say=say)
        mandate.require_mandate(chosen)  # tells why, when it was this that ended it


def _place(chosen: Configuration, *, demo: bool, host: str | None, port: int | None) -> ReviewPlace:
    if demo:
        _refuse_demo(chosen, host)
    mandate.require_mandate(chosen)
    place = review_settings(chosen, demo=demo, host=host or ("127.0.0.1" if demo else None), port=port)
    purposes = case_purposes(chosen.governance, is_synthetic=chosen.is_synthetic)
    if not purposes:
        raise ConfigurationError(
            f"{chosen.file}: [governance.purposes] states none that a dossier is opened for: P-VERG, P-WON or P-OO."
        )
    workspace = Workspace(chosen.workspace)
    settings = replace(place.settings, purposes=purposes, export=served_policy(chosen), workspace=workspace)
    return replace(place, settings=settings)


def _refuse_demo(chosen: Configuration, host: str | None) -> None:
    """A demonstration lets anybody in who has its link: so it may hold nothing, and be reached by nobody else."""
    if not chosen.is_synthetic:
        raise ConfigurationError(
            f"{chosen.file}: --demo is for made-up data (municipality code 9999). This is {chosen.municipality.code}: "
            "fill in [review.oidc] and start without --demo, or make a municipality with `barrier demo`."
        )
    if store_url() or ledger_url():
        raise ConfigurationError(
            "--demo works on the SQLite store of the workspace alone. Take BARRIER_STORE_URL and BARRIER_LEDGER_URL "
            "out of the environment."
        )
    if host is not None and not is_loopback(host):
        raise ConfigurationError("--demo listens on this machine alone (127.0.0.1). Leave --host out.")


def _be_private() -> None:
    """What this process makes is its owner's, and its memory lands on no disk when it crashes (T20)."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _room() -> int:
    """How many connections there may be: each is an open file, and the databases need theirs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = MAX_CONNECTIONS + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < files:
        soft = files if hard == resource.RLIM_INFINITY else min(files, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return MAX_CONNECTIONS if soft == resource.RLIM_INFINITY else max(1, min(MAX_CONNECTIONS, soft - OTHER_FILES))


def _listen(place: ReviewPlace) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
        return socket.create_server((place.host, place.port), family=family, backlog=512)
    except OSError as error:
        raise ConfigurationError(
            f"{place.host}:{place.port} cannot be listened on ({error.strerror}). Is it being served already? "
            "Name another port with --port."
        ) from None


@contextlib.contextmanager
def _synchronised(store: Store, place: ReviewPlace) -> Iterator[None]:
    """Cases as the last published run has them: now, and again whenever a run is published or a day begins."""

    def sync() -> None:
        sync_cases(store, now=place.settings.clock(), policy=place.settings.policy)

    sync()
    ended = threading.Event()

    def again_and_again() -> None:
        while not ended.wait(SYNC_SECONDS):
            try:
                sync()
            except BarrierError as error:  # tried again in a minute; pages tell what they cannot read themselves
                note_error(error)

    thread = threading.Thread(target=again_and_again, name="cases", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(GRACE_SECONDS)


def server_config(app: FastAPI, place: ReviewPlace) -> uvicorn.Config:
    """Say how uvicorn serves the application: in silence, with an end to its patience, believing named proxies."""
    return uvicorn.Config(
        app,
        http=timeout_protocol(app.state.headers, _room()),
        ws="none",
        lifespan="off",
        access_log=False,  # paths hold the ids of cases; who read what is in the ledger
        log_level="warning",
        server_header=False,
        proxy_headers=bool(place.settings.trusted_proxies),
        forwarded_allow_ips=list(place.settings.trusted_proxies),
        backlog=512,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        h11_max_incomplete_event_size=16 * 1024,
    )


def _run(
    app: FastAPI, place: ReviewPlace, desk: Desk, *, listening: socket.socket, say: Callable[[Serving], None]
) -> None:
    server = uvicorn.Server(server_config(app, place))
    demo = app.state.application.demo
    link = f"{place.settings.base_url}/demo?sleutel={demo.make_key()}" if demo else None
    say(Serving(place.settings.base_url, link))

    def stop() -> None:
        server.should_exit = True

    with mandate.watched(desk.configuration, desk.ledger, stop):
        server.run(sockets=[listening])
