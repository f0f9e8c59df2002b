"""The data of a run that is published, and the rows that the store makes of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import PurePath

import polars as pl
import sqlalchemy as sa

from screening.datasets import sensitive_datasets
from screening.errors import StoreError
from screening.frames import PREPARED_FILES, RUN_FILES, Row, Schema, conform
from screening.store.files import run_frame, sort_rows
from screening.store.schema import runs as tables
from screening.vocabulary import LinkLevel

RUN_JSON = "run.json"
BATCH_ROWS = 10_000

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
_RECORD_NAME = pl.concat_str("dataset", "key", separator=":")
_SIDES = ("left", "right")


@dataclass(frozen=True)
class RunBundle:
    """A finished run, not yet visible to anyone.

    `frames`: file name of `RUN_FILES` -> its rows (an absent one is written empty). `meta`: what `run.json` says
    beside the fields of this class; the same for the same run id, so paths as configured and no clock. `measured`:
    what differs from one rerun to the next (timings, peak memory); in `run.json`, outside the digest.
    `declarations`: one mapping an indicator with `code`, `version`, `legal_basis`, `dpia`, `fg_advice`, its texts
    and the parameters in force. `dossier_records` (DOSSIER_RECORDS), `dossier_parties` (DOSSIER_PARTIES): may hold
    more than the flagged and sampled addresses; the store keeps theirs only. `cited_records`: DOSSIER_RECORDS of
    records elsewhere, each under the flagged address whose hit cites it; of others the store keeps none. `display`:
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
    cited_records: Frame | None = None
    display: Frame | None = None
    sensitive_records: Frame | None = None
    links_to_judge: Frame | None = None
    sources: Frame | None = None
    prepared: Mapping[str, pl.DataFrame] = field(default_factory=dict)
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


def stored_frames(bundle: RunBundle, files: Mapping[str, pl.DataFrame]) -> dict[sa.Table, pl.DataFrame]:
    """Table -> its rows: of flagged and sampled addresses and of nothing else. `files`: as written in the run.

    Links are kept when the evidence cites them or when both their mentions are in a dossier; parties, when they are on
    a record of a dossier, on one that a hit cites, or at an end of such a link. A dossier that is not sensitive holds
    nothing of a sensitive record, for whomever: what is no more than its context is left out here. StoreError when a
    hit of such a dossier rests on a sensitive record, when a record carries a column that may be in no store, and when
    a sampled address is flagged.
    """
    flags, drawn = files["flags.parquet"], files["sample.parquet"]
    addresses = _addresses(flags, drawn, bundle.display)
    evidence = files["evidence.parquet"].join(flags, on="address_id", how="semi", maintain_order="left")
    records = _checked_frame(bundle.dossier_records, DOSSIER_RECORDS, "dossier records")
    records = records.join(addresses, on="address_id", how="semi").unique(["address_id", "dataset", "key"], keep="any")
    hidden = _checked_frame(bundle.sensitive_records, {"dataset": pl.String(), "key": pl.String()}, "sensitive records")
    of_register = records.filter(pl.col("dataset").is_in(sensitive_datasets()))
    sensitive = pl.concat([flags.filter("sensitive").select("address_id"), of_register.select("address_id")])
    is_ordinary = ~pl.col("address_id").is_in(sensitive["address_id"].implode())
    is_out = is_ordinary & _is_sensitive(_RECORD_NAME, hidden)
    records = records.filter(~is_out)
    cited = _checked_frame(bundle.cited_records, DOSSIER_RECORDS, "cited records")
    cited = cited.join(_cited(evidence), on=["address_id", "dataset", "key"], how="semi")
    cited = cited.join(records, on=["address_id", "dataset", "key"], how="anti").unique(
        ["address_id", "dataset", "key"]
    )
    for name in NEVER_STORED:
        if pl.concat([records, cited]).select(pl.col("fields").str.contains(f'"{name}"', literal=True).any()).item():
            raise StoreError(f"dossier records: column {name} may not be stored. Take it out of the fields.")
    if pl.concat([_cited(evidence), _link_ends(evidence, files["links.parquet"])]).filter(is_out).height:
        raise StoreError("evidence.parquet: a hit rests on a sensitive record, and flags.parquet does not say so.")
    everyone = _checked_frame(bundle.dossier_parties, DOSSIER_PARTIES, "dossier parties").unique("mention", keep="any")
    parties = everyone.join(records, on=["dataset", "key"], how="semi")
    links = files["links.parquet"]
    is_cited = pl.col("link_id").is_in(evidence["links"].explode().drop_nulls().unique().implode())
    mentions = parties["mention"].implode()
    kept = links.filter(is_cited | (pl.col("left").is_in(mentions) & pl.col("right").is_in(mentions)))
    ends = pl.concat([kept.select(mention="left"), kept.select(mention="right")])
    beyond = pl.concat(
        [everyone.join(cited, on=["dataset", "key"], how="semi"), everyone.join(ends, on="mention", how="semi")]
    )
    all_records = files["records.parquet"]
    ends_are_plain = ~pl.any_horizontal(_is_sensitive(pl.col(side).str.extract(_RECORD), hidden) for side in _SIDES)
    places = [
        _places(records.filter(is_ordinary), evidence.filter(is_ordinary), all_records, links.filter(ends_are_plain)),
        _places(records.filter(~is_ordinary), evidence.filter(~is_ordinary), all_records, links),
    ]
    rows = {
        tables.indicator_declaration: _declarations(bundle.declarations),
        tables.source_age: _checked_frame(bundle.sources, SOURCE_AGES, "sources").unique(),
        tables.flag: flags,
        tables.dossier_address: addresses,
        tables.sample: drawn,
        # those of sensitive dossiers last: their number shows nowhere as a gap in that of the others
        tables.evidence: evidence.sort(~is_ordinary, maintain_order=True).with_row_index("position"),
        tables.dossier_record: records,
        tables.cited_record: cited,
        tables.dossier_place: pl.concat(places),
        tables.dossier_party: pl.concat([parties, beyond]).unique("mention", keep="any"),
        tables.dossier_link: kept,
        tables.cited_fingerprint: _cited_fingerprints(evidence, everyone),
        tables.link_fingerprint: _link_fingerprints(kept, everyone),
        tables.link_to_judge: _checked_frame(bundle.links_to_judge, LINKS_TO_JUDGE, "links to judge"),
    }
    return {table: as_stored(frame, table) for table, frame in rows.items()}


def _addresses(flags: pl.DataFrame, drawn: pl.DataFrame, display: Frame | None) -> pl.DataFrame:
    """Rows of `dossier_address`. StoreError when one is both: a sample is drawn from what no rule flags."""
    if drawn.join(flags, on="address_id", how="semi").height:
        raise StoreError("sample.parquet: an address in it is flagged. The sample is drawn from the others.")
    shown = _checked_frame(display, {"address_id": pl.String(), "address": pl.String()}, "display")
    shown = shown.join(drawn, on="address_id", how="semi").unique("address_id", keep="any")
    sampled = drawn.join(shown, on="address_id", how="left").with_columns(
        pl.col("address").fill_null(pl.col("address_id")), kind=pl.lit(tables.SAMPLED)
    )
    flagged = flags.with_columns(kind=pl.lit(tables.FLAGGED))
    return pl.concat([conform(frame, stored_schema(tables.dossier_address)) for frame in (flagged, sampled)])


def _is_sensitive(record: pl.Expr, hidden: pl.DataFrame) -> pl.Expr:
    """Whether a record ("dataset:key") is of a sensitive register or one of `hidden` (`dataset`, `key`)."""
    names = hidden.select(_RECORD_NAME).to_series().implode()
    return record.is_in(names) | record.str.extract("^([^:]*):").is_in(sensitive_datasets())


def _places(
    records: pl.DataFrame, evidence: pl.DataFrame, all_records: pl.DataFrame, links: pl.DataFrame
) -> pl.DataFrame:
    """DOSSIER_PLACES of the records in the dossiers and of those that their hits cite."""
    pair = ("dataset", "key")
    shown = pl.concat([records.select("address_id", *pair), _cited(evidence)]).unique()
    present = records.select("address_id", *pair, is_here=pl.lit(True))
    sources = all_records.drop("address_id").unique(list(pair), keep="any")
    ends = [
        links.filter(pl.col("level") == LinkLevel.PROBABLE).select("link_id", record=pl.col(side).str.extract(_RECORD))
        for side in _SIDES
    ]
    probable = pl.concat(ends).group_by("record").agg(pl.col("link_id").unique().sort().alias("probable_links"))
    return (
        shown.join(sources, on=pair, how="inner")
        .join(present, on=["address_id", *pair], how="left")
        .with_columns(pl.col("is_here").fill_null(False), record=pl.concat_str(*pair, separator=":"))
        .join(probable, on="record", how="left")
    )


def _cited(evidence: pl.DataFrame) -> pl.DataFrame:
    """`address_id`, `dataset`, `key`: one row a record that a hit cites."""
    return (
        evidence.select("address_id", record="record_ids")
        .explode("record")
        .drop_nulls("record")
        # a data set's name holds no colon, a key may
        .with_columns(pl.col("record").str.splitn(":", 2).struct.rename_fields(["dataset", "key"]))
        .unnest("record")
        .unique()
    )


def _link_ends(evidence: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """`address_id`, `dataset`, `key`: one row a record at an end of a link that a hit rests on."""
    cited = evidence.select("address_id", link_id="links").explode("link_id").join(links, on="link_id")
    return _cited(cited.select("address_id", record_ids=pl.concat_list(pl.col(*_SIDES).str.extract(_RECORD))))


def _cited_fingerprints(evidence: pl.DataFrame, parties: pl.DataFrame) -> pl.DataFrame:
    """Rows of `cited_fingerprint`: of several parties on a record the smallest, as in the records of a dossier."""
    cited = _cited(evidence).select("dataset", "key").unique()
    prints = parties.drop_nulls("fingerprint").group_by("dataset", "key").agg(pl.col("fingerprint").min())
    return cited.join(prints, on=["dataset", "key"])


def _link_fingerprints(links: pl.DataFrame, parties: pl.DataFrame) -> pl.DataFrame:
    """Rows of `link_fingerprint` of these links, those left out of which an end is not among the parties."""
    fingerprints = links
    for side in ("left", "right"):
        ends = parties.select(pl.col("mention").alias(side), pl.col("fingerprint").alias(f"{side}_fingerprint"))
        fingerprints = fingerprints.join(ends.drop_nulls(), on=side)
    return fingerprints


def _checked_frame(frame: Frame | None, schema: dict[str, pl.DataType], name: str) -> pl.DataFrame:
    if frame is None:
        return pl.DataFrame(schema=schema)
    return run_frame(frame, schema, (), name)


def _declarations(declarations: Iterable[Mapping[str, object]]) -> pl.DataFrame:
    schema, rows = stored_schema(tables.indicator_declaration), []
    for declaration in declarations:
        plain = json.loads(canonical_json(declaration))
        rows.append({**{name: plain.get(name) for name in schema}, "declaration": canonical_json(plain)})
    return pl.DataFrame(rows, schema=schema)


def as_stored(frame: pl.DataFrame, table: sa.Table) -> pl.DataFrame:
    """The frame as the table holds it: no null list, no NaN (SQLite has none), in the order of the key."""
    frame = conform(frame, stored_schema(table)).with_columns(
        pl.col(pl.List(pl.String)).fill_null(pl.lit([], dtype=pl.List(pl.String))), pl.col(pl.Float64).fill_nan(None)
    )
    return sort_rows(frame, row_key(table))


def rows_digest(frame: pl.DataFrame) -> str:
    """sha256 of a frame's columns and rows. Unlike that of Parquet bytes it outlives the writer's version.

    Each value is its length in bytes, a colon and its text; a value that is not there is a hyphen, and a list is the
    text of its values after each other.
    """
    digest = hashlib.sha256(canonical_json(frame.columns).encode())
    for part in frame.iter_slices(BATCH_ROWS):
        texts = pl.DataFrame([_as_text(part[name]) for name in part.columns])
        rows = texts.select(pl.concat_str(_netstring(pl.col(name)) for name in texts.columns).str.join(""))
        digest.update(rows.item().encode())
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
        return column.list.eval(_netstring(pl.element())).list.join("")
    return column.cast(pl.String)


def _netstring(text: pl.Expr) -> pl.Expr:
    return pl.concat_str(text.str.len_bytes().cast(pl.String), pl.lit(":"), text).fill_null("-")
