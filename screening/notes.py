"""Notes for the people who read a run, in both languages: the sentences are in `notes.yaml`."""

from __future__ import annotations

from screening.frames import Note
from screening.local_formats import count_en, count_nl
from screening.word_lists import read_lists

_FILE: dict[str, dict[str, dict[str, str]]] = read_lists("screening", "notes.yaml")
#: Noun -> language -> singular and plural.
_NOUNS = _FILE["nouns"]


def note(kind: str, **values: str | int) -> Note:
    """The note of a kind, with these values in it. A number that is named after a noun of the file is counted in it."""
    texts = {}
    for language, count in (("nl", count_nl), ("en", count_en)):
        counted = {name: count(int(values[name]), *_NOUNS[name][language]) for name in values.keys() & _NOUNS.keys()}
        texts[language] = _FILE["notes"][kind][language].format(**{**values, **counted})
    return Note(**texts)
