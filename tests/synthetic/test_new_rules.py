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
    tables = Tables(linked(typed(town)) | {"plichten": town.duties})
    found = evaluate(rules, tables, as_of=AS_OF, activations=activations(rules))
    return found.evidence.select("address_id", "indicator").unique()


def test_a_town_that_does_not_ask_for_them_has_none_of_their_registers() -> None:
    plain = generate(7, 2500, as_of=AS_OF)
    assert not {"toegelaten_uitleners", "toeristische_verhuur_registraties", "recreatieparken"} & plain.tables.keys()
    assert not set(plain.truth["hits"]["indicator"]) & NEW_INDICATORS.keys()


def planted_at(town: Municipality, truth: str, code: str) -> set[str]:
    """The addresses of one rule in a table of the truth."""
    column = "looks_like" if truth == "hard_negatives" else "indicator"
    return set(town.truth[truth].filter(pl.col(column) == code)["address_id"])


@pytest.mark.parametrize("code", NEW_INDICATORS)
def test_every_planted_case_is_hit_and_no_other_address(code: str, town: Municipality, hits: pl.DataFrame) -> None:
    planted, innocent = planted_at(town, "hits", code), planted_at(town, "hard_negatives", code)
    found = set(hits.filter(pl.col("indicator") == code)["address_id"]) - planted_at(town, "tolerated", code)
    right = len(found & planted)
    print(f"{code}: recall {right}/{len(planted)}, precision {right}/{len(found)}, look-alikes {len(innocent)}")
    assert min(len(planted), len(innocent)) >= LEAST
    assert not found & innocent
    assert found == planted
