"""The disk as a power cut leaves it at a moment of a recording.

The model is that of SQLite's own tests: what was not synced is on the disk or not, sector by sector, and a sector that
was being written may be torn. A folder is found as it was synced last or as it was at that moment; a file that was not
synced is whole, empty or cut short.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from tests.faults.power.recording import Call, Entry, Recording

SECTOR = 512
#: How the unsynced sectors fare: gone, all there, some of them, or those written first and the last of them torn.
FATES = ("gone", "there", "some", "first")


def write_disk(recording: Recording, moment: int, chance: random.Random, root: Path) -> None:
    """Write into `root` what is on the disk when the power goes before call number `moment`."""
    root.mkdir(mode=0o700)
    for name, content in _databases(recording.calls[:moment], chance).items():
        (root / name).write_bytes(content)
    _write_runs(recording, moment, chance, root / "runs")


# ---- databases ----------------------------------------------------------------------------------------------------


class _Database:
    """One file: what is on the disk for certain (None: no file), and the calls since."""

    def __init__(self) -> None:
        self.content: bytearray | None = None
        self.since: list[Call] = []

    def sync(self) -> None:
        self.content = self._after(lambda _number: lambda _sector: SECTOR)
        self.content = bytearray() if self.content is None else self.content
        self.since = []

    def sync_deletion(self) -> None:
        for number, call in enumerate(self.since):
            if call.kind == "delete":
                self.content, self.since = None, self.since[number + 1 :]
                return

    def cut(self, chance: random.Random) -> bytearray | None:
        fate = chance.choice(FATES)
        share = chance.choice((0.1, 0.5, 0.9))
        last = chance.randrange(len(self.since)) if self.since else 0

        def kept(number: int) -> Callable[[int], int]:
            """How many bytes of each sector of a call are on the disk."""
            match fate:
                case "gone":
                    return lambda _sector: 0
                case "there":
                    return lambda _sector: SECTOR
                case "first":
                    torn = chance.randrange(SECTOR)
                    return lambda _sector: SECTOR if number < last else torn if number == last else 0
                case _:
                    return lambda _sector: SECTOR if chance.random() < share else 0

        return self._after(kept)

    def _after(self, kept: Callable[[int], Callable[[int], int]]) -> bytearray | None:
        content = None if self.content is None else bytearray(self.content)
        for number, call in enumerate(self.since):
            bytes_of_sector = kept(number)
            if call.kind == "write":
                for start in range(0, len(call.data), SECTOR):
                    piece = call.data[start : start + min(SECTOR, bytes_of_sector(start))]
                    if piece:
                        content = bytearray() if content is None else content
                        end = call.offset + start + len(piece)
                        content.extend(bytes(max(0, end - len(content))))
                        content[call.offset + start : end] = piece
            elif bytes_of_sector(0) == SECTOR:
                content = None if call.kind == "delete" else (content or bytearray())[: call.offset]
        return content


def _databases(calls: list[Call], chance: random.Random) -> dict[str, bytes]:
    files: dict[str, _Database] = {}
    for call in calls:
        file = files.setdefault(call.path, _Database()) if call.path else None
        if file and call.kind == "sync":
            if file.content is None:  # with a new journal SQLite syncs the folder, and what was deleted stays so
                for other in files.values():
                    other.sync_deletion()
            file.sync()
        elif file:
            file.since.append(call)
    cut = {name: file.cut(chance) for name, file in files.items()}
    return {name: bytes(content) for name, content in cut.items() if content is not None}


# ---- files of runs ------------------------------------------------------------------------------------------------


def _write_runs(recording: Recording, moment: int, chance: random.Random, root: Path) -> None:
    now = recording.trees[max(number for number in recording.trees if number <= moment)]
    # what stood there when the recording began had been synced
    names = {inode: entry.names for inode, entry in recording.trees[0].items() if entry.names is not None}
    contents = {inode: entry.content for inode, entry in recording.trees[0].items() if entry.names is None}
    for call in recording.calls[:moment]:
        if call.kind == "names_synced":
            names[call.inode] = call.names
        elif call.kind == "file_synced":
            contents[call.inode] = call.data
    folders = {inode for inode, entry in now.items() if entry.names is not None} | set(names)

    def write(inode: int, path: Path) -> None:
        entry = now.get(inode, Entry())
        if inode in folders:
            path.mkdir(mode=0o700)
            listings = [names.get(inode, {}), entry.names]
            for name, inner in (chance.choice([listing for listing in listings if listing is not None])).items():
                write(inner, path / name)
        elif contents.get(inode) == entry.content or inode not in now:
            path.write_bytes(contents.get(inode, b""))
        else:
            path.write_bytes(entry.content[: chance.choice((0, len(entry.content), len(entry.content) // 2))])
        path.chmod(0o700 if inode in folders else 0o600)

    write(recording.runs_inode, root)
