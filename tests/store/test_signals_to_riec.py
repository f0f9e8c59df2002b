"""Preparing and approving: refusals, four and six eyes in code and in the database, states, minimisation."""

from __future__ import annotations

from screening.store import Store, Workspace
from tests.store.disclosed import approved, confirmed_town, prepared


def test_a_confirmed_case_becomes_a_signal_is_approved_and_leaves(store: Store, workspace: Workspace, tmp_path) -> None:
    case_id = confirmed_town(store, workspace)[1]
    made = prepared(store, case_id)
    assert made.state == "draft"
    assert approved(store, case_id).state == "approved"
