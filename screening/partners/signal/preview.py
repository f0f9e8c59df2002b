"""The privacy preview: per field what leaves the municipality and why, before anybody approves it."""

from __future__ import annotations

from dataclasses import dataclass

from screening.partners.signal.signal import Signal
from screening.partners.signal.signal_paths import leaves


@dataclass(frozen=True)
class PreviewRow:
    """One value that leaves: which field, what it is called, what leaves, why, and whether it is about a person."""

    field: str
    title_nl: str
    title_en: str
    value: str
    why_nl: str
    why_en: str
    personal: bool


def preview(signal: Signal) -> list[PreviewRow]:
    """One row per value of the signal, in its order. A clear name or a year of birth shows the officer's own reason."""
    rows = []
    for leaf in leaves(signal):
        why_nl, why_en = leaf.why_nl, leaf.why_en
        if leaf.personal and leaf.path.startswith("personen."):
            own = _own_reason(signal, leaf.path)
            why_nl, why_en = f"{why_nl} Reden: {own}", f"{why_en} Reason (in Dutch): {own}"
        rows.append(PreviewRow(leaf.path, leaf.title_nl, leaf.title_en, leaf.value, why_nl, why_en, leaf.personal))
    return rows


def _own_reason(signal: Signal, path: str) -> str:
    _, place, name, *_ = path.split(".")
    person = signal.personen[int(place)]
    part = getattr(person, name, None)
    return getattr(part, "motivering", None) or person.noodzaak
