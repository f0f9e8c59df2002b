"""The journeys of the review in Chromium, on a desk and on a phone, with pictures of what people saw.

`make test` walks each role once in Dutch (`test_walks.py`); here it walks what a phone or a browser without JavaScript
asks more of, and `make test-long` all of it on both screens.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import journeys
from tests.browser.desk import NARROW, WIDE, Camera, Desk

WIDTHS = pytest.mark.parametrize("width", [WIDE, NARROW])


@pytest.fixture
def camera(artefacts: Path, request: pytest.FixtureRequest) -> Camera:
    """Keeps the pictures of a journey under the width of its window."""
    width = getattr(request.node, "callspec", None)
    return Camera(artefacts, f"-{width.params['width']}" if width else "")


@pytest.mark.long
@WIDTHS
def test_an_officer_judges_a_colleague_confirms_and_they_visit(desk: Desk, camera: Camera, width: int) -> None:
    address = journeys.officers_judge(desk, camera, width=width)
    journeys.officer_visits(desk, camera, [address], width=width)


@pytest.mark.parametrize("width", [pytest.param(WIDE, marks=pytest.mark.long), NARROW])
def test_two_officers_on_one_case_meet_one_success_and_one_clear_conflict(
    desk: Desk, camera: Camera, width: int
) -> None:
    journeys.officers_collide(desk, camera, width=width)
    journeys.officer_takes_the_next(desk, camera, width=width)


@pytest.mark.long
@WIDTHS
def test_analysts_judge_links_by_keys(desk: Desk, camera: Camera, width: int) -> None:
    journeys.analysts_judge_links(desk, camera, width=width)


@pytest.mark.long
@WIDTHS
def test_the_lead_reads_the_dashboard(busy_desk: Desk, camera: Camera, width: int) -> None:
    journeys.lead_reads(busy_desk, camera, width=width)


@pytest.mark.long
@WIDTHS
def test_counter_staff_sends_a_signal_and_sees_what_became_of_it(desk: Desk, camera: Camera, width: int) -> None:
    _, address = journeys.chosen_cases(desk)[2]
    journeys.staff_sends_a_signal(desk, camera, journeys.place_of(address), width=width)


def test_officers_judge_and_confirm_without_javascript(desk: Desk) -> None:
    journeys.officers_judge(desk, Camera(None), java_script_enabled=False, width=NARROW)


def test_counter_staff_sends_a_signal_without_javascript(desk: Desk) -> None:
    _, address = journeys.chosen_cases(desk)[2]
    journeys.staff_sends_a_signal(
        desk, Camera(None), journeys.place_of(address), java_script_enabled=False, width=NARROW
    )
