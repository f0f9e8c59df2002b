"""The rows that the store makes of a run, in parts: memory does not grow with the number of its dossiers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
import sqlalchemy as sa

from screening.base.datasets import sensitive_datasets
from screening.base.errors import StoreError
from screening.base.frames import Schema, conform
from screening.base.vocabulary import LinkLevel
from screening.store.bundle import (
    DOSSIER_PARTIES,
    DOSSIER_RECORDS,
    LINKS_TO_JUDGE,
    NETWORK,
    SOURCE_AGES,
    Frame,
    RunBundle,
    canonical_json,
    row_key,
    stored_schema,
)
from screening.store.files import collected, fitted, is_ascending, sort_rows
from screening.store.schema import runs as tables

#: Columns of a source that may be in no store, whoever asks (formats: never stored, written nowhere).
NEVER_STORED = ("omschrijving", "melder_token")

#: So many dossiers, and so many parties, at a time.
PART = 100_000

#: The record of a mention "dataset:key:role:kind"; the key may hold a colon.
_RECORD = r"^(.*):[^:]*:[^:]*$"
_SIDES = ("left", "right")
_PAIR = ("dataset", "key")
#: What tells a record in a dossier from all others.
_PLACE = ("address_id", *_PAIR)

Rows = Iterator[tuple[sa.Table, pl.DataFrame]]


def stored_rows(bundle: RunBundle, files: Mapping[str, pl.LazyFrame]) -> Rows:
    """Yield tables with rows, of flagged and sampled addresses and of nothing else.

    The rows of one table come in parts, in the order of its key over all parts; what a row refers to comes before it. A
    table without rows comes with an empty frame.

    Links are kept when the evidence cites them or when both their mentions are in a dossier; parties, when they are on
    a record of a dossier, on one that a hit cites, or at an end of such a link. A dossier that is not sensitive holds
    nothing of a sensitive record, for whomever: what is no more than its context is left out here.

    Args:
        bundle: the run.
        files: the Parquet files of the run by name, as written.

    Raises:
        StoreError: a hit of a dossier that is not sensitive rests on a sensitive record, a record carries a column that
            may be in no store, or a sampled address is flagged.
    """
    for table, frame in _rows(bundle, files):
        yield table, as_stored(frame, table)


def as_stored(frame: pl.DataFrame, table: sa.Table) -> pl.DataFrame:
    """The frame as the table holds it: no null list, no NaN (SQLite has none), in the order of the key."""
    frame = conform(frame, stored_schema(table)).with_columns(
        pl.col(pl.List(pl.String)).fill_null(pl.lit([], dtype=pl.List(pl.String))), pl.col(pl.Float64).fill_nan(None)
    )
    return sort_rows(frame, row_key(table))


def _rows(bundle: RunBundle, files: Mapping[str, pl.LazyFrame]) -> Rows:
    yield tables.indicator_declaration, _declarations(bundle.declarations)
    yield tables.source_age, _given(bundle.sources, SOURCE_AGES, "sources").unique()
    addresses = pl.concat([files[name].select("address_id") for name in ("flags.parquet", "sample.parquet")]).collect()
    dossiers = _Dossiers(bundle, files)
    for borders in _ranges(addresses["address_id"]):
        yield from dossiers.rows(borders.hold("address_id"))
    yield from dossiers.sensitive_hits()
    yield from dossiers.people()
    yield tables.link_to_judge, _given(bundle.links_to_judge, LINKS_TO_JUDGE, "links to judge")


class _Dossiers:
    """What stands in the dossiers of a run; of each part, what is needed of all of them in the end is kept."""

    def __init__(self, bundle: RunBundle, files: Mapping[str, pl.LazyFrame]) -> None:
        self._bundle, self._files = bundle, files
        self._links = files["links.parquet"].collect()
        schema: Schema = {"dataset": pl.String(), "key": pl.String()}
        hidden = _given(bundle.sensitive_records, schema, "sensitive records")
        self._hidden = hidden.select(pl.concat_str(_PAIR, separator=":")).to_series().unique()
        self._sources = files["records.parquet"].drop("address_id", "address_score")
        self._hits = 0
        self._sensitive: list[pl.Series] = []
        self._links_of_hits: list[pl.Series] = []
        self._pairs: dict[str, list[pl.DataFrame]] = {"dossiers": [], "cited": [], "elsewhere": []}

    def rows(self, is_within: pl.Expr) -> Rows:
        """Yield the rows of the dossiers of some addresses, but for their parties and the hits of sensitive ones."""
        flags, drawn = (self._files[name].filter(is_within).collect() for name in ("flags.parquet", "sample.parquet"))
        yield tables.flag, flags
        yield tables.dossier_address, _addresses(flags, drawn, self._bundle.display, is_within)
        yield tables.sample, drawn
        addresses = pl.concat([flags.select("address_id"), drawn.select("address_id")])
        records = _records(self._bundle.dossier_records, "dossier records", is_within, addresses, ["address_id"])
        of_register = records.filter(pl.col("dataset").is_in(sensitive_datasets()))
        marked = pl.concat([flags.filter("sensitive").select("address_id"), of_register.select("address_id")])
        sensitive = _Sensitive(marked.to_series().unique(), self._hidden)
        evidence = self._evidence(is_within)
        cited = self._cited(evidence, sensitive)
        yield tables.evidence, self._numbered(evidence.filter(sensitive.is_ordinary))
        records = records.filter(~sensitive.is_out)
        elsewhere = _records(self._bundle.cited_records, "cited records", is_within, cited, _PLACE)
        elsewhere = elsewhere.join(records, on=_PLACE, how="anti")
        _refuse_never_stored(records, elsewhere)
        yield tables.dossier_record, records
        yield tables.cited_record, elsewhere
        yield tables.dossier_place, self._places(records.select(_PLACE), cited, sensitive)
        yield tables.network_tie, self._network(is_within, addresses, sensitive)
        self._sensitive.append(sensitive.addresses)
        for name, pairs in (("dossiers", records), ("cited", cited), ("elsewhere", elsewhere)):
            self._pairs[name].append(pairs.select(_PAIR))

    def sensitive_hits(self) -> Rows:
        """Yield the hits of sensitive dossiers: their number shows nowhere as a gap in that of the others."""
        addresses = pl.concat(self._sensitive)
        for borders in _ranges(addresses):
            is_within = borders.hold("address_id")
            yield (
                tables.evidence,
                self._numbered(self._evidence(is_within & pl.col("address_id").is_in(addresses.implode()))),
            )

    def people(self) -> Rows:
        """Yield the parties, the links between them, and the fingerprints of both."""
        of_dossiers, cited, elsewhere = (pl.concat(parts) for parts in self._pairs.values())
        everyone = fitted(self._bundle.dossier_parties, DOSSIER_PARTIES)
        links = self._kept_links(everyone.join(of_dossiers.lazy(), on=_PAIR, how="semi"))
        ends = pl.concat([links.select(mention=side) for side in _SIDES]).lazy()
        at_ends = _people(everyone.join(ends, on="mention", how="semi"))
        # all at once: to look for those of each part would read everyone as often as there are parts
        named = pl.concat([of_dossiers, cited]).lazy()
        people = _people(everyone.join(named, on=_PAIR, how="semi"))
        fingerprints = _cited_fingerprints(people, cited)
        shown = people.join(pl.concat([of_dossiers, elsewhere]), on=_PAIR, how="semi", maintain_order="left")
        del people
        parties = sort_rows(pl.concat([shown, at_ends.join(shown, on="mention", how="anti")]), ["mention"])
        del shown
        for part in parties.iter_slices(PART):
            yield tables.dossier_party, part
        yield tables.dossier_link, links
        yield tables.cited_fingerprint, fingerprints
        yield tables.link_fingerprint, _link_fingerprints(links, at_ends)

    def _evidence(self, is_within: pl.Expr) -> pl.DataFrame:
        """The hits of flagged addresses among these, in the order of the file."""
        flags = self._files["flags.parquet"].filter(is_within)
        evidence = self._files["evidence.parquet"].filter(is_within)
        return evidence.join(flags, on="address_id", how="semi", maintain_order="left").collect()

    def _numbered(self, evidence: pl.DataFrame) -> pl.DataFrame:
        """The hits with their places after those before them."""
        first, self._hits = self._hits, self._hits + evidence.height
        return evidence.with_row_index("position", offset=first)

    def _cited(self, evidence: pl.DataFrame, sensitive: _Sensitive) -> pl.DataFrame:
        """_PLACE: one row a record that one of these hits cites."""
        cited = _named(evidence.select("address_id", record="record_ids"))
        link_ids = _each(evidence.select("address_id", link_id="links"), "link_id")
        rested = link_ids.join(self._links, on="link_id")
        ends = _named(rested.select("address_id", record=pl.concat_list(pl.col(*_SIDES).str.extract(_RECORD))))
        if pl.concat([cited, ends]).filter(sensitive.is_out).height:
            raise StoreError("evidence.parquet: a hit rests on a sensitive record, and flags.parquet does not say so.")
        self._links_of_hits.append(link_ids["link_id"])
        return cited

    def _places(self, records: pl.DataFrame, cited: pl.DataFrame, sensitive: _Sensitive) -> pl.DataFrame:
        """DOSSIER_PLACES of the records in the dossiers and of those that their hits cite."""
        elsewhere = cited.join(records, on=_PLACE, how="anti")
        shown = pl.concat([records.with_columns(is_here=True), elsewhere.with_columns(is_here=False)])
        # a data set at a time: to be joined on two columns takes twice as long and thrice the memory
        placed = [
            of_dataset.lazy().join(self._sources.filter(pl.col("dataset") == name).drop("dataset"), on="key").collect()
            for name, of_dataset in _by_dataset(shown).items()
        ]
        places = pl.concat(placed) if placed else shown.clear()
        probable = self._links.filter(pl.col("level") == LinkLevel.PROBABLE)
        if probable.height:
            ends = ((sensitive.is_ordinary, sensitive.plain(probable)), (~sensitive.is_ordinary, probable))
            places = pl.concat(
                [places.filter(which).join(_links_of_records(links), on=_PAIR, how="left") for which, links in ends]
            )
        return _distinct(places, _PLACE)

    def _network(self, is_within: pl.Expr, addresses: pl.DataFrame, sensitive: _Sensitive) -> pl.DataFrame:
        """NETWORK of these addresses. StoreError for a sensitive record in a dossier that is not sensitive."""
        ties = fitted(self._bundle.network, NETWORK).filter(is_within)
        network = collected(ties.join(addresses.lazy(), on="address_id", how="semi"), "network")
        if network.filter(sensitive.is_out).height:
            raise StoreError("network: an ordinary dossier would hold a sensitive record of another address.")
        return network

    def _kept_links(self, parties: pl.LazyFrame) -> pl.DataFrame:
        """The links that a hit cites, and those that join two of these parties."""
        is_kept = pl.col("link_id").is_in(pl.concat(self._links_of_hits).implode())
        if self._links.height:
            mentions = collected(parties.select("mention"), "dossier parties").to_series().implode()
            is_kept |= pl.all_horizontal(pl.col(side).is_in(mentions) for side in _SIDES)
        return self._links.filter(is_kept)


@dataclass(frozen=True)
class _Borders:
    """A range of texts: from `low` on, up to `high` without it; None where there is no border."""

    low: str | None
    high: str | None

    def hold(self, column: str) -> pl.Expr:
        """Whether a text is in the range."""
        is_within = pl.lit(True) if self.low is None else pl.col(column) >= self.low
        return is_within if self.high is None else is_within & (pl.col(column) < self.high)


def _ranges(texts: pl.Series) -> list[_Borders]:
    """Ranges of PART different texts each, in their order; one at least, and together without borders."""
    borders = texts.unique().sort().gather_every(PART).to_list()[1:]
    return [_Borders(low, high) for low, high in zip([None, *borders], [*borders, None], strict=True)]


@dataclass(frozen=True)
class _Sensitive:
    """Which dossiers are sensitive, and which records beside those of the sensitive registers ("dataset:key").

    The conditions are about frames with the columns of _PLACE.
    """

    addresses: pl.Series
    records: pl.Series

    @property
    def is_ordinary(self) -> pl.Expr:
        """Whether the dossier is not sensitive."""
        return ~pl.col("address_id").is_in(self.addresses.implode())

    @property
    def is_out(self) -> pl.Expr:
        """Whether the record is sensitive and the dossier is not."""
        is_sensitive = pl.col("dataset").is_in(sensitive_datasets())
        if len(self.records):
            is_sensitive |= pl.concat_str(_PAIR, separator=":").is_in(self.records.implode())
        return is_sensitive & self.is_ordinary

    def plain(self, links: pl.DataFrame) -> pl.DataFrame:
        """The links with no end on a sensitive record."""
        ends = [pl.col(side).str.extract(_RECORD) for side in _SIDES]
        of_register = [end.str.extract("^([^:]*):").is_in(sensitive_datasets()) for end in ends]
        return links.filter(~pl.any_horizontal(*of_register, *(end.is_in(self.records.implode()) for end in ends)))


def _addresses(flags: pl.DataFrame, drawn: pl.DataFrame, display: Frame | None, is_within: pl.Expr) -> pl.DataFrame:
    """Rows of `dossier_address`. StoreError when one is both: a sample is drawn from what no rule flags."""
    if drawn.join(flags, on="address_id", how="semi").height:
        raise StoreError("sample.parquet: an address in it is flagged. The sample is drawn from the others.")
    shown = fitted(display, {"address_id": pl.String(), "address": pl.String()}).filter(is_within)
    shown = shown.join(drawn.lazy(), on="address_id", how="semi")
    sampled = drawn.join(_distinct(collected(shown, "display"), ["address_id"]), on="address_id", how="left")
    sampled = sampled.with_columns(pl.col("address").fill_null(pl.col("address_id")), kind=pl.lit(tables.SAMPLED))
    flagged = flags.with_columns(kind=pl.lit(tables.FLAGGED))
    return pl.concat([conform(frame, stored_schema(tables.dossier_address)) for frame in (flagged, sampled)])


def _records(frame: Frame | None, name: str, is_within: pl.Expr, of: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    """DOSSIER_RECORDS that are within and `of` these, each place once."""
    records = fitted(frame, DOSSIER_RECORDS).filter(is_within).join(of.lazy(), on=on, how="semi")
    return _distinct(collected(records, name), _PLACE)


def _people(parties: pl.LazyFrame) -> pl.DataFrame:
    """DOSSIER_PARTIES, each mention once."""
    return _distinct(collected(parties, "dossier parties"), ["mention"])


def _refuse_never_stored(*records: pl.DataFrame) -> None:
    for name in NEVER_STORED:
        holds = pl.col("fields").str.contains(f'"{name}"', literal=True).any()
        if any(frame.select(holds).item() for frame in records):
            raise StoreError(f"dossier records: column {name} may not be stored. Take it out of the fields.")


def _links_of_records(links: pl.DataFrame) -> pl.DataFrame:
    """`dataset`, `key`, `probable_links`: one row a record at an end of these links, with their ids in order."""
    ends = [links.select("link_id", record=pl.col(side).str.extract(_RECORD)) for side in _SIDES]
    return _split(pl.concat(ends).group_by("record").agg(pl.col("link_id").unique().sort().alias("probable_links")))


def _each(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """One row a value of a column of lists, each row once."""
    return frame.filter(pl.col(column).list.len() > 0).explode(column).drop_nulls(column).unique()


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    """_PLACE: one row a record that a list in `record` names, of the address beside it."""
    return _split(_each(frame, "record")).select(_PLACE)


def _split(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `dataset` and `key` in the place of `record`: a data set's name holds no colon, a key may."""
    pair = pl.col("record").str.splitn(":", 2).struct.rename_fields(list(_PAIR))
    return frame.with_columns(pair).unnest("record")


def _by_dataset(records: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return {str(name): rows for (name,), rows in records.partition_by("dataset", as_dict=True).items()}


def _cited_fingerprints(parties: pl.DataFrame, cited: pl.DataFrame) -> pl.DataFrame:
    """Rows of `cited_fingerprint`: of several parties on a record the smallest, as in the records of a dossier."""
    of_cited = parties.drop_nulls("fingerprint").join(cited, on=_PAIR, how="semi")
    return of_cited.group_by(_PAIR).agg(pl.col("fingerprint").min())


def _link_fingerprints(links: pl.DataFrame, parties: pl.DataFrame) -> pl.DataFrame:
    """Rows of `link_fingerprint` of these links, those left out of which an end is not among the parties."""
    fingerprints = links
    for side in _SIDES:
        ends = parties.select(pl.col("mention").alias(side), pl.col("fingerprint").alias(f"{side}_fingerprint"))
        fingerprints = fingerprints.join(ends.drop_nulls(), on=side)
    return fingerprints


def _given(frame: Frame | None, schema: Schema, name: str) -> pl.DataFrame:
    """A frame of the bundle in this schema; without rows where the bundle has none."""
    return collected(fitted(frame, schema), name)


def _distinct(frame: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """The rows in the order of the key, each key once: of several rows the first in the order of all columns."""
    ordered = sort_rows(frame, key)
    return ordered if is_ascending(ordered, key) else ordered.unique(key, keep="first", maintain_order=True)


def _declarations(declarations: Iterable[Mapping[str, object]]) -> pl.DataFrame:
    schema, rows = stored_schema(tables.indicator_declaration), []
    for declaration in declarations:
        plain = json.loads(canonical_json(declaration))
        rows.append({**{name: plain.get(name) for name in schema}, "declaration": canonical_json(plain)})
    return pl.DataFrame(rows, schema=schema)
