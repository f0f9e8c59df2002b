"""The workspace on disk: its folders and modes, the key of the reporters, the staging folder, the lock."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import secrets
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from screening.base.errors import AlreadyRunningError, DiskError, StoreError
from screening.base.machine import disk_fault, disk_faults_told
from screening.store.files import FILE_MODE, make_directory, remove, sync_directory, write_file

KEY_BYTES = 32
#: The store of a workspace, where no URL names another.
DATABASE = "store.sqlite"
#: SQLite takes a shorter file for one that is still to be filled.
_SMALLEST_BYTES = 512
#: How long what a stage left may stay: it holds names.
STAGE_OUTPUT_SECONDS = 86_400
#: `struct flock` of Linux: type, whence, start, length, process.
_FLOCK = "hhlli"
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")

#: Lock files that this process holds -> its pid. A forked child inherits the entry and not the lock: hence the pid.
_held: dict[Path, int] = {}
_held_guard = threading.Lock()


@dataclass(frozen=True)
class LockHolder:
    """The process that holds a workspace, and since when; None where it has not said so yet."""

    pid: int | None
    since: datetime | None


class Workspace:
    """The folder in which a municipality's runs, keys and store live: 0700, files 0600, whatever the umask.

    Making one creates what is missing and tightens what is too open; `read_only`: it takes the folder as it is. `runs`:
    published run directories. `staging`: scratch of the run that holds the lock. `stage_outputs`: what a night that
    broke leaves for the next one to go on from, for a day. `database`: the SQLite file, unless the store is a
    PostgreSQL one.
    """

    def __init__(self, path: str | Path, *, read_only: bool = False) -> None:
        self.path = Path(path).absolute()
        self.runs = self.path / "runs"
        self.staging_root = self.path / "staging"
        self.stage_outputs = self.staging_root / "stages"
        self.keys = self.path / "keys"
        self.database = self.path / DATABASE
        self._lock_file = self.path / "lock"
        if read_only:
            return
        try:
            for folder in (self.path, self.runs, self.staging_root, self.keys):
                make_directory(folder)
        except OSError as error:
            raise disk_fault(error, f"{self.path}: the workspace") or DiskError(
                f"{self.path}: the workspace cannot be made or written ({error.strerror}). "
                "Name a folder that you own under [run] workspace."
            ) from None

    @property
    def is_emptied(self) -> bool:
        """Whether runs are here and the file of their database holds nothing: SQLite would begin a new one in it."""
        return is_without_pages(self.database) and self.runs.exists() and any(self.runs.iterdir())

    def reporter_key(self) -> bytes:
        """The 32 random bytes under which reporter tokens are hashed: made once, kept in `keys/`, shown nowhere."""
        return self._key("reporter", "reporters of before and after are then told apart")

    def attachment_key(self) -> bytes:
        """The 32 random bytes that seal attachments of signals: made once, kept in `keys/`, shown nowhere."""
        return self._key("attachments", "no attachment of before opens then")

    def draft_key(self) -> bytes:
        """The 32 random bytes under which people's drafts are sealed: made once, kept in `keys/`, shown nowhere."""
        return self._key("drafts", "no draft of before opens then")

    def photo_key(self) -> bytes:
        """The 32 random bytes under which photos of visits are sealed: made once, kept in `keys/`, shown nowhere."""
        return self._key("photos", "no photo of before opens then")

    def _key(self, name: str, effect: str) -> bytes:
        path = self.keys / f"{name}.key"
        if not path.exists():
            partial = self.keys / f".{name}-{secrets.token_hex(8)}"
            write_file(partial, secrets.token_bytes(KEY_BYTES))
            try:
                os.link(partial, path)  # unlike a rename it never replaces the key that another process just made
                sync_directory(self.keys)
            except FileExistsError:
                pass
            finally:
                remove(partial)
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise StoreError(
                f"{path.name}: the key is {len(key)} bytes and must be {KEY_BYTES}. Restore it from a backup; "
                f"removing it makes a new one, and {effect}."
            )
        return key

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold this workspace: one run at a time. What dead runs left in `staging/` is swept.

        The kernel lets go when the process ends, however it ends. Raises AlreadyRunningError (exit code 5), which
        names the process that holds it and since when.
        """
        path = self._lock_file.resolve()
        with _held_guard:
            # A POSIX lock does not keep a process from itself, and closing any descriptor of the file drops it.
            if _held.get(path) == os.getpid():
                raise AlreadyRunningError(self._busy_message(os.getpid(), None))
            descriptor = self._take(path)
            _held[path] = os.getpid()
        try:
            self._sweep_staging()
            yield
        finally:
            with _held_guard:
                _held.pop(path, None)
                with contextlib.suppress(OSError):  # the note is of no use now; what was done stays done
                    os.ftruncate(descriptor, 0)
                os.close(descriptor)

    def _take(self, path: Path) -> int:
        with disk_faults_told(f"{self.path}: the workspace"):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
            os.fchmod(descriptor, FILE_MODE)
        try:
            # Not flock: that is inherited by a forked helper, which would keep the lock after its parent is killed.
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = _read_holder(descriptor)
            os.close(descriptor)
            raise AlreadyRunningError(self._busy_message(*holder)) from None
        note = {"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
        with contextlib.suppress(OSError):  # a full disk takes the note from the next one, not the lock from this one
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(note).encode(), 0)
        return descriptor

    def _busy_message(self, pid: int | None, since: str | None) -> str:
        who = "another process" if pid is None else f"process {pid}"
        when = "" if since is None else f", since {since}"
        return (
            f"{self.path}: another run holds this workspace ({who}{when}). Wait until it has finished; when that "
            "process hangs, end it: the lock opens by itself and the next run clears up."
        )

    def holder(self) -> LockHolder | None:
        """Look who holds the lock, without taking it; None: nobody does."""
        if self.is_held:  # closing a descriptor of the file would drop the lock of this process
            return LockHolder(os.getpid(), None)
        try:
            descriptor = os.open(self._lock_file, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            asked = struct.pack(_FLOCK, fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0)
            kind, *_range, _pid = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, asked))
            pid, since = _read_holder(descriptor)
        finally:
            os.close(descriptor)
        return None if kind == fcntl.F_UNLCK else LockHolder(pid, datetime.fromisoformat(since) if since else None)

    @property
    def is_held(self) -> bool:
        """Whether this very process holds the lock."""
        return _held.get(self._lock_file.resolve()) == os.getpid()

    @contextmanager
    def holding(self) -> Iterator[None]:
        """The lock, unless this process holds it already."""
        if self.is_held:
            yield
        else:
            with self.lock():
                yield

    @contextmanager
    def staging(self, run_token: str) -> Iterator[Path]:
        """A fresh folder (0700) for the stages of one run, removed at the end, also after an error.

        Needs the lock: whoever takes it sweeps what it finds there. `run_token`: letters, digits, `-` and `_`.
        """
        if not self.is_held:
            raise StoreError("A staging folder belongs to the run that holds the workspace: take `lock()` first.")
        if not _TOKEN.fullmatch(run_token):
            raise StoreError("A staging folder is named by letters, digits, hyphens and underscores.")
        folder = self.staging_root / run_token
        remove(folder)
        make_directory(folder)
        try:
            yield folder
        finally:
            remove(folder)

    def _sweep_staging(self) -> None:
        for leftover in self.staging_root.iterdir():
            if leftover != self.stage_outputs or _age_seconds(leftover) > STAGE_OUTPUT_SECONDS:
                remove(leftover)


def _age_seconds(outputs: Path) -> float:
    """Seconds since the oldest output of a stage was kept."""
    return time.time() - min((path.stat().st_mtime for path in outputs.glob("*.json")), default=0.0)


def _read_holder(descriptor: int) -> tuple[int | None, str | None]:
    """Process id and start of the holder; None where it has not written them yet."""
    try:
        note = json.loads(os.pread(descriptor, 1000, 0))
        return int(note["pid"]), str(note["since"])
    except (ValueError, KeyError, TypeError):
        return None, None


def is_without_pages(database: Path) -> bool:
    """Whether a file of SQLite is there and is taken for one that is still to be filled. A folder has any length."""
    return database.is_file() and database.stat().st_size < _SMALLEST_BYTES
