"""What orders pairs whose evidence is the same: too fine for a level, and too small to overtake other evidence.

The log-odds of a pair are rounded to a grid of 2^-12 bits; what is added here is less than half of that. So two pairs
whose evidence differs by a step of the grid never change places, and a review team still gets a queue without ties.
Added are, in this order of size: the similarity inside the level; how rare the letters of the shared values are (by
the usual order of letters in Dutch, a table, so that a delta ranks as a full run does); a fingerprint of the two ids.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from screening.linking.compare import MISSING, Comparer
from screening.linking.encode import Records
from screening.linking.pairs import ComparedPairs
from screening.linking.similarity import is_textual
from screening.linking.values import Pool

GRID = 2.0**-12
_MOST = GRID * 0.45
_ORDER = "enatirodslghvkmubpwjzcfxyq"


def _letter_table() -> np.ndarray:
    table = np.full(256, 5.0)
    for place, letter in enumerate(_ORDER):
        table[ord(letter)] = table[ord(letter.upper())] = 3.0 + 0.25 * place
    table[ord("0") : ord("9") + 1] = 3.3 + 0.01 * np.arange(10)
    return table


_LETTER_BITS = _letter_table()


def to_grid(bits: np.ndarray) -> np.ndarray:
    """Log-odds rounded to the grid that the tie-breaker fills."""
    return np.round(bits / GRID) * GRID


def tie_breaker(comparers: Sequence[Comparer], records: Records, compared: ComparedPairs) -> np.ndarray:
    """Bits (float64, 0 ≤ x < GRID / 2) to add to log-odds on the grid; symmetric in left and right."""
    left, right, levels = compared.left, compared.right, compared.levels
    if not len(left):
        return np.zeros(0)
    near, rare = np.zeros(len(left)), np.zeros(len(left))
    for index, comparer in enumerate(comparers):
        # fields count unequally, or a near surname with a far first name would tie with the reverse
        part = 1.0 / (len(comparers) + 0.37 * index)
        for rung, level in enumerate(comparer.levels):
            hit = np.flatnonzero(levels[index] == rung)
            if not len(hit):
                continue
            if is_textual(level):
                mine, theirs = compared.sides[index](level.columns[0])
                nearness = comparer.similarity(rung, mine[hit], theirs[hit])
                near[hit] += part * (1 / (1 - nearness) if level.kind == "edits" else nearness)
            elif level.kind == "equal":
                for column in level.columns:
                    rare[hit] += part * _letter_rarity(records.pools[column], compared.sides[index](column)[0][hit])
            else:
                near[hit] += part * 0.5
        near += part * 0.25 * (levels[index] == MISSING)
    mark = _id_mark(records.ids, left) + _id_mark(records.ids, right)
    mark = (mark >> np.uint64(11)).astype(np.float64) * 2.0**-53
    whole = len(comparers) + 1.0
    total: np.ndarray = _MOST * (0.9 * near / whole + 0.099 * rare / (1 + rare) + 0.001 * mark)
    return total


def _letter_rarity(pool: Pool, codes: np.ndarray) -> np.ndarray:
    distinct, inverse = _distinct(codes, len(pool) + 1)
    texts = pool.texts().values.gather(distinct)
    size = texts.str.len_bytes().to_numpy().astype(np.int64)
    data = np.frombuffer("".join(texts.to_list()).encode(), dtype=np.uint8)
    owner = np.repeat(np.arange(len(size)), size)
    place = np.arange(len(data)) - np.repeat(np.cumsum(size) - size, size)
    bits = np.bincount(owner, weights=_LETTER_BITS[data] * (1 + 0.001 * place), minlength=len(size))
    rarity: np.ndarray = (bits / 64.0)[inverse]
    return rarity


def _id_mark(ids: pl.Series, rows: np.ndarray) -> np.ndarray:
    """A 64-bit fingerprint (Fowler, Noll and Vo's FNV-1a) of each id as text."""
    distinct, inverse = _distinct(rows, len(ids))
    if ids.dtype.is_integer():
        plain = ids.gather(distinct).to_numpy().astype(np.uint64)
        spread: np.ndarray = _spread(plain + np.uint64(0x9E3779B97F4A7C15))[inverse]
        return spread
    texts = ids.gather(distinct).cast(pl.String)
    size = texts.str.len_bytes().to_numpy().astype(np.int64)
    data = np.frombuffer("".join(texts.to_list()).encode(), dtype=np.uint8).astype(np.uint64)
    starts = np.cumsum(size) - size
    mark = np.full(len(size), 0xCBF29CE484222325, dtype=np.uint64)
    for byte in range(int(size.max(initial=0))):
        has = size > byte
        mark[has] = (mark[has] ^ data[starts[has] + byte]) * np.uint64(0x100000001B3)
    spread = _spread(mark)[inverse]
    return spread


def _spread(mark: np.ndarray) -> np.ndarray:
    # multiplication alone leaves the upper bits of short ids alike
    mark = (mark ^ (mark >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mark = (mark ^ (mark >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mark ^= mark >> np.uint64(31)
    return mark


def _distinct(numbers: np.ndarray, below: int) -> tuple[np.ndarray, np.ndarray]:
    """The distinct numbers, and where each stands among them: by marking, which spares a sort."""
    seen = np.zeros(below, dtype=bool)
    seen[numbers] = True
    place = np.cumsum(seen, dtype=np.int32) - 1
    return np.flatnonzero(seen), place[numbers]
