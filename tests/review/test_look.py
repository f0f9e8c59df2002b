"""The pages of the core in a real browser: without script, in another language, with less motion, signed out, slow."""

from __future__ import annotations

import re

import pytest

from screening.base.vocabulary import Role
from screening.store import Workspace
from tests.review.conftest import axe_violations, click, looking, serving
from tests.review.slow_line import SECONDS


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The application on an empty store: these pages need no run."""
    with serving(Workspace(tmp_path_factory.mktemp("look") / "w")) as made:
        yield made


def test_everything_works_without_script(browser, served) -> None:
    with looking(browser, served, Role.OFFICER, java_script_enabled=False) as page:
        page.goto(served.url + "/")
        click(page, page.get_by_role("link", name="English"))
        assert page.get_by_role("heading", level=1).inner_text().startswith("Welcome")
        click(page, page.get_by_role("button", name="Sign out"))
        assert page.url.endswith("/afgemeld")
        page.goto(served.url + "/")
        assert page.url.endswith("/aanmelden?naar=/")


def test_the_language_stays_as_it_was_chosen(browser, served) -> None:
    with looking(browser, served, Role.OFFICER) as page:
        page.goto(served.url + "/?lang=en")
        page.goto(served.url + "/direct-gevaar")
        assert page.locator("html").get_attribute("lang") == "en"
        assert "call" in page.locator("main").inner_text()


def test_who_wants_less_motion_gets_none(browser, served) -> None:
    with looking(browser, served, Role.OFFICER, reduced_motion="reduce") as page:
        page.goto(served.url + "/")
        moving = page.evaluate(
            "[...document.querySelectorAll('*')]"
            ".filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0).length"
        )
        assert moving == 0


def test_the_back_button_after_signing_out_shows_nothing(browser, served) -> None:
    with looking(browser, served, Role.AUDITOR) as page:
        page.goto(served.url + "/logboek")
        click(page, page.get_by_role("button", name="Afmelden"))
        assert page.url.endswith("/afgemeld")
        page.go_back()
        page.wait_for_url(re.compile("aanmelden"))
        assert "Nieuwste eerst" not in page.content()


def test_somebody_who_writes_for_long_is_warned_and_can_stay(browser, served) -> None:
    with looking(browser, served, Role.OFFICER) as page:
        page.clock.install()
        page.goto(f"{served.url}/meldingen/nieuw")
        page.wait_for_selector("html[data-ready]")
        page.clock.fast_forward("12:30")
        assert not page.locator("#idle").is_visible()
        page.clock.fast_forward("01:00")
        assert page.locator("#idle").is_visible()
        assert axe_violations(page) == []
        served.review.clock.forward(minutes=14)
        page.get_by_role("button", name="Blijf aangemeld").click()
        page.locator("#idle").wait_for(state="hidden")
        served.review.clock.forward(minutes=14)  # more than 15 since the page was opened
        page.clock.fast_forward("14:00")
        page.get_by_role("button", name="Blijf aangemeld").click()
        page.locator("#idle").wait_for(state="hidden")
        # too late: what was written stays on the screen, to be copied
        page.locator("#f-tekst").fill("De ramen zijn met karton dicht")
        served.review.clock.forward(minutes=16)
        page.clock.fast_forward("14:00")
        page.get_by_role("button", name="Blijf aangemeld").click()
        page.get_by_text("U bent afgemeld").wait_for()
        assert page.locator("#f-tekst").input_value() == "De ramen zijn met karton dicht"


def test_on_a_slow_line_who_does_not_wait_sees_no_next_page(browser, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(SECONDS, "0.3")
    with serving(Workspace(tmp_path / "slow")) as slow, looking(browser, slow) as page:
        page.goto(f"{slow.url}/aanmelden")
        english = page.get_by_role("link", name="English")
        shown = page.get_by_role("heading", name="Sign in", exact=True)
        monkeypatch.setenv(SECONDS, "5")  # so slow that no stall of the machine lets the page come before the look
        english.click()
        assert shown.count() == 0
        monkeypatch.setenv(SECONDS, "0.3")
        page.goto(f"{slow.url}/aanmelden?lang=nl")
        click(page, english)
        assert shown.count() == 1
