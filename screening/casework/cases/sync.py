"""From runs to cases: opened for flags and for the sample, renewed, withdrawn with their flag, lapsed after their term.

All of it is done by the database, in a few statements a batch, whatever the number of flags.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.vocabulary import CaseState
from screening.casework.case_policy import DEFAULT_POLICY, CasePolicy
from screening.casework.cases.batches import (
    Batch,
    OvertakenError,
    chosen_case_ids,
    drop_chosen,
    exclusively,
    in_batches,
)
from screening.casework.cases.changing import NOBODY
from screening.casework.cases.line import is_in_line
from screening.casework.cases.opening import add_steps, has_open_case, open_cases
from screening.casework.cases.sensitive import is_sensitive
from screening.casework.cases.snoozes import json_elements
from screening.casework.data_subject_requests import is_kept_out
from screening.store.engine import guarded
from screening.store.runs.nights import PublishedNight, last_two_nights
from screening.store.schema.cases import (
    LAPSED,
    RELEASED,
    WITHDRAWN,
    case_line,
    case_reading,
    case_step,
    case_sync,
    review_case,
)
from screening.store.schema.runs import FLAGGED, dossier_address, flag, run
from screening.store.store import Store


@dataclass(frozen=True)
class SyncReport:
    """Numbers of cases. `opened`: for flags; `sampled`: of the draw; `reopened`: of both, where one was before.

    `refreshed`: unread cases that show the newest run now. `withdrawn`: cases that two nights did not flag. `held`:
    cases that the last night did not flag and that stay: another night, or a person, has to agree. `lapsed`: cases past
    their term. `snoozed`: flagged addresses without a new case, because all their facts were reviewed before.
    `in_line`: addresses that wait to become a case, above the cap.
    """

    opened: int = 0
    sampled: int = 0
    refreshed: int = 0
    withdrawn: int = 0
    held: int = 0
    lapsed: int = 0
    reopened: int = 0
    snoozed: int = 0
    in_line: int = 0


def sync_cases(store: Store, *, now: datetime, policy: CasePolicy = DEFAULT_POLICY, again: bool = False) -> SyncReport:
    """Bring the cases up to the last published run and to today. Done already for both: nothing, at the cost of a read.

    Called by the run after publishing, and by the application at its start and now and then. `again`: look once more
    even so. It goes in short transactions, so that officers can work meanwhile; after a StoreError or a kill the next
    call goes on. When a newer run is published meanwhile it stops, and the numbers are those so far.
    """
    day, last = day_of(now), store.last_published()
    if last is None:
        return SyncReport()
    done = sa.select(sa.literal(1)).where(case_sync.c.run_id == last.run_id, case_sync.c.day == day)
    with guarded("reading the cases"), store.engine.connect() as connection:
        is_done = connection.execute(done).first() is not None
    if is_done and not again:
        return SyncReport()
    nights = last_two_nights(store)
    counts: dict[str, int] = {}
    with guarded("opening cases"), store.engine.connect() as connection:
        try:
            _shut(connection, last.run_id, now)
            counts["lapsed"] = _lapse(connection, last.run_id, day, now)
            counts["withdrawn"] = _withdraw(connection, last.run_id, nights, now)
            counts["refreshed"] = _refresh(connection, last.run_id, now)
            line_agrees = _agree(connection.dialect.name, nights, case_line)
            open_cases(connection, last.run_id, day, now, policy=policy, counts=counts, line_agrees=line_agrees)
            with exclusively(connection, last.run_id):
                if connection.execute(done).first() is None:
                    connection.execute(case_sync.insert().values(run_id=last.run_id, day=day, at=now))
        except OvertakenError:
            return SyncReport(**counts)
        finally:
            drop_chosen(connection)
    with guarded("reading the cases"), store.engine.connect() as connection:
        kept_out = sa.select(sa.func.count()).select_from(flag).where(flag.c.run_id == last.run_id)
        held = sa.select(sa.func.count()).select_from(review_case).where(*is_without_flag(last.run_id))
        counts["held"] = connection.execute(held).scalar_one()
        is_left_out = (~has_open_case(flag.c.address_id), ~is_in_line(flag.c.address_id))
        counts["snoozed"] = connection.execute(kept_out.where(*is_left_out)).scalar_one()
        counts["in_line"] = connection.execute(sa.select(sa.func.count()).select_from(case_line)).scalar_one()
    return SyncReport(**counts)


def _lapse(connection: sa.Connection, run_id: str, day: date, now: datetime) -> int:
    """Nobody decided in time: not seen. The team lead decides about it (`unseen`); what it rested on is not known."""
    is_past = (review_case.c.concluded_on.is_(None), review_case.c.expires_on < day)

    def act(batch: Batch) -> int:
        return _end(connection, batch, is_past, state=CaseState.LAPSED, step=LAPSED, now=now)

    return in_batches(connection, run_id, sa.select(review_case.c.case_id).where(*is_past), act)


def _withdraw(connection: sa.Connection, run_id: str, nights: Sequence[PublishedNight], now: datetime) -> int:
    """Nobody has judged the address, and the last two nights agree that it is not flagged any more."""
    is_over = is_without_flag(run_id)
    at_once = is_kept_out(review_case.c.address_id)
    agrees = _agree(connection.dialect.name, nights, review_case)
    is_gone = [*is_over, at_once if agrees is None else sa.or_(at_once, agrees)]

    def act(batch: Batch) -> int:
        return _end(connection, batch, is_gone, state=CaseState.WITHDRAWN, step=WITHDRAWN, now=now)

    return in_batches(connection, run_id, sa.select(review_case.c.case_id).where(*is_gone), act)


def is_without_flag(run_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions on review_case that it was opened for a flag, nobody judged it, and this run has none."""
    is_flagged = sa.exists().where(flag.c.run_id == run_id, flag.c.address_id == review_case.c.address_id)
    return (review_case.c.state == CaseState.OPEN, review_case.c.arm == FLAGGED, ~is_flagged)


def _agree(dialect: str, nights: Sequence[PublishedNight], of: sa.Table) -> sa.ColumnElement[bool] | None:
    """Return the condition that the night before did not flag it either, and both saw what the flag rested on.

    `of`: what has the `address_id`, and the `run_id` of the last run that flagged it.

    None where there are not two nights that can say so.
    """
    if len(nights) < 2 or not all(night.is_placed for night in nights):
        return None
    before = nights[1].run
    was_flagged = sa.or_(
        sa.exists().where(flag.c.run_id == before.run_id, flag.c.address_id == of.c.address_id),
        # by a run of the last date that was repeated since: the night before came too early to agree
        sa.exists().where(run.c.run_id == of.c.run_id, run.c.as_of > before.as_of),
    )
    unseen = sorted({code for night in nights for code in night.unseen})
    if not unseen:
        return ~was_flagged
    earlier = flag.alias()
    code = json_elements(dialect, earlier.c.indicator_codes)
    rests_on_unseen = sa.exists(
        sa.select(sa.literal(1))
        .select_from(earlier, code)
        .where(earlier.c.run_id == of.c.run_id, earlier.c.address_id == of.c.address_id, code.c.value.in_(unseen))
        .correlate(of)
    )
    return sa.and_(~was_flagged, ~rests_on_unseen)


def _end(
    connection: sa.Connection,
    batch: Batch,
    which: Iterable[sa.ColumnElement[bool]],
    *,
    state: CaseState,
    step: str,
    now: datetime,
) -> int:
    day, in_batch = day_of(now), review_case.c.case_id.in_(chosen_case_ids(batch))
    ended = connection.execute(
        review_case.update()
        .where(in_batch, *which)
        .values(state=state, concluded_on=day, version=review_case.c.version + 1, **NOBODY)
    ).rowcount
    if ended:
        has_step = sa.exists().where(case_step.c.case_id == review_case.c.case_id, case_step.c.kind == step)
        of_today = (review_case.c.state == state, review_case.c.concluded_on == day, ~has_step)
        add_steps(connection, step, now, in_batch, *of_today)
    return ended


def _refresh(connection: sa.Connection, run_id: str, now: datetime) -> int:
    """Let unread cases show the newest run; of a day either all or none.

    All that were opened on one day and that nobody has read show the same run: else the date of the run would tell a
    sampled case, which a later run may hold no dossier of, from a flagged one.
    """
    older = review_case.alias()
    is_in_run = sa.exists().where(
        dossier_address.c.run_id == run_id, dossier_address.c.address_id == older.c.address_id
    )
    # one that waits for another night to agree is shown as it is, also where this night drew its address
    is_still_flagged = sa.exists().where(flag.c.run_id == run_id, flag.c.address_id == older.c.address_id)
    has_newer = sa.and_(is_in_run, sa.or_(older.c.arm != FLAGGED, is_still_flagged))
    with connection.begin():
        query = sa.select(older.c.opened_on).where(*_unread(older), older.c.run_id != run_id, ~has_newer)
        kept_back = list(connection.scalars(query.distinct()))
    is_older = (
        *_unread(review_case),
        review_case.c.run_id != run_id,
        review_case.c.opened_on.not_in(kept_back),
        sa.or_(review_case.c.locked_until.is_(None), review_case.c.locked_until <= now),
    )
    in_flag = sa.exists().where(flag.c.run_id == run_id, flag.c.address_id == review_case.c.address_id)
    its_address = sa.select(sa.func.coalesce(dossier_address.c.address, dossier_address.c.address_id)).where(
        dossier_address.c.run_id == run_id, dossier_address.c.address_id == review_case.c.address_id
    )

    def act(batch: Batch) -> int:
        renewed = review_case.update().values(
            run_id=run_id,
            # a drawn address that was flagged before anyone read it is a flagged one from now on
            arm=sa.case((in_flag, FLAGGED), else_=review_case.c.arm),
            address=its_address.scalar_subquery(),
            sensitive=sa.or_(review_case.c.sensitive, is_sensitive(run_id, review_case.c.address_id)),
            version=review_case.c.version + 1,
        )
        return connection.execute(renewed.where(review_case.c.case_id.in_(chosen_case_ids(batch)), *is_older)).rowcount

    return in_batches(connection, run_id, sa.select(review_case.c.case_id).where(*is_older), act)


def _shut(connection: sa.Connection, run_id: str, now: datetime) -> None:
    """Make every undecided case sensitive whose address this run makes so, also one that goes on with an earlier run.

    Whoever held it is perhaps not somebody who may see it: it is nobody's, and free for the next who may.
    """
    is_new = (
        review_case.c.concluded_on.is_(None),
        review_case.c.sensitive.is_(False),
        is_sensitive(run_id, review_case.c.address_id),
    )

    def act(batch: Batch) -> int:
        in_batch = review_case.c.case_id.in_(chosen_case_ids(batch))
        add_steps(connection, RELEASED, now, in_batch, *is_new, review_case.c.assignee.is_not(None))
        values = {"sensitive": True, "version": review_case.c.version + 1, **NOBODY}
        return connection.execute(review_case.update().where(in_batch, *is_new).values(values)).rowcount

    in_batches(connection, run_id, sa.select(review_case.c.case_id).where(*is_new), act)


def _unread(cases: sa.FromClause) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        cases.c.concluded_on.is_(None),
        cases.c.state == CaseState.OPEN,
        ~sa.exists().where(case_reading.c.case_id == cases.c.case_id),
    )
