"""Lines of business of establishments and permits."""

from __future__ import annotations

import polars as pl

from screening.rules import readings
from screening.rules.lines_of_business import with_lines

LINES = pl.LazyFrame(
    {
        "branche": ["horeca", "nagelstudio"],
        "sbi_2008": [["56"], ["96022"]],
        "sbi_2025": [["56"], ["9622"]],
        "permit_types": [["exploitatie", "terras"], ["exploitatie"]],
    }
)


def test_a_permit_for_several_lines_is_for_those_of_its_holder():
    permits = pl.LazyFrame(
        {
            "record": ["nails", "terrace", "elsewhere", "unnumbered", "event"],
            "zaaktype": ["exploitatie", "terras", "exploitatie", "exploitatie", "evenement"],
            "kvk_nummer": ["1", "1", "2", None, "1"],
        }
    )
    establishments = pl.LazyFrame(
        {
            "record": ["r1", "r2"],
            "kvk_nummer": ["1", "2"],
            "sbi_codes": [["96220"], ["70100"]],
            "sbi_versie": ["2025", "2025"],
        }
    )
    lines = readings.lines_of_permits(permits, with_lines(establishments, LINES), LINES).collect()
    assert sorted(lines.rows()) == [
        ("elsewhere", "horeca", False),
        ("elsewhere", "nagelstudio", False),
        ("nails", "nagelstudio", True),
        ("terrace", "horeca", True),
        ("unnumbered", "horeca", False),
        ("unnumbered", "nagelstudio", False),
    ]
