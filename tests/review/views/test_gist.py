"""The gist of an address: a few lines, always in the same order, and "none" where the registers hold nothing."""

from __future__ import annotations

from datetime import date

from screening.review.views.facts import facts
from screening.review.views.gist import MOST_LINES, gist
from screening.review.views.parties import Party, PartyRole

AS_OF = date(2026, 11, 1)


def row(dataset: str, key: str, **fields: str) -> dict[str, object]:
    return {"dataset": dataset, "key": key, "fields": fields}


def told(*records: dict[str, object], language: str = "nl") -> dict[str, tuple[str, ...]]:
    shown = facts(records, {}, language=language)
    return dict(gist(shown, [], as_of=AS_OF, language=language))


def test_an_address_without_records_says_so_in_every_row() -> None:
    rows = told()
    assert list(rows) == ["business", "licences", "premises", "people", "reports", "visited"]
    assert rows["reports"] == ("geen",)
    assert rows["premises"] == ("niet in de BAG",)


def test_business_licence_and_premises_are_told_in_words() -> None:
    rows = told(
        row(
            "handelsregister",
            "r1",
            vestigingsnummer="000012345678",
            sbi_codes="56111",
            sbi_versie="2025",
            datum_aanvang="2022-09-23",
        ),
        row(
            "vergunningen",
            "Z1",
            zaaktype="exploitatie",
            status="verlopen",
            ingangsdatum="2023-06-25",
            einddatum="2026-04-15",
        ),
        row("vergunningen", "Z2", zaaktype="terras", status="aangevraagd", datum_aanvraag="2026-10-01"),
        row("bag_adressen", "9999", gebruiksdoelen="winkelfunctie", oppervlakte="107"),
    )
    assert rows["business"] == ("vestiging 000012345678, restaurant, sinds 23 september 2022",)
    assert rows["licences"] == (
        "terras, aangevraagd op 1 oktober 2026",
        "exploitatie: verlopen, 25 juni 2023 tot 15 april 2026",
    )
    assert rows["premises"] == ("winkelfunctie, 107 m²",)


def test_a_licence_says_that_it_has_no_end_or_that_its_end_is_over() -> None:
    rows = told(
        row(
            "vergunningen",
            "Z1",
            zaaktype="exploitatie",
            status="verleend",
            ingangsdatum="2023-02-02",
            einddatum="2026-03-06",
        ),
        row("vergunningen", "Z2", zaaktype="terras", status="verleend", ingangsdatum="2024-05-15"),
    )
    assert rows["licences"][0].endswith("sinds 15 mei 2024, geen einddatum")
    assert rows["licences"][1] == "exploitatie: verleend, 2 februari 2023 tot 6 maart 2026, voorbij"


def test_who_left_is_not_named_as_who_is_there_and_a_person_with_a_licence_is_named() -> None:
    records = (
        row("functionarissen", "r1", functie="bestuurder", datum_aanvang="2019-01-01", datum_einde="2026-02-24"),
        row("leidinggevenden", "r2", rol="leidinggevende", datum_van="2024-01-01"),
        row("vergunningen", "Z1", zaaktype="exploitatie", status="verleend", ingangsdatum="2023-02-02"),
    )
    people = [
        Party(
            "P1",
            ("A. de Wit",),
            "persoon",
            True,
            None,
            (),
            (
                PartyRole("functionarissen:r1", "functionarissen:r1", "", "bestuurder", None),
                PartyRole("leidinggevenden:r2", "leidinggevenden:r2", "", "leidinggevende", None),
            ),
        ),
        Party(
            "P2",
            ("Y. Benali",),
            "persoon",
            True,
            None,
            (),
            (PartyRole("vergunningen:Z1:houder", "vergunningen:Z1", "", "houder", None),),
        ),
    ]
    shown = facts(records, {}, language="nl")
    rows = dict(gist(shown, people, as_of=AS_OF, language="nl"))
    assert rows["people"] == ("A. de Wit (bestuurder tot 24 februari 2026, leidinggevende)", "Y. Benali (houder)")


def test_who_left_stands_apart_and_of_the_others_the_newest_comes_first() -> None:
    def business(number: int, start: str, **more: str) -> dict[str, object]:
        return row("handelsregister", f"r{number}", vestigingsnummer=f"{number}", datum_aanvang=start, **more)

    left = business(1, "2026-02-06", datum_einde="2026-06-04")
    rows = told(business(2, "2020-04-06"), left, business(3, "2025-07-12"))
    assert rows["business"] == ("vestiging 3, sinds 12 juli 2025", "vestiging 2, sinds 6 april 2020")
    assert rows["before"] == ("vestiging 1, 6 februari tot 4 juni 2026",)
    assert told(left)["business"] == ("nu geen",)


def test_reports_of_the_last_year_are_counted_by_kind_and_earlier_ones_apart() -> None:
    days = ("2026-10-23 19:12", "2026-02-01", "2024-05-01")
    rows = told(*(row("meldingen", f"M{day}", datum_melding=day, subcategorie="geluid_horeca") for day in days))
    assert rows["reports"][0].startswith("2× ")
    assert rows["reports"][1] == "1 van langer geleden"


def test_of_many_lines_the_first_are_shown_and_the_rest_is_counted() -> None:
    many = [row("vergunningen", f"Z{number}", zaaktype="terras", status="verleend") for number in range(MOST_LINES + 2)]
    licences = told(*many)["licences"]
    assert len(licences) == MOST_LINES
    assert licences[-1] == "en nog 3"
