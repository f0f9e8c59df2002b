"""Ranges of pairs: whatever they are cut into and wherever they are scored, together they are all pairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from screening.linking import LinkModel, Settings, train
from screening.linking.block import Blocks
from screening.linking.encode import Records, encode
from screening.linking.linking import link_encoded
from screening.linking.pair_ranges import PairRange, RangePairs, RangeScorer, RangeWorkers
from screening.linking.prepared import records_from_frames, records_to_frames
from screening.linking.scorer import best_first


@pytest.fixture(scope="module")
def whole(persons: pl.DataFrame, model: LinkModel) -> Records:
    return encode(persons, model.settings)


@limits(max_examples=40, deadline=None)
@given(st.integers(1, 4_000), st.integers(0, 9), st.integers(1, 4), st.integers(0, 2))
def test_parts_of_a_rule_are_the_same_parts_whichever_are_asked_for(
    whole: Records, at_once: int, first: int, count: int, rule: int
) -> None:
    blocks = Blocks.make(whole, [("birth_date",), ("surname",), ("postcode",)][rule])
    every = [(left.tolist(), right.tolist()) for _, left, right in blocks.parts(at_once=at_once)]
    few = blocks.parts(at_once=at_once, only=(first, first + count))
    assert [(left.tolist(), right.tolist()) for _, left, right in few] == every[first : first + count]
    assert len(every) <= blocks.part_count(at_once)


@limits(max_examples=8, deadline=None)
@given(st.integers(300, 60_000), st.integers(1, 90_000), st.randoms(use_true_random=False))
def test_ranges_of_any_size_in_any_order_give_the_pairs_of_one_process(
    whole: Records, model: LinkModel, at_once: int, range_pairs: int, order: Random
) -> None:
    direct = link_encoded(model, whole)
    within = RangeScorer(model, whole, at_once).ranges(range_pairs)
    order.shuffle(within)
    # as a worker elsewhere has them: other codes of the values
    copy = records_from_frames(records_to_frames(whole, model.settings), model.settings)
    scorer = RangeScorer(model, copy, at_once)
    results = [scorer.score(part) for part in within]
    assert best_first(pl.concat([result.pairs for result in results])).equals(direct.pairs)
    assert sum(result.compared for result in results) == direct.compared


def test_workers_are_given_every_rule_and_the_cut_is_told(persons: pl.DataFrame, settings: Settings) -> None:
    few = replace(settings, max_block=6)
    model = train(persons, few)
    records = encode(persons, few)
    direct = link_encoded(model, records)
    assert direct.cut.height
    asked: list[PairRange] = []

    def score(model: LinkModel, records: Records, within: Sequence[PairRange]) -> Iterator[RangePairs]:
        asked.extend(within)
        return map(RangeScorer(model, records).score, within)

    apart = link_encoded(model, records, workers=RangeWorkers(score, least_pairs=1, range_pairs=1))
    assert {within.rule for within in asked} == set(range(len(few.blocking)))
    assert apart.pairs.equals(direct.pairs)
    assert (apart.compared, apart.cut.rows()) == (direct.compared, direct.cut.rows())


def test_few_pairs_stay_in_this_process(whole: Records, model: LinkModel) -> None:
    def score(_model: LinkModel, _records: Records, _within: Sequence[PairRange]) -> list[RangePairs]:
        raise AssertionError

    workers = RangeWorkers(score, least_pairs=10**9, range_pairs=1)
    assert link_encoded(model, whole, workers=workers).compared > 0
