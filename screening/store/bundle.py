"""The data of a run that is published, and the digests by which it is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import PurePath

import polars as pl
import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.base.frames import PREPARED_FILES, RUN_FILES, Row, Schema
from screening.store.schema import runs as tables

RUN_JSON = "run.json"
BATCH_ROWS = 10_000

#: Texts shorter than this have their length read from a list: that takes a third of writing each number.
_SHORT = 4096

#: Type of a column -> that of the frame that holds its rows. A list is JSON, and JSON in these tables is a list.
_TYPES: Sequence[tuple[type[object], pl.DataType]] = (
    (sa.Boolean, pl.Boolean()),
    (sa.Integer, pl.Int64()),
    (sa.Double, pl.Float64()),
    (sa.Date, pl.Date()),
    (sa.JSON, pl.List(pl.String())),
    (sa.String, pl.String()),
)


@cache
def stored_schema(table: sa.Table) -> Schema:
    """The schema of a frame with the rows of one run as the table holds them, the run id left out."""
    return {
        column.name: next(dtype for kind, dtype in _TYPES if isinstance(column.type, kind))
        for column in table.columns
        if column.name != "run_id"
    }


def row_key(table: sa.Table) -> tuple[str, ...]:
    """The columns that tell the rows of one run apart, and order them."""
    return tuple(column.name for column in table.primary_key if column.name != "run_id")


#: One row a record in the dossier of an address. `fields`: flat JSON of the columns that a reviewer may see.
DOSSIER_RECORDS = stored_schema(tables.dossier_record)

#: One row a record of a dossier, with its place: those of DOSSIER_RECORDS (`is_here`), and those of
#: other addresses that a hit cites. `probable_links`: links of its parties that count when a person confirms them.
DOSSIER_PLACES = stored_schema(tables.dossier_place)

#: One row a mention of a party on such a record. Only this frame holds the display name; no file of the run does.
DOSSIER_PARTIES = stored_schema(tables.dossier_party)

#: One row a record at another business address that a party of a dossier leads to (table `network_tie`).
NETWORK = stored_schema(tables.network_tie)

#: One row a probable link of the run, with what a person compares. `left_side`, `right_side`: flat JSON of text.
LINKS_TO_JUDGE = stored_schema(tables.link_to_judge)

#: One row a delivered file. `age_days`: days from the delivery to `as_of`.
SOURCE_AGES = stored_schema(tables.source_age)

#: The tables that hold rows of a run: all but the list of its files.
STORED = tuple(table for table in tables.RUN_TABLES if table is not tables.run_file)

#: Tables whose rows follow from the dates of files: a copy of the same delivery is younger and the run is the same.
#: All other tables of STORED are in a run's digest.
MEASURED_TABLES = (tables.source_age.name,)
_STORED_MEASURED = "stored_measured"

#: Columns of a source that may be in no store, whoever asks (formats: never stored, written nowhere).
NEVER_STORED = ("omschrijving", "melder_token")

Frame = pl.DataFrame | pl.LazyFrame

#: The record of a mention "dataset:key:role:kind"; the key may hold a colon.
_RECORD = r"^(.*):[^:]*:[^:]*$"
_SIDES = ("left", "right")


@dataclass(frozen=True)
class RunBundle:
    """A finished run, not yet visible to anyone.

    `frames`: file name of `RUN_FILES` -> its rows (an absent one is written empty). `meta`: what `run.json` says
    beside the fields of this class; the same for the same run id, so paths as configured and no clock. `measured`:
    what differs from one rerun to the next (timings, peak memory); in `run.json`, outside the digest.
    `declarations`: one mapping an indicator with `code`, `version`, `legal_basis`, `dpia`, `fg_advice`, its texts
    and the parameters in force. `dossier_records` (DOSSIER_RECORDS), `dossier_parties` (DOSSIER_PARTIES): may hold
    more than the flagged and sampled addresses; the store keeps theirs only. `network`: NETWORK of them.
    `cited_records`: DOSSIER_RECORDS of records elsewhere, each under the flagged address whose hit cites it; of others
    the store keeps none. `display`:
    `address_id` and `address` as shown, of the sampled addresses at least; one without is shown by its id.
    `sensitive_records`: `dataset` and `key` of those beside the records of sensitive registers. `links_to_judge`:
    LINKS_TO_JUDGE. `sources`: SOURCE_AGES. `prepared`: file name of `PREPARED_FILES` -> its rows, in order; all or
    none. `extra`: views made from the rest (`run.html`); their bytes are checked on reading and are outside the
    digest. `started_at`, `finished_at`: with a zone.
    """

    run_id: str
    as_of: date
    municipality: str
    code_version: str
    frames: Mapping[str, Frame]
    meta: Mapping[str, object] = field(default_factory=dict)
    measured: Mapping[str, object] = field(default_factory=dict)
    declarations: Sequence[Mapping[str, object]] = ()
    dossier_records: Frame | None = None
    dossier_parties: Frame | None = None
    network: Frame | None = None
    cited_records: Frame | None = None
    display: Frame | None = None
    sensitive_records: Frame | None = None
    links_to_judge: Frame | None = None
    sources: Frame | None = None
    prepared: Mapping[str, Frame] = field(default_factory=dict)
    extra: Mapping[str, bytes] = field(default_factory=dict)
    started_at: datetime | None = None
    finished_at: datetime | None = None

    def __post_init__(self) -> None:
        """Raise StoreError when a name would leave the run directory or has two meanings."""
        if not self.run_id.isalnum() or len(self.run_id) > tables.RUN_ID_DIGITS:
            raise StoreError("A run id is 24 hexadecimal digits: use screening.store.runs.identity.run_id().")
        unknown = sorted(set(self.frames) - set(RUN_FILES))
        if unknown:
            raise StoreError(f"{unknown[0]}: not a file of a run. Those are {', '.join(RUN_FILES)}.")
        if self.prepared and set(self.prepared) != set(PREPARED_FILES):
            raise StoreError(
                f"The files for the linking of the next night are {', '.join(PREPARED_FILES)}: all or none."
            )
        for name in self.extra:
            if (
                name in (*RUN_FILES, *PREPARED_FILES)
                or name == RUN_JSON
                or PurePath(name).name != name
                or name.startswith(".")
            ):
                raise StoreError(f"{name}: cannot be the name of a further file of a run.")
        twice = sorted((set(self.meta) & set(self.measured)) | (set(self.measured) & set(self._own())))
        if twice:
            raise StoreError(f"run.json: {twice[0]} is given as measured and as content.")

    def _own(self) -> dict[str, object]:
        return {
            "run_id": self.run_id,
            "as_of": self.as_of.isoformat(),
            "municipality": self.municipality,
            "code_version": self.code_version,
        }

    def run_json(self, files: Mapping[str, str], stored: Mapping[str, str]) -> Row:
        """The content of `run.json`. `files`: Parquet file -> sha256. `stored`: table -> digest of its rows.

        `measured` there names the keys that are outside the digest.
        """
        measured = {
            **self.measured,
            _STORED_MEASURED: {name: digest for name, digest in stored.items() if name in MEASURED_TABLES},
        }
        fixed = {name: digest for name, digest in stored.items() if name not in MEASURED_TABLES}
        content = {**self.meta, **self._own(), "files": dict(files), "stored": fixed, **measured}
        plain: Row = json.loads(canonical_json({**content, "measured": sorted(measured)}))
        return plain


def canonical_json(value: object) -> str:
    """Return the one text of a value: keys sorted, no spaces, dates as ISO."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_iso)


def _iso(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def stored_digests(run_json: Row) -> dict[str, str]:
    """Table -> digest of its rows, as a run was published."""
    return {**run_json["stored"], **run_json[_STORED_MEASURED]}


def content_digest(run_json: Row) -> str:
    """sha256 of a run's content: all of `run.json` but what was measured, so all Parquet files and stored rows too."""
    outside = {"measured", *run_json.get("measured", ())}
    content = {name: value for name, value in run_json.items() if name not in outside}
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


class RowsDigest:
    """sha256 of columns and rows, given in parts. Unlike that of Parquet bytes it outlives the writer's version.

    Each value is its length in bytes, a colon and its text; a value that is not there is a hyphen, and a list is the
    text of its values after each other. `rows`: how many there were.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self._digest = hashlib.sha256(canonical_json(list(columns)).encode())
        self.rows = 0

    def add(self, frame: pl.DataFrame) -> None:
        """The rows that follow."""
        self.rows += frame.height
        for part in frame.iter_slices(BATCH_ROWS):
            pieces = [piece for column in part.iter_columns() for piece in _netstring(_as_text(column))]
            self._digest.update(pl.select(pl.concat_str(pieces).str.join("")).item().encode())

    def hexdigest(self) -> str:
        """The digest of the rows so far."""
        return self._digest.hexdigest()


def rows_digest(frame: pl.DataFrame) -> str:
    """The digest of a frame's columns and rows."""
    digest = RowsDigest(frame.columns)
    digest.add(frame)
    return digest.hexdigest()


def _as_text(column: pl.Series) -> pl.Series:
    """The values of a column as text, in a form that no version of a library decides."""
    if column.dtype == pl.Float64:
        return pl.Series(column.name, [None if value is None else repr(value) for value in column], dtype=pl.String)
    if column.dtype == pl.Date:
        return column.dt.to_string("%Y-%m-%d")
    if column.dtype == pl.Boolean:
        return column.cast(pl.Int8).cast(pl.String)
    if isinstance(column.dtype, pl.List):
        value = pl.element()
        value = pl.concat_str(value.str.len_bytes().cast(pl.String), pl.lit(":"), value).fill_null("-")
        return column.list.eval(value).list.join("")
    return column.cast(pl.String)


def _netstring(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """What is written before each text, and the text."""
    lengths = texts.str.len_bytes()
    is_long = (lengths >= _SHORT).any()
    before = lengths.cast(pl.String) + ":" if is_long else _short_lengths().gather(lengths)
    return before.fill_null("-"), texts.fill_null("")


@cache
def _short_lengths() -> pl.Series:
    return pl.Series([f"{length}:" for length in range(_SHORT)])
