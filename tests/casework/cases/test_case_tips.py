"""An officer erases what slipped into the text of a tip, where and when the tip is theirs to read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from screening.base.vocabulary import ReviewOutcome
from screening.casework.case_errors import NotAllowedError
from screening.casework.cases.case_tips import remove_text_in_case
from screening.casework.cases.sync import sync_cases
from screening.casework.tips.address_tips import dossier_tips
from screening.casework.tips.tips import decide_tip, report_tip
from screening.store import Store, Workspace, publish
from tests.casework.caseload import ANNA, BRAM, case_of, judged, night, read
from tests.casework.tips.test_tips import CONTACT, COUNTER, NOW, SEEN


def test_an_officer_who_reads_it_in_a_case_erases_it_after_the_own_judgement(
    sqlite_store: Store, workspace: Workspace
) -> None:
    publish(sqlite_store, workspace, night(flags=[3]))
    sync_cases(sqlite_store, now=NOW)
    case = case_of(sqlite_store, 3, now=NOW)
    signal_id = report_tip(sqlite_store, COUNTER, replace(SEEN, postcode="1203AB"), now=NOW)
    decide_tip(sqlite_store, CONTACT, signal_id, "for_address", now=NOW)
    with pytest.raises(NotAllowedError):
        remove_text_in_case(sqlite_store, ANNA, case, signal_id, now=NOW)
    read(sqlite_store, ANNA, case.case_id, now=NOW)
    judged(sqlite_store, ANNA, case.case_id, ReviewOutcome.BEVESTIGD_AFWIJKING, now=NOW)
    for viewer, tip in ((BRAM, signal_id), (ANNA, "f" * 16)):
        with pytest.raises(NotAllowedError):
            remove_text_in_case(sqlite_store, viewer, case, tip, now=NOW)
    remove_text_in_case(sqlite_store, ANNA, case, signal_id, now=NOW)
    assert [tip.text for tip in dossier_tips(sqlite_store, case.address, now=NOW)] == [""]


def test_what_was_kept_after_the_case_ended_is_not_its_officers_to_erase(
    sqlite_store: Store, workspace: Workspace
) -> None:
    publish(sqlite_store, workspace, night(flags=[3]))
    sync_cases(sqlite_store, now=NOW)
    case = case_of(sqlite_store, 3, now=NOW)
    read(sqlite_store, ANNA, case.case_id, now=NOW)
    judged(sqlite_store, ANNA, case.case_id, ReviewOutcome.VERKLAARD, now=NOW)
    after = NOW + timedelta(hours=1)
    signal_id = report_tip(sqlite_store, COUNTER, replace(SEEN, postcode="1203AB"), now=after)
    decide_tip(sqlite_store, CONTACT, signal_id, "for_address", now=after)
    with pytest.raises(NotAllowedError):
        remove_text_in_case(sqlite_store, ANNA, case, signal_id, now=after)
