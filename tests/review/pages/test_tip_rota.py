"""The pages of the rota and of the figures of tips."""

from __future__ import annotations

from datetime import timedelta

import pytest

from screening.base.vocabulary import LedgerAction, Role
from screening.casework.tips.rota import on_duty
from screening.store.access.accounts import disable
from tests.plain_dutch import hard_to_read
from tests.review.conftest import Review
from tests.review.pages.test_tip_inbox import main_part, sent


@pytest.mark.parametrize("role", [Role.CONTACT_PERSON, Role.LEAD])
def test_contact_persons_and_the_lead_set_who_reads(bare_review: Review, role: Role) -> None:
    for name in ("e.contact", "f.contact"):
        bare_review.client(Role.CONTACT_PERSON, account=name)
    client, day = bare_review.client(role, account="s.stelt"), bare_review.clock.now.date()
    assert "Er staat niemand op het rooster" in client.get("/meldingen/rooster").text
    refused = client.send_form("/meldingen/rooster", {"vanaf": "gisteren", "contactpersoon": "e.contact"})
    assert refused.status_code == 422
    for text in ("Vul een dag in", "Kies wie de vervanger is"):
        assert text in refused.text
    form = {"vanaf": day.isoformat(), "contactpersoon": "e.contact", "vervanger": "f.contact"}
    assert client.send_form("/meldingen/rooster", form).status_code == 303
    assert on_duty(bare_review.store, day) is not None
    later = form | {
        "vanaf": (day + timedelta(days=7)).isoformat(),
        "vervanger": "e.contact",
        "contactpersoon": "f.contact",
    }
    assert client.send_form("/meldingen/rooster", later).status_code == 303
    page = main_part(client.get("/meldingen/rooster").text)
    assert page.index("e.contact, met f.contact") < page.index("Daarna") < page.index("f.contact, met e.contact")
    for name, says in (
        ("f.contact", "leest elke contactpersoon wat langer dan een werkdag wacht"),
        ("e.contact", "leest elke contactpersoon alles"),
    ):
        disable(bare_review.store, name, by="i.beheer", now=bare_review.clock.now)
        page = main_part(client.get("/meldingen/rooster").text)
        assert f"{name} is geen contactpersoon meer" in page[: page.index("Daarna")]
        assert f"{name} is geen contactpersoon meer" in page[page.index("Daarna") :]
        assert says in page
        assert hard_to_read(page) == []
    entries = list(bare_review.ledger.entries(action=LedgerAction.ASSIGN, actor="s.stelt"))
    assert [noted.entry.result for noted in entries] == ["refused", "done", "done"]


def test_a_quarter_is_shown_in_tens_when_it_is_over(bare_review: Review) -> None:
    sent(bare_review)
    assert "nog geen kwartaal" in bare_review.client(Role.CONTACT_PERSON).get("/meldingen/cijfers").text
    bare_review.clock.now += timedelta(days=70)
    for role in (Role.CONTACT_PERSON, Role.LEAD, Role.AUDITOR):
        page = main_part(bare_review.client(role).get("/meldingen/cijfers").text)
        assert "Kwartaal 4 van 2026" in page
        assert "Meldingen gekregen" in page
        assert page.count("Doorgegeven aan: toezicht van de gemeente") == page.count("aan: het RIEC") == 4
        assert page.count("&lt; 10</td>") == 4 * 11, "all quarters of the year: that one is there tells of no use"
        assert "b.balie" not in page
