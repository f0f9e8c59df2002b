"""Saved filters are one person's, for one page, and few."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from screening.store import Store
from screening.store.access.accounts import admit
from screening.store.access.saved_filters import MAX_FILTERS, FilterError, remove_filter, save_filter, saved_filters

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def people(store: Store) -> tuple[str, str]:
    for name in ("anna", "bram"):
        admit(store, account=name, issuer="i", subject=name, name=name, now=NOW)
    return "anna", "bram"


def test_a_filter_is_kept_replaced_and_removed_by_its_owner_alone(store: Store, people: tuple[str, str]) -> None:
    anna, bram = people
    save_filter(store, anna, "queue", " Deze week ", {"due": "2026-11-09"})
    save_filter(store, anna, "queue", "Deze week", {"due": "2026-11-16"})
    (kept,) = saved_filters(store, anna, "queue")
    assert (kept.name, kept.query) == ("Deze week", {"due": "2026-11-16"})
    assert saved_filters(store, anna, "visits") == []
    assert saved_filters(store, bram, "queue") == []
    remove_filter(store, bram, "queue", kept.id)
    assert saved_filters(store, anna, "queue") == [kept]
    remove_filter(store, anna, "queue", kept.id)
    assert saved_filters(store, anna, "queue") == []


def test_a_filter_needs_a_name_and_there_is_an_end_to_them(sqlite_store: Store) -> None:
    admit(sqlite_store, account="anna", issuer="i", subject="s", name="anna", now=NOW)
    for name in ("", "  ", "x" * 81):
        with pytest.raises(FilterError, match="name"):
            save_filter(sqlite_store, "anna", "queue", name, {})
    for number in range(MAX_FILTERS):
        save_filter(sqlite_store, "anna", "queue", f"filter {number}", {})
    with pytest.raises(FilterError, match="Remove one"):
        save_filter(sqlite_store, "anna", "queue", "one more", {})
    save_filter(sqlite_store, "anna", "queue", "filter 3", {"mine": "1"})  # replacing is not one more
