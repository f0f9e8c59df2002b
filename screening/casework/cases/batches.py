"""Change very many cases without blocking others: choose them in one read, change them in short transactions.

One transaction for a million cases takes a minute, in which no officer can write on SQLite and every one who tries
gives up. So the cases are first listed in a temporary table of this connection and then changed part by part. After a
crash the next call chooses them again: each part checks the rows again before it changes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import sleep
from typing import Any

import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.store.crashpoints import crashpoint
from screening.store.engine import transaction
from screening.store.schema.cases import review_case
from screening.store.schema.runs import PUBLISHED, run

#: So many cases a transaction: an officer's write waits for one of them at most, and then comes first.
BATCH_CASES = 1_000

#: A pause between two, longer than they sleep who wait for SQLite: they do not queue, each looks again now and then.
PAUSE_S = 0.004

#: Any number that is ours alone: one process at a time opens and ends cases in a PostgreSQL database.
_SYNC_LOCK = 7_411_204_803

#: What is chosen, in the order in which it is done. Beside `case_id`: what a new case needs.
chosen = sa.Table(
    "chosen_case",
    sa.MetaData(),
    sa.Column("place", sa.Integer, primary_key=True),
    *(sa.Column(name, review_case.c[name].type) for name in ("case_id", "address_id", "address", "postcode4", "arm")),
    sa.Column("sensitive", sa.Boolean),
    prefixes=["TEMPORARY"],
)

#: A condition on `chosen`: the rows of one batch.
Batch = sa.ColumnElement[bool]


class OvertakenError(StoreError):
    """A newer run was published meanwhile: the sync of that run changes the remaining cases."""


def in_batches(connection: sa.Connection, run_id: str, rows: sa.Select[Any], act: Callable[[Batch], int]) -> int:
    """Choose `rows` (columns of `chosen`, `case_id` first) and `act` on each batch of them, in the order of their ids.

    Gives the sum of what `act` gives. `connection`: in no transaction. `act` runs in one, which others see whole or
    not at all. Raises OvertakenError when `run_id` is not the last run any more.
    """
    names = [column.name for column in rows.selected_columns]
    connection.execution_options(is_writing=False)  # the table is this connection's own: nobody has to wait
    with connection.begin():
        connection.execute(sa.schema.DropTable(chosen, if_exists=True))
        connection.execute(sa.schema.CreateTable(chosen))
        connection.execute(chosen.insert().from_select(names, rows.order_by(sa.text("1"))))
        count = connection.execute(sa.select(sa.func.count()).select_from(chosen)).scalar_one()
    done = 0
    for begin in range(0, count, BATCH_CASES):
        if begin:
            sleep(PAUSE_S)
        with exclusively(connection, run_id):
            done += act(sa.and_(chosen.c.place > begin, chosen.c.place <= begin + BATCH_CASES))
        crashpoint("batch_of_cases")
    return done


@contextmanager
def exclusively(connection: sa.Connection, run_id: str) -> Iterator[None]:
    """A transaction in which nobody else opens or ends cases. OvertakenError when `run_id` is not the last run."""
    connection.execution_options(is_writing=True)
    with transaction(connection):
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SYNC_LOCK)))
        last = sa.select(run.c.run_id).where(run.c.state == PUBLISHED)
        last = last.order_by(run.c.as_of.desc(), run.c.published_seq.desc()).limit(1)
        if connection.scalar(last) != run_id:
            raise OvertakenError("A newer run was published meanwhile.")
        yield


def chosen_case_ids(batch: Batch) -> sa.Select[Any]:
    """The case ids of a batch."""
    return sa.select(chosen.c.case_id).where(batch)


def drop_chosen(connection: sa.Connection) -> None:
    """Leave nothing behind on a connection that goes back to the pool."""
    connection.execution_options(is_writing=False)
    with connection.begin():
        connection.execute(sa.schema.DropTable(chosen, if_exists=True))
