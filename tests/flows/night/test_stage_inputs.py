"""Every table that a stage reads takes part in the address of its output, or belongs to a published run."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import timedelta

import sqlalchemy as sa

from flows.night.run import night
from flows.night.stage_inputs import TABLES
from tests.conftest import AS_OF

#: What never changes with a run that is published, and what says nothing of what a stage makes.
OF_RUNS = {
    "run",
    "run_file",
    "flag",
    "sample",
    "evidence",
    "indicator_declaration",
    "source_age",
    "alembic_version",
    "erasure_item",
    "ledger_entry",
    "ledger_identity",
    "sqlite_schema",
    "sqlite_master",
}


def test_no_stage_reads_a_table_that_its_address_does_not_know(screened_town):
    stage: list[str | None] = [None]
    read: dict[str | None, set[str]] = defaultdict(set)

    def note(_connection, _cursor, statement, *_):
        if re.match(r"\s*select", statement, re.IGNORECASE):
            read[stage[0]] |= set(re.findall(r'(?:from|join)\s+"?([a-z_]+)"?', statement, re.IGNORECASE))

    def hear(name: str, seconds: float | None) -> None:
        stage[0] = name if seconds is None else None

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        night(screened_town / "screening.toml", as_of=AS_OF + timedelta(days=1), on_stage=hear)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    unknown = {name: read[name] - {table.name for table in tables} - OF_RUNS for name, tables in TABLES.items()}
    assert unknown == {name: set() for name in TABLES}
    assert {"delivery_decided", "link_judgement", "rule_event"} <= set().union(*read.values())
