"""What preparing and sending batches works with: store, files of the runs, terms, the moment, and a lock of its own."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from screening.casework.case_errors import NotReadyError
from screening.errors import ConfigurationError
from screening.partners.desk.policy import ExportPolicy
from screening.store import Workspace
from screening.store.files import make_directory
from screening.store.store import Store


@dataclass(frozen=True)
class Outbox:
    """The place from which batches leave. `now`: in UTC, the moment of the request or command."""

    store: Store
    workspace: Workspace
    policy: ExportPolicy
    now: datetime

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Work alone: no other process prepares or sends batches of this workspace meanwhile.

        Raises:
            NotReadyError: another process is at it ("busy").
        """
        lock = os.open(self.workspace.path / "export.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise NotReadyError("Another export is under way. Try again when it is done.", "busy") from None
            yield
        finally:
            os.close(lock)

    def folder(self) -> Path:
        """The folder in which sealed batches are put. ConfigurationError: it cannot be made."""
        out = self.policy.out
        try:
            if not out.exists():
                make_directory(out)
            return out.resolve(strict=True)
        except OSError as error:
            raise ConfigurationError(f"{out}: no folder to put a batch in ({error.strerror}).") from None
