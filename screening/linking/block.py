"""Which pairs are compared: keys that must agree, a bound on blocks that are too large, pairs in chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from screening.linking.encode import Records
from screening.linking.keys import KeyRows, block_keys, key_texts, lacking, numbered, rule_name
from screening.linking.readings import distinct_numbers, ranges

#: Pairs made at one time; each costs some 60 bytes while it is compared, and what fits the cache is compared faster.
PAIRS_AT_ONCE = 250_000

#: Pairs, times `max_block`, that a block may have whose pairs need a side that lacks a column.
MOST_FOR_FEW = 10

#: One row a block that was cut: the rule, its values, how many records it holds and how many pairs were not made.
CUT_BLOCKS: dict[str, pl.DataType] = {
    "rule": pl.String(),
    "key": pl.String(),
    "records": pl.Int64(),
    "pairs": pl.Int64(),
}


class CutBlockWarning(UserWarning):
    """Blocks of more records than `Settings.max_block` were not made, so pairs in them were never compared."""


@dataclass(frozen=True)
class Memberships:
    """Which blocks each record is in, where it can be in several: `blocks` by record (from 1, rising; u32).

    `starts`, `counts`: the part of each record.
    """

    blocks: np.ndarray
    starts: np.ndarray
    counts: np.ndarray

    @staticmethod
    def make(rows: np.ndarray, blocks: np.ndarray, records: int) -> Memberships:
        """Of records and their blocks, pair by pair."""
        counts = np.bincount(rows, minlength=records)
        pairs = pl.Series((rows.astype(np.uint64) << np.uint64(32)) | blocks.astype(np.uint64)).sort().to_numpy()
        return Memberships(pairs.astype(np.uint32), np.cumsum(counts) - counts, counts)

    def of(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Positions among these rows (rising), and for each a block that the record there is in (rising)."""
        owner, places = ranges(self.starts.take(rows), self.counts.take(rows))
        return owner, self.blocks.take(places)

    def first_shared(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Of every pair the first block that both records are in (u32; 0 = none)."""
        owner, blocks = self.of(left)
        first = np.zeros(len(left), dtype=np.uint32)
        if not len(owner):
            return first
        # a search for each block of the left record among the few of the right one
        low = self.starts.take(right).take(owner)
        last = low + self.counts.take(right).take(owner)
        end, most = last, len(self.blocks) - 1
        for _ in range(int(self.counts.max()).bit_length()):
            middle = (low + end) >> 1
            is_before = (middle < end) & (self.blocks.take(np.minimum(middle, most)) < blocks)
            low, end = np.where(is_before, middle + 1, low), np.where(is_before, end, middle)
        shared = np.flatnonzero((low < last) & (self.blocks.take(np.minimum(low, most)) == blocks))
        first[owner[shared][::-1]] = blocks[shared][::-1]
        return first


class Blocks:
    """The blocks of one rule.

    `order`: the rows that have a key, block after block, in a block by row (int32). `starts`, `sizes`: per block
    (int32). `heads`: per block a key that it stands for (see `key_texts`). `block`: per record the number of its block
    from 1, 0 = none (u32); None where records have several keys: `members` then says which blocks they are in.
    `lacks`: per record whether it lacks a column that one side of every pair must lack; None: the rule names no such.
    """

    def __init__(
        self,
        rule: Sequence[str],
        order: np.ndarray,
        sizes: np.ndarray,
        block: np.ndarray | Memberships,
        heads: KeyRows | None = None,
        *,
        lacks: np.ndarray | None = None,
    ) -> None:
        self.lacks = lacks
        self.rule, self.order, self.sizes = tuple(rule), order, sizes
        self.block = None if isinstance(block, Memberships) else block
        self.members = block if isinstance(block, Memberships) else None
        self.starts = (np.cumsum(sizes, dtype=np.int64) - sizes).astype(np.int32)
        self._heads = heads

    @property
    def heads(self) -> KeyRows:
        """A key of every block."""
        return KeyRows(self.order[self.starts], {}) if self._heads is None else self._heads

    @staticmethod
    def make(records: Records, rule: Sequence[str]) -> Blocks:
        """The blocks of these records under a rule."""
        own = block_keys(records, rule)
        present = np.flatnonzero(own.keys)
        key, bits = own.keys.take(present), own.bits
        lacks = lacking(records, rule)
        row_bits = max(len(records) - 1, 1).bit_length()
        if bits + row_bits > 64:
            key, bits = numbered(key)
        # one sort of plain integers is much faster than sorting positions by key, and has no ties
        rows = present if own.owner is None else own.owner.take(present)
        packed = (key << np.uint64(row_bits)) | rows.astype(np.uint64)
        if own.owner is None:
            packed = pl.Series(packed).sort().to_numpy()
        else:
            in_order = pl.Series(packed).arg_sort().to_numpy()
            packed = packed.take(in_order)
            is_next = np.append(True, packed[1:] != packed[:-1])[: len(packed)]
            packed, present = packed[is_next], present.take(in_order[is_next])
        order = (packed & np.uint64((1 << row_bits) - 1)).astype(np.int32)
        packed = packed >> np.uint64(row_bits)
        is_first = np.ones(len(packed), dtype=bool)
        np.not_equal(packed[1:], packed[:-1], out=is_first[1:])
        starts = np.flatnonzero(is_first)
        sizes = np.diff(np.append(starts, len(packed))).astype(np.int32)
        number = np.cumsum(is_first, dtype=np.uint32)
        if own.rows is not None:
            members = Memberships.make(order, number, len(records))
            return Blocks(rule, order, sizes, members, own.rows.take(present[starts]), lacks=lacks)
        block = np.zeros(len(records), dtype=np.uint32)
        block[order] = number
        return Blocks(rule, order, sizes, block, lacks=lacks)

    def find_hot(self, most: int) -> np.ndarray:
        """Positions of blocks of more records than `most`, or of more than MOST_FOR_FEW times as many odd pairs."""
        if self.lacks is None:
            return np.flatnonzero(self.sizes > most)
        number = np.repeat(np.arange(len(self.sizes)), self.sizes)
        few = np.bincount(number, weights=self.lacks[self.order], minlength=len(self.sizes))
        return np.flatnonzero(few * self.sizes > MOST_FOR_FEW * most)

    def without(self, hot: np.ndarray) -> Blocks:
        """These blocks but for the hot ones, whose records then have no block under this rule."""
        if not len(hot):
            return self
        gone = np.zeros(len(self.sizes) + 1, dtype=bool)
        gone[hot + 1] = True
        sizes = np.where(gone[1:], 0, self.sizes).astype(np.int32)
        number = np.repeat(np.arange(1, len(self.sizes) + 1, dtype=np.uint32), self.sizes)
        kept = ~gone[number]
        order = self.order[kept]
        if self.members is not None:
            members = Memberships.make(order, number[kept], len(self.members.counts))
            return Blocks(self.rule, order, sizes, members, self.heads, lacks=self.lacks)
        assert self.block is not None  # noqa: S101 - a rule has the one or the other
        block = np.where(gone[self.block], np.uint32(0), self.block)
        return Blocks(self.rule, order, sizes, block, self.heads, lacks=self.lacks)

    def shares(self, left: np.ndarray, right: np.ndarray, near: np.ndarray | None = None) -> np.ndarray:
        """Which pairs of rows stand in one block (and lack what one side must lack); `near`: see `parts`."""
        if self.members is not None:
            rows = (left, right) if near is None else (near[left], near[right])
            is_shared: np.ndarray = self.members.first_shared(*rows) != 0
        else:
            assert self.block is not None  # noqa: S101 - a rule has the one or the other
            block = self.block if near is None else self.block.take(near)
            mine = block.take(left)
            is_shared = (mine == block.take(right)) & (mine != 0)
        if self.lacks is not None:
            lacks = self.lacks if near is None else self.lacks[near]
            is_shared &= lacks[left] | lacks[right]
        return is_shared

    @property
    def pairs(self) -> int:
        """How many pairs the blocks hold; a pair that shares several counts as often."""
        sizes = self.sizes.astype(np.int64)
        return int((sizes * (sizes - 1) // 2).sum())

    def chunks(self, share: float = 1.0, at_once: int = PAIRS_AT_ONCE) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """All pairs as two arrays of rows (int32), about `at_once` at a time.

        `share` below one: only of every so manieth record, evenly over the blocks.
        """
        for near, left, right in self.parts(share, at_once):
            yield (left, right) if near is None else (near[left], near[right])

    def part_count(self, at_once: int = PAIRS_AT_ONCE) -> int:
        """How many parts `parts` makes at most: the same for the same records, in whatever order and coded however."""
        if self.lacks is None or not self.pairs:
            return -(-self.pairs // at_once)
        return -(-int(np.count_nonzero(self.lacks)) // self._lacking_at_once(at_once))

    def parts(
        self, share: float = 1.0, at_once: int = PAIRS_AT_ONCE, only: tuple[int, int | None] = (0, None)
    ) -> Iterator[tuple[np.ndarray | None, np.ndarray, np.ndarray]]:
        """As `chunks`, but the pairs are places in `near`, the rows of the blocks that they are from (None: rows).

        `only`: the first of the parts, counted from 0, and the one before which to end (None: all others).
        """
        if not self.pairs:
            return
        if self.lacks is not None:
            yield from self._chunks_lacking(at_once, only)
            return
        order, sizes = self.order, self.sizes
        if share == 1.0 and self.members is None:
            # rows that are alone in their block are in nobody's way
            order, sizes = order[np.repeat(sizes > 1, sizes)], sizes[sizes > 1]
        after: np.ndarray = np.repeat(np.cumsum(sizes) - 1, sizes) - np.arange(len(order))
        if share < 1.0:
            row = np.arange(len(after))
            after = np.where(np.floor((row + 1) * share) > np.floor(row * share), after, 0)
        total = np.cumsum(after, dtype=np.int64)
        bounds = np.searchsorted(total, np.arange(at_once, total[-1] + at_once, at_once), side="left") + 1
        lasts = np.unique(np.minimum(bounds, len(total)))
        firsts = np.append(0, lasts[:-1])
        for first, last in zip(firsts[slice(*only)], lasts[slice(*only)], strict=True):
            count = after[first:last]
            ends = np.cumsum(count)
            if len(ends) and ends[-1]:
                left = np.repeat(np.arange(last - first, dtype=np.int32), count)
                # the k-th pair of a row is with the k-th row after it
                right = np.arange(1, ends[-1] + 1, dtype=np.int32) + left
                right -= np.repeat((ends - count).astype(np.int32), count)
                near = order[first : first + int(right.max()) + 1]
                if self.members is not None:
                    # a pair of several blocks is made in the first of them
                    number = np.searchsorted(self.starts, left + first, side="right")
                    kept = np.flatnonzero(self.members.first_shared(near[left], near[right]) == number)
                    left, right = left[kept], right[kept]
                yield near, left, right

    def _lacking_at_once(self, at_once: int) -> int:
        return max(1, at_once // max(int(self.sizes.max(initial=1)), 1))

    def _chunks_lacking(
        self, at_once: int, only: tuple[int, int | None]
    ) -> Iterator[tuple[None, np.ndarray, np.ndarray]]:
        lacks = self.lacks
        assert lacks is not None  # noqa: S101 - only such rules come here
        rows = np.flatnonzero(lacks)
        step = self._lacking_at_once(at_once)
        for start in range(0, len(rows), step)[slice(*only)]:
            yield None, *self._pairs_of(rows[start : start + step], lacks)

    def parts_with(self, rows: np.ndarray) -> Iterator[tuple[None, np.ndarray, np.ndarray]]:
        """As `parts`, all pairs that hold one of these rows at least, each once (a pair of two of them too)."""
        is_new = np.zeros(self.records, dtype=bool)
        is_new[rows] = True
        left, right = self._pairs_of(rows, is_new)
        if self.lacks is not None:
            kept = np.flatnonzero(self.lacks[left] | self.lacks[right])
            left, right = left[kept], right[kept]
        for start in range(0, len(left), PAIRS_AT_ONCE):
            yield None, left[start : start + PAIRS_AT_ONCE], right[start : start + PAIRS_AT_ONCE]

    @property
    def records(self) -> int:
        """How many records there are, in blocks or not."""
        if self.members is not None:
            return len(self.members.counts)
        assert self.block is not None  # noqa: S101 - a rule has the one or the other
        return len(self.block)

    def _pairs_of(self, rows: np.ndarray, is_new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The pairs of these rows, where two that are new are paired from the smaller one alone."""
        if self.members is not None:
            owner, number = self.members.of(rows)
            mine = number.astype(np.int64) - 1
            holder = rows[owner]
        else:
            assert self.block is not None  # noqa: S101 - a rule has the one or the other
            holder = rows[self.block[rows] != 0]
            mine = self.block[holder].astype(np.int64) - 1
        low, count = self.starts[mine], self.sizes[mine]
        owner, position = ranges(low, count)
        left, right = holder.take(owner), self.order.take(position)
        keep = np.flatnonzero((left != right) & (~is_new[right] | (left < right)))
        left, right = left[keep].astype(np.int32), right[keep].astype(np.int32)
        if self.members is not None:
            # a pair of several blocks comes as often
            pairs = distinct_numbers((left.astype(np.uint64) << np.uint64(32)) | right.astype(np.uint64))
            left, right = (pairs >> np.uint64(32)).astype(np.int32), pairs.astype(np.uint32).astype(np.int32)
        return left, right


def found_before(
    earlier: Sequence[Blocks], left: np.ndarray, right: np.ndarray, near: np.ndarray | None = None
) -> np.ndarray:
    """Which pairs an earlier rule already makes (`earlier`: without the blocks that were cut); `near`: see `parts`."""
    is_found = np.zeros(len(left), dtype=bool)
    for blocks in earlier:
        is_found |= blocks.shares(left, right, near)
    return is_found


def cut_notes(cut: pl.DataFrame) -> tuple[str, ...]:
    """A sentence for every rule of which blocks were cut (CUT_BLOCKS); it names no value."""
    rules = cut.group_by("rule", maintain_order=True).agg(pl.len(), pl.col("records").max(), pl.col("pairs").sum())
    return tuple(
        f"rule {rule}: blocks cut: {blocks:,}, the largest of {records:,} records; {pairs:,} pairs were not compared"
        " under it: add a key to the rule or raise max_block"
        for rule, blocks, records, pairs in rules.iter_rows()
    )


def cut_report(records: Records, blocks: Blocks, hot: np.ndarray) -> pl.DataFrame:
    """CUT_BLOCKS of these blocks, largest first."""
    size = blocks.sizes[hot].astype(np.int64)
    frame = pl.DataFrame(
        {
            "rule": pl.Series([rule_name(blocks.rule)] * len(hot), dtype=pl.String),
            "key": key_texts(records, blocks.rule, blocks.heads.take(hot)),
            "records": size,
            "pairs": size * (size - 1) // 2,
        },
        schema=CUT_BLOCKS,
    )
    return frame.sort(["records", "key"], descending=[True, False])
