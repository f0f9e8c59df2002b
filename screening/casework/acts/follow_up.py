"""How far a case is, told in one place: its status, what it waits for and until when, and what is still to be done."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.vocabulary import ActKind, CaseState, NoticeReason, ReviewOutcome
from screening.casework.acts.acts import INFORM_DAYS, CaseAct, acts_of, known_decided
from screening.casework.acts.hand_over import HandOver, hand_overs_of, is_handed_over
from screening.casework.acts.stops import DecidedCase, stops
from screening.casework.cases.case import CASE_COLUMNS, Case, allowed_by_roles, as_case
from screening.casework.cases.independence import may_know_outcome
from screening.casework.cases.judging import CARE
from screening.casework.viewer import Viewer
from screening.store.engine import guarded
from screening.store.schema.acts import case_act
from screening.store.schema.cases import case_judgement, review_case
from screening.store.schema.runs import FLAGGED
from screening.store.store import Store


class CaseStage(StrEnum):
    """How far a case is. Before its outcome, and where a viewer may not know that yet, that of `CaseState`."""

    OPEN = "open"
    FIRST_JUDGED = "first_judged"
    DIFFERS = "differs"
    CLOSED = "closed"  # and no more than that: the viewer may have to judge the address again
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    CONFIRMED = "confirmed"
    WAITING = "waiting"  # for documents
    DONE = "done"
    STOPPED = "stopped"
    EXPLAINED = "explained"
    WRONG_LINK = "wrong_link"
    WRONG_DATA = "wrong_data"
    NOT_TO_JUDGE = "not_to_judge"
    REFERRED = "referred"  # belongs to another organisation, and nobody has noted that it was told
    PASSED_ON = "passed_on"


_STAGES = {
    ReviewOutcome.VERKLAARD: CaseStage.EXPLAINED,
    ReviewOutcome.ONJUISTE_KOPPELING: CaseStage.WRONG_LINK,
    ReviewOutcome.DATA_FOUT: CaseStage.WRONG_DATA,
    ReviewOutcome.NIET_TE_BEOORDELEN: CaseStage.NOT_TO_JUDGE,
}
#: Stages in which something is still to be done.
GOES_ON = frozenset({CaseStage.CONFIRMED, CaseStage.WAITING, CaseStage.REFERRED})


@dataclass(frozen=True)
class FollowUp:
    """What follows a case. `code`: of the result, the ground or the organisation; a NoticeReason of what stopped it.

    `day`: of the stage: until when it waits, or since when it is so. `inform_by`: until when the person concerned is
    told; None: was told, or nobody is to be told. `is_wait_over`: the documents are late; `is_late`: something is.
    `must_take_back`: the case system has it, and it does not hold. `is_drawn`: no rule pointed here; of a decided case.
    """

    case: Case
    stage: CaseStage
    code: str | None
    day: date | None
    inform_by: date | None
    acts: tuple[CaseAct, ...]
    hand_overs: tuple[HandOver, ...]
    is_wait_over: bool
    is_late: bool
    must_take_back: bool
    is_drawn: bool

    @property
    def stopped(self) -> NoticeReason | None:
        """Why nothing follows any more."""
        return NoticeReason(self.code) if self.stage is CaseStage.STOPPED and self.code else None

    @property
    def standing_hand_over(self) -> HandOver | None:
        """The file that the case system has and that was not taken back."""
        return self.hand_overs[-1] if self.hand_overs and not self.hand_overs[-1].is_taken_back else None


def follow_ups(
    store: Store, viewer: Viewer, cases: Collection[Case], *, now: datetime, key: bytes | None = None
) -> dict[str, FollowUp]:
    """Return by case id how far each of these cases is, as this viewer may know it.

    Args:
        store: The store.
        viewer: Who looks; that they may see the cases is for the caller to ask.
        cases: Of any state.
        key: See `stops`.
        now: The moment, with a zone.

    Raises:
        StoreError: the database failed.
    """
    closed = [case.case_id for case in cases if case.state is CaseState.CLOSED]
    decided = {case.case_id: case for case in known_decided(store, viewer, closed)} if closed else {}
    return _follow_ups(store, cases, decided, now=now, key=key)


def _follow_ups(
    store: Store, cases: Collection[Case], decided: Mapping[str, DecidedCase], *, now: datetime, key: bytes | None
) -> dict[str, FollowUp]:
    outcomes = {case.case_id: case.outcome for case in cases}
    acted = [case for case in decided.values() if outcomes[case.case_id] in _WITH_ACTS]
    ids = [case.case_id for case in acted]
    acts = acts_of(store, ids) if ids else {}
    files = hand_overs_of(store, ids) if ids else {}
    stopped = stops(store, acted, key=key)
    # of a confirmed case nothing is told of the judgement itself
    others = [name for name in decided if outcomes[name] is not ReviewOutcome.BEVESTIGD_AFWIJKING]
    judged = _last_judgements(store, others) if others else {}
    return {
        case.case_id: _follow_up(
            case,
            _Facts(
                decided.get(case.case_id),
                tuple(acts.get(case.case_id, ())),
                tuple(files.get(case.case_id, ())),
                stopped.get(case.case_id),
                *judged.get(case.case_id, (None, None, None)),
            ),
            day_of(now),
        )
        for case in cases
    }


def cases_going_on(
    store: Store, viewer: Viewer, *, now: datetime, key: bytes | None = None, stage: CaseStage | None = None
) -> list[FollowUp]:
    """The decided cases of which something is still to be done, what is late first, then by day and case id.

    That includes what was handed over and does not hold any more. `stage`: those of this stage alone, also of DONE.
    """
    later = case_act.alias()
    has_result = sa.exists().where(
        case_act.c.case_id == review_case.c.case_id,
        case_act.c.kind == ActKind.RESULT,
        ~sa.exists().where(
            later.c.case_id == case_act.c.case_id, later.c.kind == ActKind.RESUMED, later.c.id > case_act.c.id
        ),
    )
    columns = (*CASE_COLUMNS, review_case.c.arm)
    query = sa.select(*columns).where(
        review_case.c.state == CaseState.CLOSED,
        review_case.c.outcome.in_([str(outcome) for outcome in _WITH_ACTS]),
        allowed_by_roles(viewer),
        may_know_outcome(viewer),
        has_result if stage is CaseStage.DONE else sa.or_(~has_result, is_handed_over()),
    )
    with guarded("reading decided cases"), store.engine.connect() as connection:
        rows = connection.execute(query).all()
    decided = {
        row.case_id: DecidedCase(**{name: row._mapping[name] for name in DecidedCase.__dataclass_fields__})
        for row in rows
    }
    each = _follow_ups(store, [as_case(row, now) for row in rows], decided, now=now, key=key).values()
    if stage is None:
        listed = [follow_up for follow_up in each if follow_up.stage in GOES_ON or follow_up.must_take_back]
    else:
        listed = [follow_up for follow_up in each if follow_up.stage is stage]
    return sorted(listed, key=_by_day)


def _by_day(follow_up: FollowUp) -> tuple[bool, date, str]:
    return not follow_up.is_late, next_day(follow_up) or date.max, follow_up.case.case_id


def next_day(follow_up: FollowUp) -> date | None:
    """The first day on which something is due; None: nothing is."""
    if follow_up.must_take_back:
        return follow_up.case.concluded_on
    waits = [follow_up.day] if follow_up.stage is CaseStage.WAITING else []
    days = [day for day in (*waits, follow_up.inform_by) if day is not None]
    return min(days, default=None) if follow_up.stage in GOES_ON else None


#: Outcomes that something follows.
_WITH_ACTS = (ReviewOutcome.BEVESTIGD_AFWIJKING, ReviewOutcome.DOORGEZET)


def _last_judgements(store: Store, case_ids: Collection[str]) -> dict[str, tuple[str | None, str | None, date | None]]:
    """Return by case the ground, the organisation and the day until of the judgement that closed it."""
    query = case_judgement.select().where(case_judgement.c.case_id.in_(list(case_ids))).order_by(case_judgement.c.id)
    with guarded("reading judgements"), store.engine.connect() as connection:
        return {row.case_id: (row.ground, row.refer_to, row.snooze_until) for row in connection.execute(query)}


@dataclass(frozen=True)
class _Facts:
    """What was read of one case. `decided`: None where this viewer may not know its outcome."""

    decided: DecidedCase | None
    acts: tuple[CaseAct, ...]
    files: tuple[HandOver, ...]
    stopped: NoticeReason | None
    ground: str | None
    refer_to: str | None
    until: date | None

    def last(self, *kinds: ActKind) -> CaseAct | None:
        """The last act of one of these kinds."""
        return next((act for act in reversed(self.acts) if act.kind in kinds), None)


def _follow_up(case: Case, facts: _Facts, today: date) -> FollowUp:
    stage, code, day = _stage(case, facts)
    inform_by = None
    if stage in {CaseStage.CONFIRMED, CaseStage.WAITING} and case.concluded_on is not None:
        informed = facts.last(ActKind.INFORMED, ActKind.INFORM_LATER)
        if informed is None:
            inform_by = case.concluded_on + timedelta(days=INFORM_DAYS)
        elif informed.kind is ActKind.INFORM_LATER:
            inform_by = informed.due_on
    must_take_back = facts.stopped is not None and bool(facts.files) and not facts.files[-1].is_taken_back
    is_wait_over = stage is CaseStage.WAITING and day is not None and day < today
    return FollowUp(
        case=case,
        stage=stage,
        code=code,
        day=day,
        inform_by=inform_by,
        acts=facts.acts,
        hand_overs=facts.files,
        is_wait_over=is_wait_over,
        is_late=must_take_back or is_wait_over or (inform_by is not None and inform_by < today),
        must_take_back=must_take_back,
        is_drawn=facts.decided is not None and facts.decided.arm != FLAGGED,
    )


def _stage(case: Case, facts: _Facts) -> tuple[CaseStage, str | None, date | None]:
    """How far it is, what that is about, and the day."""
    day = case.concluded_on
    if facts.decided is None:
        return CaseStage(case.state.value), None, day
    return _without_acts(case, facts) or _with_acts(case, facts)


def _without_acts(case: Case, facts: _Facts) -> tuple[CaseStage, str | None, date | None] | None:
    """The same of a case that nothing follows, or nothing any more."""
    day = case.concluded_on
    if case.outcome in _STAGES:
        return _STAGES[case.outcome], facts.ground, facts.until or day
    result = facts.last(ActKind.RESULT, ActKind.RESUMED)
    if result is not None and result.kind is ActKind.RESULT:
        return CaseStage.DONE, result.choices[0], result.on_day
    if facts.stopped is not None:
        return CaseStage.STOPPED, str(facts.stopped), day
    return None


def _with_acts(case: Case, facts: _Facts) -> tuple[CaseStage, str | None, date | None]:
    day = case.concluded_on
    if case.outcome is ReviewOutcome.DOORGEZET:
        passed = facts.last(ActKind.PASSED_ON)
        # of care coordination the wish for contact went along with the judgement
        is_done = passed is not None or facts.refer_to == CARE
        return CaseStage.PASSED_ON if is_done else CaseStage.REFERRED, facts.refer_to, passed.on_day if passed else day
    wait = facts.last(ActKind.DOCUMENTS_ASKED, ActKind.DOCUMENTS_CAME, ActKind.DOCUMENTS_MISSING)
    if wait is not None and wait.kind is ActKind.DOCUMENTS_ASKED:
        return CaseStage.WAITING, None, wait.due_on
    return CaseStage.CONFIRMED, None, day
