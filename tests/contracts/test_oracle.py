"""Great Expectations and the pass of every night find the same rows; where they do not, nothing is used."""

from __future__ import annotations

import dataclasses
import random
import re

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from screening.base.datasets import datasets
from screening.base.errors import ContractStopError
from screening.contracts import validate
from screening.contracts.execution import SAME_IN_BOTH, execute, matches
from screening.contracts.oracle import disagreements

#: What registers write where something else was agreed.
ODDITIES = (
    None,
    "",
    " ",
    "\n",
    "x\n",
    "?",
    "ja",
    "J",
    "1",
    "-0",
    "1.0",
    "1,5",
    "١٢",
    "2025-02-29",
    "2024-02-29",
    "2024-02",
    "2024",
    "2024-13",
    "9999-12-31",
    "1850-01-01",
    "2025-03-30T02:30:00",
    "2025-05-02T08:15:00",
    "00000012",
    "000000120000",
    "9999010000000001",
    "1234 AB",
    "1234AB\n",
    "a|b||",
    "woonfunctie|winkelfunctie",
    "verleend",
)
PATTERNS = (
    r"^(?:[0-9]{2}[0-9.]{0,6})?(?:\|(?:[0-9]{2}[0-9.]{0,6})?)*\Z",
    r"^(?:a\ b|c\.d)+\Z",
    r"^(?:[^a-z]{1,3}?)\Z",
    r"^(?:[^@?\n]{1,3})\Z",
    r"^(?:\d+)\Z",
    r"^(?:\w+\s\w+)\Z",
    r"^(?:(?!ab).*)\Z",
    r"^(?:[a-c&&b])\Z",
    r"^(?:(?i:straat))\Z",
    r"^(?:a++b)\Z",
    r"^(?:[[a])\Z",
    r"^(?:.)\Z",
)


def shuffled(samples, dataset, seed, rows):
    """Rows of a register in which cells are right, wrong, of another column, or odd."""
    chance = random.Random(seed)
    good, bad = samples[dataset]["good"], samples[dataset]["good"] | samples[dataset]["bad"]["set"]
    cells = [*good.values(), *bad.values(), *ODDITIES]

    def row():
        return {name: chance.choice([good[name]] * 6 + [bad[name], chance.choice(cells)]) for name in good}

    return [row() for _ in range(rows)]


@pytest.mark.parametrize("dataset", list(datasets()))
def test_great_expectations_finds_the_same_rows(dataset, contracts, samples, table):
    contract = contracts[dataset]
    frame = table(dataset, shuffled(samples, dataset, 7, 120)).frame
    frame = frame.with_columns(
        pl.lit(None, pl.String).alias(name) for name in contract.fields if name not in frame.columns
    )
    outcomes = execute(frame, contract)
    assert disagreements(frame, contract, outcomes) == []
    assert sum(outcome.failed > 0 for outcome in outcomes) > len(outcomes) / 2


def test_where_it_finds_otherwise_no_row_is_used(contracts, samples, table):
    contract, good = contracts["controles"], samples["controles"]["good"]
    rule = next(rule for rule in contract.rules if rule.rule_id == "controles.situatie.in_code_list")
    seen = []

    def turn(texts):  # the pass of the night sees the code, Great Expectations another
        seen.append(texts)
        return texts if len(seen) == 1 else texts + "?"

    turned = pl.col("situatie").map_batches(turn, return_dtype=pl.String)
    planted = dataclasses.replace(rule, inputs={"situatie": turned})
    rules = tuple(planted if other is rule else other for other in contract.rules)
    with pytest.raises(ContractStopError, match=r"otherwise by the rule\(s\) controles.situatie.in_code_list than"):
        validate(table("controles", [good]), dataclasses.replace(contract, rules=rules), is_checked=True)


@pytest.mark.filterwarnings("ignore:Possible")
@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PATTERNS), st.text(alphabet="ab c.d12|&٣éſK\n\x1cStra", max_size=6))
@example(r"^(?:\d+)\Z", "٣")
@example(r"^(?:\w+\s\w+)\Z", "a\x1cb")
@example(r"^(?:.)\Z", "\n")
def test_a_pattern_matches_as_python_reads_it(pattern, text):
    found = pl.DataFrame({"c": [text, None]}).select(matches(pl.col("c"), pattern)).to_series().to_list()
    assert found == [re.search(pattern, text) is not None, None]


def test_the_patterns_of_all_contracts_are_read_alike_without_python(contracts):
    rules = [rule for contract in contracts.values() for rule in contract.rules]
    patterns = {rule.gx_arguments["regex"] for rule in rules if "regex" in rule.gx_arguments}
    assert len(patterns) > 10
    assert [pattern for pattern in patterns if not SAME_IN_BOTH.fullmatch(pattern)] == []
    assert not any(SAME_IN_BOTH.fullmatch(pattern) for pattern in PATTERNS[4:-1])
