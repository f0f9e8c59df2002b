"""Acts on a decided case: recorded by a person as words of closed lists, days and a number; never as free text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.powers import POWERS
from screening.base.vocabulary import ActKind, CaseState, NoticeReason, ReviewOutcome
from screening.base.word_lists import read_translations
from screening.casework.acts.stops import DecidedCase, stops
from screening.casework.case_errors import MotivationError, NotAllowedError, NotReadyError, or_conflict
from screening.casework.cases.case import allowed_by_roles
from screening.casework.cases.independence import may_know_outcome
from screening.casework.cases.judging import WITHIN
from screening.casework.viewer import Viewer
from screening.store.engine import guarded, writing
from screening.store.schema.acts import case_act
from screening.store.schema.cases import case_judgement, review_case
from screening.store.schema.hand_overs import CALL, is_called_back, partner_hand_over, partner_hand_over_event
from screening.store.store import Store

_CHOICES = read_translations("screening.casework.acts", "choices.yaml")
DOCUMENTS, RESULTS, DELAYS, CHANNELS = (_CHOICES[name] for name in ("documents", "results", "delays", "channels"))
#: What the case system can be asked for.
ASKED = _CHOICES["asked"]

_KINDS = _CHOICES["kinds"]
#: Results that can be recorded of a case that stopped because the registers were corrected: nothing is done by them.
RESULTS_WITHOUT_GROUND = frozenset({"hersteld", "niets_gevonden"})

#: Within so many days the person concerned is told, unless somebody says why not yet (AVG art. 14 lid 3: a month).
INFORM_DAYS = 30
#: Nothing is planned further ahead than this, and nothing is recorded of longer ago.
MOST_DAYS_AHEAD, MOST_DAYS_BACK = 365, 365

#: The number of a letter or case: no name fits in it.
_REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9./-]{2,39}")
#: The list of a kind: code -> its words in Dutch and in English.
_LISTS: Mapping[ActKind, Mapping[str, tuple[str, str]]] = {
    ActKind.MEASURE: {code: (power.nl, power.en) for code, power in POWERS.items()},
    ActKind.INFORM_LATER: DELAYS,
    ActKind.DOCUMENTS_ASKED: DOCUMENTS,
    ActKind.PASSED_ON: CHANNELS,
    ActKind.RESULT: RESULTS,
}
#: Kinds of which several can be chosen at once.
_SEVERAL = frozenset({ActKind.DOCUMENTS_ASKED})
#: Kinds that say until when; of the others only a measure may.
_WITH_TERM = frozenset({ActKind.DOCUMENTS_ASKED, ActKind.INFORM_LATER})


@dataclass(frozen=True)
class CaseAct:
    """An act as it was recorded. `choices`: codes of the list of its kind."""

    id: int
    case_id: str
    kind: ActKind
    actor: str
    done_at: datetime
    on_day: date
    due_on: date | None
    choices: tuple[str, ...]
    reference: str | None


@dataclass(frozen=True)
class ActForm:
    """An act as a person fills it in; what its kind does not ask for is left empty. `on_day` None: today."""

    kind: ActKind
    on_day: date | None = None
    due_on: date | None = None
    choices: tuple[str, ...] = field(default=())
    reference: str = ""


def decided_case(store: Store, viewer: Viewer, case_id: str) -> DecidedCase | None:
    """A closed case whose outcome this viewer may know; None for any other, and alike for one that is not there."""
    cases = [case for case in known_decided(store, viewer, [case_id]) if case.case_id == case_id]
    return cases[0] if cases else None


def known_decided(store: Store, viewer: Viewer, case_ids: Collection[str] | None = None) -> list[DecidedCase]:
    """Those of these cases (None: of all) that are closed and whose outcome the viewer may know.

    Who did something with what a partner got of a case knows its outcome already, as who judged it.
    """
    names = DecidedCase.__dataclass_fields__
    query = sa.select(*(review_case.c[name] for name in names)).where(
        review_case.c.state == CaseState.CLOSED,
        allowed_by_roles(viewer),
        sa.or_(may_know_outcome(viewer), *_handed_over_by(viewer)),
    )
    if case_ids is not None:
        query = query.where(review_case.c.case_id.in_(case_ids))
    with guarded("reading decided cases"), store.engine.connect() as connection:
        return [DecidedCase(**row._mapping) for row in connection.execute(query)]


def _handed_over_by(viewer: Viewer) -> list[sa.Exists]:
    """Conditions on review_case: the viewer prepared a call or a sheet of it, or gave one out or called one back."""
    hands = {partner_hand_over: "prepared_by", partner_hand_over_event: "actor"}
    return [
        sa.exists().where(table.c.case_id == review_case.c.case_id, table.c[hand] == viewer.account)
        for table, hand in hands.items()
    ]


def acts_of(store: Store, case_ids: Collection[str]) -> dict[str, list[CaseAct]]:
    """Return by case its acts, oldest first. Whether the viewer may see the case is for the caller to ask."""
    acts: dict[str, list[CaseAct]] = defaultdict(list)
    query = case_act.select().where(case_act.c.case_id.in_(case_ids)).order_by(case_act.c.id)
    with guarded("reading acts"), store.engine.connect() as connection:
        for row in connection.execute(query):
            acts[row.case_id].append(
                CaseAct(
                    row.id,
                    row.case_id,
                    ActKind(row.kind),
                    row.actor,
                    row.at,
                    row.on_day,
                    row.due_on,
                    tuple(row.choices),
                    row.reference,
                )
            )
    return acts


def record_act(
    store: Store, viewer: Viewer, case_id: str, form: ActForm, *, now: datetime, key: bytes | None = None
) -> None:
    """Record an act on a decided case.

    Args:
        store: The store.
        viewer: Who acts.
        case_id: The case.
        form: What was filled in.
        now: The moment, with a zone.
        key: See `stops`.

    Raises:
        NotAllowedError: there is no such case, it was not decided, or it is not this viewer's to see.
        NotReadyError: something stops it ("stopped"), it is over ("over"), it has no result to go on from
            ("goes_on"), its outcome asks for another kind of act ("outcome"), or no call that tells it
            stands ("hand_over").
        MotivationError: a field is missing or wrong (`on_day`, `due_on`, `choices`, `reference`).
        ConflictError: a colleague did something else at this moment.
    """
    case = decided_case(store, viewer, case_id)
    if case is None:
        raise NotAllowedError("There is no such case, it was not decided, or it is not yours to see.")
    stopped = stops(store, [case], key=key).get(case_id)
    if stopped is not None and not _is_result_without_ground(form, stopped):
        raise NotReadyError("What this case rests on does not hold any more: nothing follows from it.", "stopped")
    values = _checked(form, day_of(now))
    overtaken = "A colleague did something on this case just now. Nothing of yours was saved. Look again."
    with guarded("recording an act"), or_conflict(overtaken), writing(store.engine) as connection:
        query = sa.select(review_case.c.outcome).where(review_case.c.case_id == case_id).with_for_update()
        outcome = connection.execute(query).scalar_one()
        fitting = ReviewOutcome.DOORGEZET if form.kind is ActKind.PASSED_ON else ReviewOutcome.BEVESTIGD_AFWIJKING
        if outcome != fitting:
            raise NotReadyError("The outcome of this case asks for no such act.", "outcome")
        if form.kind is ActKind.PASSED_ON and _lacks_call(connection, case_id):
            raise NotReadyError("Prepare what is told first: that is the entry of what was disclosed.", "hand_over")
        last = connection.scalars(
            sa.select(case_act.c.kind)
            .where(case_act.c.case_id == case_id, case_act.c.kind.in_([ActKind.RESULT, ActKind.RESUMED]))
            .order_by(case_act.c.id.desc())
            .limit(1)
        ).first()
        if (last == ActKind.RESULT) != (form.kind is ActKind.RESUMED):
            over = last == ActKind.RESULT
            raise NotReadyError(
                "It has a result. Take it up again first." if over else "It is still going on.",
                "over" if over else "goes_on",
            )
        connection.execute(case_act.insert().values(case_id=case_id, actor=viewer.account, at=now, **values))


def outside_referral(case_id: str) -> sa.Select[str]:
    """Select the code of the other organisation that two officers passed this case on to; no row where they did not.

    Another team and care coordination get nothing of a case, so nothing is prepared for them, by however many it went.
    """
    return (
        sa.select(case_judgement.c.refer_to)
        .join(
            review_case,
            (review_case.c.case_id == case_judgement.c.case_id) & (review_case.c.round == case_judgement.c.round),
        )
        .where(
            review_case.c.case_id == case_id,
            review_case.c.outcome == ReviewOutcome.DOORGEZET,
            case_judgement.c.first_id.is_not(None),
            case_judgement.c.refer_to.not_in(WITHIN),
        )
    )


def has_call(case_id: str) -> sa.Exists:
    """The condition that a call about this case was prepared, and not called back."""
    of_case = partner_hand_over.c.case_id == case_id
    return sa.exists().where(of_case, partner_hand_over.c.form == CALL, ~is_called_back)


def _lacks_call(connection: sa.Connection, case_id: str) -> bool:
    """Whether two officers passed a case on to another organisation and no call about it stands."""
    return bool(connection.scalar(sa.select(sa.and_(outside_referral(case_id).exists(), ~has_call(case_id)))))


def act_words(kind: ActKind, choices: Collection[str], language: str) -> str:
    """Say what an act is, with what was chosen: "Stukken gevraagd: De plattegrond" (`nl`, `en`)."""
    place = 1 if language == "en" else 0
    return ": ".join(filter(None, (_KINDS[kind][place], "; ".join(choice_words(kind, choices, language)))))


def choice_words(kind: ActKind, choices: Collection[str], language: str) -> list[str]:
    """Say in words what was chosen of the list of a kind."""
    place = 1 if language == "en" else 0
    words = _LISTS.get(kind, {})
    return [words[code][place] for code in choices if code in words]


def _is_result_without_ground(form: ActForm, stopped: NoticeReason) -> bool:
    is_plain = form.kind is ActKind.RESULT and set(form.choices) <= RESULTS_WITHOUT_GROUND
    return is_plain and stopped is NoticeReason.BRON_INGETROKKEN


def _checked(form: ActForm, day: date) -> dict[str, object]:
    on_day, due_on, reference = form.on_day or day, form.due_on, form.reference.strip().upper()
    if not day - timedelta(days=MOST_DAYS_BACK) <= on_day <= day:
        raise MotivationError("Choose today or a day before, of the last year.", "on_day")
    codes = _LISTS.get(form.kind, {})
    if any(code not in codes for code in form.choices) or bool(codes) != bool(form.choices):
        raise MotivationError("Choose from the list.", "choices")
    if len(form.choices) > 1 and form.kind not in _SEVERAL:
        raise MotivationError("Choose one of the list.", "choices")
    if form.kind in _WITH_TERM and due_on is None:
        raise MotivationError("Say until when.", "due_on")
    if due_on is not None and form.kind not in _WITH_TERM | {ActKind.MEASURE}:
        raise MotivationError("Only a measure, a request for documents and telling later have a term.", "due_on")
    if due_on is not None and not day < due_on <= day + timedelta(days=MOST_DAYS_AHEAD):
        raise MotivationError("Choose a day after today, at most a year ahead.", "due_on")
    if reference and not _REFERENCE.fullmatch(reference):
        raise MotivationError("A number such as Z-2026-00123: capitals, digits, dots, hyphens. No name.", "reference")
    chosen = [code for code in codes if code in form.choices]
    values = {"kind": form.kind, "on_day": on_day, "due_on": due_on, "choices": chosen}
    return values | {"reference": reference or None}
