"""Probable links for a reader: the next pair to judge, the progress of the work, and the reader's own readings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from screening.base.vocabulary import Role
from screening.casework.case_errors import NotAllowedError
from screening.casework.links.judgements import UNDONE, UNSURE
from screening.casework.viewer import Viewer
from screening.store.engine import guarded
from screening.store.schema.link_readings import FIRST, link_reading, link_reading_undone, link_result_seen
from screening.store.schema.runs import link_judgement, link_to_judge
from screening.store.store import Store

#: The state of a reading: no colleague has read the pair yet, both agree, they differ, or both are unsure.
WAITING, AGREED, DIFFERS, BOTH_UNSURE = "waiting", "agreed", "differs", "unsure"

_PAIR = ("left_fingerprint", "right_fingerprint")


@dataclass(frozen=True)
class LinkPair:
    """Two mentions to compare: `left` and `right` hold the fields that the last run stored. No weight, no verdict."""

    link_id: str
    run_id: str
    kind: str
    sensitive: bool
    left: dict[str, str | None]
    right: dict[str, str | None]


@dataclass(frozen=True)
class Progress:
    """Counts of the last run's pairs that this reader may see.

    `waiting`: this reader has read them and a colleague has not. `left`: still to be read by this reader.
    """

    total: int
    judged: int
    waiting: int
    left: int


@dataclass(frozen=True)
class MyReading:
    """A reading of the viewer that was not undone. `can_undo`: it is the last one and its result was not seen."""

    reading_id: int
    link_id: str
    reading: str
    read_at: datetime
    can_undo: bool
    in_last_run: bool


def reading_progress(store: Store, viewer: Viewer) -> Progress:
    """Count the pairs of the last run by how far this reader is with them."""
    require_analyst(viewer)
    with guarded("counting the links to judge"), store.engine.connect() as connection:
        run_id = last_run_id(store)
        if run_id is None:
            return Progress(0, 0, 0, 0)
        seen = _visible(run_id, viewer)

        def count(*more: sa.ColumnElement[bool]) -> int:
            query = sa.select(sa.func.count()).select_from(_with_judgement()).where(*seen, *more)
            return connection.execute(query).scalar_one()

        total, open_pairs = count(), count(_is_open())
        left = count(_is_open(), ~_waits_for_other(viewer))
    return Progress(total, total - open_pairs, open_pairs - left, left)


def count_links_to_judge(store: Store) -> int:
    """Count the pairs of the last run that nobody has judged, whoever may see them."""
    run_id = last_run_id(store)
    query = sa.select(sa.func.count()).select_from(_with_judgement())
    with guarded("counting the links to judge"), store.engine.connect() as connection:
        return connection.execute(query.where(link_to_judge.c.run_id == run_id, _is_open())).scalar_one()


def next_link_pair(store: Store, viewer: Viewer, after: str | None = None) -> str | None:
    """Return the link id of the next pair for this reader; None when none is left.

    The order carries no meaning: ids are hashes. With `after`, a reader skips a pair: the next id above it is returned,
    and after the last one the first. A pair that a colleague has read looks like one that nobody has read.
    """
    require_analyst(viewer)
    run_id = last_run_id(store)
    if run_id is None:
        return None
    first_open = (
        sa.select(link_to_judge.c.link_id)
        .select_from(_with_judgement())
        .where(*_visible(run_id, viewer), _is_open(), ~_waits_for_other(viewer))
        .order_by(link_to_judge.c.link_id)
        .limit(1)
    )
    with guarded("looking for a link to judge"), store.engine.connect() as connection:
        link_id = connection.scalar(first_open.where(link_to_judge.c.link_id > after)) if after else None
        return link_id or connection.scalar(first_open)


def get_link_pair(store: Store, viewer: Viewer, link_id: str) -> LinkPair | None:
    """Return a pair that this reader has still to judge; None when it is unknown, judged or not theirs to see."""
    require_analyst(viewer)
    with guarded("reading a link"), store.engine.connect() as connection:
        row = link_row(connection, last_run_id(store), viewer, link_id, _is_open(), ~_waits_for_other(viewer))
        return None if row is None else as_link_pair(row)


def my_readings(store: Store, viewer: Viewer, limit: int = 25) -> list[MyReading]:
    """Return the viewer's last readings that were not undone, newest first, without their results.

    Not those of links that a viewer who lost the role for it may not see any more.
    """
    require_analyst(viewer)
    run_id = last_run_id(store)
    in_last_run = sa.exists().where(link_to_judge.c.link_id == link_reading.c.link_id, *_visible(run_id, viewer))
    query = (
        sa.select(link_reading, link_result_seen.c.seen_at, in_last_run.label("in_last_run"))
        .select_from(readings_in_force().outerjoin(link_result_seen))
        .where(*own_in_force(viewer))
        .order_by(link_reading.c.id.desc())
        .limit(limit)
    )
    with guarded("reading one's own readings"), store.engine.connect() as connection:
        rows = connection.execute(query).all()
    return [
        MyReading(
            row.id,
            row.link_id,
            row.reading,
            row.read_at,
            can_undo=place == 0 and row.seen_at is None,
            in_last_run=bool(row.in_last_run),
        )
        for place, row in enumerate(rows)
    ]


def reading_state(own: str, other: str | None) -> str:
    """Return the state of a reading, given that of a colleague."""
    if other is None:
        return WAITING
    if own != other:
        return DIFFERS
    return BOTH_UNSURE if own == UNSURE else AGREED


def require_analyst(viewer: Viewer) -> None:
    """Raise NotAllowedError for anyone but an analyst."""
    if Role.ANALYST not in viewer.roles:
        raise NotAllowedError("Links are judged by an analyst.")


def last_run_id(store: Store) -> str | None:
    """Return the id of the last published run."""
    last = store.last_published()
    return last.run_id if last else None


def _with_judgement() -> sa.FromClause:
    """Return the links to judge, each joined with the last judgement of its pair (null: never judged)."""
    return link_to_judge.outerjoin(
        link_judgement,
        link_judgement.c.id
        == sa.select(sa.func.max(link_judgement.c.id))
        .where(*(link_judgement.c[name] == link_to_judge.c[name] for name in _PAIR))
        .correlate(link_to_judge)
        .scalar_subquery(),
    )


def _is_open() -> sa.ColumnElement[bool]:
    return link_judgement.c.judgement.is_(None) | (link_judgement.c.judgement == UNDONE)


def _visible(run_id: str | None, viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    return [link_to_judge.c.run_id == run_id, viewer.may_see(link_to_judge.c.sensitive)]


def readings_in_force() -> sa.FromClause:
    """Return every reading, joined with the row that undid it where there is one."""
    return link_reading.outerjoin(link_reading_undone, link_reading_undone.c.reading_id == link_reading.c.id)


def own_in_force(viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on `readings_in_force` that a reading is the viewer's, and was not undone.

    Not one of a link that a viewer who lost the role for it may not see any more.
    """
    is_hidden = sa.exists().where(
        link_to_judge.c.link_id == link_reading.c.link_id, ~viewer.may_see(link_to_judge.c.sensitive)
    )
    return [link_reading.c.read_by == viewer.account, link_reading_undone.c.reading_id.is_(None), ~is_hidden]


def _waits_for_other(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Return the condition that this reader read the pair first, did not undo it, and no second reading followed."""
    second, second_undone = link_reading.alias("second"), link_reading_undone.alias("second_undone")
    followed = (
        sa.exists()
        .select_from(second.outerjoin(second_undone, second_undone.c.reading_id == second.c.id))
        .where(second.c.first_id == link_reading.c.id, second_undone.c.reading_id.is_(None))
        .correlate(link_reading)
    )
    return (
        sa.exists()
        .select_from(readings_in_force())
        .where(
            *(link_reading.c[name] == link_to_judge.c[name] for name in _PAIR),
            link_reading.c.read_by == viewer.account,
            link_reading.c.place == FIRST,
            link_reading_undone.c.reading_id.is_(None),
            ~followed,
        )
        .correlate(link_to_judge)
    )


def link_row(
    connection: sa.Connection, run_id: str | None, viewer: Viewer, link_id: str, *conditions: sa.ColumnElement[bool]
) -> sa.Row[Any] | None:
    """Return the link with the judgement in force, or None where this viewer may not see it."""
    return connection.execute(
        sa.select(link_to_judge, link_judgement.c.judgement)
        .select_from(_with_judgement())
        .where(*_visible(run_id, viewer), link_to_judge.c.link_id == link_id, *conditions)
    ).first()


def readings_of_pair(connection: sa.Connection, pair: tuple[str, str]) -> list[sa.Row[Any]]:
    """Return every reading of the pair in order, with `in_force` (not undone) and `seen` (its result was seen)."""
    return list(
        connection.execute(
            sa.select(
                link_reading,
                link_reading_undone.c.reading_id.is_(None).label("in_force"),
                link_result_seen.c.reading_id.is_not(None).label("seen"),
            )
            .select_from(
                readings_in_force().outerjoin(link_result_seen, link_result_seen.c.reading_id == link_reading.c.id)
            )
            .where(link_reading.c.left_fingerprint == pair[0], link_reading.c.right_fingerprint == pair[1])
            .order_by(link_reading.c.id)
        )
    )


def as_link_pair(row: sa.Row[Any]) -> LinkPair:
    """Convert a row of `link_to_judge` to a LinkPair."""
    return LinkPair(
        link_id=row.link_id,
        run_id=row.run_id,
        kind=row.kind,
        sensitive=row.sensitive,
        left=json.loads(row.left_side),
        right=json.loads(row.right_side),
    )
