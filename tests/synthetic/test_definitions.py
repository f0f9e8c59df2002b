"""The planted hits, all of them and no others, are what the definitions themselves find in the delivered rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from screening.synthetic import Municipality, generate
from screening.synthetic.truth import INDICATORS
from tests.synthetic.brute_force import DEFINITIONS, World


def planted(municipality: Municipality) -> dict[str, set[str]]:
    hits = defaultdict(set)
    for address, indicator in municipality.truth["hits"].select("address_id", "indicator").iter_rows():
        hits[indicator].add(address)
    return hits


def tolerated(municipality: Municipality, code: str) -> set[str]:
    rows = municipality.truth["tolerated"]
    return set(rows.filter(pl.col("indicator") == code)["address_id"])


def test_every_indicator_has_a_definition_here() -> None:
    assert set(DEFINITIONS) == set(INDICATORS)


@pytest.mark.parametrize("code", sorted(DEFINITIONS))
def test_background_is_free_of_hits_and_every_planted_case_is_one(code: str, clean: Municipality) -> None:
    assert DEFINITIONS[code](World(clean)) - tolerated(clean, code) == planted(clean)[code]


@pytest.mark.parametrize(("seed", "as_of"), [(1, date(2026, 11, 1)), (2, date(2024, 2, 29)), (3, date(2027, 3, 29))])
def test_holds_for_other_seeds_and_days(seed: int, as_of: date) -> None:
    municipality = generate(seed, 9000, as_of=as_of)
    world, hits = World(municipality), planted(municipality)
    for code, definition in DEFINITIONS.items():
        assert definition(world) - tolerated(municipality, code) == hits[code], code


def test_holds_for_a_messy_municipality_too(messy: Municipality) -> None:
    world, hits = World(messy), planted(messy)
    for code, definition in DEFINITIONS.items():
        assert definition(world) - tolerated(messy, code) == hits[code], code


@pytest.mark.parametrize(
    ("dataset", "codes"),
    [
        ("meldingen", {"NUI-01", "LIC-04", "SEX-01", "HOU-01"}),
        ("controles", {"LIC-04", "SEX-01", "HOU-01"}),
        ("leidinggevenden", {"PER-01", "SEX-04"}),
        ("handelsregister", {"LIC-04", "LIC-06", "ORG-01", "ORG-03"}),
        ("functionarissen", {"LIC-02", "ORG-03"}),
    ],
)
def test_a_register_that_fails_loses_hits(dataset: str, codes: set[str], clean: Municipality) -> None:
    """The comparison bites: without a register the definitions no longer find what was planted."""
    tables = {**clean.tables, dataset: clean.tables[dataset].clear()}
    world, hits = World(replace(clean, tables=tables)), planted(clean)
    assert {code for code in codes if hits[code] - DEFINITIONS[code](world)} == codes


def test_every_indicator_is_planted_and_looked_alike(clean: Municipality) -> None:
    variants = clean.truth["hits"].group_by("indicator").agg(pl.col("variant").n_unique())
    lookalikes = clean.truth["hard_negatives"].group_by("looks_like").agg(pl.col("explanation").n_unique())
    assert {code for code, number in variants.iter_rows() if number >= 4} == set(INDICATORS)
    assert {code for code, number in lookalikes.iter_rows() if number >= 4} == set(INDICATORS)


def test_no_lookalike_is_a_hit_of_the_same_indicator(municipality: Municipality) -> None:
    innocent = municipality.truth["hard_negatives"].select("address_id", indicator="looks_like")
    assert innocent.join(municipality.truth["hits"], on=["address_id", "indicator"], how="semi").is_empty()


def test_cases_grow_with_the_municipality(clean: Municipality) -> None:
    large = generate(11, 9000, as_of=clean.as_of)
    assert large.truth["hits"].height == 3 * clean.truth["hits"].height
