"""Every reason that an address can carry has a sentence in both languages."""

from __future__ import annotations

import pytest

from screening.base.vocabulary import AddressNote
from screening.matching.addresses import note_sentence


@pytest.mark.parametrize("note", list(AddressNote))
def test_every_reason_has_both_sentences(note):
    said = note_sentence(str(note))
    assert said.en == note
    assert said.nl
    assert said.nl != said.en


def test_no_two_reasons_read_the_same():
    assert len({note_sentence(note).nl for note in AddressNote}) == len(AddressNote)


def test_an_unknown_reason_is_refused():
    with pytest.raises(ValueError, match="elsewhere"):
        note_sentence("elsewhere")
