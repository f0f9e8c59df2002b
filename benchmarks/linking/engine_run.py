"""The engine's side of the benchmark: one process, one job.

    python -m benchmarks.linking.engine_run JOB RECORDS.parquet OUT

JOB: a name of `jobs.JOBS`. Writes OUT.pairs.parquet, OUT.clusters.parquet (id, cut, cluster) and OUT.json: the
processor seconds from the records in memory to their pairs and clusters, so without imports and files.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import polars as pl

from benchmarks.linking.jobs import CUTS, JOBS
from screening.linking.clusters import cluster_encoded
from screening.linking.encode import encode
from screening.linking.estimate import train_encoded
from screening.linking.linking import link_encoded


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("job", choices=sorted(JOBS))
    parser.add_argument("records", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    settings = JOBS[options.job]()
    wanted = [settings.id_column, *settings.columns, *([settings.source] if settings.source else [])]
    frame = pl.read_parquet(options.records, columns=wanted)
    started = time.process_time()
    records = encode(frame, settings)
    del frame
    model = train_encoded(records, settings)
    linked = link_encoded(model, records)
    clusters = [(CUTS[0], cluster_encoded(model, records, linked.pairs, CUTS[0]))]
    work = time.process_time() - started
    clusters += [(cut, cluster_encoded(model, records, linked.pairs, cut)) for cut in CUTS[1:]]
    linked.pairs.select("left", "right", "log_odds", "probability").write_parquet(f"{options.out}.pairs.parquet")
    pl.concat([table.with_columns(cut=pl.lit(cut)) for cut, table in clusters]).write_parquet(
        f"{options.out}.clusters.parquet"
    )
    Path(f"{options.out}.json").write_text(json.dumps({"work_seconds": work}), encoding="utf-8")


if __name__ == "__main__":
    main()
