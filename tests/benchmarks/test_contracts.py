"""The benchmark of contracts judges the same rows in both ways, and says so where it does not."""

from __future__ import annotations

from benchmarks import contracts as benchmark


def test_both_ways_refuse_the_same_rows_in_a_register_whose_rows_nearly_all_differ(capsys) -> None:
    benchmark.main(["--rows", "45000", "--repeat", "1"])
    assert "45,000 rows, 25 rules, 8" in capsys.readouterr().out
