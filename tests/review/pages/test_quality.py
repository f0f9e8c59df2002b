"""The quality page in the review: for those who look after registers, the same as in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.review.pages.quality import NIGHTS
from screening.store import publish
from screening.vocabulary import Role
from tests.review.conftest import Review, axe_violations, looking, overflows, serving
from tests.store.bundles import make_bundle

RULE = {
    "rule_id": "meldingen.status.in_code_list",
    "column": "status",
    "expectation": "in_code_list",
    "severity": "error",
    "description_nl": "Status: is een code uit de lijst",
    "description_en": "status: is a code of the list",
    "rows_tested": 200,
    "rows_failed": 3,
}
META = {
    "inputs": [{"dataset": "meldingen", "rows_read": 200, "rows_accepted": 197, "rows_quarantined": 3}],
    "deliveries": {"meldingen": {"verdict": "good", "age_days": 1, "reasons": []}},
    "expectations": {"meldingen": [RULE]},
    "counts": {"quarantine": []},
}


@pytest.fixture
def with_a_night(bare_review: Review) -> Review:
    publish(bare_review.store, bare_review.workspace, make_bundle(3, meta=META))
    return bare_review


@pytest.mark.parametrize(
    ("role", "status"),
    [(role, 200) for role in (Role.ANALYST, Role.LEAD, Role.AUDITOR)]
    + [(role, 403) for role in (Role.OFFICER, Role.SENSITIVE_REVIEWER, Role.CONTACT_PERSON, Role.ADMIN)],
)
def test_those_who_look_after_registers_see_it(bare_review: Review, role: Role, status: int) -> None:
    assert bare_review.client(role).get("/kwaliteit").status_code == status


def test_it_says_what_came_in_and_which_rule_broke_rows(with_a_night: Review) -> None:
    client = with_a_night.client(Role.ANALYST)
    page = client.get("/kwaliteit").text
    assert "Status: is een code uit de lijst" in page
    assert "3 (1,5 %)" in page
    assert "Status: is" not in client.get("/kwaliteit?lang=en").text
    assert "status: is a code of the list" in client.get("/kwaliteit?lang=en").text
    assert 'style="' not in page
    assert NIGHTS >= 14


def test_in_a_browser_nothing_is_wrong(browser, with_a_night: Review, tmp_path: Path) -> None:
    with serving(with_a_night.workspace) as served:
        for width in (1280, 360):
            with looking(browser, served, Role.AUDITOR, width=width) as page:
                page.goto(f"{served.url}/kwaliteit")
                assert page.locator("h2", has_text="Meldingen").count() == 1
                assert axe_violations(page) == []
                assert not overflows(page)
                page.screenshot(path=tmp_path / f"{width}.png")
