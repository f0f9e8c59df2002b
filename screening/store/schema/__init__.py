"""The tables of the store, a module a subject. Importing this package puts all of them in `metadata`."""

from __future__ import annotations

import sqlalchemy as sa

from screening.store.schema import (
    accounts,
    acts,
    cases,
    deliveries,
    hand_overs,
    link_readings,
    partners,
    policy,
    retention,
    rules,
    runs,
    tips,
    visits,
    yields,
)
from screening.store.schema.base import metadata, word_lists

__all__ = [
    "accounts",
    "acts",
    "cases",
    "create_schema",
    "deliveries",
    "hand_overs",
    "link_readings",
    "metadata",
    "partners",
    "policy",
    "retention",
    "rules",
    "runs",
    "tips",
    "visits",
    "yields",
]


def create_schema(connection: sa.Connection) -> None:
    """Make every table of this version in an empty database, and the words of its closed lists."""
    metadata.create_all(connection)
    for words in word_lists():
        connection.execute(words.insert(), [{"word": word} for word in words.info["words"]])
