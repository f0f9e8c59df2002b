"""The ledger: what anyone did or saw, in a chain that nobody can rewrite unseen, in a database of its own."""

from screening.errors import LedgerError
from screening.store.ledger.access import AccessReview, Norms, review_month, sign_off, signed_off
from screening.store.ledger.entry import CASE_BOUND, LISTS, OBJECTS, Entry, EntryError, Written
from screening.store.ledger.head import SignedHead, read_head, sign_head
from screening.store.ledger.keys import SIGNING_KEY, key_id, public_key, signing_key
from screening.store.ledger.ledger import Head, Ledger
from screening.store.ledger.logboek import ACTIVITIES, Logboek, Logged, Status, Subject, SubjectKind
from screening.store.ledger.open import open_ledger
from screening.store.ledger.protect import Protections, protections
from screening.store.ledger.retire import TERM, last_head_before, retire
from screening.store.ledger.verify import Finding, Verification, verify

__all__ = [
    "ACTIVITIES",
    "CASE_BOUND",
    "LISTS",
    "OBJECTS",
    "SIGNING_KEY",
    "TERM",
    "AccessReview",
    "Entry",
    "EntryError",
    "Finding",
    "Head",
    "Ledger",
    "LedgerError",
    "Logboek",
    "Logged",
    "Norms",
    "Protections",
    "SignedHead",
    "Status",
    "Subject",
    "SubjectKind",
    "Verification",
    "Written",
    "key_id",
    "last_head_before",
    "open_ledger",
    "protections",
    "public_key",
    "read_head",
    "retire",
    "review_month",
    "sign_head",
    "sign_off",
    "signed_off",
    "signing_key",
    "verify",
]
