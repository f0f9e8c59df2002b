"""The similarities of texts that levels look at: an upper bound for every pair, the value for the few it leaves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from screening.linking.encode import Records
from screening.linking.levels import Level
from screening.linking.measures import EDITS, MEASURES, SLACK, similarities

#: By column the bits of each of its tokens (by token code), as frozen in a model.
TokenBits = Mapping[str, np.ndarray]


def is_textual(level: Level) -> bool:
    """Whether a level needs the texts themselves, not only facts about each."""
    return level.kind in ("similar", "edits", "tokens")


def highest(level: Level, records: Records, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Of pairs of codes: a lossless upper bound of `similarity` (float32; minus infinity for missing values)."""
    column = level.columns[0]
    present = (left != 0) & (right != 0)
    pool = records.pools[column]
    measure = MEASURES[level.measure] if level.measure else None
    if level.kind == "edits":
        common, a, b, _ = pool.texts().facts(left, right)
        longest = np.maximum(a, b)
        bound = (np.minimum(common, longest) - longest).astype(np.float32)
    elif measure is None or measure.bound is None:
        return np.where(present, np.float32(np.inf), np.float32(-np.inf))
    else:
        # a missing value has no length to divide by: any value's facts do, the result is thrown away
        facts = pool.texts(level.measure or "").facts(np.maximum(left, 1), np.maximum(right, 1))
        bound = measure.bound(*facts) + SLACK
    return np.where(present, bound, np.float32(-np.inf))


def scale(level: Level) -> tuple[str, str]:
    """Levels of one scale look at one similarity, which is computed once for them."""
    return level.columns[0], level.measure or level.kind


def similarity(
    level: Level, records: Records, left: np.ndarray, right: np.ndarray, token_bits: TokenBits
) -> np.ndarray:
    """Of pairs of codes (none missing): the similarity that a textual level looks at, each distinct pair scored once.

    Edits count as minus their number, so that more is always nearer.
    """
    column = level.columns[0]
    low, high = np.minimum(left, right).astype(np.uint64), np.maximum(left, right).astype(np.uint64)
    distinct, inverse = np.unique((low << np.uint64(32)) | high, return_inverse=True)
    a, b = (distinct >> np.uint64(32)).astype(np.uint32), (distinct & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    if level.kind == "tokens":
        return records.pools[column].tokens.cosine(a, b, token_bits[column])[inverse]
    texts = records.pools[column].texts(level.measure or "").values
    first, second = texts.gather(a), texts.gather(b)
    if level.kind == "edits":
        return -similarities(EDITS, first, second)[inverse]
    return similarities(MEASURES[level.measure or ""], first, second)[inverse]


def least(level: Level) -> float:
    """What `similarity` must be at least for the level to hold."""
    return -float(level.at_most) if level.kind == "edits" else level.at_least
