"""Trade names that resemble each other: for the rules that ask for a name variant at an address."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from screening.frames import SIMILAR_NAMES, Note
from screening.matching.parties.names import distinctive_part
from screening.notes import note

#: Below this two names are not alike (token sort, 0-100).
LEAST_RATIO = 85.0
#: What tells the names apart must be alike too: "Lunchroom Oosterwind" and "Lunchroom Westerwind" are two trades.
LEAST_DISTINCTIVE_RATIO = 60.0
#: A block with more names is compared within slices in alphabetical order, and counted.
HOT_BLOCK = 1_500


@dataclass(frozen=True)
class SimilarNames:
    """Pairs of names that resemble each other (SIMILAR_NAMES), and notes on what the bounds left out."""

    pairs: pl.DataFrame
    notes: list[Note]


def similar_names(name_keys: pl.Series, hot_block: int = HOT_BLOCK) -> SimilarNames:
    """Pairs of distinct name keys that are at least 0.85 alike (`pairs`: SIMILAR_NAMES, sorted).

    Compared are names that share the first or the last three letters, or the first consonants, of what distinguishes
    them from others of their trade.
    """
    keys = pl.DataFrame({"key": name_keys.drop_nulls().unique().sort()}, schema={"key": pl.String})
    part = distinctive_part(pl.col("key"))
    sorted_words = pl.col("key").str.split(" ").list.sort().list.join(" ")
    keys = keys.with_columns(part=part, words=sorted_words).with_row_index("id")
    blocks = pl.concat(
        keys.select("id", block=pl.lit(mark) + expression)
        for mark, expression in (
            ("<", pl.col("part").str.head(3)),
            (">", pl.col("part").str.tail(3)),
            ("=", pl.col("part").str.replace_all(r"[aeiouy\s]", "").str.head(5)),
        )
    ).sort("block", "id")
    grouped = blocks.group_by("block", maintain_order=True).agg("id").filter(pl.col("id").list.len() > 1)
    words, bits = keys["words"].to_list(), _letter_bits(keys["words"])
    compared, hot = [], 0
    for ids in grouped["id"].to_list():
        hot += len(ids) > hot_block
        for start in range(0, len(ids), hot_block):
            compared.append(_pairs_of(ids[start : start + hot_block], words, bits))
    lefts, rights, ratios = (np.concatenate([part[i] for part in compared] or [np.empty(0)]) for i in range(3))
    pairs = pl.DataFrame({"left": lefts, "right": rights, "ratio": ratios}).cast(
        {"left": pl.UInt32, "right": pl.UInt32, "ratio": pl.Float64}
    )
    pairs = pairs.unique(["left", "right"]).sort("left", "right")
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
    return SimilarNames(result.sort("left_name_key", "right_name_key"), notes)


def _letter_bits(texts: pl.Series) -> np.ndarray:
    """Which letters each text has, and which twice, as 64 bits: for each that differs two texts differ by an edit."""
    size = texts.str.len_chars().to_numpy()
    letters = np.frombuffer("".join(texts.to_list()).encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    kind = np.where((letters >= ord("a")) & (letters <= ord("z")), letters - ord("a"), 26 + letters % 12)
    counts = np.bincount(np.repeat(np.arange(len(size)), size) * 38 + kind, minlength=len(size) * 38).reshape(-1, 38)
    bits: np.ndarray = np.packbits(np.hstack([counts > 0, counts[:, :26] > 1]), axis=1).view(np.uint64)[:, 0]
    return bits


def _pairs_of(ids: list[int], words: list[str], bits: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    places = np.asarray(ids, dtype=np.uint32)
    texts, bits = [words[i] for i in ids], bits[places]
    # a bound on the edits spares nearly all pairs the comparison of their texts
    edits = np.array([len(text) for text in texts], dtype=np.float32) * np.float32(1 - LEAST_RATIO / 100)
    left, right = np.nonzero(np.bitwise_count(bits[:, None] ^ bits) <= edits[:, None] + edits + np.float32(0.01))
    left, right = left[left < right], right[left < right]
    first, second = [texts[index] for index in left.tolist()], [texts[index] for index in right.tolist()]
    ratios = cpdist(first, second, scorer=fuzz.ratio, score_cutoff=LEAST_RATIO, dtype=np.float32, workers=1)
    alike = np.flatnonzero(ratios)
    return places[left[alike]], places[right[alike]], ratios[alike]
