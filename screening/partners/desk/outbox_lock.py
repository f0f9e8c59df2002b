"""One process at a time prepares or sends batches, or erases what they are made of."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from screening.base.errors import StoreError
from screening.casework.case_errors import NotReadyError
from screening.partners.desk.drafts import batch_drafts
from screening.partners.desk.kept_files import forget_files
from screening.partners.desk.outbox import Outbox
from screening.store import Workspace


@contextmanager
def locked(outbox: Outbox) -> Iterator[None]:
    """Work alone: no other process prepares or sends batches of this workspace meanwhile.

    At the end go the files that are kept of batches that are no longer prepared: they left, or were dropped.

    Raises:
        NotReadyError: another process is at it ("busy").
    """
    with export_lock(outbox.workspace, waits=False):
        try:
            yield
        finally:
            with suppress(OSError, StoreError):  # then they go with the next batch, or this night
                prepared = batch_drafts(outbox.store, is_open=True)
                forget_files(outbox.workspace, but=[draft.batch_id for draft in prepared])


@contextmanager
def export_lock(workspace: Workspace, *, waits: bool) -> Iterator[None]:
    """Hold the lock itself. `waits`: for another process that is at it; else NotReadyError ("busy")."""
    lock = os.open(workspace.path / "export.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        except BlockingIOError:
            raise NotReadyError("Another export is under way. Try again when it is done.", "busy") from None
        yield
    finally:
        os.close(lock)
