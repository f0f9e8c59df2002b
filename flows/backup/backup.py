"""Backups: the store, the ledger, the runs and the snapshots of a moment, encrypted with age; the keys in a file apart.

Whoever makes a backup cannot read it: it is encrypted to a public key whose other half is elsewhere (assurance T20).
The keys of the workspace go to another recipient, so that no single file gives names back from hashes.
"""

from __future__ import annotations

import io
import os
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pyrage

from flows.desk import open_desk
from flows.environment import ledger_url, store_url
from screening.errors import ConfigurationError, StoreError
from screening.ledger import open_ledger, verify_ledger
from screening.store import Store, Workspace, open_store
from screening.store.backups import FOLDER, backup_name
from screening.store.files import make_directory, remove, sync_directory, write_file
from screening.store.runs.erased import erased_on
from screening.store.runs.verify import verify_files
from screening.store.sqlite_driver import Connection
from screening.vocabulary import LedgerAction

#: What a backup holds: databases, copied as they are at one moment while others write, and folders.
DATABASES = ("store.sqlite", "ledger.sqlite")
FOLDERS = ("runs", "snapshots", "receipts", "heads")


def back_up(
    configuration: Path, *, recipient: str, keys_recipient: str, by: str | None = None, now: datetime | None = None
) -> dict[str, str]:
    """Make both files of a backup: `data` and `keys` -> file. The public keys (`age1…`) are of two different people.

    Raises:
        ConfigurationError: no such key, twice the same, or a store in PostgreSQL, which has its own backups.
        StoreError: a damaged database, of which no backup is made; a damaged file of a run, which is told afterwards.
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
        problem = _damaged_run(desk.store, desk.workspace) if desk.workspace.database.exists() else None
        contents = {"data": _data(desk.workspace), "keys": _keys(desk.workspace)}
        files = {
            part: str(_sealed(desk.workspace.path / FOLDER, backup_name(part, desk.now), key, content))
            for (part, key), content in zip(recipients.items(), contents.values(), strict=True)
        }
    if problem:  # all else is worth keeping, and whoever looks at the backup has to know
        raise StoreError(f"{problem} The backup is made, {files['data']}, and holds this run as it is.")
    return files


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
            "advice": "Run `barrier retention apply`, and let two people approve its plan before anyone works with it: "
            "what was erased since is back. "
            "`barrier audit verify --heads DIR` tells whether the ledger is the one that heads outside vouch for.",
        }


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise ConfigurationError(
            "This is no public key of age: it begins with age1. Make one with age-keygen."
        ) from None


def _damaged_run(store: Store, workspace: Workspace) -> str | None:
    """What is not as it was published in the files of the runs that are kept."""
    for published in store.runs():
        try:
            if erased_on(store, published.run_id) is None:
                verify_files(store, workspace, published.run_id)
        except StoreError as error:
            return str(error)
    return None


def _data(workspace: Workspace) -> Iterator[tuple[str, Path]]:
    # listed before the databases are copied: a head that comes later is of entries that the copy does not have
    files = [path for folder in FOLDERS for path in sorted((workspace.path / folder).rglob("*")) if path.is_file()]
    with _at_one_moment([path for name in DATABASES if (path := workspace.path / name).exists()]) as sources:
        for source in sources:
            copy = workspace.staging_root / source.path.name
            try:
                write_file(copy, b"")  # 0600; SQLite fills an empty file
                source.copy_into(copy)
                yield copy.name, copy
            finally:
                remove(copy)  # what a killed backup left in this folder is swept by whoever takes the lock next
    for path in files:
        yield path.relative_to(workspace.path).as_posix(), path


def _keys(workspace: Workspace) -> Iterator[tuple[str, Path]]:
    for path in sorted(workspace.keys.rglob("*")):
        if path.is_file():
            yield path.relative_to(workspace.path).as_posix(), path


@contextmanager
def _at_one_moment(paths: Sequence[Path]) -> Iterator[list[Connection]]:
    """Connections that read these databases as they all were at one moment, whatever is written meanwhile.

    An act writes its rows and then, before they can be seen, their entries. So nobody may write in either of the two
    when reading them begins: that takes a blink, and then all go on. DamagedStoreError: a damaged one is no backup.
    """
    with ExitStack() as opened:
        sources = [opened.enter_context(Connection(path)) for path in paths]
        for source in sources:
            source.check()
        with ExitStack() as held:
            for path in paths:  # the store first, as an act does: nobody waits for who waits for them
                held.enter_context(Connection(path)).execute("BEGIN IMMEDIATE")
            for source in sources:
                source.execute("BEGIN")
                source.execute("SELECT 1 FROM sqlite_schema").fetchall()
        yield sources


def _sealed(folder: Path, name: str, key: pyrage.x25519.Recipient, content: Iterator[tuple[str, Path]]) -> Path:
    """Write the tar of these files, encrypted; on the disk when this returns. It never lies open as a whole."""
    make_directory(folder)
    partial = folder / f".{name}.part"
    remove(partial)
    write_file(partial, b"")
    # The tar goes through a pipe into the encryption: a store of gigabytes takes no memory.
    end_of_age, end_of_tar = os.pipe()
    try:
        with ThreadPoolExecutor(1) as pool, open(end_of_age, "rb") as plain, partial.open("wb") as sealed:
            packed = pool.submit(_pack, end_of_tar, content)
            pyrage.encrypt_io(plain, sealed, [key])
            packed.result()
            sealed.flush()
            os.fsync(sealed.fileno())
        os.replace(partial, folder / name)
        sync_directory(folder)
    finally:
        remove(partial)
    return folder / name


def _pack(descriptor: int, content: Iterator[tuple[str, Path]]) -> None:
    with open(descriptor, "wb") as pipe, tarfile.open(fileobj=pipe, mode="w|") as tar:
        for inside, path in content:
            member = tarfile.TarInfo(inside)
            member.size, member.mode = path.stat().st_size, 0o600
            with path.open("rb") as file:
                tar.addfile(member, file)


def _unpack(file: Path, identity: Path, into: Path) -> None:
    opened = into / "staging" / "opened.tar"
    write_file(opened, b"")
    try:
        _open(file, identity, opened)  # as a whole first: of a file that is cut or damaged nothing is used
        _unpack_tar(opened, file, into)
    finally:
        remove(opened)


def _open(file: Path, identity: Path, opened: Path) -> None:
    try:
        lines = [line.strip() for line in identity.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-")]
        with file.open("rb") as sealed, opened.open("wb") as plain:
            pyrage.decrypt_io(sealed, plain, [pyrage.x25519.Identity.from_str(line) for line in lines])
    except (OSError, pyrage.DecryptError, pyrage.IdentityError):
        raise StoreError(f"{file}: cannot be opened with this key, or is damaged. Nothing of it was used.") from None


def _unpack_tar(opened: Path, file: Path, into: Path) -> None:
    with tarfile.open(opened) as tar:
        for member in tar:
            inside = PurePosixPath(member.name)
            if not member.isfile() or inside.is_absolute() or ".." in inside.parts:
                raise StoreError(f"{file}: holds something that is no file of a workspace. Nothing more was unpacked.")
            path = into / inside
            make_directory(path.parent)
            remove(path)
            write_file(path, b"")
            with path.open("wb") as unpacked:
                shutil.copyfileobj(tar.extractfile(member) or io.BytesIO(), unpacked)
                unpacked.flush()
                os.fsync(unpacked.fileno())
