"""The queue: the same neutral order for everybody, one case at a time, nothing that suggests suspicion."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import LedgerAction, Purpose, Role
from screening.casework.cases.tasks import tasks_of_case
from screening.review.pages import all_routes
from screening.store.schema.cases import review_case
from tests.casework.caseload import cases as undecided
from tests.review.conftest import Review
from tests.review.pages.officers import cases, judge, open_dossier, ready, version, with_every_case, words

OFFICER = Role.OFFICER
ROW = re.compile(r'href="/zaken/([0-9a-f]{16})"')


def age(review: Review, case_id: str, days: int) -> None:
    """Make a case older."""
    with review.store.engine.begin() as connection:
        opened = connection.scalar(sa.select(review_case.c.opened_on).where(review_case.c.case_id == case_id))
        connection.execute(
            review_case.update()
            .where(review_case.c.case_id == case_id)
            .values(opened_on=opened.replace(year=opened.year - 1) if days > 300 else opened.replace(day=1))
        )


def test_the_list_holds_what_is_mine_and_the_oldest_case_is_on_top(review: Review) -> None:
    oldest = cases(review, arm="sample")[-1]
    age(review, oldest, 400)
    first = with_every_case(review, OFFICER).get("/zaken").text
    assert ROW.findall(first)[0] == oldest
    assert "Er staat nu geen zaak op uw naam." in words(review.client(OFFICER).get("/zaken").text)
    assert ROW.findall(review.client(OFFICER).get("/zaken").text) == []
    with review.store.engine.connect() as connection:
        expected = connection.scalars(
            sa.select(review_case.c.case_id)
            .where(review_case.c.sensitive.is_(False))
            .order_by(review_case.c.opened_on, review_case.c.case_id)
        ).all()
    assert ROW.findall(first) == list(expected)[:25]


def test_the_queue_says_nothing_of_rules_and_nothing_of_the_draw(review: Review) -> None:
    page = words(with_every_case(review, Role.SENSITIVE_REVIEWER, OFFICER).get("/zaken").text)
    for word in ("score", "risico", "verdacht", "indicator", "LIC-", "ORG-", "SEX-", "klasse", "seksinrichting"):
        assert word.casefold() not in page.casefold()
    # each row of a case of that day reads alike, address and case aside
    rows = re.findall(r"te toetsen (\d.*?) Geef terug", page)
    assert len(set(rows)) == 1


def test_a_late_case_does_not_say_when_it_lapses_which_a_first_judgement_moves(review: Review) -> None:
    yesterday = review.clock.now.date() - timedelta(days=1)
    with review.store.engine.begin() as connection:
        connection.execute(review_case.update().values(due_on=yesterday))
    page = words(with_every_case(review, OFFICER).get("/zaken").text)
    assert "(te laat)" in page
    assert "vervalt" not in page


def test_the_next_case_is_mine_locked_and_has_my_purpose(review: Review) -> None:
    client, other = (review.client(OFFICER, purpose=Purpose.WON) for _ in range(2))
    given = client.send_form("/zaken/volgende")
    case_id = given.headers["location"].removeprefix("/zaken/")
    assert given.status_code == 303
    shown = client.get(f"/zaken/{case_id}")
    assert shown.status_code == 200
    assert "Toezicht op wonen" in words(shown.text)
    assert other.send_form("/zaken/volgende").headers["location"] != f"/zaken/{case_id}"
    assert open_dossier(other, case_id).status_code == 409
    assert case_id not in other.get("/zaken").text
    every = [one.entry for one in review.ledger.entries()]
    [entry] = [one for one in every if one.action == LedgerAction.ASSIGN and one.actor == client.account]
    assert (entry.case, entry.purpose) == (case_id, "P-WON")


def test_the_next_case_needs_a_purpose(review: Review) -> None:
    client = review.client(OFFICER, purpose=None)
    assert client.send_form("/zaken/volgende").status_code == 403
    assert 'action="/zaken/volgende"' not in client.get("/").text
    with review.store.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).where(review_case.c.assignee == client.account)) == 0


def test_the_purpose_is_asked_once_and_again_for_a_case_of_another_law(review: Review) -> None:
    client, every = review.client(OFFICER, purpose=Purpose.WON), cases(review)
    by_id = {case.case_id: case for case in undecided(review.store, now=review.clock.now).values()}
    tasks = {case_id: tasks_of_case(review.store, by_id[case_id]) for case_id in every}
    covered = [case_id for case_id in every if Purpose.WON in tasks[case_id]]
    other = [case_id for case_id in every if Purpose.WON not in tasks[case_id]]
    assert covered
    assert other
    assert client.get(f"/zaken/{covered[0]}").status_code == 200
    asked = client.get(f"/zaken/{other[0]}")
    assert asked.status_code == 403
    offered = set(re.findall(r'name="doel" value="([^"]+)"', asked.text))
    assert offered == {str(task) for task in tasks[other[0]]}
    refused = client.send_form("/doel", {"doel": "P-WON", "zaak": other[0], "naar": f"/zaken/{other[0]}"})
    assert refused.status_code == 422
    stated = client.send_form("/doel", {"doel": offered.pop(), "zaak": other[0], "naar": f"/zaken/{other[0]}"})
    assert stated.status_code == 303
    assert client.get(f"/zaken/{other[0]}").status_code == 200
    hidden = cases(review, sensitive=True)[0]
    shown, none = (client.get(f"/zaken/{case_id}") for case_id in (hidden, "0" * 16))
    assert shown.text.replace(hidden, "") == none.text.replace("0" * 16, "")


def test_when_nothing_is_left_the_page_says_so(review: Review) -> None:
    with review.store.engine.begin() as connection:
        connection.execute(review_case.update().values(assignee="iemand.anders"))
    client = review.client(OFFICER)
    client.follow_redirects = True
    assert "Er is nu geen zaak voor u" in words(client.send_form("/zaken/volgende").text)


def test_a_case_that_i_open_is_mine_until_i_give_it_back_whatever_its_state(review: Review) -> None:
    """Neither the list, nor its count, nor what is said after giving back tells that a case was judged before."""
    first, client = review.client(OFFICER), review.client(OFFICER)
    confirmed, unread = cases(review)[:2]
    count = re.search(r"Zaken die wachten[^.]*\.", words(client.get("/zaken").text))[0]
    ready(first, confirmed)
    judge(first, confirmed)
    said = set()
    for case_id in (confirmed, unread):
        open_dossier(client, case_id)
        page = client.get("/zaken").text
        assert ROW.findall(page) == [case_id]
        assert count in words(page)
        back = client.send_form(
            f"/zaken/{case_id}/teruggeven", {"versie": version(review, case_id), "staat": "open", "gebied": "9611"}
        )
        assert back.headers["location"] == "/zaken?staat=open&gebied=9611", "the list as it was chosen"
        page = client.get("/zaken").text
        assert ROW.findall(page) == []
        said.add(words(page))
        assert client.get(f"/zaken/{case_id}").status_code == 409
    assert len(said) == 1


@pytest.mark.parametrize("versie", ["", "0", "99", "een", "1" * 40])
def test_an_old_version_changes_nothing(review: Review, versie: str) -> None:
    client = review.client(OFFICER)
    case_id = cases(review)[0]
    client.follow_redirects = True
    open_dossier(client, case_id)
    told = client.send_form(f"/zaken/{case_id}/teruggeven", {"versie": versie})
    assert "Een collega was u voor" in words(told.text)
    assert ROW.findall(client.get("/zaken").text) == [case_id]


def test_who_has_judged_has_nothing_to_give_back(review: Review) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    ready(client, case_id)
    judge(client, case_id)
    client.follow_redirects = True
    told = client.send_form(f"/zaken/{case_id}/teruggeven", {"versie": version(review, case_id)})
    assert "Dat kan nu niet" in words(told.text)


def test_no_route_makes_somebody_a_second_reader_by_choice(review: Review) -> None:
    """A case that a colleague has and one that a colleague confirmed have the same answer, on each route of a case."""
    first, other = review.client(OFFICER), review.client(OFFICER)
    confirmed, taken = cases(review)[:2]
    ready(first, confirmed)
    judge(first, confirmed)
    open_dossier(first, taken)
    for case_id in (confirmed, taken):
        other.state_purpose(case_id, Purpose.VERG)
        assert case_id not in other.get("/zaken").text
        assert case_id not in other.get("/zaken?staat=first_judged").text
    assert confirmed in first.get("/zaken?staat=first_judged").text
    for route in all_routes():
        if "{case_id}" in route.path and route.allows({OFFICER}):
            answers = []
            for case_id in (confirmed, taken):
                path = re.sub(r"{(\w+)[^}]*}", lambda match: {"case_id": case_id}.get(match[1], "0"), route.path)  # noqa: B023
                answer = other.get(path) if route.method == "GET" else other.send_form(path, {"versie": "1"})
                answers.append((answer.status_code, answer.text.replace(case_id, "")))
                is_decided = route.path.startswith("/riec/")
                assert answer.status_code in ({404, 409, 422} if is_decided else {409}), route.path
                if answer.status_code == 409:
                    assert "Deze zaak is nu niet voor u" in words(answer.text), route.path
            assert answers[0] == answers[1], route.path
    given = other.send_form("/zaken/volgende").headers["location"]
    assert given not in {f"/zaken/{taken}"}
    refused = [row.entry for row in review.ledger.entries(actor=other.account) if row.entry.result == "refused"]
    assert {entry.case for entry in refused} >= {confirmed, taken}


def test_a_sensitive_case_and_none_are_one_and_the_same_answer(review: Review) -> None:
    hidden = cases(review, sensitive=True)[0]
    client = review.client(OFFICER)
    assert hidden not in client.get("/zaken?staat=open").text
    client.state_purpose(hidden)
    client.state_purpose("0" * 16)
    seen, none = (client.get(f"/zaken/{one}") for one in (hidden, "0" * 16))
    assert seen.status_code == none.status_code == 404
    assert seen.text.replace(hidden, "") == none.text.replace("0" * 16, "")
    for way in ("/teruggeven", "/lezing", "/aandachtspunt/0", "/oordeel"):
        for one in (hidden, "0" * 16):
            assert client.send_form(f"/zaken/{one}{way}", {"versie": "1"}).status_code == 404


@pytest.mark.parametrize("role", [Role.ANALYST, Role.LEAD, Role.AUDITOR, Role.ADMIN, Role.CONTACT_PERSON])
def test_other_roles_have_no_queue_and_no_dossier(review: Review, role: Role) -> None:
    client, case_id = review.client(role), cases(review)[0]
    for path in ("/zaken", f"/zaken/{case_id}"):
        assert client.get(path).status_code == 403


def test_filters_choose_and_say_what_they_cannot_read(review: Review) -> None:
    client = with_every_case(review, OFFICER)
    every = ROW.findall(client.get("/zaken").text)
    assert ROW.findall(client.get("/zaken?voor=2020-01-01").text) == []
    assert ROW.findall(client.get("/zaken?voor=31-12-2099").text) == every
    with review.store.engine.connect() as connection:
        area = connection.scalar(sa.select(review_case.c.postcode4).where(review_case.c.case_id == every[0]))
    chosen = ROW.findall(client.get(f"/zaken?gebied={area}").text)
    assert every[0] in chosen
    assert ROW.findall(client.get("/zaken?gebied=1011").text) == []
    wrong = client.get("/zaken?voor=gisteren&gebied=12")
    assert wrong.status_code == 422
    assert {'href="#f-voor"', 'href="#f-gebied"'} <= set(re.findall(r'href="#f-\w+"', wrong.text))
    # a barrier or an indicator cannot be asked for: it would tell what was flagged
    assert client.get("/zaken?barriere=WERKPLEK").text.count("<tr") == client.get("/zaken").text.count("<tr")


def test_choices_are_kept_under_a_name_for_oneself(review: Review) -> None:
    client, other = review.client(OFFICER), review.client(OFFICER)
    client.follow_redirects = True
    client.send_form("/zaken/keuzes", {"naam": "Mijn <b>zaken</b>", "staat": "open", "voor": "", "gebied": "9611"})
    page = client.get("/zaken").text
    assert 'href="/zaken?staat=open&amp;gebied=9611"' in page
    assert "Mijn &lt;b&gt;zaken&lt;/b&gt;" in page
    assert "Mijn &lt;b&gt;" not in other.get("/zaken").text
    number = re.search(r"/zaken/keuzes/(\d+)/weg", page)[1]
    other.send_form(f"/zaken/keuzes/{number}/weg")
    assert "Mijn &lt;b&gt;" in client.get("/zaken").text
    client.send_form(f"/zaken/keuzes/{number}/weg")
    assert "Mijn &lt;b&gt;" not in client.get("/zaken").text
    assert "niet bewaard" in words(client.send_form("/zaken/keuzes", {"naam": "  "}).text)


def test_the_page_says_how_much_can_be_read_with_care(review: Review) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    assert "Vandaag hebt u 0 van 8 zaken getoetst." in words(client.get("/zaken").text)
    ready(client, case_id)
    judge(client, case_id)
    assert "Vandaag hebt u 1 van 8 zaken getoetst." in words(client.get("/zaken").text)


def test_reading_the_queue_is_in_the_ledger_with_its_purpose(review: Review) -> None:
    client = review.client(OFFICER, purpose=Purpose.OO)
    client.get("/zaken")
    last = list(review.ledger.entries())[-1].entry
    assert (last.action, last.actor, last.purpose) == (LedgerAction.READ_QUEUE, client.account, "P-OO")


def test_the_queue_is_there_in_english_too(review: Review) -> None:
    assert "The oldest case is on top" in words(review.client(OFFICER).get("/zaken?lang=en").text)
