"""Every leaf of a signal with what is declared about it: for the preview, the checks and the writers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from screening.partners.signal.fields import StrictModel
from screening.partners.signal.signal import Contact, Signal
from screening.partners.signal.signal_facts import NamedValue
from screening.partners.signal.signal_parties import Organisation
from screening.partners.signal.text import plain_number

#: What a program reads and no person: it leaves too, and a page shows it apart.
_KEYS = frozenset(
    (
        "formaat",
        "signaal_id",
        "versie",
        "code",
        "oin",
        "eerste_beoordelaar",
        "tweede_beoordelaar",
        "nummeraanduiding_id",
        "adresseerbaar_object_id",
        "pand_ids",
        "rd_x",
        "rd_y",
        "run_id",
        "wijze",
        "geautomatiseerde_selectie",
        "record_id",
        "record_ids",
        "kenmerk",
        "regelversie",
        "klasse",
        "sha256",
        "bytes",
        "bestand",
    )
)
_KEYS_OF = frozenset({(NamedValue, "naam"), (NamedValue, "betekenis"), (NamedValue, "waarde")})


@dataclass(frozen=True)
class Leaf:
    """One value of a signal. `path`: group.field, with the position in a list.

    `is_code`: a word of a closed list. `is_key`: an identifier, a code or a checksum: for a program, not for a reader.
    `is_rsin`, `is_mailbox`: the RSIN of a legal person and a mailbox of the municipality look like personal data.
    """

    path: str
    value: str
    title_nl: str
    title_en: str
    why_nl: str
    why_en: str
    personal: bool
    is_written: bool
    is_code: bool
    is_key: bool
    is_rsin: bool
    is_mailbox: bool


def leaves(signal: Signal) -> Iterator[Leaf]:
    """One a value, in the order of the signal; what is unknown is left out, and of a list each value is one."""
    yield from _leaves_below(Signal, signal, "")


def leaves_of_part(content: Mapping[str, object]) -> Iterator[Leaf]:
    """The same of a content that need not be whole yet: plain values, by the names of the signal. No value is empty."""
    yield from (leaf for leaf in _leaves_below(Signal, content, "") if leaf.value)


def titles(path: str) -> tuple[str, str]:
    """Return the name in both languages of the field at a path of the signal; empty for a part or an unknown path."""
    model: type[BaseModel] | None = Signal
    declared = None
    for step in path.split("."):
        if step.isdigit():
            continue
        declared = model.model_fields.get(step) if model is not None else None
        if declared is None:
            return "", ""
        model = model_in(declared.annotation)
    assert declared is not None  # noqa: S101 - a path has a step
    extra = declared.json_schema_extra or {}
    return declared.title or "", str(extra.get("x-title-en", "")) if isinstance(extra, dict) else ""


def model_in(annotation: object) -> type[BaseModel] | None:
    """The model that an annotation (X, X | None, tuple[X, ...]) is about, or None for a leaf."""
    if isinstance(annotation, type) and issubclass(annotation, StrictModel):
        return annotation
    if get_origin(annotation) in (tuple, UnionType, Union, Annotated):
        return next((model for argument in get_args(annotation) if (model := model_in(argument)) is not None), None)
    return None


def _leaves_below(model: type[BaseModel], part: object, prefix: str) -> Iterator[Leaf]:
    for name, declared in _declared(model).items():
        value = part.get(name) if isinstance(part, Mapping) else getattr(part, name)
        inner = model_in(model.model_fields[name].annotation)
        for place, element in enumerate(value) if isinstance(value, tuple | list) else [("", value)]:
            if element is None:
                continue
            path = f"{prefix}{name}" + (f".{place}" if place != "" else "")
            if inner is not None:
                yield from _leaves_below(inner, element, f"{path}.")
                continue
            yield Leaf(path, element if isinstance(element, str) else _as_text(element), *declared)


@cache  # read for every signal of a batch, and the same every time
def _declared(model: type[BaseModel]) -> dict[str, tuple[str, str, str, str, bool, bool, bool, bool, bool, bool]]:
    """By the name of a field: what a Leaf has after `path` and `value`, in that order."""
    leaves_by_name = {}
    for name, declared in model.model_fields.items():
        extra = declared.json_schema_extra or {}
        assert isinstance(extra, dict)  # noqa: S101 - `leaf` writes no other kind
        leaves_by_name[name] = (
            declared.title or name,
            str(extra.get("x-title-en", name)),
            str(extra.get("x-why-nl", "")),
            str(extra.get("x-why-en", "")),
            bool(extra.get("x-personal", False)),
            bool(extra.get("x-said", False)),
            _is_closed(declared.annotation),
            name in _KEYS or (model, name) in _KEYS_OF,
            issubclass(model, Organisation) and name == "rsin",
            issubclass(model, Contact) and name == "mailbox",
        )
    return leaves_by_name


def _is_closed(annotation: object) -> bool:
    """Whether a value is a word of a closed list: of an enum or of a Literal of texts."""
    if isinstance(annotation, type):
        return issubclass(annotation, Enum)
    if get_origin(annotation) is Literal:
        return all(isinstance(argument, str) for argument in get_args(annotation))
    return any(_is_closed(argument) for argument in get_args(annotation))


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return plain_number(value)  # type: ignore[arg-type]  # a leaf that is no text and no yes or no is a number
