"""Probable links, read by two people who do not see each other's reading: what both say counts from the next run on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from screening.casework.case_errors import ConflictError, NotAllowedError
from screening.casework.links.judgements import READINGS, UNDONE, UNSURE, add_judgement
from screening.casework.links.links_to_judge import (
    LinkPair,
    as_link_pair,
    last_run_id,
    link_row,
    own_in_force,
    reading_state,
    readings_in_force,
    readings_of_pair,
    require_analyst,
)
from screening.casework.viewer import Viewer
from screening.store.engine import guarded, writing
from screening.store.schema.link_readings import FIRST, SECOND, link_reading, link_reading_undone, link_result_seen
from screening.store.schema.runs import link_judgement, link_to_judge
from screening.store.store import Store


class LinkConflictError(ConflictError):
    """Somebody was first, or the reading can no longer be undone. `code`: the text key of the message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class ReadingResult:
    """The result of a pair for a viewer who has read it, with the weight and the reading of the colleague."""

    pair: LinkPair
    own: str
    state: str
    other: str | None
    log_odds: float | None
    comparisons: dict[str, dict[str, object]]


def record_link_reading(store: Store, viewer: Viewer, link_id: str, reading: str, *, now: datetime) -> None:
    """Record the reading of this viewer: positive (one party), negative (two) or unsure.

    The second reading makes the judgement in the same transaction: an agreement becomes the judgement in force (by
    both), a difference becomes unsure, which has no effect. The answer does not say who was first.
    ConflictError: read already by this reader, judged meanwhile, or a colleague came in between.
    """
    require_analyst(viewer)
    if reading not in READINGS:
        raise NotAllowedError("A reading is same, different or unsure.")
    for is_last_try in (False, True):
        try:
            with guarded("recording a reading"), _conflicts(), writing(store.engine) as connection:
                _record(connection, last_run_id(store), viewer, link_id, reading, now=now)
            return
        except ConflictError:
            # two first readings in one instant: the one that came later is the second reading
            if is_last_try:
                raise


def _record(
    connection: sa.Connection, run_id: str | None, viewer: Viewer, link_id: str, reading: str, *, now: datetime
) -> None:
    _one_at_a_time(connection, link_id)
    row = link_row(connection, run_id, viewer, link_id)
    if row is None:
        raise NotAllowedError("There is no such link.")
    if row.judgement not in (None, UNDONE):
        raise LinkConflictError("judged", "This link has been judged already.")
    pair = (row.left_fingerprint, row.right_fingerprint)
    steps = readings_of_pair(connection, pair)
    number = max((step.round for step in steps), default=1)
    if any(step.place == SECOND and step.in_force for step in steps if step.round == number):
        number += 1  # settled once, and undone elsewhere since: read anew by two
    first = next((step for step in steps if step.round == number and step.place == FIRST and step.in_force), None)
    me = viewer.account
    if first is not None and first.read_by == me:
        raise LinkConflictError("read_by_you", "You have read this link; it is a colleague's turn.")
    place = SECOND if first else FIRST
    judgement_id = None
    if first is not None:
        verdict = reading if reading == first.reading else UNSURE
        verdict_words = "the same" if reading == first.reading else "not the same"
        judgement_id = add_judgement(
            connection,
            *pair,
            verdict,
            by=me,
            judged_at=now,
            reason=f"Two readers, independently of each other: {verdict_words}.",
        )
    connection.execute(
        link_reading.insert().values(
            link_id=link_id,
            left_fingerprint=pair[0],
            right_fingerprint=pair[1],
            round=number,
            place=place,
            attempt=1 + sum(step.round == number and step.place == place for step in steps),
            reading=reading,
            read_by=me,
            read_at=now,
            first_id=first.id if first else None,
            first_by=first.read_by if first else None,
            judgement_id=judgement_id,
        )
    )


def undo_last_reading(store: Store, viewer: Viewer, *, now: datetime) -> str:
    """Take one's own last reading back, and the judgement that it led to. The link id, to read it again.

    Only while the result was not looked at, and before a colleague built on it: afterwards the eyes are no longer two
    pairs of fresh ones. ConflictError says which of the two, or that there is nothing to undo.
    """
    require_analyst(viewer)
    with guarded("undoing a reading"), _conflicts(), writing(store.engine) as connection:
        last = connection.execute(
            sa.select(link_reading, link_result_seen.c.seen_at)
            .select_from(readings_in_force().outerjoin(link_result_seen))
            .where(*own_in_force(viewer))
            .order_by(link_reading.c.id.desc())
            .limit(1)
        ).first()
        if last is None:
            raise LinkConflictError("nothing_to_undo", "There is nothing to undo.")
        if last.seen_at is not None:
            raise LinkConflictError("seen", "You have seen the result of your last reading; it stands.")
        _one_at_a_time(connection, last.link_id)
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
                connection,
                *pair,
                UNDONE,
                by=last.read_by,
                judged_at=now,
                reason="The second reader took the reading back.",
            )
        elif any(step.first_id == last.id and step.in_force for step in readings_of_pair(connection, pair)):
            raise LinkConflictError("read_since", "A colleague has read this link since; your reading stands.")
        connection.execute(link_reading_undone.insert().values(reading_id=last.id, undone_at=now))
        return str(last.link_id)


def reading_result(store: Store, viewer: Viewer, link_id: str, *, now: datetime) -> ReadingResult | None:
    """Return the result of a pair that this reader has read, else None. From now on that reading cannot be undone."""
    require_analyst(viewer)
    me = viewer.account
    with guarded("reading the result of a link"), writing(store.engine) as connection:
        row = link_row(connection, last_run_id(store), viewer, link_id)
        if row is None:
            return None
        pair = (row.left_fingerprint, row.right_fingerprint)
        steps = [step for step in readings_of_pair(connection, pair) if step.in_force]
        mine = next((step for step in reversed(steps) if step.read_by == me), None)
        if mine is None:
            return None
        if not mine.seen:
            connection.execute(link_result_seen.insert().values(reading_id=mine.id, seen_at=now))
        other = next((step for step in steps if step.round == mine.round and step.id != mine.id), None)
        return ReadingResult(
            pair=as_link_pair(row),
            own=mine.reading,
            state=reading_state(mine.reading, other.reading if other else None),
            other=other.reading if other else None,
            log_odds=row.log_odds,
            comparisons=json.loads(row.comparisons or "{}"),
        )


def _one_at_a_time(connection: sa.Connection, link_id: str) -> None:
    """Wait until nobody else is at this pair, in a statement of its own: only the next ones see what was done there.

    Without it a third reader could see the pair before a second one judged it and the readings after.
    """
    connection.execute(
        sa.select(link_to_judge.c.run_id)
        .where(link_to_judge.c.link_id == link_id)
        .order_by(link_to_judge.c.run_id)
        .with_for_update()
    ).all()


@contextmanager
def _conflicts() -> Iterator[None]:
    """A constraint that two people reached in one instant, as the conflict that it is."""
    try:
        yield
    except sa.exc.IntegrityError:
        raise LinkConflictError("just_before", "A colleague was just before you. Load the page anew.") from None
