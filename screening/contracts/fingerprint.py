"""What a delivery looks like in counts, and whether the next one of that register looks like it. No personal value.

A row is known again by keyed hashes: of its key, and of each of its values. They tell that a value changed, not what.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

import polars as pl

from screening.datasets import DataSet
from screening.frames import Row
from screening.word_lists import read_lists

#: A register with fewer rows has wider bounds: one row is a large share of it.
SMALL = 50
#: Shares and counts beyond which a delivery is suspect (docs/decisions). Known rows count a tenth of `max_row_change`.
NULL_CHANGE, CODE_CHANGE, PREFIX_CHANGE, VALUE_CHANGE, CODE_VALUE_CHANGE = 0.15, 0.25, 0.1, 0.05, 0.5
LEAST_ROWS, LEAST_VALUES, YEARS = 3, 5, 20

_KEY, _PLACE = "key_hash", "place"
_OBJECT_PREFIX = 4
#: A letter of two bytes of UTF-8, each taken for a letter of Windows-1252 and written as UTF-8 again.
_READ_TWICE = "[ÂÃÄÅ][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€]"


@dataclass(frozen=True)
class Reason:
    """Why a delivery is suspect: a code of `reasons.yaml`, with the counts and the name of the column."""

    code: str
    counts: Mapping[str, int] = field(default_factory=dict)
    column: str = ""

    def document(self) -> Row:
        """The reason with its sentence in both languages."""
        words = {
            language: text.format(column=self.column, **self.counts) for language, text in _texts()[self.code].items()
        }
        column = {"column": self.column} if self.column else {}
        return {"code": self.code, **column, "counts": dict(self.counts), **words}


@cache
def _texts() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = read_lists("screening.contracts", "reasons.yaml")
    return texts


def fingerprint(text: pl.DataFrame, about: DataSet) -> Row:
    """Take the fingerprint of a register.

    Args:
        text: The text frame: the canonical columns that the source has.
        about: The register.

    Returns:
        `rows`; `columns`: name -> `empty` (share), and where they name nobody `codes` (code -> share), `prefixes` of
        BAG ids, `oldest` and `newest` (years of dates); `read_twice`: rows with letters that were converted twice.
    """
    births = {party.birth_date for party in about.parties}
    columns: Row = {}
    names = []
    for name in (name for name in about.kept_columns if name in text.columns):
        column, values = about.columns[name], text[name].drop_nulls()
        entry: Row = {"empty": round(text[name].null_count() / max(text.height, 1), 4)}
        if column.form == "code" or column.logical_type == "boolean":
            known = set(column.codes) | {"ja", "nee"}
            entry["codes"] = _shares(values.filter(values.is_in(list(known))))
        elif column.form == "object_id":
            entry["prefixes"] = _shares(values.str.slice(0, _OBJECT_PREFIX))
        elif column.logical_type in ("date", "timestamp") and name not in births:
            years = values.str.extract(r"^(\d{4})").cast(pl.Int64, strict=False).drop_nulls().sort()
            if years.len():
                entry |= {"oldest": years.item(0), "median": years.item(years.len() // 2), "newest": years.item(-1)}
        elif column.logical_type in ("string", "array"):
            names.append(name)
        columns[name] = entry
    twice = (
        text.select(pl.any_horizontal(pl.col(names).str.contains(_READ_TWICE).fill_null(False)).sum()).item()
        if names
        else 0
    )
    return {"rows": text.height, "columns": columns, "read_twice": twice}


def _shares(values: pl.Series) -> dict[str, float]:
    counted = values.value_counts(sort=False, name="rows").sort(values.name)
    return {value: round(rows / values.len(), 4) for value, rows in counted.iter_rows()}


def differences(now: Row, before: Row, max_row_change: float) -> Iterator[Reason]:
    """Hold a fingerprint against that of the last good delivery."""
    rows, rows_before = now["rows"], before["rows"]
    is_small = rows_before < SMALL
    bound = max(max_row_change, 0.5) if is_small else max_row_change
    if rows_before and abs(rows - rows_before) > max(LEAST_ROWS, bound * rows_before):
        yield Reason("row_count", {"rows": rows, "before": rows_before})
    if now["read_twice"] >= LEAST_ROWS and now["read_twice"] > 2 * before["read_twice"]:
        yield Reason("read_twice", {"rows": now["read_twice"]})
    for name, entry_before in before["columns"].items():
        entry = now["columns"].get(name)
        if entry is None:
            yield Reason("column_gone", column=name)
            continue
        if is_small or rows < SMALL:
            continue
        if abs(entry["empty"] - entry_before["empty"]) > NULL_CHANGE:
            percents = {"percent": round(100 * entry["empty"]), "percent_before": round(100 * entry_before["empty"])}
            yield Reason("column_filled_otherwise", percents, name)
        if _distance(entry.get("codes"), entry_before.get("codes")) > CODE_CHANGE:
            yield Reason("other_codes", column=name)
        if _distance(entry.get("prefixes"), entry_before.get("prefixes")) > PREFIX_CHANGE:
            yield Reason("other_municipality", column=name)
        if "median" in entry and "median" in entry_before and abs(entry["median"] - entry_before["median"]) > YEARS:
            yield Reason("dates_moved", {"years": YEARS}, name)


def _distance(shares: Mapping[str, float] | None, before: Mapping[str, float] | None) -> float:
    """The share of rows that would have to change for the one mix to become the other."""
    if not shares or not before:
        return 0.0
    return sum(abs(shares.get(value, 0.0) - before.get(value, 0.0)) for value in {*shares, *before}) / 2


def row_hashes(text: pl.DataFrame, about: DataSet, key: bytes) -> pl.DataFrame:
    """One row a record of a text frame: hash of its key, its place, and a hash of each value (null stays null)."""
    identity = [about.key] if about.key else [name for name in about.fingerprint if name in text.columns]
    kept = [
        name for name in about.kept_columns if name in text.columns and about.columns[name].form != "reporter_token"
    ]
    keys = text.select(pl.concat_str(identity, separator="\x1f", ignore_nulls=True)).to_series()
    frame = pl.DataFrame([_hashed(keys, key).alias(_KEY), *(_hashed(text[name], key) for name in kept)])
    return frame.with_row_index(_PLACE).drop_nulls(_KEY).unique(_KEY, keep="first", maintain_order=True)


def _hashed(values: pl.Series, key: bytes) -> pl.Series:
    distinct = values.drop_nulls().unique()
    digests = [hashlib.blake2b(value.encode(), key=key, digest_size=8).digest() for value in distinct.to_list()]
    numbers = pl.Series([int.from_bytes(digest, "big") for digest in digests], dtype=pl.UInt64)
    return values.replace_strict(distinct, numbers, default=None, return_dtype=pl.UInt64)


def changed_rows(now: pl.DataFrame, before: pl.DataFrame, about: DataSet, max_row_change: float) -> Iterator[Reason]:
    """Hold the rows of a delivery against those of the last good one (`row_hashes` of both, under one key)."""
    vanished = before.join(now, on=_KEY, how="anti")
    bound = (
        max(2, 0.1 * before.height)
        if before.height < SMALL
        else max(LEAST_ROWS - 1, max_row_change / 10 * before.height)
    )
    if vanished.height > bound:
        yield Reason("keys_vanished", {"rows": vanished.height, "before": before.height})
    elif vanished.height >= LEAST_ROWS - 1 and vanished.equals(before.tail(vanished.height)):
        yield Reason("cut_at_end", {"rows": vanished.height})
    both = before.join(now, on=_KEY, suffix="_now")
    for name in (name for name in before.columns if name not in (_KEY, _PLACE) and f"{name}_now" in both.columns):
        filled = both.filter(pl.col(name).is_not_null())
        changed = filled.filter(~pl.col(name).eq_missing(pl.col(f"{name}_now")))
        column = about.columns[name]
        limit = CODE_VALUE_CHANGE if column.form == "code" else VALUE_CHANGE
        is_turned = column.logical_type == "boolean" and _is_value_gone(filled, name)
        if is_turned or (changed.height >= LEAST_VALUES and changed.height > limit * filled.height):
            yield Reason("values_changed", {"rows": changed.height, "before": filled.height}, name)


def _is_value_gone(filled: pl.DataFrame, name: str) -> bool:
    """Whether the rows that had one of the values of a column have mostly another now, as where headers are swapped."""
    kept = filled.group_by(name).agg(rows=pl.len(), changed=(~pl.col(name).eq_missing(pl.col(f"{name}_now"))).sum())
    return kept.filter((pl.col("rows") >= LEAST_ROWS) & (pl.col("changed") > pl.col("rows") / 2)).height > 0
