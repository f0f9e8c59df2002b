"""A fence around a stage: an unexpected error leaves with its place in the code, never with the value behind it."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

from screening.errors import BarrierError

_ROOT = Path(__file__).resolve().parent.parent.parent


def guarded(name: str, stage: Callable[[str], None]) -> Callable[[str], None]:
    """The stage, but an error that was not raised on purpose becomes a BarrierError without the original text.

    Error texts of Polars, pandas and pydantic repeat the value they stumble over, and a scheduler stores error texts
    readable. What remains is the kind of error and the lines of our own code that led to it.
    """

    def run(folder: str) -> None:
        try:
            stage(folder)
        except BarrierError:
            raise
        except MemoryError:
            raise BarrierError(f"Stage {name}: not enough memory.") from None
        except Exception as error:  # every other error is stripped of its text here
            raise BarrierError(f"Stage {name} failed unexpectedly: {type(error).__name__} at {place(error)}.") from None

    return run


def place(error: BaseException) -> str:
    """Where in our own code an error arose: "stages.py:120 in intake > reader.py:40 in read", innermost last."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if _ROOT in Path(f.filename).resolve().parents and ".venv" not in f.filename]
    return " > ".join(f"{Path(f.filename).name}:{f.lineno} in {f.name}" for f in ours[-4:]) or "an unknown place"
