"""The care coordinator: wishes for contact, the oldest first, and nothing else."""

from __future__ import annotations

from screening.casework.tips.care_contacts import CALL_WITHIN_DAYS, ask_contact
from screening.vocabulary import LedgerAction, Role
from tests.review.conftest import Review
from tests.review.pages.officers import words


def test_the_coordinator_sees_numbers_and_what_is_late(bare_review: Review) -> None:
    coordinator = bare_review.client(Role.CARE_COORDINATOR)
    assert "Er wil nu niemand dat u belt." in words(coordinator.get("/contactwensen").text)
    for phone in ("0612345678", "0687654321"):
        with bare_review.store.engine.begin() as connection:
            ask_contact(connection, phone, now=bare_review.clock.now)
        bare_review.clock.forward(days=CALL_WITHIN_DAYS)
    coordinator = bare_review.client(Role.CARE_COORDINATOR)
    shown = words(coordinator.get("/contactwensen").text)
    assert shown.index("0612345678") < shown.index("te laat") < shown.index("0687654321") < shown.index("op tijd")
    start = words(coordinator.get("/").text)
    assert "2 keer contact gevraagd 1 contactwens te laat" in start
    assert [row.entry.object for row in bare_review.ledger.entries(action=LedgerAction.READ_SIGNAL)][-1] == (
        "list:signals"
    )
    for path in ("/zaken", "/meldingen/postbak", "/werk"):
        assert coordinator.get(path).status_code == 403
    assert bare_review.client(Role.OFFICER).get("/contactwensen").status_code == 403
