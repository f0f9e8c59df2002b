"""A connection that does not get on with its request is closed: slow clients may not fill the place of others (T23)."""

from __future__ import annotations

from asyncio import TimerHandle, Transport

from uvicorn.protocols.http.h11_impl import H11Protocol

#: From the first byte, or from connecting, to the end of the headers.
HEADERS_SECONDS = 10.0


class PatientProtocol(H11Protocol):
    """HTTP/1.1 of uvicorn, which waits for headers without end, with an end."""

    _timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """A connection: its first request must come soon."""
        super().connection_made(transport)
        self._wait()

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
        super().connection_lost(exc)

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
