"""A rule sees what it declares and nothing else: purpose limitation by construction."""

from __future__ import annotations

import copy
from datetime import date, datetime

import polars as pl
import pytest

from screening.base.datasets import datasets
from screening.base.errors import RuleDefinitionError
from screening.rules import Params, Tables
from screening.rules.schema import NEVER_SHOWN, date_columns, tables_for_rules


def test_a_column_that_is_not_declared_is_not_there(permits):
    seen = Tables({"vergunningen": permits}).restrict({"vergunningen": ("record", "status")}, owner="TST-01")
    assert seen.vergunningen.collect_schema().names() == ["record", "status"]
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        seen.vergunningen.select("address_id").collect()


def test_a_table_that_is_not_declared_is_refused_by_the_name_of_the_rule(permits):
    tables = Tables({"vergunningen": permits, "meldingen": pl.DataFrame({"key": ["M-1"]})})
    seen = tables.restrict({"vergunningen": ("record",)}, owner="TST-01")
    assert "meldingen" not in seen
    with pytest.raises(RuleDefinitionError, match="TST-01: table 'meldingen' is not declared"):
        _ = seen.meldingen
    with pytest.raises(RuleDefinitionError):
        _ = seen["meldingen"]


def test_a_table_with_an_unknown_name_is_refused():
    with pytest.raises(RuleDefinitionError, match="No such table: brp"):
        Tables({"brp": pl.DataFrame()})


def test_a_data_set_that_is_not_configured_is_an_empty_table(permits):
    seen = Tables({"vergunningen": permits}).restrict({"controles": ("record", "datum")}, owner="TST-01")
    assert seen.controles.collect().to_dict(as_series=False) == {"record": [], "datum": []}
    assert seen.controles.collect_schema()["datum"] == pl.Date


def test_a_record_is_its_data_set_and_key(permits):
    tables = Tables({"vergunningen": permits})
    assert tables.vergunningen.select("record").collect()["record"].to_list()[0] == "vergunningen:Z-1"


def test_a_full_date_is_its_own_bounds_and_a_column_that_the_source_lacks_is_empty(permits):
    first = Tables({"vergunningen": permits}).vergunningen.collect().row(0, named=True)
    assert first["einddatum_min"] == first["einddatum_max"] == date(2026, 5, 1)
    assert first["ingangsdatum_max"] is None
    assert first["max_personen"] is None


def test_bounds_that_are_given_are_kept():
    frame = pl.DataFrame(
        {
            "key": ["Z-1"],
            "einddatum": [None],
            "einddatum_min": [date(2026, 5, 1)],
            "einddatum_max": [date(2026, 5, 31)],
        },
        schema_overrides={"einddatum": pl.Date},
    )
    row = Tables({"vergunningen": frame}).vergunningen.collect().row(0, named=True)
    assert (row["einddatum"], row["einddatum_min"], row["einddatum_max"]) == (None, date(2026, 5, 1), date(2026, 5, 31))


def test_a_moment_where_a_day_is_meant_keeps_its_day():
    frame = pl.DataFrame({"key": ["M-1"], "datum_melding": [datetime.fromisoformat("2026-05-01T23:59")]})
    row = Tables({"meldingen": frame}).meldingen.collect().row(0, named=True)
    assert row["datum_melding"] == row["datum_melding_max"] == date(2026, 5, 1)


def test_no_table_holds_a_display_name_or_free_text():
    forbidden = {"houder_naam", "exploitant_naam", "naam", "betrokkene_naam", "omschrijving", "name"}
    for name, columns in tables_for_rules().items():
        assert not forbidden & set(columns), name


def test_birth_dates_are_in_the_table_of_parties_only_and_are_never_shown():
    tables = tables_for_rules()
    holders = {name for name, columns in tables.items() if any("birth" in c or "geboorte" in c for c in columns)}
    assert holders == {"partijen"}
    assert "birth_date" in NEVER_SHOWN


def test_every_date_of_a_data_set_has_both_bounds():
    for dataset in datasets():
        for column in date_columns()[dataset]:
            assert {column, f"{column}_min", f"{column}_max"} <= set(tables_for_rules()[dataset])


def test_a_parameter_that_is_not_declared_is_refused_by_the_name_of_the_rule():
    p = Params("TST-01", {"grace_days": 30})
    assert p.grace_days == 30
    assert p.as_dict() == {"grace_days": 30}
    with pytest.raises(RuleDefinitionError, match="TST-01: parameter 'window_days'"):
        _ = p.window_days


def test_a_list_of_codes_and_a_number_are_read_each_in_its_own_way():
    p = Params("TST-01", {"grace_days": 30, "kinds": ("horeca", "logies")})
    assert p.codes("kinds") == ("horeca", "logies")
    with pytest.raises(RuleDefinitionError, match=r"TST-01: parameter 'kinds' is a list of codes; read it as p\.codes"):
        _ = p.kinds
    with pytest.raises(RuleDefinitionError, match=r"TST-01: parameter 'grace_days' is a number; read it as p\.grace"):
        p.codes("grace_days")


def test_a_copy_asks_for_no_private_name_of_the_tables_or_parameters(permits):
    """`copy` and `pickle` look for methods of their own: what is not there is not a table or a parameter."""
    tables, p = copy.copy(Tables({"vergunningen": permits})), copy.copy(Params("TST-01", {"grace_days": 30}))
    assert list(tables) == ["branches", "plichten", "vergunningen"]
    assert p.grace_days == 30
    for value in (tables, p):
        assert not hasattr(value, "_absent")


def test_parties_are_those_of_the_registers_that_may_be_used():
    """A rule for housing sees no name that only a register of permits knows."""
    parties = pl.DataFrame({"party_id": ["P-1", "P-2"], "dataset": ["vergunningen", "handelsregister"]})
    permits = pl.DataFrame({"key": ["Z-1"]})
    seen = Tables({"partijen": parties, "vergunningen": permits}).of_datasets(["handelsregister"])
    assert seen.partijen.collect()["party_id"].to_list() == ["P-2"]
    assert seen.vergunningen.collect().height == 1


def test_what_binds_a_licence_to_a_place_stays_as_it_was_kept_where_its_kind_was_not():
    kept = pl.DataFrame({"key": ["SX-1", "SX-2"], "is_location_bound": [True, False]})
    assert Tables({"seksinrichtingen": kept}).seksinrichtingen.collect()["is_location_bound"].to_list() == [True, False]
