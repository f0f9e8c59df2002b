"""Facts that officers know already: those of concluded cases, and snoozes of explained addresses.

A fact is an indicator with the content of one record that it cites, and the indicator by itself. The content of a
record of a register with keys of its own is its key; elsewhere a key may be a row number, so it is the fingerprint.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl
import sqlalchemy as sa

from screening.base.datasets import datasets
from screening.store.engine import guarded
from screening.store.schema.cases import case_fact, review_case, snooze
from screening.store.schema.runs import cited_fingerprint, evidence
from screening.store.store import Store

#: The content of a fact that is the indicator by itself.
ANY_RECORD = ""

#: One row an address that is kept out of the queue unless facts are new. `until`: the last day of it.
SNOOZES: dict[str, pl.DataType] = {"address_id": pl.String(), "until": pl.Date()}


def json_elements(dialect: str, column: sa.Column[Any]) -> sa.TableValuedAlias:
    """The elements of a JSON list as a table with one column, `value`, to be joined on true."""
    if dialect == "sqlite":
        return sa.func.json_each(column).table_valued("value", joins_implicitly=True)
    table = sa.func.jsonb_array_elements_text(column).table_valued("value", joins_implicitly=True)
    return table.render_derived()


def _content(dialect: str, record: sa.TableValuedAlias) -> sa.ColumnElement[str]:
    """Return the content that identifies a cited record ("dataset:key"); it is never a row number."""
    find = sa.func.instr if dialect == "sqlite" else sa.func.strpos
    colon = find(record.c.value, ":")  # a data set's name holds none, a key may
    dataset = sa.func.substr(record.c.value, 1, colon - 1)
    fingerprint = (
        sa.select(cited_fingerprint.c.fingerprint)
        .where(
            cited_fingerprint.c.run_id == evidence.c.run_id,
            cited_fingerprint.c.dataset == dataset,
            cited_fingerprint.c.key == sa.func.substr(record.c.value, colon + 1),
        )
        .correlate(evidence, record)
        .scalar_subquery()
    )
    return sa.case(
        (dataset.in_([name for name, register in datasets().items() if register.key]), record.c.value),
        # without either (no party on it, a run of before) it is not told apart from others of its register
        else_=sa.func.coalesce(fingerprint, dataset),
    )


def has_new_fact(dialect: str, run_id: str, address_id: sa.Column[str], day: date) -> sa.ColumnElement[bool]:
    """Return the condition that a flag of this run, by the outer `address_id`, has a fact unknown on that day."""
    record = json_elements(dialect, evidence.c.record_ids)

    def unknown(fingerprint: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        return ~sa.exists().where(
            case_fact.c.address_id == evidence.c.address_id,
            case_fact.c.indicator == evidence.c.indicator,
            case_fact.c.fingerprint == fingerprint,
            sa.or_(case_fact.c.until.is_(None), case_fact.c.until >= day),
        )

    of_flag = (evidence.c.run_id == run_id, evidence.c.address_id == address_id)
    its_table = address_id.table
    by_record = (
        sa.select(sa.literal(1))
        .select_from(evidence, record)
        .where(*of_flag, unknown(_content(dialect, record)))
        .correlate(its_table)
    )
    by_itself = sa.select(sa.literal(1)).where(*of_flag, unknown(sa.literal(ANY_RECORD))).correlate(its_table)
    return sa.or_(sa.exists(by_itself), sa.exists(by_record))


def record_facts(connection: sa.Connection, *which: sa.ColumnElement[bool], until: date | None = None) -> None:
    """Write down what these cases rested on (`which`: conditions on review_case): known for good, or until a day."""
    dialect = connection.dialect.name
    record = json_elements(dialect, evidence.c.record_ids)
    of_case = (evidence.c.run_id == review_case.c.run_id, evidence.c.address_id == review_case.c.address_id)
    last = sa.literal(until, sa.Date())

    def rows(fingerprint: sa.ColumnElement[str], *sources: sa.FromClause) -> sa.Select[Any]:
        columns = (review_case.c.case_id, evidence.c.indicator, fingerprint, review_case.c.address_id, last)
        return sa.select(*columns).select_from(review_case, evidence, *sources).where(*of_case, *which)

    both = sa.union(rows(_content(dialect, record), record), rows(sa.literal(ANY_RECORD)))
    names = ("case_id", "indicator", "fingerprint", "address_id", "until")
    # as values and not from the query: the ledger has an entry for each
    if facts := [dict(zip(names, fact, strict=True)) for fact in connection.execute(both)]:
        connection.execute(case_fact.insert(), facts)


def known_hits(store: Store, run_id: str, addresses: Mapping[str, str]) -> dict[str, set[tuple[str, tuple[str, ...]]]]:
    """Return by case (indicator, record ids) of the hits of a run at its address that cite the same facts as the case.

    All records with a key of their own must be in the case. Where none has a key, one of the others is enough: a row
    that its source has changed has another content, though it is about the same fact.

    Args:
        store: The store.
        run_id: The run.
        addresses: Case id -> address id.

    Raises:
        StoreError: the database failed.
    """
    at_them = (evidence.c.run_id == run_id, evidence.c.address_id.in_(set(addresses.values())))
    with guarded("reading what a case rests on"), store.engine.connect() as connection:
        record = json_elements(connection.dialect.name, evidence.c.record_ids)
        content = _content(connection.dialect.name, record)
        noted = sa.select(case_fact.c.case_id, case_fact.c.indicator, case_fact.c.fingerprint)
        facts: dict[tuple[str, str], set[str]] = defaultdict(set)
        for case_id, indicator, text in connection.execute(noted.where(case_fact.c.case_id.in_(addresses))):
            facts[case_id, indicator].add(text)
        hits = connection.execute(
            sa.select(evidence.c.address_id, evidence.c.position, evidence.c.indicator, evidence.c.record_ids).where(
                *at_them
            )
        ).all()
        cited = connection.execute(
            sa.select(evidence.c.address_id, evidence.c.position, content.label("content"), record.c.value)
            .select_from(evidence, record)
            .where(*at_them)
        ).all()
    contents: dict[tuple[str, int], list[tuple[str, bool]]] = defaultdict(list)
    for row in cited:
        contents[row.address_id, row.position].append((row.content, row.content == row.value))
    case_ids: dict[str, list[str]] = defaultdict(list)
    for case_id, address_id in addresses.items():
        case_ids[address_id].append(case_id)
    judged: dict[str, set[tuple[str, tuple[str, ...]]]] = {case_id: set() for case_id in addresses}
    for hit in hits:
        cites = contents[hit.address_id, hit.position]
        for case_id in case_ids[hit.address_id]:
            of_rule = facts[case_id, hit.indicator]
            if ANY_RECORD in of_rule and _are_known(cites, of_rule):
                judged[case_id].add((hit.indicator, tuple(hit.record_ids)))
    return judged


def _are_known(cites: list[tuple[str, bool]], facts: set[str]) -> bool:
    """Whether the records of a hit, as (content, whether that is their key), are among the facts of a case."""
    keyed, numbered = ([text in facts for text, is_keyed in cites if is_keyed is kind] for kind in (True, False))
    return all(keyed) if keyed else not numbered or any(numbered)


def add_snooze(
    connection: sa.Connection, case_id: str, address_id: str, *, until: date, by: str, made_at: datetime
) -> None:
    """Keep an explained address out of the queue up to and including `until`."""
    connection.execute(
        snooze.insert().values(case_id=case_id, address_id=address_id, until=until, made_by=by, made_at=made_at)
    )


def snoozes(store: Store, day: date) -> pl.DataFrame:
    """SNOOZES in force on a day, by address; of several the last one to end."""
    query = (
        sa.select(snooze.c.address_id, sa.func.max(snooze.c.until))
        .where(snooze.c.until >= day)
        .group_by(snooze.c.address_id)
        .order_by(snooze.c.address_id)
    )
    with guarded("reading the snoozes"), store.engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    return pl.DataFrame(rows, schema=SNOOZES, orient="row")
