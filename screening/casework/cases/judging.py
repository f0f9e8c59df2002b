"""Judging a case: after an own reading, in words of one's own; a confirmed deviation by two officers, never by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from screening.base.civil_time import day_of, days_later
from screening.base.vocabulary import CaseState, ReviewOutcome
from screening.base.word_lists import read_translations
from screening.casework.case_errors import MotivationError, NotAllowedError, NotReadyError
from screening.casework.case_policy import DEFAULT_POLICY, CasePolicy
from screening.casework.cases.case import Case
from screening.casework.cases.changing import NOBODY, change_case, changing_case, expiry_after
from screening.casework.cases.explanations import Tick, add_ticks
from screening.casework.cases.motivation import check_motivation
from screening.casework.cases.readings import WHY_NOT, readiness_of
from screening.casework.cases.snoozes import add_snooze, record_facts
from screening.casework.cases.wrong_links import wrong_link_pairs
from screening.casework.links.judgements import NEGATIVE, add_judgement
from screening.casework.tips.care_contacts import ask_contact, phone_number
from screening.casework.viewer import Viewer
from screening.store.schema.cases import FIRST, SECOND, case_judgement, review_case
from screening.store.store import Store

_CHOICES = read_translations("screening.casework.cases", "choices.yaml")
#: Why a dossier is explained (outcome verklaard), in Dutch and in English. A closed list, so that it can be counted.
GROUNDS = _CHOICES["grounds"]
#: Whom a dossier can be passed on to (outcome doorgezet).
REFER_TO = _CHOICES["refer_to"]
#: Of these only the wish for contact goes along: the number to call, nothing of the dossier.
CARE = "zorgcoordinatie"
#: Those within the municipality: nothing of the case goes to another organisation, so one officer closes it.
WITHIN = frozenset({"ander_team", CARE})


@dataclass(frozen=True)
class Judged:
    """The result of a judgement. `role`: first or second. `result`: closed, awaits_second or differs."""

    case: Case
    role: str
    result: str


def judge(
    store: Store,
    viewer: Viewer,
    case_id: str,
    *,
    version: int,
    outcome: ReviewOutcome,
    ground: str | None = None,
    motivation: str,
    wrong_links: Sequence[str] = (),
    refer_to: str | None = None,
    phone: str | None = None,
    snooze_until: date | None = None,
    explanations: Collection[Tick] = (),
    now: datetime,
    policy: CasePolicy = DEFAULT_POLICY,
) -> Judged:
    """Record a judgement and what follows from it, whole or not at all.

    In the first round everything closes the case at once but a confirmed deviation and a case of another organisation;
    these wait for a second officer. When the second finds something else, a new round begins, in which whatever is
    found needs two.
    On closing: `verklaard` keeps the address out of the queue until `snooze_until` (the configured term by default)
    unless facts are new; `onjuiste_koppeling` parts each of `wrong_links` (link ids of this dossier) for good.
    `explanations`: the innocent explanations of the rules that the viewer ticked, whatever the outcome.
    Passed on to care coordination, `phone` is the number to call back: that goes along and nothing else does.

    Raises ConflictError (somebody else was first), NotReadyError (reading or opening first), MotivationError (with the
    field), NotAllowedError; then nothing is written.
    """
    outcome = ReviewOutcome(outcome)
    with changing_case(store, viewer, case_id, version=version, now=now, doing="judging a case") as (connection, case):
        ready = readiness_of(connection, case, viewer)
        if ready.why_not == "judged":
            raise NotAllowedError(WHY_NOT["judged"])
        if ready.why_not is not None:
            raise NotReadyError(WHY_NOT[ready.why_not], ready.why_not)
        day = day_of(now)
        until = _until(outcome, snooze_until, day, policy)
        _check_fields(outcome, ground, refer_to, wrong_links)
        number = _number_for_care(refer_to, phone)
        check_motivation(connection, case, viewer, motivation)
        pairs = wrong_link_pairs(connection, case, wrong_links)
        first = _first(connection, case)
        role = FIRST if first is None else SECOND
        added = connection.execute(
            case_judgement.insert().values(
                case_id=case_id,
                round=case.round,
                role=role,
                judged_by=viewer.account,
                first_id=None if first is None else first.id,
                first_by=None if first is None else first.judged_by,
                outcome=outcome,
                ground=ground,
                motivation=motivation.strip(),
                refer_to=refer_to,
                wrong_links=sorted(set(wrong_links)),
                snooze_until=until,
                run_id=case.run_id,
                judged_at=now,
            )
        )
        assert added.inserted_primary_key is not None  # noqa: S101 - one row was inserted
        add_ticks(connection, case, added.inserted_primary_key[0], explanations)
        if number is not None:
            # at once, also where a second officer is waited for: who may need care cannot wait
            ask_contact(connection, number, now=now)
        is_outside = outcome is ReviewOutcome.DOORGEZET and refer_to not in WITHIN
        if first is None and (outcome is ReviewOutcome.BEVESTIGD_AFWIJKING or is_outside or case.round > 1):
            waits = {"state": CaseState.FIRST_JUDGED, "expires_on": expiry_after(day, case, policy)}
            return Judged(_hand_on(connection, case, now, **waits), role, "awaits_second")
        if first is not None and (first.outcome, first.refer_to) != (outcome, refer_to):
            differs = {"state": CaseState.DIFFERS, "round": case.round + 1}
            differs["expires_on"] = expiry_after(day, case, policy)
            return Judged(_hand_on(connection, case, now, **differs), role, "differs")
        if first is not None and not pairs:
            pairs = wrong_link_pairs(connection, case, first.wrong_links)
        _conclude(connection, case, viewer, outcome, until=until, pairs=pairs, now=now)
        closed = {"state": CaseState.CLOSED, "outcome": outcome, "concluded_on": day}
        return Judged(_hand_on(connection, case, now, **closed), role, "closed")


def _hand_on(connection: sa.Connection, case: Case, now: datetime, **changes: object) -> Case:
    """The case in its next state, free for whoever comes next."""
    return change_case(connection, case, {**NOBODY, **changes}, now=now)


def _conclude(
    connection: sa.Connection,
    case: Case,
    viewer: Viewer,
    outcome: ReviewOutcome,
    *,
    until: date | None,
    pairs: Iterable[tuple[str, str]],
    now: datetime,
) -> None:
    record_facts(connection, review_case.c.case_id == case.case_id, until=until)
    if until is not None:
        add_snooze(connection, case.case_id, case.address_id, until=until, by=viewer.account, made_at=now)
    if outcome is ReviewOutcome.ONJUISTE_KOPPELING:
        for left, right in pairs:
            add_judgement(
                connection, left, right, NEGATIVE, by=viewer.account, judged_at=now, reason=f"Dossier {case.case_id}"
            )


def _first(connection: sa.Connection, case: Case) -> sa.Row[Any] | None:
    """The first judgement of the present round, when there is one."""
    if case.state is not CaseState.FIRST_JUDGED:
        return None
    return connection.execute(
        case_judgement.select().where(
            case_judgement.c.case_id == case.case_id,
            case_judgement.c.round == case.round,
            case_judgement.c.role == FIRST,
        )
    ).one()


def _until(outcome: ReviewOutcome, asked: date | None, day: date, policy: CasePolicy) -> date | None:
    if outcome is not ReviewOutcome.VERKLAARD:
        if asked is not None:
            raise MotivationError("Only an explained dossier is put aside until a day.", "snooze_until")
        return None
    until = asked or days_later(day, policy.snooze_days)
    if not day < until <= days_later(day, 2 * policy.snooze_days):
        raise MotivationError(
            f"Choose a day after today, at most {2 * policy.snooze_days} days from now.", "snooze_until"
        )
    return until


def _number_for_care(refer_to: str | None, phone: str | None) -> str | None:
    """The number to call back, where the dossier is passed on to care coordination."""
    if refer_to != CARE:
        return None
    number = phone_number(phone or "")
    if number is None:
        raise MotivationError("Give the number at which contact is wanted: ten digits, or + and a country.", "phone")
    return number


def _check_fields(outcome: ReviewOutcome, ground: str | None, refer_to: str | None, wrong_links: Sequence[str]) -> None:
    if (outcome is ReviewOutcome.VERKLAARD) != (ground is not None):
        raise MotivationError("An explained dossier needs a ground, and no other outcome has one.", "ground")
    if ground is not None and ground not in GROUNDS:
        raise MotivationError("Choose one of the grounds of the list.", "ground")
    if (outcome is ReviewOutcome.DOORGEZET) != (refer_to is not None):
        raise MotivationError("Say whom the dossier is passed on to; no other outcome asks it.", "refer_to")
    if refer_to is not None and refer_to not in REFER_TO:
        raise MotivationError("Choose one of the list to pass the dossier on to.", "refer_to")
    if wrong_links and outcome is not ReviewOutcome.ONJUISTE_KOPPELING:
        raise MotivationError("Links are parted by the outcome onjuiste_koppeling alone.", "wrong_links")
