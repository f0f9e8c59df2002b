"""Every route with made-up input from its own description, on a town with cases, signed in with every role (S8)."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import schemathesis
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from screening.base.vocabulary import Role
from screening.review import make_app
from screening.store.schema.cases import review_case
from tests.review.conftest import Client, Review, copy_workspace, review_on

#: What breaks statements, paths, headers, templates and numbers elsewhere.
HOSTILE = [
    "' OR 1=1 --",
    '"; DROP TABLE account; --',
    "%27",
    "1;SELECT pg_sleep(5)",
    "../../etc/passwd",
    "..%2f..%2f",
    "\x00",
    "{{7*7}}",
    "${7*7}",
    "<script>alert(1)</script>",
    "-1",
    "0",
    "99999999999999999999",
    "1e309",
    "NaN",
    "True",
    "9223372036854775808",
    "2026-02-30",
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "a" * 5000,
    "\u202e",
    "😀" * 50,
    "ﬀ",
    "[]",
    "{}",
    "[object Object]",
    "P-VERG",
    "bevestigd_afwijking",
    "afwijking",
    "\r\nSet-Cookie: a=b",
    " ",
    "",
]
#: Fields of the forms, so that input comes past the first question.
FIELDS = [
    "doel",
    "zaak",
    "naar",
    "outcome",
    "oordeel",
    "uitkomst",
    "motivation",
    "motivering",
    "toelichting",
    "reading",
    "lezing",
    "text",
    "tekst",
    "version",
    "versie",
    "ground",
    "grond",
    "naam",
    "name",
    "adres",
    "datum",
    "account",
    "volgorde",
    "omhoog",
    "omlaag",
    "bevinding",
    "situatie",
    "observatie",
    "besluit",
    "antwoord",
    "snooze_until",
]


@pytest.fixture(scope="module")
def town(town_workspace: Path, tmp_path_factory) -> Iterator[tuple[Review, Client, list[str]]]:
    """The application with its description, somebody with every role, and the ids of the cases there are."""
    with review_on(copy_workspace(town_workspace, tmp_path_factory.mktemp("fuzz") / "w")) as review:
        review.app = make_app(review.settings, review.store, review.ledger, openapi=True)
        client = review.client(*Role)
        with review.store.engine.connect() as connection:
            found = list(connection.scalars(sa.select(review_case.c.case_id).order_by(review_case.c.case_id).limit(20)))
        for case_id in found:
            client.state_purpose(case_id)
        yield review, client, found


def forms() -> st.SearchStrategy[dict[str, str]]:
    value = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60))
    return st.dictionaries(st.sampled_from(FIELDS), value, max_size=8)


def sender(operation, label: str, client: Client, found: list[str], dice, reached: Counter[str], failed: list[str]):
    """A function that sends one case of an operation, mostly about a case of the town, now and then spoiled."""

    def send(case, form: dict[str, str], hostile: str) -> None:
        parameters = {
            key: dice.choice(found) if key == "case_id" and dice.random() < 0.7 else value
            for key, value in (case.path_parameters or {}).items()
        }
        if parameters and dice.random() < 0.2:
            parameters[dice.choice(sorted(parameters))] = hostile
        path = re.sub(r"\{(\w+)[^}]*}", lambda m: _quoted(parameters.get(m[1], "1")), operation.path)
        query = {key: value for key, value in (case.query or {}).items() if value is not None}
        if query and dice.random() < 0.3:
            query[dice.choice(sorted(query))] = hostile
        if operation.method.upper() == "GET":
            answer = client.get(path, params=query)
        else:
            answer = client.send_form(path, form, params=query)
        reached[label] += 1
        if answer.status_code >= 500:
            failed.append(f"{label}: {answer.status_code} for {path} {query} {form}"[:500])
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "Set-Cookie: a=b" not in str(answer.headers)

    return send


def run(town: tuple[Review, Client, list[str]], examples: int) -> Counter[str]:
    """Send `examples` requests to each operation. A failure of ours is an error of the test."""
    _, client, found = town
    schema = schemathesis.openapi.from_dict(client.get("/openapi.json").json())
    reached: Counter[str] = Counter()
    dice, failed = random.Random(1), []
    for result in schema.get_all_operations():
        operation = result.ok()
        label = f"{operation.method.upper()} {operation.path}"
        if label in {
            "POST /afmelden",
            "GET /aanmelden/terug",
            "POST /aanmelden/opnieuw",
        }:  # end the session, or ask the provider
            continue
        send = sender(operation, label, client, found, dice, reached, failed)
        given(case=operation.as_strategy(), form=forms(), hostile=st.sampled_from(HOSTILE))(
            settings(
                max_examples=examples,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )(send)
        )()
    assert failed == []
    for case_id in found:
        assert client.get(f"/zaken/{case_id}").status_code in {200, 404}
    return reached


def each_in_turn(town: tuple[Review, Client, list[str]], hostile: list[str]) -> int:
    """Send each of these texts as each parameter of each operation, the others being well. How many were sent."""
    _, client, found = town
    well = {"case_id": found[0], "position": "0", "filter_id": "1"}
    failed, sent = [], 0
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", []):
                for text in hostile:
                    chosen = {parameter["name"]: text}
                    filled = re.sub(r"\{(\w+)[^}]*}", lambda m: _quoted((well | chosen).get(m[1], "1")), path)  # noqa: B023
                    query = chosen if parameter["in"] == "query" else {}
                    send = client.get if method == "get" else client.send_form
                    sent += 1
                    if path != "/aanmelden/terug" and (status := send(filled, params=query).status_code) >= 500:
                        failed.append(f"{method} {path} {chosen}: {status}"[:200])
    assert failed == []
    return sent


def test_no_number_or_day_in_an_address_makes_a_route_fail(town) -> None:
    assert each_in_turn(town, ["99999999999999999999", "-1", "0001-01-01"]) >= 120


def _quoted(value: object) -> str:
    return quote(str(value), safe="") or "%20"


def test_no_input_makes_a_route_fail(town) -> None:
    reached = run(town, 2)
    assert len(reached) >= 40
    assert min(reached.values()) >= 1


@pytest.mark.long
def test_five_thousand_inputs_make_no_route_fail(town) -> None:
    reached = run(town, 120)
    assert sum(reached.values()) >= 5_000
    assert each_in_turn(town, HOSTILE) >= 1_300
