"""A case table that is none is refused by name and place, and a case shows what its rule makes of it."""

from __future__ import annotations

import pytest

from screening.base.errors import RuleDefinitionError
from screening.rules.cases import read_case_table

TABLE = """
indicator: TST-01
as_of: 2026-11-01
cases:
  - name: Verleend
    tables: {vergunningen: [{zaaknummer: Z-1, address_id: a, status: verleend}]}
    expect: [{address_id: a}]
"""


@pytest.fixture
def read(tmp_path, declare):
    """read(text) -> the cases of that table."""

    def make(text: str):
        path = tmp_path / "tst_01.cases.yaml"
        path.write_text(text, "utf-8")
        return read_case_table(path, {"TST-01": declare()})

    return make


def test_a_case_gives_the_hits_of_its_rule(read):
    (case,) = read(TABLE)
    assert case.id == "TST-01: Verleend"
    assert [hit["record_ids"] for hit in case.as_written] == [["vergunningen:Z-1"]]
    assert case.hits(otherwise={"vergunningen": {"Z-1": {"status": "geweigerd"}}}) == []
    assert len(case.hits(otherwise={"vergunningen": {"Z-2": {"address_id": "b", "status": "verleend"}}})) == 2


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("cases:", "case:", "needs indicator, as_of and cases"),
        ("as_of: 2026-11-01", "as_of: 2026-11", "whole date"),
        ("TST-01", "TST-02", "there is no indicator TST-02"),
        ("as_of:", "asof: 1\nas_of:", "'asof' is no part of a case table"),
        ("expect:", "expects:", "case 1 needs a name, and expect"),
        ("    tables:", "    table:", "'table' is no part of a case"),
        ("name: Verleend", "name: [", "line"),
    ],
)
def test_what_is_no_case_table_is_refused_with_the_file_and_the_place(read, old, new, why):
    with pytest.raises(RuleDefinitionError, match=why) as refused:
        read(TABLE.replace(old, new, 1))
    assert str(refused.value).startswith("tst_01.cases.yaml")


@pytest.mark.parametrize("tables", ["{meldingen: [{melding_id: m}]}", "{vergunningen: [{zaaktype: alcohol}]}"])
def test_a_table_or_column_that_the_rule_does_not_declare_is_refused(read, tables):
    (case,) = read(TABLE.replace("{vergunningen: [{zaaknummer: Z-1, address_id: a, status: verleend}]}", tables))
    with pytest.raises(RuleDefinitionError, match="TST-01 does not declare"):
        case.hits()
