"""Official notices as lists of publications: the kind, how far the case is, and the address out of the text."""

from __future__ import annotations

import re

from screening.sources.json_rows import Record, TextRow, first_records, read_records, text_at, value_at
from screening.sources.raw import RawTable, Target

#: Words that tell how far a permit case is; the first that occurs decides.
_STATES = (
    ("ingetrokken", "ingetrokken"),
    ("intrekken", "ingetrokken"),
    ("intrekking", "ingetrokken"),
    ("geweigerd", "geweigerd"),
    ("weigering", "geweigerd"),
    ("buiten behandeling", "buiten_behandeling"),
    ("verleen", "verleend"),
    ("verlening", "verleend"),
    ("aanvraag", "aangevraagd"),
    ("aangevraagd", "aangevraagd"),
)
#: Street, number and what follows it, postcode, town: in Dutch notices at the end of a clause.
_ADDRESS = re.compile(
    r"(?P<street>[A-Z0-9'’][^,;:()]{1,60}?\s[0-9]{1,5}(?:[\s-]?[A-Za-z0-9]{1,4})?)\s*,?\s*"
    r"(?P<postcode>[1-9][0-9]{3}\s?[A-Z]{2})\s*,?\s+(?:te\s+|in\s+)?(?P<town>['’A-Z][^,;:.()]{1,40})"
)
#: Words of a notice behind which its street stands.
_BEFORE_A_STREET = re.compile(
    r"\s(?:aan|op|nabij|bij|voor|ter hoogte van|aanvraag|\w*vergunning|\w*melding|\w*termijn) (?:de |het )?(?=[A-Z0-9])"
)
_PLACE = re.compile(r"\s*(-?[0-9.]+)\s+(-?[0-9.]+)\s*\Z")
_NUMBER = re.compile(r"/([^/]+?)(?:\.html|\.xml)?\Z")


def is_notices(data: bytes) -> bool:
    """Whether the records are publications of official notices."""
    return any({"urlDoc", "title", "type", "date"} <= record.keys() for record in first_records(data))


def read_notices(data: bytes, target: Target) -> RawTable:
    """One row a notice: `where` and `otherwise` of the configuration choose among them."""
    return read_records(data, target, lambda record: [_row(record)])


def _row(record: Record) -> TextRow:
    # title or description holds the address, depending on the year, and often both
    text = max((text_at(record, part) or "" for part in ("description", "title")), key=len)
    number = _NUMBER.search(text_at(record, "urlDoc") or "")
    places = value_at(record, "location")
    place = _PLACE.match(str(places[0])) if isinstance(places, list) and len(places) == 1 else None
    status = _status(text.lower())
    return {
        "zaaknummer": number[1] if number else None,
        "soort": text_at(record, "type"),
        "status": status,
        "datum_aanvraag": (text_at(record, "date") or "")[:10] or None,
        # what is no step of a permit case can be about a person: nothing but an address is taken out of it
        "adres_tekst": address_in(text) or (text if status and re.search("[0-9]", text) else None),
        "lat": place[1] if place else None,
        "lon": place[2] if place else None,
    }


def _status(text: str) -> str | None:
    status = next((code for word, code in _STATES if word in text), None)
    # an application that was taken back is no licence that was withdrawn
    return "buiten_behandeling" if status == "ingetrokken" and "aanvra" in text else status


def address_in(text: str) -> str | None:
    """The last address with a postcode in a text."""
    addresses = list(_ADDRESS.finditer(text))
    if not addresses:
        return None
    last = addresses[-1]
    street = _BEFORE_A_STREET.split(last["street"])[-1]
    return f"{street.strip()}, {last['postcode']} {last['town'].strip()}"
