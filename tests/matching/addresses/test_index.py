"""The BAG as it is looked up: streets under their other names, living objects before others."""

from __future__ import annotations

import polars as pl
import pytest

from screening.matching.addresses import AddressIndex


def _streets(index: AddressIndex, name: str) -> list[str]:
    hits = index.names.filter((pl.col("name") == name) & (pl.col("town") == "dorp"))
    return hits.join(index.streets, on="street_id")["street_folded"].to_list()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("kuijperlaan", ["dr.a.kuyperlaan"]),
        ("dokterkuijperlaan", ["dr.a.kuyperlaan"]),
        ("odwarsstraat", ["oude dwarsstraat"]),
        ("dwarsstraat", []),  # Oude is part of the name: without it, it would be another street
        ("irenelaan", []),
    ],
)
def test_other_names_of_a_street(index, name, expected):
    assert _streets(index, name) == expected


def test_a_usual_name_of_two_streets_is_left_out(bag):
    one = bag.filter(pl.col("straatnaam") == "Dr.A.Kuyperlaan")
    two = one.with_columns(straatnaam=pl.lit("Mr.B.Kuyperlaan"), nummeraanduiding_id=pl.lit("other"))
    assert _streets(AddressIndex.build(pl.concat([one, two])), "kuijperlaan") == []


def test_a_usual_name_never_hides_a_street_of_that_name(bag):
    one = bag.filter(pl.col("straatnaam") == "Dr.A.Kuyperlaan")
    two = one.with_columns(straatnaam=pl.lit("Kuyperlaan"), nummeraanduiding_id=pl.lit("other"))
    index = AddressIndex.build(pl.concat([one, two]))
    assert _streets(index, "kuyperlaan") == ["kuyperlaan"]
    assert _streets(index, "kuijperlaan") == ["kuyperlaan"]


@pytest.mark.parametrize(("object_id", "rank"), [("goud4", 0), ("goud4gone", 1), ("goud8never", 2)])
def test_rank_of_a_status(index, object_id, rank):
    assert index.addresses.filter(pl.col("object") == object_id)["rank"].to_list() == [rank]


def test_ids_of_objects_and_of_nummeraanduidingen_lead_to_the_object(index):
    found = dict(index.ids.iter_rows())
    assert found["hoek"] == found["num25"] == found["num26"] == "hoek"


def test_a_bag_with_text_numbers_and_joined_panden_is_read_alike(bag, index):
    text = bag.with_columns(pl.col("huisnummer").cast(pl.String), pl.col("pand_id").list.join("|"))
    assert AddressIndex.build(text).addresses.equals(index.addresses)
