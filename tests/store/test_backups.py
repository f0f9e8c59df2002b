"""Which backup of a workspace is the last, and what is no backup of ours."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from screening.store.backups import FOLDER, backup_name, last_backup, made_at

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)


def test_a_name_that_is_no_backup_of_ours_has_no_moment() -> None:
    assert made_at(backup_name("data", NOW)) == NOW
    for name in ("barrier-data-20261103T020000Z.tar", "barrier-20261103T020000Z.tar.age", "x"):
        assert made_at(name) is None


def test_the_last_backup_is_the_newest_of_the_data(tmp_path: Path) -> None:
    assert last_backup(tmp_path) is None
    (tmp_path / FOLDER).mkdir()
    names = [backup_name("data", NOW.replace(day=day)) for day in (1, 3, 2)]
    for name in (*names, backup_name("keys", NOW.replace(day=9)), "barrier-data-of-old.tar.age"):
        (tmp_path / FOLDER / name).touch()
    assert last_backup(tmp_path) == (tmp_path / FOLDER / names[1], NOW)
