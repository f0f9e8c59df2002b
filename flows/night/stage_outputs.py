"""What each stage of a night left, addressed by what it was made of, so that a night that broke goes on where it was.

They lie in the staging folder of the workspace (0700, files 0600) and hold names: no backup has them, an erasure takes
them, and they are gone when the night is published, or after a day.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from screening.base.machine import disk_faults_told
from screening.store import Workspace
from screening.store.files import make_directory, remove, sha256_of, sha256_of_file, write_file

#: What a night writes of itself and no stage reads: the time that it took.
_UNREAD = frozenset({"measured.json"})
#: The stage whose output holds rows that the next one refuses: they go as soon as that one has its own. What it was
#: stays known, so that the addresses of later stages can be told.
_WITH_REFUSED_ROWS = "intake"


@dataclass
class _Known:
    """A file as it was when it was hashed: what tells that it was not written since, and its hash."""

    state: tuple[int, int, int]
    sha256: str


@dataclass(frozen=True)
class StageOutput:
    """What one stage left: its name, its seconds, and the files of the night's folder (name -> sha256)."""

    stage: str
    seconds: float
    files: Mapping[str, str]


@dataclass
class StageOutputs:
    """The outputs of one workspace, for the night that holds its lock.

    `folder`: the night's own folder, which outputs are taken from and put back into.
    """

    workspace: Workspace
    folder: Path
    _known: dict[str, _Known] = field(default_factory=dict)

    @property
    def _root(self) -> Path:
        return self.workspace.stage_outputs

    def address(self, stage: str, outside: str, files: Mapping[str, str] | None = None) -> str:
        """Return the address of what a stage makes of the folder.

        Args:
            stage: Its name.
            outside: What else it reads, and its code (`stage_inputs`).
            files: Name -> sha256 of what is in the folder when it begins; None: what is there now.
        """
        files = self.files() if files is None else files
        return sha256_of(json.dumps([stage, outside, files], sort_keys=True).encode())

    def get(self, address: str) -> StageOutput | None:
        """What is kept under an address; None: nothing."""
        try:
            document = json.loads((self._root / f"{address}.json").read_bytes())
            return StageOutput(document["stage"], float(document["seconds"]), document["files"])
        except (OSError, ValueError, KeyError):
            return None

    def keep(self, stage: str, address: str, seconds: float) -> None:
        """Keep the folder as a stage left it. The files are linked, not copied."""
        files = self.files()
        with disk_faults_told("What a stage left, in the workspace"):
            make_directory(self._root)
            for name, sha256 in files.items():
                content = self._root / sha256
                if not content.exists():
                    os.link(self.folder / name, content)
            if stage == _WITH_REFUSED_ROWS:  # a night that begins anew: what another left would take its rows away
                for other in self._root.glob("*.json"):
                    remove(other)
            remove(self._root / f"{address}.json")
            write_file(
                self._root / f"{address}.json",
                json.dumps({"stage": stage, "seconds": seconds, "files": files}).encode(),
            )
        self._drop_unused()

    def put_back(self, output: StageOutput) -> bool:
        """Make the folder what a stage left; whether that could be done. Else a file is gone or is not what it was."""
        contents = {name: self._root / sha256 for name, sha256 in output.files.items()}
        if any(not path.is_file() or sha256_of_file(path) != output.files[name] for name, path in contents.items()):
            return False
        for path in sorted(self.folder.iterdir()):
            remove(path)
        self._known.clear()
        for name, content in contents.items():
            path = self.folder / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.link(content, path)
            self._known[name] = _Known(_state(path), output.files[name])
        return True

    def clear(self) -> None:
        """Remove every output."""
        remove(self._root)

    def files(self) -> dict[str, str]:
        """Name -> sha256 of what is in the folder now; a file is hashed again only when it was written since."""
        paths = {path.relative_to(self.folder).as_posix(): path for path in self.folder.rglob("*") if path.is_file()}
        for name, path in paths.items():
            state = _state(path)
            earlier = self._known.get(name)
            if earlier is None or earlier.state != state:
                self._known[name] = _Known(state, sha256_of_file(path))
        return {name: self._known[name].sha256 for name in sorted(paths) if name not in _UNREAD}

    def _drop_unused(self) -> None:
        """Remove what no output names any more, and rows that were refused once there is an output without them."""
        outputs = [output for path in self._root.glob("*.json") if (output := self.get(path.stem))]
        if any(output.stage != _WITH_REFUSED_ROWS for output in outputs):
            outputs = [output for output in outputs if output.stage != _WITH_REFUSED_ROWS]
        used = {sha256 for output in outputs for sha256 in output.files.values()}
        for path in self._root.iterdir():
            if path.suffix != ".json" and path.name not in used:
                remove(path)


def _state(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns
