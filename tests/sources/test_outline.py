"""Of a file that no configuration names its rows and its header are seen, whatever kind of file it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from screening.sources.outline import outline


def test_rows_and_names_of_a_table_and_the_rows_of_a_database(tmp_path: Path):
    (tmp_path / "a.csv").write_text("zaaknummer;status\nZ-1;verleend\nZ-2;verleend\n")
    content, table, header = outline(tmp_path / "a.csv")
    assert (table.rows_read, header) == (2, ("zaaknummer", "status"))
    assert content.data == (tmp_path / "a.csv").read_bytes()
    with closing(sqlite3.connect(tmp_path / "b.sqlite")) as database:
        database.executescript(
            "CREATE TABLE a (x); CREATE TABLE b (x); INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)"
        )
    assert outline(tmp_path / "b.sqlite")[1].rows_read == 2
