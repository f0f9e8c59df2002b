"""The town hall of the demonstration: there once, by people of the demonstration, and for made-up data alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.configuration import load_configuration
from flows.desk import Desk
from flows.review.demo_town_hall import CARE_COORDINATOR, CONTACT, DEPUTY, MISSING, UNANSWERED, ensure_town_hall
from screening.casework.policy.answers import policy_answers
from screening.casework.tips.care_contacts import care_contacts
from screening.casework.tips.rota import on_duty, rota
from screening.casework.tips.tips import inbox
from screening.casework.viewer import Viewer
from screening.civil_time import day_of
from screening.errors import ConfigurationError
from screening.policy.checklist import PolicyState, policy_checklist, state_counts
from screening.vocabulary import Role


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


def test_a_municipality_that_exists_has_none(town: Path) -> None:
    config = town / "screening.toml"
    config.write_text(config.read_text(encoding="utf-8").replace('code = "9999"', 'code = "0457"'), encoding="utf-8")
    with Desk(load_configuration(config)) as desk, pytest.raises(ConfigurationError):
        ensure_town_hall(desk)
