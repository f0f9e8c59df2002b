"""The policy page tells what is configured against each barrier, and what is not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from screening.review.policy_state import PolicyRule, PolicyTopic
from screening.store import Workspace
from screening.vocabulary import Role
from tests.review.conftest import axe_violations, looking, overflows, review_on, serving

STATE = {
    PolicyTopic.PROSTITUTION: PolicyRule(
        "APV Voorbeeldstad, hoofdstuk 3", "art. 3:4", "team Vergunningen", date(2024, 1, 1), "voor elke seksinrichting"
    ),
    PolicyTopic.BIBOB: PolicyRule("Beleidsregel <b>Bibob</b>", "art. 2", "Landelijk Bureau Bibob", date(2023, 6, 1)),
}


def test_what_is_configured_and_what_is_missing_is_told(tmp_path: Path) -> None:
    with review_on(Workspace(tmp_path / "w"), policy_state=STATE) as review:
        page = review.client().get("/beleid").text
        assert "APV Voorbeeldstad, hoofdstuk 3, art. 3:4" in page
        assert "voor elke seksinrichting" in page
        assert "1 januari 2024" in page
        assert page.count("Hiervoor is geen beleid ingesteld") == 2
        assert page.count("buiten bereik van de gemeente") == 3
        assert "<b>" not in page
        assert "Housing Act" in review.client().get("/beleid?lang=en").text
        assert review.stranger().get("/beleid").status_code == 303


def test_without_any_policy_everything_is_missing(tmp_path: Path) -> None:
    with review_on(Workspace(tmp_path / "w")) as review:
        assert review.client().get("/beleid").text.count("Hiervoor is geen beleid ingesteld") == 4


def test_in_a_browser_nothing_is_wrong(browser, tmp_path: Path) -> None:
    with serving(Workspace(tmp_path / "w"), policy_state=STATE) as served:
        for width in (1280, 360):
            with looking(browser, served, Role.AUDITOR, width=width) as page:
                page.goto(f"{served.url}/beleid")
                assert axe_violations(page) == []
                assert not overflows(page)
                stacked = page.locator(".bs-stacked")
                assert stacked.evaluate("box => box.scrollWidth <= box.clientWidth")  # nor does the table in its box
                cells = page.locator(".bs-stacked tbody :is(th, td)")
                assert all(cells.evaluate_all("cells => cells.map(one => one.scrollHeight <= one.clientHeight + 1)"))
                assert page.get_by_role("rowheader", name="Huisvesting").count() == 1  # and it is a table still
