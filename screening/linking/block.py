"""Which pairs are compared: keys that must agree, a bound on blocks that are too large, pairs in chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from screening.linking.encode import Records

#: Pairs made at one time; each costs some 60 bytes while it is compared.
PAIRS_AT_ONCE = 1_000_000

#: One row a block that was cut: the rule, its values, how many records it holds and how many pairs were not made.
CUT_BLOCKS: dict[str, pl.DataType] = {
    "rule": pl.String(),
    "key": pl.String(),
    "records": pl.Int64(),
    "pairs": pl.Int64(),
}


def rule_name(rule: Sequence[str]) -> str:
    """A rule as it stands in reports."""
    return " + ".join(rule)


def block_keys(records: Records, rule: Sequence[str]) -> tuple[np.ndarray, int]:
    """The key of every record under this rule (u64; 0 = a part is missing, so in no block), and how many bits it has.

    Parts are packed side by side where 64 bits hold them; otherwise they are mixed (two different keys of a million
    are then equal with a chance of one in thirty million, and would cost comparisons, no more).
    """
    parts: list[np.ndarray] = []
    widths: list[int] = []
    missing = np.zeros(len(records), dtype=bool)
    for key in rule:
        column, _, part = key.partition(":")
        codes = records.codes[column]
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
    return result, bits


def _mix(values: np.ndarray) -> np.ndarray:
    """Spread 64 bits (the finaliser of Steele, Lea and Flood's SplitMix64, 2014)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    values ^= values >> np.uint64(31)
    return values


def key_texts(records: Records, rule: Sequence[str], rows: np.ndarray) -> pl.Series:
    """The values of these records' keys as text: the name under which a cut block is kept in a model."""
    columns = []
    for index, key in enumerate(rule):
        column, _, part = key.partition(":")
        texts = records.pools[column].texts().values.gather(records.codes[column][rows])
        if part.isdigit():
            texts = texts.str.slice(0, int(part))
        elif part:
            texts = texts.str.split("-").list.get(("year", "month", "day").index(part), null_on_oob=True)
        columns.append(texts.alias(str(index)))
    return pl.DataFrame(columns).select(key=pl.concat_str(pl.all(), separator="\x1f", ignore_nulls=True))["key"]


class Blocks:
    """The blocks of one rule.

    `order`: the rows that have a key, block after block, in a block by row (int32). `starts`, `sizes`: per block
    (int32). `block`: per record the number of its block from 1, 0 = none (u32).
    """

    def __init__(self, rule: Sequence[str], order: np.ndarray, sizes: np.ndarray, block: np.ndarray) -> None:
        self.rule, self.order, self.sizes, self.block = tuple(rule), order, sizes, block
        self.starts = (np.cumsum(sizes, dtype=np.int64) - sizes).astype(np.int32)

    @staticmethod
    def make(records: Records, rule: Sequence[str]) -> Blocks:
        """The blocks of these records under a rule."""
        key, bits = block_keys(records, rule)
        row_bits = max(len(records) - 1, 1).bit_length()
        if bits + row_bits > 64:
            key, bits = _numbered(key)
        # one sort of plain integers is eight times as fast as sorting positions by key, and has no ties
        packed = (key << np.uint64(row_bits)) | np.arange(len(key), dtype=np.uint64)
        packed.sort()
        packed = packed[np.searchsorted(packed, np.uint64(1) << np.uint64(row_bits)) :]
        order = (packed & np.uint64((1 << row_bits) - 1)).astype(np.int32)
        packed >>= np.uint64(row_bits)
        is_first = np.ones(len(packed), dtype=bool)
        np.not_equal(packed[1:], packed[:-1], out=is_first[1:])
        starts = np.flatnonzero(is_first)
        sizes = np.diff(np.append(starts, len(packed))).astype(np.int32)
        block = np.zeros(len(key), dtype=np.uint32)
        block[order] = np.cumsum(is_first, dtype=np.uint32)
        return Blocks(rule, order, sizes, block)

    def find_hot(self, most: int) -> np.ndarray:
        """Positions of blocks of more records than `most`."""
        return np.flatnonzero(self.sizes > most)

    def without(self, hot: np.ndarray) -> Blocks:
        """These blocks but for the hot ones, whose records then have no block under this rule."""
        if not len(hot):
            return self
        gone = np.zeros(len(self.sizes) + 1, dtype=bool)
        gone[hot + 1] = True
        sizes = np.where(gone[1:], 0, self.sizes).astype(np.int32)
        block = np.where(gone[self.block], np.uint32(0), self.block)
        return Blocks(self.rule, self.order[~gone[self.block[self.order]]], sizes, block)

    @property
    def pairs(self) -> int:
        """How many pairs the blocks hold."""
        sizes = self.sizes.astype(np.int64)
        return int((sizes * (sizes - 1) // 2).sum())

    def chunks(self, share: float = 1.0, at_once: int = PAIRS_AT_ONCE) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """All pairs as two arrays of rows (int32), about `at_once` at a time.

        `share` below one: only of every so manieth record, evenly over the blocks.
        """
        if not self.pairs:
            return
        after = np.repeat(self.starts + self.sizes - 1, self.sizes) - np.arange(len(self.order), dtype=np.int32)
        if share < 1.0:
            row = np.arange(len(after))
            after = np.where(np.floor((row + 1) * share) > np.floor(row * share), after, 0)
        total = np.cumsum(after, dtype=np.int64)
        bounds = np.searchsorted(total, np.arange(at_once, total[-1] + at_once, at_once), side="left") + 1
        first = 0
        for last in np.unique(np.minimum(bounds, len(total))):
            count = after[first:last]
            ends = np.cumsum(count)
            if len(ends) and ends[-1]:
                position = np.repeat(np.arange(first, last, dtype=np.int32), count)
                # the k-th pair of a row is with the k-th row after it
                right = np.arange(1, ends[-1] + 1, dtype=np.int32) + position
                right -= np.repeat((ends - count).astype(np.int32), count)
                yield self.order[position], self.order[right]
            first = last

    def pairs_with(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """All pairs that hold one of these rows at least, each once (a pair of two of them too)."""
        is_new = np.zeros(len(self.block), dtype=bool)
        is_new[rows] = True
        rows = rows[self.block[rows] != 0]
        mine = self.block[rows] - 1
        low, count = self.starts[mine], self.sizes[mine]
        left = np.repeat(rows, count)
        ends = np.cumsum(count, dtype=np.int64)
        within = np.arange(int(count.sum())) - np.repeat(ends - count, count)
        right = self.order[np.repeat(low, count) + within]
        keep = (left != right) & (~is_new[right] | (left < right))
        return left[keep].astype(np.int32), right[keep].astype(np.int32)


def _numbered(key: np.ndarray) -> tuple[np.ndarray, int]:
    """Keys of many bits as numbers from 1, 0 staying 0."""
    order = np.argsort(key)
    is_next = np.ones(len(key), dtype=np.uint64)
    is_next[1:] = key[order][1:] != key[order][:-1]
    has_none = len(key) > 0 and key[order[0]] == 0
    number = np.empty(len(key), dtype=np.uint64)
    number[order] = np.cumsum(is_next) - np.uint64(1 if has_none else 0)
    return number, int(number.max(initial=0)).bit_length()


def found_before(earlier: Sequence[np.ndarray], left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Which pairs an earlier rule already makes (`earlier`: its `block` numbers, those of cut blocks 0)."""
    is_found = np.zeros(len(left), dtype=bool)
    for block in earlier:
        mine = block[left]
        is_found |= (mine == block[right]) & (mine != 0)
    return is_found


def cut_report(records: Records, blocks: Blocks, hot: np.ndarray) -> pl.DataFrame:
    """CUT_BLOCKS of these blocks, largest first."""
    size = blocks.sizes[hot].astype(np.int64)
    frame = pl.DataFrame(
        {
            "rule": pl.Series([rule_name(blocks.rule)] * len(hot), dtype=pl.String),
            "key": key_texts(records, blocks.rule, blocks.order[blocks.starts[hot]]),
            "records": size,
            "pairs": size * (size - 1) // 2,
        },
        schema=CUT_BLOCKS,
    )
    return frame.sort(["records", "key"], descending=[True, False])
