"""The store: opening it, and everything that is read from it. Only published runs can be seen."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.base.frames import EVIDENCE, SAMPLE, Row
from screening.store.backups import damaged
from screening.store.bulk import read_few, read_rows
from screening.store.bundle import RowsDigest, stored_schema
from screening.store.engine import engine_by_statement, guarded, make_engine, make_read_only_engine, transactional
from screening.store.migrate import assert_newest_schema, migrate_store
from screening.store.schema.runs import (
    PUBLISHED,
    cited_record,
    dossier_address,
    dossier_link,
    dossier_party,
    dossier_place,
    dossier_record,
    evidence,
    flag,
    indicator_declaration,
    run,
    run_file,
    sample,
    source_age,
)
from screening.store.stored_rows import as_stored
from screening.store.workspace import Workspace

#: One row an address that the earlier run flagged: what `rules.review` needs of the past.
FIRST_FLAGGED: dict[str, pl.DataType] = {
    "address_id": pl.String(),
    "first_flagged": pl.Date(),
    "sensitive": pl.Boolean(),
}


@dataclass(frozen=True)
class PublishedRun:
    """A run that can be seen. `published_seq` counts publications; `already`: it was there before this call."""

    run_id: str
    as_of: date
    municipality: str
    code_version: str
    started_at: datetime | None
    finished_at: datetime | None
    published_seq: int
    published_at: datetime
    digest: str
    already: bool = False


@dataclass(frozen=True)
class Dossier:
    """All that the store knows of one flagged or sampled address in one run. Holds names: for the reviewer alone.

    `kind`: flag or sample. `flag`: one row of FLAGS; None of a sampled address, which has no `evidence` (EVIDENCE)
    either. `declarations`: the cited indicators as they were then, by code. `records`: `dataset`, `key`, `fingerprint`,
    `fields` (a dict), `source_date`. `places`: DOSSIER_PLACES, `address_id` aside, in the order of data set and row.
    `parties`: DOSSIER_PARTIES. `links`: LINKS that the evidence cites or that join two of these parties. `sources`:
    SOURCE_AGES of the whole run.
    """

    run: PublishedRun
    address_id: str
    address: str
    kind: str
    flag: Row | None
    evidence: pl.DataFrame
    declarations: dict[str, dict[str, object]]
    records: list[dict[str, object]]
    places: pl.DataFrame
    parties: pl.DataFrame
    links: pl.DataFrame
    cited_records: list[dict[str, object]]
    cited_parties: pl.DataFrame
    sources: pl.DataFrame


class Store:
    """A database of published runs and judgements. Made by `open_store`; close it, or use it in a `with`.

    Every read raises StoreError for a run that is not published, and on database errors.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._by_statement: Store | None = None

    def by_statement(self) -> Store:
        """The same store for pages, which read much at once (`engine_by_statement`). It is closed with this one."""
        if self.engine.dialect.name != "postgresql":
            return self
        self._by_statement = self._by_statement or Store(engine_by_statement(self.engine))
        return self._by_statement

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()
        if self._by_statement is not None:
            self._by_statement.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def runs(self) -> list[PublishedRun]:
        """All published runs in the order of publication."""
        return self._runs(run.select().order_by(run.c.published_seq))

    def published(self, run_id: str) -> PublishedRun | None:
        """The published run of this id, or None."""
        runs = self._runs(run.select().where(run.c.run_id == run_id))
        return runs[0] if runs else None

    def last_published(self, before: date | None = None) -> PublishedRun | None:
        """Find the published run with the latest `as_of`, and of equals the last published.

        A run of long ago that is repeated today does not become the last one.

        Args:
            before: only runs of an earlier `as_of`.

        Returns:
            The run; None when there is none.
        """
        query = run.select().order_by(run.c.as_of.desc(), run.c.published_seq.desc()).limit(1)
        if before is not None:
            query = query.where(run.c.as_of < before)
        runs = self._runs(query)
        return runs[0] if runs else None

    def _runs(self, query: sa.Select[tuple[object, ...]]) -> list[PublishedRun]:
        names = [name for name in PublishedRun.__dataclass_fields__ if name != "already"]
        query = query.with_only_columns(*(run.c[name] for name in names)).where(run.c.state == PUBLISHED)
        with guarded("reading the runs"), self.engine.connect() as connection:
            return [PublishedRun(**row._mapping) for row in connection.execute(query)]

    def require(self, run_id: str) -> PublishedRun:
        """The published run of this id. StoreError when there is none."""
        published = self.published(run_id)
        if published is None:
            raise StoreError(f"Run {run_id} is not published in this store. `barrier runs` lists those that are.")
        return published

    def summary(self, run_id: str) -> Row:
        """`run.json` of a run."""
        self.require(run_id)
        with guarded("reading a run"), self.engine.connect() as connection:
            summary: Row = connection.execute(sa.select(run.c.summary).where(run.c.run_id == run_id)).scalar_one()
        return summary

    def files(self, run_id: str) -> dict[str, str]:
        """File name -> sha256 of everything in the directory of a run."""
        self.require(run_id)
        query = sa.select(run_file.c.name, run_file.c.sha256).where(run_file.c.run_id == run_id)
        with guarded("reading a run"), self.engine.connect() as connection:
            return {row.name: row.sha256 for row in connection.execute(query)}

    def flags(self, run_id: str) -> pl.DataFrame:
        """FLAGS of a run, by address id: an order that says nothing of urgency."""
        self.require(run_id)
        return self.rows(flag, run_id)

    def sample(self, run_id: str | None) -> pl.DataFrame:
        """SAMPLE of a run, by address id: the unflagged addresses that it drew for review. Empty for None (no run)."""
        if run_id is None:
            return pl.DataFrame(schema=SAMPLE)
        self.require(run_id)
        return self.rows(sample, run_id)

    def evidence(self, run_id: str, address_id: str | None = None) -> pl.DataFrame:
        """EVIDENCE of a run's flagged addresses, or of one of them."""
        self.require(run_id)
        conditions = [] if address_id is None else [evidence.c.address_id == address_id]
        return self.rows(evidence, run_id, *conditions).select(list(EVIDENCE))

    def declarations(self, run_id: str) -> dict[str, dict[str, object]]:
        """Indicator code -> its declaration as it was in this run, parameters in force included."""
        self.require(run_id)
        frame = self.rows(indicator_declaration, run_id)
        return {code: json.loads(text) for code, text in frame.select("code", "declaration").rows()}

    def sources(self, run_id: str) -> pl.DataFrame:
        """SOURCE_AGES of a run."""
        self.require(run_id)
        return self.rows(source_age, run_id)

    def first_flagged(self, run_id: str | None) -> pl.DataFrame:
        """Say since when each flagged address of a run is flagged without a gap.

        A run in which an address is not flagged begins a new series. Each run carries the dates of the run before it
        on, so a rerun with the same run before it gives the same dates.

        Args:
            run_id: the run before; None where there is none.

        Returns:
            FIRST_FLAGGED: `first_flagged` is the `as_of` of the first run of the unbroken series, `sensitive` whether
                the flag of this run is. Empty for no run.
        """
        if run_id is None:
            return pl.DataFrame(schema=FIRST_FLAGGED)
        return self.flags(run_id).select(list(FIRST_FLAGGED))

    def dossier(self, run_id: str, address_id: str) -> Dossier | None:
        """Everything of one flagged or sampled address; None when this run did neither."""
        of_run = self.require(run_id)
        with guarded("reading a dossier"), transactional(self.engine) as connection:

            def rows(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> pl.DataFrame:
                few = read_few(connection, table, run_id, *conditions)
                return _many_rows(connection, table, run_id, *conditions) if few is None else few

            addresses = rows(dossier_address, dossier_address.c.address_id == address_id)
            if addresses.is_empty():
                return None
            flags = rows(flag, flag.c.address_id == address_id)
            hits = rows(evidence, evidence.c.address_id == address_id).select(list(EVIDENCE))
            records = rows(dossier_record, dossier_record.c.address_id == address_id)
            beyond = rows(cited_record, cited_record.c.address_id == address_id)
            # The conditions on parties and links are put so that SQLite finds the few rows by an index.
            record_keys = sa.select(dossier_record.c.dataset, dossier_record.c.key).where(
                dossier_record.c.run_id == run_id, dossier_record.c.address_id == address_id
            )
            its_records = sa.tuple_(dossier_party.c.dataset, dossier_party.c.key).in_(record_keys)
            parties = rows(dossier_party, its_records)
            mentions = parties["mention"].to_list()
            cited = hits["links"].explode().drop_nulls().unique().to_list()
            among = sa.select(dossier_link.c.link_id).where(
                dossier_link.c.run_id == run_id, dossier_link.c.left.in_(mentions), dossier_link.c.right.in_(mentions)
            )
            by_hits = sa.select(dossier_link.c.link_id).where(
                dossier_link.c.run_id == run_id, dossier_link.c.link_id.in_(cited)
            )
            links = rows(dossier_link, dossier_link.c.link_id.in_(among.union_all(by_hits)))
            elsewhere = sa.select(cited_record.c.dataset, cited_record.c.key).where(
                cited_record.c.run_id == run_id, cited_record.c.address_id == address_id
            )
            on_cited = rows(dossier_party, sa.tuple_(dossier_party.c.dataset, dossier_party.c.key).in_(elsewhere))
            at_ends = rows(dossier_party, dossier_party.c.mention.in_({*links["left"], *links["right"]}))
            cited_parties = pl.concat([on_cited, at_ends]).unique("mention").sort("mention")
            declared = rows(
                indicator_declaration, indicator_declaration.c.code.in_(hits["indicator"].unique().to_list())
            )
            return Dossier(
                run=of_run,
                **addresses.row(0, named=True),
                flag=flags.row(0, named=True) if flags.height else None,
                evidence=hits,
                declarations={row["code"]: json.loads(row["declaration"]) for row in declared.to_dicts()},
                records=_with_fields(records),
                places=rows(dossier_place, dossier_place.c.address_id == address_id)
                .drop("address_id")
                .sort("dataset", "row_number", "key"),
                parties=parties,
                links=links,
                cited_records=_with_fields(beyond),
                cited_parties=cited_parties.join(parties, on="mention", how="anti", maintain_order="left"),
                sources=rows(source_age),
            )

    def dossier_rows(self, table: sa.Table, run_id: str, addresses: Collection[str]) -> list[dict[str, object]]:
        """Records of these addresses (`dossier_record` or `cited_record`), as `Dossier.records`, and `address_id`."""
        rows = self.rows(table, run_id, table.c.address_id.in_(addresses))
        return [{**row, "fields": json.loads(row["fields"])} for row in rows.to_dicts()]

    def rows(self, table: sa.Table, run_id: str, *conditions: sa.ColumnElement[bool]) -> pl.DataFrame:
        """Rows of one table and run as stored, without the run id, in the order of the key."""
        with guarded(f"reading {table.name}"), self.engine.connect() as connection:
            few = read_few(connection, table, run_id, *conditions)
        if few is not None:
            return few
        with guarded(f"reading {table.name}"), transactional(self.engine) as connection:
            return _many_rows(connection, table, run_id, *conditions)

    def digest(self, table: sa.Table, run_id: str) -> str:
        """The digest of the rows of one table and run, however many."""
        digest = RowsDigest(list(stored_schema(table)))
        with guarded(f"reading {table.name}"), transactional(self.engine) as connection:
            for part in read_rows(connection, table, run_id, is_ordered=True):
                digest.add(as_stored(part, table))
        return digest.hexdigest()


def _many_rows(
    connection: sa.Connection, table: sa.Table, run_id: str, *conditions: sa.ColumnElement[bool]
) -> pl.DataFrame:
    """The rows of one table and run in parts, however many; the connection has a transaction."""
    parts = list(read_rows(connection, table, run_id, *conditions))
    return as_stored(pl.concat(parts), table) if parts else pl.DataFrame(schema=stored_schema(table))


def _with_fields(records: pl.DataFrame) -> list[dict[str, object]]:
    """Records of one address, each with its fields as a dict."""
    return [{**row, "fields": json.loads(row["fields"])} for row in records.drop("address_id").to_dicts()]


def open_store(workspace_or_url: Workspace | str, *, read_only: bool = False) -> Store:
    """Open the store of a workspace (SQLite), or the PostgreSQL database at a URL; make and migrate it when needed.

    Args:
        workspace_or_url: a workspace, or the URL of a database.
        read_only: open what is there, and write nothing: no migration, no file, no folder.

    Raises:
        StoreError: settings that lose acknowledged runs, damage, a store newer than this code, no access. When read
            only also: no store there, or an older one.
    """
    url = workspace_or_url
    if isinstance(url, Workspace):
        if url.is_emptied:
            raise damaged(url.database)
        url = sa.URL.create("sqlite", database=str(url.database)).render_as_string()
    return Store(make_read_only_engine(url, assert_newest_schema) if read_only else make_engine(url, migrate_store))
