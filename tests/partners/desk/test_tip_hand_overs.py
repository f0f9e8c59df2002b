"""A tip that police or RIEC get: on an agreement in force, as a disclosure that outlives the tip and says no more."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from screening.base.civil_time import midnight
from screening.casework.case_errors import NotAllowedError, NotReadyError
from screening.casework.tips.forwarding import forward_tip, receipts_of
from screening.casework.tips.sightings import House, TipError
from screening.casework.tips.tips import inbox, own_tips, report_tip
from screening.partners.desk.agreements import agreements, end_agreement
from screening.partners.desk.hand_overs import partner_hand_overs
from screening.partners.desk.tip_hand_overs import (
    hand_tip_over,
    tip_agreements,
    tip_hand_over_of,
    tip_hand_overs,
    tip_hand_overs_at,
    tip_kinds,
)
from screening.rights.tip_erasure import erase_tips
from screening.store import Store
from screening.store.schema.hand_overs import tip_hand_over
from tests.casework.cases.test_case_races import race
from tests.casework.tips.test_tips import CONTACT, COUNTER, NOW, OFFICER, SEEN, TODAY
from tests.partners.desk.disclosed import agreed, is_refused

GIVEN = {"recipient": "politie-oost", "way": "phone", "handed_on": TODAY, "is_checked": True}


def test_a_partner_gets_the_address_the_day_and_what_was_seen_and_the_entry_outlives_the_tip(store: Store) -> None:
    signal_id, agreement = report_tip(store, COUNTER, SEEN, now=NOW), agreed(store, "politie-oost", "politie")
    told = hand_tip_over(store, CONTACT, signal_id, **GIVEN, now=NOW)
    assert hand_tip_over(store, CONTACT, signal_id, **GIVEN, now=NOW + timedelta(minutes=1)) == told, "pressed twice"
    assert told.number == f"V-2026-{told.id:05d}"
    assert told.content == {
        "adres": "9999 AA, 3, Voorbeeld",
        "gezien_op": SEEN.seen_on.isoformat(),
        "waarnemingen": [*SEEN.observations],
    }
    assert (told.kind, told.article, told.covenant) == ("politie", agreement.terms.article, agreement.terms.covenant)
    assert not {SEEN.text, COUNTER.account} & {str(value) for value in vars(told).values()}
    assert SEEN.text not in str(told)
    assert [tip.is_unread for tip in inbox(store, CONTACT, now=NOW)] == [False]
    fates = [own_tips(store, COUNTER, now=moment)[0].fate for moment in (NOW, midnight(TODAY + timedelta(days=1)))]
    assert fates == ["received", "passed_on"]
    with store.engine.begin() as connection:
        erase_tips(connection, [signal_id])
    assert tip_hand_overs(store, CONTACT) == tip_hand_overs_at(store, [House("9999AA", 3)]) == [told]
    assert tip_hand_overs_at(store, [House("9999AA", 4)]) == []


def test_of_two_who_hand_it_over_at_the_same_moment_one_entry_comes(store: Store) -> None:
    """Each in a connection of its own; on PostgreSQL neither sees what the other has not committed yet."""
    agreed(store, "politie-oost", "politie")
    inspectors = {name: value for name, value in GIVEN.items() if name != "recipient"}
    for _ in range(8):
        signal_id = report_tip(store, COUNTER, SEEN, now=NOW)
        assert race(*[partial(hand_tip_over, store, CONTACT, signal_id, **GIVEN, now=NOW)] * 2) == ["TipHandOver"] * 2
        assert race(*[partial(forward_tip, store, CONTACT, signal_id, **inspectors, now=NOW)] * 2) == ["TipReceipt"] * 2
        assert len(tip_hand_overs(store, CONTACT, signal_id)) == len(receipts_of(store, [signal_id], now=NOW)) == 1


def test_no_partner_gets_one_without_an_agreement_that_covers_tips(sqlite_store: Store) -> None:
    assert [kind.code for kind in tip_kinds()] == ["politie", "riec"]
    signal_id = report_tip(sqlite_store, COUNTER, SEEN, now=NOW)
    agreed(sqlite_store, "politie-oost", "politie", fields=("personen",))
    agreed(sqlite_store, "inspectie", "arbeidsinspectie")
    for recipient in ("politie-oost", "inspectie", "krant"):
        with pytest.raises(NotReadyError) as refused:
            hand_tip_over(sqlite_store, CONTACT, signal_id, **GIVEN | {"recipient": recipient}, now=NOW)
        assert refused.value.reason == "agreement"
    end_agreement(sqlite_store, agreements(sqlite_store, "politie-oost")[0].id, by="lea", now=NOW)
    covering = agreed(sqlite_store, "politie-oost", "politie")
    assert tip_agreements(sqlite_store) == [covering]
    end_agreement(sqlite_store, covering.id, by="lea", now=NOW)
    with pytest.raises(NotReadyError):
        hand_tip_over(sqlite_store, CONTACT, signal_id, **GIVEN, now=NOW)
    assert tip_hand_overs(sqlite_store, CONTACT) == []


@pytest.mark.parametrize("change", [{"way": "post"}, {"handed_on": None}, {"is_checked": False}])
def test_an_entry_says_how_when_and_that_the_ground_was_looked_at(sqlite_store: Store, change: dict) -> None:
    agreed(sqlite_store, "politie-oost", "politie")
    signal_id = report_tip(sqlite_store, COUNTER, SEEN, now=NOW)
    with pytest.raises(TipError) as refused:
        hand_tip_over(sqlite_store, CONTACT, signal_id, **GIVEN | change, now=NOW)
    assert list(refused.value.fields) == list(change)


def test_the_contact_person_alone_reads_and_makes_entries(sqlite_store: Store) -> None:
    agreed(sqlite_store, "politie-oost", "politie")
    signal_id = report_tip(sqlite_store, COUNTER, SEEN, now=NOW)
    told = hand_tip_over(sqlite_store, CONTACT, signal_id, **GIVEN, now=NOW)
    assert tip_hand_over_of(sqlite_store, CONTACT, told.id) == told
    for viewer in (COUNTER, OFFICER):
        for ask in (
            lambda who: hand_tip_over(sqlite_store, who, signal_id, **GIVEN, now=NOW),
            lambda who: tip_hand_overs(sqlite_store, who),
            lambda who: tip_hand_over_of(sqlite_store, who, told.id),
        ):
            with pytest.raises(NotAllowedError):
                ask(viewer)
    with pytest.raises(NotAllowedError):
        tip_hand_over_of(sqlite_store, CONTACT, told.id + 1)
    assert partner_hand_overs(sqlite_store, [signal_id]) == [], "no officer reads it in a case"


def test_the_database_takes_no_entry_off_an_agreement_in_force_and_keeps_what_it_took(store: Store) -> None:
    agreement, signal_id = agreed(store, "politie-oost", "politie"), report_tip(store, COUNTER, SEEN, now=NOW)
    row = {
        "signal_id": signal_id,
        "agreement_id": agreement.id,
        "postcode": "9999AA",
        "house_number": 3,
        "content": "{}",
        "content_sha256": "0" * 64,
        "way": "phone",
        "handed_on": TODAY,
        "handed_by": "c.contact",
        "handed_at": NOW,
    }
    assert is_refused(store, tip_hand_over.insert().values(**row | {"signal_id": "0" * 16}))
    hand_tip_over(store, CONTACT, signal_id, **GIVEN, now=NOW)
    assert is_refused(store, tip_hand_over.delete())
    assert is_refused(store, tip_hand_over.update().values(content="{}"))
    assert not is_refused(store, tip_hand_over.insert().values(**row))
    end_agreement(store, agreement.id, by="lea", now=NOW)
    assert is_refused(store, tip_hand_over.insert().values(**row))
