"""The laws, official models and dates that texts of the product rest on, with source and the day they were checked.

One place (`legal_facts.yaml`): a text names a law by its key, so that what nobody checked carries its mark everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

from screening.base.word_lists import read_lists

#: Behind the name of a law that a lawyer must look at.
TO_CHECK = "te controleren"

Seen = Literal["wetstekst", "bron", "tweede hand", "niet gezien"]


@dataclass(frozen=True)
class DatedRule:
    """What holds from a day on."""

    day: date
    what: str


@dataclass(frozen=True)
class LegalFact:
    """A law, an article or an official model.

    `name`: as a text names it. `source`: its address. `seen`: how it was read; `checked`: when, None where never.
    `note`: what a lawyer has to look at.
    """

    key: str
    name: str
    about: str
    source: str
    seen: Seen
    checked: date | None
    to_check: bool
    note: str
    dates: tuple[DatedRule, ...]

    @property
    def marked(self) -> str:
        """The name, with the mark where somebody has to check it."""
        return f"{self.name}, {TO_CHECK}" if self.to_check else self.name


@cache
def legal_facts() -> Mapping[str, LegalFact]:
    """Key -> fact, of every law and model. An article has source and day of its law where it states none."""
    rows: Mapping[str, Mapping[str, Any]] = read_lists("screening.base", "legal_facts.yaml")["facts"]
    laws = {key: {**rows[row["of"]], "dates": (), **row} if "of" in row else row for key, row in rows.items()}
    return {key: _fact(key, row) for key, row in laws.items()}


def law_of_article(article: str) -> LegalFact | None:
    """The law that an article belongs to, by the words with which it begins; None of one that is not known here."""
    begins: Mapping[str, str] = read_lists("screening.base", "legal_facts.yaml")["articles"]
    longest = max((begin for begin in begins if article.startswith(begin)), key=len, default=None)
    return legal_facts()[begins[longest]] if longest else None


def _fact(key: str, row: Mapping[str, Any]) -> LegalFact:
    return LegalFact(
        key,
        row["name"],
        row["about"],
        row["source"],
        row["seen"],
        row["checked"],
        row["to_check"],
        row.get("note", ""),
        tuple(DatedRule(**line) for line in row.get("dates", ())),
    )
