"""Whoever may not see what is sensitive reads no word of it: every route, object and role, PDFs too (S4, T1)."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import pytest

from screening.base.civil_time import day_of
from screening.base.vocabulary import Role
from screening.casework.cases.case_counts import open_counts
from screening.casework.cases.sync import sync_cases
from screening.casework.viewer import Viewer
from screening.partners.desk.drafts import batch_drafts
from screening.partners.desk.signal_versions import signal_of, signals
from screening.review.pages import all_routes
from screening.store import Workspace, publish
from screening.store.schema.runs import run
from tests.partners.desk.disclosed import policy
from tests.review.conftest import Client, Review, review_on
from tests.review.objects import (
    DRAWN,
    LAPSED,
    OWN,
    PLAIN_ROLES,
    SENSITIVE,
    WAITING,
    Objects,
    hidden_words,
    made_on,
    town,
    words_of,
)
from tests.review.pages.test_visits import pdf_text

ID_READERS = tuple(role for role in PLAIN_ROLES if role is not Role.AUDITOR)
SENSITIVE_ROLES = (Role.OFFICER, Role.SENSITIVE_REVIEWER, Role.LEAD, Role.ANALYST, Role.CONTACT_PERSON)


@pytest.fixture(scope="module")
def objects(tmp_path_factory) -> Iterator[Objects]:
    with review_on(Workspace(tmp_path_factory.mktemp("hidden") / "w"), export=policy()) as review:
        yield made_on(review)


def read_text(answer) -> str:
    """The text of an answer: a page, a script or a PDF."""
    is_pdf = answer.headers.get("content-type") == "application/pdf"
    return re.sub(r"\s+", " ", pdf_text(answer.content) if is_pdf else html.unescape(answer.text))


def words_in(answer) -> set[str]:
    """The hidden words of an answer."""
    text = read_text(answer)
    return {word for word in hidden_words() if word in text}


def sweep(objects: Objects, client: Client, roles: set[Role]) -> dict[str, set[str]]:
    """Route and object -> the hidden words that are answered to these roles; every GET, whatever it answers."""
    seen: dict[str, set[str]] = {}
    for route in all_routes():
        if route.method != "GET" or not route.allows({*roles, Role.COLLEAGUE}):
            continue
        for variant, named in objects.of(route).items():
            client.state_purpose(named.get("case_id"))
            answer = client.get(re.sub(r"\{(\w+)[^}]*}", lambda match: named[match[1]], route.path))  # noqa: B023
            assert answer.status_code < 500, f"{route.path} ({variant})"
            if words := words_in(answer):
                seen[f"{route.path} ({variant})"] = words
    return seen


def seen_by(objects: Objects, *roles: Role) -> dict[str, set[str]]:
    return sweep(objects, objects.review.client(*roles, account=OWN), set(roles))


def test_nobody_without_the_role_reads_a_sensitive_word(objects: Objects) -> None:
    """Somebody with every other role at once, who holds cases, a list and a signal, and walks along on a list."""
    assert seen_by(objects, *PLAIN_ROLES) == {}


def test_no_page_lists_an_id_of_what_is_sensitive(objects: Objects) -> None:
    """An id that answers as if it were not there would say that something is. The auditor's pages hold all ids."""
    client = objects.review.client(*ID_READERS, account=OWN)
    hidden = {
        value
        for variants in objects.named.values()
        for name, values in variants.items()
        if name.startswith(("sensitive", "a sensitive"))
        for key, value in values.items()
        if key not in {"position", "file_id", "hand_over_id", "signal_id", "list_id" if "stop" in name else ""}
    }
    assert len(hidden) >= 8
    for route in all_routes():
        if route.method == "GET" and route.allows({*ID_READERS, Role.COLLEAGUE}):
            for variant, named in objects.of(route).items():
                if variant.startswith("own"):
                    client.state_purpose(named.get("case_id"))
                    answer = client.get(re.sub(r"\{(\w+)[^}]*}", lambda match: named[match[1]], route.path))  # noqa: B023
                    assert {each for each in hidden if each in answer.text} == set(), route.path


@pytest.mark.long
@pytest.mark.goal("S4", reached="every GET route x every object x each role: 0 sensitive words")
@pytest.mark.parametrize("role", PLAIN_ROLES)
def test_no_role_reads_a_sensitive_word(objects: Objects, role: Role) -> None:
    assert seen_by(objects, role) == {}


def test_who_has_the_role_reads_them_all(objects: Objects) -> None:
    """The harness bites: these words are on pages, and were they shown to everybody, they would be seen."""
    seen = set().union(*seen_by(objects, *SENSITIVE_ROLES).values())
    assert words_of(DRAWN[1]) - seen == set()
    assert words_of(WAITING[1]) & seen  # a hit names what it cites, and nobody on it
    assert {f"Teststraat {n}, " for n in SENSITIVE if n not in LAPSED} - seen == set()  # of a lapsed one the number
    assert hidden_words() - {word for n in SENSITIVE for word in words_of(n)} - seen == set()


#: What differs between two nights that are alike: ids and case numbers that are drawn, digests, sizes when packed.
_DRAWN = re.compile(
    r"Z-\d{4}-\d{7}|V-\d{4}-\d{5,}|(?:(?<=partners/)|(?<=waarom-))\d+"
    r'|[0-9a-f]{10,64}|(?:[0-9a-f]{4} ){15}[0-9a-f]{4}|"bytes":\d+'
)
#: Where counts of cases stand.
_COUNTS = ("/", "/zaken", "/na-het-oordeel", "/werk", "/niet-gezien", "/overzicht", "/nachten", "/bewaren")
Answers = dict[str, tuple[int, int, Counter[str]]]


def answers_to(objects: Objects, roles: Iterable[Role], paths: Collection[str] = ()) -> Answers:
    """Route and own object -> status, length and words of the answer, in no order: that of cases is drawn.

    `paths`: of these routes only. Not of the ledger: its auditor counts every act, and cannot tell of which dossier.
    """
    client, answers = objects.review.client(*roles, account=OWN), {}
    for route in all_routes():
        is_asked = route.method == "GET" and not route.path.startswith("/logboek")
        for variant, named in objects.of(route).items() if is_asked and (not paths or route.path in paths) else ():
            if variant.startswith("own"):
                client.state_purpose(named.get("case_id"))
                path = re.sub(r"\{(\w+)[^}]*}", lambda match: named[match[1]], route.path)  # noqa: B023
                answer = client.get(path)
                text = _DRAWN.sub("#", read_text(answer))
                answers[f"{route.path} ({variant})"] = answer.status_code, len(text), Counter(text.split())
    return answers


def differences(here: Answers, elsewhere: Answers) -> dict[str, tuple[object, ...]]:
    """The answers that are not alike: the words of each that the other does not have, and status and length."""
    return {
        path: (here[path][2] - elsewhere[path][2], elsewhere[path][2] - here[path][2], here[path][:2])
        for path in here
        if here[path] != elsewhere[path]
    }


def published_at_once(review: Review) -> None:
    """Nights are published by the clock of the machine: these two at the same moment."""
    with review.store.engine.begin() as connection:
        connection.execute(run.update().values(published_at=review.clock.now))


def test_no_count_of_cases_tells_of_what_is_sensitive(tmp_path: Path) -> None:
    answers = []
    for with_sensitive in (True, False):
        with review_on(Workspace(tmp_path / str(with_sensitive)), export=policy()) as review:
            publish(review.store, review.workspace, town(with_sensitive=with_sensitive))
            sync_cases(review.store, now=review.clock.now)
            published_at_once(review)
            review.clock.forward(days=40)
            none = Objects(review, {frozenset(): {"own": {}}})
            counted = answers_to(none, PLAIN_ROLES, _COUNTS)
            answers.append((open_counts(review.store, day_of(review.clock.now)), counted))
    (counts_here, here), (counts_elsewhere, elsewhere) = answers
    assert differences(here, elsewhere) == {}
    assert counts_here == counts_elsewhere
    assert counts_here.overdue
    assert len(here) == len(_COUNTS)


@pytest.mark.long
@pytest.mark.goal("S4", reached="every page and PDF alike with and without what is sensitive: words, counts, lengths")
def test_what_is_sensitive_leaves_no_trace(tmp_path: Path) -> None:
    """No count, no length and no gap: the town is to them as one in which the sensitive addresses are not.

    To somebody with all these roles at once, and to each role alone.
    """
    answers = []
    for with_sensitive in (True, False):
        with review_on(Workspace(tmp_path / str(with_sensitive)), export=policy()) as review:
            objects = made_on(review, with_sensitive=with_sensitive)
            published_at_once(review)
            answers.append([answers_to(objects, roles) for roles in (PLAIN_ROLES, *([role] for role in PLAIN_ROLES))])
    for here, elsewhere in zip(*answers, strict=True):
        assert here.keys() == elsewhere.keys()
        assert differences(here, elsewhere) == {}


def test_a_viewer_who_may_see_too_much_is_seen(objects: Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Viewer, "may_see_sensitive", property(lambda _viewer: True))
    assert len(seen_by(objects, Role.OFFICER)) > 5


def test_a_signal_of_such_a_case_has_all_that_a_sensitive_one_has(objects: Objects) -> None:
    """Strictly confidential, and a third person agrees; one of an ordinary case names nothing."""
    of_case = {case["case_id"]: name for name, case in objects.named[frozenset({"case_id"})].items()}
    told = {of_case[signal.case_id]: signal for signal in signals(objects.review.store)}
    hidden, plain = told["sensitive, closed"], told["own, closed"]
    assert (hidden.sensitive, hidden.approved_by, hidden.extra_approval_by) == (True, "kaat", "sara")
    assert hidden.content.meta.vertrouwelijkheid == "zeer vertrouwelijk"
    assert (plain.sensitive, plain.state, plain.extra_approval_by) == (False, "approved", None)
    assert not {word for word in hidden_words() if word in plain.content.model_dump_json()}
    assert signal_of(objects.review.store, Viewer(OWN, frozenset({Role.OFFICER, Role.LEAD})), hidden.case_id) is None
    drafts = {draft.sensitive: draft for draft in batch_drafts(objects.review.store)}
    assert {is_sensitive: draft.riec_ids for is_sensitive, draft in drafts.items()} == {
        True: {hidden.id},
        False: {plain.id},
    }
