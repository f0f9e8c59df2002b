"""The pages of the contact person: one role reads who sent a tip, and none of them tells of a case."""

from __future__ import annotations

import re

import pytest

from screening.base.civil_time import one_working_day_later
from screening.base.vocabulary import LedgerAction, Role
from screening.casework.tips.rota import set_duty
from screening.casework.tips.sightings import houses_in
from screening.casework.tips.tips import inbox
from screening.store.schema.cases import review_case
from tests.review.conftest import Review
from tests.review.pages import officers
from tests.review.pages.test_signals import CONTACT, FORM


def sent(review: Review, **changes: object) -> None:
    """A tip that a colleague sent."""
    assert review.client(account="b.balie").send_form("/meldingen/nieuw", FORM | changes).status_code == 303


def main_part(page: str) -> str:
    """What a page says under its menu, without the token of its forms."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page[page.index("<main") : page.index("</main>")])


@pytest.mark.parametrize("role", [None, Role.OFFICER, Role.SENSITIVE_REVIEWER, Role.LEAD, Role.ANALYST, Role.ADMIN])
def test_only_the_contact_person_reads_the_signals(bare_review: Review, role: Role | None) -> None:
    sent(bare_review)
    (signal,) = inbox(bare_review.store, CONTACT, now=bare_review.clock.now)
    client = bare_review.client(*([role] if role else []))
    for path in ("/meldingen/postbak", f"/meldingen/postbak/{signal.signal_id}"):
        assert client.get(path).status_code == 403
    assert client.send_form(f"/meldingen/postbak/{signal.signal_id}", {"besluit": "kept"}).status_code == 403
    assert inbox(bare_review.store, CONTACT, now=bare_review.clock.now)[0].decision is None


def test_a_signal_that_is_not_there_is_not_found(bare_review: Review) -> None:
    contact = bare_review.client(Role.CONTACT_PERSON)
    for name in ("f" * 16, "x", "..%2f"):
        assert contact.get(f"/meldingen/postbak/{name}").status_code == 404
        assert contact.send_form(f"/meldingen/postbak/{name}", {"besluit": "kept"}).status_code == 404


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({}, "Kies wat u met de melding doet"),
        ({"besluit": "indicator"}, "Kies wat u met de melding doet"),
        ({"besluit": "not_used"}, "Kies waarom u het niet gebruikt"),
        ({"besluit": "care", "telefoon": "bel mij"}, "Vul het nummer in"),
        ({"besluit": "joins_dossier", "adres": "9999010000000001"}, "Kies wat u met de melding doet"),
    ],
)
def test_a_decision_that_lacks_something_is_asked_again(bare_review: Review, form: dict, told: str) -> None:
    sent(bare_review)
    (signal,) = inbox(bare_review.store, CONTACT, now=bare_review.clock.now)
    answer = bare_review.client(Role.CONTACT_PERSON).send_form(f"/meldingen/postbak/{signal.signal_id}", form)
    assert answer.status_code == 422
    assert told in answer.text


def test_a_wish_for_contact_shows_whom_to_call_and_records_no_content(bare_review: Review) -> None:
    sent(bare_review)
    (signal,) = inbox(bare_review.store, CONTACT, now=bare_review.clock.now)
    contact = bare_review.client(Role.CONTACT_PERSON)
    path = f"/meldingen/postbak/{signal.signal_id}"
    answer = contact.send_form(path, {"besluit": "care", "telefoon": "06-12345678"})
    assert answer.headers["location"] == path
    page = contact.get(path).text
    assert "Bel nu de zorgcoördinator" in page
    assert "niet ingesteld" in page
    assert "0612345678" not in contact.get("/meldingen/postbak").text


def test_the_contact_person_learns_of_no_case_and_the_officer_reads_the_tip_after_the_own_judgement_alone(
    review: Review,
) -> None:
    """In a drawn case as in a flagged one; there the text can be erased too, and is gone for all."""
    case_id = officers.cases(review, arm="sample")[0]
    with review.store.engine.connect() as connection:
        row = connection.execute(review_case.select().where(review_case.c.case_id == case_id)).one()
    house = min(houses_in(row.address), key=lambda house: house.number)  # "12-2" may be number 12 or number 2
    contact = review.client(Role.CONTACT_PERSON)
    for number in (house.number, 99_999):
        sent(review, postcode=house.postcode, huisnummer=str(number))
    tips = sorted(inbox(review.store, CONTACT, now=review.clock.now), key=lambda tip: tip.seen.house_number)
    pages = []
    for signal in tips:
        letter = contact.get(f"/meldingen/postbak/{signal.signal_id}").text
        pages.append(main_part(letter).replace(signal.signal_id, "").replace(signal.seen.address, ""))
    assert pages[0] == pages[1], "the same with a case and without"
    signal = tips[0]
    answer = contact.send_form(f"/meldingen/postbak/{signal.signal_id}", {"besluit": "for_address"})
    assert answer.status_code == 303
    officer = review.client(Role.OFFICER)
    before = [officers.open_dossier(officer, case_id).text, officers.read(officer, case_id).text]
    before.append(officers.open_all(officer, case_id).text)
    erase = f"/zaken/{case_id}/melding/{signal.signal_id}/tekst-wissen"
    for page in before:
        assert FORM["tekst"] not in page
        assert "meldingen van collega’s" not in page
        assert erase not in page
    assert officer.send_form(erase, {}).status_code == 404
    assert officers.judge(officer, case_id).status_code == 303
    page = officer.get(f"/zaken/{case_id}").text
    assert "Achtergrond: meldingen van collega’s" in page
    assert FORM["tekst"] in page
    assert "b.balie" not in page
    assert officer.get(f"/zaken/{case_id}/afdruk").status_code == 200
    assert officer.send_form(erase, {}).status_code == 303
    assert FORM["tekst"] not in officer.get(f"/zaken/{case_id}").text
    assert review.client(account="b.balie").get("/meldingen").text.count(FORM["tekst"]) == 1, "of the other tip"
    assert "Achtergrond: meldingen van collega’s" in officer.get(f"/zaken/{case_id}").text


def test_one_press_erases_the_text_and_the_letter_says_so(bare_review: Review) -> None:
    sent(bare_review)
    (signal,) = inbox(bare_review.store, CONTACT, now=bare_review.clock.now)
    contact, path = bare_review.client(Role.CONTACT_PERSON), f"/meldingen/postbak/{signal.signal_id}"
    assert FORM["tekst"] in contact.get(path).text
    assert contact.send_form(f"{path}/tekst-wissen", {}).headers["location"] == path
    page = contact.get(path).text
    assert FORM["tekst"] not in page
    assert "De tekst is gewist op" in page
    assert f"{path}/tekst-wissen" not in page
    assert FORM["tekst"] not in bare_review.client(account="b.balie").get("/meldingen").text


def test_what_waits_a_working_day_is_the_deputys_too_and_a_third_sees_it_apart(bare_review: Review) -> None:
    sent(bare_review)
    now = bare_review.clock.now
    turn = {"from_day": now.date(), "contact": "e.contact", "deputy": "f.contact"}
    for name in ("e.contact", "f.contact"):
        bare_review.client(Role.CONTACT_PERSON, account=name)
    set_duty(bare_review.store, CONTACT, **turn, now=now)
    mine, of_colleague = "Nog te lezen: 1", "Wacht op een collega: 1"
    unread, late = "melding om te lezen", "melding wacht langer dan een werkdag"
    for moment, shown in (
        (now, {"e": (mine, {unread}), "f": (of_colleague, set()), "g": (of_colleague, set())}),
        (
            one_working_day_later(now),
            {"e": (mine, {unread, late}), "f": (mine, {unread, late}), "g": (of_colleague, set())},
        ),
    ):
        bare_review.clock.now = moment
        for name, (heading, counts) in shown.items():
            client = bare_review.client(Role.CONTACT_PERSON, account=f"{name}.contact")
            assert heading in client.get("/meldingen/postbak").text
            start = client.get("/").text
            assert {count for count in (unread, late) if count in start} == counts


def test_every_reading_of_a_signal_is_in_the_ledger(bare_review: Review) -> None:
    sent(bare_review)
    (signal,) = inbox(bare_review.store, CONTACT, now=bare_review.clock.now)
    contact = bare_review.client(Role.CONTACT_PERSON)
    contact.get("/meldingen/postbak")
    contact.get(f"/meldingen/postbak/{signal.signal_id}")
    objects = [
        one.entry.object for one in bare_review.ledger.entries(action=LedgerAction.READ_SIGNAL, actor=contact.account)
    ]
    assert sorted(objects) == ["list:signals", f"signal:{signal.signal_id}"]
    assert [one.entry.object for one in bare_review.ledger.entries(action=LedgerAction.SIGNAL)] == ["list:signals"]
