"""What is said of an address that was not found, or found with an oddity: one sentence a kind, in both languages."""

from __future__ import annotations

from screening.base.frames import Note
from screening.base.vocabulary import AddressNote
from screening.base.word_lists import read_lists

_DUTCH: dict[str, str] = read_lists("screening.matching.addresses", "notes.yaml")


def note_sentence(note: str) -> Note:
    """The sentence of an `address_note`, in both languages. Raises ValueError for what is none."""
    return Note(nl=_DUTCH[AddressNote(note).name], en=str(AddressNote(note)))
