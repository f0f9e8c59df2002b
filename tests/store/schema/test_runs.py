"""The tables of a run hold the frames that a run hands over, column by column."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from screening.base.frames import EVIDENCE, FLAGS, LINKS, SAMPLE
from screening.store.bundle import row_key, stored_schema
from screening.store.schema import runs


@pytest.mark.parametrize(
    ("table", "schema"),
    [
        (runs.flag, FLAGS),
        (runs.sample, SAMPLE),
        (runs.dossier_link, LINKS),
        (runs.evidence, {"position": stored_schema(runs.evidence)["position"], **EVIDENCE}),
    ],
    ids=lambda value: value.name if isinstance(value, sa.Table) else "",
)
def test_a_table_has_the_columns_of_its_frame_in_their_order(table: sa.Table, schema: dict) -> None:
    assert list(stored_schema(table).items()) == list(schema.items())


def test_rows_of_a_run_are_ordered_by_what_tells_them_apart() -> None:
    assert row_key(runs.evidence) == ("position",)
    assert row_key(runs.source_age) == ("dataset", "file_name", "sha256")
