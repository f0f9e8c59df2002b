"""Taking away the rows of a run, but for the dossiers that a kept case or signal still shows."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from screening.store.engine import guarded, writing
from screening.store.schema.cases import review_case
from screening.store.schema.partners import riec_content, riec_signal
from screening.store.schema.runs import (
    RUN_TABLES,
    cited_fingerprint,
    dossier_link,
    dossier_party,
    indicator_declaration,
    link_fingerprint,
    link_to_judge,
    run_file,
    source_age,
)
from screening.store.store import Store

#: Tables about a run and about no person or address: their rows stay.
_RECORD = (run_file, indicator_declaration, source_age)
#: Keys of one statement.
_CHUNK = 500


def delete_expired_rows(store: Store, run_id: str) -> None:
    """Delete the rows of a run whose addresses no case and no signal to the RIEC shows any more.

    The rows of a signal whose content is kept stay: an objection asks which people its dossier names.
    """
    of_cases = sa.select(review_case.c.address_id).where(review_case.c.run_id == run_id)
    of_signals = (
        sa.select(riec_signal.c.address_id)
        .join(riec_content, riec_content.c.riec_id == riec_signal.c.id)
        .where(riec_signal.c.run_id == run_id)
    )
    with guarded("reading what shows a run"), store.engine.connect() as connection:
        kept = set(connection.scalars(sa.union(of_cases, of_signals)))
    mentions, links, records = _shown_in_dossiers(store, run_id, kept)
    with guarded("erasing the rows of a run"), writing(store.engine) as connection:
        for table in reversed(RUN_TABLES):
            if table in _RECORD:
                continue
            if table is link_to_judge:
                connection.execute(table.delete().where(table.c.run_id == run_id))
            elif table is dossier_party:
                _all_but(connection, table, run_id, ("mention",), {(mention,) for mention in mentions})
            elif table in {dossier_link, link_fingerprint}:
                _all_but(connection, table, run_id, ("link_id",), {(link,) for link in links})
            elif table is cited_fingerprint:
                _all_but(connection, table, run_id, ("dataset", "key"), records)
            else:
                _all_but(connection, table, run_id, ("address_id",), {(address,) for address in kept})


def _shown_in_dossiers(
    store: Store, run_id: str, kept: Collection[str]
) -> tuple[set[str], set[str], set[tuple[str, str]]]:
    """Return the mentions, links and records ("dataset", "key") that the dossiers of these addresses show."""
    mentions: set[str] = set()
    links: set[str] = set()
    records: set[tuple[str, str]] = set()
    for dossier in filter(None, (store.dossier(run_id, address_id) for address_id in sorted(kept))):
        for parties in (dossier.parties, dossier.cited_parties):
            mentions.update(parties["mention"].to_list())
        links.update(dossier.links["link_id"].to_list())
        links.update(link for named in dossier.evidence["links"].drop_nulls().to_list() for link in named)
        for row in (*dossier.records, *dossier.cited_records):
            records.add((str(row["dataset"]), str(row["key"])))
        for named in dossier.evidence["record_ids"].drop_nulls().to_list():
            records.update(tuple(record.split(":", 1)) for record in named if ":" in record)
    return mentions, links, records


def _all_but(
    connection: sa.Connection, table: sa.Table, run_id: str, key: tuple[str, ...], kept: Collection[tuple[str, ...]]
) -> None:
    of_run = table.c.run_id == run_id
    if not kept:
        connection.execute(table.delete().where(of_run))
        return
    columns = [table.c[name] for name in key]
    doomed = [tuple(row) for row in connection.execute(sa.select(*columns).where(of_run).distinct())]
    doomed = [key for key in doomed if key not in kept]
    for start in range(0, len(doomed), _CHUNK):
        part = doomed[start : start + _CHUNK]
        which = columns[0].in_([key[0] for key in part]) if len(key) == 1 else sa.tuple_(*columns).in_(part)
        connection.execute(table.delete().where(of_run, which))
