"""Keys that must agree in a blocking rule: the values of columns, or parts of them, as one number a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from screening.linking.encode import Records
from screening.linking.key_parts import Key, parse_key, pieces_of
from screening.linking.values import Pool


def rule_name(rule: Sequence[str]) -> str:
    """A rule as it stands in reports."""
    return " + ".join(rule)


def agreeing(rule: Sequence[str]) -> list[Key]:
    """The keys of a rule that must agree: all but "column:missing"."""
    return [key for key in map(parse_key, rule) if not key.is_condition]


def lacking(records: Records, rule: Sequence[str]) -> np.ndarray | None:
    """Of a rule with "column:missing": which records lack such a column; pairs hold one of these. None: any pair."""
    conditions = [key.columns[0] for key in map(parse_key, rule) if key.is_condition]
    if not conditions:
        return None
    lacks = np.zeros(len(records), dtype=bool)
    for column in conditions:
        if column in records.codes:
            lacks |= records.codes[column] == 0
        else:
            has = np.zeros(len(records), dtype=bool)
            has[records.lists[records.lists_of([column])[0]].holders(column)[0]] = True
            lacks |= ~has
    return lacks


@dataclass(frozen=True)
class KeyRows:
    """Keys of records under a rule: which row (of a record, or of its readings) each is of, and which piece it takes.

    `pieces`: by place in the rule of a key that can be several: the number of each row's piece (from 1).
    """

    rows: np.ndarray
    pieces: dict[int, np.ndarray]

    def take(self, positions: np.ndarray) -> KeyRows:
        """These keys only."""
        return KeyRows(self.rows[positions], {place: numbers[positions] for place, numbers in self.pieces.items()})


@dataclass(frozen=True)
class BlockKeys:
    """The keys of records: `keys` (u64; 0 = a part is missing, so in no block) and how many `bits` they have.

    `owner`, `rows`: the record of every key, and what it is of, where records can have several; None: a key a record.
    """

    keys: np.ndarray
    bits: int
    owner: np.ndarray | None = None
    rows: KeyRows | None = None


def block_keys(records: Records, rule: Sequence[str]) -> BlockKeys:
    """The keys of the records under this rule.

    Parts are packed side by side; what 64 bits do not hold is numbered anew in between.
    """
    agree = agreeing(rule)
    view = records.view(column for key in agree for column in key.columns)
    source = view.codes if view else records.codes
    rows: KeyRows | None = None
    parts: list[np.ndarray] = []
    widths: list[int] = []
    for place, key in enumerate(agree):
        pool = records.pools[key.columns[0]]
        if key.is_several:
            every = np.arange(len(source[key.columns[0]])) if rows is None else rows.rows
            owner, numbers = _several(pool, key, [source[name][every] for name in key.columns])
            rows = (rows or KeyRows(every, {})).take(owner)
            rows.pieces[place] = numbers
            parts = [*(values[owner] for values in parts), numbers]
            widths.append(len(pool.pieces(key.parts).texts).bit_length())
            continue
        codes = source[key.columns[0]]
        codes = codes if rows is None else codes[rows.rows]
        derived = pool.derived(key.parts) if key.parts else None
        parts.append(codes if derived is None else derived.take(codes))
        widths.append(int(len(pool) if derived is None else derived.max(initial=0)).bit_length())
    keys, bits = _packed_keys(parts, widths)
    if view is None and rows is None:
        return BlockKeys(keys, bits)
    rows = rows or KeyRows(np.arange(len(keys)), {})
    return BlockKeys(keys, bits, view.owner[rows.rows] if view else rows.rows, rows)


def _several(pool: Pool, key: Key, columns: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """For every piece of every row: the row, and the number of the piece (from 1)."""
    pieces = pool.pieces(key.parts)
    owners, numbers = [], []
    for codes in columns:
        counts = pieces.counts[codes]
        owner = np.repeat(np.arange(len(codes)), counts)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
        owners.append(owner)
        numbers.append(pieces.numbers[pieces.starts[codes][owner] + within])
    return np.concatenate(owners), np.concatenate(numbers)


def _packed_keys(parts: list[np.ndarray], widths: list[int]) -> tuple[np.ndarray, int]:
    """Keys of several parts as one number, 0 where any part is 0, and its bits."""
    result, bits = parts[0].astype(np.uint64), widths[0]
    for values, width in zip(parts[1:], widths[1:], strict=True):
        missing = (result == 0) | (values == 0)
        if bits + width > 64:
            result, bits = numbered(result)
        result = (result << np.uint64(width)) | values.astype(np.uint64)
        result[missing] = 0
        bits += width
    return result, bits


def numbered(key: np.ndarray) -> tuple[np.ndarray, int]:
    """Keys of many bits as numbers from 1, 0 staying 0."""
    order = pl.Series(key).arg_sort().to_numpy()
    is_next = np.ones(len(key), dtype=np.uint64)
    is_next[1:] = key[order][1:] != key[order][:-1]
    has_none = len(key) > 0 and key[order[0]] == 0
    number = np.empty(len(key), dtype=np.uint64)
    number[order] = np.cumsum(is_next) - np.uint64(1 if has_none else 0)
    return number, int(number.max(initial=0)).bit_length()


def key_texts(records: Records, rule: Sequence[str], heads: KeyRows) -> pl.Series:
    """The values of these keys (`Blocks.heads`) as text: the name under which a cut block is kept in a model."""
    agree = agreeing(rule)
    view = records.view(column for key in agree for column in key.columns)
    source = view.codes if view else records.codes
    columns = []
    for place, key in enumerate(agree):
        pool = records.pools[key.columns[0]]
        if place in heads.pieces:
            texts = pool.pieces(key.parts).texts.gather(heads.pieces[place] - 1)
        else:
            texts = pool.texts().values.gather(source[key.columns[0]][heads.rows])
            if key.parts:
                pieces = pieces_of(texts, key.parts)
                texts = pl.DataFrame({"value": np.arange(len(texts), dtype=np.uint32)}).join(
                    pieces, on="value", how="left"
                )["text"]
        columns.append(texts.alias(str(place)))
    return pl.DataFrame(columns).select(key=pl.concat_str(pl.all(), separator="\x1f", ignore_nulls=True))["key"]
