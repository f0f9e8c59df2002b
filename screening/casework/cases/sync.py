"""From runs to cases: opened for flags and for the sample, renewed, withdrawn with their flag, lapsed after their term.

All of it is done by the database, in a few statements a batch, whatever the number of flags.
"""

from __future__ import annotations

import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from screening.casework.cases.batches import (
    Batch,
    OvertakenError,
    chosen,
    chosen_case_ids,
    drop_chosen,
    exclusively,
    in_batches,
)
from screening.casework.cases.snoozes import has_new_fact, json_elements, record_facts
from screening.casework.viewer import DEFAULT_POLICY, CasePolicy
from screening.civil_time import day_of, days_later
from screening.datasets import sensitive_datasets
from screening.store.engine import guarded
from screening.store.schema.cases import (
    LAPSED,
    REOPENED,
    WITHDRAWN,
    case_fact,
    case_reading,
    case_step,
    case_sync,
    review_case,
    snooze,
)
from screening.store.schema.runs import FLAGGED, SAMPLED, dossier_address, dossier_record, evidence, flag, sample
from screening.store.store import Store
from screening.vocabulary import CaseState

#: Who acts when no person does.
THE_RUN = "run"

#: Kinds of "not run" (of a run's summary) that say nothing of an address: the register was not there. A rule that was
#: stopped or is not configured any more takes its flags with it.
_NOTHING_SEEN = ("no_source", "stale_source")


@dataclass(frozen=True)
class SyncReport:
    """Numbers of cases. `opened`: for flags; `sampled`: of the draw; `reopened`: of both, where one was before.

    `refreshed`: unread cases that show the newest run now. `withdrawn`: their flag is gone. `lapsed`: past their term.
    `snoozed`: flagged addresses that were kept out, because all that they rest on was looked at before.
    """

    opened: int = 0
    sampled: int = 0
    refreshed: int = 0
    withdrawn: int = 0
    lapsed: int = 0
    reopened: int = 0
    snoozed: int = 0


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
    unseen = _unseen_rules(store.summary(last.run_id))
    counts: dict[str, int] = {}
    with guarded("opening cases"), store.engine.connect() as connection:
        try:
            counts["lapsed"] = _lapse(connection, last.run_id, day, now)
            counts["withdrawn"] = _withdraw(connection, last.run_id, unseen, now)
            counts["refreshed"] = _refresh(connection, last.run_id, now)
            _open(connection, last.run_id, day, now, policy=policy, counts=counts)
            with exclusively(connection, last.run_id):
                if connection.execute(done).first() is None:
                    connection.execute(case_sync.insert().values(run_id=last.run_id, day=day, at=now))
        except OvertakenError:
            return SyncReport(**counts)
        finally:
            drop_chosen(connection)
    with guarded("reading the cases"), store.engine.connect() as connection:
        kept_out = sa.select(sa.func.count()).select_from(flag).where(flag.c.run_id == last.run_id)
        counts["snoozed"] = connection.scalar(kept_out.where(~_has_open_case(flag.c.address_id)))
    return SyncReport(**counts)


def _lapse(connection: sa.Connection, run_id: str, day: date, now: datetime) -> int:
    """Nobody decided in time: over, and what it rested on opens no case again."""
    is_past = (review_case.c.concluded_on.is_(None), review_case.c.expires_on < day)

    def act(batch: Batch) -> int:
        record_facts(connection, *is_past, review_case.c.case_id.in_(chosen_case_ids(batch)))
        return _end(connection, batch, is_past, state=CaseState.LAPSED, step=LAPSED, now=now)

    return in_batches(connection, run_id, sa.select(review_case.c.case_id).where(*is_past), act)


def _withdraw(connection: sa.Connection, run_id: str, unseen: list[str], now: datetime) -> int:
    """The last run does not flag the address any more and nobody has judged it."""
    is_flagged = sa.exists().where(flag.c.run_id == run_id, flag.c.address_id == review_case.c.address_id)
    is_gone = [review_case.c.state == CaseState.OPEN, review_case.c.arm == FLAGGED, ~is_flagged]
    if unseen:
        before = flag.alias()
        code = json_elements(connection.dialect.name, before.c.indicator_codes)
        rests_on_unseen = sa.exists(
            sa.select(sa.literal(1))
            .select_from(before, code)
            .where(
                before.c.run_id == review_case.c.run_id,
                before.c.address_id == review_case.c.address_id,
                code.c.value.in_(unseen),
            )
            .correlate(review_case)
        )
        is_gone.append(~rests_on_unseen)

    def act(batch: Batch) -> int:
        return _end(connection, batch, is_gone, state=CaseState.WITHDRAWN, step=WITHDRAWN, now=now)

    return in_batches(connection, run_id, sa.select(review_case.c.case_id).where(*is_gone), act)


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
        .values(
            state=state,
            concluded_on=day,
            assignee=None,
            purpose=None,
            locked_by=None,
            locked_until=None,
            version=review_case.c.version + 1,
        )
    ).rowcount
    if ended:
        has_step = sa.exists().where(case_step.c.case_id == review_case.c.case_id, case_step.c.kind == step)
        of_today = (review_case.c.state == state, review_case.c.concluded_on == day, ~has_step)
        _steps(connection, step, now, in_batch, *of_today)
    return ended


def _steps(connection: sa.Connection, kind: str, now: datetime, *which: sa.ColumnElement[bool]) -> int:
    rows = sa.select(
        review_case.c.case_id,
        sa.literal(kind),
        sa.literal(THE_RUN),
        sa.literal(now, case_step.c.at.type),
        sa.literal({}, case_step.c.details.type),
    ).where(*which)
    columns = ["case_id", "kind", "actor", "at", "details"]
    return _inserted(connection, case_step.insert().from_select(columns, rows))


def _refresh(connection: sa.Connection, run_id: str, now: datetime) -> int:
    """Let unread cases show the newest run; of a day either all or none.

    All that were opened on one day and that nobody has read show the same run: else the date of the run would tell a
    sampled case, which a later run may hold no dossier of, from a flagged one.
    """
    older = review_case.alias()
    has_newer = sa.exists().where(
        dossier_address.c.run_id == run_id, dossier_address.c.address_id == older.c.address_id
    )
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
            sensitive=sa.or_(review_case.c.sensitive, _is_sensitive(run_id, review_case.c.address_id)),
            version=review_case.c.version + 1,
        )
        return connection.execute(renewed.where(review_case.c.case_id.in_(chosen_case_ids(batch)), *is_older)).rowcount

    return in_batches(connection, run_id, sa.select(review_case.c.case_id).where(*is_older), act)


def _unread(cases: sa.FromClause) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        cases.c.concluded_on.is_(None),
        cases.c.state == CaseState.OPEN,
        ~sa.exists().where(case_reading.c.case_id == cases.c.case_id),
    )


def _open(
    connection: sa.Connection, run_id: str, day: date, now: datetime, *, policy: CasePolicy, counts: dict[str, int]
) -> None:
    """Cases for flags with something new and for the addresses drawn, counted in `counts`.

    They come in the order of their random ids, which is that of the queue: of a sync that was killed on its way a part
    is there that tells nothing of the arms.
    """
    was_seen = sa.exists().where(case_fact.c.address_id == flag.c.address_id)
    flagged = sa.select(flag.c.address_id).where(
        flag.c.run_id == run_id,
        ~_has_open_case(flag.c.address_id),
        sa.or_(~was_seen, has_new_fact(connection.dialect.name, run_id, flag.c.address_id, day)),
    )
    is_put_aside = sa.exists().where(snooze.c.address_id == sample.c.address_id, snooze.c.until >= day)
    # a draw that later runs carry along opens one case
    was_drawn = sa.exists().where(
        review_case.c.address_id == sample.c.address_id,
        review_case.c.arm == SAMPLED,
        sa.or_(review_case.c.run_id == run_id, review_case.c.opened_on >= sample.c.drawn_on),
    )
    drawn = (
        sa.select(sample.c.address_id)
        .where(sample.c.run_id == run_id, ~_has_open_case(sample.c.address_id), ~is_put_aside, ~was_drawn)
        .order_by(_random_id(connection.dialect.name))
        .limit(_still_to_draw(connection, run_id))
        .subquery()
    )
    either = sa.union_all(
        flagged.add_columns(sa.literal(FLAGGED).label("arm")),
        sa.select(drawn.c.address_id, sa.literal(SAMPLED).label("arm")),
    )
    counts |= {"opened": 0, "sampled": 0, "reopened": 0}

    def act(batch: Batch) -> int:
        made = _insert_cases(connection, batch, run_id=run_id, day=day, policy=policy)
        is_there = sa.exists().where(review_case.c.case_id == chosen.c.case_id)
        of_sample = sa.select(sa.func.count()).select_from(chosen).where(batch, chosen.c.arm == SAMPLED, is_there)
        sampled = connection.scalar(of_sample)
        counts["opened"] += made - sampled
        counts["sampled"] += sampled
        counts["reopened"] += _note_reopened(connection, batch, now)
        return made

    in_batches(connection, run_id, _new_cases(connection.dialect.name, either.subquery(), run_id), act)


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
        return max(0, connection.scalar(in_run) - connection.scalar(others))


def _new_cases(dialect: str, of: sa.Subquery, run_id: str) -> sa.Select:
    """What a case for each address of `of` (`address_id`, `arm`) holds, under a random id."""
    address = sa.func.coalesce(dossier_address.c.address, dossier_address.c.address_id)
    in_run = sa.and_(dossier_address.c.run_id == run_id, dossier_address.c.address_id == of.c.address_id)
    return sa.select(
        _random_id(dialect).label("case_id"),
        of.c.address_id,
        address.label("address"),
        _postcode4(address).label("postcode4"),
        of.c.arm,
        _is_sensitive(run_id, of.c.address_id).label("sensitive"),
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
        review_case.c.address_id == chosen.c.address_id,
        review_case.c.run_id == run_id,
        review_case.c.opened_on == day,
    )
    rows = sa.select(*values.values()).where(batch, ~_has_open_case(chosen.c.address_id), ~is_there)
    return _inserted(connection, review_case.insert().from_select(list(values), rows.order_by(chosen.c.place)))


def _note_reopened(connection: sa.Connection, batch: Batch, now: datetime) -> int:
    """A step for each new case whose address had one that is over."""
    before = review_case.alias()
    had_before = sa.exists().where(before.c.address_id == review_case.c.address_id, before.c.concluded_on.is_not(None))
    return _steps(connection, REOPENED, now, review_case.c.case_id.in_(chosen_case_ids(batch)), had_before)


def _inserted(connection: sa.Connection, statement: sa.Insert) -> int:
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount


def _has_open_case(address_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return sa.exists().where(review_case.c.address_id == address_id, review_case.c.concluded_on.is_(None))


def _is_sensitive(run_id: str, address_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """A SEX indicator is cited, or a licence of a sex establishment stands at the address: whichever arm it is of."""
    cited = sa.exists().where(
        evidence.c.run_id == run_id, evidence.c.address_id == address_id, evidence.c.indicator.startswith("SEX")
    )
    licensed = sa.exists().where(
        dossier_record.c.run_id == run_id,
        dossier_record.c.address_id == address_id,
        dossier_record.c.dataset.in_(sensitive_datasets()),
    )
    return sa.or_(cited, licensed)


def became_sensitive(store: Store, run_id: str, address_id: str) -> bool:
    """Whether a run makes the dossier of an address sensitive, whatever it was in the run that a case shows."""
    with guarded("reading a dossier"), store.engine.connect() as connection:
        return bool(connection.scalar(sa.select(_is_sensitive(run_id, sa.literal(address_id)))))


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


def _unseen_rules(summary: dict[str, object]) -> list[str]:
    """Codes of the rules that did not run because a register was missing or stale."""
    told = summary.get("indicators")
    not_run = told.get("not_run", []) if isinstance(told, dict) else []
    return [one["code"] for one in not_run if isinstance(one, dict) and one.get("kind") in _NOTHING_SEEN]
