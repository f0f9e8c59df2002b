"""When nights fail, every page that shows what a run left says how old the last good one is (R10)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from screening.base.civil_time import day_of
from screening.base.vocabulary import Role
from screening.review.i18n import long_date
from screening.store.night_reports import NightReport, keep_night_report
from tests.flows.notify.nights import BUSY, GAPS, GOOD, STOPPED, on_day
from tests.review.conftest import Review, axe_violations, copy_workspace, looking, overflows, serving
from tests.review.pages.officers import cases, open_dossier

MARK = 'id="late-night"'


def pages_of(review: Review) -> dict[str, str]:
    """The queue, a dossier and the signals for partners."""
    officer = review.client(Role.OFFICER)
    case_id = cases(review)[0]
    return {
        "queue": officer.get("/zaken").text,
        "dossier": open_dossier(officer, case_id).text,
        "partners": review.client(Role.OFFICER).get("/riec").text,
    }


@pytest.mark.goal("R10", reached="every page that reads a run tells the age of the last good one from two days on")
@pytest.mark.parametrize(("days", "is_told"), [(0, False), (1, False), (2, True), (9, True)])
def test_the_age_of_the_last_good_night_is_told_where_one_is_missing_since(review: Review, days: int, is_told: bool):
    published = review.store.last_published()
    assert published is not None
    review.clock.now = published.published_at + timedelta(days=days)
    told = {name: MARK in text for name, text in pages_of(review).items() if "<main" in text}
    assert set(told.values()) == {is_told}, told
    assert {"queue", "dossier"} <= told.keys()
    if is_told:
        assert f"{days} dagen geleden" in pages_of(review)["queue"]


def test_every_page_of_who_is_signed_in_tells_it_and_none_of_a_stranger_or_an_error(review: Review):
    published = review.store.last_published()
    assert published is not None
    review.clock.now = published.published_at + timedelta(days=9)
    officer = review.client(Role.OFFICER)
    assert MARK in officer.get("/mijn-account").text
    assert MARK not in review.stranger().get("/aanmelden").text
    assert MARK not in officer.get("/zaken/0000000000000000").text  # the same page for what is not there


def start_page(review: Review, *reports: NightReport) -> str:
    """The start page in Dutch, as text, once these nights have ended."""
    for report in reports:
        keep_night_report(review.workspace, report)
    page = review.client(Role.OFFICER).get("/").text
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def of_the_run(review: Review, report: NightReport) -> NightReport:
    """The report of the night that published what the review shows."""
    published = review.store.last_published()
    assert published is not None
    return replace(report, run_id=published.run_id, began=published.published_at, ended=published.published_at)


def test_the_foot_of_every_page_says_when_the_last_good_night_was(review: Review, bare_review: Review):
    assert "Er is nog geen goede nacht geweest." in start_page(bare_review)
    good = of_the_run(review, GOOD)
    review.clock.now = good.ended
    assert f"Laatste goede nacht: {long_date(good.ended, 'nl')}" in start_page(review)
    text = start_page(review, good)
    assert f"Laatste goede nacht: {long_date(good.ended, 'nl')}" in text
    assert "gepubliceerd met gaten" not in text
    assert "mislukt" not in text
    gaps = start_page(review, of_the_run(review, replace(GAPS, as_of=GOOD.as_of + timedelta(days=1))))
    assert f"Laatste goede nacht: {long_date(good.ended, 'nl')}" in gaps, "a night with gaps is no good one"
    assert "Laatste goede nacht" not in review.stranger().get("/aanmelden").text


def test_nights_that_failed_are_counted_from_the_first_on(review: Review):
    good = of_the_run(review, GOOD)
    failed = [on_day(replace(STOPPED, began=good.began, ended=good.ended), days) for days in (1, 2, 3)]
    review.clock.now = failed[0].ended
    text = start_page(review, good, failed[0])
    assert f"De nacht van {long_date(day_of(failed[0].began), 'nl')} is mislukt." in text
    assert "De toetsing toont de uitkomst van gisteren" in text
    review.clock.now = failed[2].ended
    text = start_page(review, failed[1], failed[2])
    assert f"3 nachten mislukt sinds {long_date(day_of(failed[0].began), 'nl')}." in text
    assert "3 dagen geleden" in text
    assert "its end is missing" not in text, "why is for the administrator"


def test_a_second_start_that_was_refused_is_no_failed_night(review: Review):
    good = of_the_run(review, GOOD)
    review.clock.now = good.ended
    busy = replace(BUSY, began=good.began + timedelta(seconds=1), ended=good.ended + timedelta(seconds=1))
    assert "mislukt" not in start_page(review, good, busy)


def test_a_night_that_was_published_with_gaps_is_named_as_such(review: Review):
    gaps = of_the_run(review, GAPS)
    review.clock.now = gaps.ended
    text = start_page(review, gaps)
    assert f"De nacht van {long_date(day_of(gaps.ended), 'nl')} is gepubliceerd met gaten" in text
    assert "Niet of niet goed gezien: Handelsregister (KVK), Meldingen." in text


def test_an_alarm_is_read_on_a_desk_and_on_a_telephone(browser, town_workspace, tmp_path):
    with serving(copy_workspace(town_workspace, tmp_path / "w")) as served:
        review = served.review
        gaps = of_the_run(review, GAPS)
        failed = [on_day(replace(STOPPED, began=gaps.began, ended=gaps.ended), days) for days in (1, 2)]
        for report in (gaps, *failed):
            keep_night_report(review.workspace, report)
        review.clock.now = failed[-1].ended
        for width in (1280, 360):
            with looking(browser, served, Role.OFFICER, width=width) as page:
                page.goto(f"{served.url}/zaken")
                assert page.locator("#late-night").is_visible()
                assert page.locator("#last-good-night").is_visible()
                assert axe_violations(page) == []
                assert not overflows(page)
