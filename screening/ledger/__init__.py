"""The ledger: what anyone did or saw, in a chain that nobody can rewrite unseen, in a database of its own."""

from screening.base.errors import LedgerError
from screening.ledger.access_review import AccessReview, Norms, review_month, sign_off, signed_off
from screening.ledger.entry import CASE_BOUND, LISTS, OBJECTS, Entry, EntryError, StoredEntry
from screening.ledger.head import SignedHead, head_statement, personal_head, read_head, sign_head
from screening.ledger.keys import SIGNING_KEY, key_id, public_key, signing_key
from screening.ledger.ledger import Head, Ledger
from screening.ledger.logboek import ACTIVITIES, Logboek, Logged, Status
from screening.ledger.open import open_ledger
from screening.ledger.process import os_user, terminal_origin
from screening.ledger.protect import Protections, protections
from screening.ledger.retire import TERM, last_head_before, retire
from screening.ledger.subjects import Subject, SubjectKind
from screening.ledger.verify import Finding, Verification, verify_ledger

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
    "StoredEntry",
    "Subject",
    "SubjectKind",
    "Verification",
    "head_statement",
    "key_id",
    "last_head_before",
    "open_ledger",
    "os_user",
    "personal_head",
    "protections",
    "public_key",
    "read_head",
    "retire",
    "review_month",
    "sign_head",
    "sign_off",
    "signed_off",
    "signing_key",
    "terminal_origin",
    "verify_ledger",
]
