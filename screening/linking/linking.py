"""From records to scored pairs."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import polars as pl

from screening.linking.block import CutBlockWarning, cut_notes
from screening.linking.encode import Records, encode
from screening.linking.estimate import train_encoded
from screening.linking.model import LinkModel
from screening.linking.pair_ranges import PairRange, RangeScorer, RangeWorkers
from screening.linking.scorer import best_first
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

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever uses the pairs must know: the blocks that were cut, rule by rule, without any value."""
        return cut_notes(self.cut)


def link(model: LinkModel, records: pl.DataFrame) -> Linked:
    """All pairs of these records whose log-odds reach the floor of the settings."""
    return warned(link_encoded(model, encode(records, model.settings)))


def train_and_link(records: pl.DataFrame, settings: Settings) -> tuple[LinkModel, Linked]:
    """Learn a model and use it on the same records, which are encoded once."""
    encoded = encode(records, settings)
    model = train_encoded(encoded, settings)
    return model, warned(link_encoded(model, encoded))


def link_encoded(
    model: LinkModel, records: Records, rows: np.ndarray | None = None, workers: RangeWorkers | None = None
) -> Linked:
    """As `link`, on records that are encoded already.

    Args:
        model: The model.
        records: The records.
        rows: Only the pairs that hold one of these are made, in this process.
        workers: Score the pairs, where there are enough of them, in other processes; the pairs are the same.
    """
    scorer = RangeScorer(model, records)
    if rows is None and workers and scorer.candidates() >= max(workers.least_pairs, 1):
        ranges, cut = scorer.ranges(workers.range_pairs), scorer.cut()
        scorer.clear()
        results = list(workers.score(model, records, ranges))
        pairs = best_first(pl.concat([result.pairs for result in results]))
        return Linked(pairs, cut, sum(result.compared for result in results))
    scored, compared = [], 0
    for rule in range(len(model.settings.blocking)):
        of_rule, pairs_of_rule = scorer.scored(PairRange(rule)) if rows is None else scorer.scored_with(rule, rows)
        scored.extend(of_rule)
        compared += pairs_of_rule
    cut = scorer.cut()
    scorer.clear()
    return Linked(scorer.scorer.frame(scored), cut, compared)


def warned(linked: Linked) -> Linked:
    """These pairs, and a warning where blocks were cut."""
    for note in linked.notes:
        warnings.warn(note, CutBlockWarning, stacklevel=3)
    return linked
