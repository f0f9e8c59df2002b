"""The engine's side of the benchmark: one process, one job.

    python -m benchmarks.linking.engine_run JOB RECORDS.parquet OUT.parquet [--model FOLDER] [--save FOLDER]
        [--clusters C.parquet]

JOB: dutch-same (what Splink gets too), dutch-own (what the engine's authors would choose), febrl3, febrl4.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from benchmarks.linking.jobs import JOBS
from screening.linking.clusters import cluster_encoded
from screening.linking.encode import encode
from screening.linking.estimate import train_encoded
from screening.linking.linking import link_encoded
from screening.linking.model import LinkModel


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("job", choices=sorted(JOBS))
    parser.add_argument("records", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--save", type=Path)
    parser.add_argument("--clusters", type=Path)
    options = parser.parse_args()
    settings = JOBS[options.job]()
    model = LinkModel.load(options.model) if options.model else None
    wanted = [settings.id_column, *settings.columns, *([settings.source] if settings.source else [])]
    records = encode(pl.read_parquet(options.records, columns=wanted), settings)
    if model is None:
        model = train_encoded(records, settings)
    if options.save:
        model.save(options.save)
    linked = link_encoded(model, records)
    linked.pairs.select("left", "right", "log_odds").write_parquet(options.out)
    if options.clusters:
        cluster_encoded(model, records, linked.pairs, threshold=5.0).write_parquet(options.clusters)


if __name__ == "__main__":
    main()
