"""What passes between the night and the process that reads its sources: JSON, and Parquet for the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from screening import errors
from screening.errors import BarrierError
from screening.frames import FieldSpec, Note, SourceFile, SourceSpec, SourceTable
from screening.vocabulary import Dataset

_ERRORS = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, BarrierError)
}


@dataclass(frozen=True)
class SourceRequest:
    """One source to read, and what its contract says of the columns."""

    spec: SourceSpec
    fields: Mapping[str, FieldSpec]


def request_to_json(request: SourceRequest) -> dict[str, object]:
    """The request in plain values. It holds the URL of a database: it goes through a pipe and into no file."""
    return {"spec": asdict(request.spec), "fields": [asdict(field) for field in request.fields.values()]}


def request_from_json(given: dict) -> SourceRequest:
    """The inverse of `request_to_json`."""
    spec = given["spec"] | {"dataset": Dataset(given["spec"]["dataset"]), "drop": tuple(given["spec"]["drop"])}
    fields = [FieldSpec(**(field | {"codes": tuple(field["codes"])})) for field in given["fields"]]
    return SourceRequest(SourceSpec(**spec), {field.name: field for field in fields})


def store_table(table: SourceTable, directory: Path) -> dict[str, object]:
    """Write the rows of a table into `directory`; returns the rest of it in plain values."""
    table.frame.write_parquet(_path(directory, table.dataset, "frame"))
    table.rejected.write_parquet(_path(directory, table.dataset, "rejected"))
    return {
        "dataset": str(table.dataset),
        "files": [asdict(file) for file in table.files],
        "notes": [asdict(note) for note in table.notes],
        "rows_superseded": table.rows_superseded,
    }


def load_table(given: dict, directory: Path) -> SourceTable:
    """The inverse of `store_table`."""
    dataset = Dataset(given["dataset"])
    return SourceTable(
        dataset=dataset,
        frame=pl.read_parquet(_path(directory, dataset, "frame")),
        files=[SourceFile(**file) for file in given["files"]],
        rejected=pl.read_parquet(_path(directory, dataset, "rejected")),
        notes=[Note(**note) for note in given["notes"]],
        rows_superseded=given["rows_superseded"],
    )


def error_from_json(given: dict) -> BarrierError:
    """The error of that class with that message; of an unknown class a plain BarrierError."""
    return _ERRORS.get(given["error"], BarrierError)(given["message"])


def _path(directory: Path, dataset: Dataset, part: str) -> Path:
    return directory / f"{dataset}.{part}.parquet"
