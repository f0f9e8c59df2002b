"""Turn errors of the ledger's database into errors of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from screening.base.errors import LedgerError, StoreError
from screening.store.engine import guarded


@contextmanager
def guarded_ledger(doing: str) -> Iterator[None]:
    """Database errors as LedgerError with the database's own code and without its text."""
    try:
        with guarded(doing):
            yield
    except LedgerError:
        raise
    except StoreError as error:
        raise LedgerError(str(error).replace("The store failed", "The ledger failed", 1)) from None
