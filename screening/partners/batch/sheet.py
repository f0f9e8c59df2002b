"""The sheet for a partner without a key: one page (PDF/UA) with an address and organisations, and never a person."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import Field
from pypdf import PdfReader

from screening.base.errors import BarrierError
from screening.base.typeset import pdf
from screening.base.vocabulary import Barrier, Purpose
from screening.partners.signal.codes import LEGAL_PERSONS, LegalForm, Theme
from screening.partners.signal.fields import Day, Kvk, Line, ObjectId, StrictModel, Text
from screening.partners.signal.preview import in_words
from screening.wording.fact_words import document_words

_TEMPLATE = Path(__file__).with_name("sheet.typ")


class SheetTooLongError(BarrierError):
    """What was chosen does not fit on one page."""


class SheetOrganisation(StrictModel):
    """A legal person. A sole trader, a partnership and the like are people here, and never stand on a sheet."""

    naam: Line
    rechtsvorm: LegalForm
    kvk: Kvk | None = None


class Sheet(StrictModel):
    """Everything that stands on a sheet: a closed set of fields, none of which a member of staff writes."""

    kenmerk: str = Field(pattern=r"^B-[0-9a-f]{16}$")
    gemeente: Line
    afdeling: Line
    contact: Line
    ontvanger: Line
    soort: Line
    grondslag: Line
    afspraak: Line
    thema: Theme
    taak: Purpose
    adres: Line
    object: ObjectId
    barrieres: tuple[Barrier, ...] = Field(min_length=1)
    organisaties: tuple[SheetOrganisation, ...]
    gebruik: Text
    gemaakt: Day
    bewaren_tot: Day


def sheet_organisations(
    organisations: Sequence[Mapping[str, object]], chosen: frozenset[str]
) -> list[dict[str, object]]:
    """The chosen ones of the organisations of a dossier that are legal persons; nobody else is given."""
    return [
        {"naam": given.get("naam"), "rechtsvorm": given.get("rechtsvorm"), "kvk": given.get("kvk_nummer")}
        for given in organisations
        if given.get("partij") in chosen and given.get("rechtsvorm") in LEGAL_PERSONS and given.get("naam")
    ]


def sheet_pdf(sheet: Sheet) -> bytes:
    """The sheet as PDF/UA-1, of one page. No date of production is in it: the same sheet gives the same bytes.

    Raises:
        SheetTooLongError: it does not fit on one page.
    """
    shown = sheet.model_dump(mode="json") | {
        "thema": document_words()[sheet.thema],
        "gemaakt": in_words(sheet.gemaakt),
        "bewaren_tot": in_words(sheet.bewaren_tot),
        "taak": document_words()[sheet.taak],
        "barrieres": ", ".join(document_words()[barrier] for barrier in sheet.barrieres),
        "organisaties": [
            {
                "naam": each.naam,
                "rechtsvorm": document_words().get(each.rechtsvorm, str(each.rechtsvorm)),
                "kvk": each.kvk or "",
            }
            for each in sheet.organisaties
        ],
    }
    document = pdf(_TEMPLATE, shown)
    if len(PdfReader(io.BytesIO(document)).pages) != 1:
        raise SheetTooLongError("This does not fit on one page. Choose fewer organisations.")
    return document
