"""The ledger: what anyone did or saw, in a chain that nobody can rewrite unseen, in a database of its own."""

from screening.errors import LedgerError
from screening.store.ledger.entry import CASE_BOUND, LISTS, OBJECTS, Entry, EntryError, Written
from screening.store.ledger.ledger import Head, Ledger, open_ledger

__all__ = [
    "CASE_BOUND",
    "LISTS",
    "OBJECTS",
    "Entry",
    "EntryError",
    "Head",
    "Ledger",
    "LedgerError",
    "Written",
    "open_ledger",
]
