"""Which pairs are compared: keys that must agree, a bound on blocks that are too large, pairs in chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from screening.matching.engine.encode import Records

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


def keys(records: Records, rule: Sequence[str]) -> np.ndarray:
    """The block of every record under this rule (u64; 0 = a part is missing, so in no block).

    Two parts that fit in 32 bits are kept as they are; others are mixed to 64 bits (two different blocks of a million
    meet with a chance of one in ten million, and then cost a comparison, no more).
    """
    result: np.ndarray | None = None
    missing = np.zeros(len(records), dtype=bool)
    for key in rule:
        column, _, part = key.partition(":")
        codes = records.codes[column]
        missing |= codes == 0
        values = records.pools[column].derived(part)[codes] if part else codes
        values = values.astype(np.uint64)
        if result is None:
            result = values
        elif len(rule) == 2 and max(result.max(initial=0), values.max(initial=0)) < 2**32:
            result = (result << np.uint64(32)) | values
        else:
            result = _mix(_mix(result) ^ values)
    assert result is not None  # noqa: S101 - settings refuse an empty rule
    result = np.where(result == 0, np.uint64(1), result)
    result[missing] = 0
    return result


def _mix(values: np.ndarray) -> np.ndarray:
    """Spread 64 bits (the finaliser of Steele, Lea and Flood's SplitMix64, 2014)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def key_text(records: Records, rule: Sequence[str], row: int) -> str:
    """The values of a record's key as text: the name under which a cut block is kept in a model."""
    texts = []
    for key in rule:
        column, _, part = key.partition(":")
        code = int(records.codes[column][row])
        text = "" if code == 0 else str(records.pools[column].values[code - 1])
        if part.isdigit():
            text = text[: int(part)]
        elif part:
            text = text.split("-")[("year", "month", "day").index(part)]
        texts.append(text)
    return "\x1f".join(texts)


class Blocks:
    """The blocks of one rule: records in order of their key, those without one left out."""

    def __init__(self, rule: Sequence[str], key: np.ndarray) -> None:
        self.rule, self.key = tuple(rule), key
        rows = np.flatnonzero(key).astype(np.int32)
        order = pl.Series(key[rows]).arg_sort(descending=False).to_numpy()
        kept = key[rows]
        # within a block rows stand in their own order, whatever the sort does with equal keys
        self.order = rows[order]
        self.sorted = kept[order]
        edges = np.flatnonzero(np.diff(self.sorted)) + 1
        self.starts = np.concatenate([[0], edges]).astype(np.int64) if len(rows) else np.empty(0, np.int64)
        self.sizes = np.diff(np.concatenate([self.starts, [len(rows)]])).astype(np.int64)

    def find_hot(self, most: int) -> np.ndarray:
        """Positions of blocks of more records than `most`."""
        return np.flatnonzero(self.sizes > most)

    def cut(self, hot: np.ndarray) -> None:
        """Take these blocks out: their records have no block under this rule."""
        if len(hot):
            gone = np.repeat(np.isin(np.arange(len(self.sizes)), hot), self.sizes)
            self.key[self.order[gone]] = 0
            self.order, self.sorted = self.order[~gone], self.sorted[~gone]
            sizes = np.delete(self.sizes, hot)
            self.sizes, self.starts = sizes, np.cumsum(sizes) - sizes

    @property
    def pairs(self) -> int:
        """How many pairs the blocks hold."""
        return int((self.sizes * (self.sizes - 1) // 2).sum())

    def chunks(self, share: float = 1.0, at_once: int = PAIRS_AT_ONCE) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """All pairs as two arrays of rows (int32), about `at_once` at a time.

        `share` below one: only of every so manieth record, evenly over the blocks.
        """
        after = np.repeat(self.starts + self.sizes, self.sizes) - np.arange(len(self.order)) - 1
        if share < 1.0:
            at = np.arange(len(after))
            after = np.where(np.floor((at + 1) * share) > np.floor(at * share), after, 0)
        total = np.cumsum(after)
        if not len(total):
            return
        bounds = np.searchsorted(total, np.arange(at_once, total[-1] + at_once, at_once), side="left") + 1
        first = 0
        for last in np.unique(np.minimum(bounds, len(total))):
            count = after[first:last]
            made = int(count.sum())
            if made:
                position = np.repeat(np.arange(first, last), count)
                ends = np.cumsum(count)
                offset = np.arange(made) - np.repeat(ends - count, count)
                yield self.order[position], self.order[position + offset + 1]
            first = last

    def pairs_with(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """All pairs that hold one of these rows at least, each once (a pair of two of them too)."""
        mine = self.key[rows]
        rows = rows[mine != 0]
        mine = mine[mine != 0]
        low = np.searchsorted(self.sorted, mine, side="left")
        count = np.searchsorted(self.sorted, mine, side="right") - low
        left = np.repeat(rows, count)
        ends = np.cumsum(count)
        right = self.order[np.repeat(low, count) + np.arange(int(count.sum())) - np.repeat(ends - count, count)]
        is_new = np.zeros(len(self.key), dtype=bool)
        is_new[rows] = True
        keep = ~is_new[right] | (left < right)
        return left[keep].astype(np.int32), right[keep].astype(np.int32)


def found_before(earlier: Sequence[np.ndarray], left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Which pairs an earlier rule already makes (`earlier`: its keys, cut blocks as 0)."""
    found = np.zeros(len(left), dtype=bool)
    for key in earlier:
        mine = key[left]
        found |= (mine == key[right]) & (mine != 0)
    return found


def cut_report(records: Records, blocks: Blocks, hot: np.ndarray) -> pl.DataFrame:
    """CUT_BLOCKS of these blocks, largest first."""
    rows = [
        (rule_name(blocks.rule), key_text(records, blocks.rule, int(blocks.order[blocks.starts[at]])), int(size))
        for at, size in zip(hot, blocks.sizes[hot], strict=True)
    ]
    frame = (
        pl.DataFrame(rows, schema=["rule", "key", "records"], orient="row") if rows else pl.DataFrame(schema=CUT_BLOCKS)
    )
    if rows:
        frame = frame.with_columns(pairs=pl.col("records") * (pl.col("records") - 1) // 2)
    return frame.select(pl.col(name).cast(dtype) for name, dtype in CUT_BLOCKS.items()).sort(
        ["records", "key"], descending=[True, False]
    )
