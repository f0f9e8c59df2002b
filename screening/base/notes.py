"""Notes for the people who read a run, in both languages: the sentences are in `notes.yaml`."""

from __future__ import annotations

from collections.abc import Iterable

from screening.base.frames import Note
from screening.base.local_formats import count_en, count_nl
from screening.base.word_lists import read_lists

_FILE: dict[str, dict[str, dict[str, str]]] = read_lists("screening.base", "notes.yaml")
#: Noun -> language -> singular and plural.
_NOUNS = _FILE["nouns"]


def note(kind: str, **values: str | int) -> Note:
    """The note of a kind, with these values in it. A number that is named after a noun of the file is counted in it."""
    texts = {}
    for language, count in (("nl", count_nl), ("en", count_en)):
        counted = {name: count(int(values[name]), *_NOUNS[name][language]) for name in values.keys() & _NOUNS.keys()}
        texts[language] = _FILE["notes"][kind][language].format(**{**values, **counted})
    return Note(**texts, kind=kind, values=values)


def add_up(notes: Iterable[Note]) -> list[Note]:
    """Notes of parts of a delivery as notes of the whole: the counts of those that say the same of it are added up."""
    counts: dict[tuple[str, ...], dict[str, int]] = {}
    firsts: dict[tuple[str, ...], Note] = {}
    for part in notes:
        fixed = {name: str(value) for name, value in part.values.items() if name not in _NOUNS}
        sayings = (part.kind, *fixed, *fixed.values()) if part.kind else ("", part.nl)
        firsts.setdefault(sayings, part)
        total = counts.setdefault(sayings, {})
        for name in part.values.keys() & _NOUNS.keys():
            total[name] = total.get(name, 0) + int(part.values[name])
    return [
        note(first.kind, **{**first.values, **counts[sayings]}) if counts[sayings] else first
        for sayings, first in firsts.items()
    ]
