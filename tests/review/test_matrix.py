"""Who may do what, for every route there is: roles × routes × own, foreign, sensitive and absent objects (S4)."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml

from screening.errors import ConfigurationError
from screening.review import make_app, pages
from screening.review.pages import all_routes
from screening.review.pages_registry import PUBLIC, SIGNED_IN, PageRoute, Pages, check_routes
from screening.store.schema.cases import review_case
from screening.vocabulary import Purpose, Role
from tests.review.conftest import Client, Review, copy_workspace, review_on

ACCESS: dict[str, str | list[str]] = yaml.safe_load((Path(__file__).parent / "access.yaml").read_text(encoding="utf-8"))
ROUTES = {f"{one.method} {one.path}": one for one in all_routes()}
#: What stands for a parameter that is no case: something that could be one, and is not there.
ABSENT = {"case_id": "0123456789abcdef", "account": "nobody.there"}
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
    return bool(re.search("Waarvoor heeft u dit nodig|Zeg eerst waarvoor u dit nodig heeft", answer.text))


@pytest.fixture(scope="module")
def shared(town_workspace: Path, tmp_path_factory) -> Iterator[Review]:
    """One application for all cells."""
    with review_on(copy_workspace(town_workspace, tmp_path_factory.mktemp("matrix") / "w")) as made:
        yield made


def cases(review: Review, *, is_sensitive: bool) -> list[str]:
    query = sa.select(review_case.c.case_id).where(review_case.c.sensitive == is_sensitive)
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
                is_right = answer.status_code == (303 if route.method == "GET" else 403)
                is_right = is_right and answer.headers.get("location", "/aanmelden").startswith("/aanmelden")
            else:
                is_right = answer.status_code == 403 and "hoort niet bij uw rol" in answer.text
            if not is_right:
                wrong.append(f"{name} as {role}: {answer.status_code}")
    assert wrong == []
    assert cells == len(ROUTES) * len(ROLES)


@pytest.mark.parametrize("name", [one for one, route in ROUTES.items() if "case_id" in route.path])
def test_a_sensitive_case_is_for_an_officer_as_one_that_is_not_there(shared: Review, name: str) -> None:
    route = ROUTES[name]
    sensitive = cases(shared, is_sensitive=True)
    assert sensitive, "the town has a sensitive case"
    officer = shared.client(Role.OFFICER)
    answers = []
    for case_id in (sensitive[0], ABSENT["case_id"]):
        officer.state_purpose(case_id)
        answer = ask(officer, route, case_id)
        answers.append((answer.status_code, _VARIES.sub("", answer.text.replace(case_id, "")), sorted(answer.headers)))
    assert answers[0] == answers[1]
    assert answers[0][0] in {404, 422}
    if route.method == "GET":
        assert answers[0][0] == 404


def test_a_sensitive_case_is_there_for_who_may_see_it(shared: Review) -> None:
    case_id = cases(shared, is_sensitive=True)[0]
    client = shared.client(Role.OFFICER, Role.SENSITIVE_REVIEWER)
    client.state_purpose(case_id)
    assert client.get(f"/zaken/{case_id}").status_code == 200


def test_a_case_is_read_for_a_purpose_and_for_that_case_alone(shared: Review) -> None:
    one, other = cases(shared, is_sensitive=False)[:2]
    client = shared.client(Role.OFFICER)
    asked = client.get(f"/zaken/{one}")
    assert asked.status_code == 403
    assert asks_purpose(asked)
    said = client.send_form("/doel", {"doel": "P-WON", "zaak": one, "naar": f"/zaken/{one}"})
    assert said.headers["location"] == f"/zaken/{one}"
    assert client.get(f"/zaken/{one}").status_code == 200
    assert client.get(f"/zaken/{other}").status_code == 403
    (entry,) = shared.ledger.entries(case=one, actor=client.account)
    assert (entry.entry.purpose, entry.entry.object, entry.entry.result) == (Purpose.WON, f"case:{one}", "done")
    # the purpose is of this session: the same person has to say it again in another
    again = shared.client(Role.OFFICER, account=client.account)
    assert again.get(f"/zaken/{one}").status_code == 403


def test_no_page_with_personal_data_is_shown_without_a_purpose(shared: Review) -> None:
    wrong = []
    by_function = {"audit", "statistics", "accounts"}  # auditor, lead, administrator; no address is on these pages
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
