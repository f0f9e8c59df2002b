"""The pages of a signal: whom to call comes first, what is refused stays in the form, one person reads who sent it."""

from __future__ import annotations

import re

import pytest

from screening.casework.cases.queue import queue
from screening.casework.tips.sightings import OBSERVATIONS
from screening.casework.tips.tips import dossier_tips, inbox
from screening.casework.viewer import Viewer
from screening.store.schema.cases import review_case
from screening.vocabulary import LedgerAction, Role
from tests.review.conftest import Review, Served, click, looking
from tests.review.pages import officers

FORM = {
    "geen_gevaar": "ja", "waarnemingen": ["mattresses", "windows_covered"], "datum": "2026-11-01",
    "postcode": "9999 aa", "huisnummer": "3", "plaats": "Voorbeeldstad", "tekst": "Matrassen gezien door het raam.",
}  # fmt: skip
CONTACT = Viewer("c.contact", frozenset({Role.CONTACT_PERSON}))


def _sent(review: Review, **changes: object):
    return review.client(account="b.balie").send_form("/meldingen/nieuw", FORM | changes)


def test_a_signal_is_sent_and_its_fate_is_told(bare_review: Review) -> None:
    answer = _sent(bare_review)
    assert (answer.status_code, answer.headers["location"]) == (303, "/meldingen")
    (signal,) = inbox(bare_review.store, CONTACT, now=bare_review.clock.now)
    assert (signal.reporter, signal.seen.postcode, signal.seen.observations) == (
        "b.balie", "9999AA", ("windows_covered", "mattresses"),
    )  # fmt: skip
    colleague = bare_review.client(account="b.balie")
    assert "De contactpersoon heeft haar nog niet gelezen" in colleague.get("/meldingen").text
    contact = bare_review.client(Role.CONTACT_PERSON)
    assert "b.balie" in contact.get(f"/meldingen/postbak/{signal.signal_id}").text
    answer = contact.send_form(f"/meldingen/postbak/{signal.signal_id}", {"besluit": "not_used", "reden": "known"})
    assert answer.status_code == 303
    assert "Reden: Het is al bekend" in colleague.get("/meldingen").text
    assert "Matrassen gezien" not in bare_review.client(account="a.ander").get("/meldingen").text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"tekst": "Ik sprak met Sjaak Qwertzuiop."}, "kan een naam zijn"),
        ({"tekst": "Er staat een busje van quxpolen"}, None),
        ({"tekst": "Er werken Polen."}, "afkomst, land of taal"),
        ({"tekst": "Bel 06-12345678."}, "telefoonnummer"),
        ({"tekst": "Daar is iemand ziek."}, "gaat over gezondheid"),
        ({"tekst": "Er is een slachtoffer."}, "/meldingen/persoon"),
        ({"tekst": "Iemand hield de papieren en deed het woord."}, "of de baas is"),
        ({"tekst": "Acht mensen volgens de BRP."}, "geef het door aan burgerzaken"),
        ({"tekst": "x" * 301}, "langer dan 300"),
        ({"datum": "2026-11-03"}, "nog niet geweest"),
        ({"datum": "2025-11-01"}, "langer dan een jaar"),
        ({"datum": "gisteren"}, "dag-maand-jaar"),
        ({"postcode": "12"}, "vier cijfers en twee letters"),
        ({"huisnummer": "3a"}, "zonder letter"),
        ({"waarnemingen": []}, "ten minste één"),
        ({"waarnemingen": ["skin"]}, "ten minste één"),
        ({"geen_gevaar": ""}, "denkt u aan een slachtoffer: bel"),
        ({"plaats": "12"}, "naam van de woonplaats"),
        ({"toevoeging": "<b>"}, "hooguit zes"),
    ],
)
def test_what_is_refused_stays_in_the_form_and_nowhere_else(
    bare_review: Review, changes: dict, told: str | None
) -> None:
    answer = _sent(bare_review, **changes)
    if told is None:
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    assert told in answer.text
    text = str(changes.get("tekst", FORM["tekst"]))
    assert text in answer.text
    assert inbox(bare_review.store, CONTACT, now=bare_review.clock.now) == []
    if "tekst" in changes:
        for file in bare_review.workspace.path.rglob("*"):
            assert not file.is_file() or text.encode() not in file.read_bytes()


def test_who_may_be_a_victim_brings_the_numbers_to_the_top(bare_review: Review) -> None:
    page = _sent(bare_review, tekst="Er is een slachtoffer binnen.").text
    main = page[page.index("<main") :]
    assert main.index(bare_review.settings.help_lines[0].phone) < main.index("<form")


def test_too_many_in_a_day_are_refused_in_words(bare_review: Review) -> None:
    client = bare_review.client(account="b.balie")
    for _ in range(10):
        assert client.send_form("/meldingen/nieuw", FORM).status_code == 303
    answer = client.send_form("/meldingen/nieuw", FORM)
    assert answer.status_code == 422
    assert "vandaag al veel gemeld" in answer.text


@pytest.mark.parametrize("role", [None, Role.OFFICER, Role.SENSITIVE_REVIEWER, Role.LEAD, Role.ANALYST, Role.ADMIN])
def test_only_the_contact_person_reads_the_signals(bare_review: Review, role: Role | None) -> None:
    _sent(bare_review)
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
        ({"besluit": "joins_dossier", "adres": "9999010000000001"}, "Kies bij welk dossier"),
    ],
)
def test_a_decision_that_lacks_something_is_asked_again(bare_review: Review, form: dict, told: str) -> None:
    _sent(bare_review)
    (signal,) = inbox(bare_review.store, CONTACT, now=bare_review.clock.now)
    answer = bare_review.client(Role.CONTACT_PERSON).send_form(f"/meldingen/postbak/{signal.signal_id}", form)
    assert answer.status_code == 422
    assert told in answer.text


def test_a_wish_for_contact_shows_whom_to_call_and_records_no_content(bare_review: Review) -> None:
    _sent(bare_review)
    (signal,) = inbox(bare_review.store, CONTACT, now=bare_review.clock.now)
    contact = bare_review.client(Role.CONTACT_PERSON)
    path = f"/meldingen/postbak/{signal.signal_id}"
    answer = contact.send_form(path, {"besluit": "care", "telefoon": "06-12345678"})
    assert answer.headers["location"] == path
    page = contact.get(path).text
    assert "Bel nu de zorgcoördinator" in page
    assert "niet ingesteld" in page
    assert "terugbellen op 0612345678" in contact.get("/meldingen/postbak").text


def test_a_signal_joins_an_open_case_of_the_town(review: Review) -> None:
    officer = Viewer("h.h", frozenset({Role.OFFICER}))
    case = queue(review.store, officer, now=review.clock(), limit=1).cases[0]
    street, _, rest = case.address.partition(",")
    number = re.search(r"\d+", street)
    postcode = re.search(r"\d{4} ?[A-Z]{2}", rest)
    assert number
    assert postcode
    _sent(review, postcode=postcode.group(), huisnummer=number.group())
    (signal,) = inbox(review.store, CONTACT, now=review.clock.now)
    contact = review.client(Role.CONTACT_PERSON)
    path = f"/meldingen/postbak/{signal.signal_id}"
    assert case.address_id in contact.get(path).text
    answer = contact.send_form(path, {"besluit": "joins_dossier", "adres": case.address_id})
    assert answer.status_code == 303
    told = dossier_tips(review.store, case.address_id, is_sensitive=case.sensitive, now=review.clock.now)
    assert [tip.text for tip in told] == [FORM["tekst"]]
    # the reporter is not told that a dossier exists
    assert "dossier" not in _main(review.client(account="b.balie").get("/meldingen").text)


def test_an_officer_reads_it_as_background_of_a_drawn_case_after_the_own_judgement_alone(review: Review) -> None:
    case_id = officers.cases(review, arm="sample")[0]
    with review.store.engine.connect() as connection:
        row = connection.execute(review_case.select().where(review_case.c.case_id == case_id)).one()
    postcode = re.search(r"\d{4} ?[A-Z]{2}", row.address)
    number = re.search(r"\d+", row.address)
    assert postcode
    assert number
    _sent(review, postcode=postcode.group(), huisnummer=number.group())
    (signal,) = inbox(review.store, CONTACT, now=review.clock.now)
    officer = review.client(Role.OFFICER)
    contact = review.client(Role.CONTACT_PERSON)
    contact.send_form(f"/meldingen/postbak/{signal.signal_id}", {"besluit": "joins_dossier", "adres": row.address_id})
    before = [officers.open_dossier(officer, case_id).text, officers.read(officer, case_id).text]
    before.append(officers.open_all(officer, case_id).text)
    for page in before:
        assert FORM["tekst"] not in page
        assert "meldingen van collega’s" not in page
    assert officers.judge(officer, case_id).status_code == 303
    page = officer.get(f"/zaken/{case_id}").text
    assert "Achtergrond: meldingen van collega’s" in page
    assert FORM["tekst"] in page
    assert "b.balie" not in page
    assert officer.get(f"/zaken/{case_id}/afdruk").status_code == 200


def _main(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


def test_every_reading_of_a_signal_is_in_the_ledger(bare_review: Review) -> None:
    _sent(bare_review)
    (signal,) = inbox(bare_review.store, CONTACT, now=bare_review.clock.now)
    contact = bare_review.client(Role.CONTACT_PERSON)
    contact.get("/meldingen/postbak")
    contact.get(f"/meldingen/postbak/{signal.signal_id}")
    objects = [
        one.entry.object for one in bare_review.ledger.entries(action=LedgerAction.READ_SIGNAL, actor=contact.account)
    ]
    assert sorted(objects) == ["list:signals", f"signal:{signal.signal_id}"]
    assert [one.entry.object for one in bare_review.ledger.entries(action=LedgerAction.SIGNAL)] == ["list:signals"]


def test_the_pages_are_there_in_english(bare_review: Review) -> None:
    _sent(bare_review)
    client = bare_review.client(Role.CONTACT_PERSON, account="b.balie")
    for path in ("/meldingen", "/meldingen/nieuw", "/meldingen/postbak"):
        page = client.get(f"{path}?lang=en").text
        assert 'lang="en"' in page
    assert OBSERVATIONS["mattresses"][1] in client.get("/meldingen/nieuw?lang=en").text


def test_to_stop_and_call_comes_before_what_is_wrong_with_the_form(browser, served: Served) -> None:
    """A phone shows it and a screen reader says it."""
    with looking(browser, served, Role.COLLEAGUE, width=360) as page:
        page.goto(f"{served.url}/meldingen/nieuw")
        page.get_by_label("Er is nu geen gevaar").check()
        page.get_by_label("Matrassen of slaapplekken").check()
        page.get_by_label("Op welke dag").fill("2026-11-01")
        page.get_by_label("Postcode").fill("9999 AA")
        page.get_by_role("textbox", name="Huisnummer").fill("3")
        page.get_by_label("Wilt u er iets bij").fill("Ik sprak met Sjaak; er is een slachtoffer.")
        click(page, page.get_by_role("button", name="Geef door aan de contactpersoon"))
        page.wait_for_selector("html[data-ready]")
        assert page.evaluate("document.activeElement.getAttribute('aria-labelledby')") == "stop"
