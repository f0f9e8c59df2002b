"""A slow line between the application and a browser: what a test does not wait for, it then misses every time.

A test that looks before the next page is there passes on a quiet machine and fails on a busy one, now and then. With
`BARRIER_TEST_SLOW_LINE=0.2` every page begins that many seconds late and comes in two halves, so that such a test
fails always.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

#: Names the seconds; unset or 0: a quick line.
SECONDS = "BARRIER_TEST_SLOW_LINE"

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


def over_the_line(app: App) -> App:
    """The application as it is heard over the line that the environment names as a page is asked for."""

    async def slow(scope: Message, receive: Callable, send: Callable) -> None:
        seconds = float(os.environ.get(SECONDS) or 0)
        if not seconds:
            await app(scope, receive, send)
            return

        async def halves(message: Message) -> None:
            body = message.get("body", b"")
            if message["type"] == "http.response.start":
                await asyncio.sleep(seconds)
            elif body and b"<main" in body:
                middle = body.index(b"<main")
                await send({**message, "body": body[:middle], "more_body": True})
                await asyncio.sleep(seconds)
                message = {**message, "body": body[middle:]}
            await send(message)

        # a page that was compressed cannot be cut before its main part
        headers = [(name, value) for name, value in scope.get("headers", ()) if name != b"accept-encoding"]
        await app({**scope, "headers": headers}, receive, halves)

    return slow
