"""Code 9999 is for what somebody made up: real ids and real places are refused, however they came in."""

from __future__ import annotations

import polars as pl
import pytest

from screening.base.errors import ConfigurationError
from screening.contracts import made_up
from screening.contracts.made_up import disguised, real_places, require_made_up
from screening.contracts.validation import validate
from screening.synthetic.words import PLACES

#: Ids as `replace(id, '0457', '9999')` in a query, or a script before it, leaves them.
REWRITTEN = {"nummeraanduiding_id": "9999200000000077", "adresseerbaar_object_id": "9999010000000077"}


def _bag(table, samples, **values):
    good = samples["bag_adressen"]["good"]
    return table("bag_adressen", [good, good | {"pand_id": None} | REWRITTEN | values])


@pytest.mark.goal("G2", reached="code 9999 is no way round: rewritten ids with 16 spellings of real places, 16 refused")
@pytest.mark.parametrize(
    "place",
    [
        "Weesp",
        "WEESP",
        " weesp ",
        "Weesp, Nederland",
        "Alteveer gem Hoogeveen",
        "Bergen (NH)",
        "'s-Gravenhage",
        "Den Haag",
        "Súdwest-Fryslân",
        "Sint Annaparochie",
        "Hengelo (Gld)",
        "Wijk bij Duurstede NL",
        "Capelle a/d IJssel",
        "Krimpen a.d. Lek",
        "Groningen1",
        "W\u200bee\u00adsp",
    ],
)
def test_rewritten_ids_do_not_make_a_real_place_made_up(place, contracts, table, samples):
    delivery = _bag(table, samples, woonplaats=place)
    with pytest.raises(ConfigurationError) as refused:
        validate(delivery, contracts["bag_adressen"], code_allowed_prefix="9999")
    assert "bag_adressen.csv, column woonplaats: 1 row(s) name a place that exists" in str(refused.value)
    assert place.strip() not in str(refused.value)
    assert validate(delivery, contracts["bag_adressen"]).accepted.height  # a real municipality has real places


@pytest.mark.goal("G2", reached="a real place in letters that look like it: 12 alphabets and tricks, 12 refused")
@pytest.mark.parametrize(
    "place",
    [
        "W\u0435\u0435sp",
        "\u0391ssen",
        "Z\u03c9olle",
        "Le\u0456den",
        "\u051ceesp",
        "\u13a3ssen",
        "Ass\u0259n",
        "l\u0131sse",
        "\uff37\uff45\uff45\uff53\uff50",
        "\U0001d416eesp",
        "\U0001f166eesp",
        "Gr0ningen",
    ],
)
def test_letters_that_look_like_others_do_not_make_a_real_place_made_up(place, table, samples):
    with pytest.raises(ConfigurationError, match="column woonplaats: 1 row") as refused:
        require_made_up(_bag(table, samples, woonplaats=place), "9999")
    assert place not in str(refused.value)


def test_marks_dashes_and_numbers_of_invented_places_are_no_disguise():
    written = ["Súdwest–Voorbeeld", "’s-Voorbeelddam", "Voorbeeldstad 2", "2e Testermond", "Åtestdörp", "Aan Test (T.)"]
    assert disguised(written) == []


@pytest.mark.parametrize("column", made_up.OBJECT_IDS)
def test_an_id_of_a_municipality_is_refused_in_a_made_up_place(column, table, samples):
    with pytest.raises(ConfigurationError, match=f"column {column}: 1 row"):
        require_made_up(_bag(table, samples, **{column: "0457010000000012"}), "9999")


@pytest.mark.parametrize("places", [[None, None], ["", " "], ["1082", "1082"], ["Voorbeeldstad", None, ""]])
def test_a_town_without_a_name_is_not_known_to_be_made_up(places, table, samples):
    rows = [samples["bag_adressen"]["good"] | {"woonplaats": place} for place in places]
    with pytest.raises(ConfigurationError, match=r"column woonplaats: \d of \d rows name a place"):
        require_made_up(table("bag_adressen", rows), "9999")
    delivery = table("bag_adressen", rows)
    delivery.frame = delivery.frame.drop("woonplaats")
    with pytest.raises(ConfigurationError, match=r"0 of \d rows name a place"):
        require_made_up(delivery, "9999")


def test_places_decide_in_the_bag_alone_and_nothing_else_decides(table, samples):
    """KVK numbers, names and addresses elsewhere tell nothing: made-up ones may look like real ones."""
    row = samples["handelsregister"]["good"] | {"adres_tekst": "Nieuwstraat 1, 1381 AB Weesp", "kvk_nummer": "90004760"}
    require_made_up(table("handelsregister", [row]), "9999")


def test_invented_places_are_none_of_the_real_ones():
    invented = [
        "Voorbeeldstad",
        "Oud-Voorbeeld",
        "Voorbeelddam",
        "Elderstad",
        "Achterveen",
        "Testdorp",
        "Nieuwstad",
        *PLACES,
    ]
    assert real_places(invented) == []


def test_the_list_holds_towns_and_villages_of_every_province():
    known = made_up._known()
    assert len(known) > 2_900
    towns = [
        "Groningen",
        "Leeuwarden",
        "Assen",
        "Zwolle",
        "Lelystad",
        "Arnhem",
        "Utrecht",
        "Haarlem",
        "Den Haag",
        "Middelburg",
        "'s-Hertogenbosch",
        "Maastricht",
        "Ee",
        "Een",
        "Ens",
        "Epe",
        "Urk",
    ]
    assert real_places(towns) == towns


def test_a_column_of_many_words_is_judged_soon(table, samples):
    """Each distinct value is looked at once; a column of long texts, wrongly mapped, does not hang a night."""
    long_text = " ".join(f"woord{number}" for number in range(400))
    rows = [samples["bag_adressen"]["good"] | {"woonplaats": long_text}] * 2
    require_made_up(table("bag_adressen", rows), "9999")


def test_what_is_read_of_an_empty_delivery_is_for_the_contract(table, samples):
    empty = table("bag_adressen", [samples["bag_adressen"]["good"]])
    empty.frame = pl.DataFrame(schema=empty.frame.schema)
    require_made_up(empty, "9999")
