"""The folder a night works in: frames as Parquet, the rest as JSON, so that stages pass a path and nothing else."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import polars as pl

from flows.configuration import Configuration, load_configuration
from flows.desk import Desk
from screening.base.errors import ConfigurationError
from screening.base.frames import Row
from screening.base.machine import disk_faults_told


class Night:
    """One run in progress: its folder (0700, removed at the end) and the configuration it began with."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    @classmethod
    def begin(cls, folder: Path, configuration: Configuration, *, is_dry_run: bool = False) -> Night:
        """Pin date and configuration: a night that passes midnight, or an editor, keeps what it started with.

        A dry run notes nothing in the store and keeps nothing in the workspace.
        """
        night = cls(folder)
        night.put(
            "night",
            {
                "configuration": str(configuration.file),
                "as_of": configuration.as_of.isoformat(),
                "content": configuration.content.decode("utf-8-sig"),
                "canonical": configuration.canonical,
                "is_dry_run": is_dry_run,
            },
        )
        return night

    @property
    def settings(self) -> Configuration:
        """The configuration that the night began with. ConfigurationError when a word list was changed since."""
        pinned = self.get("night")
        settings = load_configuration(
            Path(pinned["configuration"]), as_of=date.fromisoformat(pinned["as_of"]), content=pinned["content"].encode()
        )
        if settings.canonical != pinned["canonical"]:
            raise ConfigurationError(
                f"{settings.file}: what it says or the word list that it names was changed during the night. Nothing "
                "was published; run again."
            )
        return settings

    @property
    def is_dry_run(self) -> bool:
        """Whether nothing may be noted or kept."""
        return bool(self.get("night")["is_dry_run"])

    def desk(self) -> Desk:
        """Open the desk of this night, at the configuration that it began with."""
        return Desk(self.settings)

    def put(self, name: str, value: object) -> None:
        """Keep a JSON value under a name."""
        path = self.folder / f"{name}.json"
        with (
            disk_faults_told(f"{name} of the night in the workspace"),
            open(_own_file(path), "w", encoding="utf-8") as handle,
        ):
            json.dump(value, handle, ensure_ascii=False, default=str)

    def get(self, name: str) -> Row:
        """The JSON value under a name; an empty dict where there is none."""
        path = self.folder / f"{name}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def put_frame(self, name: str, frame: pl.DataFrame) -> None:
        """Keep a frame under a name such as "accepted/meldingen"."""
        path = self.folder / f"{name}.parquet"
        with disk_faults_told(f"{name} of the night in the workspace"):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(_own_file(path))
            frame.write_parquet(path, compression="lz4", statistics=False)  # every reader reads all of it

    def get_frame(self, name: str) -> pl.DataFrame:
        """Read the frame under a name."""
        return pl.read_parquet(self.folder / f"{name}.parquet")

    def scan_frame(self, name: str) -> pl.LazyFrame:
        """The frame under a name, of which only what is asked for is read."""
        return pl.scan_parquet(self.folder / f"{name}.parquet")

    def has_frame(self, name: str) -> bool:
        """Whether there is a frame under a name."""
        return (self.folder / f"{name}.parquet").exists()

    def scan_frames(self, group: str) -> dict[str, pl.LazyFrame]:
        """All frames of a group, by name, of which only what is asked for is read."""
        names = [path.stem for path in sorted((self.folder / group).glob("*.parquet"))]
        return {name: self.scan_frame(f"{group}/{name}") for name in names}


def _own_file(path: Path) -> int:
    """Open a file (0600) to write it anew; where what is kept of an earlier stage is the same file, another one."""
    if path.is_file() and path.stat().st_nlink > 1:
        path.unlink()
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
