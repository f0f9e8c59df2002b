"""Serve the review of a municipality: its store, its ledger, cases kept up to date, a server that is hard to starve."""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from flows.configuration import Configuration, load_configuration
from flows.configuration.review import ReviewPlace, review_settings
from flows.desk import Desk
from flows.environment import ledger_url, store_url
from flows.partners.example import ensure_example
from flows.review.demo_town_hall import ensure_town_hall, refuse_made_up_people
from flows.review.opening import Opening
from screening.base.errors import ConfigurationError
from screening.review.settings import is_loopback
from screening.review.slow_clients import timeout_protocol

#: Connections at once: slow clients are cut off long before they fill these.
MAX_CONNECTIONS = 1_000
OTHER_FILES = 200
KEEP_ALIVE_SECONDS = 5
GRACE_SECONDS = 5


@dataclass(frozen=True)
class Serving:
    """What is served: the address to open, and for a demonstration the link that works once.

    `is_open`: whether the mandate holds; without, only sign-in and the pages that lead to a mandate are there.
    `example`: of a demonstration, the folder of its made-up recipient of signals.
    """

    url: str
    link: str | None
    is_open: bool = True
    example: Path | None = None


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
        ConfigurationError: a demonstration on anything but loopback, made-up data and SQLite; a municipality that
            exists on a store of a demonstration; settings that would be unsafe; a port that is taken.
        StoreError: the store cannot be used.
        LedgerError: the ledger cannot be used.
    """
    chosen = load_configuration(config)
    if demo:
        _refuse_demo(chosen, host)

    def place_of(configuration: Configuration) -> ReviewPlace:
        return review_settings(configuration, demo=demo, host=host or ("127.0.0.1" if demo else None), port=port)

    _be_private()
    place = place_of(chosen)
    with contextlib.closing(listen(place.host, place.port)) as listening, Desk(chosen) as desk:
        example = None
        if demo:
            example = ensure_example(desk)
            ensure_town_hall(desk)
        refuse_made_up_people(desk)
        opening = Opening(chosen, place_of, desk)
        freeze_loaded()
        with opening.kept():
            _run(opening, opening.place, listening=listening, say=say, example=example)


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


def freeze_loaded() -> None:
    """Spare the search for garbage what is loaded by now: it stays, and looking through it took 150 ms at times.

    Once: of the applications that newer configurations replace, the first stays in memory.
    """
    gc.collect()
    gc.freeze()


def _room() -> int:
    """How many connections there may be: each is an open file, and the databases need theirs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = MAX_CONNECTIONS + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < files:
        soft = files if hard == resource.RLIM_INFINITY else min(files, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return MAX_CONNECTIONS if soft == resource.RLIM_INFINITY else max(1, min(MAX_CONNECTIONS, soft - OTHER_FILES))


def listen(host: str, port: int) -> socket.socket:
    """Listen there, so that a page goes out as soon as it is written. ConfigurationError: somebody else listens."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise ConfigurationError(
            f"{host}:{port} cannot be listened on ({error.strerror}). Is it being served already? Name another port "
            "with --port."
        ) from None
    # Connections inherit it. Without it what follows the head of a page waits some 40 ms, until the other side has said
    # that it has the head: asyncio sets it only on sockets that were made with the number of the protocol.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def server_config(app: FastAPI | Opening, place: ReviewPlace) -> uvicorn.Config:
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
    opening: Opening,
    place: ReviewPlace,
    *,
    listening: socket.socket,
    say: Callable[[Serving], None],
    example: Path | None,
) -> None:
    demo = opening.state.application.demo
    link = f"{place.settings.base_url}/demo?sleutel={demo.make_key()}" if demo else None
    say(Serving(place.settings.base_url, link, opening.is_open, example))
    uvicorn.Server(server_config(opening, place)).run(sockets=[listening])
