"""A signal as its reader will see it: the preview in sections, what stands together in one place, codes apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from screening.partners.desk.signal_versions import RiecSignal
from screening.partners.signal.preview import PreviewRow

#: By group of a signal: the field that says what an entry is, the first that it has.
_HEADS = {
    "feiten": ("omschrijving",),
    "afwijkingen": ("naam",),
    "organisaties": ("naam", "rol"),
    "personen": ("rol",),
    "bijlagen": ("soort",),
}


@dataclass
class ReadingEntry:
    """One fact, deviation, party or attachment, or all of a group that has one. `head`: what it is."""

    head: PreviewRow | None = None
    rows: list[PreviewRow] = field(default_factory=list)


@dataclass
class ReadingSection:
    """A group of a signal. `keys`: identifiers and codes in it, which a program reads."""

    group: str
    entries: list[ReadingEntry] = field(default_factory=list)
    keys: list[PreviewRow] = field(default_factory=list)


def reading(rows: Iterable[PreviewRow]) -> list[ReadingSection]:
    """The sections of a signal in its order; every row of the preview stands in one of them."""
    sections: dict[str, ReadingSection] = {}
    entries: dict[tuple[str, str], ReadingEntry] = {}
    for row in _compared(rows):
        group, _, rest = row.field.partition(".")
        section = sections.setdefault(group, ReadingSection(group))
        if row.is_key:
            section.keys.append(row)
            continue
        place, _, name = rest.partition(".")
        number = place if place.isdigit() and group in _HEADS else ""
        if (group, number) not in entries:
            entries[group, number] = ReadingEntry()
            section.entries.append(entries[group, number])
        entry = entries[group, number]
        if name in _HEADS.get(group, ()) and (entry.head is None or name == _HEADS[group][0]):
            if entry.head is not None:
                entry.rows.insert(0, entry.head)
            entry.head = row
        else:
            entry.rows.append(row)
    return list(sections.values())


def _compared(rows: Iterable[PreviewRow]) -> list[PreviewRow]:
    """The rows; what a rule compared (name, meaning, value) in one row, for it is read together."""
    paired: list[PreviewRow] = []
    for row in rows:
        place, _, leaf = row.field.rpartition(".")
        is_compared = ".drempels." in row.field or ".waarden." in row.field
        if is_compared and paired and paired[-1].field == place:
            before = paired.pop().value
            value = f"{before}: {row.value}" if leaf == "waarde" else f"{before} ({row.value})"
            paired.append(replace(row, field=place, value=value))
        else:
            paired.append(replace(row, field=place) if is_compared else row)
    return paired


def births_in(signal: RiecSignal) -> list[tuple[str, str]]:
    """The people whose full date of birth goes along: token, and how the page calls them."""
    persons = signal.content.personen if signal.content is not None else ()
    return [(person.kenmerk, f"{person.rol}, {person.kenmerk}") for person in persons if person.geboortedatum]
