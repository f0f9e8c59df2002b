"""Trade names that resemble each other: for the rules that ask for a name variant at an address."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from screening.base.frames import SIMILAR_NAMES, Note
from screening.base.notes import note
from screening.linking import Settings
from screening.linking.block import Blocks, found_before
from screening.linking.encode import Records, encode
from screening.matching.parties.names import distinctive_part

#: Below this two names are not alike (token sort, 0-100).
LEAST_RATIO = 85.0
#: What tells the names apart must be alike too: "Lunchroom Oosterwind" and "Lunchroom Westerwind" are two trades.
LEAST_DISTINCTIVE_RATIO = 60.0
#: What two names that are compared share one of, at least.
_SHARED = {
    "start": pl.col("part").str.head(3),
    "end": pl.col("part").str.tail(3),
    "consonants": pl.col("part").str.replace_all(r"[aeiouy\s]", "").str.head(5),
}
_BLOCKS = Settings((), blocking=tuple((name,) for name in _SHARED))
#: Rows of a block that are held against all others at once.
_TILE = 64
#: More than any bits can differ by, so that texts of any length fit 16 bits.
_MOST_SLIPS = 30_000
_ALIKE = {"left": pl.Int32, "right": pl.Int32, "ratio": pl.Float64}
#: A block with more names is compared within slices in alphabetical order, and counted.
HOT_BLOCK = 1_500


@dataclass(frozen=True)
class SimilarNames:
    """Pairs of names that resemble each other (SIMILAR_NAMES), and notes on what the bounds left out.

    `candidates`: how many pairs were compared.
    """

    pairs: pl.DataFrame
    candidates: int
    notes: list[Note]


def similar_names(name_keys: pl.Series, hot_block: int = HOT_BLOCK) -> SimilarNames:
    """Pairs of distinct name keys that are at least 0.85 alike (`pairs`: SIMILAR_NAMES, sorted).

    Compared are names that share the first or the last three letters, or the first consonants, of what distinguishes
    them from others of their trade.
    """
    keys = pl.DataFrame({"key": name_keys.drop_nulls().unique().sort()}, schema={"key": pl.String})
    keys = keys.with_columns(part=distinctive_part(pl.col("key")), words=_in_order(pl.col("key"))).with_row_index("id")
    keys = keys.with_columns(**_SHARED)
    places = keys.select(pl.int_range(pl.len()).over(name).alias(name) for name in _SHARED)
    hot = sum(int((places[name] == hot_block).sum()) for name in _SHARED)
    sliced = keys.with_columns(pl.format("{} {}", name, places[name] // hot_block).alias(name) for name in _SHARED)
    pairs, candidates = _alike(keys["words"], encode(sliced, _BLOCKS))
    parts = np.array(keys.select(_in_order(pl.col("part"))).to_series().to_list(), dtype=object)
    both = [parts[pairs[side].to_numpy()].tolist() for side in ("left", "right")]
    ratio = cpdist(*both, scorer=fuzz.ratio, dtype=np.float64, workers=pl.thread_pool_size())
    pairs = pairs.filter(pl.Series(ratio, dtype=pl.Float64) >= LEAST_DISTINCTIVE_RATIO)
    # rows are in the order of their keys, and so are the pairs
    result = pl.DataFrame(
        {
            "left_name_key": keys["key"].gather(pairs["left"]),
            "right_name_key": keys["key"].gather(pairs["right"]),
            "similarity": (pairs["ratio"] / 100).round(4),
        },
        schema=SIMILAR_NAMES,
    )
    notes = [note("sliced_blocks", block=hot, size=hot_block)] if hot else []
    return SimilarNames(result, candidates, notes)


def _in_order(key: pl.Expr) -> pl.Expr:
    """The words of a key in alphabetical order: their `ratio` is what RapidFuzz calls `token_sort_ratio`."""
    return key.str.split(" ").list.sort().list.join(" ")


def _letter_bits(texts: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    """Which letters each text has once and twice, and which more often, as 64 bits each.

    For each bit that differs two texts differ by an edit.
    """
    size = texts.str.len_chars().to_numpy()
    letters = np.frombuffer("".join(texts.to_list()).encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    kind = np.where((letters >= ord("a")) & (letters <= ord("z")), letters - ord("a"), 26 + letters % 12)
    counts = np.bincount(np.repeat(np.arange(len(size)), size) * 38 + kind, minlength=len(size) * 38).reshape(-1, 38)
    plain, others = counts[:, :26], counts[:, 26:]
    first, second = (
        np.packbits(np.hstack(parts), axis=1).view(np.uint64)[:, 0]
        for parts in ((plain > 0, others > 0, plain > 1), (plain > 2, others > 1, plain > 3))
    )
    return first, second


@dataclass(frozen=True)
class _Bounds:
    """What tells of two texts that they cannot be alike before their letters are held against each other in order.

    `few`, `many`: `_letter_bits`; `slips`: for each text so many hundredths of an edit as it has room for.
    """

    few: np.ndarray
    many: np.ndarray
    slips: np.ndarray

    @staticmethod
    def of(texts: pl.Series) -> _Bounds:
        room = texts.str.len_chars().to_numpy() * (100 - int(LEAST_RATIO))
        return _Bounds(*_letter_bits(texts), np.minimum(room, _MOST_SLIPS).astype(np.uint16))

    def near_in_block(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The pairs of the rows of a block that can be alike: by tiles of a matrix, faster than pairs by number."""
        rows = rows[np.argsort(self.slips[rows], kind="stable")]
        bits, slips = self.few[rows], self.slips[rows].astype(np.int64)
        # beyond this size each letter that is too many is an edit already
        ends = np.searchsorted(slips, slips * (200 - int(LEAST_RATIO)) // int(LEAST_RATIO), side="right")
        sides = []
        for first in range(0, len(rows), _TILE):
            last = min(first + _TILE, len(rows))
            end = int(ends[last - 1])
            most = np.minimum((slips[last - 1] + slips[first:end]) // 100, 255).astype(np.uint8)
            edits = np.bitwise_count(bits[first:last, None] ^ bits[first:end])
            place, other = np.divmod(np.flatnonzero(edits <= most), end - first)
            is_after = other > place
            sides.append(self.nearer(rows[first + place[is_after]], rows[first + other[is_after]]))
        left, right = (np.concatenate(side) for side in zip(*sides, strict=True))
        return np.minimum(left, right), np.maximum(left, right)

    def near(self, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Those of these pairs of rows that can be alike."""
        edits = np.bitwise_count(self.few.take(left) ^ self.few.take(right))
        is_near = edits * np.uint16(100) <= self.slips.take(left) + self.slips.take(right)
        return self.nearer(left[is_near], right[is_near])

    def nearer(self, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `near`, of pairs that few edits apart already."""
        few, many = self.few[left] ^ self.few[right], self.many[left] ^ self.many[right]
        edits = np.bitwise_count(few) + np.bitwise_count(many)
        is_near = edits * np.uint16(100) <= self.slips[left] + self.slips[right]
        return left[is_near], right[is_near]


def _alike(words: pl.Series, records: Records) -> tuple[pl.DataFrame, int]:
    """The pairs of rows that share a block and whose words are alike: `left` < `right`, `ratio`; sorted.

    Beside them how many pairs share a block, counted for each rule.
    """
    bounds, texts = _Bounds.of(words), np.array(words.to_list(), dtype=object)
    earlier: list[Blocks] = []

    def compare(left: np.ndarray, right: np.ndarray) -> pl.DataFrame:
        kept = np.flatnonzero(~found_before(earlier, left, right))
        left, right = left[kept], right[kept]
        both = texts[left].tolist(), texts[right].tolist()
        ratio = cpdist(*both, scorer=fuzz.ratio, score_cutoff=LEAST_RATIO, dtype=np.float32, workers=1)
        alike = np.flatnonzero(ratio > 0)
        return pl.DataFrame(
            {"left": left[alike], "right": right[alike], "ratio": ratio[alike].astype(np.float64)}, schema=_ALIKE
        )

    pairs = [pl.DataFrame(schema=_ALIKE)]
    # a core is left to what is done meanwhile
    with ThreadPoolExecutor(max(1, pl.thread_pool_size() - 1)) as threads:
        for rule in _BLOCKS.blocking:
            blocks = Blocks.make(records, rule)
            large = np.flatnonzero(blocks.sizes > _TILE)
            parts = zip(blocks.starts[large], blocks.sizes[large], strict=True)
            members = [blocks.order[first : first + size] for first, size in parts]
            pairs += threads.map(lambda rows: compare(*bounds.near_in_block(rows)), members)
            pairs += [compare(*bounds.near(*pair)) for pair in blocks.without(large).chunks()]
            earlier.append(blocks)
    return pl.concat(pairs).sort("left", "right"), sum(blocks.pairs for blocks in earlier)
