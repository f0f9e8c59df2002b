"""On English pages, what registers and people wrote is marked as Dutch, to be read aloud as such (WCAG 3.1.2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa

from screening.store.schema.cases import review_case
from screening.store.schema.runs import dossier_record
from tests.browser.scene import OTHER, ROLES, SIGNAL, WITHOUT_PURPOSE, HalfDone, Scene, scene_on
from tests.review.conftest import Review
from tests.review.pages import officers
from tests.review.test_dossier_view import words_of_somebody

#: Elements that have no end, and those whose text is no text of the page: what somebody types is theirs.
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
NOT_READ = {"script", "style", "textarea", "title"}
#: In pictures, and in the table under one, stand proper names: those are of no language (WCAG 3.1.2).
OF_NAMES = "figure"
#: A value that is shorter is a code, or stands in other words.
LETTERS = 6


class Marked(HTMLParser):
    """Reads a page: the texts outside anything that is marked as Dutch."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element has the language of the one that it is in, unless it says another."""
        if tag not in VOID:
            above = self.open[-1][1] if self.open else ""
            self.open.append((tag, dict(attrs).get("lang") or above))

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and those in it that have no end of their own."""
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """A text, where it is read as English."""
        if not self.open or self.open[-1][1] != "en" or not data.strip():
            return
        tags = {tag for tag, _ in self.open}
        if not tags & NOT_READ and OF_NAMES not in tags:
            self.texts.append(" ".join(data.split()))


def english_texts(page: str) -> list[str]:
    """The texts of a page that are read as English."""
    reader = Marked()
    reader.feed(page)
    return reader.texts


def dutch_words(review: Review) -> tuple[set[str], set[str]]:
    """Sentences that people wrote, which are Dutch wherever they stand; and addresses, names and values of records.

    Of these only a text that is nothing else is looked at: a name within an English sentence is of no other language.
    """
    with review.store.engine.connect() as connection:
        cases = sa.select(review_case.c.address_id)
        fields = connection.scalars(
            sa.select(dossier_record.c.fields).where(dossier_record.c.address_id.in_(cases))
        ).all()
    values = {value for text in fields for value in json.loads(text).values() if isinstance(value, str)}
    long = {value for value in values if len(value) >= LETTERS and " " in value and value.upper() != value}
    return {officers.READING, officers.WHY, OTHER, SIGNAL["tekst"]}, words_of_somebody(review)[0] | long


@pytest.fixture(scope="module")
def scene(half_done: HalfDone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A review in the middle of its work, before nobody."""
    with scene_on(half_done, tmp_path_factory.mktemp("english"), None) as opened:
        yield opened


def test_dutch_data_is_marked_as_dutch_on_every_english_page(scene: Scene) -> None:
    written, named = dutch_words(scene.review)
    assert len(named) > 50
    wrong: list[str] = []
    read = 0
    for state in scene.states():
        if state.account is None or state.account in WITHOUT_PURPOSE or state.act:
            continue
        client = scene.client(state.account, *ROLES[state.account])
        page = client.get(f"{state.path}{'&' if '?' in state.path else '?'}lang=en", follow_redirects=True)
        texts = english_texts(page.text)
        read += 1
        wrong += [
            f"{state.name}: {text[:160]}"
            for text in texts
            if text.strip(" :,.;()") in named or any(word in text for word in written)
        ]
    assert read > 60
    assert not wrong, "\n".join(wrong)


def test_the_harness_finds_what_is_not_marked() -> None:
    page = "<html lang='en'><body><p>Address <b>Dorpsstraat 1<br></b> and <span lang='nl'>Kerkstraat 2</span></p>"
    assert english_texts(page) == ["Address", "Dorpsstraat 1", "and"]
