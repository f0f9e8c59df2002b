"""The faults of a configuration as sentences: which table or key, why, what is allowed, what was perhaps meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from flows.configuration.fields import DataSetName, Must, TomlTable, did_you_mean
from screening.base.datasets import datasets

#: Type -> what a value of it is.
_PLAIN = {
    bool: "true or false, without quotes",
    int: "a whole number",
    float: "a share",
    date: "a date without quotes or time, such as 2026-05-12",
    str: "a text in quotes",
    Path: "a text in quotes",
}
#: Last word of a key -> what a number counts.
_UNITS = {"days": " days", "minutes": " minutes", "hours": " hours"}


def sentences(error: ValidationError, document: type[BaseModel]) -> list[str]:
    """Every fault as a sentence, in the order of the tables. Neither a value nor a free key is repeated."""
    return list(dict.fromkeys(_sentence(fault, document) for fault in error.errors(include_url=False)))


@dataclass
class _Spot:
    """Where a fault is: the path, the type that is expected there, and the table that holds it."""

    path: list[str]
    annotation: object
    table: type[BaseModel]
    metadata: list[object] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The path as TOML writes it."""
        return _toml(self.path)


def _toml(path: Iterable[str]) -> str:
    return ".".join(part if re.fullmatch(r"[a-z0-9_]+", part) else f'"{part}"' for part in path)


def _spot(document: type[BaseModel], location: Iterable[int | str]) -> _Spot:
    """Follow the location of a fault through the models, up to a list of values or a map with free keys."""
    spot = _Spot([], document, document)
    for step in location:
        kind = spot.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            info = _keys(kind).get(str(step))
            spot.table = kind
            spot.annotation, spot.metadata = _plain(info.annotation, info.metadata) if info else (None, [])
            spot.path.append(str(step))
        elif isinstance(step, str) and _is_named_tables(kind):
            spot.annotation, spot.metadata = _plain(get_args(kind)[1], [])
            spot.path.append(step)
        elif isinstance(step, int) and _is_table(_plain(get_args(kind)[0], [])[0]):
            spot.annotation, spot.metadata = _plain(get_args(kind)[0], [])
        else:
            break
    return spot


def _keys(table: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a table by the key that a person writes."""
    return {info.alias or name: info for name, info in table.model_fields.items()}


def _plain(annotation: object, metadata: Iterable[object]) -> tuple[object, list[object]]:
    """A type without `| None` and `Annotated`, and what annotates it."""
    collected = [part for note in metadata for part in (note.metadata if isinstance(note, FieldInfo) else [note])]
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return _plain(inner, [*more, *collected])
    if get_origin(annotation) in {Union, UnionType}:
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        if len(kinds) == 1:
            return _plain(kinds[0], collected)
    return annotation, collected


def _is_table(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _is_named_tables(annotation: object) -> bool:
    return get_origin(annotation) is Mapping and _is_table(_plain(get_args(annotation)[1], [])[0])


def _sentence(fault: ErrorDetails, document: type[BaseModel]) -> str:
    location, kind = fault["loc"], fault["type"]
    if location[-1] == "[key]":
        return _unknown_table(_spot(document, location[:-2]), str(location[-2]))
    spot = _spot(document, location)
    is_table = _is_table(spot.annotation) or _is_named_tables(spot.annotation)
    if kind == "reason":
        place = f"[{spot.key}]" if is_table else spot.key
        return f"{place} {fault['msg']}"
    if kind == "extra_forbidden":
        *table, odd = spot.path
        return _unknown(table, odd, _keys(spot.table))
    if is_table:
        return f"the table [{spot.key}] is missing."
    must = _must(spot.annotation, spot.metadata, spot.path[-1])
    if kind == "missing" and isinstance(location[-1], str):
        hint = spot.table.when_missing if issubclass(spot.table, TomlTable) else ""
        return f"{spot.key} is missing. {hint or f'It must {must}.'}"
    return f"{spot.key} must {must}."


def _unknown(table: list[str], odd: str, keys: Iterable[str]) -> str:
    place = f"[{_toml(table)}]" if table else "the file"
    return f"{place} holds an unknown key {did_you_mean(odd, keys)}"


def _unknown_table(spot: _Spot, odd: str) -> str:
    """A name of a table that is none of those that there can be."""
    names, metadata = _plain(get_args(spot.annotation)[0], [])
    if isinstance(names, type) and issubclass(names, Enum):
        return _unknown(spot.path, odd, [str(word.value) for word in names])
    if DataSetName in metadata:
        return _unknown(spot.path, odd, datasets())
    return f'[{spot.key}."{odd}"] is no indicator code; one looks like LIC-01.'


def _must(annotation: object, metadata: Iterable[object], name: str) -> str:
    """What a value must be, from its type and its bounds."""
    if own := next((part.text for part in metadata if isinstance(part, Must)), None):
        return own
    if isinstance(annotation, type) and annotation in _PLAIN:
        unit = _UNITS.get(name.rpartition("_")[2], "") if annotation is int else ""
        return f"be {_PLAIN[annotation]}{_bounds(metadata, unit)}"
    if get_origin(annotation) is Mapping:
        return "be a table of texts in quotes"
    words = get_args(annotation)[0]
    return f"be a list of {', '.join(words) if isinstance(words, type) and issubclass(words, Enum) else 'texts'}"


def _bounds(metadata: Iterable[object], unit: str) -> str:
    least = max((part.ge for part in metadata if hasattr(part, "ge")), default=None)
    most = min((part.le for part in metadata if hasattr(part, "le")), default=None)
    if least is None:
        return ""
    if most is None:
        return f"{unit and f' of{unit}'}, {least:g} or more"
    return f", {least:g} to {most:g}{unit}"
