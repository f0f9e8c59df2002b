"""What a partner was told or given is called back in one way: a call, a sheet, a tip; and the receipt is kept."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import NoticeReason
from screening.casework.case_errors import ConflictError, MotivationError, NotAllowedError, NotReadyError
from screening.casework.figures.yearly_yield import CountedYears
from screening.casework.tips.tips import report_tip
from screening.casework.viewer import Viewer
from screening.partners.desk.hand_over_steps import call_back_hand_over, confirm_destroyed, hand_over_of_case
from screening.partners.desk.hand_overs import PartnerHandOver
from screening.partners.desk.sheets import release_sheet
from screening.partners.desk.tip_hand_overs import TipHandOver, hand_tip_over, tip_hand_over_of
from screening.store import Store, Workspace
from screening.store.schema.hand_overs import partner_hand_over_event, tip_hand_over_event
from tests.casework.caseload import ANNA, BRAM
from tests.casework.cases.test_case_races import race
from tests.casework.tips.test_tips import CONTACT, COUNTER, SEEN
from tests.casework.tips.test_tips import NOW as SENT
from tests.partners.desk.disclosed import NOW, agreed, confirmed_town, is_refused
from tests.partners.desk.test_hand_overs import called, passed_on
from tests.partners.desk.test_sheets import made
from tests.partners.desk.test_tip_hand_overs import GIVEN

WRONG = NoticeReason.GEGEVENS_ONJUIST


def given_of(store: Store, workspace: Workspace, form: str) -> tuple[Viewer, PartnerHandOver | TipHandOver]:
    """A call, a sheet that left or a tip, and who may call it back."""
    if form == "sheet":
        case_id = confirmed_town(store, workspace)[1]
        agreed(store, "politie-oost", "politie")
        sheet = made(store, case_id)
        release_sheet(store, BRAM, case_id, sheet.id, now=NOW)
        return ANNA, hand_over_of_case(store, ANNA, case_id, sheet.id)
    agreed(store, "politie-oost", "politie")
    if form == "call":
        return ANNA, called(store, passed_on(store, workspace, "politie"))
    return CONTACT, hand_tip_over(store, CONTACT, report_tip(store, COUNTER, SEEN, now=SENT), **GIVEN, now=SENT)


def as_it_is(store: Store, viewer: Viewer, given: PartnerHandOver | TipHandOver) -> PartnerHandOver | TipHandOver:
    if isinstance(given, TipHandOver):
        return tip_hand_over_of(store, viewer, given.id)
    return hand_over_of_case(store, viewer, given.case_id, given.id)


@pytest.mark.parametrize("form", ["call", "sheet", "tip"])
def test_it_is_called_back_once_and_what_the_partner_says_then_is_the_receipt(
    sqlite_store: Store, workspace: Workspace, form: str
) -> None:
    viewer, given = given_of(sqlite_store, workspace, form)
    with pytest.raises(NotReadyError) as early:
        confirm_destroyed(sqlite_store, viewer, given, channel="brief", now=NOW)
    assert early.value.reason == "not_called_back"
    call_back_hand_over(sqlite_store, viewer, given, reason=WRONG, now=NOW)
    for seen in (given, as_it_is(sqlite_store, viewer, given)):  # also for who did not look again
        with pytest.raises(ConflictError):
            call_back_hand_over(sqlite_store, viewer, seen, reason=WRONG, now=NOW)
    back = as_it_is(sqlite_store, viewer, given)
    assert (back.called_back.reason, back.is_destroyed, back.has_left) == (WRONG, False, True)
    with pytest.raises(MotivationError):
        confirm_destroyed(sqlite_store, viewer, back, channel="duif", now=NOW)
    confirm_destroyed(sqlite_store, viewer, back, channel="brief", now=NOW)
    gone = as_it_is(sqlite_store, viewer, given)
    assert (gone.is_destroyed, gone.steps[-1].channel, gone.steps[-1].actor) == (True, "brief", viewer.account)
    with pytest.raises(NotReadyError):
        confirm_destroyed(sqlite_store, viewer, gone, channel="brief", now=NOW)
    with pytest.raises(ConflictError):
        confirm_destroyed(sqlite_store, viewer, back, channel="brief", now=NOW)
    year = CountedYears(sqlite_store, now=NOW + timedelta(days=31)).yield_of(NOW.year)
    assert year.town["called_back"] == (0 if form == "tip" else 1), "a tip is told by quarter"


@pytest.mark.parametrize("form", ["call", "tip"])
def test_of_two_who_call_back_at_the_same_moment_one_does(store: Store, workspace: Workspace, form: str) -> None:
    viewer, given = given_of(store, workspace, form)
    back = partial(call_back_hand_over, store, viewer, given, reason=WRONG, now=NOW)
    assert race(back, back) == ["ConflictError", "NoneType"]
    assert [step.action for step in as_it_is(store, viewer, given).steps] == ["called_back"]


def test_a_sheet_that_never_left_is_not_destroyed_by_a_partner(police_town: Store, case_id: str) -> None:
    sheet = made(police_town, case_id)
    call_back_hand_over(police_town, ANNA, sheet, reason=WRONG, now=NOW)
    with pytest.raises(NotReadyError) as refused:
        confirm_destroyed(police_town, ANNA, as_it_is(police_town, ANNA, sheet), channel="brief", now=NOW)
    assert refused.value.reason == "never_left"


def test_a_call_that_told_nothing_has_nothing_to_call_back(sqlite_store: Store, workspace: Workspace) -> None:
    call = called(sqlite_store, passed_on(sqlite_store, workspace, "politie"))
    with pytest.raises(NotReadyError) as refused:
        call_back_hand_over(sqlite_store, ANNA, call, reason=WRONG, now=NOW)
    assert refused.value.reason == "nothing"
    with pytest.raises(NotAllowedError):
        hand_over_of_case(sqlite_store, ANNA, call.case_id, call.id + 1)
    with pytest.raises(NotAllowedError):
        hand_over_of_case(sqlite_store, COUNTER, call.case_id, call.id)


def test_the_database_keeps_steps_in_order(store: Store, workspace: Workspace) -> None:
    viewer, call = given_of(store, workspace, "call")
    step = {"hand_over_id": call.id, "reason": None, "channel": None, "actor": "bram", "at": NOW}
    of_call = step | {"case_id": call.case_id, "prepared_by": "anna"}
    insert = sa.insert(partner_hand_over_event)
    assert is_refused(store, insert.values(**of_call, action="released")), "a call is not given out"
    assert is_refused(store, insert.values(**of_call | {"channel": "brief"}, action="destroyed"))
    call_back_hand_over(store, viewer, call, reason=WRONG, now=NOW)
    assert not is_refused(store, insert.values(**of_call | {"channel": "brief"}, action="destroyed"))
    tip = hand_tip_over(store, CONTACT, report_tip(store, COUNTER, SEEN, now=SENT), **GIVEN, now=SENT)
    of_tip, insert = step | {"hand_over_id": tip.id, "signal_id": tip.signal_id}, sa.insert(tip_hand_over_event)
    assert is_refused(store, insert.values(**of_tip, action="released"))
    assert is_refused(store, insert.values(**of_tip | {"channel": "brief"}, action="destroyed"))
    call_back_hand_over(store, CONTACT, tip, reason=WRONG, now=SENT)
    assert not is_refused(store, insert.values(**of_tip | {"channel": "brief"}, action="destroyed"))
    assert is_refused(store, tip_hand_over_event.delete())
