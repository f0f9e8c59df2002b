"""What a process does to the disk of its workspace, call by call: its databases through APSW, and the files of runs."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import apsw
import pytest
import sqlalchemy as sa

from screening.store import engine
from screening.store.sqlite_driver import Connection

#: What `PRAGMA synchronous` says of a connection that loads rows.
_NORMAL = 1


@dataclass(frozen=True)
class Call:
    """One call, in the order in which they were made.

    `kind`: write, truncate, sync or delete of a database; file_synced or names_synced of what is in `runs`; commit,
    when it has returned. `data`: what was written, the content of a file that was synced, the digest of a commit.
    `inode`: the file or folder that was synced. `names`: what stood in the folder. `is_promised`: whether a commit is
    on the disk when it has returned; those that load rows which nobody sees are with the next that is.
    """

    kind: str
    path: str = ""
    offset: int = 0
    data: bytes = b""
    inode: int = 0
    names: dict[str, int] = field(default_factory=dict)
    is_promised: bool = True


@dataclass(frozen=True)
class Entry:
    """A file or folder of `runs` at one moment. `names`: name -> inode of what is in a folder; None of a file."""

    content: bytes = b""
    names: dict[str, int] | None = None


@dataclass
class Recording:
    """The calls on the workspace at `root`, and what stood in its `runs` (by inode) before some of them."""

    root: Path
    calls: list[Call] = field(default_factory=list)
    trees: dict[int, dict[int, Entry]] = field(default_factory=dict)

    @property
    def runs_inode(self) -> int:
        """The folder of the runs."""
        return (self.root / "runs").stat().st_ino

    def look(self) -> None:
        """Keep what stands in `runs` before the next call."""
        tree: dict[int, Entry] = {}
        for path in [self.root / "runs", *(self.root / "runs").rglob("*")]:
            tree[path.stat().st_ino] = Entry(names=_names(path)) if path.is_dir() else Entry(path.read_bytes())
        self.trees[len(self.calls)] = tree

    def synced(self, descriptor: int) -> None:
        """A call of `os.fsync` on a file or folder has returned."""
        path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            self.calls.append(Call("names_synced", inode=status.st_ino, names=_names(path)))
        else:
            self.calls.append(Call("file_synced", inode=status.st_ino, data=path.read_bytes()))


def _names(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in folder.iterdir()}


@contextmanager
def recorded(root: Path) -> Iterator[Recording]:
    """Record what this process does to a workspace meanwhile."""
    recording = Recording(root)
    layer = _Layer(recording)
    sync, make_engine = os.fsync, sa.create_engine

    def fsync(descriptor: int) -> None:
        recording.look()
        sync(descriptor)
        recording.synced(descriptor)

    class Recorded(Connection):
        """The store's own connection, on the layer; alone on the file, so that SQLite needs no shared memory."""

        layer = "recording"

        def __init__(self, path: Path) -> None:
            super().__init__(path)
            self.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()

        def commit(self) -> None:
            is_writing = self.database.in_transaction
            super().commit()
            if is_writing:
                recording.look()
                is_loading = self.execute("PRAGMA synchronous").fetchone() == (_NORMAL,)
                content = content_digest(self.database.execute)
                recording.calls.append(Call("commit", data=content, is_promised=not is_loading))

    def one_connection(*given: object, **settings: object) -> sa.Engine:
        return make_engine(*given, **settings, poolclass=sa.StaticPool)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", fsync)
        patched.setattr(sa, "create_engine", one_connection)
        patched.setattr(engine, "Connection", Recorded)
        recording.look()
        yield recording
    layer.unregister()


def content_digest(execute: Callable[[str], Iterable[tuple]]) -> bytes:
    """Of all that a database holds: its schema and every row, whatever order they are stored in."""
    digest = hashlib.sha256()
    schema = sorted(execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master"))
    for kind, name, statement in schema:
        digest.update(f"{kind} {name} {statement}\n".encode())
        if kind == "table":
            for row in sorted(repr(tuple(row)) for row in execute(f'SELECT * FROM "{name}"')):
                digest.update(row.encode())
    return digest.digest()


#: SQLite's layer of checksums, which makes those of a page in the bytes that it is given to write.
_SUMS = "cksmvfs"


class _Layer(apsw.VFS):
    """The layers under the store, with a note of each call that changes a file."""

    def __init__(self, recording: Recording) -> None:
        super().__init__("recording", _SUMS)
        self._recording = recording

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> _File:
        return _File(self._recording, name, flags)

    def xDelete(self, name: str, is_synced: bool) -> None:
        super().xDelete(name, is_synced)
        self._recording.calls.append(Call("delete", Path(name).name))


class _File(apsw.VFSFile):
    def __init__(self, recording: Recording, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        # the layer of checksums looks for the database of a journal, and would not find its own
        super().__init__(_SUMS if flags[0] & apsw.SQLITE_OPEN_MAIN_DB else "", name, flags)
        self._calls = recording.calls
        self._recording = recording
        whole = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._name = Path(whole).name if whole else ""

    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        self._calls.append(Call("write", self._name, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        self._calls.append(Call("truncate", self._name, size))

    def xSync(self, flags: int) -> None:
        self._recording.look()
        super().xSync(flags)
        self._calls.append(Call("sync", self._name))
