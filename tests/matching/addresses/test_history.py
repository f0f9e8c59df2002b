"""Streets that were renamed and municipalities that merged: an earlier address leads to the object that is there."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from screening.matching.addresses import AddressIndex, display_addresses, find_address, resolve

IN_USE, GONE = "Verblijfsobject in gebruik", "Verblijfsobject ingetrokken"
ISSUED, WITHDRAWN = "Naamgeving uitgegeven", "Naamgeving ingetrokken"

# nummeraanduiding, object, street, number, letter, postcode, town, status; x is the place
_ROWS = [
    # renamed: the old name and postcode are withdrawn, the object stayed
    ("n01", "laan2", "Stationsweg", 2, None, "1234AA", "Dorp", WITHDRAWN, 100.0),
    ("n02", "laan2", "Mandelalaan", 2, None, "1234BB", "Dorp", ISSUED, 100.0),
    ("n03", "laan4", "Stationsweg", 4, None, "1234AA", "Dorp", WITHDRAWN, 120.0),
    ("n04", "laan4", "Mandelalaan", 4, None, "1234BB", "Dorp", ISSUED, 120.0),
    # pulled down, and never renamed
    ("n05", "weg6", "Stationsweg", 6, None, "1234AA", "Dorp", WITHDRAWN, 140.0),
    # the new Stationsweg elsewhere took over the name: number 4 exists in both
    ("n06", "nieuw4", "Stationsweg", 4, None, "1234CC", "Dorp", ISSUED, 900.0),
    # renumbered: 10 became 10 A, and an object that is gone had that address before
    ("n07", "tien", "Kade", 10, None, "1234DD", "Dorp", WITHDRAWN, 200.0),
    ("n08", "tien", "Kade", 10, "A", "1234DD", "Dorp", ISSUED, 200.0),
    ("n09", "afgebroken", "Kade", 12, None, "1234DD", "Dorp", GONE, 220.0),
    ("n10", "twaalf", "Kade", 12, None, "1234DD", "Dorp", WITHDRAWN, 221.0),
    ("n11", "twaalf", "Kade", 14, None, "1234DD", "Dorp", ISSUED, 221.0),
    # merged: two villages had a Dorpsstraat, so one was renamed and lies in the larger town now
    ("n12", "klein1", "Dorpsstraat", 1, None, "1250AA", "Klein Dorp", WITHDRAWN, 500.0),
    ("n13", "klein1", "Kleindorpsstraat", 1, None, "1250AA", "Dorp", ISSUED, 500.0),
    ("n14", "groot1", "Dorpsstraat", 1, None, "1234EE", "Dorp", ISSUED, 600.0),
    # two objects that both left one old address
    ("n15", "links", "Plein", 1, None, "1234FF", "Dorp", WITHDRAWN, 700.0),
    ("n16", "links", "Marktplein", 1, None, "1234FG", "Dorp", ISSUED, 700.0),
    ("n17", "rechts", "Plein", 1, None, "1234FF", "Dorp", WITHDRAWN, 720.0),
    ("n18", "rechts", "Marktplein", 3, None, "1234FG", "Dorp", ISSUED, 720.0),
    # an old second address
    ("n19", "hoek", "Achterom", 9, None, "1234GG", "Dorp", WITHDRAWN, 800.0),
    ("n20", "hoek", "Voorstraat", 9, None, "1234GH", "Dorp", IN_USE, 800.0),
]


@pytest.fixture(scope="module")
def bag() -> pl.DataFrame:
    names = [
        "nummeraanduiding_id",
        "adresseerbaar_object_id",
        "straatnaam",
        "huisnummer",
        "huisletter",
        "postcode",
        "woonplaats",
        "status",
        "rd_x",
    ]
    frame = pl.DataFrame(_ROWS, schema=names, orient="row", infer_schema_length=None)
    return frame.with_columns(
        huisnummertoevoeging=pl.lit(None, pl.String),
        is_nevenadres=pl.lit(False),
        rd_y=pl.lit(450_000.0),
        rd_x=pl.col("rd_x") + 150_000,
        pand_id=pl.concat_list(pl.format("pand-{}", "adresseerbaar_object_id")),
    )


@pytest.fixture(scope="module")
def index(bag) -> AddressIndex:
    return AddressIndex.build(bag)


@pytest.fixture(scope="module")
def ask(index) -> Callable[[str], dict]:
    def one(text: str) -> dict:
        return resolve(pl.DataFrame([{"dataset": "d", "key": "k", "adres_tekst": text}]), index).row(0, named=True)

    return one


@pytest.mark.parametrize(
    ("text", "expected", "method"),
    [
        ("Mandelalaan 2, 1234 BB Dorp", "laan2", "exact"),
        ("Stationsweg 2, 1234 AA Dorp", "laan2", "variant"),
        ("Stationsweg 2, Dorp", "laan2", "variant"),
        ("Stationsweg 2, 1234 BB Dorp", "laan2", "variant"),
        ("Mandelalaan 2, 1234 AA Dorp", "laan2", "variant"),
        ("1234 AA 2", "laan2", "variant"),
        ("Statonsweg 2, 1234 AA Dorp", "laan2", "fuzzy"),
        ("Stationsweg 6, 1234 AA Dorp", "weg6", "exact"),
        ("Stationsweg 4, 1234 CC Dorp", "nieuw4", "exact"),
        ("Stationsweg 4, Dorp", "nieuw4", "variant"),
        ("Stationsweg 4, 1234 AA Dorp", "laan4", "variant"),
        ("Kade 10, 1234 DD Dorp", "tien", "variant"),
        ("Kade 10a, 1234 DD Dorp", "tien", "exact"),
        ("Kade 12, 1234 DD Dorp", "twaalf", "variant"),
        ("Dorpsstraat 1, Klein Dorp", "klein1", "variant"),
        ("Dorpsstraat 1, 1250 AA Klein Dorp", "klein1", "variant"),
        ("Dorpsstraat 1, 1234 EE Dorp", "groot1", "exact"),
        ("Achterom 9, 1234 GG Dorp", "hoek", "variant"),
    ],
    ids=[
        "the new address",
        "the old address",
        "the old name alone",
        "the old name and the new postcode",
        "the new name and the old postcode",
        "the old postcode and number",
        "a slip in the old name",
        "an object that is gone and has no other address",
        "the street that took over the name, by its postcode",
        "without a postcode the street that bears the name now",
        "by the old postcode the object that left it",
        "an old number",
        "its new number",
        "an old address before an object that is gone",
        "the town of before the merger",
        "with its postcode",
        "the namesake in the larger town",
        "an old second address",
    ],
)
def test_an_earlier_address_leads_to_the_object_that_is_there(ask, text, expected, method):
    found = ask(text)
    assert (found["address_id"], found["address_method"]) == (expected, method)


def test_two_objects_that_left_one_address_are_both_told_and_none_is_chosen(ask):
    found = ask("Plein 1, 1234 FF Dorp")
    assert found["address_id"] is None
    assert found["candidates"] == ["links", "rechts"]


def test_an_object_is_shown_by_the_address_it_has_now(index):
    shown = dict(display_addresses(index).select("address_id", "address").iter_rows())
    assert shown["laan2"] == "Mandelalaan 2, 1234 BB Dorp"
    assert shown["klein1"] == "Kleindorpsstraat 1, 1250 AA Dorp"
    assert shown["weg6"] == "Stationsweg 6, 1234 AA Dorp"


def test_a_person_who_types_the_old_address_finds_the_object(index):
    assert find_address(index, "Stationsweg 2, Dorp")["address"].to_list() == ["Mandelalaan 2, 1234 BB Dorp"]


def test_an_id_of_an_old_nummeraanduiding_leads_to_the_object(index):
    row = {"dataset": "d", "key": "k", "adresseerbaar_object_id": "n01"}
    assert resolve(pl.DataFrame([row]), index)["address_id"].to_list() == ["laan2"]


def test_an_object_whose_only_address_is_withdrawn_has_no_former_one(index):
    former = index.addresses.filter("is_former")["nummeraanduiding_id"].sort().to_list()
    assert former == ["n01", "n03", "n07", "n10", "n12", "n15", "n17", "n19"]
