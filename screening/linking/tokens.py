"""The words of texts as numbers, and how alike two texts are when a rare word says more than a common one."""

from __future__ import annotations

import numpy as np
import polars as pl

#: A word that every record has still says a little, or two texts of such words only would be unlike themselves.
LEAST_BITS = 0.05


class Tokens:
    """The distinct words of distinct texts: `counts` and `starts` by code of the text, `codes` side by side, rising.

    A word is what stands between white space. `words`: by code of the word.
    """

    def __init__(self, texts: pl.Series) -> None:
        """`texts`: by code, entry 0 is "missing" and has no words."""
        split = pl.DataFrame({"text": texts.str.extract_all(r"\S+").list.unique()}).with_row_index("_value")
        rows = split.explode("text").drop_nulls("text")
        self.words = rows["text"].unique().sort()
        numbers = pl.DataFrame({"text": self.words}).with_row_index("_word")
        rows = rows.join(numbers, on="text").sort("_value", "_word")
        values, self.codes = rows["_value"].to_numpy(), rows["_word"].to_numpy()
        self.counts = np.bincount(values, minlength=len(texts))
        self.starts = np.cumsum(self.counts) - self.counts
        self._pairs = (values.astype(np.uint64) << np.uint64(32)) | self.codes.astype(np.uint64)

    def holders(self, counts: np.ndarray) -> np.ndarray:
        """How many records have each word, where `counts` says how many have each text (by code from 1)."""
        by_text = np.append(0, counts)
        return np.asarray(np.bincount(self.codes, weights=np.repeat(by_text, self.counts), minlength=len(self.words)))

    def cosine(self, left: np.ndarray, right: np.ndarray, bits: np.ndarray) -> np.ndarray:
        """The cosine of pairs of texts as vectors of their words, each with its bits (0-1; Salton, 1983)."""
        owners = np.repeat(np.arange(len(self.counts)), self.counts)
        lengths = np.bincount(owners, weights=bits[self.codes] ** 2, minlength=len(self.counts))
        size = self.counts[left]
        owner = np.repeat(np.arange(len(left)), size)
        place = self.starts[left][owner] + np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size)
        sought = (right[owner].astype(np.uint64) << np.uint64(32)) | self.codes[place].astype(np.uint64)
        position = np.minimum(np.searchsorted(self._pairs, sought), max(len(self._pairs) - 1, 0))
        is_shared = self._pairs[position] == sought if len(self._pairs) else np.zeros(0, dtype=bool)
        shared = np.bincount(owner[is_shared], weights=bits[self.codes[place[is_shared]]] ** 2, minlength=len(left))
        longest = np.sqrt(lengths[left] * lengths[right])
        alike = np.where(longest > 0, shared / np.maximum(longest, 1e-300), 0.0)
        return np.asarray(np.minimum(alike, 1.0))


def token_column(column: str) -> str:
    """The name under which a model keeps the frequencies of a column's words."""
    return f"{column}:tokens"


def weigh_tokens(words: pl.Series, counts: pl.DataFrame, records: int) -> np.ndarray:
    """Bits by code of a word: log2(records / values that have the word) (Spärck Jones, 1972).

    `counts`, `records`: `value`, `count` and how many records there were, as frozen in a model; a word that it has not
    seen counts once.
    """
    seen = pl.DataFrame({"value": words}).join(counts, on="value", how="left", maintain_order="left")
    count = seen["count"].cast(pl.Float64).fill_null(1.0).clip(1.0).to_numpy()
    return np.maximum(np.log2(max(records, 1) / count), LEAST_BITS)
