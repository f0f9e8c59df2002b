"""Lines of business that an establishment is in by its codes."""

from __future__ import annotations

import polars as pl
import pytest

from screening.rules.lines_of_business import with_lines

LINES = pl.LazyFrame(
    {"branche": ["horeca", "nagelstudio"], "sbi_2008": [["56"], ["96022"]], "sbi_2025": [["56"], ["9622"]]}
)


def _lines(codes: list[list[str] | None], versions: list[str | None]) -> list[list[str]]:
    rows = {"record": [f"r{number}" for number in range(len(codes))], "sbi_codes": codes, "sbi_versie": versions}
    schema = {"record": pl.String, "sbi_codes": pl.List(pl.String), "sbi_versie": pl.String}
    return with_lines(pl.LazyFrame(rows, schema=schema), LINES).collect()["lines"].to_list()


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
    assert _lines([[code]], [version]) == [[line] if line else []]


def test_each_establishment_has_all_its_lines_in_its_own_row():
    codes = [["70100"], ["96220", "56101"], None, [], ["56101", "56102"]]
    expected = [[], ["horeca", "nagelstudio"], [], [], ["horeca"]]
    assert _lines(codes, ["2025"] * 5) == expected
    assert _lines(codes * 400, ["2025"] * 2000) == expected * 400, "the order of the rows stays"
