"""Answers made smaller: files once at the start, pages when no other site can have asked for them.

A page holds secrets (a token against forged requests, what registers say) and can hold what was in the request. Who
makes a browser send many requests and watches how long the compressed answers are, can guess such a secret letter by
letter (BREACH). Such requests come from a page of another site, and a browser says so: `Sec-Fetch-Site` is set by the
browser alone. Only answers to what the reader or the reader's own page asked for are compressed; without the header
none is.
"""

from __future__ import annotations

import gzip

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Where a request may come from: a page of ours, or the reader (an address typed, a bookmark, a reload).
_OWN = {"same-origin", "none"}
#: Shorter answers become no shorter.
_LEAST_BYTES = 1000
_LEVEL = 5


def takes_gzip(headers: Headers) -> bool:
    """Whether a browser said that it reads gzip."""
    offers = headers.get("accept-encoding", "").lower().replace(" ", "").split(",")
    qualities = {name: quality for name, _, quality in (offer.partition(";q=") for offer in offers)}
    return "gzip" in qualities and (not qualities["gzip"] or bool(qualities["gzip"].strip("0.")))


def zipped(content: bytes) -> bytes:
    """The same as gzip, as small as it gets; the same content gives the same bytes."""
    return gzip.compress(content, compresslevel=9, mtime=0)


class CompressedPages:
    """An ASGI layer: pages in HTML are compressed when no other site asked for them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        headers = Headers(scope=scope) if scope["type"] == "http" else None
        if headers is None or headers.get("sec-fetch-site") not in _OWN or not takes_gzip(headers):
            await self.app(scope, receive, send)
            return
        begun: Message | None = None

        async def send_smaller(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start" and _is_page(message):
                begun = message
                return
            if begun is not None and message["type"] == "http.response.body":
                start, begun = begun, None
                if not message.get("more_body") and len(message["body"]) >= _LEAST_BYTES:
                    message = {**message, "body": gzip.compress(message["body"], compresslevel=_LEVEL, mtime=0)}
                    smaller = MutableHeaders(scope=start)
                    smaller["Content-Encoding"] = "gzip"
                    smaller["Content-Length"] = str(len(message["body"]))
                    smaller.add_vary_header("Accept-Encoding, Sec-Fetch-Site")
                await send(start)
            await send(message)

        await self.app(scope, receive, send_smaller)


def _is_page(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    return headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers
