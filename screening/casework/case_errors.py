"""Why a step on a case is refused. Messages say what to do and hold nothing of the case."""

from __future__ import annotations

from screening.errors import BarrierError


class ConflictError(BarrierError):
    """Somebody else was first: the case changed since it was read, or a colleague has it open now. Nothing is saved."""


class NotReadyError(BarrierError):
    """A step comes before this one: the own reading, opening the evidence. `reason`: see `Readiness.why_not`."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class MotivationError(BarrierError):
    """What was filled in is not enough, or contradicts itself. `field`: the field of the form that it is about."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class NotAllowedError(BarrierError):
    """Not there, or not this person's to see or do: the two are not told apart."""
