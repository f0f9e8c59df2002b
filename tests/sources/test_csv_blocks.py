"""Blocks that are split at once give what reading record by record gives, whatever stands where."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.base.errors import SourceError
from screening.sources import csv_blocks, csv_text
from screening.sources.batches import one_raw_table
from screening.sources.raw import RawTable


def read(text: str) -> RawTable:
    batches = csv_text.read_csv(
        text.encode(), "delivery.csv", ("id", "naam"), lambda header: {column: i for i, column in enumerate(header)}
    )
    return one_raw_table(batches)


def test_row_numbers_run_on_over_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_text, "BLOCK_BYTES", 1_000)
    monkeypatch.setattr(csv_text, "_CAREFUL_BYTES", 100)
    for row in ("1,a\n", '1,"a"\n', '1,"a\nb"\n'):
        table = read("id,naam\n" + row * 400 + '2,"b""c"\n3\n' + row * 400)
        assert table.frame["row_number"].to_list() == [*range(1, 402), *range(403, 803)]
        assert table.frame["naam"][400] == 'b"c'
        assert table.refused[0].row_number == 402


#: What makes CSV odd, and what does not.
PIECES = (
    *(",", ";", '"', '""', '"a"', '"a\nb"', "\n", "\r\n", "\r", "\x00", "\x1a", "\ufeff", "é", "x"),
    *("1,a\n", "2,b\n", '3,"c ""d"""\n'),
)


def outcome(text: str) -> tuple[object, ...]:
    try:
        table = read(text)
    except SourceError as refusal:
        return (str(refusal),)
    return table.frame.rows(), table.refused, table.notes, table.rows_read


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=24), st.sampled_from([8, 40, 10_000]))
def test_blocks_and_record_by_record_say_the_same(rows: list[str], size: int) -> None:
    text = "id,naam\n" + "".join(rows)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(csv_text, "BLOCK_BYTES", size)
        patched.setattr(csv_text, "_CAREFUL_BYTES", 8)
        in_blocks = outcome(text)
        patched.setattr(csv_blocks.BlockSplitter, "split", lambda *_: None)
        assert outcome(text) == in_blocks


def test_lines_that_end_with_a_carriage_return_alone_come_in_blocks_too() -> None:
    rows = "id,naam\r" + "".join(f"{place},Jan\r" for place in range(3_000))
    batches = list(csv_text.read_csv(rows.encode(), "f.csv", ("id", "naam"), lambda _: {"naam": 1}))
    assert len(batches) == 1
    assert batches[0].rows_read == 3_000


def test_a_column_may_feed_two_and_others_none(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = {"naam": 2, "handelsnaam": 2}
    batches = csv_text.read_csv(b"id;x;naam\n1;a;b\n2;c;d\n", "delivery.csv", ("id", "naam"), lambda _: chosen)
    assert one_raw_table(batches).frame.rows() == [(1, "b", "b"), (2, "d", "d")]


def test_text_in_another_character_set_is_split_too() -> None:
    rows = "id,naam\n" + "".join(f"{place},Café\n" for place in range(3_000))
    for encoding in ("cp1252", "utf-16"):
        batches = csv_text.read_csv(rows.encode(encoding), "f.csv", ("id", "naam"), lambda _: {"naam": 1})
        assert set(one_raw_table(batches).frame["naam"]) == {"Café"}
