"""Why a step on a case is refused. Messages say what to do and hold nothing of the case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from screening.base.errors import BarrierError


class ConflictError(BarrierError):
    """Somebody else was first: the case changed since it was read, or a colleague has it open now. Nothing is saved."""


class WithColleagueError(ConflictError):
    """The case is a colleague's now, or waits for the second reader whom the next case or the lead chooses."""

    def __init__(self) -> None:
        super().__init__("This case is with a colleague. Nothing of yours was saved; take the next case.")


class NotReadyError(BarrierError):
    """A step comes before this one: the own reading, opening the evidence. `reason`: see `Readiness.why_not`."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class MotivationError(BarrierError):
    """A form is incomplete or contradicts itself. `field`: the field of the form that is wrong."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class NotAllowedError(BarrierError):
    """The object does not exist, or this person may not see or change it: callers get the same error for both."""


@contextmanager
def or_conflict(says: str) -> Iterator[None]:
    """Turn a violated constraint of the database into a ConflictError."""
    try:
        yield
    except sa.exc.IntegrityError:
        raise ConflictError(says) from None
