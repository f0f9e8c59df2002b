"""The level of every comparison of a pair: integers first, then bounds, and texts only where they can still matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from screening.linking.encode import Records
from screening.linking.measures import MEASURES, SLACK, edit_distance, similarities
from screening.linking.settings import Comparison, Level
from screening.linking.values import Texts

MISSING = np.uint8(255)
#: A bound in bits is computed in float32: pairs this close below the floor are still looked at.
BITS_SLACK = 1e-2

#: Gives the columns' codes of the pairs that are looked at: (column) -> (left codes, right codes).
Codes = Callable[[str], tuple[np.ndarray, np.ndarray]]


def is_textual(level: Level) -> bool:
    """Whether a level needs the texts themselves, not only facts about each."""
    return level.kind in ("similar", "edits")


def _known(level: Level, codes: Codes) -> np.ndarray:
    present: np.ndarray | None = None
    for column in level.columns:
        left, right = codes(column)
        both = (left != 0) & (right != 0)
        present = both if present is None else present & both
    assert present is not None  # noqa: S101 - a level always has columns
    return present


def _meets_conditions(level: Level, records: Records, codes: Codes, positions: np.ndarray | slice) -> np.ndarray | bool:
    """Whether the columns that a level must lie within are equal, and its values long enough."""
    result: np.ndarray | bool = True
    if level.from_length:
        left, right = codes(level.columns[0])
        length = records.pools[level.columns[0]].texts().length
        result = np.maximum(length[left[positions]], length[right[positions]]) >= level.from_length
    for column in level.within:
        left, right = codes(column)
        result = result & (left[positions] == right[positions]) & (left[positions] != 0)
    return result


def holds(level: Level, records: Records, codes: Codes) -> np.ndarray:
    """Whether a level that needs no texts holds, for pairs of codes (missing values: it does not)."""
    if level.kind == "crossed":
        first, second = level.columns
        (a_left, a_right), (b_left, b_right) = codes(first), codes(second)
        result: np.ndarray = (a_left == b_right) & (b_left == a_right) & (a_left != 0) & (b_left != 0)
        return result
    result = _known(level, codes)
    if level.kind == "known":
        return result
    if level.kind == "equal":
        for column in level.columns:
            left, right = codes(column)
            result = result & (left == right)
        return result
    left, right = codes(level.columns[0])
    pool = records.pools[level.columns[0]]
    if level.kind in ("initial", "prefix", "letters_within", "letters_shared"):
        result &= _letters_agree(level, pool.texts(), left, right)
        return result
    result &= _dates_agree(level, pool.dates, left, right)
    return result


def _letters_agree(level: Level, texts: Texts, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    result: np.ndarray
    if level.kind in ("letters_within", "letters_shared"):
        a, b = texts.letter_set[left], texts.letter_set[right]
        shared = a & b
        result = (shared != 0) if level.kind == "letters_shared" else (shared == a) | (shared == b)
        return result
    shorter = np.minimum(texts.length[left], texts.length[right])
    if level.kind == "initial":
        letter = texts.letters[:, 0]
        result = (shorter == 1) & (letter[left] == letter[right])
        return result
    result = shorter >= 2
    for place in range(4):
        letter = texts.letters[:, place]
        result &= (letter[left] == letter[right]) | (place >= shorter)
    return result


def _dates_agree(level: Level, dates: dict[str, np.ndarray], left: np.ndarray, right: np.ndarray) -> np.ndarray:
    result: np.ndarray
    if level.kind == "within_days":
        result = np.abs(dates["days"][left] - dates["days"][right]) <= level.at_most
    elif level.kind == "same_year":
        result = dates["year"][left] == dates["year"][right]
    elif level.kind == "swapped_date":
        month, day = dates["month"], dates["day"]
        crosswise = (month[left] == day[right]) & (day[left] == month[right])
        result = crosswise & (dates["year"][left] == dates["year"][right])
    else:
        result = _slipped(dates["digits"][left], dates["digits"][right])
    return result


#: Neighbouring digits of YYYYMMDD that no hyphen parts, by place from the right: (0, 1) is the day, (2, 3) the month.
_NEIGHBOURS = (0, 2, 4, 5, 6)


def _slipped(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    differ = left ^ right
    folded = differ | (differ >> np.uint32(1))
    folded |= folded >> np.uint32(2)
    places = np.bitwise_count(folded & np.uint32(0x11111111))
    result: np.ndarray = places == 1
    two = np.flatnonzero(places == 2)
    if len(two):
        a, b = left[two], right[two]
        exchanged = np.zeros(len(two), dtype=bool)
        for place in _NEIGHBOURS:
            shift = np.uint32(4 * place)
            low_a, high_a = (a >> shift) & np.uint32(15), (a >> (shift + np.uint32(4))) & np.uint32(15)
            low_b, high_b = (b >> shift) & np.uint32(15), (b >> (shift + np.uint32(4))) & np.uint32(15)
            exchanged |= (low_a == high_b) & (high_a == low_b) & (low_a != high_a)
        result[two] = exchanged
    return result


def highest(level: Level, records: Records, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Of pairs of codes: a lossless upper bound of `similarity` (float32; minus infinity for missing values)."""
    column = level.columns[0]
    present = (left != 0) & (right != 0)
    pool = records.pools[column]
    if level.kind == "edits":
        common, a, b, _ = pool.texts().facts(left, right)
        longest = np.maximum(a, b)
        bound = (np.minimum(common, longest) - longest).astype(np.float32)
    else:
        measure = MEASURES[level.measure or ""]
        if measure.bound is None:
            return np.where(present, np.float32(np.inf), np.float32(-np.inf))
        # a missing value has no length to divide by: any value's facts do, the result is thrown away
        facts = pool.texts(level.measure or "").facts(np.maximum(left, 1), np.maximum(right, 1))
        bound = measure.bound(*facts) + SLACK
    return np.where(present, bound, np.float32(-np.inf))


def scale(level: Level) -> tuple[str, str]:
    """Levels of one scale look at one similarity, which is computed once for them."""
    return level.columns[0], (level.measure or "") if level.kind == "similar" else "edits"


def similarity(level: Level, records: Records, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Of pairs of codes (none missing): the similarity that a textual level looks at, each distinct pair scored once.

    Edits count as minus their number, so that more is always nearer.
    """
    column = level.columns[0]
    low, high = np.minimum(left, right).astype(np.uint64), np.maximum(left, right).astype(np.uint64)
    distinct, inverse = np.unique((low << np.uint64(32)) | high, return_inverse=True)
    a, b = (distinct >> np.uint64(32)).astype(np.uint32), (distinct & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    texts = records.pools[column].texts(level.measure or "").values
    first, second = texts.gather(a), texts.gather(b)
    if level.kind == "edits":
        return -edit_distance(first, second).astype(np.float64)[inverse]
    return similarities(MEASURES[level.measure or ""], first, second)[inverse]


def least(level: Level) -> float:
    """What `similarity` must be at least for the level to hold."""
    return -float(level.at_most) if level.kind == "edits" else level.at_least


@dataclass
class Stage:
    """A comparison of pairs half way: levels that are sure, and for the others what they can still become.

    `level`: the first level without texts that holds (else, MISSING). `own`: the weight of `level`. `best`: the largest
    that the pair can still get (both float32 bits).
    """

    level: np.ndarray
    own: np.ndarray
    best: np.ndarray

    def take(self, kept: np.ndarray) -> None:
        """Keep these pairs only."""
        self.level, self.own, self.best = self.level[kept], self.own[kept], self.best[kept]


class Comparer:
    """One comparison with its weights over encoded records."""

    def __init__(
        self, comparison: Comparison, records: Records, weights: np.ndarray, rarity: dict[int, np.ndarray]
    ) -> None:
        """`weights`: bits by level, else last. `rarity`: level -> bits by code of its frequency column, added to it."""
        self.comparison, self.records, self.rarity = comparison, records, rarity
        counted = (level.frequency for level in comparison.levels if level.frequency)
        self.columns = tuple(dict.fromkeys((*comparison.columns, *counted)))
        self.levels = comparison.levels
        self.last = len(self.levels)
        self.weights = weights
        self.table = np.zeros(256, dtype=np.float32)
        self.table[: len(weights)] = weights
        textual = [rung for rung, level in enumerate(self.levels) if is_textual(level)]
        self.textual = textual
        # entry k: the largest weight among k itself and the textual levels before it
        self.ceiling = self.table.copy()
        for rung in range(len(weights)):
            before = [float(weights[t]) for t in textual if t < rung]
            self.ceiling[rung] = max([float(weights[rung]), *before])

    @property
    def most(self) -> float:
        """The largest weight that any pair can have here, rarity included (a missing value weighs 0)."""
        rarest = [float(self.table[rung]) + float(bits.max()) for rung, bits in self.rarity.items()]
        return max(0.0, *map(float, self.weights), *rarest)

    def whole(self, codes: Codes) -> Stage:
        """The levels that need no texts."""
        level: np.ndarray | None = None
        present: np.ndarray | None = None
        seen: set[tuple[str, ...]] = set()
        for index in range(len(self.levels) - 1, -1, -1):
            rung = self.levels[index]
            if rung.columns not in seen:
                seen.add(rung.columns)
                both = _known(rung, codes)
                present = both if present is None else present | both
            if level is None:
                level = np.full(len(codes(rung.columns[0])[0]), self.last, dtype=np.uint8)
            if index not in self.textual:
                level[holds(rung, self.records, codes) & _meets_conditions(rung, self.records, codes, slice(None))] = (
                    index
                )
        assert level is not None and present is not None  # noqa: S101,PT018 - a comparison has a level
        level[~present] = MISSING
        own = self.table[level]
        for index, bits in self.rarity.items():
            hit = np.flatnonzero(level == index)
            if len(hit):
                left, _ = codes(self.levels[index].frequency or "")
                own[hit] += bits[left[hit]]
        return Stage(level, own, np.maximum(own, self.ceiling[level]))

    def bounded(self, stage: Stage, codes: Codes) -> np.ndarray:
        """Which pairs are still open after the bounds; `stage.best` comes down for all others."""
        is_open = np.zeros(len(stage.level), dtype=bool)
        if not self.textual:
            return is_open
        after = (stage.level != MISSING) & (stage.level > self.textual[0])
        positions = np.flatnonzero(after)
        if not len(positions):
            return is_open
        best = stage.own[positions]
        asked = {
            rung: (stage.level[positions] > rung) & _meets_conditions(self.levels[rung], self.records, codes, positions)
            for rung in reversed(self.textual)
        }
        for key in dict.fromkeys(scale(self.levels[rung]) for rung in asked):
            own = [rung for rung in asked if scale(self.levels[rung]) == key]
            candidates = np.flatnonzero(np.logical_or.reduce([asked[rung] for rung in own]))
            left, right = codes(key[0])
            bound = highest(
                self.levels[own[0]], self.records, left[positions[candidates]], right[positions[candidates]]
            )
            for rung in own:
                can = candidates[asked[rung][candidates] & (bound >= np.float32(least(self.levels[rung])))]
                best[can] = np.maximum(best[can], self.table[rung])
                is_open[positions[can]] = True
        stage.best[positions] = best
        return is_open

    def textual_levels(self, stage: Stage, codes: Codes, positions: np.ndarray) -> None:
        """Settle the open pairs (positions `at`) with the texts; afterwards `stage.level` is final for them."""
        todo = positions
        scored: dict[tuple[str, str], np.ndarray] = {}
        for rung in reversed(self.textual):
            level = self.levels[rung]
            key = scale(level)
            if key not in scored:
                left, right = codes(level.columns[0])
                a, b = left[todo], right[todo]
                value = np.full(len(todo), -np.inf)
                present = np.flatnonzero((a != 0) & (b != 0))
                value[present] = similarity(level, self.records, a[present], b[present])
                scored[key] = value
            reached = (scored[key] >= least(level)) & (stage.level[todo] > rung)
            better = todo[reached & _meets_conditions(level, self.records, codes, todo)]
            stage.level[better] = rung
            stage.own[better] = self.table[rung]
        stage.best[todo] = stage.own[todo]


def rarity_bits(records: Records, column: str, counts: pl.DataFrame) -> np.ndarray:
    """By code of a column (entry 0: none) what the shared value adds to its level: log2(mean count / its count).

    `counts`: `value`, `count` as frozen in the model; a value it has not seen counts once. The mean is that over
    records, so a level keeps its u on the whole, and what matches add to the counts stands above and below the line.
    """
    known = counts["count"].cast(pl.Float64)
    mean = float((known * known).sum()) / max(float(known.sum()), 1.0)
    pool = records.pools[column]
    seen = pl.DataFrame({"value": pool.values.cast(pl.String)}).join(
        counts, on="value", how="left", maintain_order="left"
    )
    count = seen["count"].cast(pl.Float64).fill_null(1.0).clip(1.0).to_numpy()
    return np.concatenate([[0.0], np.log2(max(mean, 1.0) / count)])
