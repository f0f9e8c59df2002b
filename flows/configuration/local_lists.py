"""The lists in force: what ships, with what the configuration adds or states otherwise. They need polars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from flows.configuration.fields import TomlTable
from screening.rules.areas import DUTIES_OF_LETTING, Area
from screening.rules.local_lists import Line, LocalLists, PermitType, shipped_lists
from screening.sources import forbidden_subject, read_area, read_word_list

__all__ = ["area_of", "is_duty", "local_lists", "read_word_list", "subject_of"]


def local_lists(lines: Mapping[str, TomlTable], permit_types: Mapping[str, TomlTable]) -> LocalLists:
    """What ships, and over it what `[lines]` and `[permit_types]` state, key by key."""
    shipped = shipped_lists()
    own_lines = {name: replace(shipped.lines.get(name, Line()), **_stated(table)) for name, table in lines.items()}
    own_types = {
        name: replace(shipped.permit_types.get(name, PermitType()), **_stated(table))
        for name, table in permit_types.items()
    }
    return LocalLists({**shipped.lines, **own_lines}, {**shipped.permit_types, **own_types})


def _stated(table: TomlTable) -> dict[str, Any]:
    return {name: value for name, value in table if value is not None}


def subject_of(words: Iterable[str]) -> str | None:
    """What one of these texts speaks of that no list may speak of, or None."""
    return next(filter(None, (forbidden_subject(text.replace("_", " ")) for text in words)), None)


def is_duty(name: str, lists: LocalLists) -> bool:
    """Whether an area can say where it holds: a kind of permit, a line of business, or a duty of letting."""
    return name in lists.permit_types or name in lists.lines or name in DUTIES_OF_LETTING


def area_of(duty: str, since: date, until: date, path: Path) -> Area:
    """An area with its postcodes and surfaces. SourceError: the file is no area."""
    return Area(duty, since, until, *read_area(path))
