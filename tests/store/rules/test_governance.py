"""A rule runs with the consent of two people, stops at the word of one, and nothing of it is ever taken back."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.base.errors import StoreError
from screening.store import Store
from screening.store.account_names import account
from screening.store.rules.dossier import DOSSIER_STEPS
from screening.store.rules.drafts import RuleDraft, drafts, prepare_draft
from screening.store.rules.governance import (
    Configured,
    RuleConflictError,
    activate_rule,
    approve_rule,
    propose_rule,
    resume_rule,
    rule_governance,
    rule_history,
    stop_rule,
    stopped_rules,
)
from screening.store.schema.rules import ALL_RULES, rule_event, rule_version
from screening.store.sqlite_driver import Connection
from tests.rule_dossiers import DOSSIER, TEXTS

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
GROUNDS = {"legal_basis": "APV art. 2:28", "dpia": "DPIA-1", "fg_advice": date(2026, 5, 12)}


def drafted(store: Store, name: str = "v1", **changes) -> RuleDraft:
    given = {
        "version_id": name,
        "declaration": {"code": "LIC-04", "version": 1},
        "parameters": {"grace_days": 90},
        "content_sha256": "a" * 64,
        "dossier": DOSSIER,
        "backtest": {},
        "by": "system",
        "now": NOW,
    }
    return prepare_draft(store, **(given | changes))


def proposed(store: Store, name: str = "v1", *, by: str = "anna", reason: str = "first", **changes) -> str:
    return propose_rule(store, drafted(store, name, **changes), by=by, now=NOW, reason=reason).version_id


def digest_of(store: Store, name: str) -> str:
    return rule_governance(store).versions[name].digest


def configured(name: str = "v1", **changes) -> Configured:
    return replace(Configured(name, GROUNDS, needs_dossier=True), **changes)


def approve(store: Store, name: str, **changes) -> str:
    given = {"by": "bram", "now": NOW, "reason": "read and agreed", "expires_on": date(2027, 5, 1)}
    digest = changes.pop("digest", None) or digest_of(store, name)
    return approve_rule(store, name, digest=digest, **(given | changes)).version_id


def activate(store: Store, name: str, **changes) -> str:
    given = {"by": "anna", "now": NOW, "reason": "from tonight", "configured": configured(name)}
    digest = changes.pop("digest", None) or digest_of(store, name)
    return activate_rule(store, name, digest=digest, **(given | changes)).version_id


def approved(store: Store, name: str = "v1") -> str:
    return approve(store, proposed(store, name))


def running(store: Store, name: str = "v1") -> str:
    return activate(store, approved(store, name))


def test_from_proposal_to_activation(store: Store) -> None:
    assert rule_governance(store).versions == {}
    name = running(store)
    found = rule_governance(store).active("LIC-04")
    assert found.version_id == name
    assert (found.author, found.approved_by, found.expires_on) == ("anna", "bram", date(2027, 5, 1))
    assert found.grounds["dpia"] == "DPIA-1"
    assert found.missing_steps() == ()
    assert found.is_approved(date(2027, 5, 1))
    assert not found.is_approved(date(2027, 5, 2))
    assert [row["action"] for row in rule_history(store)] == ["proposed", "approved", "activated"]
    assert all(row["actor"] and row["reason"] and row["at"] == NOW for row in rule_history(store))


def test_the_author_cannot_approve_however_the_name_is_written(store: Store) -> None:
    name = proposed(store)
    for same in ("anna", "Anna", " ANNA "):
        with pytest.raises(StoreError, match="cannot approve"):
            approve(store, name, by=same)
    assert rule_governance(store).versions[name].approved_by is None


@pytest.mark.goal("S5", reached="raw SQL refused")
def test_the_database_itself_refuses_an_approval_by_the_author(store: Store) -> None:
    name = proposed(store)
    row = {
        "action": "approved",
        "code": "LIC-04",
        "version_id": name,
        "actor": "anna",
        "at": NOW,
        "reason": "x",
        "expires_on": date(2027, 5, 1),
        "details": {},
    }
    for author in ("anna", "bram", None):  # her own name, a false author, none
        with pytest.raises(sa.exc.IntegrityError), store.engine.begin() as connection:
            connection.execute(rule_event.insert().values(**row, author=author))
    with pytest.raises(sa.exc.IntegrityError), store.engine.begin() as connection:
        connection.execute(rule_event.insert().values(**(row | {"actor": "Anna"}), author="anna"))


@pytest.mark.parametrize(("author", "actor", "code"), [("bram", "anna", "LIC-04"), ("anna", "bram", "LIC-05")])
def test_raw_sql_without_foreign_keys_cannot_misname_the_author_or_the_rule_of_a_version(
    store: Store, author: str, actor: str, code: str
) -> None:
    name = proposed(store)
    statement = (
        "INSERT INTO rule_event (action, code, version_id, author, actor, at, reason, expires_on, details) VALUES "
        f"('approved', '{code}', '{name}', '{author}', '{actor}', '2026-11-01 00:00:00', 'x', '2027-05-01', '{{}}')"
    )
    if store.engine.dialect.name == "sqlite":  # a client that does not ask for foreign keys has none
        refused = pytest.raises(sqlite3.IntegrityError, match="author and the code")
        with Connection(Path(store.engine.url.database)) as client, refused:
            client.execute(statement)
    else:
        with pytest.raises(sa.exc.DatabaseError, match="author and the code"), store.engine.begin() as connection:
            connection.exec_driver_sql(statement)
    assert rule_governance(store).versions[name].approved_by is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rule_event SET actor = 'carla'",
        "DELETE FROM rule_event",
        "UPDATE rule_version SET author = 'carla'",
        "DELETE FROM rule_version",
    ],
)
def test_no_row_is_changed_or_removed_by_raw_sql(store: Store, statement: str) -> None:
    running(store)
    before = rule_history(store)
    with pytest.raises(sa.exc.DatabaseError, match="only grows"), store.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert rule_history(store) == before


def test_no_row_is_replaced_or_emptied_by_the_ways_round_a_trigger(store: Store) -> None:
    running(store)
    before = rule_history(store)
    if store.engine.dialect.name == "sqlite":
        tricks = [
            "INSERT OR REPLACE INTO rule_event SELECT id, action, code, version_id, author, 'carla', at, reason, "
            "expires_on, details FROM rule_event",
            "INSERT OR REPLACE INTO rule_version SELECT version_id, code, 2, parameters, content_sha256, declaration, "
            "author FROM rule_version",
        ]
    else:
        tricks = ["TRUNCATE rule_event", "TRUNCATE rule_event, rule_version"]
    for trick in tricks:
        with pytest.raises(sa.exc.DatabaseError, match="only grows"), store.engine.begin() as connection:
            connection.exec_driver_sql(trick)
    assert rule_history(store) == before


def test_another_content_under_the_same_number_is_refused_and_another_number_is_not(store: Store) -> None:
    proposed(store)
    with pytest.raises(StoreError, match="raise its version number"):
        proposed(store, "v2", content_sha256="b" * 64)
    proposed(store, "v2", content_sha256="b" * 64, declaration={"code": "LIC-04", "version": 2})
    assert [one.version for one in rule_governance(store).of("LIC-04")] == [1, 2]


def test_other_parameters_are_another_version_of_the_same_number(store: Store) -> None:
    proposed(store)
    proposed(store, "v2", parameters={"grace_days": 120})
    assert [one.parameters for one in rule_governance(store).of("LIC-04")] == [{"grace_days": 90}, {"grace_days": 120}]


def test_a_renewed_dossier_waits_for_approval_again(store: Store) -> None:
    name = running(store)
    proposed(store, reason="better proxy test")
    assert not rule_governance(store).versions[name].is_approved(TODAY)


def test_a_colleague_cannot_propose_the_version_of_another_as_his_own(store: Store) -> None:
    proposed(store)
    with pytest.raises(StoreError, match="someone else"):
        proposed(store, by="bram")


@pytest.mark.parametrize("lacking", list(GROUNDS))
def test_activation_needs_each_of_the_three_keys(store: Store, lacking: str) -> None:
    name = approved(store)
    with pytest.raises(StoreError, match=lacking):
        activate(store, name, configured=configured(name, grounds=GROUNDS | {lacking: None}))


@pytest.mark.parametrize("lacking", DOSSIER_STEPS)
def test_activation_for_real_addresses_needs_each_step_of_the_dossier(sqlite_store: Store, lacking: str) -> None:
    name = proposed(sqlite_store, dossier={step: text for step, text in DOSSIER.items() if step != lacking})
    approve(sqlite_store, name)
    with pytest.raises(StoreError, match=lacking):
        activate(sqlite_store, name)
    activate(sqlite_store, name, configured=configured(name, needs_dossier=False))


def test_activation_needs_an_approval_that_holds(store: Store) -> None:
    name = proposed(store)
    with pytest.raises(StoreError, match="is not approved"):
        activate(store, name)
    approve(store, name, expires_on=TODAY)
    with pytest.raises(StoreError, match="was approved until"):
        activate(store, name, now=NOW + timedelta(days=1))
    with pytest.raises(StoreError, match="approves nothing"):
        approve(store, name, expires_on=TODAY - timedelta(days=1))


def test_an_approval_ends_at_midnight_of_the_town_hall(sqlite_store: Store) -> None:
    """Half past midnight there is still yesterday in Greenwich."""
    after = datetime(2027, 5, 1, 22, 30, tzinfo=UTC)  # 2 May, 00:30
    name = approved(sqlite_store)
    with pytest.raises(StoreError, match="until 2027-05-01"):
        activate(sqlite_store, name, now=after)
    with pytest.raises(StoreError, match="approves nothing"):
        approve(sqlite_store, name, now=after)


def test_who_looked_at_another_dossier_decides_nothing(store: Store) -> None:
    name = proposed(store)
    seen = digest_of(store, name)
    other = DOSSIER | {"proxy_test": {"text": f"{TEXTS['proxy_test']} Dat is nu overgedaan.", "date": TODAY}}
    proposed(store, name, dossier=other)
    for decide in (approve, activate):
        with pytest.raises(RuleConflictError, match="proposed anew"):
            decide(store, name, digest=seen)
    approve(store, name)
    activate(store, name)


def test_what_is_not_what_the_configuration_would_run_is_not_activated(store: Store) -> None:
    name = approved(store)
    with pytest.raises(StoreError, match="not what would run"):
        activate(store, name, configured=configured("v2"))


def test_raw_sql_activates_nothing_without_an_approval_and_proposes_nothing_without_a_draft(store: Store) -> None:
    name = proposed(store)
    event = {
        "action": "activated",
        "code": "LIC-04",
        "version_id": name,
        "author": "anna",
        "actor": "anna",
        "at": NOW,
        "reason": "x",
        "details": {},
    }
    with pytest.raises(sa.exc.DatabaseError, match="approved it"), store.engine.begin() as connection:
        connection.execute(rule_event.insert().values(**event))
    approve(store, name)
    proposed(store, name, dossier={})
    with pytest.raises(sa.exc.DatabaseError, match="approved it"), store.engine.begin() as connection:
        connection.execute(rule_event.insert().values(**event))
    row = {
        "version_id": "v9",
        "code": "LIC-04",
        "version": 9,
        "parameters": {},
        "content_sha256": "b" * 64,
        "declaration": "{}",
        "author": "anna",
    }
    with pytest.raises(sa.exc.DatabaseError, match="from a draft"), store.engine.begin() as connection:
        connection.execute(rule_version.insert().values(**row))


def test_a_draft_waits_until_somebody_proposes_it_and_the_same_again_is_the_same(store: Store) -> None:
    draft = drafted(store)
    assert drafted(store, now=NOW + timedelta(hours=1)) == replace(draft, prepared_at=NOW + timedelta(hours=1))
    assert drafts(store) == [draft]
    propose_rule(store, draft, by="anna", now=NOW, reason="first")
    assert drafts(store) == []
    assert rule_governance(store).versions["v1"].digest == draft.digest


def test_a_stop_needs_no_version_and_is_seen_at_once(store: Store) -> None:
    assert stopped_rules(store) == frozenset()
    stop_rule(store, "NUI-01", by="carla", now=NOW, reason="source in doubt")
    stop_rule(store, ALL_RULES, by="carla", now=NOW, reason="incident")
    assert stopped_rules(store) == {"NUI-01", ALL_RULES}
    assert rule_governance(store).all_stopped == NOW
    resume_rule(store, ALL_RULES, by="bram", now=NOW, reason="solved")
    assert stopped_rules(store) == {"NUI-01"}
    with pytest.raises(StoreError, match="not stopped"):
        resume_rule(store, ALL_RULES, by="bram", now=NOW, reason="again")
    assert [row["action"] for row in rule_history(store, "NUI-01")] == ["stopped", "stopped", "resumed"]


def test_activating_does_not_lift_a_stop(store: Store) -> None:
    stop_rule(store, "LIC-04", by="carla", now=NOW, reason="source in doubt")
    running(store)
    assert stopped_rules(store) == {"LIC-04"}


def test_a_decision_has_a_person_and_a_reason(sqlite_store: Store) -> None:
    for nobody in ("", "  ", "jan jansen", "<b>", "j\njansen"):
        with pytest.raises(StoreError, match="--by"):
            stop_rule(sqlite_store, "NUI-01", by=nobody, now=NOW, reason="x")
    with pytest.raises(StoreError, match="Say why"):
        stop_rule(sqlite_store, "NUI-01", by="carla", now=NOW, reason="  ")
    assert rule_history(sqlite_store) == []


def test_a_version_that_was_never_proposed_is_not_approved(sqlite_store: Store) -> None:
    with pytest.raises(StoreError, match="rules list"):
        approve(sqlite_store, "v9", digest="0" * 64)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["propose", "approve", "activate", "stop", "resume"]), st.sampled_from("abc")),
        max_size=8,
    )
)
def test_whatever_is_done_in_whatever_order_no_one_approves_their_own(sqlite_store: Store, steps) -> None:
    for number, (step, who) in enumerate(steps):
        name = f"w{number % 2}"
        try:
            if step == "propose":
                proposed(sqlite_store, name, by=who, parameters={"grace_days": 90 + number % 2})
            elif step == "approve":
                approve(sqlite_store, name, by=who)
            elif step == "activate":
                activate(sqlite_store, name, by=who)
            elif step == "stop":
                stop_rule(sqlite_store, "LIC-04", by=who, now=NOW, reason="x")
            else:
                resume_rule(sqlite_store, "LIC-04", by=who, now=NOW, reason="x")
        except (StoreError, KeyError):
            continue
    found = rule_governance(sqlite_store).versions.values()
    assert all(one.approved_by != one.author for one in found)
    with sqlite_store.engine.connect() as connection:
        authors = dict(connection.execute(sa.select(rule_version.c.version_id, rule_version.c.author)).all())
    approvals = [row for row in rule_history(sqlite_store) if row["action"] == "approved"]
    assert all(row["actor"] != authors[row["version_id"]] for row in approvals)


def test_account_names_are_compared_in_one_form() -> None:
    assert account(" J.Jansen@Gemeente.nl ") == "j.jansen@gemeente.nl"
