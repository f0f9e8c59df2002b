"""The trade register as nested JSON: basisprofielen and vestigingsprofielen as the KVK's API gives them.

The postal address is never read: `indNonMailing` asks that nobody is written to on the strength of the register. A
shielded address is left out here, so that nothing after this knows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from screening.sources.json_rows import (
    Record,
    TextRow,
    first_records,
    json_text,
    objects_at,
    read_records,
    records_of,
    text_at,
    value_at,
)
from screening.sources.raw import RawTable, Target

#: Words of a legal form, in the order in which they are looked for -> our code.
_LEGAL_FORMS = (
    ("eenmanszaak", "eenmanszaak"),
    ("onder firma", "vof"),
    ("commanditaire", "cv"),
    ("waarborgmaatschappij", "overig"),
    ("waarborg maatschappij", "overig"),
    ("maatschap", "maatschap"),
    ("besloten vennootschap", "bv"),
    ("naamloze vennootschap", "nv"),
    ("stichting", "stichting"),
    ("coöperati", "cooperatie"),
    ("vereniging", "vereniging"),
)
_ADDRESS = {
    "straatnaam": "straatnaam",
    "huisnummer": "huisnummer",
    "huisletter": "huisletter",
    "huisnummertoevoeging": "huisnummerToevoeging",
    "postcode": "postcode",
    "plaats": "plaats",
}


@dataclass
class _Companies:
    """What a basisprofiel says of the establishments of its company, and which have a profile of their own."""

    owners: dict[str, Record] = field(default_factory=dict)
    profiled: set[str] = field(default_factory=set)


def is_trade_register(data: bytes) -> bool:
    """Whether the records are profiles of companies or establishments."""
    return any({"kvkNummer", "materieleRegistratie"} <= record.keys() for record in first_records(data))


def read_trade_register(data: bytes, target: Target) -> RawTable:
    """One row an establishment; a company without one has a row of its own."""
    companies = _Companies()
    for record in records_of(data, target.name):
        if _is_establishment(record):
            companies.profiled.add(text_at(record, "vestigingsnummer") or "")
        else:
            companies.owners[text_at(record, "kvkNummer") or ""] = {
                "statutaireNaam": text_at(record, "statutaireNaam"),
                "rechtsvorm": text_at(record, "_embedded", "eigenaar", "rechtsvorm"),
                "rsin": text_at(record, "_embedded", "eigenaar", "rsin"),
            }
    return read_records(data, target, lambda record: _rows(record, companies))


def _is_establishment(record: Record) -> bool:
    return "vestigingsnummer" in record


def _rows(record: Record, companies: _Companies) -> Iterable[TextRow]:
    if _is_establishment(record):
        return [_row(record, record, companies)]
    main = value_at(record, "_embedded", "hoofdvestiging")
    if not isinstance(main, dict):
        return [_row(record, value_at(record, "_embedded", "eigenaar"), companies)]
    # of an establishment that has a profile of its own that one stands in the file, and is the fuller
    return [] if text_at(main, "vestigingsnummer") in companies.profiled else [_row(record, main, companies)]


def _row(record: Record, place: object, companies: _Companies) -> TextRow:
    """`record`: names and activities; `place`: the establishment itself, with its dates and addresses."""
    owner = companies.owners.get(text_at(record, "kvkNummer") or "", {})
    visited = [address for address in objects_at(place, "adressen") if text_at(address, "type") == "bezoekadres"]
    is_shielded = any(_is_shielded(address) for address in objects_at(place, "adressen"))
    address = visited[0] if visited and not is_shielded else None
    dates = place if value_at(place, "materieleRegistratie") else record
    return {
        "kvk_nummer": text_at(record, "kvkNummer"),
        "vestigingsnummer": text_at(place, "vestigingsnummer"),
        "rsin": text_at(record, "rsin") or text_at(owner, "rsin"),
        "rechtsvorm": _legal_form(text_at(owner, "rechtsvorm")),
        "statutaire_naam": text_at(record, "statutaireNaam") or text_at(owner, "statutaireNaam"),
        "handelsnamen": _trade_names(record, place),
        "sbi_codes": "|".join(text_at(code, "sbiCode") or "" for code in objects_at(record, "sbiActiviteiten")) or None,
        "datum_aanvang": _date(value_at(dates, "materieleRegistratie", "datumAanvang")),
        "datum_einde": _date(value_at(dates, "materieleRegistratie", "datumEinde")),
        "afgeschermd": "ja" if is_shielded else "nee",
        **{ours: text_at(address, theirs) for ours, theirs in _ADDRESS.items()},
        "adresseerbaar_object_id": text_at(address, "geoData", "addresseerbaarObjectId"),  # so spelled by the KVK
    }


def _is_shielded(address: Record) -> bool:
    """Whether the address says so; whatever is not plainly no counts, since what was read cannot be taken back."""
    return (text_at(address, "indAfgeschermd") or "nee").lower() not in ("nee", "n", "false")


def _legal_form(words: str | None) -> str | None:
    """Our code for a legal form in words; none where the file holds no basisprofiel of the company."""
    if words is None:
        return None
    return next((code for word, code in _LEGAL_FORMS if word in words.lower()), "overig")


def _trade_names(record: Record, place: object) -> str | None:
    """Every trade name in its order. A company without one is known by its name, as its register shows it."""
    named = sorted(objects_at(record, "handelsnamen"), key=_place)
    names = [text_at(name, "naam") for name in named]
    names = names or [text_at(place, "eersteHandelsnaam") or text_at(record, "naam")]
    return "|".join(name.replace("|", "/") for name in names if name) or None


def _place(name: Record) -> int:
    digits = text_at(name, "volgorde") or ""
    return int(digits) if digits.isdecimal() else 0


def _date(value: object) -> str | None:
    """`20170108`, with 00 for what is not known, or the parts of a date, of which some can be absent."""
    if isinstance(value, dict):
        whole = text_at(value, "datum")
        year, month, day = (text_at(value, part) for part in ("jaar", "maand", "dag"))
        return whole or (f"{year}{(month or '').zfill(2)}{(day or '').zfill(2)}" if year else None)
    return None if isinstance(value, list) else json_text(value)
