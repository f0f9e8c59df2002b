"""A draft is its writer's alone, sealed, bound to its form, and gone after a week."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from screening.store import Store, Workspace
from screening.store.access.form_drafts import (
    KEPT_FOR,
    MOST_BYTES,
    drafts_of_cases,
    drop_draft,
    keep_draft,
    own_drafts,
    read_draft,
)
from screening.store.schema.accounts import kept_form

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
CASE = "0123456789abcdef"
FORM = f"/zaken/{CASE}/oordeel"
FIELDS = (("motivering", "Café ‘t Hoekje is ę́én pand."), ("koppeling", "a"), ("koppeling", "b"))


def test_a_draft_is_read_back_by_its_writer_alone_and_is_sealed(store: Store, workspace: Workspace) -> None:
    assert keep_draft(store, workspace, "anna", FORM, FIELDS, now=NOW, case_id=CASE)
    draft = read_draft(store, workspace, "anna", FORM, now=NOW)
    assert draft is not None
    assert (draft.fields, draft.kept_at, draft.case_id) == (FIELDS, NOW, CASE)
    assert read_draft(store, workspace, "bram", FORM, now=NOW) is None
    assert own_drafts(store, "bram", now=NOW) == []
    with store.engine.connect() as connection:
        content = connection.scalar(sa.select(kept_form.c.content))
    assert b"Hoekje" not in content
    assert b"motivering" not in content


def test_a_row_that_is_moved_to_another_account_or_form_opens_for_nobody(store: Store, workspace: Workspace) -> None:
    keep_draft(store, workspace, "anna", FORM, FIELDS, now=NOW)
    with store.engine.begin() as connection:
        connection.execute(kept_form.update().values(account="bram"))
    assert read_draft(store, workspace, "bram", FORM, now=NOW) is None
    with store.engine.begin() as connection:
        connection.execute(kept_form.update().values(account="anna", form="/meldingen/nieuw"))
    assert read_draft(store, workspace, "anna", "/meldingen/nieuw", now=NOW) is None


def test_a_draft_opens_under_the_key_of_its_workspace_alone(store: Store, workspace: Workspace, tmp_path) -> None:
    keep_draft(store, workspace, "anna", FORM, FIELDS, now=NOW)
    assert read_draft(store, Workspace(tmp_path / "other"), "anna", FORM, now=NOW) is None


def test_a_later_draft_takes_the_place_of_the_one_before_and_a_taken_form_has_none(
    store: Store, workspace: Workspace
) -> None:
    keep_draft(store, workspace, "anna", FORM, FIELDS, now=NOW)
    keep_draft(store, workspace, "anna", FORM, (("motivering", "Anders."),), now=NOW + timedelta(minutes=1))
    draft = read_draft(store, workspace, "anna", FORM, now=NOW)
    assert draft is not None
    assert draft.fields == (("motivering", "Anders."),)
    drop_draft(store, "anna", FORM)
    assert read_draft(store, workspace, "anna", FORM, now=NOW) is None


def test_a_draft_goes_after_its_term(store: Store, workspace: Workspace) -> None:
    keep_draft(store, workspace, "anna", FORM, FIELDS, now=NOW)
    later = NOW + KEPT_FOR + timedelta(seconds=1)
    assert read_draft(store, workspace, "anna", FORM, now=later) is None
    keep_draft(store, workspace, "bram", FORM, FIELDS, now=later)
    with store.engine.connect() as connection:
        assert connection.scalars(sa.select(kept_form.c.account)).all() == ["bram"]


def test_more_than_one_types_is_not_kept(store: Store, workspace: Workspace) -> None:
    assert not keep_draft(store, workspace, "anna", FORM, (("motivering", "x" * MOST_BYTES),), now=NOW)


def test_who_asks_what_is_kept_of_a_case_gets_its_drafts(store: Store, workspace: Workspace) -> None:
    keep_draft(store, workspace, "anna", FORM, FIELDS, now=NOW, case_id=CASE)
    keep_draft(store, workspace, "anna", "/meldingen/nieuw", FIELDS, now=NOW)
    assert [draft.form for draft in drafts_of_cases(store, workspace, [CASE], now=NOW)] == [FORM]
