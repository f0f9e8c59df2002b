"""A filled store goes on with what it holds when a later version adds a column and a word."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from screening.casework.links.judgements import record_judgement
from screening.store import Store, Workspace, open_store, publish, verify_run
from screening.store import migrate as migrate_module
from screening.store.engine import writing
from screening.store.guards import drop_guards
from screening.store.schema import metadata
from screening.store.schema.accounts import (
    kept_form,
    mandate_signature,
    personal_key,
    personal_key_actions,
    personal_key_event,
)
from screening.store.schema.acts import act_kinds, case_act, case_hand_over, hand_over_kinds
from screening.store.schema.cases import (
    case_explanation,
    case_found,
    case_line,
    case_note,
    unseen_decision,
    unseen_decisions,
)
from screening.store.schema.deliveries import PROPOSED, delivery, delivery_decided, delivery_decisions, verdicts
from screening.store.schema.hand_overs import (
    partner_forms,
    partner_hand_over,
    partner_hand_over_actions,
    partner_hand_over_event,
    tip_hand_over,
    tip_hand_over_event,
)
from screening.store.schema.partners import (
    batch_kinds,
    draft_actions,
    notice_reasons,
    partner_agreement,
    partner_agreement_event,
    riec_call_back,
    riec_draft,
    riec_draft_event,
    riec_draft_line,
    riec_draft_manifest,
    riec_feedback_text,
)
from screening.store.schema.policy import answer_kinds, policy_answer
from screening.store.schema.retention import (
    claims,
    erasure_plan,
    erasure_plan_decided,
    erasure_plan_item,
    objection,
    plan_decisions,
)
from screening.store.schema.rules import rule_draft
from screening.store.schema.runs import network_tie
from screening.store.schema.tips import (
    care_contact,
    care_number,
    care_step,
    care_steps,
    contact_duty,
    decisions,
    person_route_quarter,
    receivers,
    tip_forwarded,
    tip_text_removed,
    ways,
)
from screening.store.schema.yields import yield_decided, yield_kinds
from tests.store.bundles import make_bundle

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
OBJECTION = {
    "objection_id": "o1",
    "claim": "objection",
    "about": "address",
    "address_id": "0599010000000001",
    "case_file": "Z-1",
    "received_on": date(2026, 11, 1),
    "registered_by": "rita",
    "registered_at": NOW,
}
NEXT = '''
"""A made-up next migration: a column, a word, and a change of rows that guards protect"""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "@HEAD@"


def upgrade() -> None:
    op.add_column("objection", sa.Column("language", sa.String(2)))
    op.execute("INSERT INTO word_right VALUES ('portability')")
    op.execute("UPDATE objection SET language = 'nl'")
    {more}
'''


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of the next migration, in a copy of those that are there; write it to have it."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate_module.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrate_module, "MIGRATIONS", folder)
    # a process keeps the migrations that it has read; this one gets another while it runs
    monkeypatch.setattr(migrate_module, "_scripts", migrate_module._scripts.__wrapped__)
    return folder / "versions" / "9999_made_up.py"


def head() -> str:
    """The newest revision of those that are there."""
    return str(ScriptDirectory.from_config(migrate_module.alembic_config()).get_current_head())


def filled(url: str, workspace: Workspace) -> str:
    """A store with a run, a judgement and a request; the id of the run."""
    with open_store(url) as store:
        run_id = publish(store, workspace, make_bundle(9)).run_id
        record_judgement(store, "a", "b", "positive", by="officer", judged_at=NOW, reason="same file")
        with store.engine.begin() as connection:
            connection.execute(objection.insert(), OBJECTION)
    return run_id


def rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that the code knows."""
    with store.engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for table in metadata.sorted_tables
        }


def triggers(store: Store) -> set[tuple[str, str]]:
    """Name and text of every trigger."""
    query = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        if store.engine.dialect.name == "sqlite"
        else "SELECT t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid "
        "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
    )
    with store.engine.connect() as connection:
        return {(row[0], row[1]) for row in connection.exec_driver_sql(query)}


def refused(store: Store, statement: str) -> str:
    """Why the database does not carry a statement out."""
    with store.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError) as caught:
        connection.exec_driver_sql(statement)
    return str(caught.value.orig)


def test_a_filled_store_goes_on_in_the_next_version(url: str, workspace: Workspace, next_version: Path) -> None:
    run_id = filled(url, workspace)
    with open_store(url) as store:
        before, guards = rows(store), triggers(store)
    next_version.write_text(NEXT.replace("@HEAD@", head()).format(more=""))
    with open_store(url) as store:
        assert verify_run(store, workspace, run_id).run_id == run_id
        after = rows(store)
        assert [name for name in after if after[name] != before[name]] == ["word_right"]
        with store.engine.connect() as connection:
            assert connection.scalar(sa.text("SELECT language FROM objection")) == "nl"
        assert triggers(store) == guards

        new = sa.MetaData()
        for table in metadata.tables.values():
            table.to_metadata(new)
        new.tables["objection"].append_column(sa.Column("language", sa.String(2)))
        with store.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), new) == []

        with store.engine.begin() as connection:
            connection.execute(objection.insert(), OBJECTION | {"objection_id": "o2", "claim": "portability"})
        assert "only grows" in refused(store, "UPDATE objection SET language = 'en'")
        assert "noted on a receipt" in refused(store, "DELETE FROM objection")
        assert "comes with a migration" in refused(store, "INSERT INTO word_right VALUES ('another')")
        with store.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError):
            connection.execute(objection.insert(), OBJECTION | {"objection_id": "o3", "claim": "another"})


def test_a_migration_that_fails_leaves_the_store_as_it_was(url: str, workspace: Workspace, next_version: Path) -> None:
    run_id = filled(url, workspace)
    with open_store(url) as store:
        before, guards = rows(store), triggers(store)
    next_version.write_text(NEXT.replace("@HEAD@", head()).format(more="raise ZeroDivisionError"))
    with pytest.raises(ZeroDivisionError):
        open_store(url)
    next_version.unlink()
    with open_store(url) as store:
        assert (rows(store), triggers(store)) == (before, guards)
        assert verify_run(store, workspace, run_id).run_id == run_id


def test_a_new_store_is_made_whole_and_asks_for_no_later_migration(empty_url: str, next_version: Path) -> None:
    next_version.write_text(NEXT.replace("@HEAD@", head()).format(more="raise ZeroDivisionError"))
    with open_store(empty_url) as store, store.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == "9999"


def test_there_is_no_way_back(store: Store) -> None:
    with store.engine.begin() as connection, pytest.raises(NotImplementedError):
        command.downgrade(migrate_module.alembic_config(connection), "base")


def without_plans(connection: sa.Connection) -> None:
    """What 0008 added is not there."""
    connection.exec_driver_sql("ALTER TABLE erasure DROP COLUMN plan_id")
    for table in (erasure_plan_decided, erasure_plan_item, erasure_plan, plan_decisions, rule_draft):
        table.drop(connection)
    connection.execute(claims.delete().where(claims.c.word == "access"))


def without_reversals(connection: sa.Connection) -> None:
    """What 0004 added is not there."""
    for words, word in ((batch_kinds, "reversal"), (notice_reasons, "ten_onrechte_ingetrokken")):
        connection.execute(words.delete().where(words.c.word == word))
    connection.exec_driver_sql("ALTER TABLE riec_call_back DROP COLUMN version")


def without_prepared_batches(connection: sa.Connection) -> None:
    """What 0009 added is not there."""
    for table in (riec_draft_event, riec_draft_line, riec_draft_manifest, riec_draft, draft_actions):
        table.drop(connection)


def without_people(connection: sa.Connection) -> None:
    """What 0006 added is not there."""
    connection.exec_driver_sql("ALTER TABLE review_session DROP COLUMN fresh_until")
    for table in (mandate_signature, personal_key_event, personal_key, personal_key_actions):
        table.drop(connection)


def without_drafts_notes_and_searches(connection: sa.Connection) -> None:
    """What 0012 added is not there."""
    for table in (case_found, case_note, kept_form):
        table.drop(connection)


def without_proposed_deliveries(connection: sa.Connection) -> None:
    """What 0010 added is not there."""
    connection.execute(delivery_decisions.delete().where(delivery_decisions.c.word == PROPOSED))
    for index in ("delivery_decided_once", "riec_draft_event_ends_once", "erasure_plan_decided_ends_once"):
        connection.exec_driver_sql(f"DROP INDEX uq_{index}")
    connection.exec_driver_sql(
        "CREATE UNIQUE INDEX uq_delivery_decided_once ON delivery_decided (register, delivery_sha256) "
        "WHERE decision <> 'confirmed'"
    )


def without_network(connection: sa.Connection) -> None:
    """What 0011 added is not there."""
    network_tie.drop(connection)


def without_acts(connection: sa.Connection) -> None:
    """What 0013 added is not there."""
    for table in (case_hand_over, case_act, hand_over_kinds, act_kinds):
        table.drop(connection)


def without_explanations(connection: sa.Connection) -> None:
    """What 0014 added is not there."""
    case_explanation.drop(connection)


def without_visit_details(connection: sa.Connection) -> None:
    """What 0015 added is not there."""
    connection.exec_driver_sql("ALTER TABLE visit_outcome DROP COLUMN details")


def without_search_by_company(connection: sa.Connection) -> None:
    """What 0016 added is not there."""
    for index in ("ix_dossier_record_run_id_dataset_key", "ix_dossier_party_kvk_nummer"):
        connection.exec_driver_sql(f"DROP INDEX {index}")


def without_wishes_for_contact(connection: sa.Connection) -> None:
    """What 0017 added is not there."""
    for table in (care_step, care_number, care_steps):
        table.drop(connection)


def without_person_route(connection: sa.Connection) -> None:
    """What 0018 added is not there."""
    person_route_quarter.drop(connection)


def without_tips_passed_on(connection: sa.Connection) -> None:
    """What 0023 added is not there."""
    for table in (contact_duty, tip_forwarded, tip_text_removed, receivers, ways):
        table.drop(connection)
    connection.execute(decisions.delete().where(decisions.c.word == "for_address"))


def without_agreements(connection: sa.Connection) -> None:
    """What 0019 added is not there."""
    for table in (partner_agreement_event, partner_agreement):
        table.drop(connection)


def without_policy_answers(connection: sa.Connection) -> None:
    """What 0020 added is not there."""
    for table in (policy_answer, answer_kinds):
        table.drop(connection)


def without_yields(connection: sa.Connection) -> None:
    """What 0021 added is not there."""
    for table in (yield_decided, yield_kinds):
        table.drop(connection)


def without_feedback_texts(connection: sa.Connection) -> None:
    """What 0022 added is not there."""
    riec_feedback_text.drop(connection)


def without_partner_hand_overs(connection: sa.Connection) -> None:
    """What 0024 added is not there."""
    for table in (partner_hand_over_event, partner_hand_over, partner_hand_over_actions, partner_forms):
        table.drop(connection)


def without_tip_hand_overs(connection: sa.Connection) -> None:
    """What 0026 added is not there."""
    for table in (tip_hand_over_event, tip_hand_over):
        table.drop(connection)


def without_line(connection: sa.Connection) -> None:
    """What 0027 added is not there."""
    case_line.drop(connection)


#: What takes away what each migration added, the newest first. A new migration that a test goes back past has its line.
UNDO = {
    "0027": without_line,
    "0026": without_tip_hand_overs,
    "0024": without_partner_hand_overs,
    "0023": without_tips_passed_on,
    "0022": without_feedback_texts,
    "0021": without_yields,
    "0020": without_policy_answers,
    "0019": without_agreements,
    "0018": without_person_route,
    "0017": without_wishes_for_contact,
    "0016": without_search_by_company,
    "0015": without_visit_details,
    "0014": without_explanations,
    "0013": without_acts,
    "0012": without_drafts_notes_and_searches,
    "0011": without_network,
    "0010": without_proposed_deliveries,
    "0009": without_prepared_batches,
    "0008": without_plans,
    "0006": without_people,
    "0004": without_reversals,
}


def back_to(connection: sa.Connection, revision: str) -> None:
    """Make a store as it was at this revision, of those in UNDO."""
    for later, undo in UNDO.items():
        if later > revision:
            undo(connection)
    connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")


def test_a_store_of_before_forgets_what_lapsed_cases_kept_out(url: str) -> None:
    with open_store(url) as store, writing(store.engine) as connection:
        drop_guards(connection)
        back_to(connection, "0001")
        later = (delivery, delivery_decided, verdicts, delivery_decisions, unseen_decision, unseen_decisions)
        for table in later:
            table.drop(connection)
    with open_store(url) as store, store.engine.connect() as connection:
        assert set(connection.scalars(sa.select(unseen_decisions.c.word))) == {"reopened", "closed"}
        assert list(connection.execute(unseen_decision.select())) == []


def test_a_store_of_before_knows_reversals_and_which_version_was_called_back(url: str, workspace: Workspace) -> None:
    filled(url, workspace)
    with open_store(url) as store:
        guards = triggers(store)
        with writing(store.engine) as connection:
            drop_guards(connection)
            back_to(connection, "0003")
            asked = {"signal_id": f"S-{'1' * 32}", "reason": "verklaard", "asked_by": "anna", "at": NOW}
            columns = [column for column in riec_call_back.c if column.name in asked]
            connection.execute(sa.insert(sa.table("riec_call_back", *map(as_plain, columns))).values(**asked))
    with open_store(url) as store:
        assert triggers(store) == guards
        with store.engine.connect() as connection:
            assert connection.scalars(sa.select(riec_call_back.c.version)).all() == [1]
            assert "reversal" in set(connection.scalars(sa.select(batch_kinds.c.word)))
            assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []


def test_a_store_of_before_lets_an_acceptance_follow_its_proposal(url: str, workspace: Workspace) -> None:
    filled(url, workspace)
    row = {
        "register": "vergunningen",
        "delivery_sha256": "a" * 64,
        "decision": "accepted",
        "reason": "gezien",
        "decided_by": "anna",
        "decided_at": NOW,
    }
    with open_store(url) as store:
        guards = triggers(store)
        with writing(store.engine) as connection:
            drop_guards(connection)
            back_to(connection, "0009")
            connection.execute(delivery_decided.insert(), row)
    with open_store(url) as store:
        assert triggers(store) == guards
        with writing(store.engine) as connection:
            drop_guards(connection)  # of a delivery that was judged, which is not what is asked here
            connection.execute(delivery_decided.insert(), row | {"decision": PROPOSED})
            assert connection.scalars(sa.select(delivery_decided.c.decision)).all() == ["accepted", PROPOSED]
            with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
                connection.execute(delivery_decided.insert(), row | {"decision": "rejected"})
            assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []


def test_a_wish_for_contact_of_before_keeps_its_number_where_the_ledger_has_its_hash(url: str) -> None:
    wish = {"id": 1, "asked_at": NOW, "phone": "0612345678", "delete_after": date(2027, 5, 1)}
    with open_store(url) as store, writing(store.engine) as connection:
        drop_guards(connection)
        back_to(connection, "0016")
        if store.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE care_contact ALTER COLUMN phone SET NOT NULL")
        connection.execute(care_contact.insert(), wish)
    with open_store(url) as store, store.engine.connect() as connection:
        assert [row._asdict() for row in connection.execute(care_contact.select())] == [wish]
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
        with pytest.raises(sa.exc.IntegrityError):
            connection.execute(care_contact.insert(), {"asked_at": NOW, "phone": "", "delete_after": date(2027, 5, 1)})


def as_plain(column: sa.Column[object]) -> sa.ColumnClause[object]:
    """A column as a statement names it, of a table as it was."""
    return sa.column(column.name, column.type)
