"""What waits for somebody, counted by role, as the start page shows it."""

from __future__ import annotations

import re
from datetime import timedelta

from screening.base.vocabulary import Role
from screening.casework.tips.sightings import TipPolicy
from tests.browser.scene import SIGNAL
from tests.review.conftest import Review
from tests.review.pages.officers import cases, open_dossier

COUNT = re.compile(r'<a class="utrecht-link" href="([^"]+)"><strong>([0-9.]+)</strong> <span>([^<]+)</span>')


def counts(review: Review, *roles: Role) -> dict[str, tuple[str, int]]:
    """Words -> page and number, on the start page of somebody with these roles."""
    return {words: (path, int(number)) for path, number, words in COUNT.findall(review.client(*roles).get("/").text)}


def test_each_role_sees_what_waits_for_it_and_a_colleague_their_own_tips(review: Review) -> None:
    assert "zaken te laat in het team" not in counts(review, Role.LEAD)
    assert counts(review, Role.ANALYST)["koppelingen om te bekijken"][0] == "/koppelingen"
    assert counts(review, Role.ADMIN) == counts(review, Role.AUDITOR) == {}
    assert "Er wacht nu niets op u." in review.client(Role.ADMIN).get("/").text
    sender = review.client(account="f.vos")
    sender.send_form("/meldingen/nieuw", SIGNAL | {"datum": review.clock.now.date().isoformat()})
    assert COUNT.findall(sender.get("/").text) == [("/meldingen", "1", "melding van uzelf")]
    assert counts(review, Role.CONTACT_PERSON) == {"melding om te lezen": ("/meldingen/postbak", 1)}
    review.clock.now += timedelta(days=TipPolicy().keep_days - 3)
    assert counts(review, Role.CONTACT_PERSON)["ongelezen melding gaat binnen 7 dagen weg"][1] == 1
    assert counts(review, Role.AUDITOR)["maand om na te gaan wie wat las"] == ("/logboek/maand", 1)


def test_the_count_of_an_officer_follows_the_work(review: Review) -> None:
    client = review.client(Role.OFFICER)
    open_dossier(client, cases(review)[0])
    shown = {words: int(number) for _, number, words in COUNT.findall(client.get("/").text)}
    assert shown["zaak op uw naam"] == 1
    assert 'action="/zaken/volgende"' in client.get("/").text
