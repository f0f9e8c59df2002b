"""What preparing and sending batches works with: store, files of the runs, terms, the moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from screening.base.errors import ConfigurationError
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

    def folder(self) -> Path:
        """The folder in which sealed batches are put. ConfigurationError: it cannot be made."""
        out = self.policy.out
        try:
            if not out.exists():
                make_directory(out)
            return out.resolve(strict=True)
        except OSError as error:
            raise ConfigurationError(f"{out}: no folder to put a batch in ({error.strerror}).") from None
