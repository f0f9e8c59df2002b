"""Records as facts: in words, with the age of their source, and nothing of them that should not be seen."""

from __future__ import annotations

import random

import pytest

from screening.review.views.facts import DossierFact, by_register, facts, short_address, sources
from screening.review.views.timeline import events_by_year, undated
from tests.review.views.material import RECORDS, SOURCES, TODAY


@pytest.fixture(scope="module")
def shown():
    return facts(RECORDS, sources(SOURCES, today=TODAY, language="nl"), language="nl")


def of(shown, record: str):
    return next(one for one in shown if one.record == record)


def whole(fact: DossierFact) -> dict[str, str]:
    """All that a record says, also what the page folds away."""
    return dict((*fact.fields, *fact.asides))


def test_facts_stand_by_register_and_never_in_the_order_of_arrival(shown) -> None:
    assert [one.dataset for one in shown] == [
        "bag_adressen",
        "vergunningen",
        "handelsregister",
        "meldingen",
        "controles",
    ]
    for seed in range(5):
        shuffled = random.Random(seed).sample(RECORDS, len(RECORDS))
        assert facts(shuffled, sources(SOURCES, today=TODAY, language="nl"), language="nl") == shown
    assert by_register(shown)[0][0] == "Adressenregister (BAG)"


def test_codes_and_dates_are_told_in_words(shown) -> None:
    fields = whole(of(shown, "vergunningen:ZW-2"))
    assert fields["Reden van het einde"] == "ingetrokken door de gemeente"
    assert fields["Aanvraag"] == "mei 2024"
    assert fields["Adres in dit register"] == "Fuikweg 42, 9611 BW Zomerwaard"
    codes = whole(of(shown, "handelsregister:r283"))["SBI-codes"]
    assert codes == "5610 (restaurant of cafetaria), 56111 (restaurant of cafetaria)"


@pytest.mark.parametrize(
    ("language", "said"),
    [("nl", "verleend (door de configuratie ingesteld)"), ("en", "granted (set by configuration)")],
)
def test_what_the_configuration_set_is_said_beside_the_value(language, said) -> None:
    for status, code in ((said, "verleend"), (said.partition(" (")[0], "ingetrokken")):
        known = sources(SOURCES, today=TODAY, language=language, configured={"vergunningen": {"status": code}})
        records = [record | {"fields": record["fields"] | {"status": "verleend"}} for record in RECORDS]
        fields = {fact.record: whole(fact) for fact in facts(records, known, language=language)}
        assert fields["vergunningen:ZW-2"]["Status"] == status
        others = {record: pairs for record, pairs in fields.items() if not record.startswith("vergunningen:")}
        assert "configur" not in str(others)


def test_a_year_that_is_no_date_stays_a_version(shown) -> None:
    assert whole(of(shown, "handelsregister:r283"))["SBI-versie"] == "2008"


def test_an_establishment_goes_by_its_number_and_a_row_is_said_to_be_one(shown) -> None:
    assert of(shown, "handelsregister:r283").head == "vestiging 000059335810"
    without = [{**one, "fields": {}} for one in RECORDS if one["key"] == "r283"]
    assert facts(without, {}, language="nl")[0].head == "vestiging (rij 283)"
    assert facts(without, {}, language="en")[0].head == "establishment (row 283)"


def test_what_the_register_left_empty_is_said_where_it_means_something(shown) -> None:
    assert of(shown, "vergunningen:ZW-2").blank == ("Einddatum", "KVK-nummer", "Openingstijden")
    assert of(shown, "handelsregister:r283").blank == ("Einde",)
    # 999999 m² is the register's way to say that nobody measured
    bag = of(shown, "bag_adressen:9999200000002238")
    assert bag.blank == ("Oppervlakte (m²)",)
    assert "999999" not in str(bag.fields)


def test_no_coordinates_are_shown(shown) -> None:
    text = str([one.fields for one in shown])
    assert "182235" not in text
    assert "51.9" not in text


def test_the_oldest_file_of_a_register_tells_its_age(shown) -> None:
    source = of(shown, "handelsregister:r283").source
    assert (source.delivered, source.days, source.age) == ("30 september 2026", 61, "2 maanden oud")
    assert of(shown, "controles:BZ-9").source.age == "van onbekende leeftijd"


def test_a_register_without_a_delivery_is_of_unknown_age() -> None:
    assert facts(RECORDS[:1], {}, language="nl")[0].source.age == "van onbekende leeftijd"


def test_the_timeline_is_every_date_in_order(shown) -> None:
    line = events_by_year(shown, today=TODAY, language="nl")
    told = [(event.when.text, event.what) for _, events in line for event in events]
    assert told == [
        ("mei 2024", "Aanvraag ingediend"),
        ("29 juli 2024", "Vergunning gaat in"),
        ("26 december 2025", "Besluit genomen"),
        ("4 juni 2026", "Vestiging begint"),
        ("22 september 2026 om 20:59 uur", "Melding gedaan"),
    ]
    assert [year for year, _ in line] == [2024, 2025, 2026]
    assert [one.record for one in undated(shown)] == ["bag_adressen:9999200000002238", "controles:BZ-9"]


def test_a_decision_is_named_only_where_the_status_of_today_comes_from_it() -> None:
    def decided(status: str) -> str:
        record = {"dataset": "vergunningen", "key": "Z", "fields": {"status": status, "datum_besluit": "2026-01-05"}}
        [(_, [event])] = events_by_year(facts([record], {}, language="nl"), today=TODAY, language="nl")
        return event.what

    assert decided("verleend") == "Vergunning verleend"
    assert decided("geweigerd") == "Vergunning geweigerd"
    # an expired licence was granted once; of one that was withdrawn either decision can be the last
    assert decided("verlopen") == "Vergunning verleend"
    assert decided("ingetrokken") == "Besluit genomen"


def test_what_lies_ahead_is_said_to() -> None:
    record = {
        "dataset": "vergunningen",
        "key": "Z",
        "fields": {"ingangsdatum": "2026-11-30", "einddatum": "2026-12-01"},
    }
    [(_, events)] = events_by_year(facts([record], {}, language="nl"), today=TODAY, language="nl")
    assert [event.is_ahead for event in events] == [False, True]


def test_who_stands_on_a_licence_or_in_a_company_is_called_by_it() -> None:
    shown = facts(
        [
            {"dataset": "leidinggevenden", "key": "r7", "fields": {"zaaknummer": "Z-1", "rol": "beheerder"}},
            {"dataset": "functionarissen", "key": "r3", "fields": {"kvk_nummer": "12345678", "functie": "bestuurder"}},
        ],
        {},
        language="en",
    )
    told = [(one.head, one.kind, whole(one)) for one in shown]
    assert told == [
        ("entry of KVK number 12345678 (row 3)", "director", {"KVK number": "12345678", "Office": "director"}),
        ("entry of licence Z-1 (row 7)", "manager", {"Case number": "Z-1", "Role": "manager"}),
    ]


def test_an_address_has_a_town_only_if_it_is_another() -> None:
    own = "Kerkstraat 1, 1011 AB Voorbeeldstad"
    assert short_address("Dorpsweg 3, 1011 bd voorbeeldstad", own) == "Dorpsweg 3"
    assert short_address("Dorpsweg 3, 9711 WS Verderop", own) == "Dorpsweg 3, Verderop"
    assert short_address("Dorpsweg 3", own) == "Dorpsweg 3"


def test_what_was_found_on_a_visit_is_called_by_its_day() -> None:
    record = {"dataset": "controles", "key": "bezoek-3f", "fields": {"datum": "2026-11-01", "situatie": "geen_toegang"}}
    heads = [facts([record], {}, language=language)[0].head for language in ("nl", "en")]
    assert heads == ["controle van 1 november 2026", "inspection of 1 November 2026"]
    assert facts([record | {"key": "C-1"}], {}, language="nl")[0].head == "controle C-1"
