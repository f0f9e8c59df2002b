"""The log-odds of pairs under a model: weights by level, rarity, gates and vetoes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from screening.linking.compare import MISSING, Comparer, rarity_bits
from screening.linking.encode import Records
from screening.linking.keys import rule_name
from screening.linking.model import LinkModel
from screening.linking.pairs import ComparedPairs, above_floor, compare_all, comparer_groups, joined
from screening.linking.rank import tie_breaker, to_grid
from screening.linking.tokens import token_column, weigh_tokens


@dataclass(frozen=True)
class Scored:
    """Pairs that one rule found, with their log-odds (base 2, before the tie-breaker)."""

    compared: ComparedPairs
    bits: np.ndarray
    rule: int


def below(bits: np.ndarray, sure: float) -> np.ndarray:
    """Log-odds held below `sure` without making ties: what may not be sure by itself keeps its order."""
    start = sure - 1
    held: np.ndarray = np.where(bits <= start, bits, sure - 1 / (np.maximum(bits, start) - start + 1))
    return held


def best_first(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs in the order of `Linked.pairs`, which no two of them share."""
    return pairs.sort(["log_odds", "left", "right"], descending=[True, False, False])


class Scorer:
    """A model at work on encoded records."""

    def __init__(self, model: LinkModel, records: Records) -> None:
        self.model, self.records = model, records
        self.comparers: list[Comparer] = []
        for c in model.settings.comparisons:
            rarity = {
                rung: rarity_bits(records, level.frequency, model.counts_of(level.frequency))
                for rung, level in enumerate(c.levels)
                if level.frequency
            }
            bits = {
                column: weigh_tokens(
                    records.pools[column].tokens.words, model.counts_of(token_column(column)), model.trained_on
                )
                for column in c.token_columns
            }
            self.comparers.append(Comparer(c, records, np.array(model.weights(c.name)), rarity, bits))
        # what needs no texts, looks at few columns and tells most comes first: it spares the others most pairs
        cost = [len(c.levels) if c.textual else 0 for c in self.comparers]
        spread = [float(np.ptp(c.weights)) for c in self.comparers]
        sequence = sorted(range(len(self.comparers)), key=lambda index: (cost[index] > 0, -spread[index], index))
        self.groups = comparer_groups(self.comparers, records, sequence)

    def score(self, left: np.ndarray, right: np.ndarray, rule: int, near: np.ndarray | None = None) -> Scored:
        """The pairs of these at the floor or above, found by this rule; `near`: see `Blocks.parts`."""
        floor = self.model.settings.floor
        compared = above_floor(self.groups, self.records, left, right, near, prior=self.model.prior_bits, floor=floor)
        bits = self.gated_bits(compared)
        kept = np.flatnonzero(bits >= floor)
        return Scored(compared.take(kept), bits[kept], rule)

    def compare(self, left: np.ndarray, right: np.ndarray) -> ComparedPairs:
        """Any pairs of rows at all comparisons."""
        return compare_all(self.comparers, self.records, left, right)

    def parts(self, compared: ComparedPairs) -> list[tuple[np.ndarray, np.ndarray]]:
        """Per comparison the weight of its level and what rarity adds (float64 bits)."""
        result = []
        for index, comparer in enumerate(self.comparers):
            table = np.zeros(256)
            table[: len(comparer.weights)] = comparer.weights
            levels = compared.levels[index]
            rare = np.zeros(len(levels))
            for rung in comparer.rarity:
                hit = np.flatnonzero(levels == rung)
                rare[hit] = comparer.rare(rung, compared.sides[index], hit)
            result.append((table[levels], rare))
        names = [c.name for c in self.model.settings.comparisons]
        for pair in self.model.together:
            a, b = names.index(pair.first), names.index(pair.second)
            less = np.zeros((256, 256))
            less[: len(pair.bits), : len(pair.bits[0])] = pair.bits
            # what the two say less together is taken off the later of them
            result[b] = (result[b][0] + less[compared.levels[a], compared.levels[b]], result[b][1])
        return result

    def bits(self, compared: ComparedPairs) -> np.ndarray:
        """The log-odds of pairs (float64, base 2), before the tie-breaker: always summed in the declared order."""
        total = np.full(len(compared.left), self.model.prior_bits)
        for weight, rare in self.parts(compared):
            total += weight
            total += rare
        return total

    def gated_bits(self, compared: ComparedPairs) -> np.ndarray:
        """The log-odds of pairs, those held below `Settings.sure` that a gate keeps from being sure."""
        bits = self.bits(compared)
        if not self.model.settings.gates:
            return bits
        held: np.ndarray = np.where(self.gated(compared.levels), below(bits, self.model.settings.sure), bits)
        return held

    def vetoed(self, compared: ComparedPairs) -> np.ndarray:
        """Which pairs negative evidence parts."""
        left, right = compared.left, compared.right
        result = np.zeros(len(left), dtype=bool)
        names = [c.name for c in self.model.settings.comparisons]
        for veto in self.model.settings.vetoes:
            index = names.index(veto.comparison)
            numbers = [self.model.settings.comparisons[index].level_names.index(name) for name in veto.levels]
            bites = np.isin(compared.levels[index], numbers)
            if veto.overlapping:
                first, last = (self.records.spans[name] for name in veto.overlapping)
                bites &= (first[left] <= last[right]) & (first[right] <= last[left])
            result |= bites
        return result

    def gated(self, levels: np.ndarray) -> np.ndarray:
        """Which pairs a gate of the settings keeps from being sure."""
        result = np.zeros(levels.shape[1], dtype=bool)
        for gate in self.model.settings.gates:
            bites = self._stands_at(levels, gate.comparison, gate.levels)
            if gate.unless:
                bites &= ~self._stands_at(levels, *gate.unless)
            result |= bites
        return result

    def _stands_at(self, levels: np.ndarray, comparison: str, names: tuple[str, ...]) -> np.ndarray:
        index = [c.name for c in self.model.settings.comparisons].index(comparison)
        numbers = self.model.settings.comparisons[index].level_names.index
        stands: np.ndarray = np.isin(
            levels[index], [int(MISSING) if name == "missing" else numbers(name) for name in names]
        )
        return stands

    def frame(self, scored: Sequence[Scored]) -> pl.DataFrame:
        """Scored pairs as `Linked.pairs`."""
        return best_first(self.rows(scored))

    def rows(self, scored: Sequence[Scored]) -> pl.DataFrame:
        """Scored pairs as `Linked.pairs`, in any order."""
        settings = self.model.settings
        names = [rule_name(rule) for rule in settings.blocking]
        columns = ["left", "right", "log_odds", "probability", "is_vetoed", "rule"]
        numbers = [f"level_{c.name}" for c in settings.comparisons]
        ids = self.records.ids
        nobody = np.empty(0, dtype=np.int32)
        parts = scored or [self.score(nobody, nobody, 0)]
        compared = joined([part.compared for part in parts])
        sizes = [len(part.bits) for part in parts]
        bits = to_grid(np.concatenate([part.bits for part in parts]))
        frame = pl.DataFrame(
            {
                "a": ids.gather(compared.left),
                "b": ids.gather(compared.right),
                "log_odds": bits + tie_breaker(self.comparers, self.records, compared),
                "is_vetoed": self.vetoed(compared),
                "_rule": np.repeat(np.array([part.rule for part in parts], dtype=np.uint8), sizes),
                **dict(zip(numbers, compared.levels, strict=True)),
            }
        )
        frame = frame.with_columns(
            left=pl.min_horizontal("a", "b"),
            right=pl.max_horizontal("a", "b"),
            probability=1 / (1 + (-pl.col("log_odds").clip(-1000, 1000) * float(np.log(2))).exp()),
            rule=pl.col("_rule").replace_strict(dict(enumerate(names)), return_dtype=pl.String),
        )
        return frame.select(*columns, *numbers)
