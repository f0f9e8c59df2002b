"""Parts of a delivery, which are read one after the other so that only one is in memory, as the whole that they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import polars as pl

from screening.base.frames import SourceTable
from screening.base.notes import add_up
from screening.sources.raw import RawTable


def one_raw_table(batches: Iterable[RawTable]) -> RawTable:
    """The batches of one file, of which there is one at least, as one table."""
    parts = list(batches)
    last = parts[-1]
    return replace(
        last,
        frame=pl.concat([part.frame for part in parts]),
        rows_read=sum(part.rows_read for part in parts),
        refused=[row for part in parts for row in part.refused],
        notes=add_up(note for part in parts for note in part.notes),
        numeric={column: pl.concat([part.numeric[column] for part in parts]) for column in last.numeric},
        is_plain=all(part.is_plain for part in parts),
    )


def one_table(batches: Sequence[SourceTable]) -> SourceTable:
    """The batches of a data set, of which there is one at least, as one table."""
    last = batches[-1]
    files = [
        replace(file, rows_read=sum(batch.files[place].rows_read for batch in batches))
        for place, file in enumerate(last.files)
    ]
    rejected = pl.concat([batch.rejected for batch in batches])
    return replace(
        last,
        frame=pl.concat([batch.frame for batch in batches]),
        files=files,
        rejected=rejected.sort("source_file_sha256", "row_number", "column", "expectation", nulls_last=True),
        notes=add_up(note for batch in batches for note in batch.notes),
        rows_superseded=sum(batch.rows_superseded for batch in batches),
    )
