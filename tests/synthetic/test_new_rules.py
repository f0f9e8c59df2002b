"""The rules that the two example towns do not know, planted where they are asked for: all hit, nothing else does."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from flows.catalogue import all_indicators
from screening.rules import Tables, evaluate
from screening.synthetic import Municipality, generate
from screening.synthetic.truth import NEW_INDICATORS
from tests.assurance.pipeline import activations, linked, typed

AS_OF = date(2026, 11, 1)
#: So many of each a planted rule has at least.
LEAST = 6


@pytest.fixture(scope="module")
def town() -> Municipality:
    return generate(7, 2500, as_of=AS_OF, with_new_rules=True)


@pytest.fixture(scope="module")
def hits(town: Municipality) -> pl.DataFrame:
    """`address_id`, `indicator` of every hit of the new rules."""
    rules = [rule for rule in all_indicators() if rule.code in NEW_INDICATORS]
    found = evaluate(rules, Tables(linked(typed(town))), as_of=AS_OF, activations=activations(rules))
    return found.evidence.select("address_id", "indicator").unique()


def test_a_town_that_does_not_ask_for_them_has_none_of_their_registers() -> None:
    plain = generate(7, 2500, as_of=AS_OF)
    assert not {"toegelaten_uitleners", "toeristische_verhuur_registraties", "recreatieparken"} & plain.tables.keys()
    assert not set(plain.truth["hits"]["indicator"]) & NEW_INDICATORS.keys()


@pytest.mark.parametrize("code", NEW_INDICATORS)
def test_every_planted_case_is_hit_and_no_other_address(code: str, town: Municipality, hits: pl.DataFrame) -> None:
    planted = set(town.truth["hits"].filter(pl.col("indicator") == code)["address_id"])
    innocent = set(town.truth["hard_negatives"].filter(pl.col("looks_like") == code)["address_id"])
    found = set(hits.filter(pl.col("indicator") == code)["address_id"])
    assert min(len(planted), len(innocent)) >= LEAST
    assert not found & innocent
    assert found == planted
