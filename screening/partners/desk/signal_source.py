"""Collect from a dossier what a signal can hold: facts in plain sentences, deviations, parties, links."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from screening.base.datasets import datasets
from screening.base.extensions import cached_in_force
from screening.base.frames import Row
from screening.base.powers import declared_on_bibob
from screening.base.vocabulary import LinkLevel, PartyKind
from screening.partners.signal.codes import CARRYING, LEGAL_PERSONS, Certainty, LegalForm, RoleOfPerson, reliabilities
from screening.store.store import Dossier
from screening.wording.fact import UNKNOWN_AREAS, exact_day, fact_sentence, worded
from screening.wording.hit import UNITS_NL

#: A measure that was annulled or is suspended counts for nothing anywhere (readings).
_COUNTS_NOT = frozenset({"vernietigd", "geschorst", None})
_LICENCES = frozenset({"vergunningen", "seksinrichtingen"})
#: What every organisation of the handelsregister is: it comes after the role for which it is named.
_ANY = "onderneming"
#: The part of the trade register that names who runs a company, with a full date of birth.
_OFFICERS = "functionarissen"
_PERSONS_ROLES = frozenset(str(role) for role in RoleOfPerson)


@cached_in_force
def numbered_datasets() -> frozenset[str]:
    """Registers whose rows have no name of their own: a row number says nothing of another delivery."""
    return frozenset(name for name, dataset in datasets().items() if dataset.key is None)


@dataclass(frozen=True)
class FactCandidate:
    """A record that can be a fact. `is_cited`: a hit cites it. `can_carry`: an authentic register or inspection.

    `source_day`: the day of the register. `fingerprint`: of the record's content, None where it has none.
    """

    record_id: str
    dataset: str
    text: str
    day: str
    source_day: date
    is_cited: bool
    is_here: bool
    can_carry: bool
    fingerprint: str | None


@dataclass(frozen=True)
class PartyOption:
    """A party that can be named. `roles`: as the registers have them. `is_person`: each field needs a reason.

    `needs_reason`: the name of the organisation is the name of a person (a sole trader and the like).
    `has_register_birth`: the trade register gives the full date of birth.
    """

    party_id: str
    name: str
    roles: tuple[str, ...]
    is_person: bool
    needs_reason: bool
    birth_year: int | None
    has_register_birth: bool
    records: tuple[str, ...]


@dataclass(frozen=True)
class SignalSource:
    """Everything that a signal about one dossier of one run can hold."""

    dossier: Dossier
    facts: tuple[FactCandidate, ...]
    deviations: tuple[Mapping[str, Any], ...]
    organisations: tuple[Mapping[str, Any], ...]
    persons: tuple[Mapping[str, Any], ...]
    options: tuple[PartyOption, ...]
    links: tuple[Mapping[str, Any], ...]
    place: Mapping[str, Any]
    first_seen: date


def collect_signal_source(dossier: Dossier, *, confirmed_links: frozenset[str]) -> SignalSource:
    """Collect what a signal about a flagged address can hold. `confirmed_links`: ids of probable ones."""
    records = [row for row in (*dossier.records, *dossier.cited_records) if row["dataset"] in reliabilities()]
    hits = [
        hit for hit in dossier.evidence.to_dicts() if not declared_on_bibob(dossier.declarations.get(hit["indicator"]))
    ]
    cited = {record for hit in hits for record in hit["record_ids"]}
    delivered = _delivered(dossier.sources)
    as_of = dossier.run.as_of
    at_address = {_id(row) for row in dossier.records}
    facts = tuple(
        FactCandidate(
            record_id=_id(row),
            dataset=str(row["dataset"]),
            text=fact_sentence(str(row["dataset"]), record_fields(row)),
            day=_day(row, delivered.get(str(row["dataset"]), as_of)),
            source_day=delivered.get(str(row["dataset"]), as_of),
            is_cited=_id(row) in cited,
            is_here=_id(row) in at_address,
            can_carry=reliabilities().get(str(row["dataset"])) in CARRYING,
            fingerprint=None if row["fingerprint"] is None else str(row["fingerprint"]),
        )
        for row in sorted(records, key=lambda row: (str(row["dataset"]), str(row["key"])))
    )
    parties = pl.concat([dossier.parties, dossier.cited_parties]).unique("mention").sort("mention").to_dicts()
    organisations, persons, options = _parties(parties, records)
    flagged = dossier.flag or {}
    return SignalSource(
        dossier=dossier,
        facts=facts,
        deviations=tuple(_deviation(hit, dossier.declarations.get(hit["indicator"], {})) for hit in hits),
        organisations=organisations,
        persons=persons,
        options=options,
        links=tuple(_links(dossier, hits, parties, confirmed_links)),
        place=_place(dossier, delivered.get("bag_adressen", as_of)),
        first_seen=flagged.get("first_flagged", as_of),
    )


def _id(row: Mapping[str, object]) -> str:
    return f"{row['dataset']}:{row['key']}"


def record_fields(row: Mapping[str, object]) -> Mapping[str, str | None]:
    """The fields of a record by name, as its file gave them."""
    fields = row["fields"]
    assert isinstance(fields, Mapping)  # noqa: S101 - so the store reads every record
    return fields


#: Of a licence, the day of what its status says (readings: the date of a decision); before that, none was taken.
_DECIDED = {
    "verleend": ("ingangsdatum", "datum_besluit"),
    "geweigerd": ("datum_besluit",),
    "geschorst": ("datum_besluit",),
    "ingetrokken": ("einddatum", "datum_besluit"),
    "verlopen": ("einddatum",),
    "buiten_behandeling": ("datum_besluit",),
}


def _day(row: Mapping[str, object], source_day: date) -> str:
    """The day of a fact: the record's own day, as exact as it is known; otherwise that of the register."""
    day = row["source_date"]
    return own_day(row) or (day if isinstance(day, date) else source_day).isoformat()


def own_day(row: Mapping[str, object]) -> str | None:
    """The day that a record gives, as exact as it is known; None where it gives none."""
    fields = record_fields(row)
    first = _DECIDED.get(str(fields.get("status")), ()) if row["dataset"] in _LICENCES else ()
    about = datasets().get(str(row["dataset"]))
    begin = about.span[0] if about else ""
    for name in (*first, *(name for name in fields if name.startswith(("datum", "ingangsdatum"))), begin):
        value = fields.get(name)
        if value:
            text = str(value)[:10]
            if exact_day(text) or (len(text) in {4, 7} and text[:4].isdigit()):
                return text
    return None


def _delivered(sources: pl.DataFrame) -> dict[str, date]:
    """Map a data set to the day of the oldest delivery of it that the run used."""
    days = sources.drop_nulls("delivered").group_by("dataset").agg(pl.col("delivered").min())
    return dict(days.select("dataset", "delivered").rows())


def _place(dossier: Dossier, day: date) -> dict[str, object]:
    return place_of(dossier.records) | {
        "adresseerbaar_object_id": dossier.address_id,
        "adres": dossier.address or dossier.address_id,
        "peildatum": day,
    }


def place_of(records: Iterable[Mapping[str, object]]) -> dict[str, Any]:
    """Read what the BAG says of an address; every value is None or empty without a BAG record."""
    of_bag = [record_fields(row) for row in records if row["dataset"] == "bag_adressen"]
    main = sorted(
        of_bag, key=lambda address: (address.get("is_nevenadres") == "ja", address.get("nummeraanduiding_id") or "")
    )
    fields = main[0] if main else {}
    area = fields.get("oppervlakte") or "1"
    return {
        "nummeraanduiding_id": fields.get("nummeraanduiding_id"),
        "pand_ids": [pand_id for pand_id in (fields.get("pand_id") or "").split("|") if pand_id],
        "gebruiksdoelen": [use for use in (fields.get("gebruiksdoelen") or "").split("|") if use],
        "status": fields.get("status"),
        "oppervlakte_m2": None if area in UNKNOWN_AREAS or not area.isdigit() else int(area),
        "rd_x": float(rd_x) if (rd_x := fields.get("rd_x")) else None,
        "rd_y": float(rd_y) if (rd_y := fields.get("rd_y")) else None,
    }


def _deviation(hit: Row, declared: Mapping[str, Any]) -> dict[str, object]:
    params = declared.get("params") or {}
    return {
        "code": hit["indicator"],
        "naam": declared.get("name_nl") or hit["indicator"],
        "regelversie": hit["indicator_version"],
        "klasse": hit["class"],
        "barriere": hit["barrier"],
        "uitleg": hit["explanation_nl"],
        "drempels": {name: param["value"] for name, param in params.items()},
        "betekenissen": {name: _meaning(param) for name, param in params.items()},
        "waarden": {name.lower(): value for name, value in json.loads(hit["values"] or "{}").items()},
        "record_ids": list(hit["record_ids"]),
        "verklaringen": list(declared.get("innocent_nl") or ()),
        "links": list(hit["links"]),
    }


def _meaning(param: Mapping[str, Any]) -> str | None:
    """The name of a threshold, with its unit where the name lacks it: "Eerdere besluiten … (jaar)"."""
    label = param.get("label_nl")
    unit = UNITS_NL.get(param.get("unit") or "", "").strip("()")
    return f"{label} ({unit})" if label and unit and unit.casefold() not in label.casefold() else label


def _parties(
    parties: Iterable[Row], records: Iterable[Mapping[str, object]]
) -> tuple[tuple[dict[str, object], ...], tuple[dict[str, object], ...], tuple[PartyOption, ...]]:
    """Group mentions by party: organisations and persons as a signal takes them, and the options of an officer."""
    registers = (record_fields(row) for row in records if row["dataset"] == "handelsregister")
    registered = {fields.get("kvk_nummer"): fields for fields in registers}
    spans = {_id(row): period_of_record(row) for row in records}
    organisations: dict[str, dict[str, object]] = {}
    persons: dict[tuple[str, str, str], dict[str, object]] = {}
    options: dict[str, dict[str, Any]] = {}
    mentions = list(parties)
    births = {mention["party_id"]: mention["birth_date"] for mention in mentions if mention["dataset"] == _OFFICERS}
    for mention in mentions:
        record, party = _id(mention), mention["party_id"]
        is_person = mention["kind"] == PartyKind.PERSON
        if is_person and (mention["role"] not in _PERSONS_ROLES or not mention["name"]):
            continue
        fields = registered.get(mention["kvk_nummer"], {}) if mention["kvk_nummer"] else {}
        form = fields.get("rechtsvorm") if fields.get("rechtsvorm") in set(LegalForm) else str(LegalForm.OVERIG)
        if is_person:
            # once for each time that the role held: a director of two companies in turn stands in it twice
            persons.setdefault(
                (party, mention["role"], str(spans.get(record))),
                {
                    "partij": party,
                    "rol": mention["role"],
                    "naam": mention["name"],
                    "geboortedatum": mention["birth_date"],
                    "geboortedatum_register": births.get(party),
                    "periode": spans.get(record),
                },
            )
        else:
            organisations.setdefault(
                party,
                {
                    "partij": party,
                    "rechtsvorm": form,
                    "naam": mention["name"],
                    "kvk_nummer": mention["kvk_nummer"],
                    "vestigingsnummer": fields.get("vestigingsnummer"),
                    "rsin": fields.get("rsin"),
                    "periode": period(fields) if fields else None,
                },
            )
        option = options.setdefault(
            party,
            {"name": mention["name"] or "", "roles": set(), "is_person": is_person, "form": form, "records": set()},
        )
        option["roles"].add(mention["role"])
        option["records"].add(record)
        option["born"] = mention["birth_date"].year if mention["birth_date"] else option.get("born")
    for party, mention in organisations.items():
        roles = sorted(options[party]["roles"], key=lambda role: (role == _ANY, role))
        mention["rol"] = ", ".join(worded(role) for role in roles)
    return (
        tuple(organisations.values()),
        tuple(persons.values()),
        tuple(
            PartyOption(
                party_id=party,
                name=option["name"],
                roles=tuple(sorted(option["roles"])),
                is_person=option["is_person"],
                needs_reason=not option["is_person"] and LegalForm(option["form"]) not in LEGAL_PERSONS,
                birth_year=option.get("born"),
                has_register_birth=births.get(party) is not None,
                records=tuple(sorted(option["records"])),
            )
            for party, option in sorted(
                options.items(),
                key=lambda party_and_option: (party_and_option[1]["name"].casefold(), party_and_option[0]),
            )
        ),
    )


def period_of_record(row: Mapping[str, object]) -> dict[str, str] | None:
    """The period of a record of any register: by the names that ours have, else as its contract says."""
    fields, about = record_fields(row), datasets().get(str(row["dataset"]))
    days = dict(zip(("van", "tot"), about.span, strict=True)) if about else {}
    by_contract = {name: str(fields[column])[:10] for name, column in days.items() if fields.get(column)}
    return period(fields) or by_contract or None


def period(fields: Mapping[str, object]) -> dict[str, str] | None:
    """Read the period of a record, each day as exact as it is known; None where it gives no day."""
    begin = fields.get("datum_aanvang") or fields.get("datum_van") or fields.get("ingangsdatum")
    end = fields.get("datum_einde") or fields.get("datum_tot") or fields.get("einddatum")
    days = {name: str(value)[:10] for name, value in (("van", begin), ("tot", end)) if value}
    return days or None


def _links(
    dossier: Dossier, hits: Iterable[Row], parties: Iterable[Row], confirmed: frozenset[str]
) -> Iterable[dict[str, object]]:
    """Yield the links that a hit uses and that may leave: exact, strong, or probable and confirmed by people."""
    codes: dict[str, set[str]] = {}
    for hit in hits:
        for link in hit["links"]:
            codes.setdefault(link, set()).add(hit["indicator"])
    by_mention = {party["mention"]: party for party in parties}
    for row in dossier.links.sort("link_id").to_dicts():
        level = row["level"]
        if row["link_id"] not in codes or (level == LinkLevel.PROBABLE and row["link_id"] not in confirmed):
            continue
        ends = [_end(mention, by_mention) for mention in (row["left"], row["right"])]
        yield {
            "link_id": row["link_id"],
            "codes": frozenset(codes[row["link_id"]]),
            "omschrijving": f"{ends[0][1]} en {ends[1][1]}",
            "record_ids": [ends[0][0], ends[1][0]],
            "niveau": str(Certainty.CONFIRMED if level == LinkLevel.PROBABLE else level),
        }


def _end(mention: str, by_mention: Mapping[str, Mapping[str, object]]) -> tuple[str, str]:
    """The record and the role of a mention (`dataset:key:role:kind`)."""
    record, role, _kind = mention.rsplit(":", 2)
    role = str(by_mention[mention]["role"]) if mention in by_mention else role
    return record, f"{role.replace('_', ' ')} in {worded(record.partition(':')[0])}"


def controls_and_measures(
    dossier: Dossier, chosen: Iterable[str]
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """List the own inspections and decisions among the chosen facts, without annulled decisions.

    Only those with an exact date: a signal does not make a date more exact than it is.
    """
    inspections: list[dict[str, object]] = []
    measures: list[dict[str, object]] = []
    record_ids = set(chosen)
    for row in (*dossier.records, *dossier.cited_records):
        fields = record_fields(row)
        day = exact_day(fields.get("datum"))
        if _id(row) not in record_ids or day is None:
            continue
        if row["dataset"] == "controles":
            inspections.append({"datum": day, "situatie": fields.get("situatie"), "bevinding": fields.get("bevinding")})
        elif row["dataset"] == "maatregelen" and fields.get("status") not in _COUNTS_NOT:
            measures.append(
                {
                    "type": fields.get("type"),
                    "datum": day,
                    "einddatum": exact_day(fields.get("datum_einde")),
                    "status": fields.get("status"),
                }
            )
    return inspections, measures
