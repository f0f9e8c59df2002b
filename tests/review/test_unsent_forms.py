"""No word is lost: what was refused, or kept on purpose, stands in the form again, for its writer alone."""

from __future__ import annotations

import pytest

from screening.base.errors import ConfigurationError
from screening.base.vocabulary import Role
from screening.review.csrf import token
from screening.review.pages import all_routes
from screening.review.pages_registry import SIGNED_IN, Drafts, Pages, check_routes
from screening.review.unsent_forms import form_page
from screening.store.access.form_drafts import own_drafts
from tests.review.conftest import Client, Review
from tests.review.pages import officers

PATH = "/meldingen/nieuw"
LIGHT = "Het licht brandt de hele nacht."
TIP = {"waarnemingen": ["mattresses"], "postcode": "9999 AA", "huisnummer": "3", "tekst": LIGHT}
MAP = "U bent zo te zien al klaar: de brief van maart spreekt het register tegen."


def drafts(review: Review, client: Client) -> list[str]:
    return [draft.form for draft in own_drafts(review.store, client.account, now=review.clock.now)]


def test_what_was_refused_stands_in_the_form_until_it_is_taken(bare_review: Review) -> None:
    client, other = bare_review.client(), bare_review.client()
    assert client.send_form(PATH, TIP).status_code == 422
    shown = client.get(PATH).text
    assert LIGHT in shown
    assert 'value="9999 AA"' in shown
    assert "Concept van 09:00. Alleen u ziet het." in shown
    assert LIGHT not in other.get(PATH).text
    assert "Concept van" not in other.get(PATH).text
    whole = TIP | {"geen_gevaar": "ja", "datum": bare_review.clock.now.date().isoformat()}
    assert client.send_form(PATH, whole).status_code == 303
    assert LIGHT not in client.get(PATH).text
    assert drafts(bare_review, client) == []


def test_a_session_that_ran_out_loses_no_word(bare_review: Review) -> None:
    client = bare_review.client(account="g.lang")
    client.get(PATH)
    bare_review.clock.forward(minutes=16)
    refused = client.send_form(PATH, TIP)
    assert refused.status_code == 403
    assert "Uw tekst is bewaard" in refused.text
    assert "/aanmelden?naar=/meldingen/nieuw" in refused.text
    assert LIGHT not in refused.text
    assert LIGHT in bare_review.client(account="g.lang").get(PATH).text


@pytest.mark.parametrize("case", ["no token", "signed out", "elsewhere", "a day later", "switched off"])
def test_nothing_is_kept_for_who_cannot_show_that_the_form_was_theirs(bare_review: Review, case: str) -> None:
    client = bare_review.client(account="g.lang")
    form = {"csrf_token": token(client.session_id or ""), **TIP}
    if case == "signed out":
        client.send_form("/afmelden")
        client.cookies.set("__Host-session", client.session_id or "")
    if case == "elsewhere":
        client.headers.update({"Sec-Fetch-Site": "cross-site"})
    if case == "switched off":
        bare_review.client(Role.ADMIN).send_form("/accounts/g.lang/uit")
    bare_review.clock.forward(minutes=16, days=case == "a day later")
    if case == "no token":
        form.pop("csrf_token")
    refused = client.post(PATH, data=form)
    assert refused.status_code == 403
    assert "Uw formulier is verlopen" in refused.text
    assert own_drafts(bare_review.store, "g.lang", now=bare_review.clock.now) == []


def test_a_page_of_before_a_new_session_loses_no_word(bare_review: Review) -> None:
    before, client = bare_review.client(account="g.lang"), bare_review.client(account="g.lang")
    refused = client.post(PATH, data={"csrf_token": token(before.session_id or ""), **TIP})
    assert refused.status_code == 403
    assert "Ga verder met uw tekst" in refused.text
    assert LIGHT in client.get(PATH).text


def test_a_draft_is_kept_by_a_button_and_as_one_types(bare_review: Review) -> None:
    client = bare_review.client()
    kept = client.send_form(PATH, TIP | {"concept": "ja"})
    assert (kept.status_code, kept.headers["location"]) == (303, PATH)
    assert "Uw concept is bewaard" in client.get(PATH).text
    bare_review.clock.forward(minutes=3)
    quiet = client.send_form(PATH, TIP | {"concept": "stil", "tekst": "Anders."}, headers={"HX-Request": "true"})
    assert (quiet.status_code, quiet.text) == (200, "Concept van 09:03. Alleen u ziet het.")
    assert "Anders." in client.get(PATH).text
    assert LIGHT not in client.get(PATH).text


def test_a_text_that_says_who_somebody_is_is_kept_nowhere(bare_review: Review) -> None:
    client = bare_review.client()
    refused = client.send_form(PATH, TIP | {"tekst": "Bel Kees Jansen op 0612345678."})
    assert "0612345678" in refused.text, "the person who wrote it can mend it"
    shown = client.get(PATH).text
    assert "0612345678" not in shown
    assert 'value="9999 AA"' in shown


def test_a_tick_is_kept_and_a_name_in_the_form_of_one_is_not(bare_review: Review) -> None:
    client = bare_review.client()
    client.send_form(PATH, TIP | {"waarnemingen": ["short_visits"], "tekst": "sjaak_janssen", "concept": "ja"})
    shown = client.get(PATH).text
    assert 'value="short_visits" checked' in shown
    assert "sjaak_janssen" not in shown


def test_a_draft_can_be_found_and_thrown_away(bare_review: Review) -> None:
    client = bare_review.client()
    assert "U hebt geen concepten" in client.get("/concepten").text
    client.send_form(PATH, TIP | {"concept": "ja"})
    assert f'href="{PATH}"' in client.get("/concepten").text
    bare_review.client().send_form("/concepten", {"formulier": PATH})
    assert drafts(bare_review, client) == [PATH], "of another"
    client.send_form("/concepten", {"formulier": PATH})
    assert drafts(bare_review, client) == []


def test_an_own_reading_and_a_judgement_lose_no_word(review: Review) -> None:
    anna, bram = review.client(Role.OFFICER), review.client(Role.OFFICER)
    first = officers.cases(review)[0]
    officers.open_dossier(anna, first)
    assert anna.send_form(f"/zaken/{first}/lezing", {"tekst": MAP, "versie": "1"}).status_code == 422
    assert MAP in officers.shown(anna, first).text
    officers.ready(anna, first)
    assert drafts(review, anna) == [], "taken"
    judgement = f"/zaken/{first}/oordeel"
    sent = {"oordeel": "verklaard", "motivering": MAP, "versie": "1", "grond": "anders"}
    assert anna.send_form(judgement, sent).status_code == 409, "another version"
    assert drafts(review, anna) == [judgement]
    officers.open_dossier(bram, first)
    assert MAP not in officers.open_dossier(bram, first).text
    assert MAP in officers.shown(anna, first).text
    assert drafts(review, bram) == []


def test_a_form_leads_back_to_the_page_on_which_it_stands() -> None:
    routes = all_routes()
    assert form_page("/zaken/0123456789abcdef/lezing", routes) == "/zaken/0123456789abcdef"
    assert form_page("/meldingen/nieuw", routes) == "/meldingen/nieuw"


def test_only_a_form_of_texts_of_somebody_who_is_signed_in_has_drafts() -> None:
    for more in ({"may": SIGNED_IN, "takes_file": True}, {"may": frozenset()}):
        pages = Pages()
        pages.page("POST", "/x", drafts=Drafts.WHOLE, **more)(lambda page: None)
        with pytest.raises(ConfigurationError, match="a draft is"):
            check_routes(pages.routes)
