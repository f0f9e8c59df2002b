"""Rules in the review: two people in two sessions, each signed in just now, decide about one and the same hash."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from flows.configuration import load_configuration
from flows.rules.configured import configured_rules
from flows.rules.proposals import prepare_version
from screening.base.errors import LedgerError
from screening.base.legal_facts import legal_facts
from screening.base.vocabulary import LedgerAction, Role
from screening.casework.figures.rule_load import LOAD, kept_load
from screening.rules.load import LoadCounts
from screening.store import Workspace
from screening.store.rules.dossier import AS_SHIPPED
from screening.store.rules.governance import rule_governance, rule_history, stopped_rules
from tests.mandates import bare_configuration
from tests.review.conftest import Client, Review, review_on
from tests.rule_dossiers import DOSSIER, TEXTS, draft_rule, write_dossier

UNTIL = "1-5-2027"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A municipality that exists."""
    return bare_configuration(tmp_path)


@pytest.fixture
def review(config: Path) -> Iterator[Review]:
    """Its review, where LIC-01 is prepared with a whole dossier."""
    settings = load_configuration(config)
    prepare_version(config, "LIC-01", dossier=write_dossier(config.with_name("dossier.toml")))
    with review_on(Workspace(settings.workspace), rules=configured_rules(settings)) as made:
        yield made


def draft_path(client: Client) -> str:
    text = client.get("/regels").text
    return text.partition('href="/regels/concept/')[2].partition('"')[0]


def decide(client: Client, path: str, **form: str):
    """Send a form of a version with the hash that its page shows."""
    shown = client.get(path.removesuffix("/akkoord").removesuffix("/in-gebruik")).text
    digest = shown.partition('name="inhoud" value="')[2].partition('"')[0]
    return client.send_form(path, {"reden": "gelezen", "inhoud": digest, **form})


def proposed(review: Review, client: Client) -> str:
    draft = draft_path(client)
    answer = client.send_form(f"/regels/concept/{draft}", {"reden": "eerste versie"})
    assert answer.status_code == 303
    return answer.headers["location"]


def history(review: Review) -> list[tuple[str, str]]:
    return [(row["action"], row["actor"]) for row in rule_history(review.store)]


def test_what_a_back_test_counts_is_told_in_tens(review: Review) -> None:
    """It counts sensitive addresses too, and a lead without the role for these is not told how many there are."""
    first = date(2026, 10, 1)
    load = LoadCounts(12, first, first + timedelta(days=31), 24, 17, 31, 0, 41, left_out=1)
    tried = {"nights": 12, "added": 14, "dropped": 3, LOAD: kept_load(load)}
    draft = draft_rule(review.store, "SEX-04", now=review.clock.now, backtest=tried)
    shown = review.client(Role.LEAD).get(f"/regels/concept/{draft.draft_id}").text
    values = re.findall(r"<dd[^>]*>(.*?)</dd>", shown, re.DOTALL)
    assert {"12", "10–19", "&lt; 10"} <= set(values)
    assert not {"14", "3"} & set(values)
    anna = review.client(Role.ANALYST, account="anna")
    told = anna.get("/regels/drukte").text
    values = re.findall(r"<dd[^>]*>(.*?)</dd>", told, re.DOTALL)
    told_values = {"20–29", "2–5, naast 7–10 nu", "niet ingesteld", "niet bekend", "geen grens", "hoogstens 38 %"}
    assert told_values <= set(values)
    assert "Niet bekend. Deze versie is niet nagespeeld" in told  # the other one, which was prepared without
    assert not re.search(r"\b(24|17|31|41)\b", " ".join(values).replace("31 oktober", ""))
    # with the settings of this version; what each hit fills in for itself is left open
    assert "Bij vergunning … staat al … geen geldige beheerder." in shown
    assert f"Toegestaan is {draft.parameters['max_days_without']} dagen." in shown
    assert not re.search(r"\{\w+\}", shown)


@pytest.mark.parametrize(
    ("code", "law"),
    [
        ("ADR-06", "kadasterwet"),
        ("ADR-07", "kadasterwet"),
        ("HOU-07", "huisvestingswet"),
        ("HOU-08", "handelsregisterwet"),
        ("HOU-09", "omgevingswet"),
        ("HOU-10", "toeristische-verhuur"),
        ("ORG-09", "handelsregisterwet"),
        ("PRC-03", "huisvestingswet"),
    ],
)
def test_who_decides_reads_what_a_lawyer_has_yet_to_look_at(bare_review: Review, code: str, law: str) -> None:
    draft = draft_rule(bare_review.store, code, now=bare_review.clock.now)
    shown = html.unescape(bare_review.client(Role.LEAD).get(f"/regels/concept/{draft.draft_id}").text)
    fact = legal_facts()[law]
    assert fact.to_check, "it is checked: leave it out here"
    assert f"{fact.name}: {fact.note}" in shown


@pytest.mark.goal("S5", reached="rules: two people, two fresh sign-ins; the author is refused by page and database")
def test_one_proposes_another_approves_and_it_runs(review: Review) -> None:
    anna, bram = review.client(Role.ANALYST, account="anna"), review.client(Role.LEAD, account="bram")
    page = proposed(review, anna)
    shown = bram.get(page).text
    assert all(text in shown for text in TEXTS.values())
    assert rule_governance(review.store).versions[page.rpartition("/")[2]].digest in shown
    assert "Een collega keurt goed" in anna.get(page).text
    assert decide(bram, f"{page}/akkoord", tot=UNTIL).status_code == 303
    assert decide(anna, f"{page}/in-gebruik").status_code == 303
    assert history(review) == [("proposed", "anna"), ("approved", "bram"), ("activated", "anna")]
    assert rule_governance(review.store).active("LIC-01").approved_by == "bram"
    written = [line.entry for line in review.ledger.entries(action=LedgerAction.RULE_CHANGE)]
    version = f"rule:{page.rpartition('/')[2]}"
    acts = {(entry.actor, entry.object) for entry in written if entry.origin.startswith("session:")}
    assert acts == {("anna", version), ("bram", version)}
    assert "Loopt vannacht mee" in anna.get("/regels").text
    assert page in bram.get("/regels").text
    assert page not in bram.get("/regels/drukte").text  # it runs: its load is no question any more


def test_the_author_approves_nothing_in_another_session_either(review: Review) -> None:
    anna = review.client(Role.ANALYST, account="anna")
    page = proposed(review, anna)
    again = review.client(Role.LEAD, account="anna")
    digest = rule_governance(review.store).versions[page.rpartition("/")[2]].digest
    answer = again.send_form(f"{page}/akkoord", {"reden": "x", "tot": UNTIL, "inhoud": digest})
    assert (answer.status_code, history(review)) == (303, [("proposed", "anna")])
    assert "kan zo niet" in again.get(answer.headers["location"]).text


@pytest.mark.parametrize("act", ["propose", "approve", "activate", "resume"])
def test_who_did_not_sign_in_just_now_decides_nothing(review: Review, act: str) -> None:
    anna, bram = review.client(Role.ANALYST, account="anna"), review.client(Role.LEAD, account="bram")
    draft = draft_path(anna)
    page = "/regels" if act in {"propose", "resume"} else proposed(review, anna)
    if act == "activate":
        decide(bram, f"{page}/akkoord", tot=UNTIL)
    before = history(review)
    review.clock.forward(minutes=6)
    path = {
        "propose": f"/regels/concept/{draft}",
        "approve": f"{page}/akkoord",
        "activate": f"{page}/in-gebruik",
        "resume": "/regels/hervatten",
    }[act]
    answer = bram.send_form(path, {"reden": "nu nog", "tot": UNTIL, "regel": "all"})
    assert answer.status_code == 403
    assert "Meld u nog een keer aan" in answer.text
    assert history(review) == before


@pytest.mark.goal("H4", reached="a stop by any officer holds at once, without a fresh sign-in")
def test_a_stop_waits_for_no_sign_in_and_for_no_ledger(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = review.client(Role.OFFICER)
    review.clock.forward(minutes=14)
    assert officer.send_form("/regels/stoppen", {"regel": "LIC-01", "reden": "bron klopt niet"}).status_code == 303
    assert stopped_rules(review.store) == {"LIC-01"}

    def broken(*_: object, **__: object) -> None:
        raise LedgerError("down")

    with monkeypatch.context() as patched:
        patched.setattr(review.ledger, "write", broken)
        answer = officer.send_form("/regels/stoppen", {"regel": "all", "reden": "nu"})
    assert answer.status_code == 303
    assert stopped_rules(review.store) == {"LIC-01", "all"}
    assert "weet er nog niet van" in officer.get("/regels").text
    assert officer.send_form("/regels/hervatten", {"regel": "all", "reden": "x"}).status_code == 403
    lead = review.client(Role.LEAD)
    assert lead.send_form("/regels/hervatten", {"regel": "all", "reden": "hersteld"}).status_code == 303
    assert stopped_rules(review.store) == {"LIC-01"}


def test_a_renewed_dossier_is_not_approved_by_who_read_the_old_one(review: Review, config: Path) -> None:
    anna, bram = review.client(Role.ANALYST, account="anna"), review.client(Role.LEAD, account="bram")
    page = proposed(review, anna)
    seen = rule_governance(review.store).versions[page.rpartition("/")[2]].digest
    other = write_dossier(config.with_name("other.toml"), proxy_test=f"{TEXTS['proxy_test']} In mei overgedaan.")
    prepare_version(config, "LIC-01", dossier=other)
    review.clock.forward(seconds=1)
    assert proposed(review, anna) == page
    answer = bram.send_form(f"{page}/akkoord", {"reden": "gelezen", "tot": UNTIL, "inhoud": seen})
    assert answer.status_code == 303
    assert [action for action, _ in history(review)] == ["proposed", "proposed"]
    assert decide(bram, f"{page}/akkoord", tot=UNTIL).status_code == 303
    assert [action for action, _ in history(review)] == ["proposed", "proposed", "approved"]


def test_what_is_missing_in_a_form_is_said_and_nothing_is_decided(review: Review) -> None:
    anna, bram = review.client(Role.ANALYST, account="anna"), review.client(Role.LEAD, account="bram")
    draft = f"/regels/concept/{draft_path(anna)}"
    for reason in (" ", "Gevraagd door mevrouw Jansen."):
        assert anna.send_form(draft, {"reden": reason}).status_code == 422
    page = proposed(review, anna)
    answer = decide(bram, f"{page}/akkoord", tot="gisteren", reden="")
    assert answer.status_code == 422
    assert "Schrijf een dag vanaf vandaag" in answer.text
    assert "Schrijf de reden op" in answer.text
    past = (review.clock.now - timedelta(days=1)).date().isoformat()
    assert decide(bram, f"{page}/akkoord", tot=past).status_code == 422
    assert anna.send_form("/regels/stoppen", {"regel": "LIC-01", "reden": ""}).status_code == 422
    assert anna.send_form("/regels/stoppen", {"regel": "XXX-01", "reden": "x"}).status_code == 404
    for path in (f"{page}/akkoord", f"{page}/in-gebruik", "/regels/stoppen", "/regels/hervatten"):
        for person in ("Gevraagd door mevrouw Jansen.", "Bel 06-12345678.", "Zie piet@voorbeeld.nl."):
            answer = bram.send_form(path, {"reden": person, "tot": UNTIL, "regel": "LIC-01"})
            assert (answer.status_code, "Haal de naam, het nummer" in answer.text) == (422, True), (path, person)
    assert history(review) == [("proposed", "anna")]


def test_what_hinders_a_version_is_told_before_it_is_tried(review: Review, config: Path) -> None:
    anna, bram = review.client(Role.ANALYST, account="anna"), review.client(Role.LEAD, account="bram")
    prepare_version(config, "LIC-04")
    listed = anna.get("/regels").text
    drafts = [part.partition('"')[0] for part in listed.split('href="/regels/concept/')[1:]]
    (bare,) = [draft for draft in drafts if "LIC-04" in anna.get(f"/regels/concept/{draft}").text]
    assert anna.get(f"/regels/concept/{bare}").text.count("Niet opgeschreven.") == 6
    page = anna.send_form(f"/regels/concept/{bare}", {"reden": "x"}).headers["location"]
    decide(bram, f"{page}/akkoord", tot=UNTIL)
    text = bram.get(page).text
    assert "ontbreekt de grondslag" in text
    assert "Het dossier is niet compleet" in text
    decide(bram, f"{page}/in-gebruik")
    assert [action for action, _ in history(review)] == ["proposed", "approved"]


def test_an_officer_reads_and_decides_nothing(review: Review) -> None:
    officer, anna = review.client(Role.OFFICER), review.client(Role.ANALYST, account="anna")
    draft = draft_path(officer)
    assert 'name="reden"' not in officer.get(f"/regels/concept/{draft}").text
    assert officer.send_form(f"/regels/concept/{draft}", {"reden": "x"}).status_code == 403
    english = anna.get(f"/regels/concept/{draft}?lang=en", follow_redirects=True).text
    assert "Link in substance" in english
    assert officer.get("/regels/versie/0123456789abcdef").status_code == 404


def test_who_approves_is_told_which_texts_nobody_changed(review: Review) -> None:
    lead = review.client(Role.LEAD)
    assert "Ongewijzigd" not in lead.get(f"/regels/concept/{draft_path(lead)}").text
    dossier = {**DOSSIER, "legal_basis": {**DOSSIER["legal_basis"], AS_SHIPPED: True}}
    draft = draft_rule(review.store, "LIC-01", now=review.clock.now, dossier=dossier)
    text = lead.get(f"/regels/concept/{draft.draft_id}").text
    assert text.count("Ongewijzigd: dit is de tekst van het programma.") == 1
    assert "Ongewijzigd van het programma: 1 van de 6 teksten." in text
