"""The sample is drawn by chance from what no rule flags, and is the same for the same run in any order of rows."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.base.frames import SAMPLE
from screening.rules.sample import draw_sample, population, sample_size

DAY = date(2026, 11, 1)


def ids(numbers) -> pl.DataFrame:
    return pl.DataFrame({"address_id": [f"999901{n:010d}" for n in numbers]}, schema={"address_id": pl.String})


def draw(numbers, flagged=(), *, new_flags=90, share=0.1, seed="a1", floor=0) -> list[str]:
    drawn = draw_sample(
        ids(numbers), ids(flagged), new_flags=new_flags, share=share, seed=seed, drawn_on=DAY, floor=floor
    )
    assert dict(drawn.schema) == SAMPLE
    assert drawn["drawn_on"].unique().to_list() in ([], [DAY])
    return drawn["address_id"].to_list()


@settings(max_examples=60, deadline=None)
@given(
    numbers=st.lists(st.integers(0, 400), max_size=300),
    flagged=st.sets(st.integers(0, 400), max_size=200),
    new_flags=st.integers(0, 400),
    share=st.floats(0, 0.5),
    floor=st.integers(0, 20),
    seed=st.text(max_size=24),
    order=st.integers(),
)
def test_it_is_of_the_population_unflagged_as_large_as_asked_and_the_same_in_any_order(
    numbers, flagged, new_flags, share, floor, seed, order
):
    options = {"new_flags": new_flags, "share": share, "seed": seed, "floor": floor}
    drawn = draw(numbers, flagged, **options)
    rest = set(ids(set(numbers) - flagged)["address_id"])
    assert set(drawn) <= rest
    assert drawn == sorted(set(drawn))
    assert len(drawn) == min(len(rest), sample_size(new_flags, share, floor))
    shuffled = random.Random(order).sample(numbers, len(numbers))
    assert draw(shuffled, flagged, **options) == drawn


@settings(max_examples=60, deadline=None)
@given(new_flags=st.integers(0, 10_000), share=st.floats(0, 0.5))
def test_its_size_is_the_share_of_the_new_cases_and_not_one_more(new_flags, share):
    size = sample_size(new_flags, share)
    assert size >= share * (size + new_flags) - 1e-6
    assert size == 0 or size - 1 < share * (size - 1 + new_flags) + 1e-6


@pytest.mark.parametrize(
    ("new_flags", "share", "floor", "size"),
    [
        (9, 0.1, 0, 1),
        (90, 0.1, 0, 10),
        (91, 0.1, 0, 11),
        (1, 0.1, 0, 1),
        (0, 0.1, 0, 0),
        (0, 0.1, 10, 10),
        (50, 0, 0, 0),
        (50, 0.5, 0, 50),
    ],
)
def test_one_in_ten_new_cases_is_a_sampled_one(new_flags, share, floor, size):
    assert sample_size(new_flags, share, floor) == size


def test_another_run_draws_others():
    assert draw(range(500), seed="a1") != draw(range(500), seed="a2")


def test_one_address_more_changes_the_draw_by_one_place_at_most():
    before = set(draw(range(500)))
    for more in range(500, 530):
        assert len(before - set(draw([*range(500), more]))) <= 1


def test_every_address_is_as_likely_as_the_next():
    """Chi-squared over 50 addresses and 2,000 seeds: far below its 99.9th percentile (85 at 49 degrees of freedom)."""
    counts = Counter(one for seed in range(2_000) for one in draw(range(50), new_flags=45, seed=f"{seed:024x}"))
    expected = 2_000 * 5 / 50
    assert sum((counts[one] - expected) ** 2 / expected for one in ids(range(50))["address_id"]) < 85


def test_the_population_has_a_licence_an_establishment_or_a_report():
    def register(*numbers: int | None) -> pl.DataFrame:
        known = [None if n is None else f"999901{n:010d}" for n in numbers]
        return pl.DataFrame({"address_id": known}, schema={"address_id": pl.String})

    tables = {
        "vergunningen": register(1, 1, None),
        "seksinrichtingen": register(2),
        "meldingen": register(3, 1),
        "maatregelen": register(5),
        "controles": register(6),
        "handelsregister": register(7, 8, 9).with_columns(afgeschermd=pl.Series([False, True, None])),
    }
    assert population(tables).equals(ids([1, 2, 3, 7, 9]))
    assert population({}).is_empty()
