"""Around every answer, errors and files included: headers, a limit to what is sent in, the right host, no traceback."""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Callable, Collection, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 1024 * 1024
#: In the state of a request: the server has as many connections as it takes, so it is turned away.
CROWDED = "is_crowded"
log = logging.getLogger("barrier.review")

_PERMISSIONS_NAME = "Permissions-Policy"
_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "camera",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "microphone",
        "midi",
        "payment",
        "picture-in-picture",
        "publickey-credentials-get",
        "usb",
        "screen-wake-lock",
        "xr-spatial-tracking",
    )
)


def security_headers(*, is_https: bool, form_targets: tuple[str, ...] = ()) -> dict[str, str]:
    """The headers of every answer. `form_targets`: origins to which signing in may send the browser on."""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",  # the marks of tick boxes in the component library are data: images
        "font-src": "'self'",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "form-action": " ".join(("'self'", *form_targets)),
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    headers = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        _PERMISSIONS_NAME: _PERMISSIONS,
        "X-Robots-Tag": "noindex, nofollow",
    }
    if is_https:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return headers


class SecurityMiddleware:
    """The layer around every answer (ASGI). What it answers itself (400, 413, 500, 503) is from `error_page`.

    `any_host`: paths that may be asked under another name than `host`. `error_page`: status and scope -> its bytes.
    `larger`: path of a route that takes a document -> its bytes; the fields beside it have the room of any form.
    `with_camera`: paths of pages that may ask for the camera.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        headers: dict[str, str],
        host: str,
        any_host: frozenset[str] = frozenset(),
        error_page: Callable[[int, Scope], bytes],
        larger: Mapping[re.Pattern[str], int] | None = None,
        with_camera: Collection[re.Pattern[str]] = (),
    ) -> None:
        self.app, self.headers, self.host, self.any_host, self.error_page = app, headers, host, any_host, error_page
        self.larger, self.with_camera = larger or {}, with_camera

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let the application do so."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_marked(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers[name] = value
                if any(path.fullmatch(scope["path"]) for path in self.with_camera):
                    headers[_PERMISSIONS_NAME] = _PERMISSIONS.replace("camera=()", "camera=(self)")
                if "cache-control" not in headers:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        if CROWDED in scope.get("state", {}):
            await self._answer(503, scope, send_marked, (b"connection", b"close"))
            return
        sent = Headers(scope=scope)
        # A foreign name that points at this address (DNS rebinding) is not this application.
        if sent.get("host", "").lower() != self.host and scope["path"] not in self.any_host:
            await self._answer(400, scope, send_marked)
            return
        length, most = sent.get("content-length", "0"), self._most(scope)
        if not (length.isascii() and length.isdigit()) or int(length) > most:
            await self._answer(413, scope, send_marked)
            return
        try:
            await self.app(scope, _Limited(receive, most), send_marked)
        except _TooLargeError:
            if not started:
                await self._answer(413, scope, send_marked)
        except Exception as error:  # the last resort: no traceback with a value in it in an answer or a log
            note_error(error)
            if not started:
                await self._answer(500, scope, send_marked)

    def _most(self, scope: Scope) -> int:
        """How many bytes a request may send in."""
        if scope["method"] != "POST":
            return MAX_BODY
        return MAX_BODY + next((size for path, size in self.larger.items() if path.fullmatch(scope["path"])), 0)

    async def _answer(self, status: int, scope: Scope, send: Send, *more: tuple[bytes, bytes]) -> None:
        body = self.error_page(status, scope)
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode()), *more]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


class _TooLargeError(Exception):
    pass


class _Limited:
    """`receive` that stops when more comes in than was announced or allowed."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._read, self._most = receive, 0, most

    async def __call__(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > self._most:
            raise _TooLargeError
        return message


def note_error(error: BaseException) -> None:
    """Write one line of JSON about an unexpected error: its class and places in the code, never its message."""
    places = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    log.error(json.dumps({"event": "unexpected error", "class": type(error).__name__, "at": places[-6:]}))


def host_of(base_url: str) -> str:
    """The value of `Host` under which browsers ask for an address: the port only where it is not the usual one."""
    parts = urlsplit(base_url)
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.netloc.lower().removesuffix(f":{usual}")
