"""The least that Polars alone needs for the files and joins of a night: `floor FOLDER csv|parquet`.

A plain script, one function a stage, without any thought: no refused row, no doubtful date, no misspelt street or
name, no link that is only probable, no evidence that a person reads. It reads the same deliveries, writes as many
rows as the night hands from stage to stage and publishes, and joins what the night joins where all is spelt alike.
Says on its last line what each stage took.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from itertools import combinations
from pathlib import Path

import polars as pl

from benchmarks.stages import Stages
from screening.base.datasets import DataSet, datasets

_ADDRESS = ["postcode", "huisnummer", "huisletter", "huisnummertoevoeging"]
_EMPTY = pl.lit(None, pl.String)


def read(delivered: Path, form: str, work: Path) -> None:
    """Intake: every delivery as text, with its sha256."""
    for path in (delivered / f"{name}.{form}" for name in datasets()):
        if not path.is_file():  # a register that this town does not keep
            continue
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")
        frame = pl.read_parquet(path) if form == "parquet" else pl.read_csv(path, infer_schema=False)
        frame.with_row_index("row_number").write_parquet(work / f"{path.stem}.text.parquet", compression="lz4")


def _kept(work: Path) -> dict[str, DataSet]:
    """The registers that the town keeps."""
    return {name: about for name, about in datasets().items() if (work / f"{name}.text.parquet").is_file()}


def typed(work: Path) -> None:
    """Validate: columns in their types, rows without a key or with a key that stands twice left out."""
    for name, about in _kept(work).items():
        frame = pl.read_parquet(work / f"{name}.text.parquet")
        if about.key:
            frame = frame.filter(pl.col(about.key).is_not_null() & pl.col(about.key).is_first_distinct())
        dates = [c for c in frame.columns if c in about.columns and about.columns[c].logical_type == "date"]
        frame = frame.with_columns(pl.col(dates).str.to_date("%Y-%m-%d", strict=False))
        key = pl.col(about.key) if about.key else pl.col("row_number").cast(pl.String)
        frame.with_columns(key=key).write_parquet(work / f"{name}.parquet", compression="lz4")


def place(work: Path) -> None:
    """Addresses: each address that is written as in the BAG to its object."""
    bag = pl.read_parquet(work / "bag_adressen.parquet", columns=[*_ADDRESS, "adresseerbaar_object_id"])
    objects = bag.rename({"adresseerbaar_object_id": "address_id"}).unique(_ADDRESS, keep="any")
    for name, about in _kept(work).items():
        if about.addressed:
            frame = pl.read_parquet(work / f"{name}.parquet")
            lacking = [_EMPTY.alias(column) for column in _ADDRESS if column not in frame.columns]
            placed = frame.with_columns(lacking).join(objects, on=_ADDRESS, how="left", nulls_equal=True)
            placed.write_parquet(work / f"{name}.parquet", compression="lz4")


def link(work: Path) -> None:
    """Parties: one row a mention; those with one number, or one name and birth date, are one party."""
    parts = []
    for name, about in _kept(work).items():
        frame = pl.scan_parquet(work / f"{name}.parquet")
        there = frame.collect_schema().names()
        for party in about.parties:
            columns = {
                "name": party.names[0] if party.names else None,
                "birth_date": party.birth_date,
                "kvk_nummer": party.kvk_nummer,
                "address_id": "address_id",
            }
            chosen = [
                (pl.col(column) if column in there else _EMPTY).cast(pl.String).alias(role)
                for role, column in columns.items()
            ]
            parts.append(frame.select("key", *chosen, dataset=pl.lit(name)))
    mentions = pl.concat(parts).with_columns(folded=pl.col("name").str.to_lowercase()).collect()
    fingerprints = pl.concat_str("dataset", "key", "folded", separator=":", ignore_nulls=True).hash()
    number = pl.coalesce("kvk_nummer", pl.concat_str("folded", "birth_date"))
    mentions = mentions.with_columns(fingerprint=fingerprints, party=pl.when(number.is_not_null()).then(number.hash()))
    mentions.sort("dataset", "key").write_parquet(work / "parties.parquet", compression="zstd")
    # as in a night, a party of many mentions has a link from each to the first and not from each to all
    known = mentions.filter(pl.col("party").is_not_null()).select("party", "dataset", "key")
    firsts = known.unique("party", keep="first").rename({"dataset": "first_dataset", "key": "first_key"})
    known.join(firsts, on="party").write_parquet(work / "links.parquet", compression="zstd")


def look(work: Path) -> None:
    """Indicators: what stands at one object in two registers, and who stands in both."""
    parties = pl.scan_parquet(work / "parties.parquet")
    addressed = [name for name, about in _kept(work).items() if about.addressed]
    hits, counted = [], {}
    for name in addressed:
        rows = pl.scan_parquet(work / f"{name}.parquet").select("key", "address_id").drop_nulls()
        counted[name] = rows.group_by("address_id").len().collect()
        stand = rows.join(parties.filter(dataset=name), on="key")
        hits.append(stand.group_by("address_id").agg(len=pl.col("party").n_unique()).collect())
    for name, other in combinations(addressed, 2):
        # counted first: of two registers that have a thousand rows at one object, no million pairs are made
        both = counted[name].join(counted[other], on="address_id")
        hits.append(both.select("address_id", len=pl.col("len") + pl.col("len_right")))
    hits = [hit.filter(pl.col("len") > 9) for hit in hits]
    pl.concat([hit.select("address_id", pl.col("len").cast(pl.UInt32)) for hit in hits]).write_parquet(
        work / "hits.parquet"
    )


def publish(work: Path) -> None:
    """Publish: one row a record, by key, and the sha256 of the files."""
    columns = ["key", "row_number", "address_id"]
    parts = []
    for name in _kept(work):
        frame = pl.scan_parquet(work / f"{name}.parquet")
        lacking = [] if "address_id" in frame.collect_schema().names() else [_EMPTY.alias("address_id")]
        parts.append(frame.with_columns(lacking).select(columns).with_columns(dataset=pl.lit(name)))
    pl.concat(parts).collect().sort("dataset", "key").write_parquet(work / "records.parquet", compression="zstd")
    for name in ("records", "parties", "links", "hits"):
        with (work / f"{name}.parquet").open("rb") as file:
            hashlib.file_digest(file, "sha256")


def main(delivered: Path, form: str) -> None:
    """Run all of it in a folder that goes."""
    stages = Stages()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        with stages.stage("intake"):
            read(delivered, form, work)
        steps = {"validate": typed, "addresses": place, "parties": link, "indicators": look, "publish": publish}
        for name, step in steps.items():
            with stages.stage(name):
                step(work)
    print(json.dumps({"stages": stages.document()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
