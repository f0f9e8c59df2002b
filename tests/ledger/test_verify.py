"""Six ways of tampering are found with a head kept outside; a whole ledger passes (assurance S11, T12, T22)."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from screening.base.errors import LedgerError
from screening.ledger import Ledger, open_ledger, sign_head, verify_ledger
from tests.ledger.entries import NOW, entry
from tests.ledger.tampering import BEYOND_THE_CHAIN, TAMPERINGS, put, stored, switched_off

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = [KEY.public_key()]
ENTRIES = 60


def filled(ledger: Ledger) -> list[bytes]:
    """Entries, and the heads that were signed after a third of them and at the end."""
    heads = []
    for first in range(0, ENTRIES, ENTRIES // 3):
        ledger.write_all([entry(number) for number in range(first, first + ENTRIES // 3)])
        heads.append(sign_head(ledger, KEY, now=NOW + timedelta(days=1)))
    return [heads[0], heads[-1]]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[bytes]]:
    """A whole ledger with its heads; trials take a copy."""
    folder = tmp_path_factory.mktemp("whole")
    with open_ledger(folder) as ledger:
        heads = filled(ledger)
        with ledger.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "ledger.sqlite", heads


@pytest.fixture
def copy(original: tuple[Path, list[bytes]], tmp_path: Path) -> Iterator[tuple[Ledger, list[bytes]]]:
    """A copy of the whole ledger, and its heads."""
    shutil.copy(original[0], tmp_path)
    with open_ledger(tmp_path) as ledger:
        yield ledger, original[1]


def found_share(ledger: Ledger, heads: list[bytes], name: str, trials: int) -> float:
    """Share of the trials of one class in which the check says that something is wrong."""
    whole, found = stored(ledger), 0
    for trial in range(trials):
        draw = random.Random(f"{name} {trial}")
        rows = TAMPERINGS[name](list(whole), draw, ledger.genesis)
        assert rows != whole, "the trial tampered with nothing"
        put(ledger, rows)
        found += not verify_ledger(ledger, heads, KEYS).is_whole
    put(ledger, whole)
    assert verify_ledger(ledger, heads, KEYS).is_whole, "what was put back is not whole: the trials show nothing"
    return found / trials


def test_an_untouched_ledger_passes_and_its_head_reaches_the_end(ledger: Ledger) -> None:
    heads = filled(ledger)
    result = verify_ledger(ledger, heads, KEYS)
    assert (result.findings, result.entries, result.anchored, result.heads) == ([], ENTRIES, ENTRIES, 2)
    assert result.is_anchored


@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_way_of_tampering_is_found(copy: tuple[Ledger, list[bytes]], name: str) -> None:
    assert found_share(*copy, name, 20) == 1.0


@pytest.mark.long
@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_way_of_tampering_is_found_200_times(copy: tuple[Ledger, list[bytes]], name: str) -> None:
    assert found_share(*copy, name, 200) == 1.0


@pytest.mark.parametrize("name", TAMPERINGS)
def test_the_chain_alone_misses_what_it_must_miss(copy: tuple[Ledger, list[bytes]], name: str) -> None:
    """The harness is no yes-man: without heads a cut tail and a full rewrite pass, every time; the others do not."""
    ledger, _ = copy
    assert found_share(ledger, [], name, 20) == (0.0 if name in BEYOND_THE_CHAIN else 1.0)


def test_every_way_of_tampering_is_found_on_each_database(ledger: Ledger) -> None:
    heads = filled(ledger)
    for name in TAMPERINGS:
        assert found_share(ledger, heads, name, 3) == 1.0, name


def test_what_is_younger_than_the_last_head_can_be_cut_off_and_the_check_says_how_much(copy) -> None:
    """The honest limit: between two heads the end rests on the database alone."""
    ledger, heads = copy
    ledger.write_all([entry(900 + number) for number in range(5)])
    result = verify_ledger(ledger, heads, KEYS)
    assert result.is_whole
    assert "5 entries are younger than the last head" in " ".join(result.notes)
    put(ledger, stored(ledger)[:ENTRIES])
    assert verify_ledger(ledger, heads, KEYS).is_whole


def test_a_new_ledger_in_the_place_of_the_old_one_is_found(copy, tmp_path: Path) -> None:
    """Somebody removes the file: the next start makes an empty ledger, which no head belongs to."""
    _, heads = copy
    with open_ledger(tmp_path / "new") as fresh:
        result = verify_ledger(fresh, heads, KEYS)
    assert {one.kind for one in result.findings} == {"replaced"}
    assert not result.is_anchored


def test_another_beginning_is_found(copy) -> None:
    ledger, heads = copy
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER ledger_identity_refuse_update")
        connection.exec_driver_sql("UPDATE ledger_identity SET genesis = 'x'")
    with open_ledger(ledger.engine.url.database.removesuffix("/ledger.sqlite")) as again:
        assert {"identity", "broken", "protection"} <= {one.kind for one in verify_ledger(again, heads, KEYS).findings}


def test_a_head_of_another_key_vouches_for_nothing(copy) -> None:
    ledger, heads = copy
    stranger = Ed25519PrivateKey.generate()
    result = verify_ledger(ledger, [sign_head(ledger, stranger, now=NOW)], KEYS)
    assert [one.kind for one in result.findings] == ["head"]
    assert not result.is_anchored
    assert verify_ledger(
        ledger, [sign_head(ledger, stranger, now=NOW), *heads], [*KEYS, stranger.public_key()]
    ).is_whole


def test_a_later_head_does_not_cover_an_earlier_one(copy) -> None:
    """Who has the key and rewrites can sign the new end, and cannot unsign the old one."""
    ledger, heads = copy
    rows = TAMPERINGS["rewrite"](stored(ledger), random.Random(3), ledger.genesis)
    put(ledger, rows)
    result = verify_ledger(ledger, [*heads, sign_head(ledger, KEY, now=NOW)], KEYS)
    assert not result.is_whole


@pytest.mark.parametrize("value", [b"\x00", b"jansen", 7, 1.5])
def test_whatever_stands_in_a_row_the_check_goes_on(copy, value: object) -> None:
    """SQLite takes bytes in a column of text."""
    ledger, heads = copy
    rows = stored(ledger)
    rows[10] |= {"actor": value}
    put(ledger, rows)
    result = verify_ledger(ledger, heads, KEYS)
    kinds = {one.kind for one in result.findings if one.seq == 11}
    assert kinds == ({"changed", "foreign"} if isinstance(value, bytes) else {"changed"})
    assert result.entries == ENTRIES


def test_text_that_is_no_text_is_an_error_and_no_pass(copy) -> None:
    ledger, heads = copy
    with ledger.engine.begin() as connection, switched_off(connection):
        connection.exec_driver_sql("UPDATE ledger_entry SET actor = CAST(x'ff' AS TEXT) WHERE seq = 11")
    with pytest.raises(LedgerError, match="reading the chain"):
        verify_ledger(ledger, heads, KEYS)


@pytest.mark.parametrize("trigger", ["ledger_entry_refuse_update", "ledger_entry_follows"])
def test_a_trigger_that_is_gone_or_empty_is_found(copy, trigger: str) -> None:
    ledger, heads = copy
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
    assert [one.kind for one in verify_ledger(ledger, heads, KEYS).findings] == ["protection"]
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TRIGGER {trigger} BEFORE UPDATE ON ledger_entry BEGIN SELECT 1; END")
    assert [one.kind for one in verify_ledger(ledger, heads, KEYS).findings] == ["protection"]


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_refuse_change",
        "DROP TRIGGER ledger_entry_refuse_truncate ON ledger_entry",
        "CREATE OR REPLACE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ],
)
def test_a_trigger_that_is_switched_off_is_found_on_postgresql(ledger: Ledger, statement: str) -> None:
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql("RESET ROLE")
        connection.exec_driver_sql(statement)
    assert "protection" in [one.kind for one in verify_ledger(ledger, [], []).findings]


def test_a_clock_that_was_set_back_is_a_note(copy) -> None:
    ledger, heads = copy
    ledger.write(entry(0, done_at=NOW - timedelta(days=3)))
    result = verify_ledger(ledger, heads, KEYS)
    assert result.is_whole
    assert "was a clock set back" in " ".join(result.notes)


def test_findings_hold_no_value_of_an_entry(copy) -> None:
    ledger, heads = copy
    put(ledger, TAMPERINGS["edit"](stored(ledger), random.Random(1), ledger.genesis))
    told = " ".join(one.what for one in verify_ledger(ledger, heads, KEYS).findings)
    assert "jansen" not in told
    assert "case:" not in told


@pytest.mark.long
def test_a_hundred_thousand_entries_are_checked(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.write_all([entry(number) for number in range(100_000)])
        assert verify_ledger(ledger, [sign_head(ledger, KEY, now=NOW)], KEYS).is_whole
