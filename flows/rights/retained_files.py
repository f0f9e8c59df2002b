"""Data past its term outside the tables of the store: files of the workspace, entries of the ledger, deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from flows.audit.heads import audit_settings
from flows.desk import Desk
from screening.base.civil_time import day_of
from screening.casework.visits.photos import all_photos
from screening.ledger import last_head_before, public_key, read_head, retire, terminal_origin
from screening.partners.desk.disclosures import batches
from screening.rights.due import Due
from screening.rights.terms import Terms
from screening.store import Store, Workspace
from screening.store.backups import FOLDER, made_at
from screening.store.files import remove, sync_directory
from screening.store.runs.snapshots import SNAPSHOTS, kept_until
from screening.store.schema.retention import BACKUP, BATCH_FILE, SNAPSHOT, VISIT_PHOTO


def due_files(desk: Desk) -> list[Due]:
    """Return the names of snapshots, sealed batches, backups and photos of visits past their term."""
    files = (
        (SNAPSHOT, _snapshots(desk)),
        (BATCH_FILE, _batches(desk)),
        (BACKUP, _backups(desk)),
        (VISIT_PHOTO, _photos(desk)),
    )
    return [Due(kind, name, due) for kind, names in files for name, due in names]


def erase_files(store: Store, workspace: Workspace, items: tuple[Due, ...]) -> None:
    """Delete the files on a receipt, skipping those already deleted. The caller holds the lock of the workspace."""
    sealed = {batch.batch_id: batch.file for batch in batches(store)}
    places = {SNAPSHOT: workspace.path / "snapshots", BACKUP: workspace.path / FOLDER}
    paths = [sealed[due.name] for due in items if due.kind == BATCH_FILE]
    paths += [places[due.kind] / due.name for due in items if due.kind in places]
    photo_ids = {due.name for due in items if due.kind == VISIT_PHOTO}
    paths += [photo.path for photo in all_photos(workspace) if photo.photo_id in photo_ids]
    for path in paths:
        remove(path)
    for folder in {path.parent for path in paths}:
        if folder.is_dir():
            sync_directory(folder)


def _snapshots(desk: Desk) -> Iterator[tuple[str, date]]:
    """Return the snapshots that no run within the term names, and those that a killed run left half-written."""
    days, today = desk.configuration.terms.snapshot_days, day_of(desk.now)
    last: dict[str, date] = {}
    for run in desk.store.runs():
        until = kept_until(run, days)
        for digest in desk.store.summary(run.run_id).get(SNAPSHOTS, {}).values():
            last[digest] = max(until, last.get(digest, until))
    for path in _files(desk.workspace.path / "snapshots"):
        until = last.get(path.stem, date.min)
        if days == 0 or until < today:
            yield path.name, min(until, today - timedelta(days=1)) + timedelta(days=1)


def _batches(desk: Desk) -> Iterator[tuple[str, date]]:
    """Return the sealed files older than the term. The receiver has them, or they were never fetched."""
    for batch in batches(desk.store):
        due = day_of(batch.made_at) + timedelta(days=desk.configuration.terms.batch_files_days + 1)
        if batch.is_placed and due <= day_of(desk.now) and batch.file.is_file():
            yield batch.batch_id, due


def _backups(desk: Desk) -> Iterator[tuple[str, date]]:
    for path in _files(desk.workspace.path / FOLDER):
        moment = made_at(path.name)
        due = (day_of(moment) if moment else date.min) + timedelta(days=desk.configuration.terms.backup_days + 1)
        if due <= day_of(desk.now):
            yield path.name, due


def _photos(desk: Desk) -> Iterator[tuple[str, date]]:
    for photo in all_photos(desk.workspace):
        due = photo.kept_on + timedelta(days=desk.configuration.terms.visit_photos_days + 1)
        if due <= day_of(desk.now):
            yield photo.photo_id, due


def _files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def due_entries(desk: Desk, terms: Terms | None = None, *, planned_at: datetime | None = None) -> dict[str, int]:
    """Count by kind of data the entries of the ledger and lines of the Logboek past their term.

    `terms`, `planned_at`: those and the moment of a plan; by default the configured ones, and now.
    """
    terms, planned_at, counts = terms or desk.configuration.terms, planned_at or desk.now, {}
    head, first = _head_before(desk, terms, planned_at), desk.ledger.entries(limit=1)
    if head is not None and first:
        counts["access_logs"] = max(0, read_head(head, _public_keys(desk)).seq - first[0].seq + 1)
    if desk.ledger.logboek is not None:
        counts["logboek"] = desk.ledger.logboek.count_before(planned_at - timedelta(days=terms.logboek_days))
    return {name: number for name, number in counts.items() if number}


def erase_entries(desk: Desk, terms: Terms, *, planned_at: datetime) -> dict[str, int]:
    """Erase entries up to a signed head outside the ledger that is older than the term; return the number by kind."""
    due, counts = due_entries(desk, terms, planned_at=planned_at), {}
    head = _head_before(desk, terms, planned_at)
    if head is not None and due.get("access_logs"):
        counts["access_logs"] = retire(
            desk.ledger,
            head,
            _public_keys(desk),
            by=desk.by,
            now=desk.now,
            origin=terminal_origin(),
            term=timedelta(days=terms.access_log_days),
        )
    if desk.ledger.logboek is not None and due.get("logboek"):
        counts["logboek"] = desk.ledger.logboek.erase_before(planned_at - timedelta(days=terms.logboek_days))
    return counts


def _head_before(desk: Desk, terms: Terms, planned_at: datetime) -> bytes | None:
    """Return the youngest head outside that is older than the term; without one no entry is erased."""
    keys, heads = _public_keys(desk), []
    for place in audit_settings(desk.configuration).places:
        if place.kind == "file":
            heads += [path.read_bytes() for path in Path(place.target).glob(f"head-{desk.ledger.ledger_id[:8]}-*.json")]
    before = planned_at - timedelta(days=terms.access_log_days)
    return last_head_before(heads, keys, before) if keys and heads else None


def _public_keys(desk: Desk) -> list[Ed25519PublicKey]:
    path = audit_settings(desk.configuration).signing_key.with_suffix(".pub")
    return [public_key(path)] if path.exists() else []


def old_deliveries(desk: Desk) -> list[str]:
    """Return a sentence for each delivery older than its term. Nothing erases them: they are the municipality's own."""
    notes, days = [], desk.configuration.terms.deliveries_days
    for dataset, spec in desk.configuration.source_specs.items():
        path = Path(spec.path) if spec.path else None
        if desk.configuration.is_synthetic or path is None or not path.exists():
            continue
        age = (desk.now - datetime.fromtimestamp(path.stat().st_mtime, UTC)).days
        if age > days:
            notes.append(
                f"The delivery of {dataset} lies here for {age} days; {days} were agreed. The programme erases "
                "what it keeps of it, and not yours: take it away, or keep it encrypted elsewhere."
            )
    return notes
