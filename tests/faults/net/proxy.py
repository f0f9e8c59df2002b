"""A stand-in for a bad network before PostgreSQL: it cuts the connection, at a chosen COMMIT or after so many bytes."""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
COMMIT = b"COMMIT\x00"


class LossyProxy:
    """Listens on a PostgreSQL socket in `folder` and passes on to the one in `server`; counts the commits it saw."""

    def __init__(self, folder: Path, server: Path) -> None:
        self.commits = 0
        self.lose: int | None = None  # number of the commit whose reply is lost, counted from 1
        self.lost = 0
        self.cut_at: int | None = None  # bytes, both ways together, after which the connection is cut
        self.passed = 0
        self._server = str(server / SOCKET)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / SOCKET))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, lose: int | None = None, *, cut_at: int | None = None) -> None:
        """Count from nought, and lose the reply to this commit, or cut once after so many bytes."""
        self.commits, self.lost, self.passed, self.lose, self.cut_at = 0, 0, 0, lose, cut_at

    def _is_cut(self, data: bytes) -> bool:
        """Whether the connection is cut before these bytes; once."""
        self.passed += len(data)
        if self.cut_at is None or self.passed < self.cut_at:
            return False
        self.lost, self.cut_at = 1, None
        return True

    def close(self) -> None:
        """Take no new connection."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._server)
            is_losing = threading.Event()
            threading.Thread(target=self._pass_on, args=(client, server, is_losing), daemon=True).start()
            threading.Thread(target=self._pass_back, args=(server, client, is_losing), daemon=True).start()

    def _pass_on(self, client: socket.socket, server: socket.socket, is_losing: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(4096):
                if self._is_cut(data):
                    client.shutdown(socket.SHUT_RDWR)
                    break
                if COMMIT in data:
                    self.commits += 1
                    if self.commits == self.lose:
                        is_losing.set()
                server.sendall(data)
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_WR)

    def _pass_back(self, server: socket.socket, client: socket.socket, is_losing: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(4096):
                if self._is_cut(data):
                    break
                if is_losing.is_set():  # it is committed by now, and nobody hears of it
                    self.lost += 1
                    break
                client.sendall(data)
        for end in (client, server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
