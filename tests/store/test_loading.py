"""Very many rows are loaded beside a journal that stays short, and are as durable as all else in the end."""

from __future__ import annotations

import polars as pl
import pytest

from screening.base.errors import StoreError
from screening.store import Store, Workspace, loading, publish, verify_run
from screening.store.engine import SQLITE_FULL
from screening.store.schema.runs import sample
from tests.store.bundles import make_bundle


@pytest.mark.parametrize("is_waited_for", [True, False])
def test_a_long_journal_is_emptied_while_rows_are_loaded(
    sqlite_store: Store, workspace: Workspace, is_waited_for: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = workspace.database.with_name(f"{workspace.database.name}-wal")
    sizes: list[int] = []
    monkeypatch.setattr(loading, "crashpoint", lambda _place: sizes.append(journal.stat().st_size))
    monkeypatch.setattr(loading, "BATCH_ROWS", 50)
    monkeypatch.setattr(loading, "_SOME_PAGES", 4)
    if is_waited_for:
        monkeypatch.setattr(loading, "_MOST_PAGES", 32)
    published = publish(sqlite_store, workspace, make_bundle(1500))
    assert len(sizes) > 60
    if is_waited_for:
        assert max(sizes) < 2 * 32 * 4096, "it is begun anew whenever it is that long"
    assert journal.stat().st_size == 0
    verify_run(sqlite_store, workspace, published.run_id)


def test_a_connection_that_does_not_wait_for_the_disk_goes_to_nobody_else(sqlite_store: Store) -> None:
    with loading.loading(sqlite_store.engine, "ab" * 12):
        pass
    with sqlite_store.engine.connect() as first, sqlite_store.engine.connect() as second:
        for connection in (first, second):
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == SQLITE_FULL


def test_a_row_that_the_database_refuses_is_told_without_its_values(store: Store) -> None:
    frame = pl.DataFrame(
        {"address_id": ["999901 geheim"], "drawn_on": [None]}, schema={"address_id": pl.String, "drawn_on": pl.Date}
    )
    with pytest.raises(StoreError) as refused, loading.loading(store.engine, "ab" * 12) as loader:
        loader.add([(sample, frame)])
    assert "geheim" not in str(refused.value)
