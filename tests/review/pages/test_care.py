"""The care coordinator: wishes for contact, the oldest first, what came of each, and nothing else."""

from __future__ import annotations

from screening.base.vocabulary import LedgerAction, Role
from screening.casework.tips.care_contacts import ask_contact
from tests.plain_dutch import hard_to_read, main_of
from tests.review.conftest import Review
from tests.review.pages.officers import words


def test_the_coordinator_takes_wishes_on_and_says_what_came_of_them(bare_review: Review) -> None:
    coordinator = bare_review.client(Role.CARE_COORDINATOR)
    assert "Er wil nu niemand dat u belt." in words(coordinator.get("/contactwensen").text)
    for phone in ("0612345678", "0687654321"):
        with bare_review.store.engine.begin() as connection:
            ask_contact(connection, phone, now=bare_review.clock.now)
        bare_review.clock.forward(days=7)
    bare_review.clock.forward(days=-7)
    coordinator = bare_review.client(Role.CARE_COORDINATOR)
    shown = words(coordinator.get("/contactwensen").text)
    assert shown.index("0612345678") < shown.index("te laat") < shown.index("0687654321")
    assert hard_to_read(main_of(coordinator.get("/contactwensen").text)) == []
    start = words(coordinator.get("/").text)
    assert "2 keer contact gevraagd 1 contactwens te laat" in start
    assert "1 contactwens te laat" in words(bare_review.client(Role.LEAD).get("/").text)
    contact = bare_review.client(Role.CONTACT_PERSON)
    assert "1 contactwens te laat" in words(contact.get("/").text)
    shown = words(contact.get("/contactwensen").text)
    assert "0612345678" in shown
    assert "0687654321" not in shown

    assert 'name="versie" value="0"' in coordinator.get("/contactwensen").text
    for step, seen, says in (
        ("reached", 0, "Pak de wens eerst op."),
        ("taken_on", 0, "Bel nu."),
        ("taken_on", 0, "De wens was net veranderd"),
        ("not_reached", 1, "niemand bereikte"),
        ("not_reached", 1, "of u drukte twee keer"),
        ("gave_up", 2, "Bel eerst op meer werkdagen"),
        ("reached", 2, "Het nummer is gewist."),
        ("reached", 3, "Deze wens is er niet meer"),
        ("anything", 3, "Deze wens is er niet meer"),
    ):
        coordinator.send_form("/contactwensen/1", {"stap": step, "versie": seen})
        assert says in words(coordinator.get("/contactwensen").text), step
    assert "0612345678" not in coordinator.get("/contactwensen").text
    contact.send_form("/contactwensen/2", {"stap": "taken_on", "versie": 0})
    assert "een collega was eerder" in words(contact.get("/contactwensen").text)
    entries = [row.entry for row in bare_review.ledger.entries(action=LedgerAction.SIGNAL)]
    assert {entry.object for entry in entries} == {"list:signals"}
    assert not any("0612345678" in str(vars(entry)) for entry in entries)
    for path in ("/zaken", "/meldingen/postbak", "/werk", "/overzicht"):
        assert coordinator.get(path).status_code == 403
    assert bare_review.client(Role.OFFICER).get("/contactwensen").status_code == 403
