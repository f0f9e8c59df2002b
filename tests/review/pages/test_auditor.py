"""The auditor's month: who read what is signed off on its page, by somebody who is none of those in it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from screening.base.vocabulary import LedgerAction, Role
from screening.ledger import Entry, Norms, signed_off
from screening.review.settings import AuditPlaces
from tests.review.conftest import Client, Review

PAGE = "/logboek/maand"


def last_month(review: Review) -> datetime:
    """A moment at night in the month before this one."""
    return (review.clock.now.replace(day=1) - timedelta(days=10)).replace(hour=1)


def read_at_night(review: Review, account: str) -> str:
    """Somebody read dossiers at night; the month, as it is written."""
    at = last_month(review)
    review.ledger.write_all(
        [
            Entry(
                at - timedelta(days=number),
                account,
                LedgerAction.READ_DOSSIER,
                f"case:{number:016x}",
                origin="session:0123456789ab",
                case=f"{number:016x}",
                purpose="P-WON",
            )
            for number in range(4)
        ]
    )
    return f"{at:%Y-%m}"


def sign(client: Client, month: str, shown: str | None = None):
    """Send the form of the page, or one of another review."""
    found = re.search(r'name="overzicht" value="([^"]+)"', client.get(f"{PAGE}?maand={month}").text)
    return client.send_form(PAGE, {"maand": month, "overzicht": shown or (found[1] if found else "")})


def test_an_auditor_signs_off_what_was_shown_in_a_fresh_session(bare_review: Review) -> None:
    month, auditor = read_at_night(bare_review, "c.curious"), bare_review.client(Role.AUDITOR)
    assert "c.curious keek 4 keer buiten werktijd" in auditor.get(PAGE).text
    assert sign(auditor, month, f"review:{month}-0000000000000000").status_code == 409
    assert signed_off(bare_review.ledger, month) is None
    bare_review.clock.forward(minutes=6)
    assert sign(auditor, month, "x").status_code == 403
    auditor.sign_in_anew()
    assert sign(auditor, month).status_code == 303
    signed = signed_off(bare_review.ledger, month)
    assert signed is not None
    assert (signed.entry.actor, signed.entry.origin) == (auditor.account, f"session:{signed.entry.session}")
    assert f"Afgetekend door {auditor.account}." in auditor.get(f"{PAGE}?maand={month}").text


def test_nobody_signs_off_a_month_of_their_own_or_one_that_goes_on(bare_review: Review) -> None:
    auditor = bare_review.client(Role.AUDITOR)
    own = read_at_night(bare_review, auditor.account)
    assert "Uw account staat in dit overzicht" in auditor.get(f"{PAGE}?maand={own}").text
    for month in (own, f"{bare_review.clock.now:%Y-%m}"):
        assert sign(auditor, month).status_code == 409
        assert signed_off(bare_review.ledger, month) is None
    assert auditor.get(f"{PAGE}?maand=gisteren").status_code == 404


@pytest.mark.parametrize(
    ("days", "says"),
    [(3, "binnen de termijn van 7 dagen"), (9, "ouder dan de 7 dagen"), (None, "geen stand in een map")],
)
def test_the_page_says_how_old_the_last_head_outside_is(bare_review: Review, days: int | None, says: str) -> None:
    at = None if days is None else bare_review.clock.now - timedelta(days=days)
    application = bare_review.app.state.application
    application.settings = replace(
        application.settings, audit=AuditPlaces(Norms(), lambda _head: [], lambda: at, timedelta(days=7))
    )
    auditor = bare_review.client(Role.AUDITOR)
    for path in (PAGE, "/logboek"):
        assert says in auditor.get(path).text
