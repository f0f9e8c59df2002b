"""Weights without labels: what is learned, when it is not, and how the shipped model came about."""

from __future__ import annotations

import random
from datetime import date, timedelta

import polars as pl
import pytest

from screening.matching.parties.estimate import BY_HAND, LEAST_M, learn_from_names, learn_model
from screening.matching.parties.model import default_model
from screening.matching.parties.name_readings import name_options
from screening.synthetic import generate

_NAMED = {
    "functionarissen": ("naam", "geboortedatum"),
    "leidinggevenden": ("naam", "geboortedatum"),
    "vergunningen": ("houder_naam", "houder_geboortedatum"),
    "seksinrichtingen": ("exploitant_naam", "exploitant_geboortedatum"),
    "maatregelen": ("betrokkene_naam", "betrokkene_geboortedatum"),
}


def synthetic_names() -> pl.DataFrame:
    """Notations of the people of the synthetic municipality from which the shipped model was learned."""
    made = generate(1, 30_000, regime="messy", as_of=date(2026, 11, 1))
    return pl.concat(
        made.tables[dataset].select(name=name, birth_date=pl.col(born).str.to_date("%Y-%m-%d", strict=False))
        for dataset, (name, born) in _NAMED.items()
    ).drop_nulls()


def test_the_shipped_model_is_the_one_that_its_recipe_gives() -> None:
    made = learn_from_names(synthetic_names())
    shipped = default_model()
    assert made.pairs > 5_000
    for table, other in ((made.m, shipped.m), (made.u, shipped.u)):
        for field, levels in table.items():
            assert levels == pytest.approx(other[field], rel=1e-3), field
    assert made.matches_per_name == pytest.approx(shipped.matches_per_name, rel=1e-3)


def register(people: int, twice: int, slips: int = 0, order: int = 1) -> pl.DataFrame:
    """Groups of people of 2,000 birth dates, the first `twice` also with an initial alone, some with a slip too."""
    dice = random.Random(3)
    rows = []
    for number in range(people):
        born = date(1960, 1, 1) + timedelta(days=dice.randrange(2_000))
        family = "".join(dice.choice("bdfgklmnprst") + dice.choice("aeiou") for _ in range(4))
        given = dice.choice("abdeghjklmnprst") + "anne"
        rows.append((f"{family}, {given}", born))
        if number < twice:
            slip = family[:3] + family[4:] if number < slips else family
            rows.append((f"{slip}, {given[0]}.", born))
    frame = pl.DataFrame(rows, schema={"name_normalised": pl.String, "birth_date": pl.Date}, orient="row").unique()
    frame = frame.sort("birth_date", "name_normalised", descending=order < 0).with_row_index("group")
    return frame.with_columns(pl.col("group").cast(pl.Int64))


def learned(groups: pl.DataFrame):
    return learn_model(groups, name_options(groups["name_normalised"]), BY_HAND)


def test_what_a_register_does_often_is_learned_as_likely() -> None:
    few, many = learned(register(4_000, 1_500, slips=50)), learned(register(4_000, 1_500, slips=600))
    assert few is not BY_HAND
    assert few.matches == pytest.approx(1_500, rel=0.1)
    assert few.m["family"]["slip"] < 0.1 < 0.3 < many.m["family"]["slip"]
    assert few.m["given"]["subset"] + few.m["given"]["equal"] > 0.8
    assert few.u["given"]["disjoint"] > 0.8


@pytest.mark.parametrize("order", [1, -1])
def test_the_numbering_of_groups_teaches_nothing(order: int) -> None:
    groups = register(4_000, 1_500)
    turned = register(4_000, 1_500, order=order)
    assert learned(turned).to_json() == learned(groups).to_json()


def test_too_few_pairs_leave_the_given_model_in_force() -> None:
    assert learned(register(300, 100)) is BY_HAND
    # many people of one date and nobody twice: pairs, but no matches
    assert learned(register(4_000, 0)) is BY_HAND


def test_a_slip_that_a_register_never_shows_stays_possible() -> None:
    model = learned(register(4_000, 1_500))
    for level, least in LEAST_M.items():
        assert model.m["family"][level] >= least


def test_a_crowd_on_one_date_teaches_nothing() -> None:
    groups = register(4_000, 1_500)
    crowd = pl.DataFrame({"name_normalised": [f"naam{chr(97 + i % 26)}{i}, a." for i in range(400)]}).with_columns(
        birth_date=date(1900, 1, 1), group=pl.int_range(10_000, 10_400, dtype=pl.Int64)
    )
    assert learned(pl.concat([groups, crowd.select(groups.columns)])).m == learned(groups).m
