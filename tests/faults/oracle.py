"""What may be seen of a store after any fault: whole runs, each once, and a database that is undamaged."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.store import Store, Workspace, publish, verify_run
from screening.store.schema.runs import RUN_TABLES, run
from tests.faults.children import ADDRESSES, AS_OF
from tests.store.bundles import make_bundle


class PublishedState(Protocol):
    """The oracle of one workspace: the fixture `published_state`."""

    def __call__(self, store: Store, among: Collection[str] | None = None) -> set[str]:
        """As `published_runs`."""


def published_runs(store: Store, workspace: Workspace, among: Collection[str] | None = None) -> set[str]:
    """Ids of the runs that can be seen, each with all its rows and files (digest equal). AssertionError otherwise.

    `among`: look at these runs alone, since all runs of a long series would be read again after each fault.
    """
    published = store.runs()
    sequence = [one.published_seq for one in published]
    assert sequence == list(range(1, len(sequence) + 1)), "a run was published twice, or one is gone"
    ids = {one.run_id for one in published if among is None or one.run_id in among}
    for run_id in sorted(ids):
        try:
            verify_run(store, workspace, run_id)
        except StoreError as error:
            raise AssertionError(f"a run is visible and not whole: {error}") from None
    if store.engine.dialect.name == "sqlite":
        with store.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok", "the database is damaged"
            assert not connection.exec_driver_sql("PRAGMA foreign_key_check").first(), "a row refers to no row"
    return ids


def assert_nothing_left_over(store: Store, workspace: Workspace) -> None:
    """Rows and directories of published runs and no others; no staging."""
    published = {one.run_id for one in store.runs()}
    assert {path.name for path in workspace.runs.iterdir()} == published
    assert list(workspace.staging_root.iterdir()) == []
    with store.engine.connect() as connection:
        for table in (run, *RUN_TABLES):
            assert set(connection.scalars(sa.select(table.c.run_id).distinct())) <= published, table.name


def assert_whole_or_nothing_and_heals(store: Store, workspace: Workspace, earlier: str) -> bool:
    """Whether the run that met a fault is visible. Publishes it again and checks that all is as if nothing had been."""
    bundle = make_bundle(ADDRESSES, AS_OF)
    seen = published_runs(store, workspace)
    assert earlier in seen, "the run before it is still served"
    assert seen <= {earlier, bundle.run_id}
    again = publish(store, workspace, bundle)
    assert again.already == (bundle.run_id in seen)
    assert published_runs(store, workspace) == {earlier, bundle.run_id}
    assert_nothing_left_over(store, workspace)
    return again.already
