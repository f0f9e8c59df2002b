"""The route for a person: whom to call at once, and nothing left behind but a number."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw
import pytest
import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.vocabulary import Role
from screening.casework.tips.person_route import count_person_route, person_route_counts
from screening.casework.tips.rota import set_duty
from screening.casework.tips.signs import signs
from screening.casework.viewer import Viewer
from screening.ledger.schema import ledger_metadata
from screening.store import Workspace
from screening.store.schema import metadata
from tests.databases import own_database
from tests.review.conftest import Client, Review, review_on

TICKED = {"teken": ["another_answers", "papers_held", "harmed"]}
#: What a browser or a hurried person may send along: it goes nowhere.
MORE = {"tekst": "kanarie Sjaak Qwertzuiop", "postcode": "9999 AA", "balie": "burgerzaken", "concept": "ja"}


def use(client: Client) -> None:
    """The whole way: the form, nothing ticked, a draft asked for, ticked, and whom to call."""
    assert client.get("/meldingen/persoon").status_code == 200
    assert client.send_form("/meldingen/persoon").status_code == 422
    answer = client.send_form("/meldingen/persoon", TICKED | MORE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/meldingen/persoon/bellen")
    assert "set-cookie" not in answer.headers
    shown = client.get("/meldingen/persoon/bellen")
    assert shown.headers["cache-control"] == "no-store"
    assert "112" in shown.text


def test_the_form_has_ticks_and_nothing_to_write_in(bare_review: Review) -> None:
    page = bare_review.client().get("/meldingen/persoon").text
    main = page[page.index("<main") : page.index("</main>")]
    fields = re.findall(r"<(?:input|select|textarea)\b[^>]*>", main)
    kinds = {re.search(r'type="(\w+)"', field)[1] for field in fields}
    assert kinds == {"hidden", "checkbox"}
    assert set(re.findall(r' name="(\w+)"', main)) == {"csrf_token", "teken"}
    assert set(re.findall(r'name="teken" value="(\w+)"', main)) == {
        code for code, sign in signs().items() if sign.group
    }
    assert 'autocomplete="off"' in main
    assert main.index("112") < main.index("<form")


def test_who_has_to_sign_in_first_is_sent_on_without_the_name_of_the_page(bare_review: Review) -> None:
    assert bare_review.stranger().get("/meldingen/persoon").headers["location"] == "/aanmelden?naar=/"
    assert "naar=/meldingen" in bare_review.stranger().get("/meldingen", follow_redirects=False).headers["location"]


def test_the_answer_says_whom_to_call_what_to_say_and_what_not_to_do(bare_review: Review) -> None:
    bare_review.sign_in(Role.CONTACT_PERSON, account="c.contact")
    client = bare_review.client()
    page = client.get("/meldingen/persoon/bellen").text
    for line in bare_review.settings.help_lines:
        assert line.phone in page
    for words in ("c.contact", "Wat u zegt aan de telefoon", "Wat u niet doet", "U kunt om contact vragen"):
        assert words in page
    assert "Whom to call now" in client.get("/meldingen/persoon/bellen?lang=en").text


def test_who_has_the_turn_today_is_named_with_the_deputy(bare_review: Review) -> None:
    for account in ("c.contact", "d.deputy", "e.other"):
        bare_review.sign_in(Role.CONTACT_PERSON, account=account)
    viewer, now = Viewer("c.contact", frozenset({Role.CONTACT_PERSON})), bare_review.clock.now
    set_duty(bare_review.store, viewer, from_day=day_of(now), contact="c.contact", deputy="d.deputy", now=now)
    for path in ("/meldingen/persoon/bellen", "/herkennen/burgerzaken"):
        page = bare_review.client().get(path).text
        assert page.index("c.contact") < page.index("d.deputy")
        assert "e.other" not in page


def test_melden_begins_with_the_choice_of_a_person_or_a_place(bare_review: Review) -> None:
    page = bare_review.client().get("/meldingen").text
    main = page[page.index("<main") :]
    assert main.index("112") < main.index('href="/meldingen/persoon"') < main.index('href="/meldingen/nieuw"')


def test_whom_to_call_is_shown_also_where_nothing_can_be_counted(bare_review: Review) -> None:
    client = bare_review.client()
    with bare_review.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE person_route_quarter")
    assert client.send_form("/meldingen/persoon", TICKED).headers["location"] == "/meldingen/persoon/bellen"


def without_session(review: Review) -> Client:
    return review.stranger()


def idle_too_long(review: Review) -> Client:
    client = review.client()
    review.clock.forward(minutes=16)
    return client


def signed_in_again(review: Review) -> Client:
    """The form is of the session before: its token is not that of this one."""
    client, other = review.client(account="b.balie"), review.client(account="b.balie")
    client.session_id = other.session_id
    return client


def store_is_down(review: Review) -> Client:
    client = review.client()
    with review.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE review_session RENAME TO not_there")
    return client


@pytest.mark.parametrize("client_of", [without_session, idle_too_long, signed_in_again, store_is_down])
def test_who_ticked_something_always_reads_whom_to_call(
    bare_review: Review, client_of: Callable[[Review], Client]
) -> None:
    bare_review.sign_in(Role.CONTACT_PERSON, account="c.contact")
    client = client_of(bare_review)
    answer = client.send_form("/meldingen/persoon", TICKED | MORE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/meldingen/persoon/bellen")
    assert "set-cookie" not in answer.headers
    shown = client.get("/meldingen/persoon/bellen")
    assert (shown.status_code, shown.headers["cache-control"]) == (200, "no-store")
    assert "set-cookie" not in shown.headers
    for line in bare_review.settings.help_lines:
        assert line.phone in shown.text
    is_signed_in = client_of is signed_in_again
    assert ("c.contact" in shown.text) == is_signed_in, "names of colleagues are for who is signed in"
    assert ("alleen voor wie is aangemeld" in shown.text) != is_signed_in
    assert person_route_counts(bare_review.store) == {}


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file of a workspace by its path; what SQLite keeps beside a database is in the database by then."""
    for path in folder.glob("*.sqlite"):
        with closing(apsw.Connection(str(path))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def test_every_byte_that_is_written_is_that_of_the_number(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The files after the route was used are those after a bare change of the number: nothing else was written.

    Minutes go by, so that a session that is noted as used would be seen. The second use adds one, and nothing else.
    """
    used, bare = tmp_path / "used", tmp_path / "bare"
    token = "k2Jc9-wq7Lx0Zr5T-metrics"
    with review_on(Workspace(used), metrics_token=token) as review:
        client = review.client(account="b.balie")
        client.get("/meldingen")
        monitor = review.stranger()

        def measured() -> dict[str, float]:
            """Method and route -> requests; this one itself is counted the next time."""
            text = monitor.get("/metrics", headers={"Authorization": f"Bearer {token}"}).text
            counts = re.findall(r'_seconds_count\{method="(\w+)",route="([^"]+)".*?\} (\S+)', text)
            return {f"{method} {route}": float(number) for method, route, number in counts}

        measured()
        for number in (1, 2):
            before = bytes_of(used)
            shutil.copytree(used, bare, dirs_exist_ok=True)
            told, lines = measured(), len(caplog.records)
            caplog.set_level(logging.DEBUG)
            review.clock.forward(minutes=5)
            use(client)
            after = bytes_of(used)
            assert measured() == told | {"GET other": told["GET other"] + 1}
            assert [one for one in caplog.records[lines:] if not one.name.startswith(("httpx", "asyncio"))] == []
            with review_on(Workspace(bare)) as untouched:
                untouched.clock.now = review.clock.now
                count_person_route(untouched.store, now=review.clock.now)
                expected = bytes_of(bare)
            assert {name for name in after if after[name] != before.get(name)} == {"store.sqlite"}
            assert set(after) == set(before)
            assert after["store.sqlite"] == expected["store.sqlite"]
            assert person_route_counts(review.store) == {"2026-Q4": number}
        assert not any(b"kanarie" in content for content in after.values())


def rows_of(engine: sa.Engine, tables: sa.MetaData) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select())] for table in tables.sorted_tables
        }


def test_on_postgresql_the_number_is_the_one_row_that_changes(postgres: str, tmp_path: Path) -> None:
    with (
        own_database(postgres) as store,
        own_database(postgres) as ledger,
        review_on(Workspace(tmp_path / "w"), store=store, ledger=ledger) as review,
    ):
        client = review.client(account="b.balie")

        def everything() -> dict[str, list[tuple[object, ...]]]:
            return rows_of(review.store.engine, metadata) | rows_of(review.ledger.engine, ledger_metadata)

        for number in (1, 2):
            before = everything()
            review.clock.forward(minutes=5)
            use(client)
            after = everything()
            assert {name for name in after if after[name] != before[name]} == {"person_route_quarter"}
            assert after["person_route_quarter"] == [("2026-Q4", number)]
        assert [
            path for path in (tmp_path / "w").rglob("*") if path.is_file() and b"papers_held" in path.read_bytes()
        ] == []
