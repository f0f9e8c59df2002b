"""The judgement: never before the reading, in own words, one at a time; a deviation takes two who each look."""

from __future__ import annotations

import gc
import html
import re
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import LedgerAction, Purpose, ReviewOutcome, Role
from screening.casework.cases.judging import GROUNDS, REFER_TO
from screening.review.pages import all_routes
from screening.store.schema.cases import case_judgement, review_case, snooze
from screening.store.schema.runs import link_judgement
from tests.review.conftest import Client, Review, copy_workspace, review_on
from tests.review.pages.officers import (
    READING,
    WHY,
    case_with_links,
    cases,
    judge,
    open_all,
    open_dossier,
    read,
    ready,
    version,
    words,
)

OFFICER = Role.OFFICER
OTHER = "Op de brief van de Kamer van Koophandel staat een andere datum; het register loopt achter op dit punt."
#: What belongs to an outcome in the form.
FIELDS: dict[str, dict[str, object]] = {"verklaard": {"grond": "vergund"}, "doorgezet": {"bij_wie": "ander_team"}}


def judged(review: Review, case_id: str | None = None) -> list:
    """The judgements on file, of a case or of all."""
    query = case_judgement.select().order_by(case_judgement.c.id)
    if case_id is not None:
        query = query.where(case_judgement.c.case_id == case_id)
    with review.store.engine.connect() as connection:
        return list(connection.execute(query))


def state(review: Review, case_id: str) -> str:
    with review.store.engine.connect() as connection:
        return connection.scalar(sa.select(review_case.c.state).where(review_case.c.case_id == case_id))


def nothing(client: Client, case_id: str) -> None:
    client.state_purpose(case_id)


def opened(client: Client, case_id: str) -> None:
    open_dossier(client, case_id)


def own_reading(client: Client, case_id: str) -> None:
    read(client, case_id)


def all_but_one(client: Client, case_id: str) -> None:
    page = read(client, case_id)
    actions = re.findall(rf'action="(/zaken/{case_id}/aandachtspunt/\d+)"', page.text)
    for action in actions[1:]:
        client.send_form(action)


@pytest.mark.goal("H2", reached="every way round refused")
@pytest.mark.parametrize("before", [nothing, opened, own_reading, all_but_one])
def test_no_judgement_before_the_reading_whatever_is_sent(review: Review, before) -> None:
    """H2: the form does not exist, and sending it all the same is refused, every time."""
    client, case_id = review.client(OFFICER), cases(review)[0]
    before(client, case_id)
    for outcome in ReviewOutcome:
        for more in ({}, {"bedoeld": "ja", "lezing": "afwijking", "tekst": READING}):
            assert judge(client, case_id, outcome, **FIELDS.get(outcome, {}), **more).status_code == 409
    page = client.get(f"/zaken/{case_id}").text
    assert f"/zaken/{case_id}/oordeel" not in page
    assert 'name="oordeel"' not in page
    assert judged(review) == []


def test_the_form_proposes_nothing(review: Review) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    ready(client, case_id)
    page = client.get(f"/zaken/{case_id}")
    assert page.status_code == 200
    assert " checked" not in page.text
    assert re.search(r'<textarea[^>]*name="motivering"[^>]*></textarea>', page.text)
    assert set(re.findall(r'name="oordeel" value="(\w+)"', page.text)) == set(ReviewOutcome)
    assert set(re.findall(r'name="grond" value="(\w+)"', page.text)) == set(GROUNDS)
    assert set(re.findall(r'name="bij_wie" value="(\w+)"', page.text)) == set(REFER_TO)


@pytest.mark.goal("H1", reached="no bulk")
def test_there_is_no_way_to_judge_two_cases_at_once() -> None:
    posts = [route for route in all_routes() if route.method == "POST" and route.path.endswith("/oordeel")]
    assert [route.path for route in posts] == ["/zaken/{case_id}/oordeel"]


@pytest.mark.parametrize(
    "outcome", [one for one in ReviewOutcome if one not in {"bevestigd_afwijking", "onjuiste_koppeling"}]
)
def test_an_outcome_that_one_can_decide_closes_the_case(review: Review, outcome: str) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    ready(client, case_id)
    answer = judge(client, case_id, outcome, **FIELDS.get(outcome, {}))
    assert answer.status_code == 303
    assert state(review, case_id) == "closed"
    [row] = judged(review, case_id)
    assert (row.outcome, row.motivation, row.judged_by) == (outcome, WHY, client.account)
    done = [one.entry for one in review.ledger.entries() if one.entry.action == LedgerAction.JUDGEMENT]
    assert [(one.case, one.actor, one.result) for one in done] == [(case_id, client.account, "done")]
    page = words(client.get(f"/zaken/{case_id}").text)
    assert WHY in page
    assert "Deze zaak is afgesloten" in page


@pytest.mark.parametrize(
    ("outcome", "fields", "place"),
    [
        ("", {}, "o-bevestigd_afwijking"),
        ("anders", {}, "o-bevestigd_afwijking"),
        ("verklaard", {}, "c-grond-1"),
        ("verklaard", {"grond": "zomaar"}, "c-grond-1"),
        ("verklaard", {"grond": "vergund", "tot": "ooit"}, "f-tot"),
        ("verklaard", {"grond": "vergund", "tot": "01-01-2020"}, "f-tot"),
        ("doorgezet", {}, "c-bij_wie-1"),
        ("doorgezet", {"bij_wie": "de buurman"}, "c-bij_wie-1"),
        ("bevestigd_afwijking", {"motivering": "  "}, "f-motivering"),
        ("bevestigd_afwijking", {"motivering": "ja ja ja ja ja ja ja ja ja"}, "f-motivering"),
    ],
)
def test_what_is_missing_is_told_at_its_field_and_nothing_is_lost(review: Review, outcome, fields, place) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    ready(client, case_id)
    sent = {"why": fields.get("motivering", WHY), **{k: v for k, v in fields.items() if k != "motivering"}}
    answer = judge(client, case_id, outcome, **sent)
    assert answer.status_code == 422
    summary = answer.text.partition("bs-errors")[2].partition("</ul>")[0]
    assert re.findall(r'href="#([\w-]+)"', summary) == [place]
    assert f'id="{place}"' in answer.text
    assert sent["why"].strip() in html.unescape(answer.text)
    if outcome in set(ReviewOutcome):
        assert re.search(rf'value="{outcome}"[^>]*checked', answer.text)
    assert judged(review) == []


def test_the_words_of_the_rule_are_no_motivation(review: Review) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    page = ready(client, case_id)
    seen = html.unescape(re.search(r"<dt[^>]*>Gezien</dt>\s*<dd>(.*?)</dd>", page.text, re.S)[1])
    answer = judge(client, case_id, why=seen)
    assert answer.status_code == 422
    assert "in uw eigen woorden" in words(answer.text)


def test_what_belongs_to_another_outcome_is_left_behind(review: Review) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    ready(client, case_id)
    answer = judge(client, case_id, "data_fout", grond="vergund", bij_wie="politie", tot="31-12-2026", koppeling="L-1")
    assert answer.status_code == 303
    [row] = judged(review)
    assert (row.ground, row.refer_to, row.snooze_until, row.wrong_links) == (None, None, None, [])


def test_an_explanation_keeps_the_address_away_until_the_day_that_was_chosen(review: Review) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    ready(client, case_id)
    assert judge(client, case_id, "verklaard", grond="bedrijfsvoering", tot="31-12-2026").status_code == 303
    with review.store.engine.connect() as connection:
        [row] = connection.execute(snooze.select()).all()
    assert (row.case_id, row.until.isoformat()) == (case_id, "2026-12-31")


@pytest.mark.goal("H2", reached="asked about at 90 %")
def test_a_text_much_like_an_earlier_one_is_asked_about(review: Review) -> None:
    client = review.client(OFFICER)
    one, two, three = cases(review)[:3]
    for case_id in (one, two, three):
        ready(client, case_id)
    assert judge(client, one).status_code == 303
    alike = WHY.replace("pand", "pandje")
    warned = judge(client, two, why=alike)
    assert warned.status_code == 422
    assert "lijkt sterk op een andere van u" in words(warned.text)
    assert alike in html.unescape(warned.text)
    assert not re.search(r'id="f-bedoeld"[^>]*checked', warned.text)
    assert len(judged(review)) == 1
    assert judge(client, two, why=alike, bedoeld="nee").status_code == 422
    before = despite(review, two)
    assert judge(client, two, why=alike, bedoeld="ja").status_code == 303
    assert despite(review, two) == [*before, client.account]
    # words of one's own are not asked about, and a colleague's likeness is none of theirs
    assert judge(client, three, why=OTHER).status_code == 303


@pytest.mark.goal("H2", reached="gibberish, repetition and copies warn; what was sent in spite of it is an entry")
@pytest.mark.parametrize(
    ("why", "reason"),
    [
        ("asdf qwer zxcv hjkl poiu lkjh mnbv", "De letters vormen geen woorden"),
        ("alles bekeken akkoord bevonden " * 6, "De tekst herhaalt zichzelf"),
    ],
)
def test_a_motivation_of_no_words_is_asked_about_once_and_is_in_the_ledger_when_it_is_sent(
    review: Review, why: str, reason: str
) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    ready(client, case_id)
    before = despite(review, case_id)
    warned = judge(client, case_id, why=why)
    assert (warned.status_code, reason in words(warned.text)) == (422, True)
    assert despite(review, case_id) == before
    assert judge(client, case_id, why=why, bedoeld="ja").status_code == 303
    assert despite(review, case_id) == [*before, client.account]


def test_an_own_reading_of_no_words_is_asked_about_once(review: Review) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    open_dossier(client, case_id)
    form = {"versie": version(review, case_id), "lezing": "afwijking", "tekst": "asdf qwer zxcv hjkl"}
    warned = client.send_form(f"/zaken/{case_id}/lezing", form)
    assert (warned.status_code, "De letters vormen geen woorden" in words(warned.text)) == (422, True)
    assert "asdf qwer zxcv hjkl" in warned.text
    assert despite(review, case_id) == []
    assert client.send_form(f"/zaken/{case_id}/lezing", form | {"bedoeld": "ja"}).status_code == 303
    assert despite(review, case_id) == [client.account]


def despite(review: Review, case_id: str) -> list[str]:
    """Who sent a text about this case in spite of a warning, as the ledger has it."""
    entries = review.ledger.entries(action=LedgerAction.DESPITE_WARNING, case=case_id)
    return [line.entry.actor for line in entries]


def test_a_confirmed_deviation_waits_for_a_colleague_who_does_not_see_the_first_words(review: Review) -> None:
    first, second, case_id = review.client(OFFICER), review.client(OFFICER), cases(review)[0]
    ready(first, case_id)
    answer = judge(first, case_id)
    assert "Een tweede collega kijkt nu" in words(first.get(answer.headers["location"]).text)
    assert state(review, case_id) == "first_judged"
    # the first cannot be the second
    assert 'name="oordeel"' not in first.get(f"/zaken/{case_id}").text
    again = judge(first, case_id, why=OTHER)
    assert again.status_code == 409
    assert "U hebt geoordeeld." in words(again.text)  # and not: a colleague was first
    for page in (open_dossier(second, case_id), ready(second, case_id), second.get(f"/zaken/{case_id}")):
        assert page.status_code == 200
        assert WHY not in html.unescape(page.text)
    shown = words(second.get(f"/zaken/{case_id}").text)
    assert READING in shown  # one's own
    assert "tweede" not in shown.replace("Een tweede collega moet dit ook vinden.", "")
    assert first.account not in shown
    assert judge(second, case_id, why=OTHER).status_code == 303
    assert state(review, case_id) == "closed"
    for client in (first, second):
        page = words(client.get(f"/zaken/{case_id}").text)
        assert WHY in page
        assert OTHER in page


def test_two_who_differ_see_both_and_a_third_sees_none(review: Review) -> None:
    first, second, third = (review.client(OFFICER) for _ in range(3))
    case_id = cases(review)[0]
    ready(first, case_id)
    judge(first, case_id)
    ready(second, case_id)
    answer = judge(second, case_id, "data_fout", why=OTHER)
    assert state(review, case_id) == "differs"
    second.follow_redirects = True
    assert "Het verschilt van dat van uw collega" in words(second.get(answer.headers["location"]).text)
    for client in (first, second):
        page = words(open_dossier(client, case_id).text)
        assert "De twee oordelen verschillen" in page
        assert WHY in page
        assert OTHER in page
    for page in (open_dossier(third, case_id), ready(third, case_id)):
        assert WHY not in html.unescape(page.text)
        assert OTHER not in html.unescape(page.text)
    assert "verschillen" not in words(third.get(f"/zaken/{case_id}").text)


@dataclass(frozen=True)
class Ready:
    """Two officers who may both judge a case, since they differ about it: their sessions, the case and its version."""

    sessions: list[str]
    case_id: str
    version: int

    @classmethod
    def on(cls, review: Review) -> Ready:
        """The first case of a review, judged by both, each in another way."""
        sessions = [review.sign_in(OFFICER), review.sign_in(OFFICER)]
        case_id = cases(review)[0]
        why = "De brief van de ondernemer noemt een datum die in het register verkeerd is overgenomen."
        for session_id, outcome in zip(sessions, ("bevestigd_afwijking", "data_fout"), strict=True):
            client = Client(review, session_id)
            ready(client, case_id)
            assert judge(client, case_id, outcome, WHY if outcome == "bevestigd_afwijking" else why).status_code == 303
        assert state(review, case_id) == "differs"
        return cls(sessions, case_id, version(review, case_id))

    def at_once(self, apart: Review) -> None:
        """Both send their judgement in one moment, on a copy of that review: one success and one clear conflict."""
        clients = [Client(apart, session_id) for session_id in self.sessions]
        together, before = Barrier(len(clients)), len(apart.ledger.entries())

        def send(client: Client):
            together.wait()
            why = f"{OTHER} Zo zie ik het, {client.account}."
            sent = {"versie": self.version, "oordeel": "data_fout", "motivering": why}
            return client.send_form(f"/zaken/{self.case_id}/oordeel", sent)

        with ThreadPoolExecutor(len(clients)) as pool:
            answers = list(pool.map(send, clients))
        assert sorted(answer.status_code for answer in answers) == [303, 409]
        won, lost = sorted(zip(answers, clients, strict=True), key=lambda one: one[0].status_code)
        page = words(lost[0].text)
        assert "Een collega was u voor" in page
        assert f"Zo zie ik het, {lost[1].account}." in page  # one's own text is not lost
        assert [row.judged_by for row in judged(apart)][2:] == [won[1].account]
        noted = [one.entry for one in apart.ledger.entries()[before:]]
        done = [entry for entry in noted if entry.action == LedgerAction.JUDGEMENT]
        assert [one.actor for one in done if one.result == "done"].count(won[1].account) == 1


def at_once(both: Ready, copies: Iterable[AbstractContextManager[Review]]) -> None:
    """The same on each of these copies of the review in which both read the case."""
    gc.freeze()  # what is there already is not looked through after each pair
    for copy in copies:
        with copy as apart:
            both.at_once(apart)
        # the engine of this pair goes now and here: listeners of SQLAlchemy cannot be collected by two threads at once
        gc.collect()
    gc.unfreeze()


@contextmanager
def copied(review: Review, folder: Path) -> Iterator[Review]:
    """A review on a copy of the workspace of another."""
    with review_on(copy_workspace(review.workspace.path, folder)) as apart:
        yield apart
    shutil.rmtree(folder)


def test_two_at_once_give_one_success_and_one_clear_conflict(review: Review, tmp_path: Path) -> None:
    at_once(Ready.on(review), (copied(review, tmp_path / str(number)) for number in range(5)))


@pytest.mark.goal("R9", reached="1,000 pairs over HTTP on SQLite")
@pytest.mark.long
@pytest.mark.parametrize("part", range(20))
def test_two_at_once_a_thousand_times(review: Review, tmp_path: Path, part: int) -> None:
    """R9: 1 success, 1 conflict, 0 overwritten, each time. In parts: as one test it took longer than a test may."""
    at_once(Ready.on(review), (copied(review, tmp_path / str(number)) for number in range(50)))


def test_an_old_version_is_a_conflict_and_overwrites_nothing(review: Review) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    ready(client, case_id)
    for versie in ("", "0", "-1", "1e9", "x" * 50):
        answer = client.send_form(
            f"/zaken/{case_id}/oordeel", {"versie": versie, "oordeel": "data_fout", "motivering": OTHER}
        )
        assert answer.status_code == 409
    assert judged(review) == []


def test_a_wrong_link_is_chosen_from_the_dossier_and_parted_for_good(review: Review) -> None:
    client, case_id = review.client(OFFICER, Role.SENSITIVE_REVIEWER), case_with_links(review)
    ready(client, case_id)
    page = client.get(f"/zaken/{case_id}")
    links = re.findall(r'name="koppeling" value="([^"]+)"', page.text)
    assert links
    assert judge(client, case_id, "onjuiste_koppeling").status_code == 422
    assert judge(client, case_id, "onjuiste_koppeling", koppeling="L-00000000000000000000").status_code == 422
    assert judge(client, case_id, "onjuiste_koppeling", koppeling=links[0]).status_code == 303
    [row] = judged(review, case_id)
    assert row.wrong_links == [links[0]]
    with review.store.engine.connect() as connection:
        [parted] = connection.execute(link_judgement.select()).all()
    assert (parted.judgement, parted.judged_by) == ("negative", client.account)


def test_a_dossier_without_links_says_that_the_choice_does_not_fit(review: Review) -> None:
    client = review.client(OFFICER)
    for case_id in cases(review):
        ready(client, case_id)
        page = client.get(f"/zaken/{case_id}")
        if 'name="koppeling"' not in page.text:
            break
    else:
        pytest.fail("every case of the town has a link: another one is needed to show this")
    answer = judge(client, case_id, "onjuiste_koppeling")
    assert answer.status_code == 422
    assert "rust niets op een koppeling" in words(answer.text)


def test_care_hears_that_contact_is_wanted_and_nothing_else(review: Review) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    ready(client, case_id)
    page = words(client.get(f"/zaken/{case_id}").text)
    assert "Er gaan geen gegevens mee: geen adres en geen namen." in page
    unsaid = judge(client, case_id, "doorgezet", bij_wie="zorgcoordinatie")
    assert unsaid.status_code == 422
    assert "Schrijf een telefoonnummer van tien cijfers." in words(unsaid.text)
    given = judge(client, case_id, "doorgezet", bij_wie="zorgcoordinatie", telefoon="06 1234 5678")
    assert given.status_code == 303
    assert "0612345678" in review.client(Role.CARE_COORDINATOR).get("/contactwensen").text
    contact = review.client(Role.CONTACT_PERSON)
    contact.state_purpose(None, Purpose.OO)
    for path in ("/meldingen/postbak", "/contactwensen"):
        page = contact.get(path)
        assert page.status_code == 200
        assert "0612345678" not in page.text, "unless nobody takes the wish on in time"


def test_a_motivation_is_text_on_every_page(review: Review) -> None:
    first, second, case_id = review.client(OFFICER), review.client(OFFICER), cases(review)[0]
    bad = "Kijk: <img src=x onerror=alert(1)> & </textarea><script>alert(2)</script> staat hier nu echt."
    ready(first, case_id)
    warned = judge(first, case_id, "", why=bad)
    assert "<script>alert(2)" not in warned.text
    judge(first, case_id, why=bad)
    ready(second, case_id)
    judge(second, case_id, why=OTHER)
    for client in (first, second):
        page = client.get(f"/zaken/{case_id}").text
        assert "<img" not in page
        assert bad in html.unescape(page)


def test_the_second_reading_is_once_more_blind(review: Review) -> None:
    """The second officer opens the dossier as if nobody had: no rule, no first reading, no outcome."""
    first, second, case_id = review.client(OFFICER), review.client(OFFICER), cases(review)[0]
    ready(first, case_id)
    judge(first, case_id)
    page = words(open_dossier(second, case_id).text)
    for told in ("Waarom dit adres in de lijst staat Geen", "Ja, dit is een afwijking", READING, first.account):
        assert told not in page
    assert "Uw eigen lezing" in page
    open_all(second, case_id)
    assert judge(second, case_id, why=OTHER).status_code == 409


def test_a_closed_case_tells_a_colleague_its_outcome_and_asks_nothing(review: Review) -> None:
    first, other, case_id = review.client(OFFICER), review.client(OFFICER), cases(review)[0]
    ready(first, case_id)
    assert judge(first, case_id, "data_fout").status_code == 303
    page = open_dossier(other, case_id)
    text = words(page.text)
    assert page.status_code == 200
    assert "Deze zaak is afgesloten Uitkomst: " in text
    assert "/lezing" not in page.text
    assert WHY not in text
    assert "Waarom dit adres in de lijst staat" not in text
    late = other.send_form(
        f"/zaken/{case_id}/lezing", {"versie": version(review, case_id), "lezing": "afwijking", "tekst": READING}
    )
    assert late.status_code == 409
    assert "Deze zaak is afgesloten" in words(late.text)
