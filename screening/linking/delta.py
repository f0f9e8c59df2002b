"""The nightly delta: new records against a base that was prepared before, with the same result as the whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from screening.errors import ConfigurationError
from screening.linking.block import CUT_BLOCKS, Blocks
from screening.linking.encode import Records, encode, pool_groups
from screening.linking.linking import Linked, Scorer, admitted_pairs, blocks_and_cut
from screening.linking.model import LinkModel
from screening.linking.readings import Readings
from screening.linking.values import Pool


@dataclass(frozen=True)
class PreparedRecords:
    """Records prepared once for many deltas: encoded, with the sorted blocks of every rule."""

    model: LinkModel
    records: Records


def prepare_records(model: LinkModel, records: pl.DataFrame) -> PreparedRecords:
    """Encode the records that later deltas are linked to."""
    return PreparedRecords(model, encode(records, model.settings))


def save_prepared(base: PreparedRecords, folder: Path) -> None:
    """Write a prepared base as Parquet.

    codes.parquet: a row a record; readings_<n>.parquet: a row a reading of list columns; values_<column>.parquet: the
    distinct values. It holds the records' values: keep it where the records may be kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    records = base.records
    columns = {f"code_{name}": codes for name, codes in records.codes.items()}
    spans = {f"span_{name}": days for name, days in records.spans.items()}
    frame = pl.DataFrame({"id": records.ids, **columns, **spans})
    if records.source is not None:
        raise ConfigurationError("a base is kept for deduplication only: link two sources in one run")
    frame.write_parquet(folder / "codes.parquet", compression="lz4")
    for number, readings in enumerate(records.lists):
        rows = pl.DataFrame({"_row": readings.owner, **readings.codes})
        rows.write_parquet(folder / f"readings_{number}.parquet", compression="lz4")
    for name, pool in records.pools.items():
        pl.DataFrame({"v": pool.values}).write_parquet(folder / f"values_{name}.parquet", compression="lz4")


def load_prepared(model: LinkModel, folder: Path) -> PreparedRecords:
    """The base that `save_prepared` wrote; `ConfigurationError` where it does not fit the model."""
    try:
        frame = pl.read_parquet(folder / "codes.parquet")
        lists = []
        for file in sorted(folder.glob("readings_*.parquet")):
            rows = pl.read_parquet(file)
            counts = np.bincount(rows["_row"].to_numpy(), minlength=len(frame))
            lists.append(Readings(counts, {name: rows[name].to_numpy() for name in rows.columns[1:]}))
        listed = {name for readings in lists for name in readings.codes}
        single = [name for name in model.settings.columns if name not in listed]
        if not {f"code_{name}" for name in single} <= set(frame.columns):
            raise ConfigurationError(f"{folder}: this base was prepared for other settings; prepare it anew")
        pools: dict[str, Pool] = {}
        for group in pool_groups(model.settings):
            pool = Pool(pl.read_parquet(folder / f"values_{group[0]}.parquet")["v"])
            pools |= dict.fromkeys(group, pool)
    except OSError as error:
        raise ConfigurationError(f"{folder}: no prepared base can be read here ({type(error).__name__})") from None
    codes = {name: frame[f"code_{name}"].to_numpy() for name in single}
    spans = {name[5:]: frame[name].to_numpy() for name in frame.columns if name.startswith("span_")}
    return PreparedRecords(model, Records(frame["id"], codes, pools, None, spans, lists))


def link_delta(base: PreparedRecords, delta: pl.DataFrame) -> tuple[Linked, PreparedRecords]:
    """The pairs that hold a record of the delta, and the base with the delta in it.

    Together with the pairs of the base they are, value for value, what `link` gives on both: the weights, frequencies
    and hot blocks are those that the model froze. Ids of the delta must be new (`ConfigurationError`).
    """
    model = base.model
    new = encode(delta, model.settings, base.records.pools)
    if base.records.ids.is_in(new.ids.implode()).any():
        raise ConfigurationError("the delta holds ids that the base has: remove the old records from the base first")
    both = Records(
        pl.concat([base.records.ids, new.ids]),
        {name: np.concatenate([codes, new.codes[name]]) for name, codes in base.records.codes.items()},
        new.pools,
        None,
        {name: np.concatenate([days, new.spans[name]]) for name, days in base.records.spans.items()},
        [readings.joined(more) for readings, more in zip(base.records.lists, new.lists, strict=True)],
    )
    rows = np.arange(len(base.records), len(both), dtype=np.int32)
    scorer = Scorer(model, both)
    scored, cuts, compared = [], [], 0
    earlier: list[Blocks] = []
    for number, rule in enumerate(model.settings.blocking):
        blocks, cut = blocks_and_cut(model, both, rule)
        cuts.append(cut)
        left, right = blocks.pairs_with(rows)
        kept = admitted_pairs(both, earlier, left, right)
        compared += len(kept)
        for start in range(0, len(kept), 1_000_000):
            part = kept[start : start + 1_000_000]
            scored.append(scorer.score(left[part], right[part], number))
        earlier.append(blocks)
    cut = pl.concat(cuts) if cuts else pl.DataFrame(schema=CUT_BLOCKS)
    return Linked(scorer.frame(scored), cut, compared), PreparedRecords(model, both)
