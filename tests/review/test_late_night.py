"""When nights fail, every page that shows what a run left says how old the last good one is (R10)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from screening.vocabulary import Role
from tests.review.conftest import Review
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
    review.clock.now = published.published_at + timedelta(days=days, minutes=1)
    told = {name: MARK in text for name, text in pages_of(review).items() if "<main" in text}
    assert set(told.values()) == {is_told}, told
    assert {"queue", "dossier"} <= told.keys()
    if is_told:
        assert f"{days} dagen geleden" in pages_of(review)["queue"]


def test_a_page_that_shows_no_run_tells_of_none(review: Review):
    published = review.store.last_published()
    assert published is not None
    review.clock.now = published.published_at + timedelta(days=9)
    officer = review.client(Role.OFFICER)
    assert MARK not in officer.get("/mijn-account").text
    assert MARK not in review.stranger().get("/aanmelden").text
    assert MARK not in officer.get("/zaken/0000000000000000").text  # the same page for what is not there
