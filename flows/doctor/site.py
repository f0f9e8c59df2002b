"""What the doctor looks at: one installation, opened for reading alone, and what it finds there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from shlex import quote
from typing import Self

from flows import environment
from flows.configuration import Configuration
from flows.desk import Desk
from flows.options import DEFAULT_CONFIG
from screening.base.errors import BarrierError
from screening.ledger import Ledger
from screening.ledger.open import DATABASE as LEDGER_FILE
from screening.store import Store, Workspace
from screening.store.engine import make_read_only_engine
from screening.store.night_history import NightHistory, night_history
from screening.store.night_reports import night_reports
from screening.store.workspace import DATABASE as STORE_FILE


@dataclass(frozen=True)
class Diagnosis:
    """Something that is not as it should be, and the command that mends it or shows more.

    `about`: the part that it is of. `is_advice`: it would be better otherwise, and nothing is wrong.
    """

    about: str
    problem: str
    command: str
    is_advice: bool = False


class Site:
    """An installation of one municipality. Nothing is made, migrated or written; a database that is not there is None.

    `store_fault`, `ledger_fault`: why a database that is there cannot be read; None where it can.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        now: datetime | None = None,
        secret: Callable[[str], str | None] = environment.secret,
    ) -> None:
        self.configuration = configuration
        self.now = now or datetime.now(UTC)
        self.secret = secret
        self.path = configuration.workspace
        self.workspace = Workspace(self.path, read_only=True)
        self.store_fault: BarrierError | None = None
        self.ledger_fault: BarrierError | None = None
        self._open = ExitStack()

    @property
    def is_synthetic(self) -> bool:
        """Whether its data are made up: then what protects people is advice."""
        return self.configuration.is_synthetic

    @cached_property
    def history(self) -> NightHistory:
        """What the reports of its nights say."""
        return night_history(night_reports(self.workspace))

    @cached_property
    def store(self) -> Store | None:
        """The store."""
        desk = self._open.enter_context(Desk(self.configuration, now=self.now))
        desk.is_read_only = True
        try:
            is_there = environment.store_url() is not None or (self.path / STORE_FILE).exists()
            return desk.store if is_there else None
        except BarrierError as error:
            self.store_fault = error
            return None

    @cached_property
    def ledger(self) -> Ledger | None:
        """The ledger."""
        file = (self.path / LEDGER_FILE).absolute()
        try:
            url = environment.ledger_url()
            if url is None and not file.exists():
                return None
            engine = make_read_only_engine(url or f"sqlite:///{file}", lambda _engine, _shown: None)
            self._open.callback(engine.dispose)
            return Ledger(engine)
        except BarrierError as error:
            self.ledger_fault = error
            return None

    def command(self, words: str) -> str:
        """A command of ours for this configuration, to type as it stands."""
        file = self.configuration.file
        return f"barrier {words}" + ("" if file == DEFAULT_CONFIG else f" --config {quote(str(file))}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._open.close()
