"""What says who somebody is goes into every field, file and header there is, and is met again nowhere.

`tests/flows/test_leaks.py` does the same for what a night reads.
"""

from __future__ import annotations

import itertools
import json
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from screening.base.vocabulary import Role
from screening.casework.tips.sightings import House
from screening.casework.tips.tips import inbox
from screening.casework.viewer import Viewer
from screening.review import pages
from screening.review.csrf import FIELD, token
from screening.review.pages import all_routes
from screening.review.pages_registry import PageRoute
from screening.rights.personal_data import Sources, data_of_address
from screening.store import Workspace
from tests.assurance.canaries import HARMLESS, KINDS, Canaries, exported, stored, text_of_answer
from tests.assurance.served_forms import ServedForm, forms_of
from tests.browser.scene import NO_PAGE
from tests.partners.desk.disclosed import policy
from tests.review.conftest import Client, review_on
from tests.review.objects import OWN, Objects, made_on

#: The names of the fields that hold a file.
FILES = ("antwoord", "document", "foto", "handtekening", "sleutel")
POSTS = [route for route in all_routes() if route.method == "POST"]
#: They end the session of who presses: each with somebody of their own.
ENDS_SESSION = {"/afmelden", "/accounts/{account}/uit", "/mijn-account/sessies/afmelden", "/aanmelden/opnieuw"}
#: Fields that hold what people write in them: of policy and agreements what names nobody.
POLICY = {
    (form, name, kind)
    for form, name in (
        ("/beleid/sluiten-damocles", "bewijs"),
        ("/beleid/ondermijning-cameras", "reden"),
        ("/ontvangers/afspraken", "artikel"),
        ("/ontvangers/afspraken", "convenant"),
        ("/ontvangers/afspraken", "advies"),
    )
    for kind in ("health", "nationality")
}
TEXT = ("/meldingen/nieuw", "tekst", "harmless")
KEPT = POLICY | {TEXT}
#: Forms about a case: what is written there is kept, encrypted, until it is sent, for its writer alone.
WHOLE_DRAFTS = {"/zaken/{case_id}/lezing", "/zaken/{case_id}/oordeel", "/riec/{case_id}/voorbereiden"}
STORE = {
    "store.sqlite",
    "store.sqlite-wal",
    "store.sqlite-shm",
    "table colleague_signal",
    "table policy_answer",
    "table partner_agreement",
}
WISH, ADDRESS, HOUSE = "0207654321", "0599010000000001", House("9999AA", 77)
CONTACT = Viewer("c.contact", frozenset({Role.CONTACT_PERSON}))
#: How a name of a field stands in code and in templates; of some a number comes after it.
NAMED = re.compile(r"(?:form(?:\.get|\.all)?[(\[]|reason_of\(page, |ui\.(?:field|choices)\(|name=)\"([a-z_-]+)\"")
#: Names of fields that a page reads only in a state that no page here is in, and one that none reads.
IN_SOURCE = {
    name + number
    for path in Path(pages.__file__).parent.parent.rglob("*")
    if path.suffix in {".py", ".j2"}
    for name in NAMED.findall(path.read_text(encoding="utf-8"))
    for number in (("1", "2") if name.endswith("-") else ("",))
} | {"onbekend"}


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Objects]:
    """A review with one of each kind of object."""
    folder = tmp_path_factory.mktemp("canaries")
    with review_on(Workspace(folder / "w"), export=policy(out=folder / "uit")) as review:
        yield made_on(review)


@dataclass(frozen=True)
class Form:
    """A form that is taken as `filled`. `free`: its fields for words of one's own, which all kinds are tried in."""

    client: Client
    path: str
    filled: dict[str, object]
    free: tuple[str, ...] = ()

    def plant(self, canaries: Canaries) -> None:
        """Send the form with a canary in one field after another; then as it is to be filled in, one in the query."""
        for name in (*self.filled, "onbekend"):
            texts = [canaries.text(self.path, name, kind) for kind in KINDS] if name in self.free else []
            for text in texts or [canaries.all_kinds(self.path, name)]:
                assert self.client.send_form(self.path, self.filled | {name: text}).status_code in {303, 404, 422}
        query = {"naam": canaries.all_kinds(self.path, "query")}
        assert self.client.send_form(self.path, self.filled, params=query).status_code == 303, self.path


def plant_in_tips(objects: Objects, canaries: Canaries) -> tuple[Client, list[str]]:
    """Every form from a tip to the wish for contact, taken in the end. Returns the contact person, and the letters."""
    review = objects.review
    sender, coordinator = review.client(account="b.balie"), review.client(Role.CARE_COORDINATOR)
    contact, other = (review.client(Role.CONTACT_PERSON, account=name) for name in ("c.contact", "d.deputy"))
    day = review.clock.now.date().isoformat()
    tip = {
        "geen_gevaar": "ja",
        "waarnemingen": "mattresses",
        "datum": day,
        "postcode": "9999 AA",
        "huisnummer": str(HOUSE.number),
        "toevoeging": "",
        "plaats": "Voorbeeldstad",
        "tekst": canaries.text("/meldingen/nieuw", "tekst", "harmless", HARMLESS),
    }
    Form(sender, "/meldingen/persoon", {"teken": "papers_held"}).plant(canaries)
    Form(sender, "/meldingen/nieuw", tip, free=("tekst", "plaats")).plant(canaries)
    tips = [tip for tip in inbox(review.store, CONTACT, now=review.clock.now) if tip.seen.house == HOUSE]
    letters = [f"/meldingen/postbak/{tip.signal_id}" for tip in tips]
    turn = {"vanaf": day, "contactpersoon": "c.contact", "vervanger": other.account}
    given = {"aan": "toezicht", "hoe": "phone", "datum": day, "nagekeken": "ja"}
    for form in (
        Form(contact, "/meldingen/rooster", turn),
        Form(contact, letters[0], {"besluit": "not_used", "reden": "no_fact"}),
        Form(contact, f"{letters[0]}/doorgeven", given),
        Form(contact, letters[0], {"besluit": "care", "telefoon": "020 765 43 21"}),
        Form(coordinator, "/contactwensen/1", {"stap": "taken_on", "versie": "0"}),
    ):
        form.plant(canaries)
    return contact, letters


def plant_in_policy(objects: Objects, canaries: Canaries) -> None:
    """The questions on policy, the lead's estimate of hours, and an agreement with a partner."""
    lead, officer = objects.review.client(Role.LEAD), objects.review.client(Role.OFFICER, account="piet")
    in_force = {
        "antwoord": "in_force",
        "functie": "jurist_ov",
        "vastgesteld": "1-6-2025",
        "herzien": "2028-06-01",
        "bewijs": "Besluit Z-2025-00412",
    }
    elsewhere = {
        "antwoord": "not_applicable",
        "functie": "beleid_ov",
        "herzien": "2027-11-01",
        "reden": "Dit is er niet.",
    }
    agreement = {
        "soort": "politie",
        "ontvanger": "politie-west",
        "artikel": "Artikel 5 van de afspraak",
        "convenant": "W-2026-3",
        "advies": "ADV-9",
        "thema": "witwassen",
        "gegeven": "personen",
    }
    for form in (
        Form(lead, "/beleid/sluiten-damocles", in_force, free=("bewijs",)),
        Form(lead, "/beleid/ondermijning-cameras", elsewhere, free=("reden",)),
        Form(lead, "/opbrengst/uren", {"jaar": "2026", "uren": "120"}),
        Form(officer, "/ontvangers/afspraken", agreement, free=("ontvanger", "artikel", "convenant", "advies")),
    ):
        form.plant(canaries)


def served_forms(objects: Objects) -> list[ServedForm]:
    """Every form on every page that there is of one's own objects."""
    client, forms = all_roles(objects), []
    for route in all_routes():
        is_page = route.method == "GET" and route.path not in NO_PAGE
        for path in paths(objects, route) if is_page else ():
            answer = client.get(path)
            forms += forms_of(path, answer.text) if answer.status_code == 200 else []
    return forms


def route_of(form: ServedForm) -> PageRoute:
    """The route to which a form is sent."""
    method, path = form.method.upper(), form.action.partition("?")[0]
    return next(
        route
        for route in all_routes()
        if route.method == method and re.fullmatch(re.sub(r"\{\w+[^}]*}", "[^/]+", route.path), path)
    )


def paths(objects: Objects, route: PageRoute) -> list[str]:
    """The route with each of one's own objects in the place of its parameters."""
    variants = objects.of(route)
    own = [ids for name, ids in variants.items() if name.startswith("own") or len(variants) == 1]
    return [re.sub(r"\{(\w+)[^}]*}", lambda match: ids[match[1]], route.path) for ids in own]  # noqa: B023


def plant_in_served(objects: Objects, canaries: Canaries, forms: list[ServedForm]) -> int:
    """Every form that one can type in, sent as it is served with a canary in each field. How many were taken."""
    client, taken = all_roles(objects), 0
    for form in forms:
        route, path = route_of(form), form.action.partition("?")[0]
        for name in form.names if form.method == "get" else ():
            answer = client.get(path, params={name: canaries.all_kinds(route.path, name)})
            assert answer.status_code in {200, 303, 404, 422}, path
        if form.method == "post" and form.typed:
            typed = {name: canaries.all_kinds(route.path, name) for name in form.typed}
            answer = client.send_form(path, form.filled | typed | {FIELD: token(client.session_id or "")})
            assert answer.status_code in {200, 303, 404, 409, 422}, path
            taken += answer.status_code == 303
    return taken


def plant_everywhere(objects: Objects, canaries: Canaries, fields: Iterable[str]) -> Counter[int]:
    """Every form there is, with a canary in each of these fields, in a file, in the query and in headers. Answers."""
    client, answers = all_roles(objects), Counter[int]()
    for route in sorted(POSTS, key=lambda route: route.path in ENDS_SESSION):
        path = paths(objects, route)[0]
        client = all_roles(objects) if route.path in ENDS_SESSION else client
        client.headers.update(
            {name: canaries.text(route.path, name, "e-mail") for name in ("User-Agent", "Referer", "X-Forwarded-For")}
        )
        filled = {name: canaries.all_kinds(route.path, name) for name in fields}
        sent = [
            client.send_form(path, filled | more, params={"naam": canaries.all_kinds(route.path, "query")})
            for more in (({}, {"concept": "typen"}) if route.drafts else ({},))
        ]
        if route.takes_file or route.most_document_bytes:
            words = [canaries.all_kinds(route.path, part) for part in ("file name", "file")]
            file = (f"{words[0]}.pdf", f"%PDF-1.7 {words[1]}".encode())
            sent += [client.send_form(path, files={name: file}) for name in FILES]
        # nobody is there who can be asked to sign in anew
        allowed = {503} if route.path == "/aanmelden/opnieuw" else {200, 204, 303, 404, 409, 422}
        assert {answer.status_code for answer in sent} <= allowed, route.path
        answers.update(answer.status_code for answer in sent)
    return answers


def all_roles(objects: Objects, account: str = OWN) -> Client:
    """Somebody with every role, who said for which task."""
    client = objects.review.client(*Role, account=account)
    for ids in objects.named[frozenset({"case_id"})].values():
        client.state_purpose(ids["case_id"])
    return client


def kept_of(canaries: Canaries, places: dict[str, list[str]]) -> set[tuple[str, str, str]]:
    """Whose canaries stand in these places, but for drafts that their writer alone reads."""
    met = {(place, whose) for place, texts in places.items() for whose in canaries.met_in(texts)}
    of_writer = {(place, whose) for place, whose in met if place.startswith("draft of") and whose[0] in WHOLE_DRAFTS}
    assert {whose[0] for _, whose in of_writer} == WHOLE_DRAFTS
    assert {place for place, _ in met - of_writer} <= STORE, "beside the store"
    return {whose for _, whose in met - of_writer}


def holders(objects: Objects, text: str) -> set[str]:
    """Every place that holds this text."""
    return {place for place, texts in stored(objects.review).items() if any(text in each for each in texts)}


@dataclass(frozen=True)
class Planted:
    """Where all canaries were put, and the letters of the tips with a harmless text."""

    objects: Objects
    canaries: Canaries
    contact: Client
    letters: list[str]
    logged: tuple[str, ...]
    forms: list[ServedForm]
    taken: int
    answers: Counter[int]


@pytest.fixture(scope="module")
def planted(objects: Objects) -> Planted:
    """Plant a canary wherever one can be put."""
    canaries, lines = Canaries(), Lines()
    root = logging.getLogger()
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    try:
        contact, letters = plant_in_tips(objects, canaries)
        plant_in_policy(objects, canaries)
        forms = served_forms(objects)
        taken = plant_in_served(objects, canaries, forms)
        answers = plant_everywhere(
            objects, canaries, sorted(IN_SOURCE.union(*(form.names for form in forms)) - {FIELD})
        )
    finally:
        root.removeHandler(lines)
        root.setLevel(level)
    return Planted(objects, canaries, contact, letters, tuple(lines.said), forms, taken, answers)


class Lines(logging.Handler):
    """What is logged; the client of a test logs what it asks, which a server does not hear."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        if not record.name.startswith("httpx"):
            self.said.append(record.getMessage())


@pytest.mark.parametrize("kind", KINDS)
def test_the_search_meets_a_canary_of_each_kind(kind: str) -> None:
    canaries = Canaries()
    assert canaries.met_in([canaries.text("/form", "field", kind)]) == {("/form", "field", kind)}


def test_canaries_were_in_every_form_and_forms_were_taken(planted: Planted) -> None:
    names = {name for _, name, _ in planted.canaries.planted.values()}
    assert {
        "vraag",
        "interventie",
        "twijfels",
        "urgentie_reden",
        "feit",
        "waaruit",
        "kvk",
        "gebied",
        "opschrift_gevel",
        "persoon-2",
        "persoon-naam-2",
        "organisatie-naam-1",
        "wie",
        "wat",
        "object",
        "sleutel",
        "handtekening",
    } <= names
    assert len(planted.canaries.planted) > 30_000
    assert planted.taken >= 10, "filled in as they are to be, but for what is typed"
    assert planted.answers[303] >= 25, "with a canary in every field"


def test_what_says_who_somebody_is_is_kept_nowhere(planted: Planted) -> None:
    review, canaries = planted.objects.review, planted.canaries
    assert canaries.met_in(planted.logged) == set()
    assert planted.logged, "the search hears what is logged"
    assert kept_of(canaries, stored(review)) == KEPT
    outside = exported(review.workspace.path.parent / "uit").values()
    assert canaries.met_in(itertools.chain.from_iterable(outside)) == set()


def test_nothing_that_leaves_the_application_holds_what_was_refused(planted: Planted) -> None:
    """Every file that somebody can take from a page, PDFs by their text."""
    client, files = all_roles(planted.objects, "z.alles"), 0
    for route in all_routes():
        for ids in planted.objects.of(route).values() if route.path in NO_PAGE and route.method == "GET" else ():
            answer = client.get(re.sub(r"\{(\w+)[^}]*}", lambda match: ids[match[1]], route.path))  # noqa: B023
            is_page = answer.headers.get("content-type", "").startswith("text/html")
            if answer.status_code == 200 and not is_page:
                files += 1
                assert planted.canaries.met_in([text_of_answer(answer.content)]) <= POLICY, route.path
    assert files >= 12


def test_a_number_to_call_stands_in_one_table_and_nowhere_once_its_wish_has_ended(planted: Planted) -> None:
    held = holders(planted.objects, WISH)
    assert held - {"store.sqlite-wal"} == {"store.sqlite", "table care_number"}
    coordinator = planted.objects.review.client(Role.CARE_COORDINATOR)
    for number in re.findall(r"/contactwensen/(\d+)", coordinator.get("/contactwensen").text):
        for version, step in enumerate(("taken_on", "reached")):
            coordinator.send_form(f"/contactwensen/{number}", {"stap": step, "versie": str(version)})
    assert holders(planted.objects, WISH) == set()


def test_who_asks_gets_the_text_of_a_tip_and_nobody_once_it_was_removed(planted: Planted) -> None:
    review = planted.objects.review
    sources = Sources(review.store, review.workspace, review.ledger, review.clock.now)
    for kept in (KEPT, KEPT - {TEXT}):
        if TEXT not in kept:
            for letter in planted.letters:
                assert planted.contact.send_form(f"{letter}/tekst-wissen", {}).status_code == 303
        answer = json.dumps(data_of_address(sources, ADDRESS, [HOUSE])[0], default=str)
        assert WISH not in answer
        assert planted.canaries.met_in([answer]) == kept & {TEXT}
        assert kept_of(planted.canaries, stored(review)) == kept
