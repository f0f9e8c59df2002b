"""What stops all that follows a judgement: each of the reasons, and that without one nothing does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl

from screening.base.vocabulary import NoticeReason, ReviewOutcome
from screening.casework.acts.acts import decided_case
from screening.casework.acts.stops import stops
from screening.casework.cases.sync import sync_cases
from screening.casework.links.judgements import record_judgement
from screening.casework.person_hashes import person_hashes
from screening.rights.objections import decide_request, register_request
from screening.store import Store, Workspace, publish
from tests.casework.acts.decided import decided, town
from tests.casework.caseload import ANNA, BRAM, DAY, NOW, case_of, judged, later

KEY = b"k" * 32


def stopped(store: Store, case_id: str, key: bytes | None = None) -> NoticeReason | None:
    """Why a case is stopped."""
    case = decided_case(store, ANNA, case_id)
    assert case
    return stops(store, [case], key=key).get(case_id)


def upheld(store: Store, claim: str, **about: str) -> None:
    """A request that two people uphold."""
    asked = register_request(store, claim, case_file="Z-2026-00123", received_on=DAY, by="rita", now=NOW, **about)
    decide_request(store, asked.objection_id, "upheld", by="sam", now=NOW)


def test_nothing_stops_a_case_that_holds(sqlite_store: Store, workspace: Workspace) -> None:
    case_id = decided(sqlite_store, workspace)
    assert stopped(sqlite_store, case_id, KEY) is None
    assert stops(sqlite_store, []) == {}


def test_a_record_that_was_decided_to_be_wrong(sqlite_store: Store, workspace: Workspace) -> None:
    case_id = decided(sqlite_store, workspace)
    upheld(sqlite_store, "rectification", record="vergunningen:Z1")
    assert stopped(sqlite_store, case_id) is NoticeReason.GEGEVENS_ONJUIST


def test_a_link_that_people_rejected(sqlite_store: Store, workspace: Workspace) -> None:
    publish(sqlite_store, workspace, town(links=("L1",)))
    sync_cases(sqlite_store, now=NOW)
    case_id = decided(sqlite_store, workspace)
    assert stopped(sqlite_store, case_id) is None
    record_judgement(sqlite_store, "holder 3", "elsewhere", "negative", by="anna", judged_at=NOW, reason="twee mensen")
    assert stopped(sqlite_store, case_id) is NoticeReason.ONJUISTE_KOPPELING


def test_a_later_case_about_the_same_rule_that_was_explained(sqlite_store: Store, workspace: Workspace) -> None:
    store, case_id = sqlite_store, decided(sqlite_store, workspace)
    tomorrow = later(days=1)
    publish(store, workspace, town(DAY + timedelta(days=1), {3: (("LIC-04", ("vergunningen:Z8",)),)}))
    sync_cases(store, now=tomorrow)
    judged(store, BRAM, case_of(store, 3, now=tomorrow).case_id, ReviewOutcome.VERKLAARD, now=tomorrow)
    assert stopped(store, case_id) is NoticeReason.VERKLAARD


def test_a_person_of_the_dossier_whose_objection_was_upheld(sqlite_store: Store, workspace: Workspace) -> None:
    bundle = town()
    born = DAY.replace(year=1980)
    parties = bundle.dossier_parties.with_columns(birth_date=pl.lit(born))
    publish(sqlite_store, workspace, replace(bundle, dossier_parties=parties))
    sync_cases(sqlite_store, now=NOW)
    case_id = decided(sqlite_store, workspace)
    upheld(sqlite_store, "objection", person=next(iter(person_hashes([("Xanthippe Qwertzuiop", born)], KEY))))
    assert stopped(sqlite_store, case_id) is None
    assert stopped(sqlite_store, case_id, KEY) is NoticeReason.BEZWAAR_GEGROND
