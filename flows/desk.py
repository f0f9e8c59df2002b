"""What one command works at: configuration, store, ledger, who acts and when; opened once and closed at its end.

The store and the ledger are in the workspace, or in the databases that the environment names.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Self

from flows.configuration import Configuration, load_configuration
from flows.configuration.tables import SYNTHETIC_CODE
from flows.environment import LEDGER_URL, STORE_URL, ledger_url, store_url
from screening.base.errors import ConfigurationError, StoreError
from screening.base.vocabulary import LedgerAction, LedgerResult
from screening.casework.data_subjects import note_subjects
from screening.contracts.made_up import disguised, real_places
from screening.ledger import Entry, Ledger, Subject, open_ledger, os_user, terminal_origin
from screening.ledger.notary import note_decisions
from screening.store import PublishedRun, Store, Workspace, account, open_store
from screening.store.workspace import DATABASE


class Desk:
    """What one command works at. Store and ledger are opened when they are first used, and closed at its end.

    `configuration`, `now` (UTC, the moment of the command), `by` (the account that acts), `workspace`, `store`,
    `ledger`. With `reads_only` it also works where this account may not write in the workspace (`is_read_only`).
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        by: str | None = None,
        now: datetime | None = None,
        reads_only: bool = False,
    ) -> None:
        self.configuration = configuration
        self.now = now or datetime.now(UTC)
        self._by = by
        self.is_read_only = reads_only and not _may_write(configuration.workspace)
        self._open = ExitStack()

    @cached_property
    def by(self) -> str:
        """The account that acts: the one that was named, else that of the terminal."""
        return self._by or terminal_account()

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace, made where there is none."""
        return Workspace(self.configuration.workspace, read_only=self.is_read_only)

    @cached_property
    def store(self) -> Store:
        """The store of this municipality: at BARRIER_STORE_URL, else SQLite in the workspace.

        Raises:
            StoreError: it cannot be opened, or holds the runs of another municipality. One store serves one, so that
                nobody sees the other's.
            ConfigurationError: the municipality is said to be made up, and the last run shows addresses that exist.
        """
        store = self._open.enter_context(open_store(store_url() or self.workspace, read_only=self.is_read_only))
        note_decisions(store, lambda: self.ledger, actor=lambda: self.by, now=lambda: self.now)
        ours, last = self.configuration.municipality.code, store.last_published()
        code = store.summary(last.run_id).get("municipality_code") if last else None
        if code not in {None, ours}:
            raise StoreError(
                f"The store holds runs of municipality {code}, and the configuration is that of {ours}. A store serves "
                f"one municipality: name another workspace, or another database in {STORE_URL}."
            )
        if last and self.configuration.is_synthetic:
            _require_made_up_addresses(store, last)
        return store

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger of this municipality: at BARRIER_LEDGER_URL, else SQLite in the workspace.

        Raises:
            ConfigurationError: it would share a database with the store. Publishing a run may never hold up a reading.
            LedgerError: it cannot be opened.
        """
        url = ledger_url()
        if url and url == store_url():
            raise ConfigurationError(
                f"{LEDGER_URL} names the database of the store ({STORE_URL}). The ledger is a database of its own."
            )
        ledger = open_ledger(url, keys=self.workspace.path / "keys") if url else open_ledger(self.workspace)
        return self._open.enter_context(ledger)

    def run(self, run_id: str | None = None) -> PublishedRun:
        """Find the published run of this id, or that of the latest date: an older night repeated today is not the last.

        Raises:
            ConfigurationError: there is none; the error says what to do.
        """
        run = self.store.last_published() if run_id is None else self.store.published(run_id)
        if run is None and run_id is None:
            raise ConfigurationError("No run has been published in this workspace yet. Make one: barrier run")
        if run is None:
            raise ConfigurationError(f"No published run has the id {run_id!r}. List them: barrier runs")
        return run

    def log(
        self,
        action: LedgerAction,
        *objects: str | tuple[str, str | None, str | None],
        result: LedgerResult = LedgerResult.DONE,
        subjects: Sequence[Subject] = (),
    ) -> Entry:
        """Write one entry an object in the ledger, all or none.

        Args:
            action: What is done.
            objects: `kind:id`, or `(kind:id, case, purpose)` where it is done for a case.
            result: What became of it.
            subjects: The people or addresses that the data are about: a line of the Logboek each.

        Returns:
            The first entry.

        Raises:
            LedgerError: it cannot be written; then nothing may be shown or done.
        """
        entries = []
        for name in objects:
            what, case, purpose = name if isinstance(name, tuple) else (name, None, None)
            entries.append(
                Entry(self.now, self.by, action, what, result, origin=terminal_origin(), case=case, purpose=purpose)
            )
        self.ledger.write_all(entries)
        note_subjects(self.ledger, entries[0], subjects)
        return entries[0]

    def close(self) -> None:
        """Close what was opened."""
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def open_desk(
    file: Path,
    *,
    by: str | None = None,
    done_at: str | None = None,
    now: datetime | None = None,
    reads_only: bool = False,
) -> Desk:
    """Read a configuration and make the desk of a command, to work at in a `with` block.

    Args:
        file: The configuration of the municipality.
        by: The account that acts, as `--by` names it; the account of the terminal when left out.
        done_at: The path of the page of the review on which a person does this act; None for what is no act of a
            person, which the terminal does in every municipality.
        now: The moment of the command; the clock when left out.
        reads_only: Whether the command changes nothing, so that it needs no right to write in the workspace.

    Raises:
        StoreError: `by` is no account name.
        ConfigurationError: the configuration cannot be read or is not in order; or the municipality is real, and a
            terminal would act as a person or take somebody's word for who they are.
    """
    actor = None if by is None else account(by)
    configuration = load_configuration(file)
    refuse_person(configuration, by=by, done_at=done_at)
    return Desk(configuration, by=actor, now=now, reads_only=reads_only)


def refuse_person(configuration: Configuration, *, by: str | None, done_at: str | None) -> None:
    """Refuse an act of a person, and a name that anybody could give, at the terminal of a real municipality.

    Args:
        configuration: The configuration of the municipality. A made-up one (code 9999) passes.
        by: What `--by` says.
        done_at: The path of the page on which the act is done; None for what is no act of a person.

    Raises:
        ConfigurationError: it says where the act is done, or that `--by` is left out.
    """
    if configuration.is_synthetic:
        return
    if done_at is not None:
        base = (configuration.review.base_url or "").rstrip("/")
        raise ConfigurationError(
            f"{configuration.file}: municipality {configuration.municipality.code} is real, and a person does this "
            f"signed in, on the page {base}{done_at} of the review (barrier serve). The terminal does it with made-up "
            "data (code 9999) alone."
        )
    if by is not None:
        raise ConfigurationError(
            f"{configuration.file}: municipality {configuration.municipality.code} is real, and --by would be believed "
            f"unseen. Leave it out: the ledger names the account of this machine, {terminal_account()}."
        )


def _require_made_up_addresses(store: Store, run: PublishedRun) -> None:
    """Refuse a store whose last run holds real data, whatever version or configuration let it in."""
    shown = store.flags(run.run_id)
    towns = shown["address"].str.extract(r", (?:[0-9]{4} ?[A-Z]{2} )?([^,]+)$").drop_nulls().unique()
    is_foreign = ~shown["address_id"].str.starts_with(SYNTHETIC_CODE)
    if is_foreign.any() or real_places(towns) or disguised(towns):
        raise ConfigurationError(
            f"The last run of this store shows addresses that exist, and municipality.code = {SYNTHETIC_CODE} marks a "
            "made-up municipality. Set the municipality's own code, or name an empty workspace."
        )


def _may_write(workspace: Path) -> bool:
    """Whether this account may write in the workspace and in its store, as far as they are there."""
    there = [path for path in (workspace, workspace / DATABASE) if os.access(path, os.F_OK)]
    return all(os.access(path, os.W_OK) for path in there)


def terminal_account() -> str:
    """The account at work, as the system knows it, in the form in which accounts are compared."""
    return os_user().lower()
