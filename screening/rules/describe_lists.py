"""The lists of a municipality in words: lines of business, kinds of permit, and areas by decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from screening.base.local_formats import date_text, joined_text
from screening.rules.local_lists import Line, LocalLists, PermitType
from screening.wording.forms import code_word
from screening.wording.hit import Part
from screening.wording.sbi import sbi_text

_WORDS = {
    "nl": {
        "title": "Branches, soorten vergunning en gebieden",
        "permit": "vergunning {}",
        "no_permit": "geen vergunning nodig",
        "since": "nodig sinds {}",
        "functions": "gebruiksdoel {}",
        "also_fits": "past ook bij branche {}",
        "location_bound": "hoort bij een plek",
        "letting": "is voor verhuur of logies",
        "room_letting": "is voor verhuur per kamer",
        "one_off": "is voor één gelegenheid",
        "related": "verwant met {}",
        "area": "{duty} geldt alleen in een gebied: {decision} ({publication}), van {since} tot en met {until}",
    },
    "en": {
        "title": "Lines of business, kinds of permit and areas",
        "permit": "permit {}",
        "no_permit": "needs no permit",
        "since": "needed since {}",
        "functions": "use {}",
        "also_fits": "line {} fits as well",
        "location_bound": "is for a place",
        "letting": "is for letting or lodging",
        "room_letting": "is for letting by the room",
        "one_off": "is for one occasion",
        "related": "related to {}",
        "area": "{duty} holds in an area only: {decision} ({publication}), from {since} to {until}",
    },
}
_FLAGS = ("location_bound", "letting", "room_letting", "one_off")


@dataclass(frozen=True)
class AreaDecision:
    """By which decision, where announced and for how long an area has a duty."""

    duty: str
    decision: str
    publication: str
    since: date
    until: date


def lists_part(lists: LocalLists, areas: Iterable[AreaDecision], language: str) -> Part:
    """The lists in force, one sentence a line of business, kind of permit and area."""
    words = _WORDS[language]
    names = {name: _name(name, kind, language) for name, kind in lists.permit_types.items()}
    return {
        "title": words["title"],
        "lines": sorted(_line(name, line, names, language) for name, line in lists.lines.items()),
        "permit_types": sorted(_kind(name, lists, names, language) for name in lists.permit_types),
        "areas": [
            words["area"].format(
                duty=names.get(area.duty, code_word(area.duty, language)),
                decision=area.decision,
                publication=area.publication,
                since=date_text(area.since, language),
                until=date_text(area.until, language),
            )
            for area in areas
        ],
    }


def _name(name: str, kind: PermitType, language: str) -> str:
    return (kind.name_en if language == "en" else kind.name_nl) or code_word(name, language)


def _line(name: str, line: Line, names: dict[str, str], language: str) -> str:
    words = _WORDS[language]
    parts = [
        f"SBI {version} {_joined([sbi_text(code, language, version) for code in codes], language)}"
        for version, codes in (("2008", line.sbi_2008), ("2025", line.sbi_2025))
        if codes
    ]
    if line.needs_licence:
        parts.append(words["permit"].format(_joined([names[kind] for kind in line.permit_types], language)))
    else:
        parts.append(words["no_permit"])
    if line.since:
        parts.append(words["since"].format(date_text(line.since, language)))
    if line.functions:
        parts.append(words["functions"].format(_codes(line.functions, language)))
    if line.also_fits:
        parts.append(words["also_fits"].format(_codes(line.also_fits, language)))
    return f"{code_word(name, language)}: {'; '.join(parts)}"


def _kind(name: str, lists: LocalLists, names: dict[str, str], language: str) -> str:
    words, kind = _WORDS[language], lists.permit_types[name]
    parts = [words[flag] for flag in _FLAGS if getattr(kind, flag)]
    if kind.functions:
        parts.append(words["functions"].format(_codes(kind.functions, language)))
    related = sorted(names[other] for other in lists.related()[name] if other != name)
    if related:
        parts.append(words["related"].format(_joined(related, language)))
    return f"{names[name]}: {'; '.join(parts)}" if parts else names[name]


def _codes(codes: Sequence[str], language: str) -> str:
    return _joined([code_word(code, language) for code in codes], language)


def _joined(texts: Sequence[str], language: str) -> str:
    return joined_text(list(texts), language, is_choice=True)
