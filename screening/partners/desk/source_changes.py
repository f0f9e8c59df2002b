"""What a signal that left says and the last run says otherwise: of the same records, the same addresses and people.

Compared is what left, field by field: what did not leave asks for nothing, nor does another order of rows or a newer
delivery. Of an address that the last run neither flagged nor drew the store keeps nothing, so nothing is said of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from screening.partners.desk.signal_source import NUMBERED, SignalSource, own_day, period, place_of
from screening.partners.signal.codes import LegalForm
from screening.partners.signal.signal import Signal
from screening.partners.signal.text import clean_text
from screening.store.schema.runs import cited_record, dossier_link, dossier_party, dossier_record, evidence
from screening.store.store import Store
from screening.vocabulary import PartyKind
from screening.wording.fact import fact_sentence

#: So many addresses are asked in one query.
_AT_ONCE = 5_000
#: A dossier leaves out offices that ended long ago: one that is not there is not said to be wrong.
_MAY_GO = frozenset({"functionarissen"})


@dataclass
class CurrentRecords:
    """What the last run holds of one address. `at_address`, `cited`: rows with `dataset`, `key`, `fingerprint`, `fields`.

    `parties`: of these records. `ends`: of others, to which a link leads that a hit here rests on.
    """

    at_address: list[Mapping[str, Any]] = field(default_factory=list)
    cited: list[Mapping[str, Any]] = field(default_factory=list)
    parties: list[Mapping[str, Any]] = field(default_factory=list)
    ends: list[Mapping[str, Any]] = field(default_factory=list)


def load_current_records(store: Store, run_id: str, addresses: Collection[str]) -> dict[str, CurrentRecords]:
    """Of each of these addresses that the run flagged or drew what it holds. StoreError on database errors."""
    by_address: dict[str, CurrentRecords] = defaultdict(CurrentRecords)
    listed = sorted(addresses)
    for start in range(0, len(listed), _AT_ONCE):
        chunk = listed[start : start + _AT_ONCE]
        standing: dict[str, set[str]] = defaultdict(set)
        for table, part in ((dossier_record, "at_address"), (cited_record, "cited")):
            for row in store.dossier_rows(table, run_id, chunk):
                getattr(by_address[row["address_id"]], part).append(row)
                standing[_id(row)].add(row["address_id"])
            records = sa.select(table.c.dataset, table.c.key).where(
                table.c.run_id == run_id, table.c.address_id.in_(chunk)
            )
            on_these = sa.tuple_(dossier_party.c.dataset, dossier_party.c.key).in_(records)
            for party in store.rows(dossier_party, run_id, on_these).to_dicts():
                for address_id in standing[_id(party)]:
                    by_address[address_id].parties.append(party)
        for address_id, party in _at_ends(store, run_id, chunk):
            by_address[address_id].ends.append(party)
    return dict(by_address)


def _at_ends(store: Store, run_id: str, addresses: Collection[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Parties of other dossiers to which a link leads that a hit here rests on: a dossier names them too."""
    by_link: dict[str, set[str]] = defaultdict(set)
    for hit in store.rows(evidence, run_id, evidence.c.address_id.in_(addresses)).to_dicts():
        for link in hit["links"]:
            by_link[link].add(hit["address_id"])
    listed = sorted(by_link)
    for start in range(0, len(listed), _AT_ONCE):
        of_chunk = dossier_link.c.link_id.in_(listed[start : start + _AT_ONCE])
        by_end: dict[str, set[str]] = defaultdict(set)
        for link in store.rows(dossier_link, run_id, of_chunk).to_dicts():
            for end in (link["left"], link["right"]):
                by_end[end] |= by_link[link["link_id"]]
        ends = sa.union(
            *(
                sa.select(end).where(dossier_link.c.run_id == run_id, of_chunk)
                for end in (dossier_link.c.left, dossier_link.c.right)
            )
        )
        for party in store.rows(dossier_party, run_id, dossier_party.c.mention.in_(ends)).to_dicts():
            for address_id in by_end[party["mention"]]:
                yield address_id, party


def differs_from_source(
    signal: Signal,
    basis: Mapping[str, Any],
    now: CurrentRecords,
    *,
    datasets: Collection[str],
    records: Collection[str] | None = None,
) -> bool:
    """Whether the last run says something else than `told`, a signal that left, did.

    `datasets`: the registers that the run had. `records`: as in `corrections.pending_corrections`.
    """
    return (
        any(_fact_differs(fact, basis, now, records) for fact in signal.feiten if fact.bronregister in datasets)
        or _place_differs(signal, now)
        or any(_organisation_differs(organisation, now) for organisation in signal.organisaties)
        or any(_person_differs(person, now) for person in signal.personen)
    )


def whole_statement(material: SignalSource) -> Any:
    """Everything that a signal of this material could tell, as `differs_from_source` takes a signal."""
    place = material.place
    return SimpleNamespace(
        feiten=[
            SimpleNamespace(
                bronregister=fact.dataset,
                record_id=fact.record_id,
                omschrijving=clean_text(fact.text, lines=True),
                datum=fact.day,
            )
            for fact in material.facts
        ],
        object=SimpleNamespace(
            gebruiksdoelen=[clean_text(use) for use in place["gebruiksdoelen"]],
            status=place["status"] and clean_text(place["status"]),
            oppervlakte_m2=place["oppervlakte_m2"],
        ),
        organisaties=[
            SimpleNamespace(
                **organisation
                | {
                    "naam": organisation["naam"] and clean_text(organisation["naam"]),
                    "periode": _between(organisation["periode"]),
                }
            )
            for organisation in material.organisations
        ],
        personen=[
            SimpleNamespace(
                rol=person["rol"],
                naam=SimpleNamespace(waarde=clean_text(person["naam"])),
                geboortejaar=person["geboortedatum"] and SimpleNamespace(waarde=str(person["geboortedatum"].year)),
                periode=_between(person["periode"]),
            )
            for person in material.persons
        ],
    )


def whole_basis(material: SignalSource) -> dict[str, Any]:
    """What a signal of all of this material would rest on, as far as `differs_from_source` asks (`content.basis_of`)."""
    return {
        "here": [fact.record_id for fact in material.facts if fact.is_here],
        "records": {},
        "facts": {fact.record_id: fact.fingerprint for fact in material.facts},
    }


def _between(span: Mapping[str, str] | None) -> Any:
    return None if span is None else SimpleNamespace(van=span.get("van"), tot=span.get("tot"))


def _fact_differs(fact: Any, basis: Mapping[str, Any], now: CurrentRecords, records: Collection[str] | None) -> bool:
    """A row that only has a number is found by what it says, then by its print, then by whom or what it is about."""
    dataset = str(fact.bronregister)
    rows = [row for row in (*now.at_address, *now.cited) if row["dataset"] == dataset]
    stood_here = fact.record_id in basis.get("here", ())
    if dataset not in NUMBERED:
        same = [row for row in rows if _id(row) == fact.record_id]
        if same:
            return not _says_same(fact, same[0])
        # it is at the source and not at this address any more; one that is gone altogether is for `grounds`
        return stood_here and records is not None and fact.record_id in records
    if any(_says_same(fact, row) for row in rows):
        return False
    print_ = basis.get("facts", basis["records"]).get(fact.record_id)
    is_same = any(
        (print_ is not None and row["fingerprint"] == print_) or _head(_said(row)) == _head(fact.omschrijving)
        for row in rows
    )
    return is_same or (stood_here and dataset not in _MAY_GO)


def _says_same(fact: Any, row: Mapping[str, Any]) -> bool:
    text, day = _said(row), own_day(row)
    # the uses of an address have no order
    comparable = (lambda words: sorted(re.findall(r"\w+", words))) if row["dataset"] == "bag_adressen" else str
    return comparable(text) == comparable(fact.omschrijving) and day in {None, fact.datum}


def _said(row: Mapping[str, Any]) -> str:
    return clean_text(fact_sentence(str(row["dataset"]), row["fields"]), lines=True)


def _head(text: str) -> str:
    """Whom or what a sentence of a numbered row is about: what stands before its days."""
    return text.rstrip(".").partition(",")[0]


def _place_differs(signal: Signal, now: CurrentRecords) -> bool:
    place = place_of(now.at_address)
    if place["nummeraanduiding_id"] is None:
        return False
    was, uses = signal.object, {clean_text(use) for use in place["gebruiksdoelen"]}
    return (
        (bool(was.gebruiksdoelen) and set(was.gebruiksdoelen) != uses)
        or (was.status is not None and was.status != clean_text(place["status"] or ""))
        or (was.oppervlakte_m2 is not None and was.oppervlakte_m2 != place["oppervlakte_m2"])
    )


def _organisation_differs(organisation: Any, now: CurrentRecords) -> bool:
    """By its number, in any of its establishments: which of them a signal told does not hang on their order."""
    if organisation.kvk_nummer is None:
        return False
    names = {
        clean_text(party["name"] or "")
        for party in (*now.parties, *now.ends)
        if party["kind"] != PartyKind.PERSON and party["kvk_nummer"] == organisation.kvk_nummer
    }
    if organisation.naam is not None and names and organisation.naam not in names:
        return True
    rows = [
        row["fields"]
        for row in (*now.at_address, *now.cited)
        if row["dataset"] == "handelsregister" and row["fields"].get("kvk_nummer") == organisation.kvk_nummer
    ]
    if not rows or (organisation.vestigingsnummer, organisation.rsin, organisation.periode) == (None, None, None):
        return False
    return not any(_is_told(organisation, fields) for fields in rows)


def _is_told(organisation: Any, fields: Mapping[str, Any]) -> bool:
    form = fields.get("rechtsvorm") if fields.get("rechtsvorm") in set(LegalForm) else LegalForm.OVERIG
    return (
        str(organisation.rechtsvorm) == str(form)
        and organisation.vestigingsnummer in {None, fields.get("vestigingsnummer")}
        and organisation.rsin in {None, fields.get("rsin")}
        and (organisation.periode is None or _span(organisation) == (period(fields) or {}))
    )


def _person_differs(person: Any, now: CurrentRecords) -> bool:
    """A token says nothing of who it is: of a person without a clear name, the role and when it held."""
    if person.periode is None:
        return False
    spans = {_id(row): period(row["fields"]) or {} for row in (*now.at_address, *now.cited)}
    of_role = [party for party in _people(now.parties) if party["role"] == str(person.rol)]
    return bool(of_role) and not any(
        spans.get(_id(party)) == _span(person)
        and (person.naam is None or person.naam.waarde == clean_text(party["name"]))
        and (
            person.geboortejaar is None
            or (party["birth_date"] is not None and person.geboortejaar.waarde == str(party["birth_date"].year))
        )
        for party in of_role
    )


def _people(parties: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (party for party in parties if party["kind"] == PartyKind.PERSON and party["name"])


def _span(named: Any) -> dict[str, str]:
    return {name: value for name, value in (("van", named.periode.van), ("tot", named.periode.tot)) if value}


def _id(row: Mapping[str, Any]) -> str:
    return f"{row['dataset']}:{row['key']}"
