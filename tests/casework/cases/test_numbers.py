"""The number by which people call a case."""

from __future__ import annotations

from datetime import date

from screening.casework.cases.numbers import case_number


def test_the_number_has_the_year_and_no_letters_of_the_id() -> None:
    assert case_number(date(2026, 11, 2), "0f5385e7ee9bd965") == "Z-2026-0062776"
    assert case_number(date(2027, 1, 1), "fffff00000000000") == "Z-2027-1048575"
    assert case_number(date(2026, 1, 1), "0" * 16) == "Z-2026-0000000"
