"""All indicators on a city of a million addresses: what each rule costs, and whether all together fit in 12 CPU s.

    python -m benchmarks.indicators [--addresses 1000000] [--base 50000] [--seed 1] [--folder var/scale-rules]
                                    [--only LIC-01 PER-02] [--repeat 1]

A municipality of `base` addresses is made, read, validated, resolved and linked as in a night. The tables that the
rules are handed are then laid beside one another until the city is large enough, each copy with ids, numbers, names
and towns of its own, so that no copy sees another. They are kept in the folder and made only when they are not there.
Each rule is evaluated alone on all of them, with the columns and the checks of a night, and then all of them together,
as a night does. Exit code 1 when a night exceeds the limit.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from benchmarks.scale.towns import AS_OF, ROOT, town
from screening.base.datasets import datasets
from screening.rules import Activation, Indicator, Tables, company_groups, evaluate
from screening.rules.local_lists import LISTS
from screening.rules.purposes import Allowed
from screening.rules.registry import evaluation_order
from screening.rules.schema import HITS_TABLE, tables_for_rules

#: What all rules together may take of two cores that do nothing else (on a busy machine the same work takes more).
LIMIT_PROCESSOR_SECONDS = 12.0
#: Columns by which rows of different copies could find one another. "dataset:key" gets its copy after the colon.
_IDS = (
    "key",
    "zaaknummer",
    "vergunning_id",
    "melding_id",
    "hoofdmelding_id",
    "melder_token",
    "maatregel_id",
    "controle_id",
    "address_id",
    "nummeraanduiding_id",
    "adresseerbaar_object_id",
    "woonplaats",
    "kvk_nummer",
    "vestigingsnummer",
    "rsin",
    "verhuurder_kvk",
    "betrokkene_kvk",
    "rechtspersoon_kvk",
    "voortgezet_door_kvk",
    "party_id",
    "fingerprint",
    "name_key",
    "left_name_key",
    "right_name_key",
    "link_id",
)
_REFERENCES = ("record", "mention", "left", "right")
#: One report in so many holds a term of the word list, so that the rule that reads terms has something to read.
_TERM_EVERY = 50


@dataclass(frozen=True)
class Cost:
    """One rule on the city: seconds by the clock and of the processor (of all threads), and hits."""

    code: str
    seconds: float
    processor_seconds: float
    hits: int


def handed(configuration: Path, folder: Path) -> None:
    """Work a night as far as the rules and keep the tables that they are handed, one Parquet file a table."""
    from flows.configuration import load_configuration  # noqa: PLC0415 - not needed for tables that are there
    from flows.night import stages  # noqa: PLC0415
    from flows.night.rule_tables import handed as handed_to_rules  # noqa: PLC0415
    from flows.night.staging import Night  # noqa: PLC0415
    from screening.store import Workspace  # noqa: PLC0415

    settings = load_configuration(configuration, as_of=AS_OF)
    workspace = Workspace(settings.workspace)
    with workspace.lock(), workspace.staging("benchmark") as staging:
        night = Night.begin(staging, settings)
        for name, stage in stages.STAGES:
            if name == "indicators":
                break
            stage(str(staging))
        for name, frame in handed_to_rules(night, with_groups=False).items():
            there = frame.collect_schema().names()
            keep = [c for c in there if c in tables_for_rules()[name] or (name in datasets() and c == "row_number")]
            frame.select(keep).sink_parquet(folder / f"{name}.parquet")


def copies(frame: pl.DataFrame, name: str, number: int) -> pl.DataFrame:
    """`number` copies of a table below one another; copy 7 puts "07" before every id and every key in a reference."""
    made = []
    for place in range(number):
        mark = f"{place:02}"
        ids = [(pl.lit(mark) + pl.col(c)).alias(c) for c in frame.columns if c in _IDS]
        references = [
            pl.col(c).str.replace(":", f":{mark}", literal=True).alias(c) for c in frame.columns if c in _REFERENCES
        ]
        lists = [pl.col("pand_id").list.eval(pl.lit(mark) + pl.element())] if "pand_id" in frame.columns else []
        made.append(frame.with_columns(*ids, *references, *lists))
    return pl.concat(made)


def city(folder: Path, *, addresses: int, base: int, seed: int) -> Path:
    """The folder with the tables of the city, made if it is not there or is another."""
    wanted = {"addresses": addresses, "base": base, "seed": seed, "as_of": AS_OF.isoformat(), "with_new_rules": True}
    made, meta = folder / "city", folder / "city.json"
    if meta.is_file() and json.loads(meta.read_text(encoding="utf-8")) == wanted:
        return made
    # in a process of its own: making the city takes more memory than the rules do, and theirs is measured
    maker = multiprocessing.get_context("spawn").Process(target=_make, args=(folder, addresses, base, seed))
    maker.start()
    maker.join()
    if maker.exitcode:
        raise SystemExit(f"the city could not be made (exit code {maker.exitcode})")
    meta.write_text(json.dumps(wanted), encoding="utf-8")
    return made


def _make(folder: Path, addresses: int, base: int, seed: int) -> None:
    one, made = folder / "handed", folder / "city"
    for needed in (one, made):
        needed.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    handed(town(folder / "municipality", addresses=base, seed=seed, with_new_rules=True), one)
    print(f"a night as far as the rules: {time.perf_counter() - started:.1f} s")
    rows = pl.scan_parquet(one / "bag_adressen.parquet").select(pl.col("nummeraanduiding_id").n_unique())
    number = -(-addresses // rows.collect().item())
    for path in sorted(one.glob("*.parquet")):
        frame = pl.read_parquet(path)
        if path.stem == "meldingen":
            term = pl.when(pl.col("row_number") % _TERM_EVERY == 0).then(pl.lit(["sleutelkastje"]))
            frame = frame.with_columns(termen=term)
        times = 1 if path.stem in LISTS else number  # a municipality has each list once, however large it is
        copies(frame.drop("row_number", strict=False), path.stem, times).write_parquet(made / path.name)


def measure(
    one: Indicator, tables: Tables, earlier: Sequence[pl.DataFrame], allowed: Allowed | None = None
) -> tuple[Cost, pl.DataFrame]:
    """What one rule costs alone, and its evidence. `earlier`: evidence of the rules that it is declared after;
    `allowed`: the purposes of the registers, as a night hands them in."""
    activation = Activation("-", "-", AS_OF, has_word_list=one.reads_terms)
    if HITS_TABLE in one.inputs:
        schema = tables_for_rules()[HITS_TABLE]
        hits = pl.concat([pl.DataFrame(schema=schema), *(part.select(list(schema)) for part in earlier)])
        tables = tables.with_table(HITS_TABLE, hits)
    clock, processor = time.perf_counter(), time.process_time()
    result = evaluate([one], tables, as_of=AS_OF, activations={one.code: activation}, allowed=allowed)
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    found = result.findings if one.is_finding else result.evidence
    if result.run != (one.code,):
        raise SystemExit(f"{one.code} did not run: {result.not_run[one.code].reason_en}")
    return Cost(one.code, clock, processor, found.height), found


def purposes_of_registers() -> Allowed:
    """What each register is kept for, by the contracts, as a night hands it in."""
    from flows.catalogue import all_contracts  # noqa: PLC0415 - not needed for what one rule costs
    from flows.night.rule_consent import allowed_purposes  # noqa: PLC0415

    return allowed_purposes(all_contracts())


def all_costs(indicators: Sequence[Indicator], frames: dict[str, pl.DataFrame]) -> list[Cost]:
    """One line a rule, in the order of evaluation, after a line for the groups of companies that rules are handed."""
    allowed = purposes_of_registers()
    clock, processor = time.perf_counter(), time.process_time()
    groups = company_groups(frames["handelsregister"], frames["functionarissen"], frames["partijen"], AS_OF)
    costs = [Cost("groepen", time.perf_counter() - clock, time.process_time() - processor, 0)]
    tables = Tables({**frames, "groepen": groups})
    found: dict[str, pl.DataFrame] = {}
    for one in evaluation_order(indicators):
        cost, found[one.code] = measure(one, tables, [found[code] for code in one.after if code in found], allowed)
        costs.append(cost)
    return costs


def a_night(indicators: Sequence[Indicator], frames: dict[str, pl.DataFrame]) -> Cost:
    """What all rules cost in one evaluation, with the groups of companies that they are handed."""
    allowed = purposes_of_registers()
    activations = {one.code: Activation("-", "-", AS_OF, has_word_list=one.reads_terms) for one in indicators}
    clock, processor = time.perf_counter(), time.process_time()
    groups = company_groups(frames["handelsregister"], frames["functionarissen"], frames["partijen"], AS_OF)
    tables = Tables({**frames, "groepen": groups})
    result = evaluate(indicators, tables, as_of=AS_OF, activations=activations, allowed=allowed)
    if result.not_run:
        raise SystemExit(f"did not run: {', '.join(result.not_run)}")
    seconds, processor_seconds = time.perf_counter() - clock, time.process_time() - processor
    return Cost("a night", seconds, processor_seconds, result.evidence.height + result.findings.height)


def table(costs: Sequence[Cost], night: Cost) -> str:
    """A line a rule alone, the dearest first, and a line for all of them in one night."""
    lines = [f"{'rule':<8} {'seconds':>8} {'processor':>10} {'hits':>9}"]
    for cost in [*sorted(costs, key=lambda c: (-c.processor_seconds, c.code)), night]:
        lines.append(f"{cost.code:<8} {cost.seconds:>8.2f} {cost.processor_seconds:>10.2f} {cost.hits:>9,}")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Command line; the exit code is 1 when the limit is exceeded."""
    from indicators import __name__ as package  # noqa: PLC0415 - the catalogue is handed in, as in a night
    from screening.rules import load_indicators  # noqa: PLC0415

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--addresses", type=int, default=1_000_000)
    parser.add_argument("--base", type=int, default=50_000, help="addresses of the municipality that is copied")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "scale-rules")
    parser.add_argument("--only", nargs="*", default=[], metavar="CODE")
    parser.add_argument("--repeat", type=int, default=1, help="each rule's cheapest of so many evaluations")
    options = parser.parse_args(arguments)
    here = city(options.folder.resolve(), addresses=options.addresses, base=options.base, seed=options.seed)
    frames = {name: pl.DataFrame(schema=tables_for_rules()[name]) for name in datasets()}  # a register nobody keeps
    frames |= {path.stem: pl.read_parquet(path) for path in sorted(here.glob("*.parquet"))}
    print(f"{frames['bag_adressen'].height:,} addresses, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print({name: frame.height for name, frame in frames.items()})
    wanted = [one for one in load_indicators(package) if not options.only or one.code in options.only]
    rounds = [all_costs(wanted, frames) for _ in range(max(1, options.repeat))]
    costs = [min(of_one, key=lambda c: c.processor_seconds) for of_one in zip(*rounds, strict=True)]
    night = min((a_night(wanted, frames) for _ in range(max(1, options.repeat))), key=lambda c: c.processor_seconds)
    print(table(costs, night))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    print(
        json.dumps(
            {
                "rules": len(wanted),
                "seconds": round(night.seconds, 2),
                "processor_seconds": round(night.processor_seconds, 2),
                "peak_mib": round(peak),
            }
        )
    )
    return int(night.processor_seconds > LIMIT_PROCESSOR_SECONDS)


if __name__ == "__main__":
    raise SystemExit(main())
