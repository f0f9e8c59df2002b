"""Erasing the text of a tip before its time: what slipped through the check goes with one press, and is counted.

The text is in one place: the row of the tip. Whatever shows it reads it there, and what is handed over holds none. So
erasing it there erases it everywhere, but for backups, which have a term of their own.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import sqlalchemy as sa

from screening.casework.tips.tips import get_tip
from screening.casework.viewer import Viewer
from screening.store.engine import guarded, writing
from screening.store.schema.tips import colleague_signal, tip_text_removed
from screening.store.store import Store


def remove_text(store: Store, viewer: Viewer, signal_id: str, *, now: datetime) -> None:
    """Erase the text of a tip, where there is one, as the contact person. NotAllowedError as in `get_tip`."""
    if get_tip(store, viewer, signal_id, now=now).seen.text:
        erase_text(store, signal_id, by=viewer.account, now=now)


def erase_text(store: Store, signal_id: str, *, by: str, now: datetime) -> None:
    """Note that a text goes, and erase it. That `by` may do it is for the caller to see; twice changes nothing."""
    # another note in this very moment: who wrote it erases the text
    alone = suppress(sa.exc.IntegrityError)
    with guarded("erasing the text of a signal"), alone, writing(store.engine) as connection:
        is_noted = sa.exists().where(tip_text_removed.c.signal_id == signal_id)
        if connection.scalar(sa.select(is_noted)):
            return
        noted = {"signal_id": signal_id, "removed_by": by, "removed_at": now}
        connection.execute(tip_text_removed.insert().values(**noted))
        connection.execute(colleague_signal.update().where(colleague_signal.c.signal_id == signal_id).values(text=""))
    _overwrite(store)


def _overwrite(store: Store) -> None:
    """Take the old row out of the files of the database: SQLite's journal, the dead row of PostgreSQL.

    PostgreSQL's own journal keeps the change until it is recycled, and its archive as long as backups stay.
    """
    if store.engine.dialect.name == "sqlite":
        raw = store.engine.raw_connection()
        try:
            with guarded("erasing the text of a signal"):
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            raw.close()
        return
    each_alone = store.engine.execution_options(isolation_level="AUTOCOMMIT")
    with guarded("erasing the text of a signal"), each_alone.connect() as connection:
        connection.exec_driver_sql("VACUUM colleague_signal")
