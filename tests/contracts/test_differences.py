"""What shifts in a column since the last good delivery is warned of, below the bounds that make a delivery suspect."""

from __future__ import annotations

import pytest

from screening.contracts.differences import differences, shifts


def taken(rows: int, empty: float, codes: dict[str, float]) -> dict:
    """A fingerprint of one column."""
    return {
        "rows": rows,
        "columns": {"status": {"empty": empty, "codes": codes}},
        "dates": None,
        "read_twice": 0,
        "repeated": 0,
        "files": [],
        "placed": None,
    }


BEFORE = taken(1_000, 0.1, {"verleend": 0.8, "geweigerd": 0.2})


def codes_of(now: dict, before: dict = BEFORE) -> tuple[list[str], list[str]]:
    warned = [reason for reason in shifts(now, before)]
    assert not any(reason.is_suspect for reason in warned)
    suspect = [reason.code for reason in differences(now, before, has_known_rows=True) if reason.is_suspect]
    return [reason.code for reason in warned], suspect


@pytest.mark.parametrize(
    ("empty", "verleend", "expected"),
    [
        (0.1, 0.8, ([], [])),
        (0.14, 0.72, ([], [])),
        (0.18, 0.8, (["fill_shifted"], [])),
        (0.02, 0.8, (["fill_shifted"], [])),
        (0.1, 0.65, (["codes_shifted"], [])),
        (0.3, 0.8, ([], ["column_filled_otherwise"])),
        (0.1, 0.4, ([], ["other_codes"])),
    ],
)
def test_a_change_is_a_warning_or_makes_suspect_and_never_both(empty, verleend, expected):
    assert codes_of(taken(1_000, empty, {"verleend": verleend, "geweigerd": 1 - verleend})) == expected


def test_what_a_few_rows_make_is_no_shift():
    small = taken(120, 0.1, {"verleend": 0.8, "geweigerd": 0.2})
    assert codes_of(taken(120, 0.17, {"verleend": 0.8, "geweigerd": 0.2}), small)[0] == []
    assert codes_of(taken(40, 0.17, {"verleend": 0.8, "geweigerd": 0.2}), taken(40, 0.1, {}))[0] == []


def test_a_warning_says_the_column_and_the_shares_in_both_languages():
    [warning] = shifts(taken(1_000, 0.18, {"verleend": 0.8, "geweigerd": 0.2}), BEFORE)
    document = warning.document()
    assert document["nl"] == "waarschuwing: kolom status is in 18% van de rijen leeg; dat was 10%."
    assert document["en"] == "warning: column status is empty in 18% of the rows; it was 10%."
