"""Trade names that resemble each other: for the rules that ask for a name variant at an address."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.process import cdist, cpdist

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
    words = keys["words"].to_list()
    compared, hot = [], 0
    for ids in grouped["id"].to_list():
        hot += len(ids) > hot_block
        for start in range(0, len(ids), hot_block):
            compared.append(_pairs_of(ids[start : start + hot_block], words))
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


def _pairs_of(ids: list[int], words: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    texts = [words[i] for i in ids]
    # bytes are searched three times as fast as floats; the few that are alike are scored again exactly
    alike = cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=LEAST_RATIO, dtype=np.uint8, workers=1)
    left, right = np.nonzero(alike)
    left, right = left[left < right], right[left < right]
    places = np.asarray(ids, dtype=np.uint32)
    first, second = [texts[index] for index in left.tolist()], [texts[index] for index in right.tolist()]
    ratios = cpdist(first, second, scorer=fuzz.ratio, dtype=np.float32, workers=1)
    return places[left], places[right], ratios
