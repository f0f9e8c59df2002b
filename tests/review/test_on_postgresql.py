"""The review on PostgreSQL, store and ledger each a database of its own, beside the same work on SQLite."""

from __future__ import annotations

import html
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from screening.casework.case_policy import CasePolicy
from screening.casework.cases.sync import sync_cases
from screening.store import Workspace, open_store
from tests.browser.desk import Desk
from tests.browser.scene import ROLES, HalfDone, Scene, scene_on, scene_terms
from tests.conftest import barrier
from tests.databases import own_database
from tests.review.conftest import BASE, MORNING, Review, Served, review_on, timedelta
from tests.review.pages.officers import words
from tests.review.pages.test_judgement import Ready, at_once

#: What is drawn at random: ids, hashes, the beginning of an id in a text of the scene, which of its letters is which.
OF_THE_MOMENT = re.compile(
    r"\b[0-9a-f]{8,}\b|Z-[0-9]{4}-[0-9]{7}|"
    r"(?:\b[0-9a-f]{4}\s+){7,}[0-9a-f]{4}\b|zaak [0-9a-f]{4}\.|\([0-9a-f]{4}\)|9999 AA, \d"
)


@pytest.fixture(scope="module")
def databases(clean_town: Path, tmp_path_factory, postgres: str) -> Iterator[tuple[str, str]]:
    """Names of the databases of a published run of the town with its cases, and of its ledger. Copy them."""
    town = tmp_path_factory.mktemp("town") / "town"
    shutil.copytree(clean_town, town, ignore=shutil.ignore_patterns("var", "truth"))
    with own_database(postgres) as store, own_database(postgres) as ledger:
        ran = barrier(
            "run",
            "--config",
            town / "screening.toml",
            "--json",
            env={"BARRIER_STORE_URL": store, "BARRIER_LEDGER_URL": ledger},
        )
        assert ran.code == 0, ran.out + ran.err
        with open_store(store) as opened:
            sync_cases(opened, now=MORNING - timedelta(hours=2), policy=CasePolicy())
        yield name_of(store), name_of(ledger)


def name_of(url: str) -> str:
    """The database that a URL names."""
    return str(sa.make_url(url).database)


@contextmanager
def review_in(server: str, names: tuple[str, str], folder: Path) -> Iterator[Review]:
    """A review on copies of these two databases."""
    with (
        own_database(server, names[0]) as store,
        own_database(server, names[1]) as ledger,
        review_on(Workspace(folder), store=store, ledger=ledger, **scene_terms()) as review,
    ):
        yield review


def shown(scene: Scene) -> dict[str, tuple[int, str]]:
    """Every page and state of half of the work done by its forms, without the moment in it: status and text."""
    told = {}
    for state in scene.states():
        # the ledgers begin at different moments of the two towns, so their pages have other entries
        if state.act is None and state.account and not state.path.startswith("/logboek"):
            client = scene.client(state.account, *ROLES[state.account])
            answer = client.get(state.path)
            text = words(answer.text)
            page = answer
            while more := re.search(r'href="([^"]*)" rel="next"', page.text):
                page = client.get(html.unescape(more[1]))
                text += words(page.text)
            told[state.name] = (answer.status_code, OF_THE_MOMENT.sub("…", text))
    return told


def test_every_page_says_the_same_as_on_sqlite(
    half_done: HalfDone, tmp_path: Path, postgres: str, databases: tuple[str, str]
) -> None:
    with scene_on(half_done, tmp_path, None) as scene:
        expected = shown(scene)
    with review_in(postgres, databases, tmp_path / "postgresql") as review:
        assert review.store.engine.dialect.name == review.ledger.engine.dialect.name == "postgresql"
        desk = Desk(Served(BASE, review), browser=None)
        desk.begin_work()
        scene = Scene(desk)
        scene.work()
        found = shown(scene)
    assert len(found) > 30
    assert {name: one for name, (one, _) in found.items()} == {name: one for name, (one, _) in expected.items()}
    # cases of one day stand in an order that is drawn by their ids: the same words, wherever they stand
    counted = {name: (Counter(expected[name][1].split()), Counter(text.split())) for name, (_, text) in found.items()}
    assert {name: (there - here, here - there) for name, (there, here) in counted.items() if there != here} == {}


def at_once_on_copies(server: str, names: tuple[str, str], folder: Path, pairs: int) -> None:
    """Two officers who read one case judge it in one moment, each time on fresh copies of both databases."""
    with own_database(server, names[0]) as store, own_database(server, names[1]) as ledger:
        with review_on(Workspace(folder / "read"), store=store, ledger=ledger) as review:
            both = Ready.on(review)
        read = name_of(store), name_of(ledger)
        at_once(both, (review_in(server, read, folder / str(number)) for number in range(pairs)))


def test_two_at_once_give_one_success_and_one_clear_conflict(
    tmp_path: Path, postgres: str, databases: tuple[str, str]
) -> None:
    at_once_on_copies(postgres, databases, tmp_path, 5)


@pytest.mark.goal("R9", reached="1,000 pairs over HTTP on PostgreSQL")
@pytest.mark.long
@pytest.mark.parametrize("part", range(20))
def test_two_at_once_a_thousand_times(tmp_path: Path, postgres: str, databases: tuple[str, str], part: int) -> None:
    """R9 on PostgreSQL, in parts for the same reason as on SQLite."""
    at_once_on_copies(postgres, databases, tmp_path, 50)
