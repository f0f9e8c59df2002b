"""What a proxy, systemd or Prometheus may ask: whether the application lives (`/health`), and counts (`/metrics`).

Neither says anything of anybody, and neither is a page: no session, no cookie, whatever name it is asked under.
"""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Collection
from http import HTTPStatus

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from screening.ledger.open import programme_version
from screening.review.application import Application
from screening.review.counts import CountsCollector, databases_answering
from screening.review.settings import is_loopback

HEALTH, METRICS = "/health", "/metrics"
#: Asked under any name: a probe knows the address of a container, and no browser comes here.
PATHS = frozenset({HEALTH, METRICS})
_PORT = re.compile(r":\d{1,5}$")
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Monitoring:
    """The answers for machines of one application, and the times of its requests."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(CountsCollector(application))
        self.seconds = Histogram(
            "barrier_request_duration_seconds",
            "Seconds from a request to the end of its answer, by the path of its route.",
            ("method", "route", "status"),
            registry=self._registry,
            buckets=_SECONDS,
        )

    async def health(self, request: Request) -> Response:
        """Say whether store and ledger answer: 200, or 503 where one does not. This machine is told the version too."""
        answers = await run_in_threadpool(databases_answering, self._application)
        is_well = all(answers.values())
        document: dict[str, object] = {"status": "ok" if is_well else "unavailable", **answers}
        if is_loopback(_PORT.sub("", request.headers.get("host", ""))):
            document["version"] = programme_version()
        return JSONResponse(document, HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE)

    async def metrics(self, request: Request) -> Response:
        """Give the counts to whoever has the token; without a configured token there is nothing here."""
        token = self._application.settings.metrics_token
        if token is None:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        sent = request.headers.get("authorization", "")
        if not hmac.compare_digest(sent.encode(), f"Bearer {token}".encode()):
            return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
        text = await run_in_threadpool(generate_latest, self._registry)
        return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


class TimingMiddleware:
    """Measures each request under the path of its route: no id, no account, no query.

    `untraced`: paths of which nothing is measured: the next reading of the counts would tell when one was used.
    """

    def __init__(self, app: ASGIApp, *, seconds: Histogram, untraced: Collection[str] = ()) -> None:
        self.app, self.seconds, self.untraced = app, seconds, untraced

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, and note how long that took."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 0

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            if route not in self.untraced:
                method = scope["method"] if scope["method"] in {"GET", "HEAD", "POST"} else "other"
                self.seconds.labels(method, route, str(status)).observe(time.perf_counter() - begun)
