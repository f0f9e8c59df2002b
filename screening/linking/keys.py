"""Keys that must agree in a blocking rule: the values of columns, or parts of them, as one number a record."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from screening.linking.encode import Records


def rule_name(rule: Sequence[str]) -> str:
    """A rule as it stands in reports."""
    return " + ".join(rule)


def agreeing(rule: Sequence[str]) -> tuple[str, ...]:
    """The keys of a rule that must agree: all but "column:missing"."""
    return tuple(key for key in rule if not key.endswith(":missing"))


def lacking(records: Records, rule: Sequence[str]) -> np.ndarray | None:
    """Of a rule with "column:missing": which records lack such a column; pairs hold one of these. None: any pair."""
    columns = [key.removesuffix(":missing") for key in rule if key.endswith(":missing")]
    if not columns:
        return None
    lacks = np.zeros(len(records), dtype=bool)
    for column in columns:
        if column in records.codes:
            lacks |= records.codes[column] == 0
        else:
            has = np.zeros(len(records), dtype=bool)
            has[records.lists[records.lists_of([column])[0]].holders(column)[0]] = True
            lacks |= ~has
    return lacks


def block_keys(records: Records, rule: Sequence[str]) -> tuple[np.ndarray, int, np.ndarray | None]:
    """The keys of the records under this rule (u64; 0 = a part is missing, so in no block), and the bits of a key.

    Last: the record of each key, where list columns give records several (else None: a key a record). Parts are packed
    side by side where 64 bits hold them; otherwise they are mixed (two different keys of a million are then equal with
    a chance of one in thirty million, and would cost comparisons, no more).
    """
    rule = agreeing(rule)
    view = records.view(key.split(":")[0] for key in rule)
    source = view.codes if view else records.codes
    parts: list[np.ndarray] = []
    widths: list[int] = []
    missing: np.ndarray | bool = False
    for key in rule:
        column, _, part = key.partition(":")
        codes = source[column]
        missing |= codes == 0
        values = records.pools[column].derived(part) if part else None
        parts.append(codes if values is None else values[codes])
        widths.append(int(len(records.pools[column]) if values is None else values.max(initial=0)).bit_length())
    result = parts[0].astype(np.uint64)
    if sum(widths) <= 64:
        for values, width in zip(parts[1:], widths[1:], strict=True):
            result = (result << np.uint64(width)) | values.astype(np.uint64)
        bits = sum(widths)
    else:
        for values in parts[1:]:
            result = _mix(_mix(result) ^ values.astype(np.uint64))
        bits = 64
    if len(rule) > 1:
        result[missing] = 0
    return result, bits, view.owner if view else None


def _mix(values: np.ndarray) -> np.ndarray:
    """Spread 64 bits (the finaliser of Steele, Lea and Flood's SplitMix64, 2014)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    values ^= values >> np.uint64(31)
    return values


def numbered(key: np.ndarray) -> tuple[np.ndarray, int]:
    """Keys of many bits as numbers from 1, 0 staying 0."""
    order = np.argsort(key)
    is_next = np.ones(len(key), dtype=np.uint64)
    is_next[1:] = key[order][1:] != key[order][:-1]
    has_none = len(key) > 0 and key[order[0]] == 0
    number = np.empty(len(key), dtype=np.uint64)
    number[order] = np.cumsum(is_next) - np.uint64(1 if has_none else 0)
    return number, int(number.max(initial=0)).bit_length()


def key_texts(records: Records, rule: Sequence[str], rows: np.ndarray) -> pl.Series:
    """The values of these keys (`Blocks.heads`) as text: the name under which a cut block is kept in a model."""
    rule = agreeing(rule)
    view = records.view(key.split(":")[0] for key in rule)
    source = view.codes if view else records.codes
    columns = []
    for index, key in enumerate(rule):
        column, _, part = key.partition(":")
        texts = records.pools[column].texts().values.gather(source[column][rows])
        if part.isdigit():
            texts = texts.str.slice(0, int(part))
        elif part:
            texts = texts.str.split("-").list.get(("year", "month", "day").index(part), null_on_oob=True)
        columns.append(texts.alias(str(index)))
    return pl.DataFrame(columns).select(key=pl.concat_str(pl.all(), separator="\x1f", ignore_nulls=True))["key"]
