"""Lines of business of establishments and permits."""

from __future__ import annotations

import polars as pl
import pytest

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


@pytest.mark.parametrize(
    ("code", "version", "line"),
    [
        ("96220", "2025", "nagelstudio"),
        ("96.22.0", "2025", "nagelstudio"),
        ("96220", "2008", None),
        ("96022", "2008", "nagelstudio"),
        ("9602", "2008", None),
        ("96022", None, "nagelstudio"),
    ],
)
def test_a_code_is_read_in_its_own_version(code, version, line):
    rows = pl.LazyFrame(
        {"record": ["r1"], "sbi_codes": [[code]], "sbi_versie": [version]}, schema_overrides={"sbi_versie": pl.String}
    )
    found = readings.lines_of_establishments(with_lines(rows, LINES)).collect()["branche"].to_list()
    assert found == ([line] if line else [])


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
