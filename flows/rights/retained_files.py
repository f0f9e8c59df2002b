"""What is past its term outside the tables of the store: files of the workspace, entries of the ledger, deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flows.audit.ledger import audit_settings, terminal_origin
from flows.configuration.load import Settings

if TYPE_CHECKING:
    from screening.ledger import Ledger
    from screening.rights.due import Due
    from screening.rights.terms import Terms
    from screening.store import Store, Workspace


def due_files(store: Store, workspace: Workspace, terms: Terms, *, now: datetime) -> list[Due]:
    """Snapshots, sealed batches and backups past their term, by name."""
    from screening.rights.due import Due
    from screening.store.schema.retention import BACKUP, BATCH_FILE, SNAPSHOT

    return [
        Due(kind, name, due)
        for kind, found in (
            (SNAPSHOT, _snapshots(store, workspace, terms, now)),
            (BATCH_FILE, _batches(store, terms, now)),
            (BACKUP, _backups(workspace, terms, now)),
        )
        for name, due in found
    ]


def erase_files(store: Store, workspace: Workspace, items: tuple[Due, ...]) -> None:
    """Take away the files on a receipt; one that is gone already is fine. Needs the lock of the workspace."""
    from screening.partners.desk.disclosures import batches
    from screening.store.files import remove, sync_directory
    from screening.store.schema.retention import BACKUP, BATCH_FILE, SNAPSHOT

    sealed = {one.batch_id: one.file for one in batches(store)}
    where = {
        SNAPSHOT: lambda name: workspace.path / "snapshots" / name,
        BATCH_FILE: lambda name: sealed[name],
        BACKUP: lambda name: workspace.path / "backups" / name,
    }
    folders = set()
    for one in items:
        if one.kind in where:
            path = where[one.kind](one.item)
            remove(path)
            folders.add(path.parent)
    for folder in folders:
        if folder.is_dir():
            sync_directory(folder)


def _snapshots(store: Store, workspace: Workspace, terms: Terms, now: datetime) -> Iterator[tuple[str, date]]:
    """Those that no run within the term names, and what a killed run left half-written."""
    from screening.civil_time import day_of
    from screening.store.runs.snapshots import SNAPSHOTS, kept_until

    folder = workspace.path / "snapshots"
    last: dict[str, date] = {}
    for one in store.runs():
        until = kept_until(one, terms.snapshot_days)
        for digest in store.summary(one.run_id).get(SNAPSHOTS, {}).values():  # type: ignore[attr-defined]
            last[digest] = max(until, last.get(digest, until))
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        until = last.get(path.stem, date.min)
        if terms.snapshot_days == 0 or until < day_of(now):
            yield path.name, min(until, day_of(now) - timedelta(days=1)) + timedelta(days=1)


def _batches(store: Store, terms: Terms, now: datetime) -> Iterator[tuple[str, date]]:
    """Sealed files that lie here longer than the term. The receiver has them, or they were never fetched."""
    from screening.civil_time import day_of
    from screening.partners.desk.disclosures import batches

    for one in batches(store):
        due = day_of(one.made_at) + timedelta(days=terms.batch_files_days + 1)
        if one.is_placed and due <= day_of(now) and one.file.is_file():
            yield one.batch_id, due


def _backups(workspace: Workspace, terms: Terms, now: datetime) -> Iterator[tuple[str, date]]:
    from flows.backup.backup import FOLDER, made_on
    from screening.civil_time import day_of

    folder = workspace.path / FOLDER
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        day = made_on(path.name)
        due = (day or date.min) + timedelta(days=terms.backup_days + 1)
        if due <= day_of(now):
            yield path.name, due


def due_entries(settings: Settings, ledger: Ledger, terms: Terms, *, now: datetime) -> dict[str, int]:
    """Kind of data -> number of entries of the ledger and lines of the Logboek past their term."""
    from screening.ledger import read_head

    found = {}
    head = _head_before(settings, ledger, terms, now)
    first = ledger.entries(limit=1)
    if head is not None and first:
        found["access_logs"] = max(0, read_head(head, _public_keys(settings)).seq - first[0].seq + 1)
    if ledger.logboek is not None:
        found["logboek"] = sum(1 for _ in ledger.logboek.lines(until=now - timedelta(days=terms.logboek_days)))
    return {name: number for name, number in found.items() if number}


def erase_entries(settings: Settings, ledger: Ledger, terms: Terms, *, now: datetime, by: str) -> dict[str, int]:
    """Take them away: entries up to a signed head outside that is older than the term. How many of each."""
    from screening.ledger import retire

    due, found = due_entries(settings, ledger, terms, now=now), {}
    head = _head_before(settings, ledger, terms, now)
    if head is not None and due.get("access_logs"):
        found["access_logs"] = retire(
            ledger, head, _public_keys(settings), by=by, at=now, origin=terminal_origin(),
            term=timedelta(days=terms.access_log_days),
        )  # fmt: skip
    if ledger.logboek is not None and due.get("logboek"):
        found["logboek"] = ledger.logboek.erase_before(now - timedelta(days=terms.logboek_days))
    return found


def _head_before(settings: Settings, ledger: Ledger, terms: Terms, now: datetime) -> bytes | None:
    """The youngest head outside that is older than the term; None where there is none: then no entry goes."""
    from screening.ledger import last_head_before

    keys, heads = _public_keys(settings), []
    for place in audit_settings(settings).places:
        if place.kind == "file":
            heads += [one.read_bytes() for one in Path(place.target).glob(f"head-{ledger.ledger_id[:8]}-*.json")]
    return last_head_before(heads, keys, now - timedelta(days=terms.access_log_days)) if keys and heads else None


def _public_keys(settings: Settings) -> list:
    from screening.ledger import public_key

    path = audit_settings(settings).signing_key.with_suffix(".pub")
    return [public_key(path)] if path.exists() else []


def old_deliveries(settings: Settings, terms: Terms, *, now: datetime) -> list[str]:
    """A sentence for each delivery that lies longer than its term. They are the municipality's: nothing erases them."""
    told = []
    for dataset, spec in settings.source_specs.items():
        path = Path(spec.path) if spec.path else None
        if settings.is_synthetic or path is None or not path.exists():
            continue
        age = (now - datetime.fromtimestamp(path.stat().st_mtime, UTC)).days
        if age > terms.deliveries_days:
            told.append(
                f"The delivery of {dataset} lies here for {age} days; {terms.deliveries_days} were agreed. The "
                "programme keeps no copy of it and does not erase yours: take it away, or keep it encrypted elsewhere."
            )
    return told
