"""The team lead's list of cases that nobody saw: counted on the start page, opened again or closed with a reason."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from screening.base.vocabulary import Role
from screening.casework.cases.sync import sync_cases
from screening.store import Workspace
from tests.casework.caseload import NOW, published
from tests.review.conftest import Review, axe_violations, click, looking, overflows, serving


def listed(page: str) -> list[str]:
    return re.findall(r'action="/niet-gezien/([0-9a-f]{16})"', page)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SENSITIVE_REVIEWER, Role.ANALYST, Role.AUDITOR, Role.ADMIN])
def test_only_the_lead_sees_it(bare_review: Review, role: Role) -> None:
    assert bare_review.client(role).get("/niet-gezien").status_code == 403


def test_the_lead_decides_one_by_one(bare_review: Review) -> None:
    published(bare_review.store, bare_review.workspace, flags=[1, 2, 3])
    bare_review.clock.now = NOW + timedelta(days=61)
    sync_cases(bare_review.store, now=bare_review.clock.now)
    lead = bare_review.client(Role.LEAD)
    assert "<strong>3</strong> <span>zaken niet op tijd gezien</span>" in lead.get("/goedkeuren").text
    lead.state_purpose(None)
    text = lead.get("/niet-gezien").text
    assert len(set(re.findall(r"Z-2026-\d{7}", text))) == 3
    assert "Teststraat" not in text, "the lead sees no address"
    first, second, third = listed(text)
    lead.send_form(f"/niet-gezien/{first}", {"besluit": "sluiten", "reden": " "})
    assert listed(lead.get("/niet-gezien").text) == [first, second, third]
    lead.send_form(f"/niet-gezien/{first}", {"besluit": "sluiten", "reden": "Pand is gesloopt."})
    lead.send_form(f"/niet-gezien/{second}", {"besluit": "openen"})
    assert listed(lead.get("/niet-gezien").text) == [third]
    assert lead.send_form(f"/niet-gezien/{second}", {"besluit": "openen"}).status_code == 404


@pytest.mark.parametrize("width", [1280, 360])
def test_the_decisions_work_in_a_browser_and_the_page_fits_a_telephone(tmp_path: Path, browser, width: int) -> None:
    with serving(Workspace(tmp_path / "served")) as served:
        review = served.review
        published(review.store, review.workspace, flags=[1, 2])
        review.clock.now = NOW + timedelta(days=61)
        sync_cases(review.store, now=review.clock.now)
        with looking(browser, served, Role.LEAD, width=width) as page:
            page.goto(f"{served.url}/niet-gezien")
            if page.locator("input[name=doel]").count():
                page.check("input[name=doel][value=P-VERG]")
                click(page, page.locator("main button[type=submit]"))
            assert axe_violations(page) == []
            assert not overflows(page)
            first, second = (page.locator("main section").nth(n).get_by_role("heading").inner_text() for n in (0, 1))
            page.get_by_label("Reden om te sluiten").first.fill("Het pand is gesloopt.")
            click(page, page.get_by_role("button", name=f"Sluiten {first}"))
            assert page.get_by_text("De zaak is gesloten.").count() == 1
            click(page, page.get_by_role("button", name=f"Weer openen {second}"))
            assert page.get_by_text("De zaak staat weer in de werkvoorraad.").count() == 1
            assert page.get_by_text("Er wacht geen zaak op u.").count() == 1
