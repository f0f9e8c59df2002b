"""Schemas of the frames that pass between modules and of the Parquet files that a run leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import polars as pl

#: One row of a frame as Python has it: the columns and types are those of the schema that the function names.
Row = dict[str, Any]

#: Column -> type, in order.
Schema = dict[str, pl.DataType]

#: Types of the columns that hold no text, wherever they occur.
_TYPES: Schema = {
    **dict.fromkeys(("row_number", "indicator_version"), pl.Int64()),
    **dict.fromkeys(
        ("address_score", "candidate_probability", "similarity", "score", "log_odds", "rd_x", "rd_y"), pl.Float64()
    ),
    **dict.fromkeys(("sensitive", "is_placed", "is_registered"), pl.Boolean()),
    **dict.fromkeys(("birth_date", "alive_from", "alive_to"), pl.Date()),
    **dict.fromkeys(("first_flagged", "window_start", "window_end", "drawn_on"), pl.Date()),
    **dict.fromkeys(("indicator_codes", "barriers", "datasets", "record_ids"), pl.List(pl.String())),
    **dict.fromkeys(("candidates", "links", "uses"), pl.List(pl.String())),
}


def schema_of(columns: str, **types: pl.DataType) -> Schema:
    """The schema of these columns, separated by blanks: each has the type of its name, text where nothing else is said.

    `types`: those of the columns that are another thing in this frame than elsewhere.
    """
    return {name: types.get(name, _TYPES.get(name, pl.String())) for name in columns.split()}


#: Columns that every frame of records carries: which record, from which file, which row (1 = first under the header).
PROVENANCE = schema_of("key row_number source_file_sha256")

#: One row a resolved address of a record. `address_note` (AddressNote) says why an address stayed unresolved, or what
#: was odd about it, without repeating it. `address_score`: the probability that the object is the one meant.
#: `candidates`: the objects that it can be. `candidate_id`, `candidate_probability`: the object that a person may be
#: asked about, of an address that stayed unresolved.
RESOLVED_ADDRESSES = schema_of(
    "dataset key address_id address_method address_score address_note candidates candidate_id candidate_probability"
)

#: One row a mention of a party. `mention` is "dataset:key:role:kind". `fingerprint` follows the content, not the row.
MENTIONS = schema_of(
    "mention dataset key record role kind name name_normalised birth_date kvk_nummer address_id alive_from alive_to "
    "fingerprint"
)

#: One row a mention, with the party it belongs to: what the rules see of parties (no display name).
PARTIES = schema_of("mention record dataset key role kind party_id kvk_nummer birth_date name_normalised fingerprint")

#: One row a name under which an organisation appears on a record; `name_key` is the normalised trade or statutory name.
TRADE_NAMES = schema_of("record dataset key kvk_nummer name_key")

#: One row a pair of different name keys that resemble each other (left < right), similarity 0-1, at least 0.85.
SIMILAR_NAMES = schema_of("left_name_key right_name_key similarity")

#: One row a pair of different parties that could be one (left < right): a rule that counts parties takes them for one.
COULD_BE_ONE = schema_of("left_party_id right_party_id")

# ---------------------------------------------------------------- the files of a run (formats: "What a run leaves")

FLAGS = schema_of("address_id address reason indicator_codes barriers datasets sensitive first_flagged")

EVIDENCE = schema_of(
    "address_id indicator indicator_version class barrier dataset record_ids values window_start window_end "
    "explanation_nl explanation_en links"
)

RECORDS = schema_of("dataset key source_file_sha256 row_number address_id address_method address_score")

#: One row a record whose address has no object: why (AddressNote), and where one can be named the object to ask a
#: person about, its address and the probability that it is the one meant.
OPEN_ADDRESSES = schema_of(
    "dataset key source_file_sha256 row_number address_note candidate_id candidate candidate_probability"
)

PARTY_ROWS = schema_of("dataset key role kind party_id name_normalised")

LINKS = schema_of("link_id left right score log_odds level comparisons")

SAMPLE = schema_of("address_id drawn_on")

QUARANTINE = schema_of("dataset source_file_sha256 row_number key column expectation reason")

#: One row an address object of the BAG, for the map of a case: `place` ("Reigerlaan 77"), the number alone, what it
#: may be used for, its status, its point in metres of the Dutch grid (RD) and, on the first object of a building, the
#: corners of its outline ("x y,x y"), where the delivery has them. `cell`: neighbours have the same number, or close.
PLACES = schema_of("cell address_id place house_number uses status rd_x rd_y outline", cell=pl.Int64())

#: Which party id a content fingerprint had: carried from run to run, since a record's key may be a row number.
IDENTITIES = schema_of("fingerprint party_id")

#: Of this file a dossier reads the few rows around its address.
PLACES_FILE = "places.parquet"

#: File name of a run -> (schema, columns that fix the order of its rows).
RUN_FILES: dict[str, tuple[Schema, tuple[str, ...]]] = {
    "flags.parquet": (FLAGS, ("address_id",)),
    "evidence.parquet": (EVIDENCE, ("address_id", "indicator", "values", "record_ids")),
    "records.parquet": (RECORDS, ("dataset", "row_number", "key", "source_file_sha256")),
    "open_addresses.parquet": (OPEN_ADDRESSES, ("dataset", "row_number", "key", "source_file_sha256")),
    "parties.parquet": (PARTY_ROWS, ("dataset", "key", "role", "kind", "name_normalised")),
    "links.parquet": (LINKS, ("link_id",)),
    "sample.parquet": (SAMPLE, ("address_id",)),
    "quarantine.parquet": (QUARANTINE, ("dataset", "source_file_sha256", "row_number", "column", "expectation")),
    "identities.parquet": (IDENTITIES, ("fingerprint",)),
    PLACES_FILE: (PLACES, ("cell", "address_id")),
}

#: Further files of a run, for the linking of the next night: what its columns are follows from what is compared. They
#: hold names and birth dates. A run of a version before them has none.
PREPARED_FILES: tuple[str, ...] = tuple(
    f"linking_{kind}_{part}.parquet"
    for kind in ("organisations", "persons")
    for part in ("codes", "cut_keys", "frequencies", "pairs", "values")
)


def empty(schema: Schema) -> pl.DataFrame:
    """A frame of no rows in this schema."""
    return pl.DataFrame(schema=schema)


def conform(frame: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """The columns of `schema`, in its order and types; a column that is absent is null. Others are left out."""
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    )


@dataclass(frozen=True)
class Note:
    """A sentence for the people who read a run, in both their languages. Counts and names of columns, never a value.

    `kind` and `values`: what it was made of, where it may still be added up with others of its kind.
    """

    nl: str
    en: str
    kind: str = field(default="", compare=False, repr=False)
    values: dict[str, str | int] = field(default_factory=dict, compare=False, repr=False)

    @property
    def texts(self) -> dict[str, str]:
        """The sentence by language."""
        return {"nl": self.nl, "en": self.en}


@dataclass(frozen=True)
class SourceFile:
    """One delivered file (or query result) of a data set.

    `bytes`, `header` (the names as delivered) are what a manifest says of a file; a query has neither. A query on a
    database that is a file (SQLite) has `bytes`, and `database`: where the file lies, and its sha256. `ends_line`:
    whether the last line of a text has its end; `page_checksums`: whether the pages of a Parquet have them.
    """

    path: str
    sha256: str
    rows_read: int
    encoding: str | None = None
    separator: str | None = None
    bytes: int | None = None
    header: list[str] = field(default_factory=list)
    as_of: str | None = None  # date for which the content holds, YYYY-MM-DD, where the source says so itself
    database: tuple[str, str] | None = None
    ends_line: bool | None = None
    page_checksums: bool | None = None


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
    `hints`: how the texts look that were not understood, for whoever maps the register.
    """

    dataset: str
    accepted: pl.DataFrame
    quarantined: pl.DataFrame
    rows_read: int
    rows_quarantined: int
    expectations: list[dict[str, object]] = field(default_factory=list)
    hints: list[Note] = field(default_factory=list)


@dataclass(frozen=True)
class FieldSpec:
    """What a contract says of one column: handed to sources (how to read it) and to the report (what it means).

    `logical_type`: string, integer, number, boolean, array, date or timestamp. `form` names what the text is where the
    type does not tell: code, kvk_nummer, vestigingsnummer, rsin, object_id, postcode, free_text, reporter_token, name,
    term_ids (made of free text, never read). `codes`: the accepted codes of a `code` column. `rows_read`: those of them
    whose rows are read, where the contract leaves the others unread.
    """

    name: str
    logical_type: str
    form: str | None = None
    required: bool = False
    unique: bool = False
    codes: tuple[str, ...] = ()
    rows_read: tuple[str, ...] = ()


@dataclass(frozen=True)
class JoinSpec:
    """A column that is made of several of the source's: `columns`, in this order, with `separator` between them."""

    columns: tuple[str, ...]
    separator: str = " "


@dataclass(frozen=True)
class SplitSpec:
    """A column of the source that is cut at `separator` into columns that then count as the source's own.

    A text with fewer separators leaves the last ones empty; one with more keeps the rest in the last.
    """

    separator: str
    into: tuple[str, ...]


@dataclass(frozen=True)
class DateForms:
    """How this source writes dates: `forms` as in `%d/%m/%Y`; years of two digits below `pivot` are of this century."""

    forms: tuple[str, ...] = ()
    pivot: int | None = None


@dataclass(frozen=True)
class ReaderCode:
    """A reader of an extension: its name (`zom_meterstand`), the file that it stands in, and its source."""

    name: str
    place: str
    source: str


@dataclass(frozen=True)
class SourceSpec:
    """Where a data set comes from and how its columns and codes map: one `[sources.X]` table, secrets resolved.

    `path` may be a glob of several deliveries, oldest first by name; a later delivery of a key replaces an earlier one.
    `columns`: canonical name -> name in the source. `codes`: column -> canonical code -> the source's spellings.
    `terms`: term -> term id of a word list that is looked for in free text before it is dropped; empty: nothing is.

    How the file is written: `encoding` and `sheet` (None: recognised), `header` (row of the header, 0: none, None: the
    first) and `names` (of the columns, where there is no header). What its cells mean: `null` (words for empty),
    `open_end` (words for no end), `dates`, `otherwise` (column -> code for what is not known). What the register is:
    `constant` (column -> code of every row), `lacks` (required columns that it does not have), `belonging` (source
    column -> values of the rows that belong here). How columns are made: `join` (canonical name) and `split` (column
    of the source). `reader`: what reads its files in place of the readers of the programme.
    """

    dataset: str
    path: str | None = None
    url: str | None = None
    query: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    max_quarantine: float = 0.05
    terms: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None
    header: int | None = None
    names: tuple[str, ...] = ()
    sheet: str | None = None
    null: tuple[str, ...] = ()
    open_end: tuple[str, ...] = ()
    dates: DateForms = DateForms()
    constant: dict[str, str] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()
    otherwise: dict[str, str] = field(default_factory=dict)
    join: dict[str, JoinSpec] = field(default_factory=dict)
    split: dict[str, SplitSpec] = field(default_factory=dict)
    belonging: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reader: ReaderCode | None = None

    @property
    def called(self) -> str:
        """The data set as an error names it, with the file and the reader where an extension reads it."""
        if self.reader is None:
            return str(self.dataset)
        return f"{self.dataset} ({PurePath(self.path or '').name}, read by {self.reader.name})"


def known_date(name: str) -> pl.Expr:
    """A date column of a typed frame as text, as far as it is known: "2026-05" is the whole of May."""
    first, last = pl.col(f"{name}_min"), pl.col(f"{name}_max")
    same_month = (first.dt.year() == last.dt.year()) & (first.dt.month() == last.dt.month())
    partial = pl.when(same_month).then(first.dt.strftime("%Y-%m")).otherwise(first.dt.strftime("%Y"))
    return pl.coalesce(pl.col(name).dt.strftime("%Y-%m-%d"), partial).alias(name)


def read_distinct(frame: pl.DataFrame, names: Sequence[str], **readings: pl.Expr) -> pl.DataFrame:
    """The frame with columns made of some of its columns, each distinct content of which is read once.

    Args:
        frame: any rows; their order stays.
        names: the columns that are read.
        readings: new column -> expression over those columns, of one row at a time.
    """
    # a lazy frame makes once what several expressions have in common
    distinct = frame.lazy().select(names).unique().with_columns(**readings).collect()
    return frame.join(distinct, on=list(names), how="left", nulls_equal=True, maintain_order="left")
