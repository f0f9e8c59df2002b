"""What the owner of a register is told of rejected rows: every rule has words of its own, and no cell holds a value."""

from __future__ import annotations

import polars as pl

from screening.base.datasets import datasets
from screening.base.frames import QUARANTINE
from screening.base.word_lists import read_lists
from screening.contracts.rejects import HEADER, MendedRows, count_mended, reject_list


def rejected(*rows):
    """QUARANTINE rows of (row number, key, column, expectation)."""
    return pl.DataFrame(
        [("vergunningen", "a" * 64, number, key, column, rule, "reden") for number, key, column, rule in rows],
        schema=QUARANTINE,
        orient="row",
    )


def test_every_rule_of_every_contract_says_how_to_mend(contracts):
    sentences = read_lists("screening.contracts", "mending.yaml")
    used = {rule.expectation for contract in contracts.values() for rule in contract.rules} - {"has_rows"}
    assert used - sentences.keys() == set()


def test_the_list_names_file_row_key_column_reason_and_how_to_mend():
    rows = reject_list(
        rejected((7, "Z-7", "status", "in_code_list"), (2, "Z-2", "einddatum", "is_date")),
        datasets()["vergunningen"],
        {"a" * 64: "vergunningen.csv"},
    )
    assert [row[:5] for row in rows] == [
        ("vergunningen.csv", "2", "Z-2", "Einddatum (einddatum)", "reden"),
        ("vergunningen.csv", "7", "Z-7", "Status (status)", "reden"),
    ]
    assert "verleend, geweigerd" in rows[1][5]
    assert all(len(row) == len(HEADER) for row in rows)


def test_a_key_that_is_itself_wrong_is_not_told():
    rows = reject_list(rejected((1, "geen kenmerk", "zaaknummer", "matches_pattern")), datasets()["vergunningen"], {})
    assert rows[0][2] == ""
    assert "geen kenmerk" not in " ".join(rows[0])


def test_records_that_came_back_mended_are_told_from_those_that_are_gone():
    before = rejected(
        *((number, f"Z-{number}", "status", "in_code_list") for number in range(1, 5)), (9, None, None, "x")
    )
    now = rejected((1, "Z-1", "status", "in_code_list"))
    counts = count_mended(before, now, pl.Series(["Z-2", "Z-3", "Z-8"]), datasets()["vergunningen"])
    assert counts == MendedRows(mended=2, rejected=1, gone=1, untold=1)


def test_rows_of_a_register_without_keys_cannot_be_followed():
    before = rejected((1, "r1", "rol", "in_code_list"), (1, "r1", "naam", "not_null"), (2, "r2", "rol", "in_code_list"))
    about = datasets()["leidinggevenden"]
    assert count_mended(before, before.clear(), pl.Series(["r1"]), about) == MendedRows(0, 0, 0, untold=2)
