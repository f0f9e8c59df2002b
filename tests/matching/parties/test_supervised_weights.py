"""Weights from judgements: better than EM where judgements say so, never used where they do not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.linking.judgements import measure
from screening.errors import ConfigurationError
from screening.matching.parties.link import PartyResult, link_parties
from screening.matching.parties.persons import PERSONS
from screening.matching.parties.supervised_weights import (
    LEAST_JUDGED,
    PERSON_LEVELS,
    WeightCorrection,
    corrected_pairs,
    corrected_weights,
    learn_correction,
    learn_person_weights,
)


def _pairs(seed: int, n: int, wrong_weight: float) -> pl.DataFrame:
    """Pairs whose truth follows two levels; EM weighs the second one wrongly by so many bits."""
    rng = np.random.default_rng(seed)
    name, place = rng.integers(0, 3, n), rng.choice([0, 1, 255], n)
    right = np.array([6.0, 1.0, -6.0])[name] + np.select([place == 0, place == 1], [-1.0, 1.0], 0.0)
    is_match = rng.random(n) < 1 / (1 + 2.0**-right)
    return pl.DataFrame(
        {
            "left": np.arange(n),
            "right": np.arange(n) + n,
            "log_odds": right + np.where(place == 0, wrong_weight, 0.0) + rng.random(n) * 1e-6,
            "probability": 0.5,
            "level_name": name.astype(np.uint8),
            "level_place": place.astype(np.uint8),
            "is_match": is_match,
        }
    )


def test_a_level_that_em_weighs_wrongly_is_put_right():
    pairs = _pairs(1, 400, 8.0)
    correction = learn_correction(pairs)
    assert correction.is_better
    # the other levels of the field may take a share of it: what counts is the difference
    weights = correction.weights["level_place"]
    assert weights["0"] - weights["1"] < -2.0
    assert correction.validation.corrected_loss < correction.validation.calibrated_loss


def test_the_guard_bites_where_em_is_right_already():
    used = sum(learn_correction(_pairs(seed, 300, 0.0)).is_better for seed in range(10))
    assert used <= 1


def test_it_moves_the_weights_and_knows_whether_that_is_better():
    pairs = _pairs(1, 400, 8.0)
    good, useless = learn_correction(pairs), learn_correction(_pairs(4, 300, 0.0))
    assert good.is_better
    assert not useless.is_better
    assert not pairs.select(good.log_odds()).to_series().equals(pairs["log_odds"])


@pytest.mark.parametrize("judged", [0, 50, LEAST_JUDGED - 1])
def test_too_few_judgements_teach_nothing(judged):
    assert learn_correction(_pairs(1, 400, 8.0).head(judged)) is None


def test_judgements_of_one_kind_alone_teach_nothing():
    assert learn_correction(_pairs(1, 400, 8.0).with_columns(is_match=pl.lit(True))) is None


def test_levels_that_nobody_judged_keep_the_weight_of_em():
    correction = learn_correction(_pairs(1, 400, 8.0))
    new = pl.DataFrame({"log_odds": [2.0], "level_name": [7], "level_place": [9]})
    expected = correction.bias + 2.0 * correction.slope
    assert new.select(correction.log_odds()).item() == pytest.approx(expected)


def test_no_ties_come_of_it():
    pairs = _pairs(1, 400, 8.0)
    assert pairs.select(learn_correction(pairs).log_odds()).to_series().n_unique() == pairs.height


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_judgements_changes_nothing(random):
    pairs = _pairs(2, 260, 3.0)
    order = list(range(pairs.height))
    random.shuffle(order)
    assert learn_correction(pairs[order]).to_json() == learn_correction(pairs).to_json()


def test_text_levels_and_nulls_serve_as_well():
    pairs = _pairs(1, 400, 8.0).with_columns(
        place=pl.when(pl.col("level_place") < 255).then("level_place").cast(pl.String)
    )
    correction = learn_correction(pairs, columns=("level_name", "place"))
    assert correction.weights["place"].keys() == {"0", "1", "missing"}
    with_255 = learn_correction(pairs)
    assert correction.weights["place"]["0"] == pytest.approx(with_255.weights["level_place"]["0"], abs=1e-3)


def test_it_goes_to_json_and_back_and_another_text_is_refused():
    correction = learn_correction(_pairs(1, 400, 8.0))
    assert WeightCorrection.from_json(correction.to_json()) == correction
    for text in ("{}", "[]", "no json", correction.to_json().replace("slope", "slop")):
        with pytest.raises(ConfigurationError, match="learn them anew"):
            WeightCorrection.from_json(text)


def test_without_levels_it_says_what_to_name():
    with pytest.raises(ConfigurationError, match="name them"):
        learn_correction(pl.DataFrame({"log_odds": [1.0], "is_match": [True]}))


def test_200_judgements_are_enough_to_be_validated():
    # the engine itself weighs fields that go together: validation says whether judgements add to that
    assert all(row["judged"] == 200 for row in measure(6_000, 3, 3, job="dutch-same"))


def test_200_judgements_do_no_harm_where_the_levels_leave_little_to_gain():
    rows = measure(6_000, 3, 3, job="dutch-own")
    assert min(row["corrected_at_0"] - row["em_at_0"] for row in rows) >= 0


# ---------------------------------------------------------------- persons

_SYLLABLES = ("ba", "do", "fi", "ge", "hu", "ka", "lo", "mi")
#: The pair that nobody judged.
_OPEN = ("r1", "r2")


def _surname(number: int) -> str:
    places = (number // 64 % 8, number // 8 % 8, number % 8)
    return "".join(_SYLLABLES[at] for at in places).capitalize() + "stra"


def _people(pairs: int) -> list[tuple[str, date]]:
    """Two notations of each: of every second pair the family name has a slip. Nobody shares a birth date."""
    people = []
    for number in range(pairs + 1):
        born = date(1950, 1, 1) + timedelta(days=13 * number)
        family = _surname(number)
        people += [(f"J. {family}", born), (f"Jan {family if number % 2 else family[:-1] + 'o'}", born)]
    return people


def _judged(first: PartyResult, pairs: int) -> pl.DataFrame:
    """In this municipality people found every slip to be somebody else."""
    prints = dict(first.mentions.select("key", "fingerprint").iter_rows())
    numbers = range(1, pairs + 1)
    return pl.DataFrame(
        {
            "left_fingerprint": [prints[f"r{2 * at + 1}"] for at in numbers],
            "right_fingerprint": [prints[f"r{2 * at + 2}"] for at in numbers],
            "judgement": ["positive" if at % 2 else "negative" for at in numbers],
        }
    )


@pytest.fixture(scope="module")
def town(persons: Callable[..., Any]) -> dict[str, Any]:
    frames = persons(*_people(LEAST_JUDGED))
    judged = _judged(link_parties(frames), LEAST_JUDGED)
    return {
        "frames": frames,
        "judged": judged,
        "off": link_parties(frames, judgements=judged),
        "on": link_parties(frames, judgements=judged, weights_from_judgements=True),
    }


def _bits(result: PartyResult) -> float:
    keys = dict(result.mentions.select("mention", "key").iter_rows())
    rows = result.links.select("left", "right", "log_odds").iter_rows()
    return next((bits for a, b, bits in rows if {keys[a], keys[b]} == set(_OPEN)), float("-inf"))


def test_switched_on_and_better_it_weighs_what_nobody_judged(
    town: dict[str, Any], party_of: Callable[..., Any]
) -> None:
    taught = town["on"].judged_weights
    assert (taught.judged, taught.positive, taught.kind) == (LEAST_JUDGED, LEAST_JUDGED // 2, "used")
    assert taught.correction.weights["level_family_name"]["slip"] < 0
    assert taught.correction.weights["level_family_name"]["equal"] > 0
    off, on = party_of(town["off"]), party_of(town["on"])
    assert off["r1"] == off["r2"]
    assert on["r1"] != on["r2"]
    assert _bits(town["on"]) < _bits(town["off"])


def test_off_it_is_told_and_changes_nothing(town: dict[str, Any]) -> None:
    taught = town["off"].judged_weights
    assert (taught.kind, taught.used) == ("off", None)
    assert taught.document()["would_win"] is True
    assert taught.document()["correction"] is None


def test_too_few_judgements_teach_nothing_though_switched_on(town: dict[str, Any]) -> None:
    few = town["judged"].head(LEAST_JUDGED - 1)
    on = link_parties(town["frames"], judgements=few, weights_from_judgements=True)
    assert (on.judged_weights.kind, on.judged_weights.judged) == ("too_few", LEAST_JUDGED - 1)
    assert on.links.equals(link_parties(town["frames"], judgements=few).links)


def test_the_order_of_records_and_of_judgements_teaches_nothing(town: dict[str, Any]) -> None:
    turned = {name: frame.reverse() for name, frame in town["frames"].items()}
    other = link_parties(turned, judgements=town["judged"].reverse(), weights_from_judgements=True)
    assert other.judged_weights == town["on"].judged_weights
    assert other.links.equals(town["on"].links)
    assert other.parties.equals(town["on"].parties)


def test_the_document_tells_counts_bits_and_reasons_and_nothing_of_anybody(town: dict[str, Any]) -> None:
    text = json.dumps(town["on"].judged_weights.document())
    assert not any(_surname(at).lower() in text.lower() for at in range(LEAST_JUDGED + 1))
    document = json.loads(text)
    assert document["used"] is True
    assert document["validation"]["gain"] > document["validation"]["error"]
    assert set(document["correction"]["weights"]) == set(PERSON_LEVELS)
    for kind in ("on", "off"):
        said = town[kind].judged_weights.document()
        assert f"{LEAST_JUDGED} beoordeelde paren" in said["reason_nl"]
        assert f"{LEAST_JUDGED} judged pairs" in said["reason_en"]


def _right_already(seed: int) -> pl.DataFrame:
    """Judged pairs whose truth is just what their bits say."""
    rng = np.random.default_rng(seed)
    bits = rng.normal(0.0, 5.0, 300)
    return pl.DataFrame(
        {
            "log_odds": bits,
            **{column: rng.choice(["equal", "absent"], 300) for column in PERSON_LEVELS},
            "is_match": rng.random(300) < 1 / (1 + 2.0**-bits),
        }
    )


def test_the_guard_bites_where_the_weights_are_right_already() -> None:
    taught = [learn_person_weights(_right_already(seed), is_on=True) for seed in range(5)]
    assert sum(one.kind == "not_better" for one in taught) >= 4
    useless = next(one for one in taught if one.kind == "not_better")
    assert useless.used is None
    assert useless.document()["would_win"] is False


def test_a_given_correction_is_held_to_its_own_validation(town: dict[str, Any]) -> None:
    good = town["on"].judged_weights.correction
    frames = town["frames"]
    used = link_parties(frames, weights_from_judgements=True, correction=good)
    assert used.judged_weights.kind == "used"
    worse = replace(good, validation=replace(good.validation, gain=0.0))
    refused = link_parties(frames, weights_from_judgements=True, correction=worse)
    assert refused.judged_weights.kind == "not_better"
    assert refused.links.equals(link_parties(frames).links)
    assert not refused.links.equals(used.links)


def _generous(good: WeightCorrection) -> WeightCorrection:
    weights = {
        "level_given_names": {"differs": 500.0, "else": 500.0},
        "level_birth_date": {"missing": 500.0, "swapped": 500.0},
    }
    return replace(good, weights=weights)


def test_no_correction_joins_what_levels_keep_apart(
    town: dict[str, Any], persons: Callable[..., Any], party_of: Callable[..., Any], level_of: Callable[..., Any]
) -> None:
    born = date(1980, 5, 17)
    people = [("Jan Bakker", born), ("Piet Bakker", born), ("Jan Bakker", date(1980, 5, 18)), ("Jan Bakker", None)]
    generous = _generous(town["on"].judged_weights.correction)
    result = link_parties(persons(*people), weights_from_judgements=True, correction=generous)
    assert result.judged_weights.kind == "used"
    assert len(set(party_of(result).values())) == 4
    assert set(level_of(result).values()) == {"probable"}


def test_the_corrected_weights_of_fields_still_add_up(town: dict[str, Any]) -> None:
    correction = town["on"].judged_weights.correction
    fields = [level.replace("level_", "weight_") for level in PERSON_LEVELS]
    parts = pl.DataFrame(
        {
            "level_family_name": [0, 2, 255],
            "level_given_names": [0, 6, 255],
            "level_birth_date": [0, 255, 1],
            "weight_family_name": [9.0, 4.0, 0.0],
            "weight_given_names": [3.0, 1.0, 0.0],
            "weight_birth_date": [13.0, 0.0, 5.0],
        }
    )
    after = corrected_weights(parts, correction, PERSONS).select(pl.sum_horizontal(fields)).to_series()
    pairs = parts.with_columns(log_odds=pl.sum_horizontal(fields) - 14.0)
    start = correction.bias + correction.slope * -14.0
    assert corrected_pairs(pairs, correction, PERSONS)["log_odds"].to_list() == pytest.approx((after + start).to_list())
    assert corrected_weights(parts, None, PERSONS).equals(parts)
