"""A written address leads to its object, or to a note that says why it does not."""

from __future__ import annotations

import itertools
import random

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.base.frames import RESOLVED_ADDRESSES
from screening.base.vocabulary import AddressNote
from screening.matching.addresses import AddressIndex, resolve

FOUND = [
    # reason, text, object, method
    ("as in the BAG", "Kerkstraat 1, 1234 AA Dorp", "kerk1", "exact"),
    ("the town tells which of two", "Kerkstraat 1, Ander Dorp", "anderekerk1", "variant"),
    ("the postcode tells which of two", "kerkstraat 1, 1240aa", "anderekerk1", "exact"),
    ("the postcode goes before the town", "Kerkstraat 1, 1240 AA Dorp", "anderekerk1", "variant"),
    ("no postcode", "Kerkstraat 3, Dorp", "kerk3", "variant"),
    ("neither town nor postcode", "Kerkstraat 3", "kerk3", "variant"),
    ("postcode and number alone", "1234 AA 3", "kerk3", "variant"),
    ("postcode and number in one", "1234AA3", "kerk3", "variant"),
    ("postcode behind the number", "3, 1234AA", "kerk3", "variant"),
    ("an old postcode", "Kerkstraat 3, 1234 XZ Dorp", "kerk3", "variant"),
    ("a slip in the postcode's digits", "Kerkstraat 3, 1235 AA Dorp", "kerk3", "variant"),
    ("the number first", "3 Kerkstraat, Dorp", "kerk3", "variant"),
    ("number and letter first", "5a Kerkstraat, Dorp", "kerk5a", "variant"),
    ("the town first", "Dorp, Kerkstraat 3", "kerk3", "variant"),
    ("the town first without a comma", "Dorp Kerkstraat 3", "kerk3", "variant"),
    ("no comma at all", "Kerkstraat 5 a 1234 AA Dorp", "kerk5a", "exact"),
    ("no comma and a town of two words", "Kerkstraat 1 Ander Dorp", "anderekerk1", "variant"),
    ("several lines and a country", "Kerkstraat 3\n1234 AA  DORP\nNederland", "kerk3", "exact"),
    ("a word for number", "Kerkstraat nr. 3, Dorp", "kerk3", "variant"),
    ("a comma before the number", "Kerkstraat, 3, Dorp", "kerk3", "variant"),
    ("no space before the number", "Kerkstraat3 Dorp", "kerk3", "variant"),
    ("in the municipality of", "Kerkstraat 3 in de gemeente Dorp", "kerk3", "variant"),
    ("at the end of a sentence", "Verleende vergunning, een dakkapel, Kerkstraat 3, 1234 AA Dorp", "kerk3", "exact"),
    ("within a sentence", "winkel aan de Kerkstraat 3 te Dorp", "kerk3", "variant"),
    ("a name before the address", "Café De Kroon, Kerkstraat 3, Dorp", "kerk3", "variant"),
    ("named twice", "Kerkstraat 3, 1234 AA Dorp, kerkstraat 3", "kerk3", "exact"),
    ("short title", "Burg. Goudenlaan 3, Dorp", "goud3", "variant"),
    ("short end", "Burgemeester Goudenln. 3, Dorp", "goud3", "variant"),
    ("short at both ends", "burg goudenln 3", "goud3", "variant"),
    ("a saint for short", "St. Jansplein 2, Dorp", "hoek", "variant"),
    ("one letter for the first word", "O. Dwarsstr. 41, Dorp", "hoek", "variant"),
    ("a second address", "Oude Dwarsstraat 41, 1234 CB Dorp", "hoek", "exact"),
    ("initials spaced", "Dr. A. Kuyperlaan 8, Dorp", "drk8", "variant"),
    ("initials left out", "Dr. Kuyperlaan 8, Dorp", "drk8", "variant"),
    ("title and initials left out", "Kuyperlaan 8, Dorp", "drk8", "variant"),
    ("title written out", "Doctor A. Kuyperlaan 8, Dorp", "drk8", "variant"),
    ("an apostrophe of another kind", "’s Gravelandseweg 2b, Dorp", "grav2b", "exact"),
    ("no apostrophe", "s Gravelandseweg 2B Dorp", "grav2b", "exact"),
    ("the article left out", "Gravelandseweg 2 b, Dorp", "grav2b", "variant"),
    ("no diacritics", "jozef israelsstraat 4, dorp", "isr4", "variant"),
    ("a given name by its letter", "J. Israelsstraat 4, Dorp", "isr4", "variant"),
    ("pr. for prinses", "Pr. Irenelaan 6, Dorp", "irene6", "variant"),
    ("y for ij", "Ysseldyk 1, Dorp", "dijk1", "variant"),
    ("ground floor as hs", "Kerkstraat 7-hs, Dorp", "kerk7hs", "variant"),
    ("ground floor as huis", "Kerkstraat 7 huis, Dorp", "kerk7hs", "variant"),
    ("ground floor as begane grond", "Kerkstraat 7 begane grond, Dorp", "kerk7hs", "variant"),
    ("a floor with hoog", "Kerkstraat 7 2hoog, Dorp", "kerk7-2", "variant"),
    ("a floor as verdieping", "Kerkstraat 7, 1e verdieping, Dorp", "kerk7-1", "variant"),
    ("a floor in Roman", "Kerkstraat 7-II, Dorp", "kerk7-2", "variant"),
    ("a floor after a slash", "Kerkstraat 7/2, Dorp", "kerk7-2", "variant"),
    ("bis", "Kerkstraat 9 bis, Dorp", "kerk9bs", "variant"),
    ("letter and floor", "Kerkstraat 11a 2hoog, Dorp", "kerk11a2", "variant"),
    ("letter and addition", "Kerkstraat 11 A-3, 1234 AA Dorp", "kerk11a3", "exact"),
    ("an addition that looks like a range", "Kerkstraat 12-14, Dorp", "kerk12-14", "variant"),
    ("the unit left out of the only one", "Kerkstraat 9, Dorp", "kerk9bs", "variant"),
    ("huis of a house without units", "Kerkstraat 3 huis, Dorp", "kerk3", "variant"),
    ("the eighth of a row", "Rijtje 1h, Dorp", "rij-h", "variant"),
    ("the living object before the withdrawn one", "Burgemeester Goudenlaan 4, Dorp", "goud4", "variant"),
    ("a withdrawn object alone", "Burgemeester Goudenlaan 6, 1234 BA Dorp", "goud6gone", "exact"),
    ("withdrawn before never realised", "Burgemeester Goudenlaan 8, Dorp", "goud8gone", "variant"),
    ("a slip in the street beside its postcode", "Krekstraat 3, 1234 AA Dorp", "kerk3", "fuzzy"),
    ("a slip in a long street of the town", "Burgemeester Goudnelaan 3, Dorp", "goud3", "fuzzy"),
    ("the end of a name beside its postcode", "Irenelaan 6, 1234 EB", "irene6", "fuzzy"),
    ("two streets alike beside the postcode", "Pirkweg 2, 1234 HB", "perkweg2", "fuzzy"),
    ("two slips in a long street", "Prinsse Irenlaan 6, Dorp", "irene6", "fuzzy"),
    ("a slip in the town", "Kerkstraat 1, Ander Drop", "anderekerk1", "variant"),
    ("a name itself before the usual name of another", "Kuyperlaan 8", "anderekuyper8", "variant"),
    ("hs where the BAG says bg", "Kerkstraat 21 hs, Dorp", "kerk21bg", "variant"),
    ("the postcode tells which of two withdrawn", "Burgemeester Goudenlaan 12, 1234 BB Dorp", "goud12y", "exact"),
    ("what is written before what may be meant", "Kerkstraat 23-hs, Dorp", "kerk23hs", "variant"),
    ("a slip in the street and one in the postcode", "Prinses Irenlaan 6, 1234 EX Dorp", "irene6", "fuzzy"),
    ("a damaged postcode in front", "1234A Dorp Kerkstraat 3", "kerk3", "variant"),
    ("a letter among its digits", "12X34AA Dorp Kerkstraat 3", "kerk3", "variant"),
    ("the letter O for a zero", "124OAA Ander Dorp Kerkstraat 1", "anderekerk1", "variant"),
    ("a damaged postcode behind the number", "Kerkstraat 3 123AA Dorp", "kerk3", "variant"),
    ("the digits of a postcode in front", "1234 Dorp, Kerkstraat 3", "kerk3", "variant"),
    ("a damaged postcode in its own field", "Kerkstraat 3, 1234 AAB Dorp", "kerk3", "variant"),
    ("the town first and a slip", "DORP Burgemeester Goudnelaan 3", "goud3", "fuzzy"),
    ("a misspelt town first", "1240AA Ander Drop, Kerkstraat 1", "anderekerk1", "exact"),
    ("a slip within an abbreviation", "Burg. Goudennl. 3, 1234 BA", "goud3", "fuzzy"),
    ("two digits of the postcode exchanged and no town", "Kerkstraat 3, 1324AA", "kerk3", "variant"),
    ("a range", "Kerkstraat 14-18, Dorp", "kerk14", "variant"),
    ("a range in words", "Kerkstraat 14 t/m 18 (even), Dorp", "kerk14", "variant"),
]

LEFT_OPEN = [
    # reason, text, what the note says
    ("nothing written", None, "no address"),
    ("a town alone", "Dorp", "no house number"),
    ("a street alone", "Kerkstraat", "no house number"),
    ("a number alone", "3", "no street and no postcode"),
    ("which of two towns", "Kerkstraat 1", "several objects fit: town or postcode missing"),
    ("which of three floors", "Kerkstraat 7, Dorp", "several objects fit: addition missing"),
    ("two living objects at one address", "Burgemeester Goudenlaan 10, Dorp", "several objects share this address"),
    ("an addition that the BAG lacks", "Kerkstraat 3 B, Dorp", "the addition is not in the BAG at this number"),
    ("a floor of a house without units", "Kerkstraat 3 2hoog, Dorp", "the addition is not in the BAG at this number"),
    ("hs where H is a letter of a row", "Rijtje 1 hs, Dorp", "the addition is not in the BAG at this number"),
    ("a number that the street lacks", "Kerkstraat 99, 1234 AA Dorp", "the street has no such house number"),
    ("a street that the town lacks", "Rozenstraat 3, Dorp", "the street is not in this BAG"),
    ("another street of the same kind", "Fort Hinderdamstraat 1, Dorp", "the street is not in this BAG"),
    ("a slip between two streets", "Pirkweg 2, Dorp", "the street is not in this BAG"),
    ("another town", "Kerkstraat 1, Elders", "the town lies outside this BAG"),
    ("another town without a comma", "Kerkstraat 1 Elders", "the town lies outside this BAG"),
    ("another town that ends like one of ours", "Kerkstraat 3 Nieuw Dorp", "the town lies outside this BAG"),
    ("letters tied to the number by a hyphen", "Kerkstraat 3-WW Dorp", "the addition is not in the BAG at this number"),
    ("another town first", "Elders, Kerkstraat 3", "the town lies outside this BAG"),
    ("another town that differs by a letter", "Kerkstraat 3, Worp", "the town lies outside this BAG"),
    ("another region's postcode", "Kerkstraat 1, 9711 AA", "the postcode lies outside this BAG"),
    ("another region's postcode beside a namesake", "Kerkstraat 1, 9711 KX Dorp", "the postcode lies outside this BAG"),
    ("a slip in another town's street", "Kerkstraaat 3, Elders", "the town lies outside this BAG"),
    ("a postcode that is of another street", "Kerkstraat 3, 1234 BA Dorp", "street, number, postcode and town do not"),
    ("a postcode far off that is of another street", "Sint Jansplein 2, 1234 HB Dorp", "street, number, postcode and"),
    ("a street of the town is never another one", "Parkweg 2, 1234 HB Dorp", "street, number, postcode and"),
    ("three slips in all", "Prinsse Irenlaan 6, 1234 EX Dorp", "street, number, postcode and town do not"),
    ("slips in street and postcode", "Prinsse Irenlaan 6, 1235 EB Dorp", "the postcode lies outside this BAG"),
    ("slips in street and town", "Kerkstraaat 1, Ander Drop", "street, number, postcode and town do not"),
    ("an unknown postcode and no town", "Kerkstraat 3, 1334 AA", "the postcode lies outside this BAG"),
    ("h is a letter, not the ground floor", "Kerkstraat 21 h, Dorp", "the addition is not in the BAG at this number"),
    ("two withdrawn objects", "Burgemeester Goudenlaan 12, Dorp", "several objects share this address"),
    ("a post box", "Postbus 3, 1234 AA Dorp", "a post box is no object"),
    ("opposite", "t/o Kerkstraat 3, Dorp", "written as near an address or without a number"),
    ("opposite in words", "Kerkstraat tegenover nr. 3", "written as near an address or without a number"),
    ("near", "nabij Kerkstraat 3 in de gemeente Dorp", "written as near an address or without a number"),
    ("unnumbered", "Kerkstraat ong., Dorp", "written as near an address or without a number"),
    ("beside a number", "Kerkstraat 3 ong, Dorp", "written as near an address or without a number"),
    ("a corner", "hoek Kerkstraat/Parkweg 2", "written as near an address or without a number"),
    ("two addresses", "Kerkstraat 3, Parkweg 2, Dorp", "several addresses in one text"),
    ("two addresses of which one is not there", "Kerkstraat 3, Kerkstraat 99, Dorp", "several addresses in one text"),
    ("two numbers", "Kerkstraat 14 en 16, Dorp", "several house numbers in one address"),
    ("three numbers", "Kerkstraat 14, 16 en 18", "several house numbers in one address"),
    ("odd to even is no range", "Kerkstraat 14-17, Dorp", "the addition is not in the BAG at this number"),
    ("a damaged postcode of elsewhere", "Kerkstraat 3, 97X11AB", "street, number, postcode and town do not"),
    ("three letters behind a number", "Kerkstraat 123hs, 2 hoog", "the street has no such house number"),
    ("a number of twelve digits", "Kerkstraat 123456789012", "no house number"),
]


@pytest.fixture(scope="module")
def answers(index) -> dict[str | None, dict]:
    """Each text above -> its row, resolved together: that a row alone is what it is among others has its own test."""
    texts = [text for _, text, *_ in (*FOUND, *LEFT_OPEN, *OFFERED, *NOT_OFFERED)]
    return dict(zip(texts, together(texts, index), strict=True))


def together(texts: list[str | None], index: AddressIndex) -> list[dict]:
    """The row of each text."""
    asked = pl.DataFrame({"dataset": "meldingen", "key": [f"M-{at}" for at in range(len(texts))], "adres_tekst": texts})
    return resolve(asked, index).drop("key").to_dicts()


@pytest.mark.parametrize(("text", "expected", "method"), [pytest.param(*case[1:], id=case[0]) for case in FOUND])
def test_found(answers, text, expected, method):
    got = answers[text]
    assert (got["address_id"], got["address_method"]) == (expected, method), got["address_note"]
    assert got["address_id"] in got["candidates"]
    assert 0.7 <= got["address_score"] < 1.0
    assert (got["candidate_id"], got["candidate_probability"]) == (None, None)


@pytest.mark.parametrize(("text", "note"), [pytest.param(*case[1:], id=case[0]) for case in LEFT_OPEN])
def test_left_open(answers, text, note):
    got = answers[text]
    assert got["address_id"] is None
    assert got["address_method"] is None
    assert got["address_score"] is None
    assert got["address_note"].startswith(note)


OFFERED = [
    # reason, text, the object that a person may be asked about
    ("an addition that the BAG lacks", "Kerkstraat 3 B, Dorp", "kerk3"),
    ("a floor of a house without units", "Kerkstraat 3 2hoog, Dorp", "kerk3"),
    ("an addition beside a house with another", "Kerkstraat 5-2, Dorp", "kerk5"),
    ("a postcode that is of another street", "Kerkstraat 3, 1234 BA Dorp", "kerk3"),
    ("an unknown postcode and no town", "Kerkstraat 3, 1334 AA", "kerk3"),
    ("slips in street and postcode", "Prinsse Irenlaan 6, 1235 EB Dorp", "irene6"),
    ("slips in street and town", "Kerkstraaat 1, Ander Drop", "anderekerk1"),
    ("a town that differs by a letter", "Kerkstraat 3, Dorb", "kerk3"),
]

NOT_OFFERED = [
    ("an answer", "Kerkstraat 3, Dorp"),
    ("which of three floors", "Kerkstraat 7, Dorp"),
    ("which of two towns", "Kerkstraat 1"),
    ("another town", "Kerkstraat 1, Elders"),
    ("another town that begins otherwise", "Kerkstraat 3, Worp"),
    ("another region's postcode", "Kerkstraat 1, 9711 AA"),
    ("another region's postcode beside a namesake", "Kerkstraat 1, 9711 KX Dorp"),
    ("a number that the street lacks", "Kerkstraat 99, 1234 AA Dorp"),
    ("a street that the town lacks", "Rozenstraat 3, Dorp"),
    ("two addresses", "Kerkstraat 3, Parkweg 2, Dorp"),
    ("two numbers", "Kerkstraat 14 en 16, Dorp"),
    ("an addition where the BAG has no bare number", "Kerkstraat 7 zwart, Dorp"),
    ("opposite", "t/o Kerkstraat 3 B, Dorp"),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*case[1:], id=case[0]) for case in OFFERED])
def test_offered_to_a_person_and_never_taken(answers, text, expected):
    got = answers[text]
    assert (got["address_id"], got["address_score"], got["candidate_id"]) == (None, None, expected)
    assert 0.5 <= got["candidate_probability"] < 1.0
    assert got["candidates"][0] == expected
    assert got["address_note"] is not None


@pytest.mark.parametrize("text", [pytest.param(case[1], id=case[0]) for case in NOT_OFFERED])
def test_nothing_is_offered(answers, text):
    got = answers[text]
    assert (got["candidate_id"], got["candidate_probability"]) == (None, None)


def test_a_pin_far_away_speaks_against_an_offer_too(ask, pin_at):
    text = "Kerkstraat 3 B"
    assert ask(text, **pin_at(150010.0, 450300.0))["candidate_id"] == "kerk3"
    assert ask(text, **pin_at(150010.0, 462000.0))["candidate_id"] is None


def test_a_bare_number_beside_units_is_less_sure(ask):
    beside, alone = ask("Kerkstraat 5, 1234 AA Dorp"), ask("Kerkstraat 3, 1234 AA Dorp")
    assert beside["address_score"] < 0.95 < 0.99 < alone["address_score"]


def test_ambiguity_names_all_that_fit(ask):
    assert ask("Kerkstraat 7, Dorp")["candidates"] == ["kerk7-1", "kerk7-2", "kerk7hs"]
    assert ask("Kerkstraat 1")["candidates"] == ["anderekerk1", "kerk1"]
    assert ask("Kerkstraat 14 en 16, Dorp")["candidates"] == ["kerk14", "kerk16"]


def test_a_range_has_all_its_objects_as_candidates(ask):
    assert ask("Kerkstraat 14-18, Dorp")["candidates"] == ["kerk14", "kerk16", "kerk18"]


def test_a_note_never_repeats_what_was_written(answers):
    for _, text, *_ in LEFT_OPEN:
        note = answers[text]["address_note"]
        assert all(word not in note for word in ("Kerkstraat", "Parkweg", "Dorp", "1234"))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"straatnaam": "Kerkstraat", "huisnummer": 3, "postcode": "1234AA"}, "kerk3"),
        ({"straatnaam": "Kerkstraat", "huisnummer": 3.0, "plaats": "Dorp"}, "kerk3"),
        ({"straatnaam": "Kerkstraat", "huisnummer": "3", "plaats": "Dorp"}, "kerk3"),
        ({"straatnaam": "Kerkstraat", "huisnummer": "5a", "plaats": "Dorp"}, "kerk5a"),
        ({"straatnaam": "Kerkstraat", "huisnummer": "5A", "huisletter": "A", "plaats": "Dorp"}, "kerk5a"),
        ({"straatnaam": "Kerkstraat", "huisnummer": "7", "huisnummertoevoeging": "hs", "plaats": "Dorp"}, "kerk7hs"),
        ({"straatnaam": "Kerkstraat", "huisnummer": "14-18", "plaats": "Dorp"}, "kerk14"),
        ({"straatnaam": "Kerkstraat 3", "plaats": "Dorp"}, "kerk3"),
        ({"straatnaam": "Kerkstraat 11 A-2", "postcode": "1234 AA"}, "kerk11a2"),
        ({"huisnummer": "3", "postcode": "1234 aa"}, "kerk3"),
        ({"adres_tekst": "Kerkstraat 3", "plaats": "Dorp"}, "kerk3"),
        ({"adres_tekst": "Kerkstraat 1", "postcode": "1240AA"}, "anderekerk1"),
        ({"straatnaam": "Kerkstraat", "huisnummer": "0", "plaats": "Dorp"}, None),
        ({"straatnaam": "Kerkstraat", "huisnummer": "3", "huisnummertoevoeging": "ong", "plaats": "Dorp"}, None),
        ({"straatnaam": "Postbus", "huisnummer": "3", "postcode": "1234AA", "plaats": "Dorp"}, None),
        ({"straatnaam": "Kerkstraat", "huisnummer": "1", "plaats": "Elders"}, None),
        ({"straatnaam": "  ", "huisnummer": "", "plaats": " "}, None),
    ],
)
def test_fields(ask, fields, expected):
    assert ask(**fields)["address_id"] == expected


def test_a_known_id_goes_before_what_is_written(ask):
    got = ask("Kerkstraat 3, Dorp", adresseerbaar_object_id="kerk5a")
    assert (got["address_id"], got["address_method"], got["address_score"]) == ("kerk5a", "id", 1.0)


def test_the_id_of_a_nummeraanduiding_is_known_too(ask):
    assert ask(adresseerbaar_object_id="num1")["address_id"] == "kerk3"


def test_an_unknown_id_leaves_the_text_to_decide(ask):
    got = ask("Kerkstraat 3, Dorp", adresseerbaar_object_id="9999010000000000")
    assert (got["address_id"], got["address_method"]) == ("kerk3", "variant")
    assert got["address_note"] == AddressNote.UNKNOWN_ID
    got = ask("Postbus 3, 1234 AA Dorp", adresseerbaar_object_id="9999010000000000")
    assert (got["address_id"], got["address_note"]) == (None, AddressNote.POST_BOX)
    assert ask(adresseerbaar_object_id="9999010000000000")["address_note"] == AddressNote.UNKNOWN_ID


def test_a_pin_never_decides_between_objects_that_the_text_leaves_open(ask, pin_at):
    assert ask("Kerkstraat 1", **pin_at(150000.0, 450000.0))["address_id"] is None


def test_a_pin_far_away_speaks_against_an_address_without_a_place(ask, pin_at):
    near, far = pin_at(150010.0, 450300.0), pin_at(150010.0, 462000.0)
    assert ask("Kerkstraat 3", **near)["address_id"] == "kerk3"
    got = ask("Kerkstraat 3", **far)
    assert got["address_id"] is None
    assert got["address_note"] == "the pin lies elsewhere than this address"
    assert ask("Kerkstraat 3, Dorp", **far)["address_id"] == "kerk3"


def test_the_result_has_the_shape_that_was_agreed_and_a_row_for_each(index):
    asked = pl.DataFrame(
        {"dataset": ["a", "a", "b"], "key": ["1", "2", "1"], "adres_tekst": ["Kerkstraat 3", None, "x"]}
    )
    got = resolve(asked, index)
    assert got.schema == pl.Schema(RESOLVED_ADDRESSES)
    assert got.select("dataset", "key").equals(asked.select("dataset", "key"))


def test_no_rows_in_no_rows_out(index):
    asked = pl.DataFrame(schema={"dataset": pl.String, "key": pl.String, "adres_tekst": pl.String})
    assert resolve(asked, index).is_empty()


def test_an_empty_bag_resolves_nothing(bag):
    got = resolve(
        pl.DataFrame({"dataset": ["a"], "key": ["1"], "adres_tekst": ["Kerkstraat 3"], "lat": [52.0], "lon": [5.0]}),
        AddressIndex.build(bag.clear()),
    )
    assert got["address_id"].to_list() == [None]


def test_the_order_of_rows_changes_nothing(index):
    texts = [case[1] for case in (*FOUND, *LEFT_OPEN)]
    asked = pl.DataFrame(
        {"dataset": ["a"] * len(texts), "key": [str(at) for at in range(len(texts))], "adres_tekst": texts}
    )
    whole = resolve(asked, index).sort("key")
    order = list(range(len(texts)))
    random.Random(7).shuffle(order)
    assert resolve(asked[order], index).sort("key").equals(whole)
    # and a row alone is what it is among others
    assert resolve(asked[3:4], index).equals(whole.filter(pl.col("key") == "3"))


def test_the_order_of_the_bag_changes_nothing(bag, index):
    texts = [case[1] for case in (*FOUND, *LEFT_OPEN)]
    asked = pl.DataFrame(
        {"dataset": ["a"] * len(texts), "key": [str(at) for at in range(len(texts))], "adres_tekst": texts}
    )
    assert resolve(asked, AddressIndex.build(bag.reverse())).equals(resolve(asked, index))


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**16))
def test_case_space_and_diacritics_change_nothing(answers, index, seed):
    chance = random.Random(seed)
    marked = {"a": "á", "e": "ë", "i": "ï", "o": "ö", "u": "ü"}

    def in_other_case(text: str) -> str:
        text = "".join(sign.upper() if chance.random() < 0.5 else sign.lower() for sign in text)
        return text.replace(" ", " " * chance.randint(1, 3)) + " " * chance.randint(0, 2)

    def with_diacritics(text: str) -> str:
        return "".join(marked.get(sign, sign) if chance.random() < 0.3 else sign for sign in text)

    texts = [text for text in answers if text]
    for rewritten in (in_other_case, with_diacritics):
        assert together([rewritten(text) for text in texts], index) == [answers[text] for text in texts]


def test_a_resolved_address_has_the_number_it_was_written_with(index):
    streets = ["Kerkstraat", "Kerkstr.", "Krekstraat", "Burg. Goudenlaan", "Parkweg", "Elders"]
    units = ["", "a", "-hs", " 2 hoog", "-1", " bis", "-14", " ong", "/2"]
    places = ["", ", Dorp", " Dorp", ", 1234 AA Dorp", ", Ander Dorp", ", 1234AB", ", Elders"]
    written = list(itertools.product(streets, range(0, 61, 3), units, places))
    numbers = {
        row["object"]: row["huisnummer"]
        for row in index.addresses.group_by("object").agg(pl.col("huisnummer")).to_dicts()
    }
    texts = [f"{street} {number}{unit}{place}" for street, number, unit, place in written]
    for (_, number, *_), got in zip(written, together(texts, index), strict=True):
        assert got["address_id"] is None or number in numbers[got["address_id"]]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=60), min_size=1, max_size=20))
def test_whatever_is_typed_gets_an_answer(index, texts):
    for got in together(texts, index):
        assert got["address_id"] is None or got["address_score"] is not None
