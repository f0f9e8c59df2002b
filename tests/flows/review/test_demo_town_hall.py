"""The town hall of the demonstration: there once, by people of the demonstration, and for made-up data alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.configuration import load_configuration
from flows.desk import Desk
from flows.review.demo_town_hall import (
    CARE_COORDINATOR,
    CONTACT,
    DEPUTY,
    MISSING,
    UNANSWERED,
    ensure_town_hall,
    refuse_made_up_people,
)
from screening.base.civil_time import day_of
from screening.base.errors import ConfigurationError
from screening.base.vocabulary import Role
from screening.casework.policy.answers import policy_answers
from screening.casework.tips.care_contacts import care_contacts
from screening.casework.tips.rota import on_duty, rota
from screening.casework.tips.tips import inbox
from screening.casework.viewer import Viewer
from screening.policy.checklist import PolicyState, policy_checklist, state_counts
from screening.store.access.accounts import disable


def test_it_is_there_once_and_shows_something_on_every_page(town: Path) -> None:
    with Desk(load_configuration(town / "screening.toml")) as desk:
        ensure_town_hall(desk)
        entries = len(desk.ledger.entries())
        ensure_town_hall(desk)
        assert len(desk.ledger.entries()) == entries
        day, store, now = day_of(desk.now), desk.store, desk.now
        turn = on_duty(store, day)
        assert turn is not None
        assert (turn.contact, turn.deputy, len(rota(store))) == (CONTACT, DEPUTY, 1)
        coordinator = Viewer(account=CARE_COORDINATOR, roles={Role.CARE_COORDINATOR})
        contact = Viewer(account=CONTACT, roles={Role.CONTACT_PERSON})
        wishes = care_contacts(store, coordinator, now=now)
        assert [wish.taken_on_by for wish in wishes] == [CARE_COORDINATOR, None]
        assert sum(tip.is_unread for tip in inbox(store, contact, now=now)) == 1
        lines = policy_checklist(policy_answers(store), day)
        assert {line.question.id for line in lines if line.state is PolicyState.MISSING} == set(MISSING)
        assert {line.question.id for line in lines if line.state is PolicyState.UNANSWERED} == set(UNANSWERED)
        counts = state_counts(lines)
        single = (PolicyState.DUE_SOON, PolicyState.OVERDUE, PolicyState.NOT_APPLICABLE)
        assert [counts[state] for state in single] == [1, 1, 1]
        assert {entry.entry.actor.partition(".")[0] for entry in desk.ledger.entries()} == {"demo"}


def test_an_account_that_was_switched_off_stays_off_and_the_demonstration_starts(town: Path) -> None:
    with Desk(load_configuration(town / "screening.toml")) as desk:
        ensure_town_hall(desk)
        disable(desk.store, CONTACT, by="demo.ivo", now=desk.now)
        ensure_town_hall(desk)
        assert on_duty(desk.store, day_of(desk.now)) is None
        assert len(rota(desk.store)) == 1


def test_a_municipality_that_exists_has_none_and_takes_none_over(town: Path) -> None:
    config = town / "screening.toml"
    made_up, real = config.read_text(encoding="utf-8"), town / "echt.toml"
    real.write_text(made_up.replace('code = "9999"', 'code = "0457"'), encoding="utf-8")
    with Desk(load_configuration(real)) as desk:
        with pytest.raises(ConfigurationError):
            ensure_town_hall(desk)
        refuse_made_up_people(desk)
    with Desk(load_configuration(config)) as desk:
        ensure_town_hall(desk)
        refuse_made_up_people(desk)
    with Desk(load_configuration(real)) as desk, pytest.raises(ConfigurationError, match="made-up people"):
        refuse_made_up_people(desk)
