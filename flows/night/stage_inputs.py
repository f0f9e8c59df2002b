"""What a stage reads beside the folder of its night: the code, the deliveries, and what people decided meanwhile."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa

from flows.catalogue import code_version
from flows.configuration import Configuration
from flows.desk import Desk
from screening.base.errors import BarrierError
from screening.base.frames import SourceSpec
from screening.sources.delivery import find_deliveries
from screening.store import Store
from screening.store.engine import guarded
from screening.store.files import sha256_of, sha256_of_file
from screening.store.schema.deliveries import delivery, delivery_decided
from screening.store.schema.retention import erasure, objection, objection_decision, rejected_link
from screening.store.schema.rules import rule_event, rule_version
from screening.store.schema.runs import PUBLISHED, link_judgement, run
from screening.store.schema.visits import visit_outcome, visit_stop

#: Stage -> the tables in which it reads what people decide. What belongs to a published run does not change, so of that
#: the list of runs says all. A test (test_stage_inputs.py) holds this against what a night really reads.
TABLES: dict[str, tuple[sa.Table, ...]] = {
    "intake": (visit_outcome, visit_stop),
    "validate": (delivery, delivery_decided),
    "addresses": (),
    "parties": (link_judgement, objection, objection_decision, rejected_link),
    "indicators": (rule_event, rule_version),
    "flags": (erasure, objection, objection_decision, rule_event, rule_version),
}


def outside(stage: str, desk: Desk) -> str:
    """Hash what a stage reads beside its folder; another hash every time where that cannot be known beforehand."""
    settings = desk.configuration
    parts = [code_version(), _runs(desk.store), *_rows(desk.store, TABLES[stage], settings.as_of)]
    if stage == "intake":
        parts += [sha256_of(desk.workspace.reporter_key()), *_delivered(settings)]
    return sha256_of(json.dumps(parts, default=str).encode())


def _runs(store: Store) -> list[list[object]]:
    query = sa.select(run.c.run_id, run.c.published_seq).where(run.c.state == PUBLISHED).order_by(run.c.published_seq)
    with guarded("reading runs"), store.engine.connect() as connection:
        return [list(row) for row in connection.execute(query)]


def _rows(store: Store, tables: tuple[sa.Table, ...], as_of: date) -> Iterator[list[list[object]]]:
    """Every row of these tables; of deliveries those of earlier nights, since this one writes its own."""
    for table in tables:
        query = sa.select(table).order_by(*table.primary_key.columns)
        if table is delivery:
            query = query.where(delivery.c.as_of < as_of)
        with guarded(f"reading {table.name}"), store.engine.connect() as connection:
            yield [list(row) for row in connection.execute(query)]


def _delivered(settings: Configuration) -> Iterator[tuple[str, str, str]]:
    """Register, file and hash of everything that is delivered, with its manifest. A query has no content beforehand."""
    for name, spec in settings.source_specs.items():
        if spec.path is None or spec.query is not None:
            yield name, "", secrets.token_hex(16)
            continue
        yield from _files(name, spec)


def _files(name: str, spec: SourceSpec) -> Iterator[tuple[str, str, str]]:
    try:
        files = find_deliveries(str(spec.path))
    except BarrierError as error:  # the stage says what is wrong with it
        yield name, type(error).__name__, ""
        return
    for file in files:
        for path in (file, file.with_name(f"{file.name}.manifest.json")):
            if path.is_file():
                yield name, path.name, sha256_of_file(path)
