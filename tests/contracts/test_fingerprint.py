"""A delivery that is cut, foreign or exchanged is never like the good one before it, and an ordinary next night is."""

from __future__ import annotations

import polars as pl
import pytest

from flows.catalogue import all_contracts
from screening.contracts.fingerprint import changed_rows, differences, fingerprint, row_hashes
from screening.datasets import datasets
from screening.frames import SourceSpec
from screening.sources import read_source

KEY = b"k" * 32
REGISTERS = ("vergunningen", "meldingen", "handelsregister", "bag_adressen")


@pytest.fixture(scope="module")
def good(clean_town):
    contracts = all_contracts()
    return {
        name: read_source(
            SourceSpec(name, str(clean_town / f"{name}.csv")), contracts[name].fields, reporter_key=KEY
        ).frame
        for name in (*REGISTERS, "seksinrichtingen")
    }


def reasons(register: str, now: pl.DataFrame, before: pl.DataFrame) -> set[str]:
    about = datasets()[register]
    found = list(differences(fingerprint(now, about), fingerprint(before, about), 0.2))
    found += changed_rows(row_hashes(now, about, KEY), row_hashes(before, about, KEY), about, 0.2)
    for reason in found:
        document = reason.document()
        assert document["nl"]
        assert document["en"]
    return {reason.code for reason in found}


def cut(share: float):
    return lambda frame: frame.head(int(frame.height * (1 - share)))


def swapped(left: str, right: str):
    return lambda frame: frame.rename({left: right, right: left})


def exchanged(frame: pl.DataFrame) -> pl.DataFrame:
    """Day and month the other way round, where that is a date."""
    dates = [name for name in frame.columns if name.startswith("datum") or name == "einddatum"]
    is_possible = pl.col(dates).str.slice(8, 2).cast(pl.Int64, strict=False) <= 12
    other = pl.col(dates).str.replace(r"^(\d{4})-(\d\d)-(\d\d)", "$1-$3-$2")
    return frame.with_columns(pl.when(is_possible).then(other).otherwise(pl.col(dates)).name.keep())


def century(frame: pl.DataFrame) -> pl.DataFrame:
    dates = [name for name in frame.columns if name.startswith("datum")]
    return frame.with_columns(pl.col(dates).str.replace("^20", "19"))


def read_twice(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col("houder_naam").str.replace("e", "Ã©", literal=True))


DAMAGE = [
    *((register, f"19 % fewer rows in {register}", cut(0.19)) for register in REGISTERS),
    *((register, f"cut at a row border in {register}", cut(0.01)) for register in REGISTERS),
    *((register, f"half of {register}", cut(0.5)) for register in REGISTERS),
    *((register, f"nothing of {register}", cut(1)) for register in REGISTERS),
    ("seksinrichtingen", "9 rows of a small register gone", lambda frame: frame.head(frame.height - 9)),
    ("meldingen", "no melder_token", lambda frame: frame.drop("melder_token")),
    ("handelsregister", "no afgeschermd", lambda frame: frame.drop("afgeschermd")),
    ("vergunningen", "no bezwaar_uitkomst", lambda frame: frame.drop("bezwaar_uitkomst")),
    ("vergunningen", "street and town", swapped("straatnaam", "plaats")),
    ("bag_adressen", "street and town", swapped("straatnaam", "woonplaats")),
    ("handelsregister", "faillissement and surseance", swapped("faillissement", "surseance")),
    *((register, f"a century back in {register}", century) for register in REGISTERS[:3]),
    *((register, f"day and month in {register}", exchanged) for register in REGISTERS[:3]),
    ("vergunningen", "UTF-8 read twice", read_twice),
]


@pytest.mark.parametrize(("register", "damage"), [case[::2] for case in DAMAGE], ids=[case[1] for case in DAMAGE])
def test_damage_is_never_like_the_good_delivery(good, register, damage):
    assert reasons(register, damage(good[register]), good[register])


def test_a_register_of_another_municipality_is_not_the_same(good):
    for register in REGISTERS[:1]:
        other = good[register].with_columns(pl.col("houder_naam").reverse(), pl.col("straatnaam").reverse())
        assert "values_changed" in reasons(register, other, good[register])
    ids = pl.col("adresseerbaar_object_id", "nummeraanduiding_id")
    elsewhere = good["bag_adressen"].with_columns(ids.str.replace("^9999", "0363"))
    assert "other_municipality" in reasons("bag_adressen", elsewhere, good["bag_adressen"])


@pytest.mark.parametrize("register", [*REGISTERS, "seksinrichtingen"])
def test_the_same_rows_in_another_order_and_an_ordinary_next_night_are_good(good, register):
    frame = good[register]
    assert reasons(register, frame.sample(fraction=1, shuffle=True, seed=1), frame) == set()
    yesterday = frame.head(frame.height - max(1, frame.height // 100))
    assert reasons(register, frame, yesterday) == set(), "rows that are new"
    status = next((name for name in ("status", "rechtsvorm") if name in frame.columns), None)
    moved = frame.with_columns(
        pl.when(pl.int_range(pl.len()) % 25 == 0).then(pl.col(status).reverse()).otherwise(status)
    )
    assert reasons(register, moved, frame) == set(), "a few cases moved on"
    assert reasons(register, frame.filter(pl.int_range(pl.len()) != frame.height // 2), frame) == set(), (
        "a row taken out"
    )
