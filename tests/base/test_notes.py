"""Every note has its sentence in both languages, with the same values in it."""

from __future__ import annotations

from string import Formatter

import pytest

from screening.base.frames import Note
from screening.base.notes import note
from screening.base.word_lists import read_lists

NOTES = read_lists("screening.base", "notes.yaml")["notes"]


def test_a_number_is_counted_in_its_noun():
    assert note("refused_form", file="a.csv", row=1).nl == "a.csv: 1 rij afgekeurd om de vorm."
    assert note("refused_form", file="a.csv", row=1234) == Note(
        nl="a.csv: 1.234 rijen afgekeurd om de vorm.", en="a.csv: 1,234 rows refused because of their form."
    )


def test_a_brace_in_a_value_stays_a_brace():
    assert note("read_as", file="{row}.csv", charset="UTF-16").en == "{row}.csv: read as UTF-16, not UTF-8."


@pytest.mark.parametrize("kind", NOTES)
def test_both_languages_name_the_same_values(kind):
    nl, en = ({name for _, name, _, _ in Formatter().parse(NOTES[kind][language])} for language in ("nl", "en"))
    assert nl == en


def test_an_unknown_kind_is_refused():
    with pytest.raises(KeyError):
        note("elsewhere")
