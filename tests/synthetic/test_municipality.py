"""A municipality is the same for the same seed, and its registers fit each other."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from stdnum.nl import bsn

from screening.base.datasets import datasets
from screening.base.errors import ConfigurationError
from screening.base.frames import PROVENANCE
from screening.synthetic import Municipality, generate

#: Words that may stand in no column name.
FORBIDDEN = (
    "bsn",
    "nationaliteit",
    "geslacht",
    "geboorteplaats",
    "geboorteland",
    "herkomst",
    "etnic",
    "taal",
    "religie",
)


def valid(municipality: Municipality, dataset: str) -> pl.DataFrame:
    """The rows of a data set that nothing is wrong with."""
    rows = municipality.tables[dataset].with_columns(row_number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    invalid = municipality.truth["invalid_rows"].filter(pl.col("dataset") == str(dataset))
    return rows.join(invalid, on="row_number", how="anti")


def test_same_seed_same_rows_and_truth(clean: Municipality) -> None:
    again = generate(11, 3000, regime="clean", as_of=clean.as_of)
    for dataset, frame in clean.tables.items():
        assert frame.equals(again.tables[dataset]), dataset
    for name, frame in clean.truth.items():
        assert frame.equals(again.truth[name]), name


def test_another_seed_differs_everywhere(clean: Municipality) -> None:
    other = generate(13, 3000, regime="clean", as_of=clean.as_of)
    assert not any(frame.equals(other.tables[dataset]) for dataset, frame in clean.tables.items())


@pytest.mark.parametrize(
    ("arguments", "message"), [({"addresses": 2499}, "at least 2500"), ({"regime": "dirty"}, "choose clean or messy")]
)
def test_refuses_what_it_cannot_make(arguments: dict, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        generate(1, **{"addresses": 3000, "as_of": date(2026, 11, 1), **arguments})


@pytest.mark.parametrize("seed", range(20, 27))
def test_the_smallest_size_has_room_for_all_cases(seed: int) -> None:
    """Also of the rules that came later, which are planted after the others."""
    assert generate(seed, 2500, as_of=date(2028, 6, 2), with_new_rules=True).truth["hits"].height >= 150


def test_keys_are_unique(municipality: Municipality) -> None:
    for name, dataset in datasets().items():
        if dataset.key and name in municipality.tables:
            assert valid(municipality, name)[dataset.key].is_unique().all(), name


def test_object_ids_are_of_the_synthetic_municipality(municipality: Municipality) -> None:
    bag = valid(municipality, "bag_adressen")
    assert bag["nummeraanduiding_id"].str.contains(r"^999920\d{10}$").all()
    assert bag["adresseerbaar_object_id"].str.contains(r"^99990[12]\d{10}$").all()
    assert bag["pand_id"].drop_nulls().str.contains(r"^999910\d{10}$").all()
    known = bag["adresseerbaar_object_id"].implode()
    for dataset in ("meldingen", "controles", "handelsregister", "maatregelen", "seksinrichtingen", "vergunningen"):
        assert valid(municipality, dataset)["adresseerbaar_object_id"].drop_nulls().is_in(known).all(), dataset


def test_an_address_names_one_object_in_use(municipality: Municipality) -> None:
    columns = ["straatnaam", "huisnummer", "huisletter", "huisnummertoevoeging", "woonplaats"]
    bag = valid(municipality, "bag_adressen").filter(pl.col("status") != "Verblijfsobject ingetrokken")
    assert bag.select(columns).is_unique().all()
    assert bag.select("postcode", *columns[1:4]).is_unique().all()


def test_every_company_number_that_is_referred_to_is_registered(municipality: Municipality) -> None:
    known = valid(municipality, "handelsregister")["kvk_nummer"].implode()
    officers = valid(municipality, "functionarissen")
    assert officers["kvk_nummer"].is_in(known).all()
    assert officers["rechtspersoon_kvk"].drop_nulls().is_in(known).all()
    assert valid(municipality, "handelsregister")["voortgezet_door_kvk"].drop_nulls().is_in(known).all()


def test_every_manager_is_named_on_a_licence_that_exists(municipality: Municipality) -> None:
    licences = pl.concat(
        [valid(municipality, "vergunningen")["zaaknummer"], valid(municipality, "seksinrichtingen")["vergunning_id"]]
    )
    assert valid(municipality, "leidinggevenden")["zaaknummer"].is_in(licences.implode()).all()


def test_a_child_report_has_its_parent_at_the_same_address(municipality: Municipality) -> None:
    reports = valid(municipality, "meldingen").join(
        municipality.truth["addresses"].filter(pl.col("dataset") == "meldingen").select("row_number", "accept"),
        on="row_number",
    )
    children = reports.filter(pl.col("hoofdmelding_id").is_not_null())
    both = children.join(reports, left_on="hoofdmelding_id", right_on="melding_id", suffix="_parent")
    assert 0 < children.height == both.height
    assert (both["accept"] == both["accept_parent"]).all()


def test_no_forbidden_column(municipality: Municipality) -> None:
    for frame in municipality.tables.values():
        assert not [c for c in frame.columns if any(word in c for word in FORBIDDEN)]
        assert not set(frame.columns) & set(PROVENANCE)


def test_no_citizen_number_anywhere_and_legal_persons_pass_the_eleven_test(municipality: Municipality) -> None:
    for dataset, frame in municipality.tables.items():
        for column in frame.columns:
            values = frame[column].drop_nulls()
            if column == "rsin":
                assert values.len() > 100
                assert all(bsn.is_valid(value) for value in values)
            else:
                assert not values.str.contains(r"(^|\D)\d{9}(\D|$)").any(), (dataset, column)


def test_only_legal_persons_have_an_rsin(clean: Municipality) -> None:
    rows = valid(clean, "handelsregister")
    assert set(rows.filter(pl.col("rsin").is_not_null())["rechtsvorm"]) <= {"bv", "nv", "stichting"}
    assert rows.filter(pl.col("rechtsvorm").is_in(["eenmanszaak", "vof"]))["rsin"].null_count() > 0


def test_dates_are_in_order_and_none_is_invented(municipality: Municipality) -> None:
    for dataset, earlier, later in (
        ("vergunningen", "ingangsdatum", "einddatum"),
        ("vergunningen", "datum_aanvraag", "datum_besluit"),
        ("seksinrichtingen", "ingangsdatum", "einddatum"),
        ("handelsregister", "datum_aanvang", "datum_einde"),
        ("leidinggevenden", "datum_van", "datum_tot"),
        ("meldingen", "incident_van", "incident_tot"),
    ):
        rows = valid(municipality, dataset)
        assert rows.filter(pl.col(later) < pl.col(earlier)).is_empty(), (dataset, later)
    today = municipality.as_of.isoformat()
    for dataset, column in (
        ("vergunningen", "datum_aanvraag"),
        ("meldingen", "datum_melding"),
        ("controles", "datum"),
        ("maatregelen", "datum"),
        ("handelsregister", "datum_aanvang"),
    ):
        assert (valid(municipality, dataset)[column].str.slice(0, 10) <= today).all(), (dataset, column)


def test_every_kind_of_permit_and_report_occurs(clean: Municipality) -> None:
    assert valid(clean, "vergunningen")["zaaktype"].n_unique() == 12
    assert valid(clean, "meldingen")["subcategorie"].n_unique() == 19
    assert valid(clean, "seksinrichtingen")["type"].n_unique() >= 4
