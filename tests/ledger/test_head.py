"""A signed head is exactly what was signed, by a key that is made once and that nobody else can read."""

from __future__ import annotations

import base64
import json
import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from screening.base.errors import LedgerError
from screening.ledger import (
    Ledger,
    head_statement,
    key_id,
    personal_head,
    public_key,
    read_head,
    sign_head,
    signing_key,
)
from screening.ledger.head import HeadError
from screening.ledger.keys import logboek_key
from tests.ledger.entries import NOW, entry

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = [KEY.public_key()]


@pytest.fixture
def signed(sqlite_ledger: Ledger) -> bytes:
    sqlite_ledger.write_all([entry(number) for number in range(3)])
    return sign_head(sqlite_ledger, KEY, now=NOW)


def test_a_head_names_the_last_entry_and_nobody(sqlite_ledger: Ledger, signed: bytes) -> None:
    head = read_head(signed, KEYS)
    last = sqlite_ledger.head()
    assert (head.ledger, head.seq, head.hash) == (sqlite_ledger.ledger_id, last.seq, last.hash)
    assert (head.signed_at, head.key) == ("2026-11-02T09:00:00.000000Z", key_id(KEYS[0]))
    assert signed.count(b"\n") == 1, "one line, so that it can be printed and typed over"
    assert b"jansen" not in signed


def test_no_byte_of_a_head_can_be_changed(signed: bytes) -> None:
    """A space after the line is none of it; every other change is refused."""
    for place in range(len(signed) - 1):
        for bit in (1, 32):
            changed = bytes([*signed[:place], signed[place] ^ bit, *signed[place + 1 :]])
            try:
                read_head(changed, KEYS)
            except HeadError:
                continue
            # base64 leaves bits of the last letter of 64 bytes unused
            assert json.loads(changed) | {"signature": ""} == json.loads(signed) | {"signature": ""}, place


@pytest.mark.parametrize("length", [0, 1, 50, -2])
def test_a_head_that_is_cut_off_is_refused(signed: bytes, length: int) -> None:
    with pytest.raises(HeadError):
        read_head(signed[:length], KEYS)


@pytest.mark.parametrize(
    "text",
    [b"", b"null", b"[]", b"{}", b"\xff\xfe", b"[" * 4_000, b'{"a":1}' * 2_000, b'{"kind": "barrier-ledger-head"}'],
)
def test_what_is_no_head_is_refused(text: bytes) -> None:
    with pytest.raises(HeadError):
        read_head(text, KEYS)


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 1.0},
        {"seq": True},
        {"seq": "3"},
        {"form": 2},
        {"kind": "x"},
        {"x": 1},
        {"signature": None},
        {"signature": "é"},
        {"hash": None},
    ],
)
def test_a_head_of_another_shape_is_refused(signed: bytes, change: dict) -> None:
    with pytest.raises(HeadError):
        read_head(json.dumps(json.loads(signed) | change).encode(), KEYS)


def test_a_head_of_a_person_is_over_the_same_and_counts_by_their_key(sqlite_ledger: Ledger) -> None:
    sqlite_ledger.write(entry())
    at = NOW + timedelta(days=1)
    statement = head_statement(sqlite_ledger, 1, signed_at=at)
    assert statement
    assert json.loads(statement)["hash"] == sqlite_ledger.head().hash
    anna, bram = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    line = personal_head(statement, "0" * 64, base64.b64encode(anna.sign(statement)).decode())
    head = read_head(line, [bram.public_key(), anna.public_key()])
    assert (head.seq, head.signed_at[:10]) == (1, f"{at:%Y-%m-%d}")
    for keys in ([], [bram.public_key()]):
        with pytest.raises(HeadError, match="none of the given keys"):
            read_head(line, keys)
    for name, value in (("seq", 2), ("at", "2030-01-01"), ("hash", "0" * 64), ("ledger", "0" * 32), ("form", 1)):
        changed = json.dumps(json.loads(line) | {name: value}).encode()
        with pytest.raises(HeadError):
            read_head(changed, [anna.public_key()])
    assert head_statement(sqlite_ledger, 2, signed_at=at) is None  # no such entry
    assert head_statement(sqlite_ledger, 0, signed_at=at) is None
    assert head_statement(sqlite_ledger, 1, signed_at=NOW - timedelta(days=9)) is None  # before it was written


def test_a_head_is_known_by_any_of_the_keys_and_by_no_other(signed: bytes) -> None:
    other = Ed25519PrivateKey.generate().public_key()
    assert read_head(signed, [other, *KEYS]).seq == 3
    with pytest.raises(HeadError, match="none of the given keys"):
        read_head(signed, [other])
    with pytest.raises(HeadError):
        read_head(signed, [])


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "ledger-signing.key"
    made = signing_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert signing_key(path).private_bytes_raw() == made.private_bytes_raw()
    assert public_key(path.with_suffix(".pub")) == made.public_key()
    assert sorted(one.name for one in path.parent.iterdir()) == ["ledger-signing.key", "ledger-signing.pub"]


def test_eight_that_make_the_key_at_once_get_one(tmp_path: Path) -> None:
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(signing_key(tmp_path / "x.key").private_bytes_raw()))
        for _ in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_key_that_is_a_link_to_nowhere_is_refused_and_nothing_takes_its_place(tmp_path: Path) -> None:
    path = tmp_path / "logboek.key"
    path.symlink_to(tmp_path / "gone")
    with pytest.raises(LedgerError, match="cannot be read"):
        logboek_key(path)
    assert list(tmp_path.iterdir()) == [path]
    assert path.is_symlink()


@pytest.mark.parametrize("make", [signing_key, logboek_key])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, make) -> None:
    make(tmp_path / "a.key")
    os.chmod(tmp_path / "a.key", 0o640)
    with pytest.raises(LedgerError, match="others than its owner"):
        make(tmp_path / "a.key")


def test_another_kind_of_key_is_refused(tmp_path: Path) -> None:
    other = X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for name, content in (("other", other), ("empty", b""), ("text", b"no key")):
        path = tmp_path / name
        path.write_bytes(content)
        path.chmod(0o600)
        with pytest.raises(LedgerError, match="not an Ed25519"):
            signing_key(path)
        with pytest.raises(LedgerError, match="not an Ed25519"):
            public_key(path)
        with pytest.raises(LedgerError, match="instead of 64"):
            logboek_key(path)
    with pytest.raises(LedgerError, match="cannot be read"):
        public_key(tmp_path / "absent")


def test_without_a_key_a_head_is_read_and_proves_nothing(signed: bytes) -> None:
    """What a backup is compared with before anybody names a key: the same head whoever signed it."""
    unsigned = json.dumps(json.loads(signed) | {"signature": "", "key": "0" * 16}).encode()
    assert read_head(unsigned, None).hash == read_head(signed, KEYS).hash
    with pytest.raises(HeadError):
        read_head(unsigned, KEYS)


@pytest.mark.parametrize("make", [signing_key, logboek_key])
def test_a_key_that_cannot_be_read_or_made_says_why(tmp_path: Path, make) -> None:
    (tmp_path / "folder.key").mkdir(mode=0o700)
    with pytest.raises(LedgerError, match=r"folder.key: the key cannot be read \(Is a directory\)"):
        make(tmp_path / "folder.key")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LedgerError, match=r"x.key: the key cannot be written"):
        make(tmp_path / "file" / "x.key")
