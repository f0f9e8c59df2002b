"""What a rule computes where it stands."""

from __future__ import annotations

import polars as pl

from screening.rules.readings import computed


def test_rows_are_worked_out_once_however_often_they_are_used():
    asked: list[int] = []

    def look(rows: pl.DataFrame) -> pl.DataFrame:
        asked.append(rows.height)
        return rows

    rows = pl.LazyFrame({"record": ["r2", "r1"]}).map_batches(look).pipe(computed)
    assert asked == [2]
    assert rows.join(rows, on="record", how="semi").collect()["record"].to_list() == ["r2", "r1"]
    assert pl.concat([rows, rows]).collect().height == 4
    assert asked == [2]
