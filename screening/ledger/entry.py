"""One entry of the ledger: the six fields of BIO2 8.15.01, a case and a purpose; no content, name or free text.

Every field is a word of a closed list or matches a pattern that a name, a birth date, a BSN, a KVK number, a postcode
or a sentence does not match. Any other value is refused, so a caller cannot write content by mistake.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

import rfc8785

from screening.base.errors import LedgerError
from screening.base.extensions import EXTENSION_DATA_SET
from screening.base.vocabulary import INDICATOR_CODE, LedgerAction, LedgerResult, Purpose

#: The number of its form is part of every hash, so entries of an older form stay valid. Form 2 adds what was decided
#: (`content`) and from which process: `os_user`, `host`, `session`. An entry without an `os_user` is of form 1.
FORM = 2
_ADDED = ("content", "os_user", "host", "session")

#: A counter, or hexadecimal of 12 digits and more: never 8 digits (a KVK number, a date) or 9 (a BSN).
_ID = r"(?:\d{1,7}|[0-9a-f]{12,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_CASE = r"[0-9a-f]{16}"
_ACCOUNT = r"[a-z0-9][a-z0-9._@+-]{0,99}"

#: Lists and pages that hold data of many addresses at once.
LISTS = (
    "queue",
    "links",
    "visits",
    "signals",
    "statistics",
    "policy",
    "runs",
    "rules",
    "audit",
    "logboek",
    "accounts",
    "disclosures",
    "batches",
    "recipients",
    "papers",
    "retention",
    "configuration",
    "sources",
    "review",
    "requests",
    "work",
    "nights",
)

#: The pattern of the id for each kind of object. An object is written `kind:id`.
OBJECTS: dict[str, re.Pattern[str]] = {
    "case": re.compile(_CASE),
    "address": re.compile(r"\d{16}"),  # adresseerbaar_object_id
    "run": re.compile(_ID),
    "link": re.compile(rf"(?:L-)?{_ID}"),
    "party": re.compile(rf"(?:[PO]-)?{_ID}"),
    "visit": re.compile(_ID),
    "photo": re.compile(_CASE),  # of a visit: the beginning of a sha256
    "signal": re.compile(_ID),
    "batch": re.compile(rf"{_ID}|(?=[a-zA-Z0-9-]*\d)[a-zA-Z][a-zA-Z0-9]*(?:-[a-zA-Z0-9]+){{1,6}}"),
    "recipient": re.compile(rf"{_ID}|[a-z][a-z0-9]*(?:-[a-z0-9]+){{0,6}}"),  # an organisation: riec-midden-nederland
    "rule": re.compile(rf"{INDICATOR_CODE}|[0-9a-f]{{16}}|all"),
    "reader": re.compile(EXTENSION_DATA_SET),  # of an extension
    "session": re.compile(_ID),
    "account": re.compile(_ACCOUNT),
    "term": re.compile(r"[a-z][a-z_]{0,39}"),  # a retention term, by the name of its kind of data
    "receipt": re.compile(_ID),
    "search": re.compile(r"[0-9a-f]{32}"),  # the keyed hash of what was searched for
    "plan": re.compile(r"[0-9a-f]{16}"),  # of erasure: what two people decide about
    "document": re.compile(_ID),
    "configuration": re.compile(_ID),
    # a register, the sha256 of what was delivered, and what a person decided about it, if anybody did
    "delivery": re.compile(r"[a-z][a-z0-9_]{3,39}-[0-9a-f]{16}(?:-(?:proposed|accepted|rejected|confirmed))?"),
    "register": re.compile(r"[a-z][a-z0-9_]{3,39}"),  # by its name: the list for its owner
    "key": re.compile(r"[0-9a-f]{64}"),  # the sha256 of the public key of somebody who may sign the configuration
    "ledger": re.compile(r"[0-9a-f]{32}"),
    "entries": re.compile(r"\d{1,10}-\d{1,10}"),  # from this number up to and including that one
    "review": re.compile(r"\d{4}-\d{2}-[0-9a-f]{16}"),  # a month and the digest of its report
    "list": re.compile("|".join(LISTS)),
}

ACTOR = re.compile(rf"{_ACCOUNT}|system:[a-z]{{1,20}}")

#: The origin of an action: the fingerprint of a session, a machine with its terminal, or a network address.
ORIGIN = re.compile(
    r"session:(?:[0-9a-f]{8,64}|none)"
    r"|host:[A-Za-z0-9][A-Za-z0-9.-]{0,62}(?:/[a-z]{1,8}[0-9/]{0,8})?"
    r"|ip:(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]{2,39})"
)

#: What form 2 adds. `content`: the sha256 of a decided row (`screening.store.decisions`). `os_user` and `host`: of the
#: process that wrote the entry. `session`: the fingerprint of a session of the review, or the number of a terminal's.
CONTENT = re.compile(r"[0-9a-f]{64}")
OS_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._@+-]{0,99}\$?")
HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,62}")
SESSION = re.compile(r"[0-9a-f]{8,64}|\d{1,10}|none")

#: A case of the review, or the number of a case file of the municipality such as Z-2026-00123.
CASE = re.compile(rf"{_CASE}|[A-Z]{{1,6}}-\d{{2,4}}[0-9-]{{0,16}}")

#: Reads of one address. Without a case and a purpose such a read can only be recorded as refused.
CASE_BOUND = frozenset({LedgerAction.READ_DOSSIER, LedgerAction.READ_EXPLANATION})

#: Actions that only read: a refused one showed nothing.
READING = frozenset(action for action in LedgerAction if action.startswith("read_")) | {LedgerAction.PRINT}

#: The words of each field, and how a message names them. Built once: every read of an entry checks it.
_WORDS: dict[str, tuple[dict[str, LedgerAction | LedgerResult | Purpose], str]] = {
    name: ({word.value: word for word in words}, f"one of {', '.join(words)}")
    for name, words in (("action", LedgerAction), ("result", LedgerResult), ("purpose", Purpose))
}
_FORMS = {
    "content": (CONTENT, "a sha256 in 64 hexadecimal digits"),
    "os_user": (OS_USER, "an account name of the operating system"),
    "host": (HOST, "the name of a machine"),
    "session": (SESSION, "a fingerprint or the number of a session"),
}
_OBJECT = f"`kind:id` with a kind of {', '.join(OBJECTS)}"

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


class EntryError(LedgerError):
    """An entry has a field that the ledger refuses. The message names the field, never its value."""


@dataclass(frozen=True)
class Entry:
    """An action: who (`actor`) did what (`action`) to which `object`, when, from which `origin`, with which `result`.

    `done_at` has a time zone. `actor` is an account name, or for a process `system:run` and the like. `object` is
    `kind:id` (OBJECTS). `origin` is `session:HEX`, `host:NAME/TTY` or `ip:ADDRESS`. `case` and `purpose` say why it was
    allowed; a read of one dossier that was done has both. `content` is the hash of the row that was decided: a notary
    fills it in when the store commits (`screening.ledger.notary`). The ledger fills in `os_user`, `host` and `session`.
    Raises EntryError.
    """

    done_at: datetime
    actor: str
    action: LedgerAction
    object: str
    result: LedgerResult | str = LedgerResult.DONE
    origin: str = field(kw_only=True)
    case: str | None = field(default=None, kw_only=True)
    purpose: Purpose | str | None = field(default=None, kw_only=True)
    content: str | None = field(default=None, kw_only=True)
    os_user: str | None = field(default=None, kw_only=True, compare=False)
    host: str | None = field(default=None, kw_only=True, compare=False)
    session: str | None = field(default=None, kw_only=True, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.done_at, datetime) or self.done_at.utcoffset() is None:
            raise EntryError("An entry's time needs a time zone.")
        kind, _, name = str(self.object).partition(":")
        form = OBJECTS.get(kind)
        _refuse_unless(form and form.fullmatch(name), "object", _OBJECT)
        _refuse_unless(ACTOR.fullmatch(str(self.actor)), "actor", "an account name in small letters, or system:NAME")
        _refuse_unless(ORIGIN.fullmatch(str(self.origin)), "origin", "session:HEX, host:NAME/TTY or ip:ADDRESS")
        is_case = self.case is None or CASE.fullmatch(str(self.case))
        _refuse_unless(is_case, "case", "a case of the review, or a number such as Z-2026-00123")
        for name, (form, what) in _FORMS.items():
            value = getattr(self, name)
            _refuse_unless(value is None or form.fullmatch(str(value)), name, what)
        object.__setattr__(self, "done_at", self.done_at.astimezone(UTC))
        for name, (words, what) in _WORDS.items():
            value = getattr(self, name)
            if name == "purpose" and value is None:
                continue
            _refuse_unless(value in words, name, what)
            object.__setattr__(self, name, words[value])
        if self.action in CASE_BOUND and self.result == LedgerResult.DONE and not (self.case and self.purpose):
            raise EntryError(f"{self.action}: a dossier is read for a case and a purpose. Name both.")

    def fields(self) -> dict[str, str | None]:
        """Return the entry as it is stored: text only, the time in UTC to the microsecond."""
        return {
            "at": moment(self.done_at),
            "actor": self.actor,
            "action": self.action.value,
            "object": self.object,
            "result": LedgerResult(self.result).value,
            "origin": self.origin,
            "case": self.case,
            "purpose": None if self.purpose is None else Purpose(self.purpose).value,
            **{name: getattr(self, name) for name in _ADDED},
        }


@dataclass(frozen=True)
class StoredEntry:
    """An entry in the ledger, with its number, the hash of the entry before it (`previous`) and its own hash."""

    seq: int
    entry: Entry
    previous: str
    hash: str


def moment(time: datetime) -> str:
    """Return a time as text that sorts like the time: 2026-11-01T12:00:00.000000Z."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read_moment(text: str) -> datetime:
    """Read a time that `moment` wrote. EntryError when the text is no such time."""
    if not _MOMENT.fullmatch(str(text)):
        raise EntryError("A stored time is not in the form of the ledger.")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise EntryError("A stored time is not in the form of the ledger.") from None


def genesis(ledger_id: str) -> str:
    """Return the hash that the first entry follows: it holds the ledger's id, so no entry fits into another ledger."""
    return hashlib.sha256(rfc8785.dumps({"form": 1, "ledger": ledger_id})).hexdigest()


def entry_hash(seq: int, fields: dict[str, str | None], previous: str) -> str:
    """Return the sha256 of the entry, its number and the hash before it, as canonical JSON (RFC 8785)."""
    hashed: dict[str, str | int | None] = {**fields, "form": FORM, "seq": seq, "previous": previous}
    if all(fields[name] is None for name in _ADDED):
        hashed = {name: value for name, value in hashed.items() if name not in _ADDED} | {"form": 1}
    return hashlib.sha256(rfc8785.dumps(hashed)).hexdigest()


def _refuse_unless(fits: object, name: str, what: str) -> None:
    if not fits:
        raise EntryError(f"An entry's {name} must be {what}. Its value is not shown: it may be about a person.")
