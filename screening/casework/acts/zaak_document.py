"""The file for the case system of the municipality: one ZGW zaak (Zaken API 1.5) of a confirmed address, as JSON.

It has the shape of a request to register a case in one go: `zaak`, and `zaakobjecten` with the address. It holds an
address, a purpose, an outcome and what is asked; no party, no evidence, no tip. `zaak-1.schema.json` says the same as a
JSON Schema, which the tests hold every file against. docs/zaaksysteem.md is for who reads it in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from screening.base.frames import Row
from screening.base.local_formats import date_text
from screening.base.vocabulary import NoticeReason, Purpose
from screening.base.word_lists import read_translations
from screening.casework.acts.acts import ASKED
from screening.casework.acts.case_system import CaseSystem
from screening.wording.forms import code_word

#: Who a reference is of, in `kenmerken`: at most 40 characters.
SOURCE = "barrier-screening"

_TAKEN_BACK = read_translations("screening.casework.acts", "choices.yaml")["taken_back"]


def zaak_document(
    system: CaseSystem,
    case_id: str,
    place: Mapping[str, str | None],
    *,
    purpose: Purpose,
    asked: str,
    confirmed: date,
    day: date,
) -> dict[str, Any]:
    """Return the file with which a confirmed case is handed over.

    Args:
        system: The case system.
        case_id: The case, as a reference.
        place: The address as the BAG has it: `nummeraanduiding_id`, `straatnaam`, `huisnummer` and so on.
        purpose: For which task.
        asked: A code of ASKED.
        confirmed: The day on which the second officer confirmed it.
        day: Today.
    """
    task = code_word(purpose, "nl")
    zaak: dict[str, Any] = {
        "bronorganisatie": system.source_rsin,
        "omschrijving": f"Afwijking in registers bevestigd: {task}"[:80],
        "toelichting": (
            f"Twee medewerkers bevestigden op {date_text(confirmed, 'nl')} dat registers over dit adres niet met "
            f"elkaar kloppen. Doel: {task}. Gevraagd: {_lower(ASKED[asked][0])}. Het adres kwam in beeld met vaste "
            "regels, en mensen beoordeelden het daarna. Dit is een reden om te kijken en geen bewijs: stel feiten zelf "
            "vast."
        ),
        "zaaktype": system.case_type,
        "registratiedatum": day.isoformat(),
        "verantwoordelijkeOrganisatie": system.responsible_rsin,
        "startdatum": day.isoformat(),
        "vertrouwelijkheidaanduiding": str(system.confidentiality),
        "kenmerken": [
            _reference(case_id, "zaak"),
            _reference("bevestigd_afwijking", "uitkomst"),
            _reference(str(purpose), "doel"),
            _reference(asked, "gevraagd"),
        ],
    }
    if system.channel:
        zaak["communicatiekanaal"] = system.channel
    return {"zaak": zaak, "rollen": [], "zaakobjecten": [_object(place)]}


def taken_back_document(case_id: str, reason: NoticeReason, *, handed_over: date, day: date) -> dict[str, Any]:
    """Return the file with which a hand-over is taken back: which one by its reference, and a change of the zaak."""
    return {
        "intrekking": {
            "kenmerk": _reference(case_id, "zaak"),
            "reden": str(reason),
            "overgedragen": handed_over.isoformat(),
            "datum": day.isoformat(),
        },
        "zaak": {
            "toelichting": (
                f"Ingetrokken op {date_text(day, 'nl')}: {_lower(_TAKEN_BACK[reason][0])}. Doe niets meer met deze "
                "zaak, en sluit haar af zonder gevolg."
            )
        },
    }


def document_text(document: Mapping[str, Any]) -> str:
    """Return the file as it leaves: keys in their order, indented, one newline at the end."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def document_hash(text: str) -> str:
    """Return the sha256 of the file."""
    return hashlib.sha256(text.encode()).hexdigest()


def document_fields(document: object) -> list[str]:
    """Return the paths of the values in a file, in order and once each; no values."""
    return sorted(set(_paths(document, "")))


def _paths(part: object, path: str) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            yield from _paths(value, f"{path}.{name}" if path else name)
    elif isinstance(part, list):
        for value in part:
            yield from _paths(value, path)
    else:
        yield path


def _reference(text: str, what: str) -> dict[str, str]:
    return {"kenmerk": text, "bron": f"{SOURCE} {what}"}


def _object(place: Mapping[str, str | None]) -> Row:
    address: Row = {
        "identificatie": place["nummeraanduiding_id"],
        "wplWoonplaatsNaam": place["woonplaats"],
        "gorOpenbareRuimteNaam": place["straatnaam"],
        "huisnummer": int(place["huisnummer"] or 0),
    }
    address |= {name: place[name] for name in ("huisletter", "huisnummertoevoeging") if place.get(name)}
    if postcode := (place.get("postcode") or "").replace(" ", "").upper():
        address["postcode"] = postcode
    return {"objectType": "adres", "relatieomschrijving": "Adres waarover het gaat", "objectIdentificatie": address}


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
