"""The nightly delta: new records against a base that was prepared before, with the same result as the whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from screening.base.errors import ConfigurationError
from screening.linking.encode import Records, encode
from screening.linking.linking import Linked, link_encoded, warned
from screening.linking.model import LinkModel
from screening.linking.prepared import CODES, VALUES, records_from_frames, records_to_frames
from screening.linking.settings import Settings


@dataclass(frozen=True)
class PreparedRecords:
    """Records prepared once for many deltas: encoded, with the sorted blocks of every rule."""

    model: LinkModel
    records: Records


def prepare_records(model: LinkModel, records: pl.DataFrame) -> PreparedRecords:
    """Encode the records that later deltas are linked to."""
    return PreparedRecords(model, encode(records, model.settings))


def save_prepared(base: PreparedRecords, folder: Path) -> None:
    """Write a prepared base as Parquet: codes.parquet and values.parquet.

    It holds the records' values: keep it where the records may be kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in records_to_frames(base.records, base.model.settings).items():
        frame.write_parquet(folder / f"{name}.parquet", compression="lz4")


def load_prepared(model: LinkModel, folder: Path) -> PreparedRecords:
    """The base that `save_prepared` wrote; `ConfigurationError` where it does not fit the model."""
    try:
        frames = {name: pl.read_parquet(folder / f"{name}.parquet") for name in (CODES, VALUES)}
    except OSError as error:
        raise ConfigurationError(f"{folder}: no prepared base can be read here ({type(error).__name__})") from None
    return PreparedRecords(model, records_from_frames(frames, model.settings))


def link_delta(base: PreparedRecords, delta: pl.DataFrame) -> tuple[Linked, PreparedRecords]:
    """The pairs that hold a record of the delta, and the base with the delta in it.

    Together with the pairs of the base they are, value for value, what `link` gives on both: the weights, frequencies
    and hot blocks are those that the model froze. Ids of the delta must be new (`ConfigurationError`).
    """
    both, rows = with_new_records(base.records, delta, base.model.settings)
    return warned(link_encoded(base.model, both, rows)), PreparedRecords(base.model, both)


def with_new_records(records: Records, new: pl.DataFrame, settings: Settings) -> tuple[Records, np.ndarray]:
    """These records and new ones in the order of their ids, and the rows of the new ones."""
    encoded = encode(new, settings, records.pools)
    if records.ids.is_in(encoded.ids.implode()).any():
        raise ConfigurationError("the delta holds ids that the base has: remove the old records from the base first")
    both = records.joined(encoded)
    order = both.ids.arg_sort().to_numpy()
    return both.taken(order), np.flatnonzero(order >= len(records)).astype(np.int32)
