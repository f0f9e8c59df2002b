"""Hold a published run against the truth of a synthetic municipality: what was planted, and what only looks like it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl


@dataclass(frozen=True)
class Verdict:
    """What a run found of what there is. Rates are None where there is nothing to find."""

    missed_hits: set[tuple[str, str]]
    false_hits: set[tuple[str, str]]
    missed_flags: set[str]
    false_flags: set[str]
    hard_negatives_hit: set[tuple[str, str]]
    hard_negatives_flagged: set[str]
    addresses_wrong: int
    addresses_missed: int
    addresses_guessed: int
    addresses: int
    invalid_accepted: int
    valid_quarantined: int
    rows: int
    pair_precision: float
    pair_recall: float
    sensitive_wrong: set[str]


def judge(town: Path, run: Path) -> Verdict:
    """Compare the files of `run` with `town`/truth."""
    truth = {p.stem: pl.read_parquet(p) for p in (town / "truth").glob("*.parquet")}
    found = {p.stem: pl.read_parquet(p) for p in run.glob("*.parquet")}
    pairs = ["address_id", "indicator"]
    planted = _tuples(truth["hits"], pairs)
    tolerated = _tuples(truth["tolerated"], pairs)
    hits = _tuples(found["evidence"], pairs)
    looks = {(a, i) for a, i in truth["hard_negatives"].select("address_id", "looks_like").iter_rows()}
    wanted = set(truth["flags"].filter(pl.col("expect") == "must")["address_id"])
    allowed = wanted | set(truth["flags"]["address_id"]) | {a for a, _ in tolerated}
    flagged = set(found["flags"]["address_id"])
    sensitive = dict(found["flags"].select("address_id", "sensitive").iter_rows())
    placed = _addresses(truth["addresses"], found["records"])
    precision, recall = _pairwise(truth["parties"], found["parties"])
    invalid = truth["invalid_rows"]
    rejected = found["quarantine"].select("dataset", "row_number").unique()
    must = invalid.filter(pl.col("expect") == "must")
    return Verdict(
        missed_hits=planted - hits - tolerated,
        false_hits=hits - planted - tolerated,
        missed_flags=wanted - flagged,
        false_flags=flagged - allowed,
        hard_negatives_hit=(looks & hits) - planted,
        hard_negatives_flagged={a for a, _ in looks} & (flagged - allowed),
        addresses_wrong=placed.filter("given", "can", ~pl.col("right")).height,
        addresses_missed=placed.filter("can", ~pl.col("given")).height,
        addresses_guessed=placed.filter("given", ~pl.col("can")).height,
        addresses=placed.height,
        invalid_accepted=must.join(rejected, on=["dataset", "row_number"], how="anti").height,
        valid_quarantined=rejected.join(invalid, on=["dataset", "row_number"], how="anti").height,
        rows=found["records"].height + rejected.height,
        pair_precision=precision,
        pair_recall=recall,
        sensitive_wrong={
            a
            for a, s in truth["flags"].select("address_id", "sensitive").iter_rows()
            if a in sensitive and sensitive[a] != s
        },
    )


def _tuples(frame: pl.DataFrame, columns: list[str]) -> set[tuple]:
    return set(frame.select(columns).iter_rows())


def _addresses(truth: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    on = ["dataset", "row_number"]
    return truth.join(records.select(*on, "address_id"), on=on, how="inner").with_columns(
        given=pl.col("address_id").is_not_null(),
        can=pl.col("adresseerbaar_object_id").is_not_null(),
        right=pl.col("accept").fill_null("").str.split("|").list.contains(pl.col("address_id").fill_null("-")),
    )


def _pairwise(truth: pl.DataFrame, parties: pl.DataFrame) -> tuple[float, float]:
    """Pairwise precision and recall over the mentions that can be known (anchored by a birth date or a KVK number)."""
    on = ["dataset", "key", "role", "kind"]
    both = truth.join(parties.select(*on, "party_id").unique(on, keep="first"), on=on, how="inner")
    known = both.filter(pl.col("anchored") & pl.col("required"))
    true = _pairs(known, ["entity_id"])
    right_found = _pairs(known, ["entity_id", "party_id"])
    claimed = _pairs(both, ["party_id"])
    right_claimed = _pairs(both, ["party_id", "entity_id"])
    return (right_claimed / claimed if claimed else 1.0), (right_found / true if true else 1.0)


def _pairs(frame: pl.DataFrame, by: list[str]) -> int:
    n = pl.col("len").cast(pl.Int64)
    return int(frame.group_by(by).len().select((n * (n - 1) // 2).sum()).item() or 0)
