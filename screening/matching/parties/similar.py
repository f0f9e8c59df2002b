"""Trade names that resemble each other: for the rules that ask for a name variant at an address."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from screening.frames import SIMILAR_NAMES, Note
from screening.linking import Settings
from screening.linking.block import Blocks, found_before
from screening.linking.encode import Records, encode
from screening.matching.parties.names import distinctive_part
from screening.notes import note

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
    sorted_words = pl.col("key").str.split(" ").list.sort().list.join(" ")
    keys = keys.with_columns(part=distinctive_part(pl.col("key")), words=sorted_words).with_row_index("id")
    keys = keys.with_columns(**_SHARED)
    places = keys.select(pl.int_range(pl.len()).over(name).alias(name) for name in _SHARED)
    hot = sum(int((places[name] == hot_block).sum()) for name in _SHARED)
    sliced = keys.with_columns(pl.format("{} {}", name, places[name] // hot_block).alias(name) for name in _SHARED)
    pairs, candidates = _alike(keys["words"], encode(sliced, _BLOCKS))
    left, right = keys["part"].gather(pairs["left"]), keys["part"].gather(pairs["right"])
    parts = cpdist(left.to_list(), right.to_list(), scorer=fuzz.token_sort_ratio, dtype=np.float64, workers=1)
    pairs = pairs.with_columns(parts=pl.Series(parts, dtype=pl.Float64)).filter(
        pl.col("parts") >= LEAST_DISTINCTIVE_RATIO
    )
    result = pl.DataFrame(
        {
            "left_name_key": keys["key"].gather(pairs["left"]),
            "right_name_key": keys["key"].gather(pairs["right"]),
            "similarity": (pairs["ratio"] / 100).round(4),
        },
        schema=SIMILAR_NAMES,
    )
    notes = [note("sliced_blocks", block=hot, size=hot_block)] if hot else []
    return SimilarNames(result.sort("left_name_key", "right_name_key"), candidates, notes)


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


def _alike(words: pl.Series, records: Records) -> tuple[pl.DataFrame, int]:
    """The pairs of rows that share a block and whose words are alike: `left` < `right`, `ratio`; sorted.

    Beside them how many pairs share a block, counted for each rule.
    """
    few, many = _letter_bits(words)
    slips = words.str.len_chars().to_numpy() * np.float32(1 - LEAST_RATIO / 100) + np.float32(0.005)
    texts = np.array(words.to_list(), dtype=object)
    earlier: list[Blocks] = []
    candidates = 0
    pairs = [pl.DataFrame(schema={"left": pl.Int32, "right": pl.Int32, "ratio": pl.Float64})]
    for rule in _BLOCKS.blocking:
        blocks = Blocks.make(records, rule)
        for near, *ends in blocks.parts():
            rows = np.arange(len(texts)) if near is None else near
            candidates += len(ends[0])
            # bounds on the edits spare nearly all pairs the comparison of their texts
            bits, most = few[rows], slips[rows]
            edits = np.bitwise_count(bits.take(ends[0]) ^ bits.take(ends[1]))
            kept = np.flatnonzero(edits <= most.take(ends[0]) + most.take(ends[1]))
            left, right = rows[ends[0][kept]], rows[ends[1][kept]]
            is_near = edits[kept] + np.bitwise_count(many[left] ^ many[right]) <= slips[left] + slips[right]
            kept = np.flatnonzero(is_near & ~found_before(earlier, left, right))
            left, right = left[kept], right[kept]
            both = texts[left].tolist(), texts[right].tolist()
            ratio = cpdist(*both, scorer=fuzz.ratio, score_cutoff=LEAST_RATIO, dtype=np.float32, workers=1)
            pairs.append(pl.DataFrame({"left": left, "right": right, "ratio": ratio.astype(np.float64)}))
        earlier.append(blocks)
    return pl.concat(pairs).filter(pl.col("ratio") > 0).sort("left", "right"), candidates
