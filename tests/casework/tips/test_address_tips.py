"""Tips that are kept for an address are read in its case, and nobody learns by them that there is one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from screening.base.civil_time import midnight
from screening.base.vocabulary import Role
from screening.casework.tips.address_tips import dossier_tips, is_at, tips_about
from screening.casework.tips.sightings import Sighting, houses_in
from screening.casework.tips.tips import decide_tip, get_tip, report_tip
from screening.casework.viewer import Viewer
from screening.store import Store
from screening.store.schema.tips import signal_decision

NOW = datetime(2026, 11, 3, 14, 2, tzinfo=UTC)
TODAY = date(2026, 11, 3)
COUNTER = Viewer("b.balie", frozenset({Role.COLLEAGUE}))
CONTACT = Viewer("c.contact", frozenset({Role.CONTACT_PERSON}))
SEEN = Sighting(
    TODAY - timedelta(days=1), "9999 aa", 3, observations=("mattresses",), text="Matrassen gezien door het raam."
)
LINE = "Teststraat 3, 9999 AA Voorbeeld"


def test_what_is_kept_for_an_address_is_read_there_and_names_nobody(store: Store) -> None:
    signal_id = report_tip(store, COUNTER, SEEN, now=NOW)
    assert dossier_tips(store, LINE, now=NOW) == []
    decide_tip(store, CONTACT, signal_id, "for_address", now=NOW)
    (context,) = dossier_tips(store, LINE, now=NOW)
    assert (context.seen_on, context.address, context.text) == (SEEN.seen_on, "9999 AA, 3", SEEN.text)
    assert set(vars(context)) == {"signal_id", "seen_on", "address", "number_only", "observations", "text"}
    assert dossier_tips(store, LINE, now=NOW, until=NOW) == [context]
    assert dossier_tips(store, LINE, now=NOW, until=NOW - timedelta(seconds=1)) == [], "of a later case"
    assert dossier_tips(store, "Teststraat 33, 9999 AA Voorbeeld", now=NOW) == []
    assert dossier_tips(store, "Voorbeeld", now=NOW) == []
    over = midnight(TODAY + timedelta(days=184))
    assert dossier_tips(store, LINE, now=over) == []
    decide_tip(store, CONTACT, signal_id, "kept", now=NOW)
    assert dossier_tips(store, LINE, now=NOW) == []


def test_who_asks_what_is_known_of_an_address_gets_what_is_kept_for_it_and_what_is_not(store: Store) -> None:
    # two that read alike: neither hides the other
    kept, waiting = (report_tip(store, COUNTER, SEEN, now=NOW + timedelta(minutes=n)) for n in range(2))
    report_tip(store, COUNTER, replace(SEEN, house_number=33), now=NOW)
    decide_tip(store, CONTACT, kept, "for_address", now=NOW)
    known = tips_about(store, houses_in(LINE), now=NOW)
    assert [(tip.signal_id, tip.is_at_address) for tip in known] == [(kept, True), (waiting, False)]
    assert tips_about(store, [], now=NOW) == []


def test_without_an_addition_a_tip_is_read_at_each_address_of_its_number_and_says_so(store: Store) -> None:
    bare, typed = (report_tip(store, COUNTER, replace(SEEN, addition=addition), now=NOW) for addition in ("", "a"))
    for signal_id in (bare, typed):
        decide_tip(store, CONTACT, signal_id, "for_address", now=NOW)
    read_at = {
        line: {(tip.signal_id, tip.number_only) for tip in dossier_tips(store, f"{line}, 9999 AA Voorbeeld", now=NOW)}
        for line in ("Teststraat 3", "Teststraat 3a", "Teststraat 3b")
    }
    assert read_at == {
        "Teststraat 3": {(bare, 3)},
        "Teststraat 3a": {(bare, 3), (typed, None)},
        "Teststraat 3b": {(bare, 3)},
    }


def test_a_tip_that_joined_a_dossier_before_is_read_there_and_tells_the_contact_person_of_no_case(store: Store) -> None:
    signal_id = report_tip(store, COUNTER, SEEN, now=NOW)
    row = {"signal_id": signal_id, "decision": "joins_dossier", "address_id": "9999010000000003"}
    with store.engine.begin() as connection:
        connection.execute(sa.insert(signal_decision).values(**row, decided_by="c.contact", decided_at=NOW))
    assert [tip.signal_id for tip in dossier_tips(store, LINE, now=NOW)] == [signal_id]
    assert get_tip(store, CONTACT, signal_id, now=NOW).decision == "kept"


@pytest.mark.parametrize(
    ("addition", "line", "fits"),
    [
        ("", "Teststraat 3, 9999 AA Voorbeeld", True),
        ("", "Teststraat 3a, 9999 AA Voorbeeld", True),
        ("A", "Teststraat 3a, 9999 AA Voorbeeld", True),
        ("a-2", "Teststraat 3 A-2, 9999 AA Voorbeeld", True),
        ("B", "Teststraat 3a, 9999 AA Voorbeeld", False),
        ("A", "Teststraat 3, 9999 AA Voorbeeld", False),
        ("", "Teststraat 13, 9999 AA Voorbeeld", False),
        ("", "Teststraat 3, 9999 AB Voorbeeld", False),
        ("hs", "Plein 3 33-hs, 9999 AA Voorbeeld", False),
    ],
)
def test_whether_a_sighting_can_be_of_an_address(addition: str, line: str, *, fits: bool) -> None:
    assert is_at(replace(SEEN, addition=addition), line) is fits
