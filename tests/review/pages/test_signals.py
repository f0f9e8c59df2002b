"""The pages of who sends a tip: whom to call comes first, and what is refused stays in the form."""

from __future__ import annotations

from datetime import timedelta

import pytest

from screening.base.vocabulary import Role
from screening.casework.tips.sightings import OBSERVATIONS
from screening.casework.tips.tips import decide_tip, inbox
from screening.casework.viewer import Viewer
from screening.partners.desk.tip_hand_overs import tip_hand_overs
from tests.partners.desk.disclosed import agreed
from tests.plain_dutch import hard_to_read, main_of
from tests.review.conftest import Review, Served, click, looking

FORM = {
    "geen_gevaar": "ja",
    "waarnemingen": ["mattresses", "windows_covered"],
    "datum": "2026-11-01",
    "postcode": "9999 aa",
    "huisnummer": "3",
    "plaats": "Voorbeeldstad",
    "tekst": "Matrassen gezien door het raam.",
}
#: Each sentence that a sender can hear.
FATES = (
    "Uw melding is ontvangen.",
    "Uw melding is gelezen en meegenomen.",
    "Uw melding is doorgegeven aan wie er iets mee kan doen.",
    "Uw melding past niet bij dit formulier.",
)
CONTACT = Viewer("c.contact", frozenset({Role.CONTACT_PERSON}))


def _sent(review: Review, **changes: object):
    return review.client(account="b.balie").send_form("/meldingen/nieuw", FORM | changes)


def test_a_signal_is_sent_and_its_sender_hears_a_fixed_sentence_the_next_day(bare_review: Review) -> None:
    answer = _sent(bare_review)
    assert (answer.status_code, answer.headers["location"]) == (303, "/meldingen")
    (signal,) = inbox(bare_review.store, CONTACT, now=bare_review.clock.now)
    assert (signal.reporter, signal.seen.postcode, signal.seen.observations) == (
        "b.balie",
        "9999AA",
        ("windows_covered", "mattresses"),
    )
    given = {"reason": "about_person", "now": bare_review.clock.now}
    decide_tip(bare_review.store, CONTACT, signal.signal_id, "not_used", **given)
    assert "Uw melding is ontvangen." in bare_review.client(account="b.balie").get("/meldingen").text
    bare_review.clock.now += timedelta(days=1)
    page = bare_review.client(account="b.balie").get("/meldingen").text
    assert "Uw melding past niet bij dit formulier." in page
    assert "gaat over een persoon en niet" not in page
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
        ({"toevoeging": "<b>"}, "hooguit vier"),
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


def test_the_pages_are_there_in_english(bare_review: Review) -> None:
    _sent(bare_review)
    client = bare_review.client(account="b.balie")
    for path in ("/meldingen", "/meldingen/nieuw"):
        page = client.get(f"{path}?lang=en").text
        assert 'lang="en"' in page
    assert OBSERVATIONS["mattresses"][1] in client.get("/meldingen/nieuw?lang=en").text


def test_all_pages_around_a_tip_read_as_b1(bare_review: Review) -> None:
    """For who sends it, with each answer that they can hear, the contact person and the care coordinator."""
    sender, contact, coordinator = (
        bare_review.client(*roles, account=name)
        for name, roles in (
            ("b.balie", ()),
            ("c.contact", (Role.CONTACT_PERSON,)),
            ("z.zorg", (Role.CARE_COORDINATOR,)),
        )
    )
    pages = {
        path: sender.get(path).text
        for path in ("/meldingen", "/meldingen/nieuw", "/meldingen/persoon", "/meldingen/persoon/bellen")
    }
    pages["danger"] = bare_review.stranger().get("/direct-gevaar").text
    pages["nothing ticked"] = sender.send_form("/meldingen/persoon", {}).text
    pages["nothing filled in"] = sender.send_form("/meldingen/nieuw", {}).text
    words = "Er is een slachtoffer. Sjaak Qwertzuiop is ziek. Bel 0612345678."
    pages["refused"] = sender.send_form("/meldingen/nieuw", FORM | {"tekst": words}).text
    for number in range(4):
        assert sender.send_form("/meldingen/nieuw", FORM | {"huisnummer": str(number + 3)}).status_code == 303
    pages["thanks"] = sender.get("/meldingen").text
    assert "Bedankt." in pages["thanks"]
    pages["no wish"] = coordinator.get("/contactwensen").text
    letters = [
        f"/meldingen/postbak/{tip.signal_id}" for tip in inbox(bare_review.store, CONTACT, now=bare_review.clock.now)
    ]
    pages["letter, refused"] = contact.send_form(letters[0], {}).text
    decisions = ({"besluit": "kept"}, {"besluit": "not_used", "reden": "no_fact"})
    for letter, decision in zip(letters, (*decisions, {"besluit": "care", "telefoon": "06-12345678"}), strict=False):
        assert contact.send_form(letter, decision).status_code == 303
    assert contact.send_form(f"{letters[0]}/tekst-wissen", {}).status_code == 303
    pages["letter, no partner"] = contact.get(letters[0]).text
    for name, kind in (("politie-oost", "politie"), ("riec-oost", "riec")):
        agreed(bare_review.store, name, kind)
    pages |= {letter: contact.get(letter).text for letter in letters}
    pages |= {
        path: contact.get(path).text for path in ("/meldingen/postbak", "/meldingen/rooster", "/meldingen/cijfers")
    }
    pages |= {
        receiver: contact.get(f"{letters[0]}/doorgeven?aan={receiver}").text
        for receiver in ("toezicht", "politie-oost", "riec-oost")
    }
    day = bare_review.clock.now.date().isoformat()
    given = {"aan": "politie-oost", "hoe": "paper", "datum": day, "nagekeken": "ja"}
    assert contact.send_form(f"{letters[2]}/doorgeven", given).status_code == 303
    pages["at a partner"] = contact.get("/meldingen/partners").text
    [told] = tip_hand_overs(bare_review.store, CONTACT)
    assert contact.send_form(f"/meldingen/partners/{told.id}/terug", {"waarom": "verklaard"}).status_code == 303
    pages["called back"] = contact.get("/meldingen/partners").text
    pages["rota, refused"] = contact.send_form("/meldingen/rooster", {}).text
    pages["a wish"] = coordinator.get("/contactwensen").text
    for version, (step, says) in enumerate(
        {"taken_on": "Bel nu.", "not_reached": "niemand bereikte", "gave_up": "Bel eerst op meer werkdagen"}.items()
    ):
        coordinator.send_form("/contactwensen/1", {"stap": step, "versie": str(version)})
        pages[step] = coordinator.get("/contactwensen").text
        assert says in pages[step]
    bare_review.clock.now += timedelta(days=1)
    pages["answers"] = bare_review.client(account="b.balie").get("/meldingen").text
    for answer in FATES:
        assert answer in pages["answers"]
    assert {name: faults for name, page in pages.items() if (faults := hard_to_read(main_of(page)))} == {}


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
