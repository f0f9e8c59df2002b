"""The page of the last nights: how each ended, counts, and the report of a night as a file; no path leads elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from screening.base.vocabulary import Role
from screening.store.night_reports import keep_night_report
from tests.flows.notify.nights import GAPS, GOOD, STOPPED
from tests.review.conftest import Review
from tests.review.pages.officers import words

RUN = "0123456789abcdef01234567"


@pytest.fixture
def told(bare_review: Review) -> Review:
    """A review after a good night with a report, one with gaps and one that stopped."""
    folder = bare_review.workspace.runs / RUN
    folder.mkdir()
    (folder / "run.html").write_text("<p>Drie adressen.</p>", encoding="utf-8")
    later = (GOOD.ended + timedelta(days=days) for days in (1, 2))
    for report, ended in zip((GAPS, STOPPED), later, strict=True):
        keep_night_report(bare_review.workspace, replace(report, ended=ended))
    keep_night_report(bare_review.workspace, replace(GOOD, run_id=RUN))
    return bare_review


def test_each_night_says_how_it_ended(told: Review) -> None:
    text = words(told.client(Role.ANALYST).get("/nachten").text)
    parts = (
        "gepubliceerd met gaten",
        "gestopt: een levering is niet zoals afgesproken",
        "140 adressen wachten op een plek",
        "uitgevoerd",
    )
    for part in parts:
        assert part in text
    assert text.count("Download") == 1


def test_the_report_of_a_night_is_a_file_and_nothing_else_is(told: Review) -> None:
    client = told.client(Role.LEAD)
    got = client.get(f"/nachten/verslag?einde={quote(GOOD.ended.isoformat())}")
    assert (got.status_code, got.text) == (200, "<p>Drie adressen.</p>")
    assert got.headers["content-disposition"].startswith("attachment")
    for other in (quote((STOPPED.ended + timedelta(days=2)).isoformat()), "../../keys", "", "2026-11-01"):
        assert client.get(f"/nachten/verslag?einde={other}").status_code == 404


def test_where_no_night_was_the_page_says_so(bare_review: Review) -> None:
    assert "Er is nog geen nacht geweest." in bare_review.client(Role.ANALYST).get("/nachten").text
