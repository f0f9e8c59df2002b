"""Digests that wait: for the end of the quiet hours, or for a channel that failed. Counts only, 0600."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from flows.notify.channels import Channel, Digest, send
from screening.base.machine import disk_faults_told
from screening.store.files import FILE_MODE, make_directory, remove, sync_directory, write_file

#: So many digests wait at most: what is a month old, a later one says better.
_KEPT = 31
#: So many stand in one message.
_MOST_IN_A_MESSAGE = 7


@dataclass(frozen=True)
class _Waiting:
    """A digest, and the names of the channels that did not have it yet."""

    digest: Digest
    channels: tuple[str, ...]


_FILE = TypeAdapter(_Waiting)


class DigestOutbox:
    """The folder of what waits; it is made when something is put in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, digest: Digest, channels: Sequence[Channel]) -> None:
        """Keep a digest for these channels. Raises DiskError."""
        with disk_faults_told("The outbox of the workspace"):
            make_directory(self.folder)
            name = f"{digest.made_at:%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(3)}.json"
            self._write(self.folder / name, _Waiting(digest, tuple(channel.name for channel in channels)))
            for old in self._files()[:-_KEPT]:
                remove(old)

    def count(self) -> int:
        """How many digests wait."""
        return len(self._files())

    def deliver(self, channels: Sequence[Channel]) -> dict[str, str]:
        """Send what waits, one message a channel, and keep what did not arrive.

        Returns name -> why it did not arrive. While another process delivers, nothing is sent. A process that is killed
        between sending and noting it sends that message again: better twice than never. Raises DiskError.
        """
        problems: dict[str, str] = {}
        if not self._files():
            return problems
        with disk_faults_told("The outbox of the workspace"), self._alone() as is_alone:
            for channel in channels if is_alone else ():
                waiting = {file: kept for file, kept in self._read() if channel.name in kept.channels}
                if not waiting:
                    continue
                tried = send(_joined([kept.digest for kept in waiting.values()]), [channel])
                problems |= tried
                if not tried:
                    self._note_arrival(waiting, channel)
            names = {channel.name for channel in channels}
            for file, kept in self._read() if is_alone else ():
                if names.isdisjoint(kept.channels):  # of a channel that is configured no longer
                    remove(file)
        return problems

    def _note_arrival(self, waiting: dict[Path, _Waiting], channel: Channel) -> None:
        for file, kept in waiting.items():
            left = tuple(name for name in kept.channels if name != channel.name)
            if left:
                self._write(file, _Waiting(kept.digest, left))
            else:
                remove(file)

    def _write(self, file: Path, waiting: _Waiting) -> None:
        partial = file.with_name(f".{file.name}")
        remove(partial)
        write_file(partial, _FILE.dump_json(waiting))
        os.replace(partial, file)
        sync_directory(self.folder)

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("[0-9]*.json"))

    def _read(self) -> list[tuple[Path, _Waiting]]:
        """What waits, oldest first. A file that is no digest is passed over."""
        waiting = []
        for file in self._files():
            try:
                waiting.append((file, _FILE.validate_json(file.read_bytes())))
            except (ValidationError, OSError):
                continue
        return waiting

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether no other process delivers; none does while the block lasts."""
        descriptor = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
        finally:
            os.close(descriptor)


def _joined(digests: Sequence[Digest]) -> Digest:
    """One message of all: the newest in front, and what was not delivered before it below, the latest first."""
    *earlier, newest = digests
    shown = earlier[-(_MOST_IN_A_MESSAGE - 1) :]
    parts = [newest.text]
    if earlier:
        parts.append(f"Eerder niet bezorgd: {len(earlier)}\n")
    parts += [f"{digest.subject}\n\n{digest.text}" for digest in reversed(shown)]
    return Digest(newest.subject, "\n".join(parts), newest.is_good, newest.made_at)
