"""Erasure in the review: one puts the plan forward, another approves that very plan, both signed in just now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import LedgerAction, Role
from screening.rights.due import Due
from screening.rights.erasure_plan import ErasurePlan, plans, prepare_plan, waiting_plan
from screening.rights.terms import Terms
from screening.store import Workspace
from screening.store.schema.retention import erasure, erasure_plan, erasure_plan_decided, erasure_plan_item
from tests.review.conftest import Review, review_on

ITEMS = [Due("case", "a" * 16, date(2026, 10, 1)), Due("run", "b" * 16, date(2026, 10, 2))]


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    """A review for which the night prepared a plan."""
    with review_on(Workspace(tmp_path / "w")) as made:
        prepare_plan(made.store, ITEMS, {"sessions": 3}, Terms(), by="system", now=made.clock.now)
        yield made


def waiting(review: Review) -> ErasurePlan:
    plan = waiting_plan(review.store)
    assert plan is not None
    return plan


def act(review: Review, client, step: str, **form: str):
    plan = waiting(review)
    return client.send_form(f"/bewaren/{plan.plan_id}/{step}", {"inhoud": plan.digest, **form})


@pytest.mark.goal("G3", reached="nothing is erased that two people did not decide, each signed in just now")
def test_one_puts_it_forward_and_another_approves(review: Review) -> None:
    anna, bram = (
        review.client(Role.SENSITIVE_REVIEWER, account="anna"),
        review.client(Role.SENSITIVE_REVIEWER, account="bram"),
    )
    text = anna.get("/bewaren").text
    assert waiting(review).digest in text
    assert f"case:{'a' * 16}" in text
    assert act(review, anna, "voorleggen").status_code == 303
    assert "Goedkeuren: dit wordt gewist" not in anna.get("/bewaren").text
    assert "Goedkeuren: dit wordt gewist" in bram.get("/bewaren").text
    assert act(review, bram, "besluit", besluit="goedkeuren").status_code == 303
    plan = waiting(review)
    assert plan.is_approved
    assert (plan.put_forward.by, plan.decided.by) == ("anna", "bram")
    assert "De volgende nacht wist het" in anna.get("/bewaren").text
    written = [line.entry for line in review.ledger.entries(action=LedgerAction.ERASURE)]
    acts = {(entry.actor, entry.object) for entry in written if entry.origin.startswith("session:")}
    assert acts == {(who, f"plan:{plan.plan_id}") for who in ("anna", "bram")}


def test_who_put_it_forward_approves_nothing_and_may_take_it_back(review: Review) -> None:
    anna = review.client(Role.SENSITIVE_REVIEWER, account="anna")
    act(review, anna, "voorleggen")
    again = review.client(Role.SENSITIVE_REVIEWER, Role.LEAD, account="anna")
    assert act(review, again, "besluit", besluit="goedkeuren").status_code == 303
    assert not waiting(review).is_approved
    act(review, again, "besluit", besluit="afwijzen")
    assert waiting_plan(review.store) is None
    assert [plan.decided.decision for plan in plans(review.store)] == ["turned_down"]


def test_another_plan_than_was_looked_at_is_not_decided(review: Review) -> None:
    anna, bram = (
        review.client(Role.SENSITIVE_REVIEWER, account="anna"),
        review.client(Role.SENSITIVE_REVIEWER, account="bram"),
    )
    seen = waiting(review)
    later = review.clock.now + timedelta(hours=1)
    prepare_plan(review.store, ITEMS[:1], {}, Terms(), by="system", now=later)
    path = f"/bewaren/{seen.plan_id}/voorleggen"
    assert anna.send_form(path, {"inhoud": seen.digest}).status_code == 303
    now = waiting(review)
    assert anna.send_form(f"/bewaren/{now.plan_id}/voorleggen", {"inhoud": seen.digest}).status_code == 303
    assert waiting(review).put_forward is None
    assert act(review, bram, "besluit", besluit="goedkeuren").status_code == 303  # nobody put it forward
    assert waiting(review).decided is None


@pytest.mark.parametrize("step", ["voorleggen", "besluit"])
def test_who_did_not_sign_in_just_now_decides_nothing(review: Review, step: str) -> None:
    anna, bram = (
        review.client(Role.SENSITIVE_REVIEWER, account="anna"),
        review.client(Role.SENSITIVE_REVIEWER, account="bram"),
    )
    if step == "besluit":
        act(review, anna, "voorleggen")
    before = waiting(review)
    review.clock.forward(minutes=6)
    answer = act(review, bram, step, besluit="goedkeuren")
    assert (answer.status_code, waiting(review)) == (403, before)
    assert "Aantal" in bram.get("/bewaren").text


def test_the_database_itself_refuses_what_two_people_did_not_decide(review: Review) -> None:
    plan, now = waiting(review), review.clock.now
    row = {"plan_id": plan.plan_id, "digest": plan.digest, "decided_at": now}
    forward = row | {"decision": "put_forward", "put_forward_by": "anna", "decided_by": "anna"}
    for wrong in (
        row | {"decision": "approved", "put_forward_by": "anna", "decided_by": "bram"},  # nobody put it forward
        forward | {"decided_by": "bram"},
    ):
        with pytest.raises(sa.exc.IntegrityError), review.store.engine.begin() as connection:
            connection.execute(erasure_plan_decided.insert().values(**wrong))
    with review.store.engine.begin() as connection:
        connection.execute(erasure_plan_decided.insert().values(**forward))
    receipt = {"receipt_id": "c" * 16, "begun_at": now, "begun_by": "anna", "terms": {}, "plan_id": plan.plan_id}
    statements = (
        erasure_plan_decided.insert().values(**row, decision="approved", put_forward_by="anna", decided_by="anna"),
        erasure_plan_decided.insert().values(**row, decision="approved", put_forward_by="carla", decided_by="bram"),
        erasure.insert().values(**receipt),
        erasure.insert().values(**receipt | {"plan_id": None}),
        erasure_plan.delete(),
        erasure_plan_item.delete(),
        erasure_plan_item.insert().values(plan_id=plan.plan_id, kind="run", item="d" * 16, due=date(2026, 1, 1)),
    )
    for statement in statements:
        with pytest.raises(sa.exc.DatabaseError), review.store.engine.begin() as connection:
            connection.execute(statement)
