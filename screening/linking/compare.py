"""The level of every comparison of a pair: integers first, then bounds, and texts only where they can still matter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from screening.linking.encode import Records
from screening.linking.kinds import Codes, holds, meets_conditions
from screening.linking.readings import Readings
from screening.linking.settings import Comparison
from screening.linking.similarity import TokenBits, highest, is_textual, least, scale, similarity

MISSING = np.uint8(255)
#: A bound in bits is computed in float32: pairs this close below the floor are still looked at.
BITS_SLACK = 1e-2


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
        self.level, self.own, self.best = (part.take(kept) for part in (self.level, self.own, self.best))


class Comparer:
    """One comparison with its weights over encoded records."""

    def __init__(
        self,
        comparison: Comparison,
        records: Records,
        weights: np.ndarray,
        rarity: dict[int, np.ndarray] | None = None,
        token_bits: TokenBits | None = None,
    ) -> None:
        """`weights`: bits by level, else last. `rarity`: level -> bits by code of its frequency column, added to it."""
        self.comparison, self.records, self.rarity = comparison, records, rarity or {}
        self.token_bits = token_bits or {}
        counted = (level.frequency for level in comparison.levels if level.frequency)
        self.columns = tuple(dict.fromkeys((*comparison.columns, *counted)))
        self.levels = comparison.levels
        self.last = len(self.levels)
        sets = {frozenset(level.columns): level.columns for level in self.levels}
        #: A pair is missing that has none of these on both sides; what asks more than another is left out.
        self.column_sets = [columns for own, columns in sets.items() if not any(less < own for less in sets)]
        self.weights = weights
        self._most_of: np.ndarray | None = None
        self.table = np.zeros(256, dtype=np.float32)
        self.table[: len(weights)] = weights
        textual = [rung for rung, level in enumerate(self.levels) if is_textual(level)]
        self.textual = textual
        # entry k: the largest weight among the textual levels before it
        self.ceiling = np.full(256, -np.inf, dtype=np.float32)
        for rung in range(len(weights)):
            self.ceiling[rung] = max((self._most_at(t) for t in textual if t < rung), default=-np.inf)

    def _most_at(self, rung: int) -> float:
        rarest = max(float(self.rarity[rung].max()), 0.0) if rung in self.rarity else 0.0
        return float(self.weights[rung]) + rarest

    def rare(self, rung: int, codes: Codes, positions: np.ndarray) -> np.ndarray | float:
        """What the frequency of values adds at this level, at these positions: of two values the commoner counts."""
        bits = self.rarity.get(rung)
        if bits is None:
            return 0.0
        level = self.levels[rung]
        left, right = codes(level.frequency or "")
        if level.kind == "equal" and level.frequency in level.columns:
            return np.asarray(bits.take(left.take(positions)))
        return np.asarray(np.minimum(bits.take(left.take(positions)), bits.take(right.take(positions))))

    def similarity(self, rung: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """The similarity of pairs of codes (none missing) that a textual level looks at."""
        return similarity(self.levels[rung], self.records, left, right, self.token_bits)

    @property
    def most(self) -> float:
        """The largest weight that any pair can have here, rarity included (a missing value weighs 0)."""
        return max(0.0, float(self.weights[-1]), *(self._most_at(rung) for rung in range(self.last)))

    def most_of(self, readings: Readings) -> np.ndarray:
        """The largest weight that any pair can have here with each reading on either side (float32)."""
        if self._most_of is None:
            self._most_of = np.full(len(readings.owner), max(0.0, float(self.weights[-1])), dtype=np.float32)
            for rung, level in enumerate(self.levels):
                most: np.ndarray | float = self._most_at(rung)
                # of two values the commoner counts, which is no rarer than either
                if rung in self.rarity:
                    most = self.weights[rung] + self.rarity[rung][readings.codes[level.frequency or ""]]
                has_values = np.logical_and.reduce(
                    [readings.codes[name] != 0 for name in (*level.columns, *level.within)]
                )
                self._most_of = np.maximum(self._most_of, np.where(has_values, most, -np.inf).astype(np.float32))
        return self._most_of

    def whole(self, codes: Codes) -> Stage:
        """The levels that need no texts."""
        level = np.full(len(codes.left), self.last, dtype=np.uint8)
        # the pairs that no level holds for yet; they are looked at alone once they are few
        rest, sides, part = np.arange(len(level)), codes, level
        for index, rung in enumerate(self.levels):
            if index in self.textual:
                continue
            is_level = holds(rung, self.records, sides)
            # the number of the level where it holds, else MISSING: without a mask, which would be slow
            np.minimum(part, MISSING - is_level.view(np.uint8) * np.uint8(MISSING - index), out=part)
            is_open = part == self.last
            if 2 * np.count_nonzero(is_open) < len(part):
                level[rest] = part
                still = np.flatnonzero(is_open)
                rest, sides, part = rest.take(still), sides.take(still), part.take(still)
        is_else = part == self.last
        for columns in self.column_sets if is_else.any() else ():
            is_else &= ~sides.known(columns)
        part |= is_else.view(np.uint8) * MISSING
        level[rest] = part
        own = self.table.take(level)
        for index in self.rarity:
            hit = np.flatnonzero(level == index)
            if len(hit):
                own[hit] += self.rare(index, codes, hit)
        return Stage(level, own, np.maximum(own, self.ceiling.take(level)) if self.textual else own.copy())

    def bounded(self, stage: Stage, codes: Codes) -> np.ndarray:
        """Which pairs are still open after the bounds; `stage.best` comes down for all others."""
        is_open = np.zeros(len(stage.level), dtype=bool)
        if not self.textual:
            return is_open
        after = (stage.level != MISSING) & (stage.level > self.textual[0])
        positions = np.flatnonzero(after)
        if not len(positions):
            return is_open
        best, near = stage.own[positions], codes.take(positions)
        asked = {
            rung: (stage.level[positions] > rung) & meets_conditions(self.levels[rung], self.records, near)
            for rung in reversed(self.textual)
        }
        for key in dict.fromkeys(scale(self.levels[rung]) for rung in asked):
            own = [rung for rung in asked if scale(self.levels[rung]) == key]
            candidates = np.flatnonzero(np.logical_or.reduce([asked[rung] for rung in own]))
            left, right = near(key[0])
            bound = highest(self.levels[own[0]], self.records, left.take(candidates), right.take(candidates))
            for rung in own:
                can = candidates[asked[rung][candidates] & (bound >= np.float32(least(self.levels[rung])))]
                best[can] = np.maximum(best[can], self.table[rung] + self.rare(rung, near, can))
                is_open[positions[can]] = True
        stage.best[positions] = best
        return is_open

    def textual_levels(self, stage: Stage, codes: Codes, positions: np.ndarray) -> None:
        """Settle the open pairs (positions `at`) with the texts; afterwards `stage.level` is final for them."""
        todo, near = positions, codes.take(positions)
        scored: dict[tuple[str, str], np.ndarray] = {}
        for rung in reversed(self.textual):
            level = self.levels[rung]
            key = scale(level)
            if key not in scored:
                a, b = near(level.columns[0])
                value = np.full(len(todo), -np.inf)
                present = np.flatnonzero((a != 0) & (b != 0))
                value[present] = self.similarity(rung, a[present], b[present])
                scored[key] = value
            reached = (scored[key] >= least(level)) & (stage.level[todo] > rung)
            better = todo[reached & meets_conditions(level, self.records, near)]
            stage.level[better] = rung
            stage.own[better] = self.table[rung] + self.rare(rung, codes, better)
        stage.best[todo] = stage.own[todo]


def rarity_bits(records: Records, column: str, counts: pl.DataFrame) -> np.ndarray:
    """By code of a column (entry 0: none) what the shared value adds to its level: log2(mean count / its count).

    `counts`: `value`, `count` as frozen in the model; a value it has not seen counts once. The mean is that over
    records, so a level keeps its u on the whole, and what matches add to the counts stands above and below the line.
    """
    frozen = counts["count"].cast(pl.Float64)
    mean = float((frozen * frozen).sum()) / max(float(frozen.sum()), 1.0)
    pool = records.pools[column]
    seen = pl.DataFrame({"value": pool.values.cast(pl.String)}).join(
        counts, on="value", how="left", maintain_order="left"
    )
    count = seen["count"].cast(pl.Float64).fill_null(1.0).clip(1.0).to_numpy()
    return np.concatenate([[0.0], np.log2(max(mean, 1.0) / count)])
