"""Entries go after their term and not a day before; the check tells that from tampering."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from screening.base.errors import LedgerError
from screening.base.vocabulary import LedgerAction
from screening.ledger import TERM, Ledger, last_head_before, retire, sign_head, verify_ledger
from screening.ledger.schema import ledger_entry, ledger_start
from tests.ledger.entries import NOW, entry
from tests.ledger.tampering import switched_off

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = [KEY.public_key()]
YEAR = timedelta(days=365)
ORIGIN = "host:server"


def years(ledger: Ledger, count: int) -> list[bytes]:
    """Ten entries a year, and a head at the end of each."""
    heads = []
    for year in range(count):
        ledger.write_all([entry(number, done_at=NOW + year * YEAR + timedelta(days=number)) for number in range(10)])
        heads.append(sign_head(ledger, KEY, now=NOW + year * YEAR + timedelta(days=20)))
    return heads


def gone(ledger: Ledger, head: bytes, at, **changes) -> int:
    return retire(ledger, head, KEYS, **({"by": "system:retention", "now": at, "origin": ORIGIN} | changes))


def test_time_travel_leaves_no_entry_past_its_term_and_a_whole_ledger(ledger: Ledger) -> None:
    """Seven years, and every year what is five years old goes: up to the head that was signed before."""
    heads = years(ledger, 7)
    for year in (6, 7):
        now = NOW + year * YEAR + timedelta(days=30)
        head = last_head_before(heads, KEYS, now - TERM)
        assert gone(ledger, head, now) > 0
        left = ledger.entries(limit=1)[0]
        assert left.entry.done_at > now - TERM
        result = verify_ledger(ledger, heads, KEYS, now=now)
        assert result.findings == []
        assert "past their term" in " ".join(result.notes)
    erasures = ledger.entries(action=LedgerAction.ERASURE)
    assert [one.entry.object for one in erasures] == ["term:access_logs"] * 2
    assert ledger.write(entry(1)) == ledger.head().seq == 73


def test_nothing_goes_before_its_term(ledger: Ledger) -> None:
    heads = years(ledger, 2)
    with pytest.raises(LedgerError, match="not past it"):
        gone(ledger, heads[0], NOW + timedelta(days=20) + TERM - timedelta(seconds=1))
    assert ledger.entries(limit=1)[0].seq == 1
    assert gone(ledger, heads[0], NOW + timedelta(days=20) + TERM) == 10


def test_a_head_that_does_not_fit_takes_nothing_away(ledger: Ledger, tmp_path) -> None:
    heads, late = years(ledger, 1), NOW + 9 * YEAR
    forged = sign_head(ledger, Ed25519PrivateKey.generate(), now=NOW)
    with pytest.raises(LedgerError, match="none of the given keys"):
        gone(ledger, forged, late)
    assert gone(ledger, heads[0], late) == 10
    with pytest.raises(LedgerError, match="not the one that is stored"):
        gone(ledger, heads[0], late)  # a second time


def test_a_head_of_a_ledger_without_entries_takes_nothing_away(ledger: Ledger) -> None:
    head = sign_head(ledger, KEY, now=NOW)
    with pytest.raises(LedgerError, match="not of an entry"):
        gone(ledger, head, NOW + 9 * YEAR)


def test_a_beginning_that_was_cut_off_is_found_whatever_is_put_in_its_place(ledger: Ledger) -> None:
    """Who owns the database copies what the erasure does: with a head too young, a forged one, or none."""
    heads, now = years(ledger, 3), NOW + 3 * YEAR
    forged = sign_head(ledger, Ed25519PrivateKey.generate(), now=NOW - 9 * YEAR)
    with ledger.engine.begin() as connection, switched_off(connection):
        connection.execute(ledger_entry.delete().where(ledger_entry.c.seq <= 10))
    assert {"gap", "broken"} <= {one.kind for one in verify_ledger(ledger, heads, KEYS, now=now).findings}
    for seq, head, kind in ((10, heads[0], "start"), (11, forged, "start")):
        with ledger.engine.begin() as connection, switched_off(connection):
            connection.execute(ledger_start.insert().values(seq=seq, head=head.decode().strip()))
        assert kind in {one.kind for one in verify_ledger(ledger, heads, KEYS, now=now).findings}
        with pytest.raises(LedgerError, match="what time it is"):
            verify_ledger(ledger, heads, KEYS)


def test_the_triggers_are_back_after_an_erasure(ledger: Ledger) -> None:
    heads = years(ledger, 1)
    gone(ledger, heads[0], NOW + 9 * YEAR)
    assert "protection" not in {one.kind for one in verify_ledger(ledger, [], KEYS, now=NOW + 9 * YEAR).findings}


def test_an_erasure_that_cannot_be_written_down_does_not_happen(ledger: Ledger) -> None:
    heads = years(ledger, 1)
    with pytest.raises(LedgerError):
        gone(ledger, heads[0], NOW + 9 * YEAR, by="Jan de Vries")
    assert len(ledger.entries()) == 10


def test_a_ledger_that_was_cut_down_to_a_head_of_long_ago_is_found(ledger: Ledger) -> None:
    """Whoever has the key signs today's end with a time of years ago, lets all before it go, and brings it outside."""
    heads, now = years(ledger, 2), NOW + 2 * YEAR
    ledger.write(entry(7))
    old = sign_head(ledger, KEY, now=now - TERM - YEAR)
    last = ledger.head().seq
    with ledger.engine.begin() as connection, switched_off(connection):
        connection.execute(ledger_start.insert().values(seq=last, head=old.decode().strip()))
        connection.execute(ledger_entry.delete().where(ledger_entry.c.seq <= last))
    result = verify_ledger(ledger, [*heads, old], KEYS, now=now)
    assert [(finding.kind, finding.seq) for finding in result.findings] == [("start", 10), ("start", 20)]
    assert verify_ledger(ledger, [old], KEYS, now=now).is_anchored, "the head of years ago vouches for what is left"


def test_without_a_key_the_head_in_the_place_of_entries_is_not_proved(ledger: Ledger) -> None:
    """As of a backup: the entries that are left follow it, and a note says what was not checked."""
    gone(ledger, years(ledger, 1)[0], NOW + 9 * YEAR)
    assert "was not checked" not in " ".join(verify_ledger(ledger, [], KEYS, now=NOW + 9 * YEAR).notes)
    unproved = verify_ledger(ledger, [], None, now=NOW + 9 * YEAR)
    assert unproved.findings == []
    assert "name the public key" in " ".join(unproved.notes)
