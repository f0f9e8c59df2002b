"""The building blocks of the signal's fields: closed models, text without tricks, and a reason at every leaf."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from screening.export.text import LINE_PATTERN, TEXT_PATTERN

#: One line of text, a longer text, and the identifiers of the field.
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=LINE_PATTERN)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=TEXT_PATTERN)]
#: Why something is needed: long enough to be a reason.
Reason = Annotated[str, StringConstraints(min_length=20, max_length=2000, pattern=TEXT_PATTERN)]
#: A date of which only the year or the month may be known: never filled in further than it was.
PartialDay = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
SignalId = Annotated[str, StringConstraints(pattern=r"^S-[0-9a-f]{32}$")]
Token = Annotated[str, StringConstraints(pattern=r"^T-[0-9a-f]{16}$")]
Kvk = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]
Rsin = Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")]
ObjectId = Annotated[str, StringConstraints(pattern=r"^[0-9]{16}$")]
IndicatorCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}-[0-9]{2}$")]
RecordId = Annotated[str, StringConstraints(max_length=120, pattern=r"^[a-z_]+:[^\u0000-\u001f\u007f]+$")]
ValueName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


def _real_day(text: str) -> str:
    dt.date.fromisoformat(text)
    return text


Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_real_day)]


class Closed(BaseModel):
    """A part of a signal: nothing beside its fields, nothing changed afterwards, no value in an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, use_enum_values=True)


def leaf(
    nl: str,
    en: str,
    why_nl: str,
    why_en: str,
    *,
    default: Any = ...,
    personal: bool = False,
    said: bool = False,
    **more: Any,
) -> Any:
    """A field with its name and the reason why it leaves, in both languages.

    `personal`: it can be data about a natural person. `said`: a member of staff wrote it, so that its words are read.
    """
    extra: dict[str, Any] = {"x-title-en": en, "x-why-nl": why_nl, "x-why-en": why_en}
    if personal:
        extra["x-personal"] = True
    if said:
        extra["x-said"] = True
    return Field(default, title=nl, json_schema_extra=extra, **more)
