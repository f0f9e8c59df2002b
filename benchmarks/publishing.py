"""Publishing a very large run: how long it takes, in the processor too, and the memory it needs.

    python -m benchmarks.publishing [--flags 1000000] [--folder var/publishing] [--before DATE]

Each flag comes with a hit or two, two records, their places and a party: ten rows of the store. `--before`: the date of
the run is the day before this, so that it does not become the last run of a store that others look at meanwhile. Exit
code 1 when a limit is exceeded.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from screening.store import Workspace, open_store, publish
from screening.store.bundle import DOSSIER_PARTIES, DOSSIER_RECORDS, RunBundle
from screening.store.runs.identity import run_id
from screening.store.runs.publish import load_rows, write_directory

AS_OF = date(2026, 11, 1)
LIMIT_SECONDS = 30.0
LIMIT_MIB = 1536.0


def bundle(flags: int, as_of: date) -> RunBundle:
    """A run with so many flags and a tenth as many sampled addresses."""
    number = pl.col("i")
    one = pl.DataFrame({"i": range(1, flags + flags // 10 + 1)}).with_columns(
        address_id=pl.format("999901{}", number.cast(pl.String).str.zfill(10)),
        address=pl.format("Proefstraat {}, {} AA Voorbeeldstad", number, 1000 + number % 900),
        permit=pl.format("Z{}", number),
        report=pl.format("M{}", number),
    )
    flagged, drawn = one.filter(number <= flags), one.filter(number > flags)

    def listed(column: str | pl.Expr) -> pl.Expr:
        return pl.concat_list(pl.lit(column) if isinstance(column, str) else column)

    hits = flagged.select(
        "address_id", "i", indicator=pl.lit("LIC-04"), indicator_version=pl.lit(1), barrier=pl.lit("WERKPLEK"),
        dataset=pl.lit("vergunningen"), record_ids=listed(pl.format("vergunningen:{}", "permit")),
        values=pl.lit('{"days":31}'), explanation_nl=pl.format("Vergunning {} liep af.", "permit"),
        explanation_en=pl.format("Licence {} expired.", "permit"), **{"class": pl.lit("A")},
    )  # fmt: skip
    more = hits.filter(number % 5 == 0).with_columns(
        indicator=pl.lit("NUI-01"), dataset=pl.lit("meldingen"), record_ids=listed(pl.format("meldingen:M{}", "i"))
    )
    permits = one.select("address_id", dataset=pl.lit("vergunningen"), key="permit", n="i")
    reports = one.select("address_id", dataset=pl.lit("meldingen"), key="report", n="i")
    records = pl.concat([permits, reports])
    return RunBundle(
        run_id=run_id(
            inputs={"vergunningen": [f"{flags:064x}"]}, configuration="{}", as_of=as_of, code_version="0",
            indicator_versions={"LIC-04": 1}, judgements_hash="", previous_run_id=None,
        ),
        as_of=as_of,
        municipality="9999",
        code_version="0",
        frames={
            "flags.parquet": flagged.select(
                "address_id", "address", reason=pl.lit("A"), indicator_codes=listed("LIC-04"),
                barriers=listed("WERKPLEK"), datasets=listed("vergunningen"), sensitive=number % 50 == 0,
                first_flagged=pl.lit(as_of),
            ),
            "evidence.parquet": pl.concat([hits, more]).drop("i"),
            "records.parquet": records.select(
                "address_id", "dataset", "key", row_number="n", source_file_sha256=pl.lit("ab" * 32),
                address_method=pl.lit("exact"),
            ),
            "sample.parquet": drawn.select("address_id", drawn_on=pl.lit(as_of)),
        },
        declarations=[{"code": code, "version": 1} for code in ("LIC-04", "NUI-01")],
        dossier_records=records.select(
            "address_id", "dataset", "key", fingerprint=pl.format("f{}", "n"),
            fields=pl.lit('{"status":"verlopen","nummer":"') + pl.col("key") + pl.lit('"}'), source_date=pl.lit(as_of),
        ).select(list(DOSSIER_RECORDS)),
        dossier_parties=permits.select(
            "dataset", "key", mention=pl.format("vergunningen:{}:houder:person", "key"), party_id=pl.format("p{}", "n"),
            role=pl.lit("houder"), kind=pl.lit("person"), name=pl.format("Proefpersoon {}", "n"),
            birth_date=pl.lit(date(1970, 1, 1)), kvk_nummer=pl.lit(None, pl.String), fingerprint=pl.format("f{}", "n"),
        ).select(list(DOSSIER_PARTIES)),
        display=drawn.select("address_id", "address"),
    )  # fmt: skip


def main() -> int:
    """Publish, tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flags", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path("var/publishing"))
    parser.add_argument("--before", type=date.fromisoformat, help="publish beside other runs, dated the day before")
    parser.add_argument("--parts", action="store_true", help="time the files and the rows apart; publishes nothing")
    given = parser.parse_args()
    if given.before is None:
        shutil.rmtree(given.folder, ignore_errors=True)
    workspace = Workspace(given.folder)
    made = bundle(given.flags, AS_OF if given.before is None else given.before - timedelta(days=1))
    print(f"made, {_peak():,.0f} MiB", flush=True)
    with open_store(workspace) as store:
        clock, processor = time.perf_counter(), time.process_time()
        if given.parts:
            stored, run_json, files = write_directory(workspace.runs / ".partial-measured", made)
            print(f"files   {time.perf_counter() - clock:6.1f} s, processor {time.process_time() - processor:6.1f} s")
            clock, processor = time.perf_counter(), time.process_time()
            load_rows(store, made, stored, files, run_json)
            print(f"rows: {sum(frame.height for frame in stored.values()):,}")
        else:
            publish(store, workspace, made)
        seconds, processor = time.perf_counter() - clock, time.process_time() - processor
    print(f"publish {seconds:6.1f} s, processor {processor:6.1f} s, peak {_peak():,.0f} MiB", flush=True)
    return int(seconds > LIMIT_SECONDS or _peak() > LIMIT_MIB)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    sys.exit(main())
