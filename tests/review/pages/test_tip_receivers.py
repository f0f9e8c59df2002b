"""Handing a tip over through the pages: inspectors get a receipt, a partner a disclosure that can be called back."""

from __future__ import annotations

from screening.base.vocabulary import Role
from screening.casework.tips.forwarding import receipts_of
from screening.casework.tips.tips import inbox
from screening.partners.desk.agreements import agreements, end_agreement
from screening.partners.desk.tip_hand_overs import tip_hand_overs
from tests.partners.desk.disclosed import agreed
from tests.review.conftest import Review
from tests.review.pages.test_tip_inbox import CONTACT, FORM, main_part, sent

PARTNERS = "/meldingen/partners"


def test_a_tip_goes_to_inspectors_with_a_text_without_the_sender_and_a_receipt(bare_review: Review) -> None:
    sent(bare_review)
    (signal,) = inbox(bare_review.store, CONTACT, now=bare_review.clock.now)
    contact, path = bare_review.client(Role.CONTACT_PERSON), f"/meldingen/postbak/{signal.signal_id}/doorgeven"
    page = main_part(contact.get(path).text)
    for text in ("9999 AA, 3", "nog niet doorgegeven", "Awb art. 2:5", "Te controleren door een jurist"):
        assert text in page
    for text in ("b.balie", FORM["tekst"]):
        assert text not in page
    answer = contact.send_form(path, {"aan": "toezicht"})
    assert answer.status_code == 422
    for text in ("Kies hoe u het hebt doorgegeven", "waarop u het doorgaf", "als u hebt nagekeken"):
        assert text in answer.text
    day = bare_review.clock.now.date().isoformat()
    form = {"aan": "toezicht", "hoe": "phone", "datum": day, "nagekeken": "ja"}
    assert contact.send_form(path, form).headers["location"] == f"{path}?aan=toezicht"
    [receipt] = receipts_of(bare_review.store, [signal.signal_id], now=bare_review.clock.now)
    assert receipt.number in contact.get(path).text
    assert f"{receipt.number}: toezicht van de gemeente" in contact.get(f"/meldingen/postbak/{signal.signal_id}").text
    assert "Doorgegeven" in main_part(contact.get("/meldingen/postbak").text)
    assert "nog geen melding naar een partner" in contact.get(PARTNERS).text


def test_a_partner_that_is_off_cannot_be_chosen_and_one_that_is_on_can_be_called_back(bare_review: Review) -> None:
    sent(bare_review)
    (signal,) = inbox(bare_review.store, CONTACT, now=bare_review.clock.now)
    contact, letter = bare_review.client(Role.CONTACT_PERSON), f"/meldingen/postbak/{signal.signal_id}"
    path, form = f"{letter}/doorgeven", {"aan": "politie-oost", "hoe": "phone", "nagekeken": "ja"}
    form["datum"] = bare_review.clock.now.date().isoformat()
    page = main_part(contact.get(letter).text)
    for kind in ("Politie", "RIEC"):
        assert f"{kind}: u kunt nu niets doorgeven" in page
    assert contact.get(f"{path}?aan=politie-oost").status_code == 404
    refused = contact.send_form(path, form, follow_redirects=True)
    assert "geen afspraak waarop een melding mag" in refused.text
    agreement = agreed(bare_review.store, "politie-oost", "politie")
    page = main_part(contact.get(letter).text)
    assert "Politie (politie-oost)" in page
    assert "Politie: u kunt nu niets doorgeven" not in page
    page = main_part(contact.get(f"{path}?aan=politie-oost").text)
    for text in ("9999 AA, 3", "nog niet doorgegeven", agreement.terms.covenant, "Weeg zelf of u hier iets mee doet"):
        assert text in page
    for text in ("b.balie", FORM["tekst"], "Te controleren door een jurist"):
        assert text not in page
    assert contact.send_form(path, form | {"hoe": ""}).status_code == 422
    assert contact.send_form(path, form).headers["location"] == f"{path}?aan=politie-oost"
    [told] = tip_hand_overs(bare_review.store, CONTACT)
    assert f"{told.number}: politie-oost" in contact.get(letter).text
    end_agreement(bare_review.store, agreements(bare_review.store)[0].id, by="lea", now=bare_review.clock.now)
    shown = main_part(contact.get(PARTNERS).text)
    for text in (f"{told.number} aan politie-oost", "9999 AA, 3", agreement.terms.covenant):
        assert text in shown
    assert FORM["tekst"] not in shown
    assert contact.send_form(f"{PARTNERS}/{told.id}/terug", {"waarom": ""}).status_code == 422
    assert contact.send_form(f"{PARTNERS}/{told.id}/terug", {"waarom": "gegevens_onjuist"}).status_code == 303
    assert f"Wij halen {told.number} over 9999 AA, 3" in main_part(contact.get(PARTNERS).text)
    assert "Teruggehaald." in main_part(contact.get(letter).text)
    assert "gaat naar niemand meer" not in contact.get(PARTNERS).text, "it can go to another partner"
    assert contact.send_form(f"{PARTNERS}/{told.id}/vernietigd", {"langs": ""}).status_code == 422
    assert contact.send_form(f"{PARTNERS}/{told.id}/vernietigd", {"langs": "brief"}).status_code == 303
    assert "Bewijs: de partner liet op" in main_part(contact.get(PARTNERS).text)
    assert contact.send_form(f"{PARTNERS}/{told.id + 1}/terug", {"waarom": "gegevens_onjuist"}).status_code == 404
