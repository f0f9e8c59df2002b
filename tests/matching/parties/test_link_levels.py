"""Levels of groups: bounds on probable links, and what a comparison tells."""

from __future__ import annotations

import json
from datetime import date

import polars as pl

from screening.matching.parties.block import block_persons
from screening.matching.parties.link_levels import (
    MOST_PROBABLE,
    DecidedPersons,
    comparisons,
    decide_persons,
    decide_same_number,
    weigh_pairs,
)
from screening.matching.parties.name_readings import name_options


def decided(*rows: tuple[str, date | None], business: str | None = None) -> DecidedPersons:
    groups = pl.DataFrame(
        [(i, *row) for i, row in enumerate(rows)],
        schema={"group": pl.Int64, "name_normalised": pl.String, "birth_date": pl.Date},
        orient="row",
    )
    options = name_options(groups["name_normalised"])
    beside = groups.select("group", kvk_nummer=pl.lit(business)) if business else None
    pairs = weigh_pairs(block_persons(groups, options, beside).pairs, groups, options)
    return decide_persons(pairs, groups, beside)


def test_a_mention_without_a_birth_date_gets_its_best_probable_links_only() -> None:
    people = [("vries, jan", date(1950 + i, 3, 20)) for i in range(MOST_PROBABLE + 4)]
    found = decided(*people, ("vries, jan", None), business="12345678")
    assert found.links.height == MOST_PROBABLE
    assert found.left_out == 4
    assert set(found.links["level"]) == {"probable"}
    assert set(found.links["right"]) == {len(people)}


def test_a_business_beside_both_speaks_where_a_birth_date_is_missing_and_is_no_key() -> None:
    rows = [("vries, j.", date(1980, 5, 17)), ("vries, j.", None), ("vries, j.", date(1980, 5, 18))]
    assert decided(*rows).links.is_empty()
    links = decided(*rows, business="12345678").links
    assert set(links.select("left", "right", "level").iter_rows()) == {(0, 1, "probable"), (1, 2, "probable")}


def test_links_with_the_independent_key_are_not_bounded() -> None:
    names = ["hiemstra, j.", "hiemstra, jan", *(f"hiemst{letter}ra, j." for letter in "hiemst")]
    links = decided(*((name, date(1980, 5, 17)) for name in names)).links
    of_first = links.filter((pl.col("left") == 0) | (pl.col("right") == 0))
    assert of_first.height == len(names) - 1 > MOST_PROBABLE
    assert set(of_first["level"]) == {"strong"}


def test_twins_exclude_each_other() -> None:
    found = decided(("vries, j.", date(1980, 5, 17)), ("vries, p.", date(1980, 5, 17)))
    assert found.links["level"].to_list() == ["probable"]
    assert found.excluding.rows() == [(0, 1)]


def test_a_common_birth_date_weighs_less() -> None:
    day = date(1980, 1, 1)
    alone = decided(("vries, j.", day), ("vries, jan", day)).links
    crowd = [(f"{letter}{letter}ersma, q.", day) for letter in "bcdfghjklmnprstvwz"]
    among = decided(("vries, j.", day), ("vries, jan", day), *crowd).links
    pair = (pl.col("left") == 0) & (pl.col("right") == 1)
    assert among.filter(pair)["log_odds"].item() < alone["log_odds"].item() - 1


def test_comparisons_are_json_with_null_for_what_is_absent() -> None:
    frame = pl.DataFrame({"s": [None, 0.123456], "w": [0.0, 7.5]}, schema={"s": pl.Float64, "w": pl.Float64})
    texts = frame.select(comparisons({"name": ("s", "w")})).to_series().to_list()
    assert [json.loads(text) for text in texts] == [
        {"name": {"similarity": None, "weight": 0.0}},
        {"name": {"similarity": 0.1235, "weight": 7.5}},
    ]


def test_exact_links_are_ordered_by_what_else_agrees() -> None:
    pairs = pl.DataFrame(
        {
            "left_key": ["cafe proef", "cafe proef", None],
            "right_key": ["cafe proef", "hotel iets", "cafe proef"],
            "left_core": ["cafe proef", "cafe proef", None],
            "right_core": ["cafe proef", "hotel iets", "cafe proef"],
            "left_address": ["1", "1", None],
            "right_address": ["1", "2", "1"],
        }
    )
    found = decide_same_number(pairs).sort("log_odds", descending=True)
    assert found["level"].to_list() == ["exact"] * 3
    assert found["log_odds"].n_unique() == 3
    assert found["left_key"].to_list() == ["cafe proef", "cafe proef", None]
