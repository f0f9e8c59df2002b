"""A case that is another organisation's: two officers say so, a call is prepared, and what it tells is registered."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import ActKind, NoticeReason, Purpose, ReviewOutcome
from screening.casework.acts.acts import ActForm, record_act
from screening.casework.case_errors import ConflictError, MotivationError, NotAllowedError, NotReadyError
from screening.casework.cases.sync import sync_cases
from screening.casework.figures.yearly_yield import CountedYears
from screening.partners.desk.hand_over_steps import call_back_hand_over
from screening.partners.desk.hand_overs import Caller, make_call, partner_hand_overs, referral_of
from screening.store import Store, Workspace, publish
from screening.store.schema.cases import review_case
from screening.store.schema.hand_overs import partner_hand_over
from tests.casework.caseload import ANNA, BRAM, case_of, judged
from tests.casework.cases.test_case_races import race
from tests.partners.desk.disclosed import KAAT, NOW, PIET, agreed, is_refused, whole_night

DOORGEZET = ReviewOutcome.DOORGEZET
CALLER = Caller("Voorbeeldstad", "Toezicht", "Coördinator")
PASSED_ON = ActForm(ActKind.PASSED_ON, choices=("telefoon",))


def passed_on(store: Store, workspace: Workspace, to: str, *, also_to: str | None = None) -> str:
    """A case that Anna and Bram find to be another organisation's."""
    publish(store, workspace, whole_night([1]))
    sync_cases(store, now=NOW)
    case_id = case_of(store, 1, now=NOW).case_id
    assert judged(store, ANNA, case_id, DOORGEZET, refer_to=to, now=NOW).result == "awaits_second"
    result = judged(store, BRAM, case_id, DOORGEZET, refer_to=also_to or to, now=NOW).result
    assert result == ("differs" if also_to else "closed")
    return case_id


def called(store: Store, case_id: str, recipient: str = ""):
    return make_call(store, ANNA, case_id, CALLER, purpose=Purpose.VERG, now=NOW, recipient=recipient)


def test_with_an_agreement_a_call_tells_the_address_and_no_more(store: Store, workspace: Workspace) -> None:
    agreement = agreed(store, "politie-oost", "politie")
    case_id = passed_on(store, workspace, "politie")
    assert referral_of(store, case_id) == "politie"
    with pytest.raises(NotReadyError) as first:
        record_act(store, ANNA, case_id, PASSED_ON, now=NOW)
    assert first.value.reason == "hand_over"
    made = called(store, case_id)
    assert set(made.content) == {"gemeente", "afdeling", "contact", "adres"}
    assert (made.recipient, made.article) == ("politie-oost", agreement.terms.article)
    assert "Xanthippe" not in str(made)
    with pytest.raises(ConflictError):
        called(store, case_id)
    record_act(store, BRAM, case_id, PASSED_ON, now=NOW)  # the receipt: who, when and how
    assert partner_hand_overs(store, [case_id]) == [made]
    assert CountedYears(store, now=NOW + timedelta(days=31)).yield_of(NOW.year).town["calls"] == 1


def test_after_a_call_was_called_back_another_can_be_prepared(store: Store, workspace: Workspace) -> None:
    agreed(store, "politie-oost", "politie")
    case_id = passed_on(store, workspace, "politie")
    first = called(store, case_id)
    call_back_hand_over(store, ANNA, first, reason=NoticeReason.GEGEVENS_ONJUIST, now=NOW)
    with pytest.raises(NotReadyError) as untold:
        record_act(store, ANNA, case_id, PASSED_ON, now=NOW)
    assert untold.value.reason == "hand_over"
    second = called(store, case_id)
    assert second.number != first.number
    with pytest.raises(ConflictError):
        called(store, case_id)
    record_act(store, ANNA, case_id, PASSED_ON, now=NOW)


def test_of_two_who_prepare_the_call_at_the_same_moment_one_does(store: Store, workspace: Workspace) -> None:
    case_id = passed_on(store, workspace, "politie")
    assert race(*[partial(called, store, case_id)] * 2) == ["ConflictError", "PartnerHandOver"]
    assert len(partner_hand_overs(store, [case_id])) == 1


def test_with_several_agreements_who_prepares_the_call_chooses_whom(sqlite_store: Store, workspace: Workspace) -> None:
    for name in ("politie-noord", "politie-oost"):
        agreed(sqlite_store, name, "politie", covenant=f"Werkafspraak {name}")
    agreed(sqlite_store, "riec-oost", "riec")
    case_id = passed_on(sqlite_store, workspace, "politie")
    for other in ("", "riec-oost", "politie-west"):
        with pytest.raises(MotivationError) as asked:
            called(sqlite_store, case_id, other)
        assert asked.value.field == "bellen"
    chosen = called(sqlite_store, case_id, "politie-oost")
    assert (chosen.recipient, chosen.covenant) == ("politie-oost", "Werkafspraak politie-oost")


@pytest.mark.parametrize("to", ["politie", "veiligheidshuis", "belastingdienst"])
def test_without_one_and_to_the_care_and_safety_house_it_tells_nothing(
    sqlite_store: Store, workspace: Workspace, to: str
) -> None:
    agreed(sqlite_store, "huis-oost", "veiligheidshuis")
    made = called(sqlite_store, passed_on(sqlite_store, workspace, to))
    assert set(made.content) == {"gemeente", "afdeling", "contact"}
    assert "Teststraat" not in str(made.content)


def test_two_who_find_another_partner_differ(sqlite_store: Store, workspace: Workspace) -> None:
    case_id = passed_on(sqlite_store, workspace, "politie", also_to="arbeidsinspectie")
    assert referral_of(sqlite_store, case_id) is None
    with pytest.raises(NotAllowedError):
        called(sqlite_store, case_id)


@pytest.mark.parametrize("within", ["ander_team", "zorgcoordinatie"])
def test_what_stays_within_the_municipality_has_no_call_by_however_many_it_went(
    sqlite_store: Store, workspace: Workspace, within: str
) -> None:
    """Two who differed about the partner; in the next round two others find that it is for nobody outside."""
    case_id = passed_on(sqlite_store, workspace, "politie", also_to="arbeidsinspectie")
    phone = "0201234567" if within == "zorgcoordinatie" else None
    for viewer in (PIET, KAAT):
        done = judged(sqlite_store, viewer, case_id, DOORGEZET, refer_to=within, phone=phone, now=NOW)
    assert done.result == "closed"
    assert referral_of(sqlite_store, case_id) is None
    with pytest.raises(NotAllowedError):
        called(sqlite_store, case_id)
    record_act(sqlite_store, ANNA, case_id, PASSED_ON, now=NOW)
    assert partner_hand_overs(sqlite_store, [case_id]) == []


def test_the_database_takes_no_call_that_two_officers_did_not_ask_for(store: Store, workspace: Workspace) -> None:
    case_id = passed_on(store, workspace, "politie")
    row = {
        "case_id": case_id,
        "form": "call",
        "partner": "politie",
        "recipient": "",
        "article": "",
        "covenant": "",
        "theme": "",
        "purpose": "P-VERG",
        "fields": [],
        "content": "{}",
        "content_sha256": "0" * 64,
        "prepared_by": "anna",
        "prepared_at": NOW,
    }
    insert = sa.insert(partner_hand_over)
    assert not is_refused(store, insert.values(**row))
    assert is_refused(store, insert.values(**row | {"partner": "arbeidsinspectie"}))
    assert is_refused(store, insert.values(**row | {"form": "sheet", "article": "a", "covenant": "b", "theme": "c"}))
    with store.engine.connect() as connection:
        assert connection.scalar(sa.select(review_case.c.outcome)) == DOORGEZET
