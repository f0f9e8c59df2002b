"""One table of registers as the specification that the readers are handed, and what reading may take.

Needs polars, which a configuration is checked without.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flows import environment
from flows.configuration.mapping_tables import MappingKeys, RegisterTable
from flows.configuration.tables import RunTable
from screening.base.extensions import reader_files
from screening.base.frames import DateForms, JoinSpec, ReaderCode, SourceSpec, SplitSpec
from screening.sources import ReadLimits

#: The keys that are not specifications of their own; the readers are handed these as they stand.
_AS_WRITTEN = {"columns", "codes", "drop", "max_quarantine", *MappingKeys.model_fields} - {"dates", "join", "split"}


def read_limits(run: RunTable) -> ReadLimits:
    """What reading a delivery may take."""
    return ReadLimits(run.read_memory_mb << 20, run.read_seconds)


def source_spec(dataset: str, table: RegisterTable, folder: Path, terms: Mapping[str, str]) -> SourceSpec:
    """Where a register comes from and how it maps: paths relative to `folder` and secrets resolved.

    `terms`: what is looked for in free text.
    """
    reader = reader_files()[table.reader] if table.reader else None
    return SourceSpec(
        **table.model_dump(include=_AS_WRITTEN),
        dataset=dataset,
        path=str(folder / table.path) if table.path else None,
        url=environment.secret(table.url_env) if table.url_env else None,
        query=table.query or None,
        terms=dict(terms),
        dates=DateForms(table.dates.forms, table.dates.pivot) if table.dates else DateForms(),
        join={name: JoinSpec(join.columns, join.separator) for name, join in table.join.items()},
        reader=ReaderCode(table.reader, reader.place, reader.utf8()) if table.reader and reader else None,
        split={name: SplitSpec(split.separator, split.into) for name, split in table.split.items()},
    )
