"""How many words an officer has in sight: `python -m tests.review.words WORKSPACE…` tells it for each case of a town.

A word is what stands between white space in the `main` of a page. Not in sight are closed folds but for their summary,
what belongs to a choice that was not made, and what is there for a screen reader alone. A block of text counts when it
is first seen: `before` the own reading, and `in_all` up to the judgement, every point of attention opened.
"""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import sqlalchemy as sa

from screening.base.vocabulary import Role
from screening.store.schema.cases import review_case
from tests.review.conftest import Client, Review, copy_workspace, review_on
from tests.review.pages import officers

#: Nobody sees these: drawn for a screen reader or a telephone, for a machine, or shown once something is chosen.
_UNSEEN_TAGS = {"script", "style", "template", "title", "desc", "datalist"}
_UNSEEN_CLASSES = {"bs-visually-hidden", "d-more", "pic-narrow"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
#: Where a block of text begins and ends.
_BLOCKS = {
    "address",
    "article",
    "aside",
    "blockquote",
    "button",
    "caption",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "header",
    "label",
    "legend",
    "li",
    "nav",
    "ol",
    "p",
    "section",
    "summary",
    "svg",
    "table",
    "td",
    "text",
    "th",
    "tr",
    "ul",
}


class _Sight(HTMLParser):
    """Collects the blocks of text of `main` that can be seen."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[list[str]] = [[]]
        self._path: list[tuple[str, bool]] = []
        self._is_main = False

    def _is_hidden(self, tag: str, attributes: dict[str, str | None]) -> bool:
        if tag in _UNSEEN_TAGS or "hidden" in attributes:
            return True
        if _UNSEEN_CLASSES & set((attributes.get("class") or "").split()):
            return True
        if tag == "option":
            return "selected" not in attributes
        above = self._path[-1][0] if self._path else ""
        return above == "closed" and tag != "summary"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self._is_main = self._is_main or tag == "main"
        if tag in _BLOCKS:
            self.blocks.append([])
        if tag in _VOID:
            return
        hides = bool(self._path and self._path[-1][1]) or self._is_hidden(tag, attributes)
        self._path.append(("closed" if tag == "details" and "open" not in attributes else tag, hides))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.blocks.append([])
        names = [name if name != "closed" else "details" for name, _ in self._path]
        if tag in names:
            del self._path[len(names) - 1 - names[::-1].index(tag) :]
        self._is_main = self._is_main and tag != "main"

    def handle_data(self, data: str) -> None:
        directly_in_fold = bool(self._path) and self._path[-1][0] == "closed"
        if self._is_main and not directly_in_fold and not (self._path and self._path[-1][1]):
            self.blocks[-1] += data.split()


def blocks_in_sight(page: str) -> list[str]:
    """The blocks of text that somebody sees on a page, in order."""
    sight = _Sight()
    sight.feed(page)
    return [" ".join(block) for block in sight.blocks if block]


def words_in_sight(page: str) -> int:
    """How many words somebody sees on a page."""
    return count_words(blocks_in_sight(page))


def count_words(blocks: Iterable[str]) -> int:
    """How many words there are in these blocks."""
    return sum(len(block.split()) for block in blocks)


@dataclass(frozen=True)
class CaseWords:
    """Words of one case: before the own reading, and in all up to the judgement."""

    case_id: str
    before: int
    in_all: int


def words_of_case(client: Client, case_id: str) -> CaseWords:
    """Walk a case up to its judgement and count what is new in sight at each step."""
    steps = [officers.open_dossier(client, case_id).text, officers.read(client, case_id).text]
    steps.append(officers.open_all(client, case_id).text)
    seen: Counter[str] = Counter()
    counts = []
    for page in steps:
        blocks = Counter(blocks_in_sight(page))
        counts.append(count_words((blocks - seen).elements()))
        seen |= blocks
    return CaseWords(case_id, counts[0], sum(counts))


def open_cases(review: Review) -> list[str]:
    """Every case that waits, of either arm."""
    query = sa.select(review_case.c.case_id).where(review_case.c.concluded_on.is_(None))
    with review.store.engine.connect() as connection:
        return list(connection.scalars(query.order_by(review_case.c.address_id)))


def percentile(numbers: Sequence[int], share: float) -> int:
    """The smallest of these numbers that so large a share of them does not exceed."""
    ordered = sorted(numbers)
    return ordered[max(0, -(-int(len(ordered) * share * 100) // 100) - 1)]


def summary(numbers: Sequence[int]) -> str:
    """Median, 95th percentile and largest of these numbers."""
    return f"median {statistics.median(numbers):.0f}, p95 {percentile(numbers, 0.95)}, most {max(numbers)}"


def words_of_town(review: Review) -> list[CaseWords]:
    """Words of every case of a town."""
    client = review.client(Role.OFFICER, Role.SENSITIVE_REVIEWER)
    return [words_of_case(client, case_id) for case_id in open_cases(review)]


def main() -> None:
    """Tell the words of every case of these workspaces; they stay as they are."""
    for argument in sys.argv[1:]:
        workspace = Path(argument)
        with tempfile.TemporaryDirectory() as folder, review_on(copy_workspace(workspace, Path(folder))) as review:
            with review.store.engine.connect() as connection:
                opened = connection.scalar(sa.select(sa.func.max(review_case.c.opened_on)))
            review.clock.now = review.clock.now.replace(year=opened.year, month=opened.month, day=opened.day)
            cases = words_of_town(review)
        print(f"{re.sub('.*/', '', str(workspace.parent))}: {len(cases)} cases")
        print(f"  before the own reading: {summary([case.before for case in cases])}")
        print(f"  in all: {summary([case.in_all for case in cases])}")


if __name__ == "__main__":
    main()
