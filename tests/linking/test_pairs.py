"""Nothing above the floor is ever lost to a bound, and of several readings the one that weighs most counts."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import polars as pl
import pytest

from screening import linking as e
from screening.linking.compare import Comparer
from screening.linking.encode import encode
from screening.linking.pairs import above_floor, compare_all
from screening.linking.rank import tie_breaker
from screening.linking.scorer import Scorer


def all_pairs(size: int) -> tuple[np.ndarray, np.ndarray]:
    left, right = zip(*combinations(range(size), 2), strict=True)
    return np.array(left, dtype=np.int32), np.array(right, dtype=np.int32)


def kept_by_bounds(scorer: Scorer, few: pl.DataFrame, floor: float) -> int:
    """How many pairs stand above the floor; they and their levels are those of brute force."""
    left, right = all_pairs(len(few))
    every = scorer.compare(left, right)
    bits = scorer.bits(every)
    high = np.flatnonzero(bits >= floor)
    compared = above_floor(scorer.groups, scorer.records, left, right, prior=scorer.model.prior_bits, floor=floor)
    compared = compared.take(np.flatnonzero(scorer.bits(compared) >= floor))
    assert (compared.left == left[high]).all()
    assert (compared.right == right[high]).all()
    assert (compared.levels == every.levels[:, high]).all()
    assert (scorer.bits(compared) == bits[high]).all()
    # places among rows are those rows
    rows = np.arange(len(few), dtype=np.int32)[::-1]
    near, plain = scorer.score(rows[left], rows[right], 0, rows), scorer.score(left, right, 0)
    assert (near.bits == plain.bits).all()
    assert (near.compared.left == plain.compared.left).all()
    return len(high)


@pytest.mark.parametrize("floor", [-8.0, 0.0, 12.0])
def test_bounds_lose_no_pair_that_brute_force_keeps(persons: pl.DataFrame, model: e.LinkModel, floor: float) -> None:
    few = persons.head(400)
    kept = kept_by_bounds(Scorer(model, encode(few, model.settings)), few, floor)
    assert kept or floor > 0


@pytest.fixture(scope="module")
def read_both_ways(persons: pl.DataFrame) -> pl.DataFrame:
    """Persons whose name is also read in the other order, and some who have two surnames."""
    given, surname = pl.col("given").fill_null(""), pl.col("surname").fill_null("")
    is_doubtful = pl.col("id") % 3 == 0
    return persons.with_columns(
        given=pl.when(is_doubtful).then(pl.concat_list(given, surname)).otherwise(pl.concat_list(given)),
        surname=pl.when(is_doubtful).then(pl.concat_list(surname, given)).otherwise(pl.concat_list(surname)),
        city=pl.when(pl.col("id") % 5 == 0)
        .then(pl.concat_list("city", pl.lit("elders")))
        .otherwise(pl.concat_list("city")),
    )


@pytest.fixture(scope="module")
def read_settings() -> e.Settings:
    return e.Settings(
        comparisons=(
            e.Comparison("given", (e.equal(frequency="given"), e.similar("jaro_winkler", 0.9), e.initial())),
            e.Comparison("surname", (e.equal(frequency="surname"), e.similar("jaro_winkler", 0.9))),
            e.Comparison("born", (e.equal("birth_date"), e.swapped_date(), e.date_slip()), column="birth_date"),
            e.Comparison("city", (e.equal(),)),
        ),
        blocking=(("surname", "given:1"), ("birth_date",), ("city", "given:2")),
        training=(("birth_date",), ("surname", "given")),
        readings=(("given", "surname"),),
        random_pairs=20_000,
        floor=-5,
    )


#: Each level weighs by rarity, and its two values can differ: of these the commoner counts.
UNEQUAL = (
    e.equal(frequency="given"),
    e.prefix().having(frequency="given"),
    e.initial(frequency="given"),
    e.crossed("given", "surname").having(frequency="given"),
    e.known().having(frequency="given"),
)


@pytest.mark.parametrize("given", [None, UNEQUAL])
@pytest.mark.parametrize("floor", [-8.0, 5.0])
def test_bounds_lose_no_reading_that_brute_force_keeps(
    read_both_ways: pl.DataFrame, read_settings: e.Settings, floor: float, given: tuple[e.Level, ...] | None
) -> None:
    if given:
        comparisons = (e.Comparison("given", given), *read_settings.comparisons[1:])
        read_settings = replace(read_settings, comparisons=comparisons)
    model = e.train(read_both_ways, read_settings)
    few = read_both_ways.head(300)
    assert kept_by_bounds(Scorer(model, encode(few, read_settings)), few, floor)


def test_the_readings_that_count_are_one_pair_of_readings() -> None:
    # "tran" and "van" in either order; a given name of one reading never meets a surname of another
    records = pl.DataFrame(
        {"id": [1, 2, 3], "given": [["tran", "van"], ["van"], ["van"]], "surname": [["van", "tran"], ["tran"], ["van"]]}
    )
    job = e.Settings(
        comparisons=(e.Comparison("given", (e.equal(),)), e.Comparison("surname", (e.equal(),))),
        blocking=(("given",),),
        readings=(("given", "surname"),),
        floor=-100,
    )
    table = pl.DataFrame(schema={"column": pl.String, "value": pl.String, "count": pl.UInt32})
    m, u = (0.9, 0.1), (0.01, 0.99)
    model = e.LinkModel(job, 0.1, {"given": m, "surname": m}, {"given": u, "surname": u}, table)
    rows = e.link(model, records).pairs.select("left", "right", "level_given", "level_surname").sort("left", "right")
    assert rows.rows() == [(1, 2, 0, 0), (1, 3, 0, 1), (2, 3, 0, 1)]
    alone = e.LinkModel(e.Settings(job.comparisons, job.blocking, floor=-100), 0.1, model.m, model.u, table)
    rows = e.link(alone, records).pairs.select("left", "right", "level_given", "level_surname").sort("left", "right")
    assert rows.rows() == [(1, 2, 0, 0), (1, 3, 0, 0), (2, 3, 0, 1)]


def test_a_delta_of_lists_and_the_order_of_values_change_nothing(
    read_both_ways: pl.DataFrame, read_settings: e.Settings, tmp_path
) -> None:
    model, linked = e.train_and_link(read_both_ways, read_settings)
    turned = read_both_ways.with_columns(pl.col("given", "surname", "city").list.reverse()).reverse()
    other, again = e.train_and_link(turned, read_settings)
    assert other.parameters().equals(model.parameters())
    assert again.pairs.equals(linked.pairs)
    few = read_both_ways.filter(pl.col("id") % 7 == 2)
    rest = read_both_ways.filter(pl.col("id") % 7 != 2)
    e.save_prepared(e.prepare_records(model, rest), tmp_path)
    new, _ = e.link_delta(e.load_prepared(model, tmp_path), few)
    touched = pl.col("left").is_in(few["id"].implode()) | pl.col("right").is_in(few["id"].implode())
    assert new.pairs.equals(linked.pairs.filter(touched))
    explained = e.explain_pair(model, read_both_ways, *linked.pairs.row(0)[:2])
    assert explained.log_odds == linked.pairs["log_odds"][0]


def test_of_readings_that_weigh_the_same_one_counts_whichever_side_comes_first() -> None:
    # "jansen" with "janssen" and "petersen" with "peterson" are one level; how near they are orders pairs
    records = pl.DataFrame({"id": [1, 2], "name": [["jansen", "petersen"], ["janssen", "peterson"]]})
    comparison = e.Comparison("name", (e.similar("jaro_winkler", 0.9),))
    encoded = encode(records, e.Settings(comparisons=(comparison,), blocking=(("name",),)))
    comparers = [Comparer(comparison, encoded, np.array([3.0, -3.0]))]
    ends = np.array([0]), np.array([1])
    ahead, behind = compare_all(comparers, encoded, *ends), compare_all(comparers, encoded, *ends[::-1])
    assert ahead.sides[0]("name") == behind.sides[0]("name")
    assert tie_breaker(comparers, encoded, ahead) == tie_breaker(comparers, encoded, behind)
