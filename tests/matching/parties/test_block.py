"""Blocks: who is compared, and what a bound leaves out."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.matching.parties.block import HOT_BIRTH_DATE, HOT_NAME_PAIRS, block_organisations, block_persons
from screening.matching.parties.name_readings import name_options


def persons(*rows: tuple[str, date | None]) -> pl.DataFrame:
    return pl.DataFrame(
        [(i, *row) for i, row in enumerate(rows)],
        schema={"group": pl.Int64, "name_normalised": pl.String, "birth_date": pl.Date},
        orient="row",
    )


def pairs_of(groups: pl.DataFrame) -> tuple[set[tuple[int, int, str]], list[str]]:
    blocks = block_persons(groups, name_options(groups["name_normalised"]))
    return set(blocks.pairs.iter_rows()), blocks.notes


def test_one_date_compares_every_name_and_swapped_or_no_date_the_same_family() -> None:
    born, swapped = date(1980, 5, 7), date(1980, 7, 5)
    found, notes = pairs_of(
        persons(
            ("vries, j.", born), ("bakker, a.", born), ("vries, p.", swapped), ("vries, k.", None), ("smit, k.", None)
        )
    )
    assert found == {(0, 1, "equal"), (0, 2, "swapped"), (0, 3, "absent"), (2, 3, "absent")}
    assert notes == []


def test_a_date_that_is_its_own_swap_is_compared_once() -> None:
    found, _ = pairs_of(persons(("vries, j.", date(1980, 5, 5)), ("vries, p.", date(1980, 5, 5))))
    assert found == {(0, 1, "equal")}


def test_a_hot_date_compares_only_within_a_family_and_says_so() -> None:
    names = [f"naam{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}, a." for i in range(HOT_BIRTH_DATE)]
    found, notes = pairs_of(persons(*((name, date(1970, 1, 1)) for name in [*names, names[0].replace("a.", "b.")])))
    assert found == {(0, HOT_BIRTH_DATE, "equal")}
    assert len(notes) == 1


def test_a_family_name_too_common_without_dates_is_left_out_and_counted() -> None:
    count = int(HOT_NAME_PAIRS**0.5) + 1
    letters = [chr(97 + i % 26) + chr(97 + i // 26) for i in range(count)]
    found, notes = pairs_of(
        persons(*((f"jansen, {name}", None) for name in letters), ("smit, a.", None), ("smit, b.", None))
    )
    assert found == {(count, count + 1, "absent")}
    assert str(count) in notes[0].nl
    assert str(count) in notes[0].en


def test_a_trade_name_too_common_is_left_out_and_counted() -> None:
    count = int(HOT_NAME_PAIRS**0.5) + 1
    names = pl.DataFrame(
        {"group": range(count + 2), "name_core": ["proef"] * count + ["test"] * 2, "address_id": [None] * (count + 2)},
        schema={"group": pl.Int64, "name_core": pl.String, "address_id": pl.String},
    ).with_columns(name_key="name_core")
    numbers = names.select(
        "group",
        register_kvk=pl.lit(None, dtype=pl.String),
        alive_from=pl.lit(None, dtype=pl.Date),
        alive_to=pl.lit(None, dtype=pl.Date),
        is_registered=False,
    )
    blocks = block_organisations(names, numbers)
    assert set(blocks.pairs.iter_rows()) == {(count, count + 1, "name")}
    assert len(blocks.notes) == 1
