"""The town hall of the demonstration: who reads the tips, two wishes for contact, a tip, and answers on its policy.

All of it is made up, and comes in by the functions of the pages: a reader of the ledger sees who did what, as if the
people of the demonstration had filled in those pages. What is there already is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta

from flows.desk import Desk
from flows.partners.example import demo_act, demo_session
from screening.base.civil_time import day_of
from screening.base.errors import ConfigurationError
from screening.base.vocabulary import LedgerAction, LedgerResult, PolicyAnswerKind, Purpose
from screening.casework.colleagues import contact_persons
from screening.casework.policy.answers import answer_question, policy_answers
from screening.casework.tips.care_contacts import record_care_step, wishes_at
from screening.casework.tips.rota import rota, set_duty
from screening.casework.tips.sightings import Sighting
from screening.casework.tips.tips import CARE, decide_tip, own_tips, report_tip
from screening.casework.viewer import Viewer
from screening.ledger.entry import Entry
from screening.ledger.notary import acting
from screening.policy.checklist import PolicyAnswer
from screening.policy.questions import PolicyQuestion, policy_questions
from screening.review.demo_access import ISSUER, demo_account
from screening.store.access.accounts import AccountError, accounts
from screening.store.access.sessions import end_session
from screening.store.schema.tips import TAKEN_ON

#: Each an account of the demonstration.
CONTACT, DEPUTY, CARE_COORDINATOR = "demo.gijs", "demo.noor", "demo.zoe"
_COLLEAGUE, _LEAD = "demo.fleur", "demo.daan"
#: Numbers that no telephone has: one wish waits, and one is taken on.
_PHONES = ("0600000001", "0600000002")
_MADE_UP = "Voorbeeld: deze melding is verzonnen."
_TIPS = (
    Sighting(date.min, "9999 AA", 3, observations=("mattresses", "windows_covered"), text=_MADE_UP),
    Sighting(date.min, "9999 AB", 12, observations=("short_visits",), text=_MADE_UP),
    Sighting(date.min, "9999 AC", 7, observations=("transport",), text=_MADE_UP),
)
#: What the municipality lacks, what nobody answered, what does not apply there, and when the others are reviewed.
MISSING = ("verhuur-handhaving", "mensenhandel-training", "recreatie-parken")
UNANSWERED = ("uitzendbureaus-wtta",)
_NOT_APPLICABLE = "ondermijning-cameras"
_REVIEW_DAYS = {"bibob-vergunningen": 30, "sekswerk-actueel": -60}
_USUAL_REVIEW_DAYS = 500


def ensure_town_hall(desk: Desk) -> None:
    """Make the rota, the tips, the wishes for contact and the answers on policy where there are none.

    ConfigurationError: not a made-up municipality.
    """
    if not desk.configuration.is_synthetic:
        raise ConfigurationError("A municipality that exists has no town hall that is made up.")
    # a contact person is who signed in as one; whose account somebody switched off while looking around stays out
    for name in (CONTACT, DEPUTY):
        with suppress(AccountError):
            end_session(desk.store, demo_session(desk, name).key, now=desk.now)
    _ensure_rota(desk)
    _ensure_tips(desk)
    _ensure_answers(desk)


def refuse_made_up_people(desk: Desk) -> None:
    """ConfigurationError: a municipality that exists, and a store in which people of the demonstration did something.

    A store without a run does not say of which municipality it is: what they made would be taken for its own.
    """
    if not desk.configuration.is_synthetic and any(person.issuer == ISSUER for person in accounts(desk.store)):
        raise ConfigurationError(
            "This store holds what made-up people did in a demonstration: tips, policy, agreements with partners. "
            "Name another workspace for a municipality that exists."
        )


def _ensure_rota(desk: Desk) -> None:
    there = {colleague.account for colleague in contact_persons(desk.store)}
    if not rota(desk.store) and {CONTACT, DEPUTY} <= there:
        with _acts(desk, CONTACT, LedgerAction.ASSIGN, "list:signals") as viewer:
            set_duty(desk.store, viewer, from_day=day_of(desk.now), contact=CONTACT, deputy=DEPUTY, now=desk.now)


def _ensure_tips(desk: Desk) -> None:
    """Three tips of a colleague; behind two of them somebody would like to be called, and one of those is taken on."""
    store, now, colleague = desk.store, desk.now, _viewer(_COLLEAGUE)
    if own_tips(store, colleague, now=now):
        return
    sent = []
    for tip in _TIPS:
        with _acts(desk, _COLLEAGUE, LedgerAction.SIGNAL, "list:signals"):
            sent.append(report_tip(store, colleague, replace(tip, seen_on=day_of(now)), now=now))
    for signal_id, phone in zip(sent, _PHONES, strict=False):
        with _acts(desk, CONTACT, LedgerAction.SIGNAL, f"signal:{signal_id}") as contact:
            decide_tip(store, contact, signal_id, CARE, phone=phone, now=now)
    [wish] = wishes_at(store, _PHONES[0], now=now)
    with _acts(desk, CARE_COORDINATOR, LedgerAction.SIGNAL, "list:signals") as care:
        record_care_step(store, care, wish.number, TAKEN_ON, seen=0, now=now)


def _ensure_answers(desk: Desk) -> None:
    if policy_answers(desk.store):
        return
    day = day_of(desk.now)
    for question in policy_questions().values():
        if question.id not in UNANSWERED:
            with _acts(desk, _LEAD, LedgerAction.POLICY, "list:policy") as lead:
                answer_question(desk.store, lead, _answer(question, day), now=desk.now, day=day)


def _answer(question: PolicyQuestion, day: date) -> PolicyAnswer:
    """What the made-up municipality says on a question."""
    if question.id in MISSING:
        return PolicyAnswer(question.id, PolicyAnswerKind.MISSING, question.owner)
    review_on = day + timedelta(days=_REVIEW_DAYS.get(question.id, _USUAL_REVIEW_DAYS))
    if question.id == _NOT_APPLICABLE:
        reason = "Voorbeeld: hier hangen geen camera's van de gemeente."
        return PolicyAnswer(
            question.id, PolicyAnswerKind.NOT_APPLICABLE, question.owner, review_on=review_on, reason=reason
        )
    return PolicyAnswer(
        question.id,
        PolicyAnswerKind.IN_FORCE,
        question.owner,
        review_on - timedelta(days=900),
        review_on,
        "Voorbeeld: verzonnen besluit Z-2025-00412.",
    )


@contextmanager
def _acts(desk: Desk, name: str, action: LedgerAction, what: str) -> Iterator[Viewer]:
    """What a person of the demonstration does on a page: in the ledger as it is there."""
    act = demo_act(desk, name)
    purpose = Purpose.OO if action is LedgerAction.SIGNAL else None
    act.entry = Entry(desk.now, name, action, what, LedgerResult.DONE, origin=act.origin, purpose=purpose)
    act.purpose = purpose
    with acting(act):
        yield _viewer(name)
    if not act.is_written:
        desk.ledger.write(act.entry)


def _viewer(name: str) -> Viewer:
    person = demo_account(name)
    assert person is not None  # noqa: S101 - a name of the list above
    return Viewer(account=name, roles=person.roles)
