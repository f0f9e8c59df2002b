"""What passes between the night and the process that reads its sources: JSON, and Parquet for the rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from screening.base import errors
from screening.base.errors import BarrierError
from screening.base.frames import (
    DateForms,
    FieldSpec,
    JoinSpec,
    Note,
    ReaderCode,
    SourceFile,
    SourceSpec,
    SourceTable,
    SplitSpec,
)
from screening.base.machine import disk_faults_told
from screening.sources.batches import one_table

#: So often, at least, the values of a column come again where they are written as numbers of a list.
_REPEATS = 8
_ERRORS = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, BarrierError)
}


@dataclass(frozen=True)
class SourceRequest:
    """One source to read, and what its contract says of the columns.

    `is_profile`: a file that no configuration names, under `spec.path`: it is measured, and no row is handed over.
    """

    spec: SourceSpec
    fields: Mapping[str, FieldSpec]
    is_profile: bool = False


def request_to_json(request: SourceRequest) -> dict[str, object]:
    """The request in plain values. It holds the URL of a database: it goes through a pipe and into no file."""
    fields = [asdict(field) for field in request.fields.values()]
    return {"spec": asdict(request.spec), "fields": fields, "is_profile": request.is_profile}


def request_from_json(given: Mapping[str, Any]) -> SourceRequest:
    """The inverse of `request_to_json`."""
    spec: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given["spec"].items()
    }
    spec["dates"] = DateForms(tuple(spec["dates"]["forms"]), spec["dates"]["pivot"])
    spec["join"] = {name: JoinSpec(tuple(join["columns"]), join["separator"]) for name, join in spec["join"].items()}
    spec["split"] = {name: SplitSpec(split["separator"], tuple(split["into"])) for name, split in spec["split"].items()}
    spec["belonging"] = {name: tuple(values) for name, values in spec["belonging"].items()}
    spec["reader"] = ReaderCode(**spec["reader"]) if spec["reader"] else None
    lists = ("codes", "rows_read")
    fields = [FieldSpec(**(field | {name: tuple(field[name]) for name in lists})) for field in given["fields"]]
    return SourceRequest(SourceSpec(**spec), {field.name: field for field in fields}, given["is_profile"])


@dataclass(frozen=True)
class HandedOver:
    """A SourceTable whose rows lie in `folder`: `text/<dataset>.parquet` and `rejected/<dataset>.parquet`."""

    dataset: str
    folder: Path
    files: list[SourceFile]
    notes: list[Note]
    rows_superseded: int

    @classmethod
    def of(cls, document: Mapping[str, Any], folder: Path) -> HandedOver:
        """The inverse of `document`."""
        return cls(
            dataset=document["dataset"],
            folder=folder,
            files=[SourceFile(**file) for file in document["files"]],
            notes=[Note(**note) for note in document["notes"]],
            rows_superseded=document["rows_superseded"],
        )

    @staticmethod
    def paths_of(dataset: str, folder: Path) -> dict[str, Path]:
        """Part -> the file in which its rows lie."""
        return {part: folder / part / f"{dataset}.parquet" for part in ("text", "rejected")}

    def document(self) -> dict[str, object]:
        """Everything but the rows, in plain values."""
        return {
            "dataset": str(self.dataset),
            "files": [asdict(file) for file in self.files],
            "notes": [note.texts for note in self.notes],
            "rows_superseded": self.rows_superseded,
        }

    def load(self) -> SourceTable:
        """The table with its rows."""
        paths = self.paths_of(self.dataset, self.folder)
        return SourceTable(
            dataset=self.dataset,
            frame=pl.read_parquet(paths["text"]),
            files=self.files,
            rejected=pl.read_parquet(paths["rejected"]),
            notes=self.notes,
            rows_superseded=self.rows_superseded,
        )


def hand_over(table: SourceTable, folder: Path) -> HandedOver:
    """Write the rows of a table into `folder`: folders 0700, files 0600."""
    return hand_over_batches(table.dataset, [table], folder)


def hand_over_batches(dataset: str, batches: Iterable[SourceTable], folder: Path) -> HandedOver:
    """Write the rows of a table into `folder` as they are read, one batch at a time; after an error none are left."""
    paths = HandedOver.paths_of(dataset, folder)
    written: list[SourceTable] = []
    try:
        with disk_faults_told(f"The rows of {dataset} as they were read"), ExitStack() as files:
            writers: dict[str, pq.ParquetWriter] = {}
            for batch in batches:
                for part, frame in (("text", batch.frame), ("rejected", batch.rejected)):
                    rows = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
                    if part not in writers:
                        paths[part].parent.mkdir(mode=0o700, exist_ok=True)
                        paths[part].touch(mode=0o600)
                        writer = pq.ParquetWriter(
                            paths[part],
                            rows.schema,
                            compression="lz4",
                            write_statistics=False,
                            use_dictionary=_repeating(frame),
                        )
                        writers[part] = files.enter_context(writer)
                    writers[part].write_table(rows)
                written.append(replace(batch, frame=batch.frame.clear(), rejected=batch.rejected.clear()))
    except BaseException:
        for path in paths.values():
            path.unlink(missing_ok=True)
        raise
    table = one_table(written)
    return HandedOver(dataset, folder, table.files, table.notes, table.rows_superseded)


def _repeating(frame: pl.DataFrame) -> list[str]:
    """The columns whose values come again and again: to number those of another costs more than it saves."""
    distinct = frame.select(pl.all().n_unique())
    return [name for name in frame.columns if distinct[name].item() * _REPEATS <= frame.height]


def error_from_json(given: Mapping[str, str]) -> BarrierError:
    """The error of that class with that message; of an unknown class a plain BarrierError."""
    return _ERRORS.get(given["error"], BarrierError)(given["message"])
