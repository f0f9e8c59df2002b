"""What can go wrong on the way out. Messages name the field, never what stands in it."""

from __future__ import annotations

from screening.errors import BarrierError


class ExportError(BarrierError):
    """A signal or a batch that cannot be made as asked."""


class SignalError(ExportError):
    """The content does not make a whole signal: a field is missing or has another form."""


class ForbiddenFieldError(ExportError):
    """The content names or holds something that may never leave (formats: "Never read")."""


class SealError(ExportError):
    """A key that cannot be used, or a batch that cannot be sealed."""


class FeedbackError(ExportError):
    """A feedback sheet that cannot be read as it stands: which rows, which columns, and what to do."""
