"""The benchmark of contracts judges the same rows in both ways, and says so where it does not."""

from __future__ import annotations

import dataclasses

import pytest

from benchmarks import contracts as benchmark
from flows.catalogue import all_contracts


def test_both_ways_refuse_the_same_rows_in_a_register_whose_rows_nearly_all_differ(capsys) -> None:
    benchmark.main(["--rows", "45000", "--repeat", "1"])
    assert "45,000 rows, 25 rules, 8" in capsys.readouterr().out


def test_another_verdict_is_noticed(monkeypatch) -> None:
    contract = all_contracts()["meldingen"]
    table = benchmark.reports(500, contract, 1)
    monkeypatch.setattr(benchmark, "failing_rows", lambda *_: {"meldingen.status.in_code_list": table.frame["key"]})
    with pytest.raises(ValueError, match="do not refuse the same rows"):
        benchmark.measure(table, contract, 1)


def test_a_rule_that_polars_is_not_taught_is_refused() -> None:
    contract = all_contracts()["meldingen"]
    rule = dataclasses.replace(contract.rules[0], gx_type="ExpectColumnValuesToBeNull")
    with pytest.raises(ValueError, match="not written in Polars"):
        benchmark.measure(benchmark.reports(2, contract, 1), dataclasses.replace(contract, rules=(rule,)), 1)
