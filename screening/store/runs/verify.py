"""Is a published run still what it was? Every file and every stored row against the digest of the day."""

from __future__ import annotations

import hashlib
import io
import json

import polars as pl
import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.base.frames import IDENTITIES, empty
from screening.store.bundle import (
    RUN_JSON,
    STORED,
    canonical_json,
    content_digest,
    rows_digest,
    stored_digests,
    stored_schema,
)
from screening.store.engine import guarded
from screening.store.files import sha256_of, sha256_of_file
from screening.store.runs.erased import erased_says
from screening.store.schema.runs import run, run_file
from screening.store.store import PublishedRun, Store
from screening.store.workspace import Workspace

#: What whoever finds a damaged run does.
RESTORE = "Restore it from a backup, or run that night again in a fresh workspace."


def verify_run(store: Store, workspace: Workspace, run_id: str) -> PublishedRun:
    """The run, when its files and its rows are those that were published. StoreError names what is damaged."""
    published = store.require(run_id)
    if erased := erased_says(store, run_id):
        raise StoreError(erased)
    directory = workspace.runs / run_id
    expected = verify_files(store, workspace, run_id)
    run_json = json.loads((directory / RUN_JSON).read_text())
    named = {name: expected.get(name) for name in run_json["files"]}
    if store.summary(run_id) != run_json or named != run_json["files"] or content_digest(run_json) != published.digest:
        raise StoreError(f"Run {run_id}: the store and {RUN_JSON} do not say the same. {RESTORE}")
    expected_rows = stored_digests(run_json)
    for table in STORED:
        # a run that was published before the table was there has no row in it
        expected_digest = expected_rows.get(table.name) or rows_digest(pl.DataFrame(schema=stored_schema(table)))
        if store.digest(table, run_id) != expected_digest:
            raise StoreError(f"Run {run_id}: table {table.name} of the store is not what was published. {RESTORE}")
    return published


def verify_files(store: Store, workspace: Workspace, run_id: str) -> dict[str, str]:
    """The sha256 of each file of a run by its name. StoreError names one that is damaged, missing or more."""
    directory = workspace.runs / run_id
    expected = store.files(run_id)
    present = {path.name for path in directory.iterdir()} if directory.is_dir() else set()
    if not present:
        raise StoreError(f"{directory}: the run's files are gone. {RESTORE}")
    for name in sorted(present ^ set(expected)):
        what = "is missing" if name in expected else "does not belong to the run"
        raise StoreError(f"{directory / name}: {what}. {RESTORE}")
    for name, digest in sorted(expected.items()):
        if sha256_of_file(directory / name) != digest:
            raise StoreError(f"{directory / name}: damaged, its content is not what was published. {RESTORE}")
    return expected


def run_root_digest(store: Store, run_id: str) -> str:
    """sha256 of all that a run published: its content, of which its rows are part, and every file of its directory.

    What was erased since changes nothing of it. `verify_run` tells whether rows and files are those that it speaks of.
    """
    store.require(run_id)
    with guarded("reading a run"), store.engine.connect() as connection:
        return root_digest(connection, run_id)


def root_digest(connection: sa.Connection, run_id: str) -> str:
    """`run_root_digest` as this transaction sees the run."""
    files = connection.execute(sa.select(run_file.c.name, run_file.c.sha256).where(run_file.c.run_id == run_id))
    content = connection.scalar(sa.select(run.c.digest).where(run.c.run_id == run_id))
    root = {"run_id": run_id, "content": content, "files": {name: sha256 for name, sha256 in files}}
    return hashlib.sha256(canonical_json(root).encode()).hexdigest()


def read_run_file(store: Store, workspace: Workspace, run_id: str, name: str) -> pl.DataFrame:
    """Check and read one Parquet file of a published run: a flipped bit in Parquet mostly reads as other values.

    Raises StoreError when the file is not the one that was published.
    """
    path = workspace.runs / run_id / name
    digest = store.files(run_id).get(name)
    if digest is None:
        raise StoreError(f"{name}: run {run_id} has no such file.")
    try:
        content = path.read_bytes()
    except OSError as error:
        if erased := erased_says(store, run_id):
            raise StoreError(erased) from None
        raise StoreError(f"{path}: cannot be read ({error.strerror}). {RESTORE}") from None
    if sha256_of(content) != digest:
        raise StoreError(f"{path}: damaged, its content is not what was published. {RESTORE}")
    return pl.read_parquet(io.BytesIO(content))


def read_identities(store: Store, workspace: Workspace, run_id: str | None) -> pl.DataFrame:
    """IDENTITIES that a run left, for the next to carry on; empty for None (no run before)."""
    if run_id is None:
        return empty(IDENTITIES)
    return read_run_file(store, workspace, run_id, "identities.parquet")
