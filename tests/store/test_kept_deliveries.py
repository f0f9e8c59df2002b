"""What is kept of a delivery is encrypted, comes back as it was, and goes when its term is over."""

from __future__ import annotations

import os
import time
from pathlib import Path

import polars as pl
import pytest

from screening.base.errors import StoreError
from screening.store import Workspace
from screening.store.kept_deliveries import (
    FOLDER,
    erase_old_deliveries,
    keep_delivery,
    keep_row_hashes,
    kept_delivery,
    read_row_hashes,
)

DIGEST = "a" * 64
REGISTER = "vergunningen"


@pytest.fixture
def kept(workspace: Workspace, tmp_path: Path) -> Path:
    """The folder of a delivery that is kept, of one part."""
    (tmp_path / "text").write_bytes(b"Waterval")
    keep_delivery(workspace, REGISTER, DIGEST, {"text": tmp_path / "text"}, {"dataset": REGISTER})
    return workspace.path / FOLDER / f"{REGISTER}-{DIGEST[:16]}"


def age(path: Path, days: float) -> None:
    moment = time.time() - days * 86_400
    os.utime(path, (moment, moment))


def test_a_delivery_comes_back_as_it_was_and_lies_there_encrypted(
    workspace: Workspace, kept: Path, tmp_path: Path
) -> None:
    assert kept.stat().st_mode & 0o777 == 0o700
    for path in kept.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert b"Waterval" not in path.read_bytes()
    back = tmp_path / "back"
    assert kept_delivery(workspace, REGISTER, DIGEST, {"text": back}, 7) == {"dataset": REGISTER}
    assert back.read_bytes() == b"Waterval"
    assert back.stat().st_mode & 0o777 == 0o600
    assert kept_delivery(workspace, REGISTER, "b" * 64, {"text": back}, 7) is None


def test_what_is_past_its_term_is_not_used_and_goes(workspace: Workspace, kept: Path, tmp_path: Path) -> None:
    keep_row_hashes(workspace, REGISTER, DIGEST, pl.DataFrame({"key_hash": [1]}))
    [hashes] = kept.parent.glob("*.parquet")
    age(kept, 3.5)
    age(hashes, 3.5)
    assert kept_delivery(workspace, REGISTER, DIGEST, {"text": tmp_path / "back"}, 3) is None
    assert erase_old_deliveries(workspace, {REGISTER: 4}, 7) == 0
    assert erase_old_deliveries(workspace, {REGISTER: 3}, 7) == 1
    assert not kept.exists()
    assert read_row_hashes(workspace, REGISTER, DIGEST) is not None
    age(hashes, 7.5)
    assert erase_old_deliveries(workspace, {}, 7) == 1
    assert read_row_hashes(workspace, REGISTER, DIGEST) is None


def test_a_register_that_does_not_use_it_any_more_keeps_none(workspace: Workspace, kept: Path) -> None:
    age(kept, 0.1)
    assert erase_old_deliveries(workspace, {}, 7) == 1
    assert not kept.exists()


def test_the_term_begins_anew_in_every_night_in_which_the_delivery_is_there(workspace: Workspace) -> None:
    frame = pl.DataFrame({"key_hash": [1, 2]})
    keep_row_hashes(workspace, REGISTER, DIGEST, frame)
    [path] = (workspace.path / FOLDER).iterdir()
    age(path, 6)
    keep_row_hashes(workspace, REGISTER, DIGEST, frame)
    assert erase_old_deliveries(workspace, {}, 7) == 0
    keep_row_hashes(workspace, REGISTER, DIGEST, frame.head(1))
    read = read_row_hashes(workspace, REGISTER, DIGEST)
    assert read is not None
    assert read.height == 1


def test_a_damaged_one_is_told_and_not_used(workspace: Workspace, kept: Path, tmp_path: Path) -> None:
    sealed = kept / "text.age"
    content = bytearray(sealed.read_bytes())
    content[-1] ^= 1
    sealed.write_bytes(content)
    with pytest.raises(StoreError, match="is damaged"):
        kept_delivery(workspace, REGISTER, DIGEST, {"text": tmp_path / "back"}, 7)


def test_hashes_under_another_key_are_none(workspace: Workspace) -> None:
    keep_row_hashes(workspace, REGISTER, DIGEST, pl.DataFrame({"key_hash": [1]}))
    (workspace.keys / "reporter.key").write_bytes(bytes(32))
    assert read_row_hashes(workspace, REGISTER, DIGEST) is None
