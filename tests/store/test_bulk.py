"""Rows that went past SQLAlchemy's types come back through them unchanged."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from screening.base.frames import FLAGS
from screening.store import Store
from screening.store.bulk import inserting
from screening.store.engine import writing
from screening.store.schema.runs import PUBLISHED, flag, run
from screening.store.stored_rows import as_stored

#: PostgreSQL takes no NUL in a text; a contract lets none through.
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
ROW = st.fixed_dictionaries(
    {
        "address": st.one_of(st.none(), TEXT),
        "reason": TEXT,
        "indicator_codes": st.lists(TEXT, max_size=3),
        "barriers": st.lists(TEXT, max_size=2),
        "datasets": st.just([]),
        "sensitive": st.booleans(),
        "first_flagged": st.dates(date(1, 1, 1), date(9999, 12, 31)),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, min_size=1, max_size=5))
def test_any_text_list_and_date_comes_back(store: Store, rows: list[dict]) -> None:
    run_id = "ab" * 12
    frame = pl.DataFrame([{"address_id": str(n), **row} for n, row in enumerate(rows)], schema=FLAGS)
    with writing(store.engine) as connection:
        connection.execute(flag.delete())
        connection.execute(run.delete())
        known = {"run_id": run_id, "as_of": date(2026, 11, 1), "municipality": "9999", "code_version": "0"}
        known |= {"state": PUBLISHED, "published_seq": 1, "published_at": datetime.now(UTC), "digest": ""}
        connection.execute(run.insert(), known | {"row_counts": {}, "summary": {}})
        inserting(connection.dialect, flag, run_id, frame)(connection)
    assert_frame_equal(store.flags(run_id), as_stored(frame, flag))
