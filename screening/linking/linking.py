"""From records to scored pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from screening.linking.block import Blocks, cut_report, found_before, key_texts, rule_name
from screening.linking.compare import Comparer, above_floor, gammas, rarity_bits
from screening.linking.encode import Records, encode
from screening.linking.estimate import blocks_of, train_encoded
from screening.linking.model import LinkModel
from screening.linking.rank import tie_breaker, to_grid
from screening.linking.settings import Settings


@dataclass(frozen=True)
class Linked:
    """The pairs that a model keeps.

    `pairs`: one row a pair (`left` < `right`: ids; `log_odds` base 2, never equal but for pairs that are equal in all;
    `probability`; `is_vetoed`; `rule`: the rule that found it; `level_<comparison>`: the level's number, 255 =
    missing), best first. `cut`: CUT_BLOCKS. `compared`: pairs that the rules made.
    """

    pairs: pl.DataFrame
    cut: pl.DataFrame
    compared: int


def link(model: LinkModel, records: pl.DataFrame) -> Linked:
    """All pairs of these records whose log-odds reach the floor of the settings."""
    return link_encoded(model, encode(records, model.settings))


def train_and_link(records: pl.DataFrame, settings: Settings) -> tuple[LinkModel, Linked]:
    """Learn a model and use it on the same records, which are encoded once."""
    encoded = encode(records, settings)
    model = train_encoded(encoded, settings)
    return model, link_encoded(model, encoded)


def link_encoded(model: LinkModel, records: Records) -> Linked:
    """As `link`, on records that are encoded already."""
    scorer = Scorer(model, records)
    scored, cuts, compared = [], [], 0
    earlier: list[np.ndarray] = []
    for number, rule in enumerate(model.settings.blocking):
        blocks, cut = blocks_and_cut(model, records, rule)
        cuts.append(cut)
        for left, right in blocks.chunks():
            kept = admitted_pairs(records, earlier, left, right)
            compared += len(kept)
            scored.append(scorer.score(left[kept], right[kept], number))
        earlier.append(blocks.block)
    return Linked(scorer.frame(scored), pl.concat(cuts), compared)


def blocks_and_cut(model: LinkModel, records: Records, rule: tuple[str, ...]) -> tuple[Blocks, pl.DataFrame]:
    """The blocks of a rule without those that the model froze as hot, and CUT_BLOCKS of these."""
    blocks = blocks_of(records, rule)
    frozen = model.hot.get(rule_name(rule), ())
    hot = np.empty(0, dtype=np.int64)
    if frozen:
        shared = np.flatnonzero(blocks.sizes > 1)
        texts = key_texts(records, rule, blocks.order[blocks.starts[shared]])
        hot = shared[texts.is_in(list(frozen)).to_numpy()]
    return blocks.without(hot), cut_report(records, blocks, hot)


def admitted_pairs(records: Records, earlier: list[np.ndarray], left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Positions of the pairs that no earlier rule makes and that are of two sources, where records have a source."""
    refused = found_before(earlier, left, right)
    if records.source is not None:
        refused |= records.source[left] == records.source[right]
    return np.flatnonzero(~refused)


class Scorer:
    """A model at work on encoded records."""

    def __init__(self, model: LinkModel, records: Records) -> None:
        self.model, self.records = model, records
        self.comparers: list[Comparer] = []
        for c in model.settings.comparisons:
            rarity = {}
            for rung, level in enumerate(c.levels):
                if level.frequency:
                    counts = model.frequencies.filter(pl.col("column") == level.frequency).select("value", "count")
                    rarity[rung] = rarity_bits(
                        records, level.frequency, counts, model.totals[level.frequency], model.u[c.name][rung]
                    )
            self.comparers.append(Comparer(c, records, np.array(model.weights(c.name)), rarity))
        # what needs no texts and tells most comes first: it spares the others most pairs
        spread = [float(np.ptp(c.weights)) for c in self.comparers]
        self.sequence = sorted(
            range(len(self.comparers)), key=lambda index: (bool(self.comparers[index].textual), -spread[index], index)
        )

    def score(self, left: np.ndarray, right: np.ndarray, rule: int) -> tuple[np.ndarray, ...]:
        """The pairs of these at the floor or above: rows left, rows right, log-odds, levels, rule."""
        floor = self.model.settings.floor
        ordered = [self.comparers[index] for index in self.sequence]
        left, right, levels = above_floor(ordered, self.records, left, right, prior=self.model.prior_bits, floor=floor)
        back = np.empty_like(levels)
        back[self.sequence] = levels
        bits = self.bits(left, right, back)
        kept = np.flatnonzero(bits >= floor)
        return left[kept], right[kept], bits[kept], back[:, kept], np.full(len(kept), rule, dtype=np.uint8)

    def levels(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """The levels of any pairs of rows (a row a comparison)."""
        return gammas(self.comparers, self.records, left, right)

    def parts(self, left: np.ndarray, right: np.ndarray, levels: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """Per comparison the weight of its level and what rarity adds (float64 bits)."""
        result = []
        for index, comparer in enumerate(self.comparers):
            table = np.zeros(256)
            table[: len(comparer.weights)] = comparer.weights
            rare = np.zeros(len(left))
            for rung, bits in comparer.rarity.items():
                hit = np.flatnonzero(levels[index] == rung)
                codes = self.records.codes[comparer.levels[rung].frequency or ""]
                rare[hit] = bits[codes[left[hit]]]
            result.append((table[levels[index]], rare))
        return result

    def bits(self, left: np.ndarray, right: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """The log-odds of pairs (float64, base 2), before the tie-breaker: always summed in the declared order."""
        total = np.full(len(left), self.model.prior_bits)
        for weight, rare in self.parts(left, right, levels):
            total += weight
            total += rare
        return total

    def vetoed(self, left: np.ndarray, right: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """Which pairs negative evidence parts."""
        result = np.zeros(len(left), dtype=bool)
        names = [c.name for c in self.model.settings.comparisons]
        for veto in self.model.settings.vetoes:
            index = names.index(veto.comparison)
            numbers = [self.model.settings.comparisons[index].level_names.index(name) for name in veto.levels]
            bites = np.isin(levels[index], numbers)
            if veto.overlapping:
                first, last = (self.records.spans[name] for name in veto.overlapping)
                bites &= (first[left] <= last[right]) & (first[right] <= last[left])
            result |= bites
        return result

    def frame(self, scored: list[tuple[np.ndarray, ...]]) -> pl.DataFrame:
        """Scored pairs as `Linked.pairs`."""
        settings = self.model.settings
        names = [rule_name(rule) for rule in settings.blocking]
        if scored:
            left, right, bits, rule = (np.concatenate([part[index] for part in scored]) for index in (0, 1, 2, 4))
            levels = np.concatenate([part[3] for part in scored], axis=1)
        else:
            left = right = np.empty(0, dtype=np.int32)
            bits, rule = np.empty(0), np.empty(0, dtype=np.uint8)
            levels = np.empty((len(self.comparers), 0), dtype=np.uint8)
        exact = to_grid(bits) + tie_breaker(self.comparers, self.records, left, right, levels)
        ids = self.records.ids
        frame = pl.DataFrame(
            {
                "a": ids.gather(left),
                "b": ids.gather(right),
                "log_odds": exact,
                "is_vetoed": self.vetoed(left, right, levels),
                "_rule": rule,
                **{f"level_{c.name}": levels[index] for index, c in enumerate(settings.comparisons)},
            }
        )
        frame = frame.with_columns(
            left=pl.min_horizontal("a", "b"),
            right=pl.max_horizontal("a", "b"),
            probability=1 / (1 + (-pl.col("log_odds").clip(-1000, 1000) * float(np.log(2))).exp()),
            rule=pl.col("_rule").replace_strict(dict(enumerate(names)), return_dtype=pl.String),
        )
        shown = ["left", "right", "log_odds", "probability", "is_vetoed", "rule"]
        levels_shown = [f"level_{c.name}" for c in settings.comparisons]
        return frame.select(*shown, *levels_shown).sort(["log_odds", "left", "right"], descending=[True, False, False])
