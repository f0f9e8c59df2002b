"""Families share name and address: what the two say less together is learned, and nothing where fields are apart."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from benchmarks.linking.dutch import generate
from screening import linking as e
from screening.linking.dependence import learn_dependence
from screening.linking.metrics import at, calibration_table, mark_right, threshold_table

FIELDS = tuple(e.Comparison(name, (e.equal(),)) for name in ("name", "home", "born", "given"))
#: Bits of equal, else, missing.
WEIGHTS = [np.array([10.0, -4.0, 0.0])] * 4


def sample(strangers: int) -> tuple[np.ndarray, np.ndarray]:
    """A thousand pairs of one party, in all ways, and so many of a family: name and home equal, the rest not."""
    patterns = np.array(list(product((0, 1), repeat=4))).T
    counts = 1000 * np.prod(np.where(patterns == 0, 0.9, 0.1), axis=0)
    family = (patterns == np.array([[0], [0], [1], [1]])).all(axis=0)
    return patterns, counts + strangers * family


def test_two_fields_that_a_family_shares_say_less_together() -> None:
    dependences = learn_dependence(FIELDS, *sample(3_000), WEIGHTS, prior_bits=-12.0)
    assert [(pair.first, pair.second) for pair in dependences] == [("name", "home")]
    # three of four are strangers, so the two may say about -1.8 bits with the prior, not 8
    assert dependences[0].bits[0][0] == pytest.approx(np.log2(810 / 3_000) - 8, abs=0.5)
    assert dependences[0].bits[0][1] == dependences[0].bits[1][0] == 0.0


def test_without_families_nothing_is_taken_off() -> None:
    assert learn_dependence(FIELDS, *sample(0), WEIGHTS, prior_bits=-12.0) == ()


def test_weights_set_by_hand_depend_on_none() -> None:
    by_hand = (e.Comparison("name", (e.equal().having(bits=10.0),)), *FIELDS[1:])
    assert learn_dependence(by_hand, *sample(3_000), WEIGHTS, prior_bits=-12.0) == ()


def test_families_are_no_matches_although_name_and_address_are_compared_apart(plain_settings: e.Settings) -> None:
    records = generate(12_000, seed=9)
    truth = records.select("id", "party")
    model, linked = e.train_and_link(records, plain_settings)
    assert ("surname", "address") in {(pair.first, pair.second) for pair in model.together}
    assert at(threshold_table(linked.pairs, truth), 0.0)["f1"] > 0.92
    calibration = calibration_table(mark_right(linked.pairs, truth), [0.0, 4.0, 8.0])
    assert calibration["error"].max() < 0.05


def test_a_stored_model_and_an_explanation_hold_what_two_fields_say_less(
    persons: pl.DataFrame, plain_settings: e.Settings, tmp_path: Path
) -> None:
    model, linked = e.train_and_link(persons, plain_settings)
    assert model.together
    model.save(tmp_path)
    assert e.LinkModel.load(tmp_path).together == model.together
    family = linked.pairs.filter((pl.col("level_surname") == 0) & (pl.col("level_address") == 0)).row(0, named=True)
    why = e.explain_pair(model, persons, family["left"], family["right"])
    assert why.log_odds == family["log_odds"]
    weight = next(step.weight for step in why.steps if step.comparison == "address")
    assert weight < model.weights("address")[0] - 1
