"""The backups of a workspace: their names, which tell their moment, and the last one, named where there is damage."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from screening.base.errors import DamagedStoreError

#: Folder of the workspace in which backups are made; their term is `[retention] backup_days`.
FOLDER = "backups"

_MOMENT = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"barrier-(?:data|keys)-(\d{8}T\d{6}Z)\.tar\.age")


def backup_name(part: str, moment: datetime) -> str:
    """The file name of a backup. `part`: data or keys."""
    return f"barrier-{part}-{moment:{_MOMENT}}.tar.age"


def made_at(name: str) -> datetime | None:
    """The moment at which a backup was made, by its file name; None: it is no backup of ours."""
    match = _NAME.fullmatch(name)
    return datetime.strptime(match[1], _MOMENT).replace(tzinfo=UTC) if match else None


def last_backup(workspace: Path) -> tuple[Path, datetime] | None:
    """The newest backup of the data in a workspace and its moment; None: none is there."""
    moments = {file: made_at(file.name) for file in sorted((workspace / FOLDER).glob("barrier-data-*"))}
    backups = [(file, moment) for file, moment in moments.items() if moment]
    return backups[-1] if backups else None


def damaged(database: Path, tables: Sequence[str] = ()) -> DamagedStoreError:
    """The error of a database of a workspace of which a page is not what was written; `tables`: those that it is in."""
    last = last_backup(database.parent)
    if last is None:
        advice = f"No backup is in {database.parent / FOLDER}: restore the last one that was carried elsewhere."
    else:
        advice = f"The last backup is {last[0]}, of {last[1]:%Y-%m-%d %H:%M} UTC."
    parts = f" (in {', '.join(tables)})" if tables else ""
    return DamagedStoreError(
        f"{database}: a part of this database is damaged{parts}, and nothing of it is shown. {advice} See `barrier "
        "restore`.",
        last[1] if last else None,
    )
