"""Data subjects, and the form in which the Logboek holds their ids: encrypted, under a key that is in no database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from screening.base.errors import LedgerError
from screening.base.frames import Row
from screening.ledger.keys import bytes_of, text_of

#: Blocks of one action and kind. So few of a night's people are deciphered to answer one of them.
BLOCKS = 256

_ID = re.compile(r"[A-Za-z0-9:._-]{1,100}")
_IDS = re.compile(rf"{_ID.pattern}(?:\n{_ID.pattern})*")


class SubjectKind(StrEnum):
    """The kind of id of a data subject: the standard asks for a URI where it is no BSN or personnel number."""

    PARTY = "urn:barrier-screening:party"  # a person in a role, as the run knows them
    ADDRESS = "urn:barrier-screening:address"  # whoever has to do with an address (adresseerbaar_object_id)
    MENTION = "urn:barrier-screening:mention"  # a person or organisation in one record, by the content's fingerprint
    HOUSE = "urn:barrier-screening:house"  # postcode and house number as a colleague wrote them, in no register


@dataclass(frozen=True)
class Subject:
    """A data subject: stored encrypted, under a key that is in no database."""

    kind: SubjectKind
    id: str

    def __post_init__(self) -> None:
        _require(_ID, self.id)


class SubjectIds:
    """Encrypts ids one by one, for a line each, or very many of them in blocks, and reads both again.

    A subject always stands in the block of the same number, which nobody can tell from the id without the key.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(key)
        self._key = hashlib.blake2b(key=key, person=b"blocks").digest()

    def hidden(self, subject: Subject) -> str:
        """The encrypted id. The same subject gives the same text (AES-SIV), so that a person can be answered."""
        return text_of(self._cipher.encrypt(subject.id.encode(), [_word(subject.kind)]))

    def plain(self, hidden: str, kind: SubjectKind) -> Subject:
        """Whom an encrypted id is of. LedgerError: another key, or a changed line."""
        try:
            return Subject(kind, self._cipher.decrypt(bytes_of(hidden), [_word(kind)]).decode())
        except (InvalidTag, ValueError):
            raise LedgerError("A line of the Logboek cannot be read with this key, or was changed.") from None

    def number_of(self, subject_id: str) -> int:
        """The number of the block in which this id stands, from 0 up to BLOCKS."""
        return hashlib.blake2b(subject_id.encode(), digest_size=1, key=self._key).digest()[0]

    def blocks(self, above: str, kind: SubjectKind, ids: Iterable[str]) -> Iterator[Row]:
        """Yield the rows of the ids of one kind that hang under a line (`above`: its span). LedgerError: no id."""
        numbered: list[list[str]] = [[] for _ in range(BLOCKS)]
        for subject_id in ids:
            numbered[self.number_of(subject_id)].append(subject_id)
        for number, some_ids in enumerate(numbered):
            if some_ids:
                text = "\n".join(sorted(set(some_ids)))
                _require(_IDS, text)
                subjects = self._cipher.encrypt(text.encode(), _place(above, kind, number))
                yield {
                    "above": above,
                    "kind": kind.value,
                    "number": number,
                    "lines": text.count("\n") + 1,
                    "subjects": subjects,
                }

    def ids_of(self, block: Row | sa.RowMapping) -> list[str]:
        """The ids in a block. LedgerError: another key, a changed block, or one of another action."""
        place = _place(block["above"], SubjectKind(block["kind"]), block["number"])
        try:
            return self._cipher.decrypt(block["subjects"], place).decode().split("\n")
        except (InvalidTag, ValueError):
            raise LedgerError("Lines of the Logboek cannot be read with this key, or were changed.") from None

    def span_of(self, above: str, subject: Subject) -> str:
        """The span of the line of a subject in a block: the same whenever it is read."""
        line = f"{above} {subject.kind.value} {subject.id}".encode()
        return hashlib.blake2b(line, digest_size=8, key=self._key).hexdigest()


def _word(kind: SubjectKind) -> bytes:
    return SubjectKind(kind).value.encode()


def _place(above: str, kind: SubjectKind, number: int) -> list[bytes]:
    """What a block is bound to: it is no other action's, and stands for no other ids."""
    return [_word(kind), above.encode(), str(number).encode()]


def _require(form: re.Pattern[str], text: str) -> None:
    if not form.fullmatch(text):
        raise LedgerError("The id of a data subject is an id: letters, digits and : . _ - only, no name.")
