"""The pairs of a model's rules in ranges that can be scored apart, in any process, and give the same pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from screening.linking.block import PAIRS_AT_ONCE, Blocks, cut_report, found_before
from screening.linking.encode import Records
from screening.linking.keys import key_texts, rule_name
from screening.linking.model import LinkModel
from screening.linking.nonmatches import blocks_of
from screening.linking.scorer import Scored, Scorer


@dataclass(frozen=True)
class PairRange:
    """The pairs of one rule from part `first` on, before part `last` (None: to the end); see `Blocks.parts`."""

    rule: int
    first: int = 0
    last: int | None = None


@dataclass(frozen=True)
class RangePairs:
    """What a range holds. `pairs`: as `Linked.pairs`, in any order; `compared`: how many pairs were compared."""

    pairs: pl.DataFrame
    compared: int


@dataclass(frozen=True)
class RangeWorkers:
    """Where ranges of pairs are scored if not in this process.

    Args:
        score: Score these ranges of these records; results in any order.
        least_pairs: Candidate pairs below which this process scores them itself.
        range_pairs: Candidate pairs of a range, about.
    """

    score: Callable[[LinkModel, Records, Sequence[PairRange]], Iterable[RangePairs]]
    least_pairs: int
    range_pairs: int


class RangeScorer:
    """A model at work on ranges of the pairs of these records; what the ranges share is made once.

    `at_once`: see `Blocks.parts`; a range means the same pairs only where this is the same.
    """

    def __init__(self, model: LinkModel, records: Records, at_once: int = PAIRS_AT_ONCE) -> None:
        self.model, self.records, self.at_once = model, records, at_once
        self.scorer = Scorer(model, records)
        self._blocks: list[Blocks] = []
        self._cuts: list[pl.DataFrame] = []

    def blocks(self, rule: int) -> Blocks:
        """The blocks of a rule without those that are cut."""
        for earlier in self.model.settings.blocking[len(self._blocks) : rule + 1]:
            blocks, cut = blocks_and_cut(self.model, self.records, earlier)
            self._blocks.append(blocks)
            self._cuts.append(cut)
        return self._blocks[rule]

    def cut(self) -> pl.DataFrame:
        """CUT_BLOCKS of all rules."""
        self.blocks(len(self.model.settings.blocking) - 1)
        return pl.concat(self._cuts)

    def candidates(self) -> int:
        """How many pairs the rules make, counted for each rule that makes them, about."""
        counts = (self.blocks(rule).part_count(self.at_once) for rule in range(len(self.model.settings.blocking)))
        return sum(counts) * self.at_once

    def ranges(self, pairs: int) -> list[PairRange]:
        """All pairs of all rules in ranges of about so many."""
        step = max(1, pairs // self.at_once)
        ranges: list[PairRange] = []
        for rule in range(len(self.model.settings.blocking)):
            starts = list(range(0, self.blocks(rule).part_count(self.at_once), step))
            # the last is open: no pair depends on how well the parts were counted
            ranges.extend(map(PairRange, [rule] * len(starts), starts, [*starts[1:], None]))
        return ranges

    def scored(self, within: PairRange) -> tuple[list[Scored], int]:
        """The pairs of a range that reach the floor, and how many were compared."""
        only = within.first, within.last
        return self._scored(within.rule, self.blocks(within.rule).parts(at_once=self.at_once, only=only))

    def scored_with(self, rule: int, rows: np.ndarray) -> tuple[list[Scored], int]:
        """As `scored`, all pairs of a rule that hold one of these rows."""
        return self._scored(rule, self.blocks(rule).parts_with(rows))

    def score(self, within: PairRange) -> RangePairs:
        """The pairs of a range that reach the floor."""
        scored, compared = self.scored(within)
        return RangePairs(self.scorer.rows(scored), compared)

    def clear(self) -> None:
        """Forget the blocks: hundreds of megabytes of a large set, which nothing that follows reads."""
        self._blocks.clear()
        for rule in self.model.settings.blocking:
            self.records.blocks.pop(rule, None)

    def _scored(
        self, rule: int, parts: Iterable[tuple[np.ndarray | None, np.ndarray, np.ndarray]]
    ) -> tuple[list[Scored], int]:
        scored, compared = [], 0
        for near, left, right in parts:
            kept = admitted_pairs(self.records, self._blocks[:rule], left, right, near)
            compared += len(kept)
            scored.append(self.scorer.score(left.take(kept), right.take(kept), rule, near))
        return scored, compared


def blocks_and_cut(model: LinkModel, records: Records, rule: tuple[str, ...]) -> tuple[Blocks, pl.DataFrame]:
    """The blocks of a rule without those that the model froze as hot, and CUT_BLOCKS of these."""
    blocks = blocks_of(records, rule)
    frozen = model.hot.get(rule_name(rule), ())
    hot = np.empty(0, dtype=np.int64)
    if frozen:
        shared = np.flatnonzero(blocks.sizes > 1)
        texts = key_texts(records, rule, blocks.heads.take(shared))
        hot = shared[texts.is_in(list(frozen)).to_numpy()]
    return blocks.without(hot), cut_report(records, blocks, hot)


def admitted_pairs(
    records: Records, earlier: list[Blocks], left: np.ndarray, right: np.ndarray, near: np.ndarray | None = None
) -> np.ndarray:
    """Positions of the pairs that no earlier rule makes and that are of two sources, where records have a source.

    `near`: see `Blocks.parts`.
    """
    refused = found_before(earlier, left, right, near)
    if records.source is not None:
        source = records.source if near is None else records.source[near]
        refused |= source[left] == source[right]
    return np.flatnonzero(~refused)
