"""What a night leaves of records whose address leads nowhere."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from flows.night.bundle import open_addresses
from flows.night.staging import Night
from flows.night.summary import unresolved
from screening.base.frames import OPEN_ADDRESSES, RECORDS, RESOLVED_ADDRESSES

_COLUMNS = ("key", "address_id", "address_note", "candidate_id", "candidate_probability")
_RESOLVED = [
    ("placed", "a", None, None, None),
    ("offered", None, "the addition is not in the BAG at this number", "a", 0.97),
    ("lost", None, "the street is not in this BAG", None, None),
    ("blank", None, "no address", None, None),
]


def _resolved() -> pl.DataFrame:
    rows = [{"dataset": "meldingen", **dict(zip(_COLUMNS, row, strict=True))} for row in _RESOLVED]
    return pl.DataFrame(rows, schema=RESOLVED_ADDRESSES)


def test_an_open_address_stands_with_the_one_that_may_be_meant(tmp_path: Path):
    night = Night(tmp_path)
    resolved = _resolved()
    night.put_frame("resolved", resolved)
    night.put_frame("display", pl.DataFrame({"address_id": ["a", "b"], "address": ["Kerkstraat 3, Dorp", "Parkweg 2"]}))
    records = resolved.select(
        "dataset", "key", "address_id", source_file_sha256=pl.lit("0"), row_number=pl.int_range(4)
    )
    left_open = open_addresses(night, records.lazy().select(*(pl.col(c) for c in RECORDS if c in records.columns)))
    assert dict(left_open.schema) == OPEN_ADDRESSES
    assert left_open.sort("row_number").select("key", "candidate_id", "candidate", "candidate_probability").rows() == [
        ("offered", "a", "Kerkstraat 3, Dorp", 0.97),
        ("lost", None, None, None),
    ]


def test_the_report_counts_the_rows_with_a_proposal():
    counted = {entry["reason_en"]: (entry["rows"], entry["offered"]) for entry in unresolved(_resolved())}
    assert counted == {
        "the addition is not in the BAG at this number": (1, 1),
        "the street is not in this BAG": (1, 0),
        "no address": (1, 0),
    }
