"""A connection that does not get on is closed: slow clients may not fill the place of others (T23, S15)."""

from __future__ import annotations

from asyncio import TimerHandle, Transport
from collections.abc import Mapping

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from screening.review.headers import CROWDED

#: From the first byte, or from connecting, to the end of the headers.
HEADERS_SECONDS = 10.0
#: How long an answer may wait for a client that does not take it, and how often is looked.
UNREAD_SECONDS = 60.0
LOOK_SECONDS = 5.0


class TimeoutProtocol(H11Protocol):
    """HTTP/1.1 of uvicorn with time limits: uvicorn waits for headers and readers for ever.

    `every_answer`: the headers of every answer, for answers that the application never sees. `most`: connections at
    once; the application answers later ones that it is busy.
    """

    every_answer: Mapping[str, str] = {}
    most = 1_000

    _timer: TimerHandle | None = None
    _look: TimerHandle | None = None
    _unread = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # a server has no other
        """A connection: its first request must come soon."""
        super().connection_made(transport)
        if len(self.connections) > self.most:
            self.app_state = {**self.app_state, CROWDED: True}
        self._wait()
        self._look = self.loop.call_later(LOOK_SECONDS, self._look_at_the_reader)

    def data_received(self, data: bytes) -> None:
        """Bytes: when they do not complete the headers of a request, the time goes on."""
        super().data_received(data)
        if self._is_in_headers():
            if self._timer is None:
                self._wait()
        else:
            self._stop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Gone: nothing left to wait for."""
        self._stop()
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """The answer to what is no HTTP; it has the headers of every answer."""
        if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:  # an answer is on its way: this is its end
            self.transport.close()
            return
        body = msg.encode("ascii")
        sent = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body)), "Connection": "close"}
        headers = [*{**self.every_answer, **sent}.items(), ("Cache-Control", "no-store")]
        for event in (h11.Response(status_code=400, headers=headers), h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _is_in_headers(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _wait(self) -> None:
        self._timer = self.loop.call_later(HEADERS_SECONDS, self._give_up)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._timer = None
        if self._is_in_headers() and self.transport is not None and not self.transport.is_closing():
            self.transport.close()

    def _look_at_the_reader(self) -> None:
        """Cut off a client that leaves an answer unread. Closing would wait for it, so the rest is dropped."""
        self._unread = self._unread + 1 if self.transport.get_write_buffer_size() else 0
        if self._unread * LOOK_SECONDS >= UNREAD_SECONDS:
            self.transport.abort()
        else:
            self._look = self.loop.call_later(LOOK_SECONDS, self._look_at_the_reader)


def timeout_protocol(headers: Mapping[str, str], most: int) -> type[TimeoutProtocol]:
    """The protocol of a server whose answers have these headers, with so many connections at once."""
    return type("TimeoutProtocol", (TimeoutProtocol,), {"every_answer": dict(headers), "most": most})
