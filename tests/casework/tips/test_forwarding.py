"""Inspectors get a tip on a ground, with a receipt; nothing of its text or its sender goes along."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from screening.base.civil_time import midnight
from screening.casework.case_errors import NotAllowedError
from screening.casework.tips.forwarding import INSPECTORS, WAYS, forward_tip, receipts_of
from screening.casework.tips.sightings import TipError
from screening.casework.tips.tips import inbox, own_tips, report_tip
from screening.store import Store
from screening.store.schema.tips import tip_forwarded
from tests.casework.tips.test_tips import CONTACT, COUNTER, NOW, OFFICER, SEEN, TODAY

GIVEN = {"way": "phone", "handed_on": TODAY, "is_checked": True}


def test_the_number_of_a_receipt_comes_back_for_no_other_tip(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first, other = (report_tip(store, COUNTER, SEEN, now=NOW) for _ in range(2))
    gone = forward_tip(store, CONTACT, first, **GIVEN, now=NOW)
    with store.engine.begin() as connection:
        connection.execute(tip_forwarded.delete())
    receipt = forward_tip(store, CONTACT, other, **GIVEN, now=NOW)
    assert receipt.number != gone.number
    drawn = iter([receipt.id - 1, 41])
    monkeypatch.setattr("screening.casework.tips.forwarding.secrets.randbelow", lambda most: next(drawn))
    on_paper, later = GIVEN | {"way": "paper"}, NOW + timedelta(hours=1)
    assert forward_tip(store, CONTACT, other, **on_paper, now=later).number == "M-2026-00042"
    assert [each.id for each in receipts_of(store, [other], now=NOW)] == [receipt.id, 42]


def test_what_was_handed_over_has_a_receipt_and_the_sender_hears_the_next_day(store: Store) -> None:
    signal_id = report_tip(store, COUNTER, SEEN, now=NOW)
    assert [tip.is_unread for tip in inbox(store, CONTACT, now=NOW)] == [True]
    receipt = forward_tip(store, CONTACT, signal_id, **GIVEN, now=NOW)
    assert (receipt.number, receipt.basis) == (f"M-2026-{receipt.id:05d}", INSPECTORS.basis[0])
    later = NOW + timedelta(minutes=1)
    assert forward_tip(store, CONTACT, signal_id, **GIVEN, now=later) == receipt, "pressed twice"
    again = forward_tip(store, CONTACT, signal_id, **GIVEN | {"way": "paper"}, now=later)
    assert receipts_of(store, [signal_id], now=NOW) == [receipt, again]
    assert [tip.is_unread for tip in inbox(store, CONTACT, now=NOW)] == [False]
    told = [own_tips(store, COUNTER, now=moment)[0].fate for moment in (NOW, midnight(TODAY + timedelta(days=1)))]
    assert told == ["received", "passed_on"]
    columns = {column.name for column in tip_forwarded.columns}
    assert not columns & {"text", "reporter", "name"}
    over = midnight(TODAY + timedelta(days=184))
    assert receipts_of(store, [signal_id], now=over) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"way": "post"}, "way"),
        ({"handed_on": None}, "handed_on"),
        ({"handed_on": TODAY + timedelta(days=1)}, "handed_on"),
        ({"handed_on": TODAY - timedelta(days=1)}, "handed_on"),
        ({"is_checked": False}, "is_checked"),
    ],
)
def test_a_receipt_says_to_whom_how_and_when(sqlite_store: Store, change: dict, field: str) -> None:
    signal_id = report_tip(sqlite_store, COUNTER, SEEN, now=NOW)
    with pytest.raises(TipError) as refused:
        forward_tip(sqlite_store, CONTACT, signal_id, **GIVEN | change, now=NOW)
    assert list(refused.value.fields) == [field]
    assert receipts_of(sqlite_store, [signal_id], now=NOW) == []


def test_the_contact_person_alone_hands_over_and_a_receipt_is_of_inspectors_for_good(sqlite_store: Store) -> None:
    signal_id = report_tip(sqlite_store, COUNTER, SEEN, now=NOW)
    for viewer in (COUNTER, OFFICER):
        with pytest.raises(NotAllowedError):
            forward_tip(sqlite_store, viewer, signal_id, **GIVEN, now=NOW)
    forward_tip(sqlite_store, CONTACT, signal_id, **GIVEN, now=NOW)
    row = {
        "signal_id": signal_id,
        "receiver": "politie",
        "basis": "Sv art. 161",
        "way": "phone",
        "handed_on": TODAY,
        "forwarded_by": "c.contact",
        "forwarded_at": NOW,
    }
    for change in (tip_forwarded.update().values(basis="Een andere grond"), tip_forwarded.insert().values(**row)):
        with pytest.raises(sa.exc.DBAPIError), sqlite_store.engine.begin() as connection:
            connection.execute(change)


def test_inspectors_have_a_ground_what_is_to_be_checked_and_a_source_in_both_languages() -> None:
    assert WAYS == ("phone", "secure_mail", "paper")
    for dutch, english in (INSPECTORS.basis, INSPECTORS.check, INSPECTORS.asks):
        assert dutch.strip()
        assert english.strip()
        assert dutch != english
    assert INSPECTORS.source.startswith("https://wetten.overheid.nl/")
