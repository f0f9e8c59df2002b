"""What waits for a lead: counts with the way to each, on one page and as one number on the start page."""

from __future__ import annotations

import re

from screening.base.vocabulary import Role
from tests.review.conftest import Review
from tests.review.pages.officers import words
from tests.review.pages.test_personal_keys import KEY, ssh_text
from tests.review.pages.test_rights import OF_ADDRESS

COUNT = re.compile(r'href="(/\w[^"]*)"><strong>(\d+)</strong> <span>([^<]+)<')


def test_a_lead_sees_what_waits_with_the_way_to_it(bare_review: Review) -> None:
    lead = bare_review.client(Role.LEAD)
    assert "Er wacht niets op u." in words(lead.get("/goedkeuren").text)
    owner = bare_review.client(Role.ADMIN, account="a.jansen")
    owner.send_form("/mijn-account/sleutel", {"sleutel": ssh_text(KEY.public_key()) + " anna@werk"})
    assert COUNT.findall(lead.get("/goedkeuren").text) == [("/sleutels", "1", "sleutel om te bevestigen")]
    assert ("/goedkeuren", "1", "keer uw akkoord of besluit") in COUNT.findall(lead.get("/").text)


def test_what_one_registered_oneself_waits_for_a_colleague(bare_review: Review) -> None:
    lead, other = bare_review.client(Role.LEAD, account="lena"), bare_review.client(Role.LEAD, account="daan")
    lead.send_form("/mijn-account/sleutel", {"sleutel": ssh_text(KEY.public_key()) + " lena@werk"})
    assert lead.send_form("/verzoeken/nieuw", OF_ADDRESS).status_code == 303
    assert COUNT.findall(lead.get("/goedkeuren").text) == []
    assert "keer uw akkoord of besluit" not in lead.get("/").text
    assert {path: count for path, count, _ in COUNT.findall(other.get("/goedkeuren").text)} == {
        "/sleutels": "1",
        "/verzoeken": "1",
    }
