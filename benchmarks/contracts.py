"""A large register through its contract: what judging each rule costs in a night, and with Great Expectations.

    python -m benchmarks.contracts [--rows 1000000] [--seed 1] [--repeat 3]

Reports of nuisance are made up, at 150,000 places and every minute of five years, one row in fifty with a slip; their
contract has 25 rules. They are judged as in a night, and as in the nights in which Great Expectations judges too; both
must refuse the same rows. Seconds are of the processor, all threads together, without the import of the library;
on a busy machine only their ratio says something. Exit code 1 when the judging of a night takes longer than the limit.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import polars as pl

from screening.base.frames import QUARANTINE, SourceFile, SourceTable, empty
from screening.contracts import Contract, load_contracts, validate
from screening.contracts.execution import execute
from screening.contracts.model import QualityRule
from screening.contracts.oracle import disagreements, judge_by_suite

REGISTER = "meldingen"
#: What judging a million rows by some 25 rules may take of a processor.
LIMIT_SECONDS = 3.0
_CONTRACTS = Path(__file__).resolve().parent.parent / "data_contracts"
_PLACES = 150_000
_SLIPS = {"status": "Afgehandeld", "lat": "onbekend", "datum_melding": "2025-02-30", "postcode": "12345"}
Result = TypeVar("Result")


@dataclass(frozen=True)
class Measurement:
    """Processor seconds: all of `validate`, of which judging; and judging by Great Expectations."""

    rules: int
    rows_refused: int
    whole: float
    judging: float
    great_expectations: float


def reports(rows: int, contract: Contract, seed: int) -> SourceTable:
    """So many reports as they are delivered: text, with dates, places and reporters of ordinary variety."""
    pair_rule = next(rule for rule in contract.rules if rule.expectation == "pair_in_code_list")
    pairs = pl.DataFrame(listed(pair_rule, "value_pairs_set"), orient="row", schema=["category", "kind"])
    number = pl.int_range(rows, dtype=pl.Int64)
    drawn = pl.select(
        number,
        *(
            number.hash(seed + place).alias(name)
            for place, name in enumerate(("minute", "pair", "place", "status", "token", "slip"))
        ),
    ).with_columns(place=pl.col("place") % _PLACES)

    def choice(name: str, values: list[str]) -> pl.Expr:
        return (pl.col(name) % len(values)).replace_strict(list(range(len(values))), values, return_dtype=pl.String)

    def moment(name: str, hours: int = 0) -> pl.Expr:
        minutes = (pl.col(name) % (5 * 365 * 24 * 60)).cast(pl.Int64) + 60 * hours
        return (pl.datetime(2021, 1, 1) + pl.duration(minutes=minutes)).dt.strftime("%Y-%m-%dT%H:%M:%S")

    def decimal(first: int) -> pl.Expr:
        return pl.format("{}.{}", first, (pl.col("place").hash(first) % 1_000_000).cast(pl.String).str.zfill(6))

    frame = drawn.select(
        melding_id=pl.format("M-{}", "literal"),
        datum_melding=moment("minute", 2),
        incident_van=moment("minute"),
        incident_tot=moment("minute", 1),
        hoofdcategorie=choice("pair", pairs["category"].to_list()),
        subcategorie=choice("pair", pairs["kind"].to_list()),
        straatnaam=pl.format("Straat {}", pl.col("place") % 2_000),
        huisnummer=(pl.col("place") // 2_000 + 1).cast(pl.String),
        postcode=pl.format("{} AB", pl.col("place") % 900 + 1_000),
        plaats=pl.lit("Voorbeeldstad"),
        lat=decimal(52),
        lon=decimal(5),
        status=choice("status", list(contract.fields["status"].codes)),
        bevinding=pl.when(pl.col("status") % 3 > 0).then(choice("status", list(contract.fields["bevinding"].codes))),
        melder_token=pl.col("token").cast(pl.String),
        slip=pl.col("slip") % 50 * len(_SLIPS) + pl.col("token") % len(_SLIPS),
    ).with_columns(
        pl.when(pl.col("slip") == place).then(pl.lit(text)).otherwise(pl.col(name)).alias(name)
        for place, (name, text) in enumerate(_SLIPS.items())
    )
    provenance = {
        "key": pl.col("melding_id"),
        "row_number": pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        "source_file_sha256": pl.lit("f" * 64),
    }
    file = SourceFile(f"{REGISTER}.csv", "f" * 64, rows)
    return SourceTable(REGISTER, frame.drop("slip").with_columns(**provenance), [file], empty(QUARANTINE))


def listed(rule: QualityRule, argument: str) -> list[object]:
    """What a rule accepts, as the list that it gives."""
    values = rule.gx_arguments[argument]
    return values if isinstance(values, list) else []


def measure(table: SourceTable, contract: Contract, repeat: int) -> Measurement:
    """The least of some runs. ValueError: the two ways do not refuse the same rows."""
    judge_by_suite(_text(table, contract).head(2), contract)  # pays the import
    text = _text(table, contract)
    whole, result = _least(lambda: validate(table, contract), repeat)
    judging, outcomes = _least(lambda: execute(text, contract), repeat)
    great_expectations, differing = _least(lambda: disagreements(text, contract, outcomes), repeat)
    if differing:
        raise ValueError(f"Great Expectations and Polars do not refuse the same rows: {', '.join(differing)}")
    return Measurement(len(contract.rules), result.rows_quarantined, whole, judging, great_expectations)


def _text(table: SourceTable, contract: Contract) -> pl.DataFrame:
    return table.frame.select(
        pl.col(name) if name in table.frame.columns else pl.lit(None, pl.String).alias(name)
        for name in contract.kept_fields
    )


def _least(work: Callable[[], Result], repeat: int) -> tuple[float, Result]:
    """The processor seconds of the cheapest of some runs, and what the last gave."""
    seconds = []
    for _ in range(repeat):
        started = time.process_time()
        result = work()
        seconds.append(time.process_time() - started)
    return min(seconds), result


def main(arguments: list[str] | None = None) -> int:
    """Command line; the exit code is 1 when the limit is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args(arguments)
    contract = load_contracts(_CONTRACTS)[REGISTER]
    measured = measure(reports(options.rows, contract, options.seed), contract, max(1, options.repeat))
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{options.rows:,} rows, {measured.rules} rules, {measured.rows_refused:,} rows refused, {os.cpu_count()} cores"
    )
    print(f"whole    {measured.whole:6.2f} s of the processor (typing and lists included), peak {peak_mib:,.0f} MiB")
    print(f"judging  {measured.judging:6.2f} s in every night")
    times = measured.great_expectations / measured.judging
    print(f"         {measured.great_expectations:6.2f} s by Great Expectations, {times:.1f} times as much")
    print(json.dumps({**vars(measured), "peak_mib": round(peak_mib)}))
    return int(measured.judging > LIMIT_SECONDS * max(options.rows / 1_000_000, 1))


if __name__ == "__main__":
    raise SystemExit(main())
