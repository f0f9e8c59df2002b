"""What officers found on a visit comes back as inspections: one more delivery of *controles*, from the review."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from flows.desk import Desk
from screening.base.datasets import datasets
from screening.base.frames import PROVENANCE, QUARANTINE, SourceFile, SourceTable, empty
from screening.base.notes import note
from screening.casework.visits.inspections import findings_as_controles
from screening.store.bundle import rows_digest

#: How records name the delivery that is no file.
REVIEW = "review"


def read_visit_findings(desk: Desk) -> pl.DataFrame:
    """Read findings of visits up to `as_of`, as text in the columns of controles: an old night sees no later one."""
    return findings_as_controles(desk.store).filter(pl.col("datum") <= desk.configuration.as_of.isoformat())


def with_findings(delivered: SourceTable | None, visited: pl.DataFrame) -> SourceTable:
    """The delivered controles, if any, and the findings after them: each row with its provenance.

    The delivery has no date: it would make an old register look fresh.
    """
    table = delivered or SourceTable(
        dataset="controles",
        frame=pl.DataFrame(schema={**dict.fromkeys(visited.columns, pl.String()), **PROVENANCE}),
        files=[],
        rejected=empty(QUARANTINE),
    )
    digest, key = rows_digest(visited), str(datasets()["controles"].key)
    rows = visited.with_row_index("row_number", offset=1).with_columns(
        pl.col(key).alias("key"), pl.col("row_number").cast(pl.Int64), source_file_sha256=pl.lit(digest)
    )
    added = note("visits_added", finding=visited.height)
    return replace(
        table,
        frame=pl.concat([table.frame, rows], how="diagonal"),
        files=[*table.files, SourceFile(path=REVIEW, sha256=digest, rows_read=visited.height)],
        notes=[*table.notes, added],
    )
