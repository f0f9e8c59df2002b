"""Similarity measures of texts, each with a lossless upper bound from letter counts, so that most calls are spared.

A bound never lies below the similarity it bounds: it is computed from how many letters two texts have in common at
most (bytes of UTF-8, which can only be more), their lengths and their first bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from rapidfuzz.distance import OSA, Indel, Jaro, JaroWinkler, Levenshtein
from rapidfuzz.fuzz import token_set_ratio
from rapidfuzz.process import cpdist

from screening.base.errors import ConfigurationError

#: How far rounding may push a bound computed in float32 below the float64 similarity.
SLACK = np.float32(1e-4)
#: cpdist keeps its input as Python objects: 0.4 GB at this size instead of 3.4 GB for 10,000,000 pairs.
CHUNK = 500_000

Bound = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def _jaro_bound(common: np.ndarray, left: np.ndarray, right: np.ndarray, start: np.ndarray) -> np.ndarray:
    matched = np.minimum(common, np.minimum(left, right)).astype(np.float32)
    return np.where(matched > 0, (matched / left + matched / right + np.float32(1)) / np.float32(3), np.float32(0))


def _jaro_winkler_bound(common: np.ndarray, left: np.ndarray, right: np.ndarray, start: np.ndarray) -> np.ndarray:
    jaro = _jaro_bound(common, left, right, start)
    return jaro + start.astype(np.float32) * np.float32(0.1) * (np.float32(1) - jaro)


def _edit_bound(common: np.ndarray, left: np.ndarray, right: np.ndarray, start: np.ndarray) -> np.ndarray:
    longest = np.maximum(left, right).astype(np.float32)
    bound: np.ndarray = np.minimum(common, longest) / longest
    return bound


def _ratio_bound(common: np.ndarray, left: np.ndarray, right: np.ndarray, start: np.ndarray) -> np.ndarray:
    shared = np.minimum(common, np.minimum(left, right)).astype(np.float32)
    bound: np.ndarray = np.float32(2) * shared / (left.astype(np.float32) + right)
    return bound


def _sorted_words(values: pl.Series) -> pl.Series:
    return (
        pl.DataFrame({"v": values}).select(pl.col("v").str.extract_all(r"\S+").list.sort().list.join(" ")).to_series()
    )


@dataclass(frozen=True)
class Measure:
    """A scorer of two texts, its bound (none: every pair is scored) and what is done to the texts before.

    `whole`: what the scorer gives for equal texts, by which its values are divided (100 for those of `rapidfuzz.fuzz`).
    `of_columns`: instead of a scorer, a function of two columns of texts that gives all similarities at once.
    """

    scorer: Callable[..., float] | None = None
    bound: Bound | None = None
    prepare: Callable[[pl.Series], pl.Series] | None = None
    whole: float = 1.0
    of_columns: Callable[[pl.Series, pl.Series], np.ndarray] | None = None

    def __post_init__(self) -> None:
        if (self.scorer is None) == (self.of_columns is None):
            raise ConfigurationError("a measure has a scorer of two texts or a function of two columns: give one")


MEASURES: dict[str, Measure] = {
    "jaro": Measure(Jaro.normalized_similarity, _jaro_bound),
    "jaro_winkler": Measure(JaroWinkler.normalized_similarity, _jaro_winkler_bound),
    "levenshtein": Measure(Levenshtein.normalized_similarity, _edit_bound),
    "damerau": Measure(OSA.normalized_similarity, _edit_bound),
    "ratio": Measure(Indel.normalized_similarity, _ratio_bound),
    "token_sort": Measure(Indel.normalized_similarity, _ratio_bound, _sorted_words),
    "token_set": Measure(token_set_ratio, whole=100.0),
}
#: Edits between two texts: not a similarity, so no level names it.
EDITS = Measure(OSA.distance)
#: The names of the measures that the library brings along.
BUILT_IN = tuple(sorted(MEASURES))


def register_measure(name: str, measure: Measure) -> None:
    """Make a measure of your own known by name, before settings name it. It must be symmetric or it is made so.

    A stored model names its measures; whoever loads it registers those of their own first, or it is refused.
    """
    MEASURES[name] = measure


def similarities(measure: Measure, left: pl.Series, right: pl.Series) -> np.ndarray:
    """Similarities (float64) of two columns of texts row by row; symmetric.

    Without RapidFuzz's cutoff: Jaro-Winkler then loses pairs that stand exactly at it.
    """
    parts = []
    for start in range(0, len(left), CHUNK):
        a, b = left.slice(start, CHUNK), right.slice(start, CHUNK)
        # not every scorer is symmetric to the last bit: the smaller text always comes first
        ordered = pl.DataFrame({"a": a, "b": b}).select(
            low=pl.min_horizontal("a", "b"), high=pl.max_horizontal("a", "b")
        )
        if measure.of_columns is not None:
            parts.append(np.asarray(measure.of_columns(ordered["low"], ordered["high"]), dtype=np.float64))
        elif measure.scorer is not None:
            texts = ordered["low"].to_list(), ordered["high"].to_list()
            parts.append(cpdist(*texts, scorer=measure.scorer, dtype=np.float64, workers=1))
    return np.concatenate(parts) / measure.whole if parts else np.empty(0, dtype=np.float64)
