"""The number by which people call a case: short, without an address, and fit for the title of a page."""

from __future__ import annotations

from datetime import date

#: Hexadecimal digits of the id that make the number.
_DIGITS = 5


def case_number(opened_on: date, case_id: str) -> str:
    """Return "Z-2026-0483920": the year in which a case was opened, and the begin of its random id as seven digits.

    It follows from the id, so it tells neither arm nor order. One year has 1,048,576 numbers: with a thousand cases
    two of them are alike in two years of five, so who looks a case up by its number may find two.
    """
    return f"Z-{opened_on.year}-{int(case_id[:_DIGITS], 16):07d}"
