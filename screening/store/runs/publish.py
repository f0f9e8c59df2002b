"""Publishing a run whole or not at all, and clearing up what a killed run left."""

from __future__ import annotations

import contextlib
import json
from collections import deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

import polars as pl
import sqlalchemy as sa

from screening.base.errors import DiskError, StoreError
from screening.base.frames import PLACES_FILE, RUN_FILES, Row
from screening.base.machine import disk_fault
from screening.store.bundle import RUN_JSON, STORED, RowsDigest, RunBundle, content_digest, stored_schema
from screening.store.crashpoints import crashpoint
from screening.store.engine import guarded, publishing
from screening.store.files import (
    SMALL_GROUP_ROWS,
    make_directory,
    parquet_bytes,
    remove,
    run_frame,
    sha256_of,
    sync_directory,
    write_file,
)
from screening.store.loading import ahead, loading
from screening.store.runs.verify import verify_run
from screening.store.schema.runs import PUBLISHED, RUN_TABLES, UNPUBLISHED, run, run_file
from screening.store.store import PublishedRun, Store
from screening.store.stored_rows import Rows, stored_rows
from screening.store.workspace import Workspace

PARTIAL = ".partial-"

#: So many parts of tables wait for the database: making them takes now more, now less time than loading them.
_PARTS_AHEAD = 3

#: So many files are made at once: to make the bytes of one takes one processor.
_FILES_AT_ONCE = 2


def publish(store: Store, workspace: Workspace, bundle: RunBundle) -> PublishedRun:
    """Make a run visible, whole or not at all, whenever the process is killed.

    The directory is written under another name while rows load unpublished, it is renamed, and one short transaction
    makes the run visible (formats: "What a run leaves"). Takes the lock unless this process holds it.

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
    with guarded("reading the runs"), store.engine.connect() as connection:
        _refuse_other_municipality(connection, bundle.run_json({}, {}))

    published = store.published(bundle.run_id)
    if published is not None or final.exists():
        digest = content_digest(write_run(store, partial, bundle, is_loaded=False))
        remove(partial)
        if published is not None:
            return _already(store, workspace, published, digest)
        _discard_unknown(final, digest)
    digest = content_digest(write_run(store, partial, bundle))
    partial.rename(final)
    crashpoint("renamed")
    sync_directory(workspace.runs)
    crashpoint("parent_synced")
    return make_visible(store, bundle.run_id, digest)


def _already(store: Store, workspace: Workspace, published: PublishedRun, digest: str) -> PublishedRun:
    """The published run, verified: "published before" must not hide that it is gone or damaged since."""
    if published.digest != digest:
        raise StoreError(
            f"Run {published.run_id} is published with other content. The same inputs, configuration and date must "
            "give the same run: something outside them (a local change to the code?) has changed the result."
        )
    return PublishedRun(**{**vars(verify_run(store, workspace, published.run_id)), "already": True})


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


def write_run(store: Store, directory: Path, bundle: RunBundle, *, is_loaded: bool = True) -> Row:
    """Write a run's files, and load its rows under its id, unpublished: all on the disk when this returns.

    Args:
        store: the store that takes the rows.
        directory: a new one.
        bundle: the run.
        is_loaded: False where there is such a run already: then what it would be is found out, and no row written.

    Returns:
        The content of `run.json`.
    """
    make_directory(directory)
    crashpoint("directory_made")
    files: dict[str, tuple[str, int]] = {}

    def put(name: str, content: bytes) -> None:
        write_file(directory / name, content)
        files[name] = (sha256_of(content), len(content))
        crashpoint("file_written")

    reading = Lock()  # two long frames that are read and sorted at once are four in memory

    def frame_of(name: str) -> pl.DataFrame:
        if name in bundle.prepared:
            return bundle.prepared[name].lazy().collect()
        schema, order = RUN_FILES[name]
        return run_frame(bundle.frames.get(name, pl.DataFrame(schema=schema)), schema, order, name)

    def parquet_of(name: str) -> bytes:
        with reading:
            frame = frame_of(name)
        return parquet_bytes(frame, SMALL_GROUP_ROWS) if name == PLACES_FILE else parquet_bytes(frame)

    names = [*RUN_FILES, *sorted(bundle.prepared)]
    with ThreadPoolExecutor(_FILES_AT_ONCE) as pool:
        for name, parquet_content in zip(names, pool.map(parquet_of, names), strict=True):
            put(name, parquet_content)
    parquet = {name: digest for name, (digest, _) in files.items()}
    digests = {table: RowsDigest(list(stored_schema(table))) for table in STORED}
    rows = _digested(stored_rows(bundle, {name: pl.scan_parquet(directory / name) for name in RUN_FILES}), digests)
    if is_loaded:
        _load_run(store, bundle, ahead(rows, _PARTS_AHEAD))
    else:
        deque(rows, maxlen=0)
    run_json = bundle.run_json(parquet, {table.name: digest.hexdigest() for table, digest in digests.items()})
    put(RUN_JSON, (json.dumps(run_json, sort_keys=True, ensure_ascii=False, indent=2) + "\n").encode())
    for name, content in sorted(bundle.extra.items()):
        put(name, content)
    sync_directory(directory)
    crashpoint("directory_written")
    if is_loaded:
        counts = {run_file.name: len(files)} | {table.name: digest.rows for table, digest in digests.items()}
        _describe_run(store, bundle.run_id, files, counts, run_json)
        crashpoint("rows_loaded")
    return run_json


def _digested(rows: Rows, digests: Mapping[sa.Table, RowsDigest]) -> Rows:
    """Yield the same; the digest of each table gets its rows."""
    for table, frame in rows:
        digests[table].add(frame)
        yield table, frame


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


def _load_run(store: Store, bundle: RunBundle, rows: Rows) -> None:
    """Load a run and its rows, unpublished. What the run says of its rows and files follows when they are there."""
    head = {
        "run_id": bundle.run_id,
        "as_of": bundle.as_of,
        "municipality": bundle.municipality,
        "code_version": bundle.code_version,
        "started_at": bundle.started_at,
        "finished_at": bundle.finished_at,
        "state": UNPUBLISHED,
    }
    with guarded(f"loading run {bundle.run_id}"), publishing(store.engine) as connection:
        connection.execute(run.insert(), head | {"digest": "", "row_counts": {}, "summary": {}})
    crashpoint("run_row_loaded")
    with loading(store.engine, bundle.run_id) as loader:
        loader.add(rows)


def _describe_run(
    store: Store, run_id: str, files: Mapping[str, tuple[str, int]], counts: Mapping[str, int], run_json: Row
) -> None:
    """Note the files of the run, how many rows each table has of it, and what it is."""
    rows = [
        {"run_id": run_id, "name": name, "sha256": sha256, "size_bytes": size} for name, (sha256, size) in files.items()
    ]
    described = {"digest": content_digest(run_json), "row_counts": counts, "summary": run_json}
    with guarded(f"loading run {run_id}"), publishing(store.engine) as connection:
        connection.execute(run_file.insert(), rows)
        connection.execute(run.update().where(run.c.run_id == run_id, run.c.state == UNPUBLISHED).values(described))


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
    # the rows of a run are counted before others have to wait: who holds the workspace alone changes them
    with store.engine.connect() as connection:
        expected = connection.scalar(sa.select(run.c.row_counts).where(run.c.run_id == run_id))
        counts = {
            table.name: connection.scalar(sa.select(sa.func.count()).where(table.c.run_id == run_id))
            for table in RUN_TABLES
        }
    if counts != expected:
        raise StoreError(f"Run {run_id}: rows are missing from the store. Nothing is published; run again.")
    with publishing(store.engine) as connection:
        summary = connection.execute(sa.select(run.c.summary).where(run.c.run_id == run_id)).scalar_one()
        _refuse_other_municipality(connection, summary)  # again: two may have begun in an empty store at once
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
