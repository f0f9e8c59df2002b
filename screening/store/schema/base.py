"""The shared parts of all tables of the store: metadata, moments, JSON, accounts, closed lists of words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(sa.types.TypeDecorator[datetime]):
    """A point in time, in UTC whatever the database makes of zones. One without a zone is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Into UTC; SQLite stores it without the zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """Back with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


#: A list or an object. JSONB on PostgreSQL, so that a later question can look inside.
Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def is_account(column: str) -> sa.CheckConstraint:
    """The constraint that a column holds an account in the form in which accounts are compared."""
    return sa.CheckConstraint(f"{column} <> '' AND {column} = lower(trim({column}))", name=column)


def index_where(name: str, *columns: str, condition: str, unique: bool = False) -> sa.Index:
    """The index over those rows of a table that meet a condition, on both databases."""
    clause = sa.text(condition)
    return sa.Index(name, *columns, unique=unique, sqlite_where=clause, postgresql_where=clause)


def closed_list(name: str, words: Iterable[str]) -> sa.Table:
    """A table with one row a word; guards close it, and a migration adds a word (docs/decisions/0022)."""
    table = sa.Table(f"word_{name}", metadata, sa.Column("word", sa.String(40), primary_key=True))
    table.info["words"] = tuple(str(word) for word in words)
    return table


def word_of(words: sa.Table) -> sa.ForeignKey:
    """The constraint that a column holds a word of a closed list."""
    return sa.ForeignKey(words.c.word)


def word_lists() -> list[sa.Table]:
    """All closed lists."""
    return [table for table in metadata.sorted_tables if "words" in table.info]
