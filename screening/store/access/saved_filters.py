"""Filters that a person saved under a name, for one page. They hold choices of a form, never a name or an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from screening.base.errors import BarrierError
from screening.store.engine import guarded, writing
from screening.store.schema.accounts import saved_filter
from screening.store.store import Store

MAX_FILTERS = 20
MAX_NAME = 80


class FilterError(BarrierError):
    """A filter cannot be saved as asked."""


@dataclass(frozen=True)
class SavedFilter:
    """A name with the saved choices."""

    id: int
    name: str
    query: dict[str, str]


def saved_filters(store: Store, who: str, page: str) -> list[SavedFilter]:
    """The filters of a person for a page, by name."""
    query = (
        saved_filter.select()
        .with_only_columns(saved_filter.c.id, saved_filter.c.name, saved_filter.c.query)
        .where(saved_filter.c.account == who, saved_filter.c.page == page)
        .order_by(saved_filter.c.name)
    )
    with guarded("reading saved filters"), store.engine.connect() as connection:
        return [SavedFilter(**row._mapping) for row in connection.execute(query)]


def save_filter(store: Store, who: str, page: str, name: str, query: Mapping[str, str]) -> None:
    """Save choices under a name; the same name replaces them. FilterError: no name, too long, or too many."""
    name = name.strip()
    if not name or len(name) > MAX_NAME:
        raise FilterError(f"A filter needs a name of at most {MAX_NAME} characters.")
    existing = {saved.name for saved in saved_filters(store, who, page)}
    if name not in existing and len(existing) >= MAX_FILTERS:
        raise FilterError(f"You can save {MAX_FILTERS} filters. Remove one first.")
    mine = (saved_filter.c.account == who, saved_filter.c.page == page, saved_filter.c.name == name)
    with guarded("saving a filter"), writing(store.engine) as connection:
        connection.execute(saved_filter.delete().where(*mine))
        connection.execute(saved_filter.insert().values(account=who, page=page, name=name, query=dict(query)))


def remove_filter(store: Store, who: str, page: str, filter_id: int) -> None:
    """Remove a filter of one's own; nothing happens when there is none."""
    mine = (saved_filter.c.account == who, saved_filter.c.page == page, saved_filter.c.id == filter_id)
    with guarded("removing a filter"), writing(store.engine) as connection:
        connection.execute(saved_filter.delete().where(*mine))
