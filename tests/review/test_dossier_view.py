"""Whatever shows something of somebody is in the ledger first, was asked for a purpose, and is theirs to see (T1, G1).

Every route there is, in a review in the middle of its work, asked by everybody whom the route allows. It is the answer
that tells whether something was shown, not what the route says of itself: a page that forgot its rule is found here.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import pytest
import sqlalchemy as sa
from httpx import Response

from screening.base.vocabulary import LedgerAction, Purpose, Role
from screening.ledger import Entry
from screening.review import make_app
from screening.review.application import read_action
from screening.review.pages import all_routes
from screening.review.pages_registry import PageRoute
from screening.review.request_pipeline import NO_PURPOSE
from screening.store.access import sessions
from screening.store.schema.cases import review_case
from screening.store.schema.runs import dossier_party, dossier_record, link_to_judge
from tests.browser.scene import (
    ANNA,
    BOTH,
    CARLA,
    DAAN,
    ESRA,
    FLEUR,
    GIJS,
    HANNA,
    IVO,
    ROLES,
    SIGNAL,
    HalfDone,
    Scene,
    scene_on,
)
from tests.review.conftest import Client, Review
from tests.review.pages import officers
from tests.review.pages.test_partner_signals import confirmed_case, prepared

PEOPLE = (ANNA, CARLA, DAAN, ESRA, FLEUR, GIJS, HANNA, IVO)
#: Tables with rows for each address that a run flagged or drew.
_LARGE = (
    "cited_record",
    "dossier_address",
    "dossier_link",
    "dossier_party",
    "dossier_place",
    "dossier_record",
    "evidence",
    "flag",
    "network_tie",
)
#: A name that is shorter stands in other words.
_LETTERS = 6


@pytest.fixture(scope="module")
def scene(half_done: HalfDone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A review at work; one sensitive case went all the way: confirmed, on a walking list, before the RIEC."""
    with scene_on(half_done, tmp_path_factory.mktemp("shown"), None) as made:
        review = made.review
        review.clock.forward(minutes=31)  # nobody has a case open any more
        closed = confirmed_case(review, sensitive=True)
        prepared(review, closed)
        carla = review.client(*BOTH, account=CARLA)
        day = review.clock.now.date().isoformat()
        walk = carla.send_form("/bezoeken/nieuw", {"zaak": [closed], "kijk": ["gebruik"], "dag": day})
        assert walk.status_code == 303, officers.words(walk.text)
        made.ids |= {"sensitive_closed": closed, "sensitive_list": walk.headers["location"].rpartition("/")[2]}
        yield made


def words_of_somebody(review: Review) -> tuple[set[str], set[str]]:
    """Addresses, names and texts of people that the store holds; and those that only sensitive cases have."""
    party = (
        sa.select(dossier_party.c.name, dossier_record.c.address_id)
        .join(
            dossier_record,
            (dossier_record.c.run_id == dossier_party.c.run_id)
            & (dossier_record.c.dataset == dossier_party.c.dataset)
            & (dossier_record.c.key == dossier_party.c.key),
        )
        .where(dossier_party.c.name.is_not(None))
    )
    case = sa.select(review_case.c.address_id, review_case.c.address, review_case.c.sensitive)
    with review.store.engine.connect() as connection:
        cases = connection.execute(case).all()
        parties = connection.execute(party).all()
        links = connection.execute(link_to_judge.select()).all()
    sensitive = {one.address_id for one in cases if one.sensitive}
    closed, others = set(), {SIGNAL["tekst"]}
    for one in cases:
        (closed if one.sensitive else others).add(one.address)
    for one in parties:
        (closed if one.address_id in sensitive else others).add(one.name)
    for one in links:
        for side in (json.loads(one.left_side), json.loads(one.right_side)):
            (closed if one.sensitive else others).add(side.get("name") or "")
    long = {one for one in closed | others if len(one) >= _LETTERS}
    return long, long & (closed - others)


def asked(scene: Scene, route: PageRoute) -> Iterator[str]:
    """The addresses of a route: each kind of thing that its parameters can be."""
    ids = scene.ids
    known = {
        "case_id": [ids[one] for one in ("confirmed", "linked", "second", "sensitive", "sensitive_closed", "sample")],
        "link_id": [ids["link"], ids["agreed"]],
        "list_id": [ids["list"], ids["sensitive_list"]],
        "visit_id": [ids["visit"]],
        "signal_id": [ids["signal"], ids["care"]],
        "account": [ANNA],
        "filter_id": ["1"],
        "lapsed_id": [ids["unseen"]],
        "fingerprint": [ids["key"]],
        "batch_id": [ids["batch"]],
        "agreement_id": ["1"],
        "hand_over_id": ["1"],
        "draft_id": [ids["draft"]],
        "version_id": [ids["version"]],
        "request_id": [ids["request"], ids["granted"]],
        "plan_id": [ids["plan"]],
        "position": ["0", "1"],
        "file_id": ["1"],
        "digest": ["0" * 64],
        "photo_id": ["0" * 16],
        "name": ["start.png"],
        "question_id": ["sluiten-damocles"],
        "desk": ["burgerzaken"],
        "paper": ["besluitbrief.md", "besluitbrief.pdf"],
        "number": ["1"],
    }
    names = re.findall(r"\{(\w+)[^}]*}", route.path)
    for values in product(*(known[one] for one in names)):
        path = route.path
        for name, value in zip(names, values, strict=True):
            path = re.sub(rf"\{{{name}[^}}]*}}", value, path)
        yield path


def words_in(answer: Response, words: set[str]) -> set[str]:
    """The words that stand in an answer. A PDF breaks its lines anywhere, so there no space counts."""
    if answer.headers.get("content-type") != "application/pdf":
        text = html.unescape(answer.text)
        return {one for one in words if one in text}
    read = subprocess.run(["pdftotext", "-", "-"], input=answer.content, capture_output=True, check=True).stdout
    text = "".join(read.decode().split())
    assert text, "a PDF of which nothing can be read"
    return {one for one in words if "".join(one.split()) in text}


@dataclass(frozen=True)
class Shown:
    """An answer in which something of somebody stands: the words, and what was written in the ledger meanwhile."""

    route: str
    account: str
    words: frozenset[str]
    entries: tuple[Entry, ...]

    @property
    def is_logged(self) -> bool:
        return any(one.action == LedgerAction.PRINT or one.action.startswith("read_") for one in self.entries)


def shown(scene: Scene, routes: list[PageRoute], words: set[str], *, has_purpose: bool = True) -> list[Shown]:
    """Every answer to everybody in which one of the words stands. Of a PDF the text is read."""
    review, found = scene.review, []
    for account in PEOPLE:
        session_id = review.sign_in(*ROLES[account], account=account, purpose=Purpose.VERG if has_purpose else None)
        client = Client(review, session_id)
        for route in routes:
            if not route.allows({*ROLES[account], Role.COLLEAGUE}) or route.path in {"/afmelden", "/aanmelden/opnieuw"}:
                continue
            for path in asked(scene, route):
                if has_purpose and "{case_id}" in route.path:
                    client.state_purpose(path.split("/")[2])
                for headers in [{}] if route.method == "GET" else [{}, {"HX-Request": "true"}]:
                    before = review.ledger.head().seq
                    send = client.get if route.method == "GET" else client.send_form
                    answer = send(path, headers=headers)
                    assert answer.status_code < 500, path
                    stand = words_in(answer, words)
                    written = [one.entry for one in review.ledger.entries(after=before, actor=account)]
                    done = tuple(one for one in written if one.result == "done")
                    if stand:
                        found.append(Shown(f"{route.method} {route.path}", account, frozenset(stand), done))
        assert sessions.find_session(review.store, session_id, now=review.clock.now, idle=review.settings.session.idle)
    return found


@pytest.fixture(scope="module")
def asked_of_store() -> dict[str, tuple]:
    """What is asked of the store during the sweep: statement -> the parameters of one time."""
    return {}


@pytest.fixture(scope="module")
def sweep(scene: Scene, asked_of_store: dict[str, tuple]) -> list[Shown]:
    """All that is shown, of the people of the registers and of the staff who are not asked themselves."""
    words = words_of_somebody(scene.review)[0] | {one for one in ROLES if one not in PEOPLE}

    def note(_connection, _cursor, statement: str, parameters: tuple, _context, _many) -> None:
        if statement.startswith("SELECT"):
            asked_of_store[statement] = parameters

    sa.event.listen(scene.review.store.engine, "before_cursor_execute", note)
    try:
        return shown(scene, all_routes(), words)
    finally:
        sa.event.remove(scene.review.store.engine, "before_cursor_execute", note)


def test_what_shows_something_of_somebody_is_in_the_ledger(sweep: list[Shown]) -> None:
    assert [(one.route, one.account) for one in sweep if not one.is_logged] == []
    every = {one.route for one in sweep}
    assert len(every) >= 25
    assert {"GET /accounts", "POST /riec/{case_id}/akkoord", "GET /zaken/{case_id}/afdruk"} <= every


def test_nothing_of_somebody_is_shown_to_who_stated_no_purpose(scene: Scene) -> None:
    words, _ = words_of_somebody(scene.review)
    free = {
        f"{one.method} {one.path}"
        for one in all_routes()
        if one.purpose or (one.reads and read_action(one.reads) in NO_PURPOSE)
    }
    seen = shown(scene, all_routes(), words, has_purpose=False)
    assert {(one.route, one.account) for one in seen if one.route not in free} == set()
    assert {one.route for one in seen} >= {"GET /meldingen", "GET /koppelingen/{link_id}"}


def test_nothing_of_a_sensitive_case_is_shown_to_who_may_not_see_it(scene: Scene, sweep: list[Shown]) -> None:
    """Not by another way either: walking lists, signals, the RIEC, figures, the ledger. (Links: `pages/test_links`.)"""
    _, closed = words_of_somebody(scene.review)
    assert len(closed) >= 3
    sensitive = [one for one in sweep if one.words & closed]
    assert {(one.route, one.account) for one in sensitive if one.account != CARLA} == set()
    theirs = {one.route for one in sensitive}
    for page in ("/zaken/{case_id}", "/bezoeken/{list_id}", "/riec", "/riec/{case_id}"):
        assert f"GET {page}" in theirs


def test_a_sensitive_case_is_printed_for_who_may_see_it_alone(scene: Scene) -> None:
    paths = f"/zaken/{scene.ids['sensitive_closed']}/afdruk", f"/bezoeken/{scene.ids['sensitive_list']}/afdruk"
    for roles, status in ((BOTH, 200), ((Role.OFFICER,), 404)):
        client = scene.review.client(*roles, account=CARLA)
        client.state_purpose(scene.ids["sensitive_closed"])
        assert [client.get(path).status_code for path in paths] == [status] * 2


def test_no_page_reads_the_records_of_a_whole_run(
    scene: Scene, sweep: list[Shown], asked_of_store: dict[str, tuple]
) -> None:
    """With a million flags that takes seconds. A plan of SQLite does not hang on how much there is."""
    whole = re.compile(rf"SCAN (?:{'|'.join(_LARGE)})\b|SEARCH (?:{'|'.join(_LARGE)}) .*\(run_id=\?\)$")
    wrong = []
    with scene.review.store.engine.connect() as connection:
        for statement, parameters in asked_of_store.items():
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            wrong += [(one.detail, statement) for one in plan if whole.search(one.detail)]
    assert wrong == []
    assert len(asked_of_store) >= 50
    assert sweep


def test_the_sweep_finds_a_page_that_forgot_its_rule(scene: Scene) -> None:
    routes = [replace(one, reads=None) if one.path in {"/zaken", "/riec/{case_id}"} else one for one in all_routes()]
    review, words = scene.review, words_of_somebody(scene.review)[0]
    kept, review.app = review.app, make_app(review.settings, review.store, review.ledger, routes=routes)
    try:
        seen = shown(scene, [one for one in routes if one.path in {"/zaken", "/riec/{case_id}"}], words)
    finally:
        review.app = kept
    assert {one.route for one in seen if not one.is_logged} == {"GET /zaken", "GET /riec/{case_id}"}
