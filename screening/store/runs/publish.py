"""Publishing a run whole or not at all, and clearing up what a killed run left."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from screening.disk import disk_fault
from screening.errors import DiskError, StoreError
from screening.frames import RUN_FILES, Row
from screening.store.bulk import insert_rows
from screening.store.bundle import BATCH_ROWS, RUN_JSON, RunBundle, content_digest, rows_digest, stored_frames
from screening.store.crashpoints import crashpoint
from screening.store.engine import guarded, publishing
from screening.store.files import (
    make_directory,
    parquet_bytes,
    remove,
    run_frame,
    sha256_of,
    sync_directory,
    write_file,
)
from screening.store.runs.verify import verify_run
from screening.store.schema.runs import PUBLISHED, RUN_TABLES, UNPUBLISHED, run, run_file
from screening.store.store import PublishedRun, Store
from screening.store.workspace import Workspace

PARTIAL = ".partial-"

#: A pause after each batch. Those who wait to write in SQLite do not queue: each looks again now and then, and without
#: a pause an officer met a free moment after two seconds (measured, longest of 64).
PAUSE_S = 0.01

#: Files of a run that rows of the store are made from.
_STORED_FROM = {"flags.parquet", "evidence.parquet", "sample.parquet", "records.parquet", "links.parquet"}


def publish(store: Store, workspace: Workspace, bundle: RunBundle) -> PublishedRun:
    """Make a run visible, whole or not at all, whenever the process is killed.

    The directory is written under another name, rows load unpublished, the directory is renamed, and one short
    transaction makes the run visible (formats: "What a run leaves"). Takes the lock unless this process holds it.

    Returns:
        The run; `already` for a run id that was published before, which is compared, verified and left alone.

    Raises:
        StoreError: same id and other content, a published run that was damaged since, disk full, database errors. Then
            nothing of this run is visible, and the runs before it still are.
    """
    with workspace.holding():
        heal(store, workspace)
        crashpoint("start")
        try:
            return _publish(store, workspace, bundle)
        except (OSError, StoreError) as error:
            # What cannot be cleared now (the disk is still full) the next run clears.
            with contextlib.suppress(OSError, StoreError):
                heal(store, workspace)
            if isinstance(error, StoreError):
                raise
            fault = disk_fault(error, f"{workspace.runs}: the run")
            message = f"{workspace.runs}: the run cannot be written ({error.strerror}). Nothing of it is visible."
        raise fault or DiskError(f"{message} Make room or mend the disk, and run again.")


def _publish(store: Store, workspace: Workspace, bundle: RunBundle) -> PublishedRun:
    partial = workspace.runs / f"{PARTIAL}{bundle.run_id}"
    final = workspace.runs / bundle.run_id
    stored, run_json, files = write_directory(partial, bundle)
    digest = content_digest(run_json)
    with guarded("reading the runs"), store.engine.connect() as connection:
        _refuse_other_municipality(connection, run_json)

    published = store.published(bundle.run_id)
    if published is not None:
        remove(partial)
        if published.digest != digest:
            raise StoreError(
                f"Run {bundle.run_id} is published with other content. The same inputs, configuration and date must "
                "give the same run: something outside them (a local change to the code?) has changed the result."
            )
        # "published before" must not hide that what was published is gone or damaged since
        return PublishedRun(**{**vars(verify_run(store, workspace, bundle.run_id)), "already": True})
    _discard_unknown(final, digest)

    load_rows(store, bundle, stored, files, run_json)
    partial.rename(final)
    crashpoint("renamed")
    sync_directory(workspace.runs)
    crashpoint("parent_synced")
    return make_visible(store, bundle.run_id, digest)


def _refuse_other_municipality(connection: sa.Connection, run_json: Row) -> None:
    """StoreError when a run of another municipality is there: one store serves one, whoever is named in the settings.

    Known by its code; where a run names none, by its name.
    """
    query = sa.select(run.c.municipality, run.c.summary).where(run.c.state == PUBLISHED)
    last = connection.execute(query.order_by(run.c.published_seq.desc()).limit(1)).first()
    if last is None:
        return
    code, its_code = run_json.get("municipality_code"), last.summary.get("municipality_code")
    is_other = code != its_code if code and its_code else run_json["municipality"] != last.municipality
    if is_other:
        raise StoreError(
            "The store holds runs of another municipality. It serves one: publish into a store of its own. Nothing is "
            "published."
        )


def write_directory(
    directory: Path, bundle: RunBundle
) -> tuple[dict[sa.Table, pl.DataFrame], Row, dict[str, tuple[str, int]]]:
    """Write a run's files, all on the disk when this returns.

    Returns:
        Rows for the store by table; the content of `run.json`; file name -> (sha256, size in bytes).
    """
    make_directory(directory)
    crashpoint("directory_made")
    files: dict[str, tuple[str, int]] = {}

    def put(name: str, content: bytes) -> None:
        write_file(directory / name, content)
        files[name] = (sha256_of(content), len(content))
        crashpoint("file_written")

    kept: dict[str, pl.DataFrame] = {}
    for name, (schema, order) in RUN_FILES.items():
        frame = run_frame(bundle.frames.get(name, pl.DataFrame(schema=schema)), schema, order, name)
        put(name, parquet_bytes(frame))
        if name in _STORED_FROM:
            kept[name] = frame
    for name, frame in sorted(bundle.prepared.items()):
        put(name, parquet_bytes(frame))
    stored = stored_frames(bundle, kept)
    run_json = bundle.run_json(
        {name: digest for name, (digest, _) in files.items()},
        {table.name: rows_digest(frame) for table, frame in stored.items()},
    )
    put(RUN_JSON, (json.dumps(run_json, sort_keys=True, ensure_ascii=False, indent=2) + "\n").encode())
    for name, content in sorted(bundle.extra.items()):
        put(name, content)
    sync_directory(directory)
    crashpoint("directory_written")
    return stored, run_json, files


def _discard_unknown(final: Path, digest: str) -> None:
    """A directory of this run that the store does not know (a store from a backup): ours again when it is the same."""
    if not final.exists():
        return
    try:
        is_same = content_digest(json.loads((final / RUN_JSON).read_text())) == digest
    except (OSError, ValueError, AttributeError):
        is_same = False
    if not is_same:
        raise StoreError(
            f"{final}: a run directory of this id is there, with other content, and the store does not know it. "
            "Restore the store that belongs to it, or move the directory away."
        )
    _remove_run_directory(final)


def load_rows(
    store: Store,
    bundle: RunBundle,
    stored: Mapping[sa.Table, pl.DataFrame],
    files: Mapping[str, tuple[str, int]],
    run_json: Row,
) -> None:
    """Load a run's rows under its id, unpublished: in batches, so that others can write in between."""
    file_rows = [{"name": name, "sha256": digest, "size_bytes": size} for name, (digest, size) in files.items()]
    counts = {run_file.name: len(file_rows)} | {table.name: frame.height for table, frame in stored.items()}
    with guarded(f"loading run {bundle.run_id}"):
        with publishing(store.engine) as connection:
            connection.execute(
                run.insert(),
                {
                    "run_id": bundle.run_id,
                    "as_of": bundle.as_of,
                    "municipality": bundle.municipality,
                    "code_version": bundle.code_version,
                    "started_at": bundle.started_at,
                    "finished_at": bundle.finished_at,
                    "state": UNPUBLISHED,
                    "digest": content_digest(run_json),
                    "row_counts": counts,
                    "summary": run_json,
                },
            )
            connection.execute(run_file.insert(), [{"run_id": bundle.run_id, **row} for row in file_rows])
        crashpoint("run_row_loaded")
        for table in RUN_TABLES:
            if table is run_file:
                continue
            for part in stored[table].iter_slices(BATCH_ROWS):
                with publishing(store.engine) as connection:
                    insert_rows(connection, table, bundle.run_id, part)
                crashpoint("batch_loaded")
                time.sleep(PAUSE_S)
    crashpoint("rows_loaded")


def make_visible(store: Store, run_id: str, digest: str) -> PublishedRun:
    """Publish a run in one transaction, after counting that all its rows are there.

    When the acknowledgement is lost on the way, the commit may have happened: then the store is asked.
    """
    try:
        with guarded(f"publishing run {run_id}"):
            _commit_published(store, run_id)
    except StoreError:
        before = store.published(run_id)
        if before is None or before.digest != digest:
            raise
    crashpoint("after_commit")
    return store.require(run_id)


def _commit_published(store: Store, run_id: str) -> None:
    with publishing(store.engine) as connection:
        expected, summary = connection.execute(
            sa.select(run.c.row_counts, run.c.summary).where(run.c.run_id == run_id)
        ).first() or (None, {})
        if expected is not None:
            _refuse_other_municipality(connection, summary)  # again: two may have begun in an empty store at once
        counts = {
            table.name: connection.scalar(sa.select(sa.func.count()).where(table.c.run_id == run_id))
            for table in RUN_TABLES
        }
        if counts != expected:
            raise StoreError(f"Run {run_id}: rows are missing from the store. Nothing is published; run again.")
        last = connection.scalar(sa.select(sa.func.max(run.c.published_seq))) or 0
        connection.execute(
            run.update()
            .where(run.c.run_id == run_id, run.c.state == UNPUBLISHED)
            .values(state=PUBLISHED, published_seq=last + 1, published_at=datetime.now(UTC))
        )
        crashpoint("before_commit")


def heal(store: Store, workspace: Workspace) -> list[str]:
    """Remove what killed runs left: half-written directories, directories and rows that never became visible.

    A directory that the store does not know stays: it may belong to another store.

    Returns:
        The ids of the runs whose rows were removed.

    Raises:
        StoreError: this process does not hold the lock.
    """
    if not workspace.is_held:
        raise StoreError("Clearing up needs the workspace's lock: another run may be at work.")
    for leftover in workspace.runs.glob(f"{PARTIAL}*"):
        remove(leftover)
    with guarded("clearing up"):
        # Rows before the directory: after a failing sync SQLite's journal can hold a commit that was told as failed,
        # and bring it back at the next opening. A commit of one's own that follows it is what takes it away for good.
        with publishing(store.engine) as connection:
            dead = list(connection.scalars(sa.select(run.c.run_id).where(run.c.state == UNPUBLISHED)))
            for table in reversed(RUN_TABLES):
                connection.execute(table.delete().where(table.c.run_id.in_(dead)))
        # The run's own row last: as long as it is there, the next attempt finds what is left.
        for run_id in dead:
            _remove_run_directory(workspace.runs / run_id)
        with publishing(store.engine) as connection:
            connection.execute(run.delete().where(run.c.run_id.in_(dead), run.c.state == UNPUBLISHED))
    return sorted(dead)


def _remove_run_directory(directory: Path) -> None:
    """Under another name first: nobody sees a run directory with some of its files."""
    if directory.exists():
        doomed = directory.with_name(f"{PARTIAL}{directory.name}-removed")
        remove(doomed)
        directory.rename(doomed)
        remove(doomed)
        sync_directory(directory.parent)
