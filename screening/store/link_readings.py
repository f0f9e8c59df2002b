"""Probable links, read by two people who do not see each other's reading: what both say counts from the next run on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from screening.store.case_errors import ConflictError, NotAllowedError
from screening.store.engine import guarded, writing
from screening.store.governance import account
from screening.store.judgements import NEGATIVE, POSITIVE, UNDONE, UNSURE, add_judgement
from screening.store.link_readings_tables import FIRST, SECOND, link_reading, link_reading_undone, link_result_seen
from screening.store.store import Store
from screening.store.tables import link_judgement, link_to_judge
from screening.store.viewer import Viewer
from screening.vocabulary import Role

READINGS = (POSITIVE, NEGATIVE, UNSURE)

#: What came of a reading: no colleague has read the pair yet, both said the same, they did not, or both are unsure.
WAITING, AGREED, DIFFERS, BOTH_UNSURE = "waiting", "agreed", "differs", "unsure"

_PAIR = ("left_fingerprint", "right_fingerprint")


class LinkConflictError(ConflictError):
    """Somebody was first, or it cannot be taken back any more. `code`: which text tells it to a person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class LinkPair:
    """Two mentions to be compared. `left`, `right`: what `flows.to_judge` keeps of a mention. No number, no verdict."""

    link_id: str
    run_id: str
    kind: str
    sensitive: bool
    left: dict[str, str | None]
    right: dict[str, str | None]


@dataclass(frozen=True)
class Progress:
    """Pairs of the last run that this reader may see: all, judged, read by this reader and not yet judged, left."""

    total: int
    judged: int
    waiting: int
    left: int


@dataclass(frozen=True)
class MyReading:
    """A reading of one's own that stands. `can_undo`: the last one, its result unseen."""

    reading_id: int
    link_id: str
    reading: str
    read_at: datetime
    can_undo: bool
    in_last_run: bool


@dataclass(frozen=True)
class Result:
    """What came of a pair, for somebody who has read it: only then the number and what the colleague said."""

    pair: LinkPair
    own: str
    state: str
    other: str | None
    log_odds: float | None
    comparisons: dict[str, dict]


def progress(store: Store, viewer: Viewer) -> Progress:
    """How far the reading of the last run's links is, for this reader."""
    _may_read(viewer)
    with guarded("counting the links to judge"), store.engine.connect() as connection:
        run_id = _last_run(store)
        if run_id is None:
            return Progress(0, 0, 0, 0)
        seen = _visible(run_id, viewer)

        def count(*more: sa.ColumnElement[bool]) -> int:
            return connection.scalar(sa.select(sa.func.count()).select_from(_with_judgement()).where(*seen, *more))

        total, open_pairs = count(), count(_is_open())
        left = count(_is_open(), ~_waits_for_other(viewer))
    return Progress(total, total - open_pairs, open_pairs - left, left)


def next_pair(store: Store, viewer: Viewer, after: str | None = None) -> str | None:
    """Link id of the next pair for this reader, in an order that says nothing (the ids are hashes); None when done.

    `after`: the first one behind this id, to leave one for later; at the end it starts at the front again. A pair that
    a colleague has read looks like one that nobody has.
    """
    _may_read(viewer)
    run_id = _last_run(store)
    if run_id is None:
        return None
    wanted = (
        sa.select(link_to_judge.c.link_id)
        .select_from(_with_judgement())
        .where(*_visible(run_id, viewer), _is_open(), ~_waits_for_other(viewer))
        .order_by(link_to_judge.c.link_id)
        .limit(1)
    )
    with guarded("looking for a link to judge"), store.engine.connect() as connection:
        found = connection.scalar(wanted.where(link_to_judge.c.link_id > after)) if after else None
        return found or connection.scalar(wanted)


def get_pair(store: Store, viewer: Viewer, link_id: str) -> LinkPair | None:
    """A pair that this reader has still to judge; None alike for one that is not there, not theirs, or judged."""
    _may_read(viewer)
    with guarded("reading a link"), store.engine.connect() as connection:
        row = _row(connection, _last_run(store), viewer, link_id, _is_open(), ~_waits_for_other(viewer))
        return None if row is None else _pair(row)


def read_pair(store: Store, viewer: Viewer, link_id: str, reading: str, *, now: datetime) -> None:
    """Record what this reader makes of the pair: positive (one party), negative (two) or unsure.

    A second reading settles it in the same transaction: what both say becomes the judgement in force (by both), any
    difference is recorded as unsure, which counts for nothing. Nobody is told here whether they were first or second.
    ConflictError: read already by this reader, judged meanwhile, or a colleague came in between.
    """
    _may_read(viewer)
    if reading not in READINGS:
        raise NotAllowedError("A reading is same, different or unsure.")
    for is_last_try in (False, True):
        try:
            with guarded("recording a reading"), _conflicts(), writing(store.engine) as connection:
                _record(connection, _last_run(store), viewer, link_id, reading, now=now)
            return
        except ConflictError:
            # two first readings in one instant: the one that came later is the second reading
            if is_last_try:
                raise


def _record(
    connection: sa.Connection, run_id: str | None, viewer: Viewer, link_id: str, reading: str, *, now: datetime
) -> None:
    row = _row(connection, run_id, viewer, link_id)
    if row is None:
        raise NotAllowedError("There is no such link.")
    if row.judgement not in (None, UNDONE):
        raise LinkConflictError("judged", "This link has been judged already.")
    pair = (row.left_fingerprint, row.right_fingerprint)
    steps = _steps(connection, pair)
    number = max((one.round for one in steps), default=1)
    if any(one.place == SECOND and one.stands for one in steps if one.round == number):
        number += 1  # settled once, and undone elsewhere since: read anew by two
    first = next((one for one in steps if one.round == number and one.place == FIRST and one.stands), None)
    me = account(viewer.account)
    if first is not None and first.read_by == me:
        raise LinkConflictError("read_by_you", "You have read this link; it is a colleague's turn.")
    place = SECOND if first else FIRST
    judgement_id = None
    if first is not None:
        verdict = reading if reading == first.reading else UNSURE
        said = "the same" if reading == first.reading else "not the same"
        judgement_id = add_judgement(
            connection, *pair, verdict, by=me, at=now, reason=f"Two readers, independently of each other: {said}."
        )
    connection.execute(
        link_reading.insert().values(
            link_id=link_id,
            left_fingerprint=pair[0],
            right_fingerprint=pair[1],
            round=number,
            place=place,
            attempt=1 + sum(one.round == number and one.place == place for one in steps),
            reading=reading,
            read_by=me,
            read_at=now,
            first_id=first.id if first else None,
            first_by=first.read_by if first else None,
            judgement_id=judgement_id,
        )
    )


def undo_last(store: Store, viewer: Viewer, *, now: datetime) -> str:
    """Take one's own last reading back, and the judgement that it led to. The link id, to read it again.

    Only while the result was not looked at, and before a colleague built on it: afterwards the eyes are no longer two
    pairs of fresh ones. ConflictError says which of the two, or that there is nothing to undo.
    """
    _may_read(viewer)
    with guarded("undoing a reading"), _conflicts(), writing(store.engine) as connection:
        last = connection.execute(
            sa.select(link_reading, link_result_seen.c.seen_at)
            .select_from(_standing().outerjoin(link_result_seen))
            .where(link_reading.c.read_by == account(viewer.account), link_reading_undone.c.reading_id.is_(None))
            .order_by(link_reading.c.id.desc())
            .limit(1)
        ).first()
        if last is None:
            raise LinkConflictError("nothing_to_undo", "There is nothing to undo.")
        if last.seen_at is not None:
            raise LinkConflictError("seen", "You have seen the result of your last reading; it stands.")
        pair = (last.left_fingerprint, last.right_fingerprint)
        if last.place == SECOND:
            newest = connection.scalar(
                sa.select(sa.func.max(link_judgement.c.id)).where(
                    link_judgement.c.left_fingerprint == pair[0], link_judgement.c.right_fingerprint == pair[1]
                )
            )
            if newest != last.judgement_id:
                raise LinkConflictError("decided_since", "This link has been decided on again since.")
            add_judgement(
                connection, *pair, UNDONE, by=last.read_by, at=now, reason="The second reader took the reading back."
            )
        elif any(one.first_id == last.id and one.stands for one in _steps(connection, pair)):
            raise LinkConflictError("read_since", "A colleague has read this link since; your reading stands.")
        connection.execute(link_reading_undone.insert().values(reading_id=last.id, undone_at=now))
        return last.link_id


def my_readings(store: Store, viewer: Viewer, limit: int = 25) -> list[MyReading]:
    """One's own last readings that stand, newest first; what came of them is told by `result` alone."""
    _may_read(viewer)
    run_id = _last_run(store)
    here = sa.exists().where(
        link_to_judge.c.run_id == run_id,
        link_to_judge.c.link_id == link_reading.c.link_id,
        *([] if Role.SENSITIVE_REVIEWER in viewer.roles else [link_to_judge.c.sensitive.is_(False)]),
    )
    query = (
        sa.select(link_reading, link_result_seen.c.seen_at, here.label("here"))
        .select_from(_standing().outerjoin(link_result_seen))
        .where(link_reading.c.read_by == account(viewer.account), link_reading_undone.c.reading_id.is_(None))
        .order_by(link_reading.c.id.desc())
        .limit(limit)
    )
    with guarded("reading one's own readings"), store.engine.connect() as connection:
        rows = connection.execute(query).all()
    return [
        MyReading(row.id, row.link_id, row.reading, row.read_at, place == 0 and row.seen_at is None, bool(row.here))
        for place, row in enumerate(rows)
    ]


def result(store: Store, viewer: Viewer, link_id: str, *, now: datetime) -> Result | None:
    """What came of a pair that this reader has read; None otherwise. From now on that reading cannot be taken back."""
    _may_read(viewer)
    me = account(viewer.account)
    with guarded("reading the result of a link"), writing(store.engine) as connection:
        row = _row(connection, _last_run(store), viewer, link_id)
        if row is None:
            return None
        steps = [one for one in _steps(connection, (row.left_fingerprint, row.right_fingerprint)) if one.stands]
        mine = next((one for one in reversed(steps) if one.read_by == me), None)
        if mine is None:
            return None
        if not mine.seen:
            connection.execute(link_result_seen.insert().values(reading_id=mine.id, seen_at=now))
        other = next((one for one in steps if one.round == mine.round and one.id != mine.id), None)
        return Result(
            pair=_pair(row),
            own=mine.reading,
            state=_state(mine.reading, other.reading if other else None),
            other=other.reading if other else None,
            log_odds=row.log_odds,
            comparisons=json.loads(row.comparisons or "{}"),
        )


def reading_totals(store: Store) -> Mapping[str, int]:
    """Settled pairs over all runs by what came of them (agreed, differs, unsure), and waiting: for the dashboard."""
    second = link_reading.alias("second")
    undone = link_reading_undone.alias("second_undone")
    query = (
        sa.select(link_reading.c.reading, second.c.reading.label("other"), sa.func.count().label("pairs"))
        .select_from(
            _standing().outerjoin(
                second.outerjoin(undone, undone.c.reading_id == second.c.id),
                (second.c.first_id == link_reading.c.id) & undone.c.reading_id.is_(None),
            )
        )
        .where(link_reading.c.place == FIRST, link_reading_undone.c.reading_id.is_(None))
        .group_by(link_reading.c.reading, second.c.reading)
    )
    totals = dict.fromkeys((WAITING, AGREED, DIFFERS, BOTH_UNSURE), 0)
    with guarded("counting readings"), store.engine.connect() as connection:
        for row in connection.execute(query):
            totals[_state(row.reading, row.other)] += row.pairs
    return totals


def _state(own: str, other: str | None) -> str:
    if other is None:
        return WAITING
    if own != other:
        return DIFFERS
    return BOTH_UNSURE if own == UNSURE else AGREED


def _may_read(viewer: Viewer) -> None:
    if Role.ANALYST not in viewer.roles:
        raise NotAllowedError("Links are judged by an analyst.")


def _last_run(store: Store) -> str | None:
    last = store.last_published()
    return last.run_id if last else None


def _with_judgement() -> sa.FromClause:
    """Links to judge, each with the id of the last judgement of its pair (null: never judged) joined as `last`."""
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
    seen = [link_to_judge.c.run_id == run_id]
    if Role.SENSITIVE_REVIEWER not in viewer.roles:
        seen.append(link_to_judge.c.sensitive.is_(False))
    return seen


def _standing() -> sa.FromClause:
    return link_reading.outerjoin(link_reading_undone, link_reading_undone.c.reading_id == link_reading.c.id)


def _waits_for_other(viewer: Viewer) -> sa.ColumnElement[bool]:
    """This reader's first reading of the pair stands, and no second has followed."""
    second, second_undone = link_reading.alias("second"), link_reading_undone.alias("second_undone")
    followed = (
        sa.exists()
        .select_from(second.outerjoin(second_undone, second_undone.c.reading_id == second.c.id))
        .where(second.c.first_id == link_reading.c.id, second_undone.c.reading_id.is_(None))
        .correlate(link_reading)
    )
    return (
        sa.exists()
        .select_from(_standing())
        .where(
            *(link_reading.c[name] == link_to_judge.c[name] for name in _PAIR),
            link_reading.c.read_by == account(viewer.account),
            link_reading.c.place == FIRST,
            link_reading_undone.c.reading_id.is_(None),
            ~followed,
        )
        .correlate(link_to_judge)
    )


def _row(
    connection: sa.Connection, run_id: str | None, viewer: Viewer, link_id: str, *where: sa.ColumnElement[bool]
) -> sa.Row | None:
    return connection.execute(
        sa.select(link_to_judge, link_judgement.c.judgement)
        .select_from(_with_judgement())
        .where(*_visible(run_id, viewer), link_to_judge.c.link_id == link_id, *where)
    ).first()


def _steps(connection: sa.Connection, pair: tuple[str, str]) -> list[sa.Row]:
    """Every reading of the pair in order, with `stands` (not taken back) and `seen` (its result was looked at)."""
    return list(
        connection.execute(
            sa.select(
                link_reading,
                link_reading_undone.c.reading_id.is_(None).label("stands"),
                link_result_seen.c.reading_id.is_not(None).label("seen"),
            )
            .select_from(_standing().outerjoin(link_result_seen, link_result_seen.c.reading_id == link_reading.c.id))
            .where(link_reading.c.left_fingerprint == pair[0], link_reading.c.right_fingerprint == pair[1])
            .order_by(link_reading.c.id)
        )
    )


def _pair(row: sa.Row) -> LinkPair:
    return LinkPair(
        link_id=row.link_id,
        run_id=row.run_id,
        kind=row.kind,
        sensitive=row.sensitive,
        left=json.loads(row.left_side),
        right=json.loads(row.right_side),
    )


@contextmanager
def _conflicts() -> Iterator[None]:
    """A constraint that two people reached in one instant, as the conflict that it is."""
    try:
        yield
    except sa.exc.IntegrityError:
        raise LinkConflictError("just_before", "A colleague was just before you. Load the page anew.") from None
