"""The line: flagged addresses that wait to become a case, where no more than so many cases open in a night.

An address gets a lot, drawn at random and kept, when it begins to wait. Who began to wait on an earlier day comes in
first, and of one day the smallest lot: an order as that of the queue. Neither class, rule nor number of hits is read
here. What is drawn for the sample does not wait: each night as many come in as make their share of what comes in
(docs/decisions/0080).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from screening.casework.case_policy import CasePolicy
from screening.casework.cases.batches import Batch, chosen, in_batches
from screening.casework.cases.sensitive import is_sensitive
from screening.casework.data_subject_requests import is_kept_out
from screening.casework.viewer import Viewer
from screening.rules.sample import sample_size
from screening.store.engine import guarded
from screening.store.schema.cases import case_line, review_case
from screening.store.schema.runs import FLAGGED, SAMPLED, flag
from screening.store.store import Store


@dataclass(frozen=True)
class Room:
    """How many cases may still open today: for `flagged` addresses, and of the draw at most `sampled`.

    `opened`: so many had opened when this was counted.
    """

    flagged: int
    sampled: int
    opened: int


def most_flagged(most: int, share: float) -> int:
    """How many of at most so many new cases are flagged, where `share` of them is drawn; rounded down."""
    # a hair more than the product: 9 of 10 at 10 % and not, by a binary rounding, 8
    return math.floor(most * (1 - share) + 1e-9)


def is_in_line(address_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether an address waits to become a case."""
    return sa.exists().where(case_line.c.address_id == address_id)


def is_chosen(batch: Batch) -> sa.ColumnElement[bool]:
    """The condition on case_line that a batch holds the address."""
    return case_line.c.address_id.in_(sa.select(chosen.c.address_id).where(batch))


def join_line(
    connection: sa.Connection, run_id: str, day: date, flagged: sa.Select[tuple[str]], lot: sa.ColumnElement[str]
) -> None:
    """Let each address of `flagged`, what a run flags and has no case, wait; who waits already keeps lot and day."""
    is_flagged = sa.exists().where(flag.c.run_id == run_id, flag.c.address_id == case_line.c.address_id)
    is_older = (case_line.c.run_id != run_id, is_flagged)

    def renew(batch: Batch) -> int:
        renewed = case_line.update().values(run_id=run_id)
        return connection.execute(renewed.where(is_chosen(batch))).rowcount

    in_batches(connection, run_id, sa.select(case_line.c.address_id).where(*is_older), renew)
    new = flagged.subquery()
    rows = sa.select(lot.label("case_id"), new.c.address_id).where(~is_in_line(new.c.address_id))

    def add(batch: Batch) -> int:
        values = (chosen.c.address_id, chosen.c.case_id, sa.literal(day), sa.literal(run_id))
        of_batch = sa.select(*values).where(batch, ~is_in_line(chosen.c.address_id))
        statement = case_line.insert().from_select(["address_id", "lot", "since", "run_id"], of_batch)
        return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount

    in_batches(connection, run_id, rows, add)


def leave_line(connection: sa.Connection, run_id: str, *which: sa.ColumnElement[bool]) -> int:
    """Take these (conditions on case_line) out of the line, silently. Their number."""

    def leave(batch: Batch) -> int:
        return connection.execute(case_line.delete().where(is_chosen(batch))).rowcount

    return in_batches(connection, run_id, sa.select(case_line.c.address_id).where(*which), leave)


def has_no_ground(
    run_id: str, flagged: sa.Select[tuple[str]], agrees: sa.ColumnElement[bool] | None
) -> sa.ColumnElement[bool]:
    """The condition on case_line that there is nothing left to open a case for, as `flagged` of this run says.

    Where the run does not flag the address any more, `agrees`: that the night before says so too; None: nobody can say.
    Until then it keeps its place and does not come in.
    """
    is_flagged = case_line.c.run_id == run_id
    return sa.or_(
        is_kept_out(case_line.c.address_id),
        sa.and_(is_flagged, case_line.c.address_id.not_in(flagged)),
        sa.false() if agrees is None else sa.and_(~is_flagged, agrees),
    )


def next_in_line(run_id: str, count: int) -> sa.Select[tuple[str]]:
    """Return the `address_id` of the first so many in line, of those that this run flags."""
    rows = sa.select(case_line.c.address_id).where(case_line.c.run_id == run_id)
    return rows.order_by(case_line.c.since, case_line.c.lot).limit(count)


def room_today(connection: sa.Connection, run_id: str, day: date, *, most: int, policy: CasePolicy) -> Room:
    """How many of at most `most` new cases a day may still open, whatever opened the others.

    The draw has its share of what comes in; all of the room where the run flags nothing, as when every rule is stopped.
    """
    waiting = sa.select(sa.func.count()).where(case_line.c.run_id == run_id)
    with connection.begin():
        opened = opened_on(connection, day)
        in_line = connection.execute(waiting).scalar_one()
        flags_any = connection.execute(sa.select(flag.c.run_id).where(flag.c.run_id == run_id).limit(1)).first()
    of_flags, of_draw = opened.get(FLAGGED, 0), opened.get(SAMPLED, 0)
    flagged = max(0, min(most_flagged(most, policy.sample_share) - of_flags, most - of_flags - of_draw, in_line))
    drawn = sample_size(of_flags + flagged, policy.sample_share) if flags_any else most
    return Room(flagged, max(0, min(drawn - of_draw, most - of_flags - of_draw - flagged)), sum(opened.values()))


def opened_on(connection: sa.Connection, day: date) -> dict[str, int]:
    """Arm -> how many cases opened on a day, whatever opened them."""
    by_arm = sa.select(review_case.c.arm, sa.func.count()).where(review_case.c.opened_on == day)
    return {arm: number for arm, number in connection.execute(by_arm.group_by(review_case.c.arm))}


def count_in_line(store: Store, viewer: Viewer | None = None) -> int:
    """Count the addresses in line that this viewer may know of, or (None) everybody: those that are not sensitive."""
    is_shut = is_sensitive(case_line.c.run_id, case_line.c.address_id)
    may_see = viewer.may_see(is_shut) if viewer else ~is_shut
    counted = sa.select(sa.func.count()).select_from(case_line).where(may_see, ~is_kept_out(case_line.c.address_id))
    with guarded("counting what waits to become a case"), store.engine.connect() as connection:
        return connection.execute(counted).scalar_one()
