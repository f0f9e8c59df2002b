"""A snapshot keeps what rules ask of a night and hides who was in it."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.rules import load_indicators
from screening.rules.lines_of_business import follows_from_others
from screening.rules.schema import tables_for_rules
from screening.rules.snapshot import columns_to_keep, permuted, redact

KEY, OTHER = b"k" * 32, b"o" * 32
NAMES = ("name_normalised", "name_key", "left_name_key", "right_name_key")


def parties() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "mention": ["a", "b", "c"],
            "name_normalised": ["jan jansen", "jan jansen", None],
            "birth_date": [date(1970, 5, 1), date(1970, 5, 1), date(1980, 1, 2)],
        },
        schema_overrides={"name_normalised": pl.String},
    )


def reports() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "key": ["m1", "m2", "m3", "m4", "m5", "m6"],
            "address_id": ["A", "A", "A", "B", None, "B"],
            "melder_token": ["tok-x", "tok-y", "tok-x", "tok-x", "tok-x", None],
            "datum_melding": [date(2026, 1, d) for d in (3, 2, 1, 5, 6, 7)],
        }
    )


def test_a_name_becomes_a_hash_that_is_equal_where_the_names_were():
    kept = redact("partijen", parties(), ("mention", "name_normalised"), KEY)
    first, second, third = kept["name_normalised"]
    assert first == second
    assert "jan" not in first
    assert third is None
    assert redact("partijen", parties(), ("name_normalised",), OTHER)["name_normalised"][0] != first


def test_names_of_two_tables_stay_comparable():
    names = pl.DataFrame({"key": ["1"], "dataset": ["vergunningen"], "name_key": ["de kroon"]})
    pairs = pl.DataFrame({"left_name_key": ["de kroon"], "right_name_key": ["de krans"], "similarity": [0.9]})
    hashed = redact("handelsnamen", names, ("name_key",), KEY)["name_key"][0]
    both = redact("gelijkende_namen", pairs, ("left_name_key", "right_name_key", "similarity"), KEY)
    assert both["left_name_key"][0] == hashed
    assert both["right_name_key"][0] != hashed
    assert both["similarity"][0] == 0.9


def test_a_date_of_birth_is_another_day_and_the_same_for_the_same_day():
    kept = redact("partijen", parties(), ("birth_date",), KEY)["birth_date"]
    assert kept[0] == kept[1] != kept[2]
    assert kept[0] != date(1970, 5, 1)


@settings(max_examples=40, deadline=None)
@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(1, 40_000))
def test_no_two_dates_of_birth_become_one(day, apart):
    assert permuted(day, KEY) == permuted(day, KEY)
    assert permuted(day, KEY) != permuted(day + timedelta(days=apart), KEY)


def test_all_days_of_a_century_stay_apart_and_few_stay_where_they_were():
    days = [date(1920, 1, 1) + timedelta(days=n) for n in range(36_525)]
    moved = [permuted(day, KEY) for day in days]
    assert len(set(moved)) == len(days)
    assert sum(a == b for a, b in zip(days, moved, strict=True)) < 5


def test_a_reporter_is_a_number_within_an_address_and_followed_nowhere_else():
    kept = redact("meldingen", reports(), ("key", "melder_token"), KEY)
    assert dict(kept.rows()) == {"m1": "1", "m2": "2", "m3": "1", "m4": "1", "m5": None, "m6": None}
    assert kept.columns == ["key", "melder_token"]


def test_rows_keep_their_order_and_an_empty_table_stays_empty():
    assert redact("meldingen", reports(), ("key",), KEY)["key"].to_list() == ["m1", "m2", "m3", "m4", "m5", "m6"]
    assert redact("partijen", parties().clear(), ("mention", "birth_date", "name_normalised"), KEY).is_empty()


def test_kept_are_the_columns_that_rules_declare_and_the_engine_needs():
    rules = load_indicators("indicators")
    kept = columns_to_keep(rules, [rule.code for rule in rules])
    for rule in rules:
        for table, columns in rule.inputs.items():
            asked = {column for column in columns if not follows_from_others(table, column)}
            assert table not in kept or asked <= set(kept[table]), rule.code
    assert "lines" not in kept["handelsregister"], "made anew, by the list of that night, when it is replayed"
    assert not {"groepen", "treffers"} & set(kept)
    for table, columns in kept.items():
        assert set(columns) <= set(tables_for_rules()[table])


def test_a_column_that_no_rule_asks_for_is_not_kept(declare):
    kept = columns_to_keep([declare()], [])
    assert "max_personen" not in kept["vergunningen"]
    assert "zaaknummer" in kept["vergunningen"]
    assert "name_normalised" not in kept["partijen"]
    assert "melder_token" not in kept.get("meldingen", ())


def test_what_only_a_sensitive_rule_reads_is_kept_when_it_is_configured(declare):
    rule = declare(sensitive=True, inputs={"seksinrichtingen": ("record", "aantal_werkruimten")})
    assert "aantal_werkruimten" not in columns_to_keep([rule], [])["seksinrichtingen"]
    assert "aantal_werkruimten" in columns_to_keep([rule], [rule.code])["seksinrichtingen"]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_reaches_a_snapshot_in_the_clear(name):
    table = next(table for table, columns in tables_for_rules().items() if name in columns)
    frame = pl.DataFrame({name: ["kanarie"]})
    assert "kanarie" not in redact(table, frame, (name,), KEY)[name].to_list()
