"""What was changed or taken away of a case that nobody touched: its run says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import ReviewOutcome, Role
from screening.casework.case_policy import DEFAULT_POLICY
from screening.casework.cases.against_their_run import unlike_their_run
from screening.casework.cases.sync import sync_cases
from screening.casework.cases.unseen import close_unseen, unseen_cases
from screening.casework.viewer import Viewer
from screening.rights.due import Due
from screening.rights.erasure import carry_out_erasure, finish_erasure
from screening.rights.objections import decide_request, register_request
from screening.rights.terms import Terms
from screening.store import Store, Workspace
from screening.store.schema.cases import case_step, review_case
from screening.store.schema.retention import CASE, ENDED, OBJECTS, UPHELD
from tests.casework.caseload import ANNA, BRAM, DAY, NOW, Hits, case_of, judged, later, published, read
from tests.ledger.store_tampering import behind_its_back
from tests.rights.approved import begin
from tests.store.bundles import address

OF_TWO = review_case.c.address_id == address(2)
OF_THREE = review_case.c.address_id == address(3)
TAMPERINGS = {
    "it is not sensitive": review_case.update().where(OF_TWO).values(sensitive=False),
    "its run did not": review_case.update().where(OF_THREE).values(arm="flag"),
    "its run flagged it": review_case.update().where(OF_TWO).values(arm="sample"),
    "no dossier of that name": review_case.update().where(OF_TWO).values(address="Elders 1, 1234 AB Voorbeeld"),
    "its case is gone": review_case.delete().where(OF_TWO),
}


@pytest.mark.parametrize("says", TAMPERINGS)
def test_a_case_that_was_changed_or_taken_away_behind_the_store_is_seen(
    says: str, sqlite_store: Store, workspace: Workspace
) -> None:
    published(sqlite_store, workspace, flags=[1, 2], drawn=[3], sex_licence=[2])
    assert unlike_their_run(sqlite_store) == []
    with behind_its_back(sqlite_store) as connection:
        if isinstance(TAMPERINGS[says], sa.Delete):
            connection.execute(case_step.delete())
        assert connection.execute(TAMPERINGS[says]).rowcount == 1
    found = unlike_their_run(sqlite_store)
    assert any(says in line for line in found)
    assert all(line.startswith("review_case ") for line in found)


def _goes_on(store: Store, workspace: Workspace) -> None:
    """Judged, lapsed, withdrawn, drawn and then flagged: what a case lives through."""
    published(store, workspace, flags=[1, 2, 4], drawn=[3])
    for viewer in (ANNA, BRAM):
        judged(store, viewer, case_of(store, 1).case_id, ReviewOutcome.BEVESTIGD_AFWIJKING)
    judged(store, ANNA, case_of(store, 2).case_id, ReviewOutcome.VERKLAARD)
    for days in (1, 2, 3):
        now = later(days=days)
        published(store, workspace, as_of=now.date(), flags=[1, 2, 3], now=now)


def _lapses(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1, 2], drawn=[3])
    sync_cases(store, now=later(days=61))


def _is_erased(store: Store, workspace: Workspace) -> None:
    """With an old case goes what was known of its address, which is still flagged."""
    published(store, workspace, flags=[1])
    case_id = judged(store, ANNA, case_of(store, 1).case_id, ReviewOutcome.VERKLAARD).case.case_id
    published(store, workspace, as_of=DAY + timedelta(days=1), flags=[1], now=later(days=1))
    past = later(days=400)
    receipt = begin(store, [Due(CASE, case_id, DAY)], Terms(), now=past)
    carry_out_erasure(store, workspace, receipt, now=past, key=b"key")


#: What a later night knows beside what the first one did.
MORE: Hits = (("LIC-04", ("vergunningen:Z1", "vergunningen:Z9")),)


def _is_read_before_a_night_that_knows_more(store: Store, workspace: Workspace) -> None:
    """It is judged as it was read; what is new opens a case the next day."""
    published(store, workspace, flags=[1])
    read(store, ANNA, case_of(store, 1).case_id)
    now = later(days=1)
    published(store, workspace, as_of=now.date(), flags={1: MORE}, now=now)
    judged(store, ANNA, case_of(store, 1, now=now).case_id, ReviewOutcome.VERKLAARD, now=now)


def _is_closed_unseen_after_a_night_that_knows_more(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1])
    read(store, ANNA, case_of(store, 1).case_id)
    sync_cases(store, now=later(days=61))
    now, lead = later(days=62), Viewer("lena", frozenset({Role.LEAD, Role.SENSITIVE_REVIEWER}))
    published(store, workspace, as_of=now.date(), flags={1: MORE}, now=now)
    (case,) = unseen_cases(store, lead)
    close_unseen(store, lead, case.case_id, reason="Te oud.", now=now, policy=DEFAULT_POLICY)


def _is_objected_to(store: Store, workspace: Workspace) -> None:
    """The last run was published before the request was upheld, and flags the address until the next one."""
    published(store, workspace, flags=[1, 2])
    for number, moment in ((1, NOW), (2, later(days=61))):
        sync_cases(store, now=moment)
        given = {"address_id": address(number), "case_file": f"Z-2026-{number}", "received_on": DAY}
        asked = register_request(store, OBJECTS, **given, by="rita", now=moment)  # type: ignore[arg-type]
        decide_request(store, asked.objection_id, UPHELD, by="otto", now=moment)
        assert unlike_their_run(store) == []
    sync_cases(store, now=later(days=62))
    decide_request(store, asked.objection_id, ENDED, by="otto", now=later(days=62))


def _is_erased_after_a_crash(store: Store, workspace: Workspace) -> None:
    """The receipt was begun before the last follow-up, and is carried out after it."""
    published(store, workspace, flags=[1])
    case_id = judged(store, ANNA, case_of(store, 1).case_id, ReviewOutcome.DATA_FOUT).case.case_id
    receipt = begin(store, [Due(CASE, case_id, DAY)], Terms(), now=later(days=400))
    now = later(days=401)
    sync_cases(store, now=now)
    carry_out_erasure(store, workspace, receipt, now=now, key=b"key")
    assert unlike_their_run(store) == []
    finish_erasure(store, receipt, counts={}, list_sha256="0" * 64, now=now)


LIVES = (
    _goes_on,
    _lapses,
    _is_erased,
    _is_read_before_a_night_that_knows_more,
    _is_closed_unseen_after_a_night_that_knows_more,
    _is_objected_to,
    _is_erased_after_a_crash,
)


@pytest.mark.parametrize("lived", LIVES)
def test_a_case_that_nobody_tampered_with_is_as_its_run_says(
    lived: Callable[[Store, Workspace], None], store: Store, workspace: Workspace
) -> None:
    lived(store, workspace)
    assert unlike_their_run(store) == []
