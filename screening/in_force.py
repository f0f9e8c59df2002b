"""What holds in this process, such as the extensions of its configuration; within a block another, for one thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Generic, TypeVar

Value = TypeVar("Value")


class ValueInForce(Generic[Value]):
    """A value that holds for the whole process, and within a block of a thread one that holds there alone."""

    def __init__(self, name: str, first: Value) -> None:
        self._of_process = first
        self._of_block: ContextVar[Value | None] = ContextVar(name, default=None)

    @property
    def value(self) -> Value:
        """The value that holds here."""
        of_block = self._of_block.get()
        return self._of_process if of_block is None else of_block

    def use(self, value: Value) -> None:
        """From here on this value holds in the process; within a block, there and until its end."""
        if self._of_block.get() is None:
            self._of_process = value
        else:
            self._of_block.set(value)

    @contextmanager
    def using(self, value: Value) -> Iterator[None]:
        """Within the block this value holds, and for this thread alone."""
        token = self._of_block.set(value)
        try:
            yield
        finally:
            self._of_block.reset(token)
