"""Types and helpers for the fields of a signal: a strict model, text without control characters, a reason a field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from screening.base.vocabulary import INDICATOR_CODE
from screening.partners.signal.text import LINE_PATTERN, TEXT_PATTERN

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
IndicatorCode = Annotated[str, StringConstraints(pattern=rf"^{INDICATOR_CODE}$")]
RecordId = Annotated[str, StringConstraints(max_length=120, pattern=r"^[a-z_]+:[^\u0000-\u001f\u007f]+$")]
ValueName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


def _real_day(text: str) -> str:
    dt.date.fromisoformat(text)
    return text


Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_real_day)]


#: The messages of the validators of several fields: English -> Dutch.
CHECKS: dict[str, str] = {
    "the two reviewers are one person": "De twee beoordelaars zijn één persoon.",
    "the reliability is not that of the register": "Waarop het feit rust, past niet bij het register.",
    "only a legal person has an RSIN that is no BSN": "Alleen een rechtspersoon heeft een RSIN dat geen BSN is.",
    "the name of a business of persons needs a reason": "Deze naam is die van een persoon: zeg waarom hij nodig is.",
    "a delayed notification has a day from which it is due, and no other has": "Bij uitstel hoort een dag waarop het "
    "uitstel eindigt, en alleen bij uitstel.",
    "a deviation rests on no fact of this signal": "Een afwijking steunt op geen van de gekozen feiten. Kies een feit "
    "waarop zij rust, of laat de afwijking weg.",
    "a signal of this format says how soon, and one of the first format does not": "Zeg hoe snel de ontvanger moet "
    "kijken.",
    "a signal of the first format has no attachments": "Een signaal van de eerste soort heeft geen bijlagen.",
    "an attachment has another name than its signal gives it": "Een bijlage heeft een andere naam dan hoort bij het "
    "signaal.",
    "a signal of this format says to what kind of partner it goes, and no other does": "Met deze ontvanger is geen "
    "afspraak van kracht: kies een andere, of laat haar eerst vastleggen.",
    "a signal of an earlier format has no date of birth": "Een signaal van een eerdere soort heeft geen geboortedatum.",
    "a date of birth and a year of birth of one person": "Kies het geboortejaar of de hele geboortedatum, niet beide.",
    "haste without a reason": "Zeg waarom dit sneller moet dan gewoon.",
    "a person stands in the signal: say whether they were told": "Er staat een persoon in het signaal, of het bedrijf "
    "van een persoon. Zeg dan of de betrokkene ervan weet.",
}
_KINDS: dict[str, tuple[str, str]] = {
    "missing": ("Dit ontbreekt.", "this is missing"),
    "string_too_short": ("Dit is te kort.", "this is too short"),
    "string_too_long": ("Dit is te lang.", "this is too long"),
    "too_short": ("Hier is er minstens één van nodig.", "at least one is needed"),
    "too_long": ("Dit zijn er meer dan er in een signaal passen.", "these are more than a signal holds"),
}


def describe_error(error: Mapping[str, object]) -> tuple[str, str]:
    """Describe an error of pydantic in Dutch and in English, without the value."""
    message = str(error["msg"]).removeprefix("Value error, ")
    if message in CHECKS:
        return CHECKS[message], message
    return _KINDS.get(str(error["type"]), ("Dit heeft een andere vorm dan een signaal vraagt.", message))


class StrictModel(BaseModel):
    """A part of a signal: nothing beside its fields, nothing changed afterwards, no value in an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, use_enum_values=True)


def leaf(
    nl: str,
    en: str,
    why_nl: str,
    why_en: str,
    *,
    default: object = ...,
    personal: bool = False,
    is_written: bool = False,
    **more: Any,  # noqa: ANN401 - whatever pydantic takes
) -> Any:  # noqa: ANN401 - as the Field of pydantic
    """A field with its name and the reason why it leaves, in both languages.

    `personal`: it can be data about a natural person. `is_written`: a member of staff wrote it; its words are checked.
    """
    extra: dict[str, Any] = {"x-title-en": en, "x-why-nl": why_nl, "x-why-en": why_en}
    if personal:
        extra["x-personal"] = True
    if is_written:
        extra["x-said"] = True
    return Field(default, title=nl, json_schema_extra=extra, **more)
