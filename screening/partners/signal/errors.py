"""Errors of signals and batches. Messages name the field, never its value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from screening.base.errors import BarrierError


class ExportError(BarrierError):
    """A signal or a batch that cannot be made as asked."""


@dataclass(frozen=True)
class FieldProblem:
    """One thing that keeps a content from being a signal: where, and what, in both languages. It quotes no value.

    `title_nl`, `title_en`: what the field is called; empty for a part or the whole.
    """

    field: str
    nl: str
    en: str
    title_nl: str = ""
    title_en: str = ""


class ContentError(ExportError):
    """A content of which no signal can be made. `problems`: everything that is wrong, for the page of the officer."""

    def __init__(self, begin: str, problems: Iterable[FieldProblem], end: str) -> None:
        self.problems = tuple(problems)
        named = "; ".join(f"{problem.field}: {problem.en}" for problem in self.problems[:10])
        super().__init__(f"{begin} {named}. {end}")


class SignalError(ContentError):
    """The content does not make a whole signal: a field is missing or has another form."""


class ForbiddenFieldError(ContentError):
    """The content names or holds something that may never leave (formats: "Never read")."""


class SealError(ExportError):
    """A key that cannot be used, or a batch that cannot be sealed."""


class FeedbackError(ExportError):
    """An answer of a receiver cannot be read. `reason`: which (`screening.partners.batch.feedback.read_feedback`)."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class AttachmentError(ExportError):
    """A document that cannot go along. `reason`: "pdf", "locked", "size", "pages", "number" or "text"."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason
