"""Names and addresses are written in many ways, and planted ones only in ways that leave no doubt."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from screening.synthetic import spelling, words
from screening.synthetic.people import People
from screening.synthetic.town import build_town

PEOPLE = People()
PEOPLE.add(400)
TABLE = PEOPLE.finish(np.random.default_rng(3), date(2026, 11, 1))


def names(*, planted: bool, messy: bool) -> pl.DataFrame:
    person = pl.Series(np.repeat(np.arange(400), 10))
    flags = pl.Series([planted] * len(person))
    written = spelling.person_names(TABLE, person, flags, np.random.default_rng(4), messy=messy)
    return written.with_columns(person=person).join(TABLE.with_columns(pl.col("person").cast(pl.Int64)), on="person")


def test_shares_of_styles_add_up() -> None:
    for regime in (0, 1):
        assert sum(shares[regime] for shares in spelling.NAME_STYLES.values()) == pytest.approx(1)
    for shares in (spelling.CLEAN_ADDRESSES, spelling.CLEAN_REPORTS, spelling.MESSY_PARTS, spelling.MESSY_TEXTS):
        assert sum(shares.values()) == pytest.approx(1)
        assert set(shares) <= set(spelling.ADDRESS_FORMS)


@pytest.mark.parametrize(("planted", "messy"), [(False, False), (True, False), (True, True)])
def test_without_doubt_the_family_name_is_always_there(planted: bool, messy: bool) -> None:
    plain = pl.col("name").str.to_lowercase().str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    family = pl.col("family").str.to_lowercase().str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    written = names(planted=planted, messy=messy).filter(~pl.col("family").str.contains("[łıŁİ]"))
    assert written.select(plain.str.contains(family, literal=True).all()).item()


def test_messy_names_have_slips() -> None:
    written = names(planted=False, messy=True)
    slipped = written.filter(
        ~pl.col("name").str.to_lowercase().str.contains(pl.col("family").str.to_lowercase(), literal=True)
    )
    assert 0.01 < slipped.height / written.height < 0.25


def test_no_person_no_name() -> None:
    nobody = pl.Series([None, 3], dtype=pl.Int64)
    written = spelling.person_names(TABLE, nobody, pl.Series([False, False]), np.random.default_rng(1), messy=False)
    assert written["name"].is_null().to_list() == [True, False]
    assert written["birth_date"].is_null().to_list() == [True, False]


def test_family_names_carry_no_label() -> None:
    assert {len(entry) for entry in words.FAMILY_NAMES} == {2}
    assert len({name for _, name in words.FAMILY_NAMES}) == len(words.FAMILY_NAMES)
    assert len(set(words.GIVEN_NAMES)) == len(words.GIVEN_NAMES)


def test_an_address_without_its_unit_is_ambiguous_and_only_where_units_share_a_number() -> None:
    town = build_town(np.random.default_rng(2), 3000)
    address = pl.Series(np.arange(3000))
    written = spelling.spell_addresses(town, address, np.random.default_rng(3), {"text_unitless": 1.0}, pins=True)
    both = written.with_columns(
        single=pl.Series(town.single), bag=town.bag.select("straatnaam", "huisnummer").to_struct()
    )
    doubtful = both.filter(pl.col("_form") == "ambiguous")
    assert doubtful.height > 100
    assert not doubtful["single"].any()
    assert doubtful["_object"].null_count() == doubtful.height
    assert doubtful["lat"].null_count() == doubtful.height
    shared = town.bag.group_by("straatnaam", "huisnummer").len().filter(pl.col("len") > 1)
    ground = doubtful["bag"].struct.unnest().unique()
    assert ground.join(shared, on=["straatnaam", "huisnummer"], how="anti").height <= 1  # the last building may be cut


def test_a_pin_without_a_text_is_written_only_for_an_object_that_stands_alone() -> None:
    town = build_town(np.random.default_rng(2), 2000)
    written = spelling.spell_addresses(
        town, pl.Series(np.arange(2000)), np.random.default_rng(3), {"pin": 1.0}, pins=True
    )
    pinned = written["_form"] == "pin"
    assert (pinned == pl.Series(town.single)).all()
    assert written.filter(pinned)["adres_tekst"].null_count() == pinned.sum()
    assert written.filter(pinned)["lat"].null_count() == 0


def test_an_address_elsewhere_is_in_no_object() -> None:
    town = build_town(np.random.default_rng(2), 500)
    away = pl.Series([None] * 50, dtype=pl.Int64)
    written = spelling.spell_addresses(town, away, np.random.default_rng(3), spelling.MESSY_PARTS)
    assert written["_object"].null_count() == 50
    assert set(written["_form"]) == {"not_in_bag"}
    assert not set(written["plaats"]) & set(words.PLACES)
