"""The history of a case and the outcomes of all cases, for the page, the export, the statistics and the back-test."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import polars as pl
import sqlalchemy as sa

from screening.base.vocabulary import CaseState, ReviewOutcome
from screening.casework.cases.explanations import Tick, ticks_by_judgement
from screening.casework.viewer import Viewer
from screening.store.engine import guarded
from screening.store.schema.cases import (
    FIRST,
    LAPSED,
    SECOND,
    WITHDRAWN,
    case_judgement,
    case_opened,
    case_reading,
    case_step,
    review_case,
)
from screening.store.store import Store

#: One row a closed case. `judged_at`: of the judgement that closed it. `arm`: flag or sample.
JUDGED_OUTCOMES: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "address_id": pl.String(),
    "run_id": pl.String(),
    "outcome": pl.String(),
    "judged_at": pl.Datetime("us", "UTC"),
    "arm": pl.String(),
    "sensitive": pl.Boolean(),
}


@dataclass(frozen=True)
class CaseStep:
    """A step on a case. `kind`: reopened, assigned, released, withdrawn, lapsed, opened, own_reading or judgement.

    `piece`: what was opened. `reading` and `text`: of an own reading. `role`, `round`, `outcome`, `ground`, `refer_to`,
    `motivation`, `explanations` (what was ticked): of a judgement. What a colleague wrote or decided is None
    (`is_hidden`) as long as this viewer has to judge without it.
    """

    done_at: datetime
    actor: str
    kind: str
    piece: str | None = None
    round: int | None = None
    role: str | None = None
    reading: str | None = None
    text: str | None = None
    outcome: str | None = None
    ground: str | None = None
    refer_to: str | None = None
    motivation: str | None = None
    explanations: tuple[Tick, ...] = ()
    is_hidden: bool = False


@dataclass(frozen=True)
class ConfirmedCase:
    """A deviation that two officers confirmed: the only thing that may leave. `arm`: a sampled one may not."""

    case_id: str
    address_id: str
    address: str
    run_id: str
    arm: str
    sensitive: bool
    first_by: str
    second_by: str
    confirmed_at: datetime


def case_history(store: Store, case_id: str, viewer: Viewer | None = None) -> list[CaseStep]:
    """Every step on a case, oldest first; empty for a case that is not there.

    With `viewer`, what colleagues wrote is hidden until the own judgement: until the viewer has judged in the same
    round, or took part in the case before that round was over or the case was decided.
    Whether the viewer may see the case at all is asked of `get_case`.
    """
    with guarded("reading the history of a case"), store.engine.connect() as connection:
        case = connection.execute(review_case.select().where(review_case.c.case_id == case_id)).first()
        if case is None:
            return []
        steps, opened, readings, judged = (
            list(connection.execute(table.select().where(table.c.case_id == case_id).order_by(table.c.id)))
            for table in (case_step, case_opened, case_reading, case_judgement)
        )
        ticks = ticks_by_judgement(connection, case_id)
    own_rounds = {row.round for row in judged if viewer is not None and row.judged_by == viewer.account}
    is_decided = case.state == CaseState.CLOSED

    def shows(by: str, of_round: int) -> bool:
        if viewer is None or by == viewer.account or of_round in own_rounds:
            return True
        return bool(own_rounds) and (is_decided or of_round < case.round)

    timeline = [CaseStep(done_at=row.at, actor=row.actor, kind=row.kind) for row in steps]
    timeline += [CaseStep(done_at=row.at, actor=row.account, kind="opened", piece=row.item) for row in opened]
    timeline += [
        CaseStep(
            done_at=row.at, actor=row.account, kind="own_reading", round=row.round, reading=row.reading, text=row.text
        )
        if shows(row.account, row.round)
        else CaseStep(done_at=row.at, actor=row.account, kind="own_reading", round=row.round, is_hidden=True)
        for row in readings
    ]
    timeline += [
        CaseStep(
            done_at=row.judged_at,
            actor=row.judged_by,
            kind="judgement",
            round=row.round,
            role=row.role,
            outcome=row.outcome,
            ground=row.ground,
            refer_to=row.refer_to,
            motivation=row.motivation,
            explanations=ticks.get(row.id, ()),
        )
        if shows(row.judged_by, row.round)
        else CaseStep(
            done_at=row.judged_at, actor=row.judged_by, kind="judgement", round=row.round, role=row.role, is_hidden=True
        )
        for row in judged
    ]
    return sorted(timeline, key=lambda step: step.done_at)


def ended_at(store: Store, case_ids: Collection[str]) -> datetime | None:
    """Return the moment at which the last of these cases ended; None where one still waits for a judgement."""
    waits = sa.exists().where(review_case.c.case_id.in_(case_ids), review_case.c.concluded_on.is_(None))
    endings = (
        sa.select(sa.func.max(case_judgement.c.judged_at)).where(case_judgement.c.case_id.in_(case_ids)),
        sa.select(sa.func.max(case_step.c.at)).where(
            case_step.c.case_id.in_(case_ids), case_step.c.kind.in_((WITHDRAWN, LAPSED))
        ),
    )
    with guarded("reading the history of a case"), store.engine.connect() as connection:
        if connection.scalar(sa.select(waits)):
            return None
        moments = [connection.scalar(query) for query in endings]
    return max((moment for moment in moments if moment is not None), default=None)


def confirmed_cases(store: Store, case_id: str | None = None) -> list[ConfirmedCase]:
    """The cases in which two officers confirmed a deviation, oldest first; or that one, when it is such a case.

    Read from the judgements, not from the case alone.
    """
    first, second = case_judgement.alias(), case_judgement.alias()
    confirmed = ReviewOutcome.BEVESTIGD_AFWIJKING
    query = (
        sa.select(
            *(review_case.c[name] for name in ("case_id", "address_id", "address", "run_id", "arm", "sensitive")),
            first.c.judged_by.label("first_by"),
            second.c.judged_by.label("second_by"),
            second.c.judged_at.label("confirmed_at"),
        )
        .join(first, sa.and_(first.c.case_id == review_case.c.case_id, first.c.round == review_case.c.round))
        .join(second, second.c.first_id == first.c.id)
        .where(
            review_case.c.state == CaseState.CLOSED,
            review_case.c.outcome == confirmed,
            first.c.role == FIRST,
            second.c.role == SECOND,
            first.c.outcome == confirmed,
            second.c.outcome == confirmed,
            first.c.judged_by != second.c.judged_by,
        )
        .order_by(second.c.judged_at, review_case.c.case_id)
    )
    if case_id is not None:
        query = query.where(review_case.c.case_id == case_id)
    with guarded("reading the confirmed cases"), store.engine.connect() as connection:
        return [ConfirmedCase(**row._mapping) for row in connection.execute(query)]


def judged_outcomes(store: Store) -> pl.DataFrame:
    """JUDGED_OUTCOMES of every closed case, by the time of closing."""
    last = (
        sa.select(case_judgement.c.case_id, sa.func.max(case_judgement.c.id).label("id"))
        .group_by(case_judgement.c.case_id)
        .subquery()
    )
    columns = [case_judgement.c.judged_at if name == "judged_at" else review_case.c[name] for name in JUDGED_OUTCOMES]
    query = (
        sa.select(*columns)
        .join(last, last.c.case_id == review_case.c.case_id)
        .join(case_judgement, case_judgement.c.id == last.c.id)
        .where(review_case.c.state == CaseState.CLOSED)
        .order_by(case_judgement.c.judged_at, review_case.c.case_id)
    )
    with guarded("reading the outcomes"), store.engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    return pl.DataFrame(rows, schema=JUDGED_OUTCOMES, orient="row")
