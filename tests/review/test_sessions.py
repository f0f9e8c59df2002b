"""A session ends by time, by hand, with its account; forms need its token; what is shown is in the ledger first."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.responses import Response

from screening.base.vocabulary import LedgerAction, Purpose, Role
from screening.casework.tips.person_route import person_route_counts
from screening.review import cookies as jar
from screening.review import make_app
from screening.review.csrf import token
from screening.review.demo_access import DEMO_ACCOUNTS, DemoDoor
from screening.review.page import Page
from screening.review.pages import all_routes
from screening.review.pages_registry import SIGNED_IN, Pages
from screening.store.access import sessions
from screening.store.access.accounts import accounts
from screening.store.schema.accounts import review_session
from screening.store.sqlite_driver import Connection
from tests.review.conftest import Client, Clock, Review, copy_workspace, review_on
from tests.review.test_matrix import address

UNSAFE = [one for one in all_routes() if one.method == "POST"]


def name(route) -> str:
    return f"{route.method} {route.path}"


# time


@pytest.mark.goal("S9", reached="idle 15 minutes")
def test_a_session_without_use_is_over_after_fifteen_minutes(bare_review: Review) -> None:
    client = bare_review.client()
    bare_review.clock.forward(minutes=14, seconds=59)
    assert client.get("/").status_code == 200
    bare_review.clock.forward(minutes=15)
    assert client.get("/").status_code == 303


@pytest.mark.goal("S9", reached="8 hours at most")
def test_use_keeps_a_session_for_eight_hours_and_not_longer(bare_review: Review) -> None:
    client = bare_review.client()
    for _ in range(47):
        bare_review.clock.forward(minutes=10)
        assert client.get("/").status_code == 200
    bare_review.clock.forward(minutes=9, seconds=59)
    assert client.get("/").status_code == 200
    bare_review.clock.forward(seconds=1)
    assert client.get("/").status_code == 303


def test_a_run_that_publishes_does_not_hold_up_a_person_who_reads(bare_review: Review) -> None:
    client = bare_review.client()
    bare_review.clock.forward(minutes=5)  # the use of the session is to be noted, and cannot be
    with Connection(bare_review.workspace.database) as writer:
        writer.execute("BEGIN IMMEDIATE")
        answers: list[int] = []
        thread = threading.Thread(target=lambda: answers.append(client.get("/").status_code))
        thread.start()
        thread.join(20)  # a store that waits for the lock does so for 30 seconds
        is_done = not thread.is_alive()
        writer.execute("ROLLBACK")
        thread.join()
    assert is_done
    assert answers == [200]


# by hand and with the account


def test_a_session_that_was_signed_out_is_over_for_whoever_kept_its_cookie(bare_review: Review) -> None:
    session_id = bare_review.sign_in(Role.OFFICER)
    client, thief = Client(bare_review, session_id), Client(bare_review, session_id)
    out = client.send_form("/afmelden")
    assert out.headers["location"] == "/afgemeld"  # this provider does not answer: out here all the same
    assert out.headers["clear-site-data"] == '"cache", "storage"'
    assert thief.get("/").status_code == 303


def test_an_act_with_the_form_of_a_visitor_says_that_they_are_not_signed_in(bare_review: Review) -> None:
    stranger = bare_review.stranger()
    stranger.get("/aanmelden")
    visitor = stranger.cookies[bare_review.app.state.application.cookies.name(jar.VISITOR)]
    refused = stranger.post("/doel", data={"csrf_token": token(visitor), "doel": "P-WON"})
    assert (refused.status_code, "U bent niet meer aangemeld" in refused.text) == (403, True)


def test_what_is_no_number_of_a_case_is_asked_of_no_store_and_noted_nowhere(bare_review: Review) -> None:
    client = bare_review.client(Role.OFFICER)
    before = bare_review.ledger.head().seq
    for path in ("/zaken/kanarie", "/zaken/0123456789ABCDEF", "/zaken/0123456789abcdef0"):
        assert client.get(path).status_code == 404
    assert bare_review.ledger.head().seq == before
    client.state_purpose("0123456789abcdef")
    assert client.get("/zaken/0123456789abcdef").status_code == 404
    assert bare_review.ledger.head().seq == before + 1, "that it was tried is noted of what can be a case"


def test_an_administrator_switches_an_account_off_and_the_person_is_out(bare_review: Review) -> None:
    admin, officer = bare_review.client(Role.ADMIN), bare_review.client(Role.OFFICER, account="o.ficer")
    assert officer.get("/").status_code == 200
    assert "o.ficer" in admin.get("/accounts").text
    done = admin.send_form("/accounts/o.ficer/uit")
    assert done.headers["location"] == "/accounts"
    assert officer.get("/").status_code == 303
    assert "Het account staat uit" in admin.get("/accounts").text
    assert "Het account staat uit. De persoon" not in admin.get("/accounts").text  # said once
    admin.send_form("/accounts/o.ficer/aan")
    assert officer.get("/").status_code == 303  # the old session does not come back to life
    (person,) = (one for one in accounts(bare_review.store) if one.account == "o.ficer")
    assert person.disabled_at is None
    changes = bare_review.ledger.entries(action=LedgerAction.ACCOUNT_CHANGE, actor=admin.account)
    done = [one.entry for one in changes if one.entry.object == "account:o.ficer"]
    # each time the account as it was holds no longer, and the one that takes its place does
    assert [one.result for one in done] == ["ended", "done"] * 2
    assert done[0].content == done[3].content != done[1].content


@pytest.mark.parametrize("act", ["uit", "aan"])
def test_an_account_is_switched_by_who_signed_in_just_now(bare_review: Review, act: str) -> None:
    admin, _ = bare_review.client(Role.ADMIN), bare_review.client(Role.OFFICER, account="o.ficer")
    assert "/accounts/o.ficer/uit" in admin.get("/accounts").text
    bare_review.clock.forward(minutes=6)
    assert "/accounts/o.ficer/" not in admin.get("/accounts").text
    assert admin.send_form(f"/accounts/o.ficer/{act}").status_code == 403
    admin.sign_in_anew()
    assert admin.send_form(f"/accounts/o.ficer/{act}").status_code == 303


def test_nobody_switches_off_their_own_account(bare_review: Review) -> None:
    admin = bare_review.client(Role.ADMIN)
    refused = admin.send_form(f"/accounts/{admin.account}/uit")
    assert refused.status_code == 409
    assert admin.get("/").status_code == 200
    results = [one.entry.result for one in bare_review.ledger.entries(action=LedgerAction.ACCOUNT_CHANGE)]
    assert results == ["done", "refused"]


def test_the_store_keeps_no_session_id(bare_review: Review) -> None:
    session_id = bare_review.sign_in(Role.OFFICER)
    for file in bare_review.workspace.path.rglob("*"):
        if file.is_file():
            assert session_id.encode() not in file.read_bytes(), file.name


# forms


@pytest.fixture(scope="module")
def all_unsafe():
    assert len(UNSAFE) >= 6
    return UNSAFE


@pytest.mark.goal("S9", reached="every unsafe route refuses")
@pytest.mark.parametrize(
    ("why", "headers", "has_token", "status"),
    [
        ("no token", {}, False, 403),
        ("a foreign origin", {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, True, 403),
        ("a foreign origin that hides its site", {"Origin": "https://evil.example"}, True, 403),
        ("a site of the same registrar", {"Origin": "null", "Sec-Fetch-Site": "same-site"}, True, 403),
        ("an address typed by hand", {"Origin": "null", "Sec-Fetch-Site": "none"}, True, 403),
        ("no word of where it is from", {"Origin": "", "Sec-Fetch-Site": ""}, True, 403),
        ("text/plain", {"Content-Type": "text/plain"}, True, 415),
        ("multipart", {"Content-Type": "multipart/form-data; boundary=x"}, True, 415),
        ("JSON", {"Content-Type": "application/json"}, True, 415),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_change_refuses_what_does_not_come_from_its_own_form(
    bare_review: Review, all_unsafe, why: str, headers: dict[str, str], has_token: bool, status: int
) -> None:
    session_id = bare_review.sign_in(*Role)
    before = len(bare_review.ledger.entries())
    for route in all_unsafe:
        client = Client(bare_review, session_id)
        sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        for header, value in sent.items():
            if value:
                client.headers[header] = value
            else:
                del client.headers[header]
        body = f"csrf_token={token(session_id)}&teken=papers_held" if has_token else "teken=papers_held"
        answer = client.post(address(route, "0123456789abcdef"), content=body)
        may_hold_file = route.takes_file or bool(route.most_document_bytes)
        expected = 400 if why == "multipart" and may_hold_file else status  # it is read, and it is none
        if route.instead and status == 403:  # refused, and sent on to a page for anybody
            assert answer.headers["location"] == route.instead
            expected = 303
        assert answer.status_code == expected, f"{name(route)}: {why}"
    assert len(bare_review.ledger.entries()) == before
    assert person_route_counts(bare_review.store) == {}
    assert sessions.find_session(
        bare_review.store, session_id, now=bare_review.clock.now, idle=bare_review.settings.session.idle
    )


def test_the_token_of_another_session_is_no_token(bare_review: Review) -> None:
    one, other = bare_review.client(Role.OFFICER), bare_review.client(Role.OFFICER)
    answer = one.post("/doel", data={"csrf_token": token(other.session_id), "doel": "P-OO"})
    assert answer.status_code == 403


def test_a_browser_that_hides_the_origin_of_our_own_form_is_believed_by_its_site(bare_review: Review) -> None:
    client = bare_review.client(Role.OFFICER)
    client.headers["Origin"] = "null"  # what browsers write under no-referrer
    assert client.send_form("/doel", {"doel": "P-OO", "naar": "/"}).status_code == 303


def test_nobody_is_sent_to_another_site(bare_review: Review) -> None:
    client = bare_review.client(Role.OFFICER)
    for target in ("https://evil.example", "//evil.example", "/\\evil.example", "\\/evil.example", "/a\nb", "evil"):
        sent = client.send_form("/doel", {"doel": "P-OO", "naar": target})
        assert sent.headers["location"] == "/", target
        assert client.get("/aanmelden", params={"naar": target}).headers["location"] == "/"


# the ledger before the answer


SECRET = "Geheime Straat 12"


@pytest.fixture
def reading(bare_review: Review) -> Review:
    """An application with one page that shows an address, and one that breaks."""
    pages = Pages()

    @pages.page("GET", "/adres", may=SIGNED_IN, reads="queue")
    def shown(page: Page) -> Response:
        return Response(SECRET)

    @pages.page("GET", "/kapot", may=SIGNED_IN)
    def broken(page: Page) -> Response:
        raise ValueError(SECRET)

    @pages.page("POST", "/doe", may=SIGNED_IN)
    def do(page: Page) -> Response:
        with page.logged(LedgerAction.CONFIGURATION, "list:configuration"):
            page.state_purpose(None, Purpose.OO)
            done.append("done")
        return page.redirect("/")

    done: list[str] = []
    bare_review.done = done
    routes = [*all_routes(), *pages.routes]
    bare_review.app = make_app(bare_review.settings, bare_review.store, bare_review.ledger, routes=routes)
    return bare_review


def stop_ledger(review: Review) -> Connection:
    """Hold the ledger's database as a writer that never ends: what must be logged cannot be."""
    holder = Connection(review.workspace.path / "ledger.sqlite")
    holder.execute("BEGIN IMMEDIATE")
    return holder


@pytest.mark.goal("G1", reached="what is shown is in the ledger")
def test_what_is_shown_is_in_the_ledger_with_who_what_when_and_why(reading: Review) -> None:
    client = reading.client(Role.OFFICER, purpose=Purpose.WON)
    assert client.get("/adres").text == SECRET
    (written,) = reading.ledger.entries(action=LedgerAction.READ_QUEUE)
    entry = written.entry
    assert (entry.actor, entry.action, entry.object) == (client.account, LedgerAction.READ_QUEUE, "list:queue")
    assert (entry.purpose, entry.done_at, entry.result) == (Purpose.WON, reading.clock.now, "done")
    assert re.fullmatch(r"session:[0-9a-f]{16}", entry.origin)


@pytest.mark.goal("G1", reached="503 while the ledger is down")
def test_a_ledger_that_cannot_be_written_stops_reading_and_doing(reading: Review) -> None:
    client = reading.client(Role.OFFICER)
    reading.ledger.engine.dispose()

    @sa.event.listens_for(reading.ledger.engine, "connect")
    def hurry(connection, _record) -> None:  # what takes 5 s in earnest
        connection.patience_ms = 100

    holder = stop_ledger(reading)
    try:
        shown = client.get("/adres")
        done = client.send_form("/doe")
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    for answer in (shown, done):
        assert answer.status_code == 503
        assert SECRET not in answer.text
    assert reading.done == []
    assert {one.entry.action for one in reading.ledger.entries()} <= {LedgerAction.ACCOUNT_CHANGE, LedgerAction.KEPT}
    with reading.store.engine.connect() as connection:
        assert connection.scalar(sa.select(review_session.c.purpose)) == Purpose.VERG
    assert client.get("/adres").text == SECRET  # and it works again by itself


def test_a_ledger_whose_file_is_read_only_stops_reading(reading: Review) -> None:
    client = reading.client(Role.OFFICER)
    reading.ledger.engine.dispose()  # connections of before

    @sa.event.listens_for(reading.ledger.engine, "connect")
    def only_read(connection, _record) -> None:
        connection.execute("PRAGMA query_only = ON").close()

    answer = client.get("/adres")
    assert answer.status_code == 503
    assert SECRET not in answer.text


def test_an_error_nobody_foresaw_shows_and_logs_no_value(reading: Review, caplog) -> None:
    answer = reading.client(Role.OFFICER).get("/kapot")
    assert answer.status_code == 500
    assert SECRET not in answer.text + caplog.text
    assert "ValueError" in caplog.text


def test_a_refused_role_that_wanted_to_read_is_in_the_ledger(review: Review) -> None:
    client = review.client(Role.ANALYST)
    assert client.get("/zaken").status_code == 403
    (written,) = review.ledger.entries(actor=client.account, action=LedgerAction.READ_QUEUE)
    assert (written.entry.action, written.entry.result) == (LedgerAction.READ_QUEUE, "refused")


def test_the_town_has_cases(review: Review, town_workspace: Path) -> None:
    assert review.client(Role.OFFICER).get("/zaken").status_code == 200


def test_only_the_purposes_of_the_mandate_can_be_chosen(town_workspace: Path, tmp_path: Path) -> None:
    with review_on(copy_workspace(town_workspace, tmp_path / "review"), purposes=(Purpose.VERG,)) as review:
        client = review.client(Role.OFFICER, purpose=Purpose.WON)  # chosen before the mandate lost it
        asked = client.get("/zaken")
        assert asked.status_code == 403
        assert ('value="P-VERG"' in asked.text, 'value="P-WON"' in asked.text) == (True, False)
        assert client.send_form("/doel", {"doel": "P-WON", "naar": "/zaken"}).status_code == 422
        assert client.send_form("/doel", {"doel": "P-VERG", "naar": "/zaken"}).status_code == 303
        queue = client.get("/zaken")
        assert (queue.status_code, 'value="P-WON"' in queue.text) == (200, False)


def test_the_link_of_the_demonstration_works_once_and_for_half_an_hour() -> None:
    clock = Clock()
    door = DemoDoor(clock)
    assert door.use("") is None  # before there is a link
    first, second = door.make_key(), door.make_key()
    assert door.use(first) is None  # a newer one took its place
    clock.forward(minutes=30)
    assert door.use(second) is None
    key = door.make_key()
    clock.forward(minutes=29)
    device = door.use(key)
    assert device
    assert (door.knows(device), door.knows(""), door.knows(key)) == (True, False, False)
    assert door.use(key) is None


def test_whatever_needs_two_pairs_of_eyes_has_two_people_in_the_demonstration() -> None:
    for role in (Role.OFFICER, Role.SENSITIVE_REVIEWER, Role.ANALYST, Role.CONTACT_PERSON):
        least = 3 if role == Role.SENSITIVE_REVIEWER else 2  # two judge, a third approves that a signal leaves
        assert sum(role in one.roles for one in DEMO_ACCOUNTS) >= least, role
    assert set().union(*(one.roles for one in DEMO_ACCOUNTS)) == set(Role)
