"""A sheet waits for a second person; once a partner has it and it does not hold any more, it is to be called back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from screening.casework.case_errors import NotReadyError
from screening.casework.viewer import Viewer
from screening.partners.desk.agreements import agreements, approve_agreement, end_agreement, propose_agreement
from screening.partners.desk.hand_over_steps import call_back_hand_over
from screening.partners.desk.sheet_validity import OpenSheet, open_sheets
from screening.partners.desk.sheets import release_sheet
from screening.store import Store, Workspace, publish
from screening.vocabulary import NoticeReason, Role
from tests.casework.caseload import ANNA, BRAM
from tests.partners.desk.disclosed import DAY, NOW, whole_night
from tests.partners.desk.test_sheets import made as made_sheet


def only_sheet(store: Store, viewer: Viewer = BRAM) -> OpenSheet:
    [open_sheet] = open_sheets(store, viewer)
    return open_sheet


def test_it_waits_for_a_second_person_and_then_for_nobody(police_town: Store, case_id: str) -> None:
    sheet = made_sheet(police_town, case_id)
    waiting = only_sheet(police_town)
    assert [waiting.waits_for(name) for name in ("anna", "bram")] == [False, True]
    assert open_sheets(police_town, Viewer("hans", frozenset({Role.AUDITOR}))) == []
    release_sheet(police_town, BRAM, case_id, sheet.id, now=NOW)
    given = only_sheet(police_town)
    assert (given.waits_for("bram"), given.is_to_call_back, given.fault) == (False, False, None)


def test_without_its_agreement_it_is_to_be_called_back_until_somebody_does(
    police_town: Store, case_id: str
) -> None:
    sheet = made_sheet(police_town, case_id)
    release_sheet(police_town, BRAM, case_id, sheet.id, now=NOW)
    waits = made_sheet(police_town, case_id)
    [police] = agreements(police_town, "politie-oost")
    end_agreement(police_town, police.id, by="lea", now=NOW)
    out, never_left = open_sheets(police_town, BRAM)
    assert (out.sheet.id, out.fault, out.is_to_call_back) == (sheet.id, "agreement", True)
    assert (never_left.sheet.id, never_left.is_to_call_back, never_left.waits_for("bram")) == (waits.id, False, False)
    # the same words in force again, and what it says holds; others, and it does not
    for changed, is_lost in (({}, False), ({"covenant": "Werkafspraak 9"}, True)):
        again = propose_agreement(police_town, replace(police.terms, **changed), by="piet", now=NOW)
        approve_agreement(police_town, again.id, by="kaat", now=NOW)
        assert open_sheets(police_town, BRAM)[0].is_to_call_back == is_lost, changed
        end_agreement(police_town, again.id, by="lea", now=NOW)
    call_back_hand_over(police_town, ANNA, sheet, reason=NoticeReason.GEGEVENS_ONJUIST, now=NOW)
    assert [each.sheet.id for each in open_sheets(police_town, BRAM)] == [waits.id]


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
) -> None:  # fmt: skip
    """A name of a business that stands on it, or that nothing is found any more; not what it does not say."""
    sheet, waits = made_sheet(police_town, case_id), made_sheet(police_town, case_id)
    release_sheet(police_town, BRAM, case_id, sheet.id, now=NOW)
    workspace, given = Workspace(tmp_path / "copy"), {"flags": (1, 2), "sensitive": (2,), **night}
    for days in (1, 2):
        assert open_sheets(police_town, BRAM)[0].fault is None, "one night is too few"
        publish(police_town, workspace, whole_night(as_of=DAY + timedelta(days=days), **given))  # type: ignore[arg-type]
    assert [each.fault for each in open_sheets(police_town, BRAM)] == [fault, fault]
    assert open_sheets(police_town, BRAM)[0].is_to_call_back == (fault is not None)
    if fault is None:
        release_sheet(police_town, BRAM, case_id, waits.id, now=NOW)
        return
    with pytest.raises(NotReadyError) as held:
        release_sheet(police_town, BRAM, case_id, waits.id, now=NOW)
    assert held.value.reason == fault
