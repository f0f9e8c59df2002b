"""ZGW (Open Zaak): cases with decisions, parties and addresses, as pages of the APIs in one JSON file or in a zip.

The same export holds the permits (one row a case) and the people who are named on them (one row a role).

A citizen service number (BSN) and an A-number stand in the identification of a person: only the keys that are named
here are read, and those two never are. Links between the records are compared and never followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from screening.base.errors import SourceError
from screening.sources.archive import member_names, members
from screening.sources.json_rows import (
    Record,
    TextRow,
    first_records,
    is_json,
    records_of,
    refuse_what_holds_no_records,
    table_of,
    text_at,
    value_at,
)
from screening.sources.raw import RawTable, Target

_PAGES = re.compile(r".+\.json")
#: The keys by which the records of one resource are known.
_RESOURCES: dict[str, frozenset[str]] = {
    "case": frozenset({"identificatie", "bronorganisatie", "zaaktype", "startdatum"}),
    "role": frozenset({"zaak", "betrokkeneType", "roltype"}),
    "object": frozenset({"zaak", "objectType", "objectIdentificatie"}),
    "decision": frozenset({"besluittype", "verantwoordelijkeOrganisatie", "ingangsdatum"}),
    "status": frozenset({"zaak", "statustype", "datumStatusGezet"}),
    "result": frozenset({"zaak", "resultaattype"}),
    "type": frozenset({"url", "omschrijving"}),
}
_FULL_ESTABLISHMENT = re.compile(r"[0-9]{12}")
_OBJECT_ID = re.compile(r"[0-9]{4}0[123][0-9]{10}")
#: Where an address stands in an object of a case, by the kind of object.
_GROUPS = ((), ("adresAanduidingGrp",), ("aanduidingWozObject",), ("isOnderdeelVan", "aanduidingWozObject"))


@dataclass
class _Export:
    """The records of an export by the address of their case; types by their own address."""

    cases: list[Record] = field(default_factory=list)
    roles: dict[str, list[Record]] = field(default_factory=dict)
    objects: dict[str, list[Record]] = field(default_factory=dict)
    decisions: dict[str, list[Record]] = field(default_factory=dict)
    statuses: dict[str, list[Record]] = field(default_factory=dict)
    results: dict[str, list[Record]] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        """Put a record with those of its kind, and what was expanded in a case with its own."""
        kind = _kind(record)
        if kind == "case":
            self.cases.append(record)
            self._add_expanded(record)
        elif kind == "type":
            self.types[text_at(record, "url") or ""] = text_at(record, "omschrijving") or ""
        elif kind:
            by_case = {
                "role": self.roles,
                "object": self.objects,
                "decision": self.decisions,
                "status": self.statuses,
                "result": self.results,
            }
            by_case[kind].setdefault(text_at(record, "zaak") or "", []).append(record)
            self._add_expanded(record)

    def _add_expanded(self, record: Record) -> None:
        expanded = value_at(record, "_expand")
        for part in expanded.values() if isinstance(expanded, dict) else ():
            for inner in part if isinstance(part, list) else [part]:
                if isinstance(inner, dict):
                    self.add(inner)


def is_zgw(data: bytes) -> bool:
    """Whether the first record, or that of a file in a zip, is a case of ZGW."""
    if is_json(data):
        return _begins_with_a_case(data)
    if not any(_PAGES.fullmatch(name) for name in member_names(data)):
        return False
    try:
        return any(_begins_with_a_case(member.data) for member in members(data, "", _PAGES))
    except SourceError:
        return False


def _begins_with_a_case(data: bytes) -> bool:
    return any(_kind(record) == "case" for record in first_records(data))


def read_zgw(data: bytes, target: Target) -> RawTable:
    """One row a case, with its last decision, its applicant and its first address; of managers one row a role."""
    export = _Export()
    for record in _records(data, target.name):
        export.add(record)
    if target.dataset == "leidinggevenden":
        return table_of([row for case in export.cases for row in _managers(case, export)], target)
    return table_of([_row(case, export) for case in export.cases], target)


def _records(data: bytes, name: str) -> Iterator[Record]:
    if is_json(data):
        refuse_what_holds_no_records(data, name)
        yield from records_of(data, name)
        return
    for member in members(data, name, _PAGES):
        refuse_what_holds_no_records(member.data, f"{name}, {member.name}")
        yield from records_of(member.data, f"{name}, {member.name}")


def _kind(record: Record) -> str | None:
    return next((kind for kind, keys in _RESOURCES.items() if keys <= record.keys()), None)


def _row(case: Record, export: _Export) -> TextRow:
    url = text_at(case, "url") or ""
    decisions = sorted(export.decisions.get(url, []), key=lambda decision: text_at(decision, "datum") or "")
    decision = decisions[-1] if decisions else None
    return {
        "zaaknummer": text_at(case, "identificatie"),
        "zaaktype": _type(text_at(case, "zaaktype"), export),
        "status": _status(case, export),
        "datum_aanvraag": text_at(case, "startdatum"),
        "datum_besluit": text_at(decision, "datum"),
        "ingangsdatum": text_at(decision, "ingangsdatum"),
        "einddatum": text_at(decision, "vervaldatum"),
        "vervalreden": text_at(decision, "vervalreden") or None,
        **_holder(export.roles.get(url, [])),
        **_address(export.objects.get(url, [])),
    }


def _type(url: str | None, export: _Export) -> str | None:
    """The words of a type where the catalogue is delivered too, else the last part of its address."""
    return export.types.get(url or "") or (url or "").rstrip("/").rsplit("/", 1)[-1] or None


def _status(case: Record, export: _Export) -> str | None:
    """The words of the result, else of the last status; a case without either that has not ended is under way."""
    url = text_at(case, "url") or ""
    results = export.results.get(url, [])
    if results:
        return _type(text_at(results[-1], "resultaattype"), export)
    statuses = sorted(export.statuses.get(url, []), key=lambda status: text_at(status, "datumStatusGezet") or "")
    if statuses:
        return _type(text_at(statuses[-1], "statustype"), export)
    return None if text_at(case, "einddatum") else "in_behandeling"


def _holder(roles: list[Record]) -> TextRow:
    """The applicant: a person by name and birth date, an organisation by its name and numbers."""
    applicants = [role for role in roles if _is_applicant(role)]
    role = applicants[0] if applicants else None
    who = value_at(role, "betrokkeneIdentificatie")
    name, birth = text_at(role, "afwijkendeNaamBetrokkene"), None
    match text_at(role, "betrokkeneType"):
        case "natuurlijk_persoon":
            name = _name(who) or name
            birth = text_at(who, "geboortedatum")
        case "niet_natuurlijk_persoon":
            name = text_at(who, "statutaireNaam") or name
        case "vestiging":
            names = value_at(who, "handelsnaam")
            name = str(names[0]) if isinstance(names, list) and names else name
        case _:  # an employee of the municipality, or one of its departments, holds no permit
            return dict.fromkeys(("houder_naam", "houder_geboortedatum", "kvk_nummer", "vestigingsnummer"))
    establishment = text_at(who, "vestigingsNummer") or ""
    return {
        "houder_naam": name or None,
        "houder_geboortedatum": birth or None,
        "kvk_nummer": text_at(who, "kvkNummer") or None,
        "vestigingsnummer": establishment if _FULL_ESTABLISHMENT.fullmatch(establishment) else None,
    }


def _managers(case: Record, export: _Export) -> Iterator[TextRow]:
    """Every person in a role of the case but its applicant, who holds the permit."""
    for role in export.roles.get(text_at(case, "url") or "", []):
        if _is_applicant(role) or text_at(role, "betrokkeneType") != "natuurlijk_persoon":
            continue
        who = value_at(role, "betrokkeneIdentificatie")
        yield {
            "zaaknummer": text_at(case, "identificatie"),
            "naam": _name(who) or text_at(role, "afwijkendeNaamBetrokkene") or None,
            "geboortedatum": text_at(who, "geboortedatum") or None,
            "rol": text_at(role, "omschrijving") or _type(text_at(role, "roltype"), export),
            # not every municipality states since when; a role is registered with its case, or when it changes
            "datum_van": text_at(role, "beginGeldigheid") or (text_at(role, "registratiedatum") or "")[:10] or None,
            "datum_tot": text_at(role, "eindeGeldigheid") or None,
        }


def _is_applicant(role: Record) -> bool:
    return (text_at(role, "omschrijvingGeneriek") or "").lower() == "initiator"


def _name(who: object) -> str:
    parts = (
        text_at(who, "voornamen") or text_at(who, "voorletters"),
        text_at(who, "voorvoegselGeslachtsnaam"),
        text_at(who, "geslachtsnaam"),
    )
    return " ".join(part for part in parts if part)


def _address(objects: list[Record]) -> TextRow:
    """The first object of the case that has an address, else the first with a text for one."""
    groups = [
        group
        for case_object in objects
        for path in _GROUPS
        if isinstance(group := value_at(case_object, "objectIdentificatie", *path), dict)
        and "gorOpenbareRuimteNaam" in group
    ]
    group = groups[0] if groups else {}
    texts = [text_at(case_object, "objectIdentificatie", "overigeData") for case_object in objects]
    identifications = (text_at(group, key) or "" for key in ("oaoIdentificatie", "aoaIdentificatie", "identificatie"))

    def part(*keys: str) -> str | None:
        return next((text for key in keys if (text := text_at(group, key))), None)

    return {
        "straatnaam": part("gorOpenbareRuimteNaam"),
        "huisnummer": part("huisnummer", "aoaHuisnummer"),
        "huisletter": part("huisletter", "aoaHuisletter"),
        "huisnummertoevoeging": part("huisnummertoevoeging", "aoaHuisnummertoevoeging"),
        "postcode": part("postcode", "aoaPostcode"),
        "plaats": part("wplWoonplaatsNaam"),
        "adresseerbaar_object_id": next((number for number in identifications if _OBJECT_ID.fullmatch(number)), None),
        "adres_tekst": None if groups else next((text for text in texts if text), None),
    }
