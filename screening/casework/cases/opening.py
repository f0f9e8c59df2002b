"""Open cases for flags with a new fact, and for the addresses that were drawn at random."""

from __future__ import annotations

import string
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from screening.base.civil_time import days_later
from screening.base.vocabulary import CaseState
from screening.casework.case_policy import CasePolicy
from screening.casework.cases.batches import Batch, chosen, chosen_case_ids, in_batches
from screening.casework.cases.line import (
    has_no_ground,
    is_chosen,
    join_line,
    leave_line,
    next_in_line,
    opened_on,
    room_today,
)
from screening.casework.cases.sensitive import is_sensitive
from screening.casework.cases.snoozes import has_new_fact
from screening.casework.cases.unseen import has_unseen_case
from screening.casework.data_subject_requests import is_kept_out
from screening.store.schema.cases import REOPENED, case_fact, case_line, case_step, review_case, snooze
from screening.store.schema.runs import FLAGGED, SAMPLED, dossier_address, flag, sample

#: Who acts when no person does.
THE_RUN = "run"


def add_steps(connection: sa.Connection, kind: str, now: datetime, *which: sa.ColumnElement[bool]) -> int:
    """Add a step of the run to the history of each of these cases. Their number."""
    rows = sa.select(
        review_case.c.case_id,
        sa.literal(kind),
        sa.literal(THE_RUN),
        sa.literal(now, case_step.c.at.type),
        sa.literal({}, case_step.c.details.type),
    ).where(*which)
    columns = ["case_id", "kind", "actor", "at", "details"]
    return _inserted(connection, case_step.insert().from_select(columns, rows))


def open_cases(
    connection: sa.Connection,
    run_id: str,
    day: date,
    now: datetime,
    *,
    policy: CasePolicy,
    counts: dict[str, int],
    line_agrees: sa.ColumnElement[bool] | None,
) -> None:
    """Open cases for flags with a new fact and for the addresses drawn, and count them in `counts`.

    What is above the cap of the policy waits in line. `line_agrees`: the condition on case_line that two nights agree
    that there is no flag any more; None: nobody can say.

    Cases are written in the order of their random ids, which is that of the queue: the part that a killed sync leaves
    does not show which cases were drawn.
    """
    dialect, most = connection.dialect.name, policy.new_cases_per_night
    flagged = flagged_without_case(dialect, run_id, day)
    still_to_draw, room = _still_to_draw(connection, run_id), None
    if most is None:
        leave_line(connection, run_id, sa.true())
        coming = flagged.subquery()
    else:
        join_line(connection, run_id, day, flagged, _random_id(dialect))
        leave_line(connection, run_id, has_no_ground(run_id, flagged, line_agrees))
        room = room_today(connection, run_id, day, most=most, policy=policy)
        coming = next_in_line(run_id, room.flagged).subquery()
        still_to_draw = min(still_to_draw, room.sampled)
    is_put_aside = sa.exists().where(snooze.c.address_id == sample.c.address_id, snooze.c.until >= day)
    # a draw that later runs carry along opens one case
    was_drawn = sa.exists().where(
        review_case.c.address_id == sample.c.address_id,
        review_case.c.arm == SAMPLED,
        sa.or_(review_case.c.run_id == run_id, review_case.c.opened_on >= sample.c.drawn_on),
    )
    drawn = (
        sa.select(sample.c.address_id)
        .where(sample.c.run_id == run_id, ~has_open_case(sample.c.address_id), ~is_put_aside, ~was_drawn)
        .where(~has_unseen_case(sample.c.address_id), ~is_kept_out(sample.c.address_id))
        .order_by(_random_id(dialect))
        .limit(still_to_draw)
        .subquery()
    )
    either = sa.union_all(
        sa.select(coming.c.address_id, sa.literal(FLAGGED).label("arm")),
        sa.select(drawn.c.address_id, sa.literal(SAMPLED)),
    )
    counts |= {"opened": 0, "sampled": 0, "reopened": 0}

    def act(batch: Batch) -> int:
        # another sync of the same night counted the same room: what the first of them opens fills it
        if room and sum(opened_on(connection, day).values()) != room.opened + counts["opened"] + counts["sampled"]:
            return 0
        opened = _insert_cases(connection, batch, run_id=run_id, day=day, policy=policy)
        connection.execute(case_line.delete().where(is_chosen(batch)))
        is_there = sa.exists().where(review_case.c.case_id == chosen.c.case_id)
        of_sample = sa.select(sa.func.count()).select_from(chosen).where(batch, chosen.c.arm == SAMPLED, is_there)
        sampled = connection.execute(of_sample).scalar_one()
        counts["opened"] += opened - sampled
        counts["sampled"] += sampled
        counts["reopened"] += _note_reopened(connection, batch, now)
        return opened

    in_batches(connection, run_id, _new_cases(dialect, either.subquery(), run_id), act)


def flagged_without_case(dialect: str, run_id: str, day: date) -> sa.Select[tuple[str]]:
    """Return the addresses that a run flags for a fact that is new on a day, and that have no case.

    Not one that an upheld request keeps out: a run of before flags it until the next one is published.
    """
    was_seen = sa.exists().where(case_fact.c.address_id == flag.c.address_id)
    return sa.select(flag.c.address_id).where(
        flag.c.run_id == run_id,
        ~has_open_case(flag.c.address_id),
        ~has_unseen_case(flag.c.address_id),
        ~is_kept_out(flag.c.address_id),
        sa.or_(~was_seen, has_new_fact(dialect, run_id, flag.c.address_id, day)),
    )


def _still_to_draw(connection: sa.Connection, run_id: str) -> int:
    """How many of a run's sample may still become cases: a night that is run again draws no second tenth.

    Its flags have cases already, so cases that came of a second draw would be known for what they are.
    """
    in_run = sa.select(sa.func.count()).select_from(sample).where(sample.c.run_id == run_id)
    nights = sa.select(sample.c.drawn_on).where(sample.c.run_id == run_id)
    before = sa.exists().where(
        sample.c.address_id == review_case.c.address_id,
        sample.c.run_id != run_id,
        sample.c.drawn_on.in_(nights.correlate(None)),
        review_case.c.opened_on >= sample.c.drawn_on,
    )
    is_in_run = sa.exists().where(sample.c.address_id == review_case.c.address_id, sample.c.run_id == run_id)
    others = sa.select(sa.func.count()).select_from(review_case).where(review_case.c.arm == SAMPLED, before, ~is_in_run)
    with connection.begin():
        return max(0, connection.execute(in_run).scalar_one() - connection.execute(others).scalar_one())


def _new_cases(dialect: str, of: sa.Subquery, run_id: str) -> sa.Select[Any]:
    """Return the row of a new case, with a random id, for each address of `of` (`address_id`, `arm`)."""
    address = sa.func.coalesce(dossier_address.c.address, dossier_address.c.address_id)
    in_run = sa.and_(dossier_address.c.run_id == run_id, dossier_address.c.address_id == of.c.address_id)
    return sa.select(
        _random_id(dialect).label("case_id"),
        of.c.address_id,
        address.label("address"),
        _postcode4(address).label("postcode4"),
        of.c.arm,
        is_sensitive(run_id, of.c.address_id).label("sensitive"),
    ).join_from(of, dossier_address, in_run)


def _insert_cases(connection: sa.Connection, batch: Batch, *, run_id: str, day: date, policy: CasePolicy) -> int:
    """The cases of a batch, in the order of their random ids: so the place of a row does not tell its arm either.

    And it is faster, since that is the order of most indexes. An address for which somebody else opened one meanwhile
    gets no second, also when that one is closed by now.
    """
    values = {
        **{column.name: column for column in chosen.c if column.name != "place"},
        "run_id": sa.literal(run_id),
        "opened_on": sa.literal(day),
        "due_on": sa.literal(days_later(day, policy.due_days)),
        "expires_on": sa.literal(days_later(day, policy.expiry_days)),
        "state": sa.literal(str(CaseState.OPEN)),
        "round": sa.literal(1),
        "version": sa.literal(1),
    }
    is_there = sa.exists().where(
        review_case.c.address_id == chosen.c.address_id, review_case.c.run_id == run_id, review_case.c.opened_on == day
    )
    rows = sa.select(*values.values()).where(batch, ~has_open_case(chosen.c.address_id), ~is_there)
    return _inserted(connection, review_case.insert().from_select(list(values), rows.order_by(chosen.c.place)))


def _note_reopened(connection: sa.Connection, batch: Batch, now: datetime) -> int:
    """A step for each new case whose address had one that is over; one that is not sensitive tells of no such case."""
    before = review_case.alias()
    had_before = sa.exists().where(
        before.c.address_id == review_case.c.address_id,
        before.c.concluded_on.is_not(None),
        sa.or_(review_case.c.sensitive, ~before.c.sensitive),
    )
    return add_steps(connection, REOPENED, now, review_case.c.case_id.in_(chosen_case_ids(batch)), had_before)


def _inserted(connection: sa.Connection, statement: sa.Insert) -> int:
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount


def has_open_case(address_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether an address has a case that nobody concluded."""
    return sa.exists().where(review_case.c.address_id == address_id, review_case.c.concluded_on.is_(None))


def _random_id(dialect: str) -> sa.ColumnElement[str]:
    """16 hexadecimal digits of the database's own randomness."""
    if dialect == "sqlite":
        return sa.func.lower(sa.func.hex(sa.func.randomblob(8)))
    drawn = sa.func.sha256(sa.func.uuid_send(sa.func.gen_random_uuid()))
    return sa.func.substr(sa.func.encode(drawn, "hex"), 1, 16)


def _postcode4(address: sa.ColumnElement[str]) -> sa.ColumnElement[str | None]:
    """The digits of the postcode in "Street 1, 1234 AB Town", or NULL where there is none.

    After the last comma, for the name of a street may hold one. In functions that both databases have, not in patterns.
    """
    to_comma = sa.func.rtrim(address, sa.func.replace(address, ",", ""))
    place = sa.func.substr(address, sa.func.length(to_comma) + 2)
    digits = sa.func.substr(place, 1, 4)
    letters = sa.func.substr(sa.func.ltrim(sa.func.substr(place, 5)), 1, 2)
    is_postcode = sa.and_(
        to_comma != "",
        sa.func.length(digits) == 4,
        sa.func.rtrim(digits, string.digits) == "",
        sa.func.substr(digits, 1, 1) != "0",
        sa.func.length(letters) == 2,
        sa.func.rtrim(letters, string.ascii_uppercase) == "",
    )
    return sa.case((is_postcode, digits))
