"""One message says what became of a night: outcome, registers, rules, work, and what differs from the night before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.night.schedule.states import night_sentence
from flows.notify.digest import digest_of
from tests.flows.notify.nights import BUSY, FAILED, GAPS, GOOD, REFUSED, STOPPED, on_day


@pytest.mark.parametrize(
    ("report", "subject"),
    [
        (GOOD, "Zomerwaard, nacht van 2 november: gepubliceerd"),
        (GAPS, "Zomerwaard, nacht van 2 november: gepubliceerd met gaten"),
        (STOPPED, "Zomerwaard, nacht van 2 november: gestopt"),
        (REFUSED, "Zomerwaard, nacht van 2 november: geweigerd"),
        (BUSY, "Zomerwaard, nacht van 2 november: niet begonnen"),
        (FAILED, "Zomerwaard, nacht van 2 november: mislukt"),
    ],
)
def test_the_subject_says_the_outcome_and_only_a_good_night_is_good(report, subject):
    digest = digest_of(report)
    assert digest.subject == subject
    assert digest.is_good == (report is GOOD)
    assert ("Er is niets gepubliceerd" in digest.text) == (not report.has_published)


def test_a_night_with_gaps_after_a_good_one_says_what_is_gone_and_what_it_was():
    assert digest_of(on_day(GAPS, 1), [GOOD]).text == (
        "De uitkomst staat klaar in de toetsing, maar er ontbreekt iets aan.\n"
        "Het programma maakte 1 opmerking. Lees ze met: barrier status\n"
        "\n"
        "Vergeleken met de nacht van 2 november, gepubliceerd:\n"
        "\n"
        "Registers\n"
        "- Handelsregister (KVK): ontbreekt (was goed)\n"
        "- Meldingen: twijfelachtig (was goed), de laatste goede levering is gebruikt, 4 dagen oud, "
        "1.071 rijen (was 1.134), 3 in quarantaine (was 1), 64 na te gaan (was 0)\n"
        "\n"
        "Aandachtspunten\n"
        "- 57 adressen (was 62)\n"
        "- 2 nieuw, 7 vervallen\n"
        "\n"
        "Regels\n"
        "- 41 uitgevoerd (was 44)\n"
        "- 2 uit, levering ontbreekt of is te oud: LIC-01, LIC-04\n"
        "- 1 uit, stopgezet: ADR-01\n"
        "- nu uit, toen niet: ADR-01, LIC-01, LIC-04\n"
        "\n"
        "Werkvoorraad\n"
        "- 36 (was 41) zaken wachten op een oordeel\n"
        "- 12 koppelingen wachten op een oordeel\n"
        "- 0 signalen wachten op een mens\n"
        "- 1 (was 0) signalen vastgehouden tot een tweede nacht\n"
        "- 140 adressen (was 0) wachten op een plek in de lijst (zie Drukte)\n"
    )


def test_the_first_night_is_compared_with_none():
    text = digest_of(GOOD).text
    assert "was" not in text.replace("Zomerwaard", "")
    assert "Vergeleken" not in text
    assert "- Meldingen: goed, 3 dagen oud, 1.134 rijen, 1 in quarantaine" in text


def test_a_night_is_compared_with_the_last_that_was_published():
    text = digest_of(on_day(GOOD, 3), [GOOD, on_day(GAPS, 1), on_day(STOPPED, 2)]).text
    assert "Vergeleken met de nacht van 3 november, gepubliceerd met gaten:" in text
    assert "- Handelsregister (KVK): goed (was ontbreekt), 10 dagen oud, 500 rijen\n" in text
    assert "- toen uit, nu niet: ADR-01, LIC-01, LIC-04" in text


def test_one_notice_tells_that_nights_are_good_again():
    bad = [on_day(STOPPED, days) for days in range(1, 6)]
    assert (
        "Hersteld na 5 nachten die niet goed waren, sinds 3 november." in digest_of(on_day(GOOD, 6), [GOOD, *bad]).text
    )
    again = digest_of(on_day(GOOD, 7), [GOOD, *bad, on_day(GOOD, 6)])
    assert "Hersteld" not in again.text


def test_bad_nights_in_a_row_are_counted():
    text = digest_of(on_day(STOPPED, 3), [GOOD, on_day(GAPS, 1), on_day(STOPPED, 2)]).text
    assert "Dit is nacht 3 op rij die niet goed is, sinds 3 november." in text


def test_the_report_of_the_night_itself_is_no_earlier_one():
    assert digest_of(STOPPED, [GOOD, STOPPED]).text == digest_of(STOPPED, [GOOD]).text


def test_the_reason_is_given_where_it_is_about_a_delivery_or_the_machine():
    assert "Het programma zegt: meldingen.csv: its end is missing. Deliver it again.\n" in digest_of(STOPPED).text
    assert "the disk is full" in digest_of(FAILED).text
    assert "anna" not in digest_of(REFUSED).text
    assert "barrier check" in digest_of(REFUSED).text
    assert "anna" not in night_sentence(REFUSED)  # which Prefect keeps
    assert len(digest_of(replace(STOPPED, reason="x" * 5000)).text) < 1000


def test_an_age_that_nothing_tells_is_said():
    register = replace(GOOD.registers[0], age_days=None)
    assert "leeftijd onbekend" in digest_of(replace(GOOD, registers=(register,))).text
