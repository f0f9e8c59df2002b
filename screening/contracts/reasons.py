"""What the gate says of a delivery: why it is suspect, or what a reader should know of it. Counts and columns alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from screening.base.frames import Row
from screening.base.word_lists import read_lists


@dataclass(frozen=True)
class Reason:
    """A code of `reasons.yaml`, with its counts, the names of the columns that it is about, and a day."""

    code: str
    counts: Mapping[str, int] = field(default_factory=dict)
    column: str = ""
    other: str = ""
    day: date | None = None

    @property
    def is_suspect(self) -> bool:
        """Whether it makes the delivery suspect; a remark does not."""
        return self.code in _texts()["suspect"]

    def document(self) -> Row:
        """The reason as run.json has it: code, columns, counts, and the sentence in both languages."""
        texts = _texts()["suspect" if self.is_suspect else "remarks"][self.code]
        columns = {name: value for name, value in (("column", self.column), ("other", self.other)) if value}
        words = {language: text.format(**columns, **self.counts, day=self.day) for language, text in texts.items()}
        return {"code": self.code, **columns, "counts": dict(self.counts), **words}


@cache
def _texts() -> dict[str, dict[str, dict[str, str]]]:
    texts: dict[str, dict[str, dict[str, str]]] = read_lists("screening.contracts", "reasons.yaml")
    return texts
