"""Made-up names, numbers, ids and words of health and nationality, each of its own, and where one is met again."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from pypdf import PdfReader

from screening.store import Store, Workspace
from screening.store.access.form_drafts import read_draft
from screening.store.schema.accounts import kept_form
from tests.leaks import texts_of
from tests.review.conftest import Review

#: Kind -> a text as somebody could write it. `tag` is of one canary alone, `digits` likewise.
KINDS = {
    "name": "Ik sprak met Sjaak Kanarie{tag} bij de deur.",
    "bsn": "Op de lijst staat {digits}.",
    "phone": "Bel naar 06{digits}.",
    "e-mail": "Schrijf naar kanarie{tag}@post.example",
    "iban": "De huur gaat naar NL91RABO0{digits}.",  # not ABNA: digits behind a to f could be of a hash
    "document": "Het paspoort is NRK4{TAG}7.",
    "nationality": "Een Roemeense kok zei kanarie{tag}.",
    "health": "Iemand is ziek en zei kanarie{tag}.",
}
#: What tells of nobody: the search has to find it where it may stand.
HARMLESS = "Het licht brandde de hele nacht bij kanarie{tag}."
_LETTERS = "bcdfghjklmnpqrstvwxz"
_WORDS = re.compile(r"(?:kanarie|nrk4)([bcdfghjklmnpqrstvwxz]{4})")
_RUNS = re.compile(r"(?<![0-9a-f])\d{9,40}(?![0-9a-f])")


def _tag(number: int) -> str:
    return "".join(_LETTERS[number // 20**place % 20] for place in range(4))


def _elevenproof(number: int) -> str:
    """A number of nine digits that has the form of a BSN."""
    for candidate in itertools.count(187_000_000 + number * 30):
        digits = f"{candidate:09d}"
        if (
            sum(int(digit) * weight for digit, weight in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True)) % 11
            == 0
        ):
            return digits
    raise AssertionError


@dataclass
class Canaries:
    """Canaries and where each was put: tag or digits -> (form, field, kind)."""

    planted: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def text(self, form: str, name: str, kind: str, words: str | None = None) -> str:
        """A text with a canary of this kind, for this field of this form."""
        number = next(self._numbers)
        tag = _tag(number)
        digits = {"phone": f"{98_000_000 + number:08d}", "iban": f"{417_000_000 + number:09d}"}.get(
            kind, _elevenproof(number)
        )
        words = words or KINDS[kind]
        self.planted[digits if "{digits}" in words else tag] = (form, name, kind)
        return words.format(tag=tag, TAG=tag.upper(), digits=digits)

    def all_kinds(self, form: str, name: str) -> str:
        """One text with a canary of each kind."""
        number = next(self._numbers)
        tag, digits = _tag(number), _elevenproof(number)
        self.planted |= dict.fromkeys((tag, digits, digits[1:]), (form, name, "all"))
        return " ".join(
            words.format(tag=tag, TAG=tag.upper(), digits=digits[1:] if kind == "phone" else digits)
            for kind, words in KINDS.items()
        )

    def met_in(self, texts: Iterable[str]) -> set[tuple[str, str, str]]:
        """Whose canaries stand in these texts."""
        met: set[str] = set()
        for text in texts:
            low = text.lower()
            met.update(_WORDS.findall(low))
            for run in _RUNS.findall(low):
                met.update(run[start : start + size] for size in (8, 9) for start in range(len(run) - size + 1))
        return {self.planted[key] for key in met & self.planted.keys()}


def stored(review: Review) -> dict[str, list[str]]:
    """Everything that is kept: file of the workspace -> its texts, each draft as its writer reads it, each table."""
    places = {
        path.relative_to(review.workspace.path).as_posix(): [text for _, text in texts_of(path)]
        for path in review.workspace.path.rglob("*")
        if path.is_file()
    }
    places |= {f"draft of {form}": [text] for form, text in _drafts(review.store, review.workspace, review).items()}
    for engine in (review.store.engine, review.ledger.engine):
        tables = sa.MetaData()
        with engine.connect() as connection:
            tables.reflect(connection)
            for table in tables.sorted_tables:
                places[f"table {table.name}"] = [repr(tuple(row)) for row in connection.execute(table.select())]
    return places


def _drafts(store: Store, workspace: Workspace, review: Review) -> dict[str, str]:
    with store.engine.connect() as connection:
        rows = connection.execute(sa.select(kept_form.c.account, kept_form.c.form)).all()
    drafts = {row.form: read_draft(store, workspace, row.account, row.form, now=review.clock.now) for row in rows}
    return {form: repr(draft.fields) for form, draft in drafts.items() if draft is not None}


def text_of_answer(content: bytes) -> str:
    """What an answer of the application says, of a PDF its text and what stands in its metadata."""
    if not content.startswith(b"%PDF"):
        return content.decode("utf-8", "replace")
    document = PdfReader(io.BytesIO(content))
    return " ".join([str(document.metadata), *(page.extract_text() for page in document.pages)])


def exported(folder: Path) -> dict[str, list[str]]:
    """Every file of a folder to which exports go."""
    return {path.name: [text for _, text in texts_of(path)] for path in folder.rglob("*") if path.is_file()}
