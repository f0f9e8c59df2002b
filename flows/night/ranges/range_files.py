"""A job of ranges in a folder: the model, the records and the ranges go in, the pairs of each range come out.

All is JSON and Parquet, 0600, in a folder that its owner alone can enter. A result stands under its name when it is
whole, so the same range can be scored twice, by whoever.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import polars as pl

from screening.base.machine import disk_faults_told
from screening.linking.encode import Records
from screening.linking.model import LinkModel
from screening.linking.pair_ranges import PairRange, RangePairs, RangeScorer
from screening.linking.prepared import CODES, VALUES, records_from_frames, records_to_frames
from screening.store.files import FILE_MODE, make_directory, write_file

_WHAT = "ranges of candidate pairs of the night in the workspace"


@dataclass(frozen=True)
class RangeFiles:
    """The files of a job in its folder."""

    folder: Path

    def write(self, model: LinkModel, records: Records, ranges: Sequence[PairRange]) -> None:
        """Write a job to a new folder."""
        with disk_faults_told(_WHAT):
            make_directory(self.folder)
            model.save(self.folder)
            for path in self.folder.iterdir():
                path.chmod(FILE_MODE)
            for name, frame in records_to_frames(records, model.settings).items():
                _write_frame(self.folder / f"{name}.parquet", frame)
            rows = [astuple(within) for within in ranges]
            write_file(self.folder / "ranges.json", json.dumps(rows).encode())

    def scorer(self) -> RangeScorer:
        """Read the model and the records."""
        model = LinkModel.load(self.folder)
        frames = {name: pl.read_parquet(self.folder / f"{name}.parquet") for name in (CODES, VALUES)}
        return RangeScorer(model, records_from_frames(frames, model.settings))

    def ranges(self) -> list[PairRange]:
        """Read the ranges."""
        rows = json.loads((self.folder / "ranges.json").read_text(encoding="utf-8"))
        return [PairRange(*row) for row in rows]

    def result(self, number: int) -> Path:
        """Where the counts of a range stand, once its pairs do."""
        return self.folder / f"result-{number}.json"

    def write_result(self, number: int, result: RangePairs) -> None:
        """Write the pairs of a range, and then its counts."""
        with disk_faults_told(_WHAT):
            partial = self.folder / f".partial-{number}-{secrets.token_hex(4)}"
            _write_frame(partial, result.pairs)
            os.replace(partial, self._pairs(number))
            counts = {"pairs": result.pairs.height, "compared": result.compared}
            write_file(partial, json.dumps(counts).encode())
            os.replace(partial, self.result(number))

    def read_result(self, number: int) -> RangePairs:
        """Read the pairs of a range."""
        counts = json.loads(self.result(number).read_text(encoding="utf-8"))
        return RangePairs(pl.read_parquet(self._pairs(number)), int(counts["compared"]))

    def _pairs(self, number: int) -> Path:
        return self.folder / f"pairs-{number}.parquet"


def _write_frame(path: Path, frame: pl.DataFrame) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        frame.write_parquet(file, compression="lz4")
