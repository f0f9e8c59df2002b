"""Encoded records as frames to keep: equal records give equal frames, and no frame holds a value that no record has."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from screening.base.errors import ConfigurationError
from screening.linking.encode import Records, pool_groups
from screening.linking.model import FREQUENCIES, LinkModel
from screening.linking.readings import Readings
from screening.linking.settings import Settings
from screening.linking.tokens import token_column
from screening.linking.values import Pool

#: The frames of prepared records.
CODES, VALUES = "codes", "values"

#: One row a distinct value and one without a value a column: the first column of those that share values, and the type.
_VALUES: dict[str, pl.DataType] = {"column": pl.String(), "is_date": pl.Boolean(), "value": pl.String()}


def records_to_frames(records: Records, settings: Settings) -> dict[str, pl.DataFrame]:
    """CODES: a row a record in order of id, readings as lists. VALUES: the distinct values, codes being their order.

    Columns that these settings do not know are left out.
    """
    records = records.taken(np.argsort(records.rank, kind="stable"))
    values: list[pl.DataFrame] = []
    numbers: dict[str, np.ndarray] = {}
    for group in pool_groups(settings):
        pool = records.pools[group[0]]
        kept = _used(records, group, pool)
        # by two columns Polars sorts texts in a third of the time that the order of one takes
        held = pl.DataFrame({"value": pool.values.gather(kept - 1), "code": kept})
        order = held.sort("value", "code")["code"].to_numpy()
        number = np.zeros(len(pool) + 1, dtype=np.uint32)
        number[order] = np.arange(1, len(order) + 1, dtype=np.uint32)
        numbers |= dict.fromkeys(group, number)
        texts = pl.concat([pl.Series([None], dtype=pl.String), pool.values.gather(order - 1).cast(pl.String)])
        values.append(
            pl.DataFrame({"value": texts}).select(
                column=pl.lit(group[0]), is_date=pl.lit(pool.values.dtype == pl.Date), value="value"
            )
        )
    columns = {"id": records.ids, **({} if records.origins is None else {"source": records.origins})}
    columns |= {
        f"code_{name}": pl.Series(numbers[name][codes]) for name, codes in records.codes.items() if name in numbers
    }
    columns |= {f"span_{name}": pl.Series(days) for name, days in records.spans.items()}
    for index, readings in enumerate(records.lists):
        codes_of_list = {name: numbers[name][codes] for name, codes in readings.codes.items() if name in numbers}
        columns |= {f"list{index}_{name}": readings.as_lists(codes) for name, codes in codes_of_list.items()}
    return {CODES: pl.DataFrame(columns), VALUES: pl.concat([pl.DataFrame(schema=_VALUES), *values])}


def records_from_frames(frames: Mapping[str, pl.DataFrame], settings: Settings) -> Records:
    """What `records_to_frames` gave; `ConfigurationError` where it was made under other settings."""
    frame, values = frames[CODES], frames[VALUES]
    codes = {name[5:]: frame[name].to_numpy() for name in frame.columns if name.startswith("code_")}
    spans = {name[5:]: frame[name].to_numpy() for name in frame.columns if name.startswith("span_")}
    lists: dict[str, dict[str, pl.Series]] = {}
    for name in frame.columns:
        if name.startswith("list"):
            number, _, column = name[4:].partition("_")
            lists.setdefault(number, {})[column] = frame[name]
    columns_kept = {*codes, *(name for columns in lists.values() for name in columns)}
    by_column = values.partition_by("column", as_dict=True, maintain_order=True)
    pools: dict[str, Pool] = {}
    for group in pool_groups(settings):
        rows = by_column.get((group[0],))
        if rows is None or not columns_kept.issuperset(group) or bool(settings.source) != ("source" in frame.columns):
            raise ConfigurationError("these records were prepared for other settings: prepare them anew")
        distinct = rows["value"].drop_nulls()
        pools |= dict.fromkeys(group, Pool(distinct.str.to_date("%Y-%m-%d") if rows["is_date"][0] else distinct))
    origins = frame["source"] if settings.source else None
    return Records(frame["id"], codes, pools, origins, spans, [_readings(columns) for columns in lists.values()])


def model_values(model: LinkModel, records: Records) -> dict[str, pl.DataFrame]:
    """What a model holds of values, as frames to keep beside its records: "frequencies" and "cut_keys".

    A value that no record of these has, or that counts once, is left out of its row: the row still counts, so every
    weight is what it was. What is cut stands in more than `max_block` records, so it tells of nobody.
    """
    held = [
        pl.DataFrame({"value": _held(records, column)}, schema={"value": pl.String}).with_columns(
            column=pl.lit(column), is_held=pl.lit(True)
        )
        for column in sorted(model.frequencies["column"].unique())
    ]
    none_held = pl.DataFrame(schema={"value": pl.String, "column": pl.String, "is_held": pl.Boolean})
    present = pl.concat([none_held, *held])
    frequencies = model.frequencies.join(present, on=["column", "value"], how="left", maintain_order="left")
    named = pl.col("is_held").fill_null(False) & (pl.col("count") > 1)
    frequencies = frequencies.with_columns(value=pl.when(named).then("value"))
    cut = [(rule, key) for rule, keys in sorted(model.hot.items()) for key in keys]
    return {
        "frequencies": frequencies.select(list(FREQUENCIES)).sort(list(FREQUENCIES), nulls_last=True),
        "cut_keys": pl.DataFrame(cut, schema={"rule": pl.String, "key": pl.String}, orient="row"),
    }


def decoded(records: Records, settings: Settings) -> pl.DataFrame:
    """The records as they were before they were encoded, readings as lists; for whoever must read them."""
    columns: dict[str, pl.Series] = {"id": records.ids}
    for name in settings.columns:
        values = pl.concat([pl.Series([None], dtype=pl.String), records.pools[name].values.cast(pl.String)])
        if name in records.codes:
            columns[name] = values.gather(records.codes[name])
            continue
        readings = records.lists[records.lists_of([name])[0]]
        rows = pl.DataFrame({"_row": readings.owner, name: values.gather(readings.codes[name])})
        columns[name] = rows.group_by("_row", maintain_order=True).agg(name)[name]
    return pl.DataFrame(columns)


def _held(records: Records, column: str) -> pl.Series:
    """The distinct values, as text, or words that these records have under a name of FREQUENCIES."""
    name = column.removesuffix(token_column(""))
    pool = records.pools[name]
    held = pool.values.gather(_used(records, (name,), pool) - 1)
    return Pool(held).tokens.words if name != column else held.cast(pl.String)


def _used(records: Records, group: tuple[str, ...], pool: Pool) -> np.ndarray:
    """The codes above 0 that these records have in any of these columns, rising."""
    seen = np.zeros(len(pool) + 1, dtype=bool)
    for name in group:
        whole = records.codes.get(name)
        seen[records.lists[records.lists_of([name])[0]].codes[name] if whole is None else whole] = True
    return np.flatnonzero(seen[1:]) + 1


def _readings(columns: Mapping[str, pl.Series]) -> Readings:
    first = next(iter(columns.values()))
    return Readings(
        first.list.len().cast(pl.Int64).to_numpy(),
        {name: column.explode().cast(pl.UInt32).to_numpy() for name, column in columns.items()},
    )
