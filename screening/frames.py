"""Schemas of the frames that pass between modules and of the Parquet files that a run leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

#: One row of a frame as Python has it: the columns and types are those of the schema that the function names.
Row = dict[str, Any]

#: Columns that every frame of records carries: which record, from which file, which row (1 = first under the header).
PROVENANCE: dict[str, pl.DataType] = {
    "key": pl.String(),
    "row_number": pl.Int64(),
    "source_file_sha256": pl.String(),
}

#: One row a resolved address of a record. `address_note` (AddressNote) says why an address stayed unresolved, or what
#: was odd about it, without repeating it.
RESOLVED_ADDRESSES: dict[str, pl.DataType] = {
    "dataset": pl.String(),
    "key": pl.String(),
    "address_id": pl.String(),
    "address_method": pl.String(),
    "address_score": pl.Float64(),
    "address_note": pl.String(),
    "candidates": pl.List(pl.String()),
}

#: One row a mention of a party. `mention` is "dataset:key:role:kind". `fingerprint` follows the content, not the row.
MENTIONS: dict[str, pl.DataType] = {
    "mention": pl.String(),
    "dataset": pl.String(),
    "key": pl.String(),
    "record": pl.String(),
    "role": pl.String(),
    "kind": pl.String(),
    "name": pl.String(),
    "name_normalised": pl.String(),
    "birth_date": pl.Date(),
    "kvk_nummer": pl.String(),
    "address_id": pl.String(),
    "alive_from": pl.Date(),
    "alive_to": pl.Date(),
    "fingerprint": pl.String(),
}

#: One row a mention, with the party it belongs to: what the rules see of parties (no display name).
PARTIES: dict[str, pl.DataType] = {
    "mention": pl.String(),
    "record": pl.String(),
    "dataset": pl.String(),
    "key": pl.String(),
    "role": pl.String(),
    "kind": pl.String(),
    "party_id": pl.String(),
    "kvk_nummer": pl.String(),
    "birth_date": pl.Date(),
    "name_normalised": pl.String(),
    "fingerprint": pl.String(),
}

#: One row a name under which an organisation appears on a record; `name_key` is the normalised trade or statutory name.
TRADE_NAMES: dict[str, pl.DataType] = {
    "record": pl.String(),
    "dataset": pl.String(),
    "key": pl.String(),
    "kvk_nummer": pl.String(),
    "name_key": pl.String(),
}

#: One row a pair of different name keys that resemble each other (left < right), similarity 0-1, at least 0.85.
SIMILAR_NAMES: dict[str, pl.DataType] = {
    "left_name_key": pl.String(),
    "right_name_key": pl.String(),
    "similarity": pl.Float64(),
}

# ---------------------------------------------------------------- the files of a run (formats: "What a run leaves")

FLAGS: dict[str, pl.DataType] = {
    "address_id": pl.String(),
    "address": pl.String(),
    "reason": pl.String(),
    "indicator_codes": pl.List(pl.String()),
    "barriers": pl.List(pl.String()),
    "datasets": pl.List(pl.String()),
    "sensitive": pl.Boolean(),
    "first_flagged": pl.Date(),
}

EVIDENCE: dict[str, pl.DataType] = {
    "address_id": pl.String(),
    "indicator": pl.String(),
    "indicator_version": pl.Int64(),
    "class": pl.String(),
    "barrier": pl.String(),
    "dataset": pl.String(),
    "record_ids": pl.List(pl.String()),
    "values": pl.String(),
    "window_start": pl.Date(),
    "window_end": pl.Date(),
    "explanation_nl": pl.String(),
    "explanation_en": pl.String(),
    "links": pl.List(pl.String()),
}

RECORDS: dict[str, pl.DataType] = {
    "dataset": pl.String(),
    "key": pl.String(),
    "source_file_sha256": pl.String(),
    "row_number": pl.Int64(),
    "address_id": pl.String(),
    "address_method": pl.String(),
    "address_score": pl.Float64(),
}

PARTY_ROWS: dict[str, pl.DataType] = {
    "dataset": pl.String(),
    "key": pl.String(),
    "role": pl.String(),
    "kind": pl.String(),
    "party_id": pl.String(),
    "name_normalised": pl.String(),
}

LINKS: dict[str, pl.DataType] = {
    "link_id": pl.String(),
    "left": pl.String(),
    "right": pl.String(),
    "score": pl.Float64(),
    "log_odds": pl.Float64(),
    "level": pl.String(),
    "comparisons": pl.String(),
}

SAMPLE: dict[str, pl.DataType] = {"address_id": pl.String(), "drawn_on": pl.Date()}

QUARANTINE: dict[str, pl.DataType] = {
    "dataset": pl.String(),
    "source_file_sha256": pl.String(),
    "row_number": pl.Int64(),
    "key": pl.String(),
    "column": pl.String(),
    "expectation": pl.String(),
    "reason": pl.String(),
}

#: Which party id a content fingerprint had: carried from run to run, since a record's key may be a row number.
IDENTITIES: dict[str, pl.DataType] = {"fingerprint": pl.String(), "party_id": pl.String()}

#: File name of a run -> (schema, columns that fix the order of its rows).
RUN_FILES: dict[str, tuple[dict[str, pl.DataType], tuple[str, ...]]] = {
    "flags.parquet": (FLAGS, ("address_id",)),
    "evidence.parquet": (EVIDENCE, ("address_id", "indicator", "values", "record_ids")),
    "records.parquet": (RECORDS, ("dataset", "row_number", "key", "source_file_sha256")),
    "parties.parquet": (PARTY_ROWS, ("dataset", "key", "role", "kind", "name_normalised")),
    "links.parquet": (LINKS, ("link_id",)),
    "sample.parquet": (SAMPLE, ("address_id",)),
    "quarantine.parquet": (QUARANTINE, ("dataset", "source_file_sha256", "row_number", "column", "expectation")),
    "identities.parquet": (IDENTITIES, ("fingerprint",)),
}


def empty(schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """A frame of no rows in this schema."""
    return pl.DataFrame(schema=schema)


def conform(frame: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """The columns of `schema`, in its order and types; a column that is absent is null. Others are left out."""
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    )


@dataclass(frozen=True)
class Note:
    """A sentence for the people who read a run, in both their languages. Counts and names of columns, never a value."""

    nl: str
    en: str


@dataclass(frozen=True)
class SourceFile:
    """One delivered file (or query result) of a data set."""

    path: str
    sha256: str
    rows_read: int
    encoding: str | None = None
    separator: str | None = None
    modified: str | None = None  # date of the delivery, YYYY-MM-DD, where the medium knows it


@dataclass
class SourceTable:
    """A data set as delivered: canonical columns as text, provenance, and what was done on the way in.

    `frame`: one row a delivered record; the canonical columns that the source has, all String (null = empty), beside
    `PROVENANCE`. `rejected`: rows refused before any contract (QUARANTINE schema). `notes`: what the readers of
    the run are told, counts only. `rows_superseded`: rows replaced by a later delivery of the same key.
    """

    dataset: str
    frame: pl.DataFrame
    files: list[SourceFile]
    rejected: pl.DataFrame
    notes: list[Note] = field(default_factory=list)
    rows_superseded: int = 0


@dataclass
class ContractResult:
    """What a contract made of a source table.

    `accepted`: typed rows (see docs/architecture.md, "Typed frames"). `quarantined`: QUARANTINE schema, one row a
    failed expectation of a row; `rows_quarantined` counts distinct rows. `expectations`: counts per expectation.
    """

    dataset: str
    accepted: pl.DataFrame
    quarantined: pl.DataFrame
    rows_read: int
    rows_quarantined: int
    expectations: list[dict[str, object]] = field(default_factory=list)


@dataclass(frozen=True)
class FieldSpec:
    """What a contract says of one column: handed to sources (how to read it) and to the report (what it means).

    `logical_type`: string, integer, number, boolean, array, date or timestamp. `form` names what the text is where the
    type does not tell: code, kvk_nummer, vestigingsnummer, rsin, object_id, postcode, free_text, reporter_token, name,
    term_ids (made of free text, never read). `codes`: the accepted codes of a `code` column.
    """

    name: str
    logical_type: str
    form: str | None = None
    required: bool = False
    unique: bool = False
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SourceSpec:
    """Where a data set comes from and how its columns and codes map: one `[sources.X]` table, secrets resolved.

    `path` may be a glob of several deliveries, oldest first by name; a later delivery of a key replaces an earlier one.
    `columns`: canonical name -> name in the source. `codes`: column -> canonical code -> the source's spellings.
    `terms`: term -> term id of a word list that is looked for in free text before it is dropped; empty: nothing is.
    """

    dataset: str
    path: str | None = None
    url: str | None = None
    query: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    max_quarantine: float = 0.05
    max_row_change: float = 0.2
    terms: dict[str, str] = field(default_factory=dict)
