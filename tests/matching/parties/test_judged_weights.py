"""Weights of persons from judgements: used only when switched on and better, and never above a level or a veto."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from screening.matching.parties.compare import name_options
from screening.matching.parties.judged_weights import PERSON_LEVELS, corrected_persons, weights_of
from screening.matching.parties.link import PartyResult, link_parties
from screening.matching.parties.link_levels import decide_persons
from screening.matching.parties.regression import LEAST_JUDGED, Correction

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
    assert taught.correction.weights["family_level"]["slip"] < 0 < taught.correction.weights["family_level"]["equal"]
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
            "evidence": bits,
            **{column: rng.choice(["equal", "absent"], 300) for column in PERSON_LEVELS},
            "is_match": rng.random(300) < 1 / (1 + 2.0**-bits),
        }
    )


def test_the_guard_bites_where_the_weights_are_right_already() -> None:
    taught = [weights_of(_right_already(seed), is_on=True) for seed in range(5)]
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


def _generous(good: Correction) -> Correction:
    weights = {"given_relation": {"differs": 500.0, "disjoint": 500.0}, "relation": {"absent": 500.0, "swapped": 500.0}}
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
    fields = ["family_weight", "given_weight", "birth_weight"]
    pairs = pl.DataFrame(
        {
            "family_level": ["equal", "slip", "differs"],
            "given_relation": ["name", "equal", "absent"],
            "relation": ["equal", "absent", "swapped"],
            "family_weight": [9.0, 4.0, -12.0],
            "given_weight": [3.0, 1.0, 0.0],
            "birth_weight": [13.0, 0.0, 5.0],
        }
    ).with_columns(evidence=pl.sum_horizontal(*fields) - 14.0)
    after = corrected_persons(pairs, correction)
    start = correction.bias + correction.slope * -14.0
    added = after.select(pl.sum_horizontal(*fields) + start).to_series()
    assert after["evidence"].to_list() == pytest.approx(added.to_list())
    assert corrected_persons(pairs, None).equals(pairs)


def test_decide_persons_takes_a_correction(town: dict[str, Any]) -> None:
    groups = pl.DataFrame(
        {"group": [0, 1], "name_normalised": ["bakker, j.", "baker, j."], "birth_date": [date(1980, 5, 17)] * 2}
    )
    pairs = pl.DataFrame({"left": [0], "right": [1], "relation": ["equal"]})
    options = name_options(groups["name_normalised"])
    plain = decide_persons(pairs, groups, options).weighed["evidence"][0]
    harsh = decide_persons(pairs, groups, options, correction=town["on"].judged_weights.correction)
    assert harsh.weighed["evidence"][0] < plain
