"""The privacy preview: per field what leaves the municipality and why, before anybody approves it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from screening.base.local_formats import month_names, number_text
from screening.partners.signal.codes import LEGAL_PERSONS
from screening.partners.signal.minimise import Choices, picked
from screening.partners.signal.signal import Signal
from screening.partners.signal.signal_paths import Leaf, leaves, leaves_of_part
from screening.wording.fact_words import document_words


@dataclass(frozen=True)
class PreviewRow:
    """One value that leaves: which field, what it is called, what leaves, why, and whether it is about a person.

    `value`: in Dutch, as the documents of a batch say it: a day in words, a code by its word. `is_key`: what a program
    reads and no person.
    """

    field: str
    title_nl: str
    title_en: str
    value: str
    why_nl: str
    why_en: str
    personal: bool
    is_key: bool


def preview(signal: Signal) -> list[PreviewRow]:
    """One row per value of the signal, in its order. A clear name or a year of birth shows the officer's own reason."""
    return _rows(leaves(signal), signal.model_dump(mode="json"))


def preview_of_choices(content: Mapping[str, object], choices: Choices) -> list[PreviewRow]:
    """The same of a signal that is not whole yet: what would leave of what is chosen so far."""
    part = picked(content, choices)
    return _rows(leaves_of_part(part), part)


def in_words(day: str) -> str:
    """A day as people write it, no further than it is known: `1 november 2026`, `november 2026`, `2026`."""
    year, *rest = day.split("-")
    is_day = len(year) == 4 and len(rest) <= 2 and all(len(part) == 2 and part.isdigit() for part in rest)
    if not (is_day and year.isdigit()) or not rest or not 1 <= int(rest[0]) <= 12:
        return day
    month = f"{month_names('nl')[int(rest[0]) - 1]} {year}"
    return f"{int(rest[1])} {month}" if rest[1:] else month


def _rows(of: Iterable[Leaf], content: Mapping[str, object]) -> list[PreviewRow]:
    rows = []
    for leaf in of:
        why_nl, why_en = leaf.why_nl, leaf.why_en
        if leaf.personal and leaf.path.startswith("personen."):
            own = _own_reason(content, leaf.path)
            why_nl, why_en = f"{why_nl} Reden: {own}", f"{why_en} Reason (in Dutch): {own}"
        rows.append(
            PreviewRow(
                leaf.path,
                leaf.title_nl,
                leaf.title_en,
                _worded(leaf),
                why_nl,
                why_en,
                leaf.personal and not _is_of_a_legal_person(content, leaf.path),
                leaf.is_key,
            )
        )
    return rows


def _worded(leaf: Leaf) -> str:
    """The value in Dutch; what a person or a register wrote stays as it is."""
    if leaf.is_code:
        return document_words().get(leaf.value, leaf.value.replace("_", " "))
    name = leaf.path.rpartition(".")[2]
    if name in {"rd_x", "rd_y"}:
        return number_text(float(leaf.value), "nl", 3)
    if ".waarden." in leaf.path or ".drempels." in leaf.path:
        is_name = name == "naam"
        return leaf.value.replace("_", " ") if is_name else document_words().get(leaf.value, in_words(leaf.value))
    return leaf.value if leaf.is_written else in_words(leaf.value)


def _at(content: Mapping[str, object], path: str) -> Mapping[str, object]:
    """The element of a list to which a path points: "personen.0.naam.waarde" -> the first person."""
    group, place, *_ = path.split(".")
    rows = content[group]
    row = rows[int(place)] if isinstance(rows, list | tuple) else {}
    return row if isinstance(row, Mapping) else {}


def _is_of_a_legal_person(content: Mapping[str, object], path: str) -> bool:
    return path.startswith("organisaties.") and _at(content, path).get("rechtsvorm") in LEGAL_PERSONS


def _own_reason(content: Mapping[str, object], path: str) -> object:
    person = _at(content, path)
    part = person.get(path.split(".")[2])
    own = part.get("motivering") if isinstance(part, Mapping) else None
    return own or person.get("noodzaak") or ""
