"""A sheet waits for a second person; what a partner has and does not hold any more is to be called back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from screening.base.vocabulary import NoticeReason, Role
from screening.casework.acts.acts import decided_case
from screening.casework.case_errors import NotReadyError
from screening.casework.cases.sync import sync_cases
from screening.casework.viewer import Viewer
from screening.partners.desk.agreements import agreements, approve_agreement, end_agreement, propose_agreement
from screening.partners.desk.hand_over_steps import call_back_hand_over
from screening.partners.desk.hand_over_validity import OpenHandOver, open_hand_overs
from screening.partners.desk.sheets import release_sheet
from screening.rights.objections import decide_request, register_request
from screening.store import Store, Workspace, publish
from screening.store.schema.retention import OBJECTS, UPHELD
from tests.casework.caseload import ANNA, BRAM
from tests.partners.desk.disclosed import DAY, KAAT, NOW, PIET, agreed, whole_night
from tests.partners.desk.test_hand_overs import called, passed_on
from tests.partners.desk.test_sheets import made as made_sheet
from tests.store.bundles import address


def only_sheet(store: Store, viewer: Viewer = BRAM) -> OpenHandOver:
    [open_sheet] = open_hand_overs(store, viewer)
    return open_sheet


def test_it_waits_for_a_second_person_and_then_for_nobody(police_town: Store, case_id: str) -> None:
    sheet = made_sheet(police_town, case_id)
    waiting = only_sheet(police_town)
    assert [waiting.waits_for(name) for name in ("anna", "bram")] == [False, True]
    assert open_hand_overs(police_town, Viewer("hans", frozenset({Role.AUDITOR}))) == []
    release_sheet(police_town, BRAM, case_id, sheet.id, now=NOW)
    given = only_sheet(police_town)
    assert (given.waits_for("bram"), given.is_to_call_back, given.fault) == (False, False, None)


def test_without_its_agreement_it_is_to_be_called_back_until_somebody_does(police_town: Store, case_id: str) -> None:
    sheet = made_sheet(police_town, case_id)
    release_sheet(police_town, BRAM, case_id, sheet.id, now=NOW)
    waits = made_sheet(police_town, case_id)
    [police] = agreements(police_town, "politie-oost")
    end_agreement(police_town, police.id, by="lea", now=NOW)
    out, never_left = open_hand_overs(police_town, BRAM)
    assert (out.given.id, out.fault, out.is_to_call_back) == (sheet.id, "agreement", True)
    assert (never_left.given.id, never_left.is_to_call_back, never_left.waits_for("bram")) == (waits.id, False, False)
    # the same words in force again, and what it says holds; others, and it does not
    for changed, is_lost in (({}, False), ({"covenant": "Werkafspraak 9"}, True)):
        again = propose_agreement(police_town, replace(police.terms, **changed), by="piet", now=NOW)
        approve_agreement(police_town, again.id, by="kaat", now=NOW)
        assert open_hand_overs(police_town, BRAM)[0].is_to_call_back == is_lost, changed
        end_agreement(police_town, again.id, by="lea", now=NOW)
    call_back_hand_over(police_town, ANNA, sheet, reason=NoticeReason.GEGEVENS_ONJUIST, now=NOW)
    assert [each.given.id for each in open_hand_overs(police_town, BRAM)] == [waits.id]


def test_who_gave_it_out_knows_of_it_while_a_later_case_of_the_address_waits(
    police_town: Store, case_id: str, tmp_path: Path
) -> None:
    sheet = made_sheet(police_town, case_id)
    release_sheet(police_town, PIET, case_id, sheet.id, now=NOW)
    night = whole_night((1, 2), DAY + timedelta(days=1), sensitive=(2,), renamed=1)
    publish(police_town, Workspace(tmp_path / "later"), night)
    sync_cases(police_town, now=NOW + timedelta(days=1))
    assert [len(open_hand_overs(police_town, viewer)) for viewer in (ANNA, PIET, KAAT)] == [1, 1, 0]
    assert [decided_case(police_town, viewer, case_id) is None for viewer in (PIET, KAAT)] == [False, True]


def test_a_call_is_to_be_called_back_once_its_case_stops_and_for_nothing_else(
    sqlite_store: Store, workspace: Workspace
) -> None:
    police = agreed(sqlite_store, "politie-oost", "politie")
    call = called(sqlite_store, passed_on(sqlite_store, workspace, "politie"))
    end_agreement(sqlite_store, police.id, by="lea", now=NOW)
    [holds] = open_hand_overs(sqlite_store, BRAM)
    assert (holds.given, holds.fault, holds.waits_for("bram")) == (call, None, False)
    when = {"address_id": address(1), "case_file": "Z-2026-1", "received_on": DAY}
    asked = register_request(sqlite_store, OBJECTS, **when, by="rita", now=NOW)  # type: ignore[arg-type]
    decide_request(sqlite_store, asked.objection_id, UPHELD, by="otto", now=NOW)
    [stopped] = open_hand_overs(sqlite_store, BRAM)
    assert (stopped.fault, stopped.is_to_call_back) == ("stopped", True)
    call_back_hand_over(sqlite_store, BRAM, call, reason=NoticeReason.BEZWAAR_GEGROND, now=NOW)
    assert open_hand_overs(sqlite_store, BRAM) == []


@pytest.mark.parametrize(
    ("night", "fault"),
    [
        ({"named": {"o1": "Havenbar 1 B.V."}}, "changed"),
        ({"flags": (2,), "sensitive": (2,)}, "stopped"),
        ({"says": {"handelsregister:r1": {"datum_aanvang": "2018-01-01"}}}, None),
    ],
)
def test_what_two_nights_say_otherwise_calls_it_back_and_holds_back_what_waits(
    police_town: Store, case_id: str, tmp_path: Path, night: dict[str, object], fault: str | None
) -> None:
    """A name of a business that stands on it, or that nothing is found any more; not what it does not say."""
    sheet, waits = made_sheet(police_town, case_id), made_sheet(police_town, case_id)
    release_sheet(police_town, BRAM, case_id, sheet.id, now=NOW)
    workspace, given = Workspace(tmp_path / "copy"), {"flags": (1, 2), "sensitive": (2,), **night}
    for days in (1, 2):
        assert open_hand_overs(police_town, BRAM)[0].fault is None, "one night is too few"
        publish(police_town, workspace, whole_night(as_of=DAY + timedelta(days=days), **given))  # type: ignore[arg-type]
    assert [each.fault for each in open_hand_overs(police_town, BRAM)] == [fault, fault]
    assert open_hand_overs(police_town, BRAM)[0].is_to_call_back == (fault is not None)
    if fault is None:
        release_sheet(police_town, BRAM, case_id, waits.id, now=NOW)
        return
    with pytest.raises(NotReadyError) as held:
        release_sheet(police_town, BRAM, case_id, waits.id, now=NOW)
    assert held.value.reason == fault
