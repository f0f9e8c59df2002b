"""A fence around a stage: an unexpected error leaves with its place in the code, never with the value behind it."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

from screening.base.errors import BarrierError
from screening.base.machine import disk_fault

#: Where our own code is, in a checkout and in an installation.
_OURS = [Path(__file__).resolve().parents[2] / package for package in ("flows", "indicators", "screening")]


def fenced(name: str, stage: Callable[[str], None]) -> Callable[[str], None]:
    """Wrap a stage: an error that was not raised on purpose becomes a BarrierError without the original text.

    Error texts of Polars, pandas and pydantic repeat the value they stumble over, and a scheduler stores error texts
    readable. What remains is the kind of error and the lines of our own code that led to it.
    """

    def run(folder: str) -> None:
        try:
            stage(folder)
        except BarrierError as error:
            # the error of Polars behind it repeats a value, and a scheduler writes it down with this one
            raise error from None
        except MemoryError:
            raise BarrierError(f"Stage {name}: not enough memory.") from None
        except Exception as error:  # every other error is stripped of its text here
            raise stripped(error, f"Stage {name}") from None

    return run


def stripped(error: Exception, what: str) -> BarrierError:
    """Make of an error that was not raised on purpose one without its text. `what`: what failed ("Stage intake")."""
    if fault := disk_fault(error, f"What {what[0].lower()}{what[1:]} leaves"):
        return fault
    return BarrierError(f"{what} failed unexpectedly: {type(error).__name__} at {place_of_error(error)}.")


def place_of_error(error: BaseException) -> str:
    """Say where in our own code an error arose: "stages.py:120 in intake > reader.py:40 in read", innermost last."""
    frames = [(Path(frame.filename).resolve(), frame) for frame in traceback.extract_tb(error.__traceback__)]
    ours = [(file.name, frame) for file, frame in frames if any(file.is_relative_to(folder) for folder in _OURS)]
    return " > ".join(f"{name}:{frame.lineno} in {frame.name}" for name, frame in ours[-4:]) or "an unknown place"
