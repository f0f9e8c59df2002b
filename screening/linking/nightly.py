"""Night after night: what did not change is not compared anew, under a model that is frozen once it is learned.

A night hands over a mark a record (a number that follows from all that is compared of it) and makes records only for
the marks that are new. Pairs of two records that stayed are carried over. What results is, value for value, what the
same model gives on all records at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import polars as pl

from screening.base.frames import Row
from screening.linking.delta import with_new_records
from screening.linking.encode import Records, encode
from screening.linking.linking import Linked, link_encoded
from screening.linking.model import LinkModel
from screening.linking.pair_ranges import RangeWorkers
from screening.linking.prepared import CODES, model_values, records_from_frames, records_to_frames
from screening.linking.settings import Settings

#: One row a record: its id and the mark of its content.
MARKS: dict[str, pl.DataType] = {"id": pl.Int64(), "mark": pl.Int64()}
#: The frame of pairs that are kept: rows of CODES, and whatever columns the pairs have beside their ends.
PAIRS = "pairs"

#: Make the records of these ids, one row each.
MakeRecords = Callable[[pl.Series], pl.DataFrame]


@dataclass(frozen=True)
class Changes:
    """The records of a night (`records`, in order of id; `marks`: MARKS of them) and what they are after the last one.

    `new`: rows of records that are new or changed. `carried`: pairs of two that are neither, as they were kept.
    """

    records: Records
    marks: pl.DataFrame
    new: np.ndarray
    carried: pl.DataFrame | None

    def link(self, model: LinkModel, workers: RangeWorkers | None = None) -> Linked:
        """The pairs that are not carried over; `workers`: see `link_encoded`."""
        return link_encoded(model, self.records, None if self.carried is None else self.new, workers)


@dataclass(frozen=True)
class LinkedNight:
    """What the next night builds on: the frozen model, the records, MARKS of them and their pairs.

    `pairs`: `left`, `right` (ids), each pair once, with the columns that a night needs of it.
    """

    model: LinkModel
    records: Records
    marks: pl.DataFrame
    pairs: pl.DataFrame

    def only(self, ids: pl.Series) -> LinkedNight:
        """Without the records, and the pairs, of other ids."""
        kept = self.records.taken(np.flatnonzero(self.records.ids.is_in(ids.implode()).to_numpy()))
        return LinkedNight(self.model, kept, _among(self.marks, kept.ids), _pairs_among(self.pairs, kept.ids))

    def to_frames(self) -> dict[str, pl.DataFrame]:
        """Frames to keep, the same for the same records, marks, pairs and model. They hold values of the records."""
        frames = records_to_frames(self.records, self.model.settings)
        frames[CODES] = frames[CODES].join(self.marks, on="id", how="left", maintain_order="left")
        rows = frames[CODES].select("id").with_row_index("row")
        pairs = self.pairs.with_columns(
            pl.col(side).replace_strict(rows["id"], rows["row"], return_dtype=pl.UInt32) for side in ("left", "right")
        )
        return frames | model_values(self.model, self.records) | {PAIRS: pairs.sort("left", "right")}

    @staticmethod
    def from_frames(plain: Row, frames: Mapping[str, pl.DataFrame]) -> LinkedNight:
        """What `to_frames` gave; `plain`: `LinkModel.plain` of the model. `ConfigurationError`: they do not fit."""
        settings = Settings.from_dict(plain["settings"])
        codes = frames[CODES]
        cut = dict(frames["cut_keys"].group_by("rule").agg("key").iter_rows())
        model = LinkModel.of_learned(
            settings, plain, frames["frequencies"], {rule: tuple(sorted(keys)) for rule, keys in cut.items()}
        )
        ids = codes["id"]
        pairs = frames[PAIRS].with_columns(ids.gather(frames[PAIRS][side]).alias(side) for side in ("left", "right"))
        marks = codes.select(list(MARKS))
        return LinkedNight(model, records_from_frames({**frames, CODES: codes.drop("mark")}, settings), marks, pairs)

    def differences(self, other: LinkedNight) -> list[str]:
        """The frames in which two nights differ."""
        mine, theirs = self.to_frames(), other.to_frames()
        return sorted(name for name in mine if not mine[name].equals(theirs[name]))


def content_numbers(texts: pl.Series) -> pl.Series:
    """A number for each text (63 bits), the same on every night and every machine."""
    digests = b"".join(blake2b(text.encode(), digest_size=8).digest() for text in texts.to_list())
    numbers = np.frombuffer(digests, dtype="<u8") >> np.uint64(1)
    return pl.Series(texts.name, numbers.astype(np.int64))


def changes_since(kept: LinkedNight | None, marks: pl.DataFrame, make: MakeRecords, settings: Settings) -> Changes:
    """The records of a night (`marks`: MARKS) against those of the last; all are new where none is kept.

    `make` may leave out ids: what is not comparable is no record.
    """
    if kept is None:
        records = encode(make(marks["id"]), settings)
        return Changes(records, _among(marks, records.ids), np.arange(len(records), dtype=np.int32), None)
    same = marks.join(kept.marks, on=list(MARKS), how="semi")["id"]
    stayed = kept.only(same)
    fresh = make(marks.filter(~pl.col("id").is_in(same.implode()))["id"])
    records, new = with_new_records(stayed.records, fresh, settings)
    return Changes(records, _among(marks, records.ids), new, stayed.pairs)


def _among(marks: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    return marks.filter(pl.col("id").is_in(ids.implode())).select(pl.col(c).cast(t) for c, t in MARKS.items())


def _pairs_among(pairs: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    held = ids.implode()
    return pairs.filter(pl.col("left").is_in(held) & pl.col("right").is_in(held))
