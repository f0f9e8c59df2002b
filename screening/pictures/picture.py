"""What every drawing function returns, and the dates that registers give: whole, to the month or to the year."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from markupsafe import Markup

from screening.base.local_formats import date_text, month_text

_ISO = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:[ T].*)?$")


class PictureKind(StrEnum):
    """What a picture shows: `data-kind` of its svg element."""

    MAP = "map"
    NETWORK = "network"
    TIMELINE = "timeline"


#: The widths for which a picture is drawn: a desk and a telephone.
WIDE, NARROW = 680.0, 340.0


@dataclass(frozen=True)
class Picture:
    """A drawing and the same in text.

    `svg`: one svg element with `role="img"`, a title, a description, and `data-kind`; all text in it is escaped.
    `narrow`: the same for a width of 360 px, or None where `svg` is legible there too.
    `width`, `height`: of `svg`, in px at which its text has its own size. `summary`: one sentence.
    `heads` and `rows`: the text equivalent as a table; it holds every text of the drawing.
    """

    kind: PictureKind
    title: str
    summary: str
    svg: Markup
    width: int
    height: int
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    narrow: Markup | None = None


@dataclass(frozen=True)
class PartialDate:
    """A date as precise as the register has it: a year, a month of a year, or a day."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def of(cls, text: str | date | None) -> PartialDate | None:
        """Read "2026", "2026-05", "2026-05-12" or "2026-05-12 21:30"; None where it holds no date."""
        match = _ISO.match(str(text or ""))
        if not match:
            return None
        year, month, day = (None if part is None else int(part) for part in match.groups())
        try:
            date(year or 0, month or 1, day or 1)
        except ValueError:
            return None
        return cls(year or 0, month, day)

    @cached_property
    def first(self) -> date:
        """The first day that it can be."""
        return date(self.year, self.month or 1, self.day or 1)

    @cached_property
    def last(self) -> date:
        """The last day that it can be."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def text(self, language: str) -> str:
        """`12 mei 2026`, `mei 2026` or `2026`."""
        if self.day:
            return date_text(self.first, language)
        return month_text(self.first, language) if self.month else str(self.year)
