"""Rows of a case table: dates that are partial, rows that tell of another record, changes by key."""

from __future__ import annotations

from datetime import date

import pytest

from screening.base.errors import RuleDefinitionError
from screening.rules.cases.rows import complete, days_of, frame_of, keyed_rows, patch


@pytest.mark.parametrize(
    ("written", "day", "first", "last"),
    [
        (None, None, None, None),
        ("2026-05-04", date(2026, 5, 4), date(2026, 5, 4), date(2026, 5, 4)),
        (date(2026, 5, 4), date(2026, 5, 4), date(2026, 5, 4), date(2026, 5, 4)),
        ("2024-02", None, date(2024, 2, 1), date(2024, 2, 29)),
        (2026, None, date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_date_is_a_day_or_the_bounds_between_which_it_lies(written, day, first, last):
    assert days_of(written) == (day, first, last)


def test_a_row_of_partijen_takes_its_mention_from_its_record():
    row = complete("partijen", {"record": "vergunningen:Z-1", "role": "houder", "kind": "person"}, {}, 3)
    assert row["key"] == row["mention"] == "vergunningen:Z-1:houder:person"
    assert (row["dataset"], row["_key"]) == ("vergunningen", "Z-1")


def test_rows_are_changed_removed_and_added_by_their_key():
    rows = keyed_rows({"vergunningen": [{"zaaknummer": "Z-1"}, {"zaaknummer": "Z-2"}]}, {})
    change = {"vergunningen": {"Z-1": {"status": "verleend"}, "Z-2": None, "Z-3": {}}}
    patch(rows, change, {"vergunningen": {"status": "geweigerd"}})
    assert {key: row.get("status") for key, row in rows["vergunningen"].items()} == {
        "Z-1": "verleend",
        "Z-3": "geweigerd",
    }
    assert rows["vergunningen"]["Z-3"]["zaaknummer"] == "Z-3"


def test_a_seed_gives_the_same_rows_in_another_order(declare):
    rows = [{"key": f"Z-{number}", "zaaknummer": f"Z-{number}"} for number in range(9)]
    straight, shuffled = frame_of("vergunningen", rows, declare()), frame_of("vergunningen", rows, declare(), 1)
    assert straight["zaaknummer"].to_list() != shuffled["zaaknummer"].to_list()
    assert straight.sort("zaaknummer").equals(shuffled.sort("zaaknummer"))


def test_a_line_of_business_is_written_as_its_codes(declare):
    rule = declare(inputs={"handelsregister": ("record", "sbi_codes", "sbi_versie", "lines")})
    assert "lines" not in frame_of("handelsregister", [{"key": "r1", "sbi_codes": ["56101"]}], rule).columns
    with pytest.raises(RuleDefinitionError, match="follows from sbi_codes and sbi_versie: write those"):
        frame_of("handelsregister", [{"key": "r1", "lines": ["horeca"]}], rule)
