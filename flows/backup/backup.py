"""Backups: the store, the ledger, the runs and the snapshots of a moment, encrypted with age; the keys in a file apart.

Whoever makes a backup cannot read it: it is encrypted to a public key whose other half is elsewhere (assurance T20).
The keys of the workspace go to another recipient, so that no single file gives names back from hashes.
"""

from __future__ import annotations

import io
import os
import re
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

import pyrage

from flows.desk import open_desk
from flows.environment import ledger_url, store_url
from screening.civil_time import day_of
from screening.errors import ConfigurationError, StoreError
from screening.ledger import open_ledger, verify_ledger
from screening.store import Workspace, open_store
from screening.store.files import make_directory, remove, sync_directory, write_file
from screening.vocabulary import LedgerAction

#: Folder of the workspace in which backups are made; their term is `[retention] backup_days`.
FOLDER = "backups"
#: What a backup holds: databases, copied while others write, and folders.
DATABASES = ("store.sqlite", "ledger.sqlite")
FOLDERS = ("runs", "snapshots", "receipts", "heads")

#: How the name of a backup tells its moment.
_MOMENT = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"barrier-(?:data|keys)-(\d{8}T\d{6}Z)\.tar\.age")


def made_on(name: str) -> date | None:
    """The day of the town hall on which a backup was made, by its name; None: it is no backup of ours."""
    match = _NAME.fullmatch(name)
    return day_of(datetime.strptime(match.group(1), _MOMENT).replace(tzinfo=UTC)) if match else None


def back_up(
    configuration: Path, *, recipient: str, keys_recipient: str, by: str | None = None, now: datetime | None = None
) -> dict[str, str]:
    """Make both files of a backup: `data` and `keys` -> file. The public keys (`age1…`) are of two different people.

    Raises:
        ConfigurationError: no such key, twice the same, or a store in PostgreSQL, which has its own backups.
    """
    if recipient.strip() == keys_recipient.strip():
        raise ConfigurationError("The keys go to another recipient than the data: name two public keys.")
    if store_url() or ledger_url():
        raise ConfigurationError(
            "The store or the ledger is in PostgreSQL. Back it up with its own means, encrypted, and keep "
            "[retention] backup_days there too."
        )
    recipients = {"data": _recipient(recipient), "keys": _recipient(keys_recipient)}
    with open_desk(configuration, by=by, now=now) as desk, desk.workspace.lock():
        desk.log(LedgerAction.BACKUP, "list:runs")
        desk.workspace.reporter_key()  # a backup made before the first run can be gone on with too
        contents = {"data": _data(desk.workspace), "keys": _keys(desk.workspace)}
        return {
            part: str(
                _sealed(desk.workspace.path / FOLDER, f"barrier-{part}-{desk.now:{_MOMENT}}.tar.age", key, content)
            )
            for (part, key), content in zip(recipients.items(), contents.values(), strict=True)
        }


def restore(
    data: Path, *, identity: Path, into: Path, keys: Path | None = None, keys_identity: Path | None = None
) -> dict[str, object]:
    """Unpack a backup into a new workspace and check what is in it: databases whole, ledger chain unbroken.

    StoreError: the folder is there already, the file is damaged or not for this key, or the databases are not whole.
    What went past its term since the backup was made is back: erase again before anyone works with it.
    """
    if into.exists() and any(into.iterdir()):
        raise StoreError(f"{into}: not empty. A backup is restored into a new folder, so that nothing is written over.")
    if (keys is None) != (keys_identity is None):
        raise ConfigurationError("Give the file of the keys together with its identity.")
    Workspace(into)
    _unpack(data, identity, into)
    if keys is not None and keys_identity is not None:
        _unpack(keys, keys_identity, into)
    with open_store(Workspace(into)) as store, open_ledger(Workspace(into)) as ledger:
        verified = verify_ledger(ledger, [], None, now=datetime.now(UTC))
        if not verified.is_whole:
            raise StoreError(f"{into}: the chain of the ledger in this backup is broken. Take another backup.")
        return {
            "workspace": str(into),
            "runs": len(store.runs()),
            "entries": verified.entries,
            "has_keys": keys is not None,
            "advice": "Run `barrier retention apply` before anyone works with it: what was erased since is back. "
            "`barrier audit verify --heads DIR` tells whether the ledger is the one that heads outside vouch for.",
        }


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise ConfigurationError(
            "This is no public key of age: it begins with age1. Make one with age-keygen."
        ) from None


def _data(workspace: Workspace) -> Iterator[tuple[str, bytes]]:
    for name in DATABASES:
        path = workspace.path / name
        if path.exists():
            yield name, _copied(path)
    for folder in FOLDERS:
        for path in sorted((workspace.path / folder).rglob("*")):
            if path.is_file():
                yield path.relative_to(workspace.path).as_posix(), path.read_bytes()


def _keys(workspace: Workspace) -> Iterator[tuple[str, bytes]]:
    for path in sorted(workspace.keys.rglob("*")):
        if path.is_file():
            yield path.relative_to(workspace.path).as_posix(), path.read_bytes()


def _copied(path: Path) -> bytes:
    """A database as it is at one moment, also while others write; without pages of rows that are gone."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(":memory:")) as copy:
        source.backup(copy)
        copy.execute("VACUUM")
        return copy.serialize()


def _sealed(folder: Path, name: str, key: pyrage.x25519.Recipient, content: Iterator[tuple[str, bytes]]) -> Path:
    """Write the tar of this content, encrypted; on the disk when this returns. No byte of it lies open."""
    make_directory(folder)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for inside, bytes_ in content:
            member = tarfile.TarInfo(inside)
            member.size, member.mode = len(bytes_), 0o600
            tar.addfile(member, io.BytesIO(bytes_))
    partial = folder / f".{name}.part"
    remove(partial)
    write_file(partial, pyrage.encrypt(archive.getvalue(), [key]))
    os.replace(partial, folder / name)
    sync_directory(folder)
    return folder / name


def _unpack(file: Path, identity: Path, into: Path) -> None:
    try:
        lines = [line.strip() for line in identity.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-")]
        opened = pyrage.decrypt(file.read_bytes(), [pyrage.x25519.Identity.from_str(line) for line in lines])
    except (OSError, pyrage.DecryptError, pyrage.IdentityError):
        raise StoreError(f"{file}: cannot be opened with this key, or is damaged. Nothing of it was used.") from None
    with tarfile.open(fileobj=io.BytesIO(opened)) as tar:
        for member in tar:
            inside = PurePosixPath(member.name)
            if not member.isfile() or inside.is_absolute() or ".." in inside.parts:
                raise StoreError(f"{file}: holds something that is no file of a workspace. Nothing more was unpacked.")
            path = into / inside
            make_directory(path.parent)
            remove(path)
            taken = tar.extractfile(member)
            write_file(path, taken.read() if taken else b"")
