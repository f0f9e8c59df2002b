"""Errors of the matching are the same for every kind of name. The pools of names live in tests only."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from screening.matching import link_parties

#: Made-up people from common names; the pool is known here and nowhere in the product.
POOLS: dict[str, tuple[list[str], list[str]]] = {
    "dutch": (["Jan", "Anna", "Willem", "Femke", "Ruud"], ["de Vries", "van den Berg", "Bakker", "van Dijk", "Smit"]),
    "turkish": (["Mehmet", "Ayşe", "Gülay", "Hakan", "Zeynep"], ["Yılmaz", "Şahin", "Öztürk", "Kılıç", "Kaya"]),
    "moroccan": (
        ["Mohamed", "Fatima", "Youssef", "Naima", "Karim"],
        ["el Amrani", "Benali", "Chaouki", "Ouali", "Tazi"],
    ),
    "polish": (["Piotr", "Małgorzata", "Tomasz", "Ewa", "Jan"], ["Kowalski", "Wójcik", "Dąbrowski", "Mazur", "Łach"]),
    "vietnamese": (["Minh", "Hùng", "Lan", "Tuấn", "Quỳnh"], ["Nguyễn", "Trần", "Phạm", "Huỳnh", "Đặng"]),
    "surinamese": (
        ["Rakesh", "Sharmila", "Winston", "Priya"],
        ["Ramdien", "Kartodikromo", "Kalpoe", "Pinas", "Mangal"],
    ),
}
PEOPLE = 100


def _plain(text: str) -> str:
    table = str.maketrans("şŞıçÇöÖüÜğłŁóąćęńśźżễầạỳĐặấùỳ", "sSicCoOuUglLoacenszzeaayDaauy")
    return text.translate(table)


def _slip(name: str, dice: random.Random) -> str:
    start = name.rfind(" ") + 1
    at = dice.randrange(start + 1, len(name) - 1)
    return dice.choice(
        [
            name[:at] + name[at + 1 :],
            name[:at] + name[at] + name[at:],
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
            name[:at] + dice.choice("aeinor") + name[at + 1 :],
        ]
    )


def _other_spelling(given: str, family: str, dice: random.Random) -> str:
    prefix, _, core = family.rpartition(" ")
    return dice.choice(
        [
            f"{given[0]}. {family}",
            f"{core}, {given[0]}. {prefix}".strip(),
            f"{family} {given}",
            _plain(f"{given} {family}"),
            f"{given} {family}".upper(),
            f"{given[0]}. {_slip(family, dice)}",
            f"{given[0]}. {family}-Pietersen",
        ]
    )


@pytest.fixture(scope="module")
def missed_and_false(persons: Callable[..., Any]) -> dict[str, tuple[float, float]]:
    """Per pool: share of one person's spellings that are not joined, share of two people of one birth date that are."""
    dice = random.Random(20261101)
    people: list[tuple[str, date]] = []
    pairs: list[tuple[str, bool]] = []
    born = date(1950, 1, 2)
    for pool, (given, family) in POOLS.items():
        for _ in range(PEOPLE):
            one, two = dice.choice(given), dice.choice(family)
            born += timedelta(days=3)
            people += [(f"{one} {two}", born), (_other_spelling(one, two, dice), born)]
            pairs.append((pool, True))
            others = [(g, f) for g in given for f in family if f != two and g != one]
            other = dice.choice(others)
            born += timedelta(days=3)
            people += [(_other_spelling(one, two, dice), born), (_other_spelling(*other, dice), born)]
            pairs.append((pool, False))
    result = link_parties(persons(*people))
    party = dict(result.parties.select("key", "party_id").iter_rows())
    joined = [party[f"r{2 * i + 1}"] == party[f"r{2 * i + 2}"] for i in range(len(pairs))]
    frame = pl.DataFrame({"pool": [p for p, _ in pairs], "same": [s for _, s in pairs], "joined": joined})
    rates = frame.group_by("pool").agg(
        missed=(~pl.col("joined")).filter("same").mean(), false=pl.col("joined").filter(~pl.col("same")).mean()
    )
    return {pool: (missed, false) for pool, missed, false in rates.select("pool", "missed", "false").iter_rows()}


def test_no_pool_is_missed_more_often_than_another(missed_and_false: dict[str, tuple[float, float]]) -> None:
    missed = [rates[0] for rates in missed_and_false.values()]
    assert max(missed) - min(missed) <= 0.05
    assert max(missed) <= 0.05


def test_two_people_of_one_birth_date_are_joined_in_no_pool(
    missed_and_false: dict[str, tuple[float, float]],
) -> None:
    assert {pool: rates[1] for pool, rates in missed_and_false.items() if rates[1] > 0.02} == {}


def test_the_name_pools_stay_out_of_the_product() -> None:
    """No module of the matching may know where a name comes from: the words of the pools do not occur in it."""
    from pathlib import Path

    import screening.matching as package

    text = "".join(path.read_text() for path in Path(package.__path__[0]).glob("*.py")).lower()
    for word in ({*POOLS} - {"dutch"}) | {"nationality", "ethnic", "origin_group"}:
        assert word not in text
