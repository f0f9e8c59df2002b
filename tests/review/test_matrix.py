"""Who may do what, for every route there is: roles × routes × own, foreign, sensitive and absent objects (S4)."""

from __future__ import annotations

import pkgutil
import re
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml

from screening.base.errors import ConfigurationError
from screening.base.vocabulary import LedgerAction, Purpose, Role
from screening.review import make_app, pages
from screening.review.pages import all_routes
from screening.review.pages_registry import PUBLIC, SIGNED_IN, PageRoute, Pages, check_routes
from screening.store import Workspace
from screening.store.schema.cases import review_case
from tests.partners.desk.disclosed import policy
from tests.review.conftest import Client, Review, copy_workspace, review_on
from tests.review.objects import OWN, Objects, made_on, parameters

ACCESS: dict[str, str | list[str]] = yaml.safe_load((Path(__file__).parent / "access.yaml").read_text(encoding="utf-8"))
ROUTES = {f"{one.method} {one.path}": one for one in all_routes()}
#: What stands for a parameter that is no case: something that could be one, and is not there.
ABSENT = {"case_id": "0123456789abcdef", "account": "nobody.there"}
#: Who asks for an object, the first of them that a route allows: nobody here may see what is sensitive.
ASKERS = (
    Role.OFFICER,
    Role.ANALYST,
    Role.LEAD,
    Role.CONTACT_PERSON,
    Role.AUDITOR,
    Role.ADMIN,
    Role.COLLEAGUE,
    Role.SENSITIVE_REVIEWER,  # of pages that are there for nobody else
)
ROLES = [*Role, None]  # None: nobody is signed in
#: Things that differ between two answers to the same request.
_VARIES = re.compile(r"[0-9a-f]{64}")


def expected(route: str, role: Role | None) -> bool:
    """Whether this role may use this route, by the list."""
    rule = ACCESS[route]
    if rule == "public":
        return True
    return role is not None and (rule == "signed_in" or role in rule)


def address(route: PageRoute, case_id: str) -> str:
    """The path with something in the place of each parameter."""
    return re.sub(r"\{(\w+)[^}]*}", lambda m: case_id if m[1] == "case_id" else ABSENT.get(m[1], "1"), route.path)


def ask(client: Client, route: PageRoute, case_id: str = ABSENT["case_id"]):
    """The answer to a bare request: a POST has the token and nothing else."""
    path = address(route, case_id)
    return client.get(path) if route.method == "GET" else client.send_form(path)


def asks_purpose(answer) -> bool:
    """Whether the page asks for a task (GET), or says that one is asked first (POST)."""
    return bool(re.search("Waarvoor hebt u dit nodig|Zeg eerst waarvoor u dit nodig hebt", answer.text))


@pytest.fixture(scope="module")
def shared(town_workspace: Path, tmp_path_factory) -> Iterator[Review]:
    """One application for all cells."""
    with review_on(copy_workspace(town_workspace, tmp_path_factory.mktemp("matrix") / "w")) as made:
        yield made


def cases(review: Review, *, is_sensitive: bool) -> list[str]:
    """Ids of the cases that nobody has: who presses the button for the next one takes the first."""
    query = sa.select(review_case.c.case_id).where(
        review_case.c.sensitive == is_sensitive, review_case.c.assignee.is_(None)
    )
    with review.store.engine.connect() as connection:
        return list(connection.scalars(query.order_by(review_case.c.case_id)))


def test_the_list_and_the_routes_name_the_same() -> None:
    assert sorted(ACCESS) == sorted(ROUTES)


def test_every_cell_of_roles_and_routes(shared: Review) -> None:
    wrong, cells = [], 0
    for role in ROLES:
        client = shared.stranger() if role is None else shared.client(role)
        for name, route in sorted(ROUTES.items(), key=lambda one: one[1].path == "/afmelden"):  # the last: it ends all
            cells += 1
            answer = ask(client, route)
            if expected(name, role):
                # not there, not complete, or a purpose asked for: anything but "not your role" and a failure
                is_asked_elsewhere = name == "POST /aanmelden/opnieuw" and "bruikbaar antwoord" in answer.text
                is_right = (
                    answer.status_code < 500 or is_asked_elsewhere
                ) and "hoort niet bij uw rol" not in answer.text
                if name != "GET /aanmelden/terug" and not (route.method == "POST" and role is None):
                    is_right = is_right and (answer.status_code != 403 or asks_purpose(answer))
            elif role is None:
                is_right = answer.status_code == (303 if route.method == "GET" or route.instead else 403)
                is_right = is_right and answer.headers.get("location", "/aanmelden").startswith(
                    route.instead or "/aanmelden"
                )
            else:
                is_right = answer.status_code == 403 and "hoort niet bij uw rol" in answer.text
            if not is_right:
                wrong.append(f"{name} as {role}: {answer.status_code}")
    assert wrong == []
    assert cells == len(ROUTES) * len(ROLES)


@pytest.fixture(scope="module")
def objects(tmp_path_factory) -> Iterator[Objects]:
    """A review with one of each kind of object."""
    with review_on(Workspace(tmp_path_factory.mktemp("objects") / "w"), export=policy()) as review:
        yield made_on(review)


def about(objects: Objects, route: PageRoute, variant: str) -> tuple[int, str, list[str]]:
    """What somebody without the role for what is sensitive is answered about an object: status, text, headers."""
    role = next(role for role in ASKERS if route.allows({role}))
    client, named = objects.review.client(role, account=OWN), objects.of(route)[variant]
    client.state_purpose(named.get("case_id"))
    path = re.sub(r"\{(\w+)[^}]*}", lambda match: named[match[1]], route.path)
    answer = client.get(path) if route.method == "GET" else client.send_form(path)
    text = _VARIES.sub("", answer.text)
    for value in sorted(named.values(), key=len, reverse=True):
        text = text.replace(value, "")
    return answer.status_code, text, sorted(answer.headers)


WITH_OBJECTS = [name for name, route in ROUTES.items() if parameters(route)]


@pytest.mark.parametrize("name", WITH_OBJECTS)
def test_every_kind_of_object_is_tried(objects: Objects, name: str) -> None:
    assert parameters(ROUTES[name]) in objects.named, f"{name}: describe its objects in tests/review/objects.py"


@pytest.mark.goal("S4", reached="every route x own, foreign, sensitive and absent objects of each kind of id")
@pytest.mark.parametrize("name", WITH_OBJECTS)
def test_what_is_not_yours_is_as_what_is_not_there(objects: Objects, name: str) -> None:
    route = ROUTES[name]
    absent = about(objects, route, "absent")
    for variant in objects.of(route):
        if not variant.startswith("own") and variant != "absent":
            assert about(objects, route, variant) == absent, variant
    assert absent[0] in ({404} if route.method == "GET" else {303, 404, 409, 422})


NOT_YET = {
    # a file of a batch is there once two people signed and approved it: tests/review/pages/test_partner_batches.py
    "GET /riec-leveringen/{batch_id}/bestand",
    # a paper is there for an officer who signs the mandate, which there is none of here: pages/test_mandate.py
    "GET /mandaat/papieren/{paper}",
}


@pytest.mark.parametrize("name", [name for name in WITH_OBJECTS if name.startswith("GET ") and name not in NOT_YET])
def test_what_is_yours_is_there(objects: Objects, name: str) -> None:
    """The objects are what they are said to be: else nothing above would be told apart."""
    route = ROUTES[name]
    own = [about(objects, route, variant)[0] for variant in objects.of(route) if variant.startswith("own")]
    assert any(status in {200, 303} for status in own), own


def test_a_sensitive_case_is_there_for_who_may_see_it(shared: Review) -> None:
    case_id = cases(shared, is_sensitive=True)[0]
    client = shared.client(Role.OFFICER, Role.SENSITIVE_REVIEWER)
    client.state_purpose(case_id)
    assert client.get(f"/zaken/{case_id}").status_code == 200


def test_a_case_is_read_for_a_purpose_and_for_that_case_alone(shared: Review) -> None:
    one, other = cases(shared, is_sensitive=False)[-2:]  # nobody else has these open
    client = shared.client(Role.OFFICER, purpose=None)
    asked = client.get(f"/zaken/{one}")
    assert asked.status_code == 403
    assert asks_purpose(asked)
    purpose = Purpose(re.search(r"\bP-[A-Z]+\b", asked.text)[0])  # one whose law covers the case
    said = client.send_form("/doel", {"doel": purpose, "zaak": one, "naar": f"/zaken/{one}"})
    assert said.headers["location"] == f"/zaken/{one}"
    assert client.get(f"/zaken/{one}").status_code == 200
    assert client.get(f"/zaken/{other}").status_code == 403
    (entry,) = shared.ledger.entries(case=one, actor=client.account, action=LedgerAction.READ_DOSSIER)
    assert (entry.entry.purpose, entry.entry.object, entry.entry.result) == (purpose, f"case:{one}", "done")
    # the purpose is of this session: the same person has to say it again in another
    again = shared.client(Role.OFFICER, account=client.account, purpose=None)
    assert again.get(f"/zaken/{one}").status_code == 403


def test_no_page_with_personal_data_is_shown_without_a_purpose(shared: Review) -> None:
    wrong = []
    # auditor, lead, administrator, and no address is on these pages; or the law asks for it (AVG art. 12)
    by_function = {"audit", "statistics", "accounts", "subject_access"}
    for name, route in ROUTES.items():
        if not route.reads or route.method != "GET" or route.purpose or route.reads in by_function:
            continue
        role = sorted(route.may or ())[0]
        answer = ask(shared.client(role, purpose=None), route)
        if answer.status_code != 403 or not asks_purpose(answer):
            wrong.append(f"{name}: {answer.status_code}")
    assert wrong == []


def test_not_there_and_not_yours_are_the_same_work(shared: Review) -> None:
    """A stranger cannot tell them apart by waiting: the database is asked the same, in the same order."""
    client, sensitive = shared.client(Role.OFFICER), cases(shared, is_sensitive=True)[0]
    asked: dict[str, list[str]] = {sensitive: [], ABSENT["case_id"]: []}

    for case_id, statements in asked.items():
        client.state_purpose(case_id)

        def note(_connection, _cursor, statement: str, *_rest, statements: list[str] = statements) -> None:
            statements.append(statement)

        sa.event.listen(shared.store.engine, "before_cursor_execute", note)
        try:
            assert client.get(f"/zaken/{case_id}").status_code == 404
        finally:
            sa.event.remove(shared.store.engine, "before_cursor_execute", note)
    assert asked[sensitive]
    assert asked[sensitive] == asked[ABSENT["case_id"]]


@pytest.mark.long
@pytest.mark.goal(
    "S14", reached="1,000 interleaved pairs: the same statements and bytes, medians of CPU time within 10 %"
)
def test_a_thousand_pairs_cost_the_same(shared: Review) -> None:
    """Judged by statements, by the bytes that go out and by processor time, never by the clock."""
    client, sensitive = shared.client(Role.OFFICER), cases(shared, is_sensitive=True)[0]
    statements: Counter[str] = Counter()
    seconds: dict[str, list[float]] = {sensitive: [], ABSENT["case_id"]: []}
    answers: dict[str, set[tuple[int, int]]] = {case_id: set() for case_id in seconds}
    for case_id in seconds:
        client.state_purpose(case_id)
    for pair in range(1_000):
        for case_id in sorted(seconds, reverse=bool(pair % 2)):

            def note(*_event: object, asked: str = case_id) -> None:
                statements[asked] += 1

            sa.event.listen(shared.store.engine, "before_cursor_execute", note)
            begun = time.process_time()
            answer = client.get(f"/zaken/{case_id}")
            seconds[case_id].append(time.process_time() - begun)
            sa.event.remove(shared.store.engine, "before_cursor_execute", note)
            answers[case_id].add((answer.status_code, len(answer.content)))
    assert answers[sensitive] == answers[ABSENT["case_id"]]
    assert len(answers[sensitive]) == 1
    assert statements[sensitive] == statements[ABSENT["case_id"]] > 0
    medians = [statistics.median(of_case) for of_case in seconds.values()]
    assert max(medians) <= 1.1 * min(medians)


# the rules about rules


def handler(page) -> None:
    """A page."""


def test_a_route_without_a_rule_is_not_served(bare_review: Review) -> None:
    pages = Pages()
    pages.page("GET", "/geheim")(handler)
    with pytest.raises(ConfigurationError, match="no `may`"):
        make_app(bare_review.settings, bare_review.store, bare_review.ledger, routes=pages.routes)


@pytest.mark.parametrize(
    ("method", "path", "rule", "why"),
    [
        ("PUT", "/x", {"may": SIGNED_IN}, "changed by POST"),
        ("GET", "/x", {"may": PUBLIC, "reads": "dossier"}, "not signed in"),
        ("GET", "/x", {"may": SIGNED_IN, "case": "case_id"}, "the path has no"),
        ("GET", "/x/{y}", {"may": SIGNED_IN, "nav": "app.start"}, "in the menu"),
        ("POST", "/x", {"may": SIGNED_IN, "instead": "/y"}, "anybody can read"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(method: str, path: str, rule: dict, why: str) -> None:
    pages = Pages()
    pages.page(method, path, **rule)(handler)
    with pytest.raises(ConfigurationError, match=why):
        check_routes(pages.routes)


def test_a_route_that_stands_twice_is_refused() -> None:
    pages = Pages()
    for _ in range(2):
        pages.page("GET", "/x", may=SIGNED_IN)(handler)
    with pytest.raises(ConfigurationError, match="twice"):
        check_routes(pages.routes)


def test_a_word_that_the_ledger_does_not_have_is_refused(bare_review: Review) -> None:
    pages = Pages()
    pages.page("GET", "/x", may=SIGNED_IN, reads="gossip")(handler)
    with pytest.raises(ConfigurationError, match="no word"):
        make_app(bare_review.settings, bare_review.store, bare_review.ledger, routes=pages.routes)


def test_a_route_added_past_the_registry_is_found(bare_review: Review) -> None:
    from screening.review.app import _refuse_unruled

    bare_review.app.add_api_route("/achterdeur", lambda: "hallo", methods=["GET"])
    with pytest.raises(ConfigurationError, match="/achterdeur: served without a rule"):
        _refuse_unruled(bare_review.app, all_routes())


def test_every_module_of_pages_is_served() -> None:
    modules = {info.name for info in pkgutil.iter_modules(pages.__path__)}
    assert modules == {module.__name__.rpartition(".")[2] for module in pages.MODULES}
