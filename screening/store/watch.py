"""Seeing which decided rows a transaction adds, changes or takes away, before it commits.

So the ledger has the hash of what was decided whatever code decided it: nothing has to be remembered at the act.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.base.frames import Row
from screening.base.vocabulary import LedgerAction
from screening.store.decisions import DECISIONS, decision_hash, rows_hash
from screening.store.runs.verify import root_digest
from screening.store.schema.cases import review_case
from screening.store.schema.retention import erasure, erasure_done
from screening.store.schema.runs import run

Key = tuple[object, ...]
Params = Sequence[Mapping[str, object]]

#: Keys in one statement: SQLite takes about 32,000 parameters.
_CHUNK = 500
_CHANGES = "changes of this transaction"
_IS_DECIDED = "is decided"


@dataclass(frozen=True)
class DecidedRow:
    """A row of a table of decisions. `is_ended`: it stood there before this transaction and does not after it.

    `receipt`: of the erasure that was under way when it went.
    """

    table: sa.Table
    row: Row
    content: str
    is_ended: bool = False
    receipt: str | None = None

    @property
    def action(self) -> LedgerAction:
        """What the ledger says was done."""
        decision = DECISIONS[self.table]
        if decision.while_open is not None and self.row["concluded_on"] is None:
            return decision.while_open
        return decision.action

    @property
    def object(self) -> str:
        """What the ledger says it was done to; of what erasure takes, the receipt."""
        if self.receipt is not None:
            return f"receipt:{self.receipt}"
        return DECISIONS[self.table].object.format(**self.row).replace("batch:L-", "batch:")

    @property
    def by(self) -> str | None:
        """The account that decided, where the row names one."""
        column = DECISIONS[self.table].by
        return None if column is None else str(self.row[column])

    @property
    def name(self) -> str:
        """The table and the key of the row: what a message may say of it."""
        return f"{self.table.name} {'/'.join(str(self.row[column.name]) for column in self.table.primary_key)}"


#: Called with what a transaction decided, before it commits. What it returns is called once it has committed.
Note = Callable[[list[DecidedRow]], Callable[[], None]]


def watch(engine: sa.Engine, note: Note) -> None:
    """Call `note` before each transaction commits. It raises to roll the transaction back."""
    is_watched = "watcher" in engine.get_execution_options()
    engine.update_execution_options(watcher=_Watcher(note))
    if is_watched:
        return
    sa.event.listen(engine, "before_execute", _before)
    sa.event.listen(engine, "after_execute", _after)


def decided_rows(connection: sa.Connection, table: sa.Table, *only: sa.ColumnElement[bool]) -> Iterator[DecidedRow]:
    """Every decided row of a table, a few thousand at a time. ValueError: one holds what its columns do not take."""
    query = table.select().where(*only).execution_options(yield_per=5_000)
    when = DECISIONS[table].when
    for row in connection.execute(query if when is None else query.where(when)).mappings():
        yield _decided(connection, table, dict(row))


class _Watcher:
    """`Watcher` of the engine of a store. What was changed is kept with the connection until its transaction ends."""

    def __init__(self, note: Note) -> None:
        self._note = note

    def begins(self, connection: sa.Connection) -> None:
        """Nothing was changed yet."""
        connection.info[_CHANGES] = {}

    def ends(self, connection: sa.Connection) -> Callable[[], None]:
        """Note what is decided now and was not before, and what was and is not."""
        changes: dict[sa.Table, dict[Key, DecidedRow | None]] = connection.info.pop(_CHANGES, {})
        rows: list[DecidedRow] = []
        receipt_of_now = cache(partial(_receipt_under_way, connection))
        for table, before in changes.items():
            after = {
                _key(table, row): _decided(connection, table, row)
                for row, is_decided in _rows_of(connection, table, before)
                if is_decided
            }
            for key, then in before.items():
                now = after.get(key)
                if (then and then.content) == (now and now.content):
                    continue
                if then is not None:
                    receipt = receipt_of_now() if now is None else None
                    rows.append(DecidedRow(table, then.row, then.content, is_ended=True, receipt=receipt))
                if now is not None:
                    rows.append(now)
        return self._note(rows)


def _before(
    connection: sa.Connection, statement: sa.Executable, many: Params, params: Mapping[str, object], _options: object
) -> None:
    """What an UPDATE or a DELETE is about to change, as it is now."""
    if not isinstance(statement, (sa.Update, sa.Delete)):
        return
    table = statement.table
    changes = _changes_of(connection, table)
    if changes is None or not isinstance(table, sa.Table):
        return
    query = _select(table)
    if statement.whereclause is not None:
        query = query.where(statement.whereclause)
    for given in many or (params,):
        for row, is_decided in _read(connection.execute(query, dict(given)).mappings()):
            changes.setdefault(_key(table, row), _decided(connection, table, row) if is_decided else None)


def _after(
    connection: sa.Connection,
    statement: sa.Executable,
    _many: Params,
    _params: object,
    _options: object,
    result: sa.CursorResult[object],
) -> None:
    """The keys of the rows that an INSERT added."""
    if not isinstance(statement, sa.Insert) or (changes := _changes_of(connection, statement.table)) is None:
        return
    if statement.select is not None:
        if statement.table is not review_case:  # a case is opened so: nothing is decided of it yet
            raise StoreError(f"{statement.table.name}: decided rows are added as values: the ledger has to know them.")
        return
    for key in result.inserted_primary_key_rows:
        if key is None or None in key:
            raise StoreError(f"{statement.table.name}: decided rows without a key of their own are added one by one.")
        changes.setdefault(tuple(key), None)


def _changes_of(connection: sa.Connection, table: object) -> dict[Key, DecidedRow | None] | None:
    """What the transaction of this connection changed in a table; None for one without decisions."""
    if not isinstance(table, sa.Table) or table not in DECISIONS:
        return None
    changes: dict[Key, DecidedRow | None] = connection.info.setdefault(_CHANGES, {}).setdefault(table, {})
    return changes


def _select(table: sa.Table) -> sa.Select[tuple[object, ...]]:
    when = DECISIONS[table].when
    return sa.select(*table.columns, (sa.true() if when is None else when).label(_IS_DECIDED))


def _read(rows: Iterable[sa.RowMapping]) -> Iterator[tuple[Row, bool]]:
    for row in rows:
        plain = {str(name): value for name, value in row.items()}
        yield plain, bool(plain.pop(_IS_DECIDED))


def _rows_of(connection: sa.Connection, table: sa.Table, keys: Iterable[Key]) -> Iterator[tuple[Row, bool]]:
    columns, listed = tuple(table.primary_key.columns), list(keys)
    for start in range(0, len(listed), _CHUNK):
        part = listed[start : start + _CHUNK]
        within = columns[0].in_([key[0] for key in part]) if len(columns) == 1 else sa.tuple_(*columns).in_(part)
        yield from _read(connection.execute(_select(table).where(within)).mappings())


def _decided(connection: sa.Connection, table: sa.Table, row: Row) -> DecidedRow:
    if table is run:  # what is decided is all that it published
        row = row | {"root_digest": root_digest(connection, row["run_id"])}
    first, *_ = table.primary_key
    for others in DECISIONS[table].with_rows:
        query = others.select().where(others.c[first.name] == row[first.name])
        row = row | {others.name: rows_hash(map(dict, connection.execute(query).mappings()))}
    return DecidedRow(table, row, decision_hash(table, row))


def _receipt_under_way(connection: sa.Connection) -> str | None:
    """The receipt of erasure that was begun and not carried out to its end: with it, rows go."""
    is_done = sa.exists().where(erasure_done.c.receipt_id == erasure.c.receipt_id)
    query = sa.select(erasure.c.receipt_id).where(~is_done)
    receipt: str | None = connection.scalar(query.order_by(erasure.c.begun_at.desc()).limit(1))
    return receipt


def _key(table: sa.Table, row: Row) -> Key:
    return tuple(row[column.name] for column in table.primary_key)
