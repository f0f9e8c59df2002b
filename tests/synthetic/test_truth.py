"""The truth speaks of rows and objects that are there, and the review rule follows from the hits."""

from __future__ import annotations

import polars as pl

from screening.base.datasets import datasets
from screening.synthetic import Municipality
from screening.synthetic.truth import INDICATORS


def test_every_address_that_the_truth_names_is_in_the_register(municipality: Municipality) -> None:
    known = municipality.tables["bag_adressen"]["adresseerbaar_object_id"].implode()
    for name in ("hits", "hard_negatives", "flags", "tolerated"):
        assert municipality.truth[name]["address_id"].is_in(known).all(), name
    assert municipality.truth["addresses"]["adresseerbaar_object_id"].drop_nulls().is_in(known).all()


def test_every_row_that_the_truth_names_is_delivered_at_that_place(municipality: Municipality) -> None:
    for name in ("parties", "addresses", "invalid_rows"):
        for dataset, rows in municipality.truth[name].partition_by("dataset", as_dict=True).items():
            frame = municipality.tables[dataset[0]]
            assert rows["row_number"].is_between(1, frame.height).all()
            if datasets()[dataset[0]].key:
                delivered = frame[datasets()[dataset[0]].key].gather(rows["row_number"] - 1)
                assert delivered.equals(rows["key"], null_equal=True), (name, dataset)


def test_every_valid_row_with_an_address_is_in_the_truth_once(municipality: Municipality) -> None:
    truth = municipality.truth["addresses"]
    assert truth.select("dataset", "row_number").is_unique().all()
    invalid = municipality.truth["invalid_rows"]
    for dataset, rows in truth.partition_by("dataset", as_dict=True).items():
        refused = invalid.filter(pl.col("dataset") == dataset[0]).height
        assert rows.height == municipality.tables[dataset[0]].height - refused


def test_a_person_has_one_birth_date_and_a_company_one_number(municipality: Municipality) -> None:
    officers = municipality.tables["functionarissen"]
    people = municipality.truth["parties"].filter(
        (pl.col("dataset") == "functionarissen") & (pl.col("kind") == "person")
    )
    born = people.with_columns(born=officers["geboortedatum"].gather(people["row_number"] - 1)).drop_nulls("born")
    assert born.group_by("entity_id").agg(pl.col("born").n_unique())["born"].max() == 1
    assert set(people.filter(~pl.col("anchored"))["entity_id"])


def test_namesakes_never_share_a_birth_date(clean: Municipality) -> None:
    managers = clean.tables["leidinggevenden"]
    people = clean.truth["parties"].filter((pl.col("dataset") == "leidinggevenden") & pl.col("anchored"))
    rows = managers[people["row_number"] - 1].with_columns(entity=people["entity_id"])
    surname = pl.col("naam").str.extract(r"(\p{L}{2})[\p{L}]*(?:,|$)")
    shared = rows.group_by("geboortedatum", surname.alias("start")).agg(pl.col("entity").n_unique())
    assert shared["entity"].max() == 1


def test_flags_follow_from_the_hits(clean: Municipality) -> None:
    hits, flags = clean.truth["hits"], clean.truth["flags"]
    a = set(hits.filter(pl.col("class") == "A")["address_id"])
    assert a == set(flags.filter(pl.col("reason") == "A")["address_id"])
    for address in flags.filter(pl.col("reason") == "BB")["address_id"]:
        sources = {INDICATORS[code][1] for code in hits.filter(pl.col("address_id") == address)["indicator"]}
        assert len(sources) >= 2
    licensed = clean.truth["addresses"].filter(pl.col("dataset") == "seksinrichtingen")["adresseerbaar_object_id"]
    sensitive = set(hits.filter(pl.col("indicator").str.starts_with("SEX"))["address_id"]) | set(licensed)
    assert sensitive & set(flags["address_id"]) == set(flags.filter("sensitive")["address_id"])


def test_two_indicators_from_one_data_set_make_no_flag(clean: Municipality) -> None:
    one_source = set(clean.truth["hits"].filter(pl.col("variant") == "twee_uit_een_bron")["address_id"])
    assert one_source
    assert not one_source & set(clean.truth["flags"]["address_id"])


def test_invalid_rows_stay_below_what_stops_a_run(municipality: Municipality) -> None:
    by_dataset = municipality.truth["invalid_rows"]["dataset"].value_counts()
    for dataset, number in by_dataset.iter_rows():
        assert number <= 0.05 * municipality.tables[dataset].height, dataset
    assert len(by_dataset) == len(municipality.tables)


def test_a_messy_municipality_is_about_one_per_cent_invalid(messy: Municipality) -> None:
    must = messy.truth["invalid_rows"].filter(pl.col("expect") == "must").height
    assert 0.005 < must / sum(messy.rows.values()) < 0.03
    assert messy.truth["invalid_rows"].filter(pl.col("expect") == "may").height > 0
