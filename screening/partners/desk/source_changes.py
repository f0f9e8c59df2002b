"""Compare a signal that left with the last run: the same records, the same address, the same people.

Only the fields that left are compared. Another order of rows or a newer delivery is no difference. The store keeps no
records of an address that the last run neither flagged nor drew, so such a signal is never found to differ.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from screening.base.frames import Row
from screening.base.vocabulary import PartyKind
from screening.partners.desk.signal_source import (
    SignalSource,
    numbered_datasets,
    own_day,
    period,
    period_of_record,
    place_of,
    record_fields,
)
from screening.partners.signal.codes import LegalForm
from screening.partners.signal.signal import Signal
from screening.partners.signal.signal_facts import Fact
from screening.partners.signal.signal_parties import Organisation, Person
from screening.partners.signal.text import visible_text
from screening.store.schema.runs import cited_record, dossier_link, dossier_party, dossier_record, evidence
from screening.store.store import Store
from screening.wording.fact import fact_sentence

#: So many addresses are asked in one query.
_AT_ONCE = 5_000
#: A dossier leaves out offices that ended long ago: one that is not there is not said to be wrong.
_MAY_GO = frozenset({"functionarissen"})


@dataclass
class CurrentRecords:
    """The records of one address in the last run: rows with `dataset`, `key`, `fingerprint`, `fields`.

    `at_address`: records at the address. `cited`: records elsewhere that its hits cite. `parties`: of these records.
    `ends`: parties of other records, at the far end of a link that a hit of this address uses.
    """

    at_address: list[Mapping[str, object]] = field(default_factory=list)
    cited: list[Mapping[str, object]] = field(default_factory=list)
    parties: list[Row] = field(default_factory=list)
    ends: list[Row] = field(default_factory=list)


def load_current_records(store: Store, run_id: str, addresses: Collection[str]) -> dict[str, CurrentRecords]:
    """Load what a run holds of each of these addresses that it flagged or drew. Raises StoreError."""
    by_address: dict[str, CurrentRecords] = defaultdict(CurrentRecords)
    listed = sorted(addresses)
    for start in range(0, len(listed), _AT_ONCE):
        chunk = listed[start : start + _AT_ONCE]
        standing: dict[str, set[str]] = defaultdict(set)
        for table, part in ((dossier_record, "at_address"), (cited_record, "cited")):
            for row in store.dossier_rows(table, run_id, chunk):
                address_id = str(row["address_id"])
                getattr(by_address[address_id], part).append(row)
                standing[_id(row)].add(address_id)
            records = sa.select(table.c.dataset, table.c.key).where(
                table.c.run_id == run_id, table.c.address_id.in_(chunk)
            )
            on_these = sa.tuple_(dossier_party.c.dataset, dossier_party.c.key).in_(records)
            for party in store.rows(dossier_party, run_id, on_these).to_dicts():
                for address_id in standing[_id(party)]:
                    by_address[address_id].parties.append(party)
        for address_id, end in _at_ends(store, run_id, chunk):
            by_address[address_id].ends.append(end)
    return dict(by_address)


def _at_ends(store: Store, run_id: str, addresses: Collection[str]) -> Iterator[tuple[str, Row]]:
    """Yield (address id, party) for the far end of each link that a hit uses: a dossier names them too."""
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
    signal: Signal | SimpleNamespace,
    basis: Mapping[str, object],
    now: CurrentRecords,
    *,
    datasets: Collection[str],
    records: Collection[str] | None = None,
) -> bool:
    """Whether the last run differs from a signal that left.

    Args:
        signal: The signal, or a statement of the same shape (`whole_statement`).
        basis: The grounds of the signal (`content.basis_of`).
        now: The records of its address in the last run.
        datasets: The registers that the run had.
        records: As in `corrections.pending_corrections`.
    """
    return (
        any(_fact_differs(fact, basis, now, records) for fact in signal.feiten if fact.bronregister in datasets)
        or _place_differs(signal, now)
        or any(_organisation_differs(organisation, now) for organisation in signal.organisaties)
        or any(_person_differs(person, now) for person in signal.personen)
    )


def whole_statement(material: SignalSource) -> SimpleNamespace:
    """Everything that a signal of this material can state, in the shape of a signal."""
    place = material.place
    return SimpleNamespace(
        feiten=[
            SimpleNamespace(
                bronregister=fact.dataset,
                record_id=fact.record_id,
                omschrijving=visible_text(fact.text, lines=True),
                datum=fact.day,
            )
            for fact in material.facts
        ],
        object=SimpleNamespace(
            gebruiksdoelen=[visible_text(use) for use in place["gebruiksdoelen"]],
            status=place["status"] and visible_text(place["status"]),
            oppervlakte_m2=place["oppervlakte_m2"],
        ),
        organisaties=[
            SimpleNamespace(
                **{
                    **organisation,
                    "naam": organisation["naam"] and visible_text(organisation["naam"]),
                    "periode": _between(organisation["periode"]),
                }
            )
            for organisation in material.organisations
        ],
        personen=[
            SimpleNamespace(
                rol=person["rol"],
                naam=SimpleNamespace(waarde=visible_text(person["naam"])),
                geboortejaar=person["geboortedatum"] and SimpleNamespace(waarde=str(person["geboortedatum"].year)),
                periode=_between(person["periode"]),
            )
            for person in material.persons
        ],
    )


def whole_basis(material: SignalSource) -> dict[str, object]:
    """The basis of a signal with all of this material, as far as `differs_from_source` reads it."""
    return {
        "here": [fact.record_id for fact in material.facts if fact.is_here],
        "records": {},
        "facts": {fact.record_id: fact.fingerprint for fact in material.facts},
    }


def _between(span: Mapping[str, str] | None) -> SimpleNamespace | None:
    return None if span is None else SimpleNamespace(van=span.get("van"), tot=span.get("tot"))


def _fact_differs(
    fact: Fact | SimpleNamespace, basis: Mapping[str, Any], now: CurrentRecords, records: Collection[str] | None
) -> bool:
    """Find a row without a key of its own by its sentence, then by its fingerprint, then by its subject."""
    dataset = str(fact.bronregister)
    rows = [row for row in (*now.at_address, *now.cited) if row["dataset"] == dataset]
    stood_here = fact.record_id in basis.get("here", ())
    if dataset not in numbered_datasets():
        same = [row for row in rows if _id(row) == fact.record_id]
        if same:
            return not _says_same(fact, same[0])
        # it is at the source and not at this address any more; one that is gone altogether is for `grounds`
        return stood_here and records is not None and fact.record_id in records
    if any(_says_same(fact, row) for row in rows):
        return False
    print_ = basis.get("facts", basis["records"]).get(fact.record_id)
    is_same = any(
        (print_ is not None and row["fingerprint"] == print_) or _head(_text(row)) == _head(fact.omschrijving)
        for row in rows
    )
    return is_same or (stood_here and dataset not in _MAY_GO)


def _says_same(fact: Fact | SimpleNamespace, row: Mapping[str, object]) -> bool:
    text, day = _text(row), own_day(row)
    # the uses of an address have no order
    comparable = (lambda words: sorted(re.findall(r"\w+", words))) if row["dataset"] == "bag_adressen" else str
    return comparable(text) == comparable(fact.omschrijving) and day in {None, fact.datum}


def _text(row: Mapping[str, object]) -> str:
    return visible_text(fact_sentence(str(row["dataset"]), record_fields(row)), lines=True)


def _head(text: str) -> str:
    """The subject of the sentence of a row without a key: the part before its dates."""
    return text.rstrip(".").partition(",")[0]


def _place_differs(signal: Signal | SimpleNamespace, now: CurrentRecords) -> bool:
    place = place_of(now.at_address)
    if place["nummeraanduiding_id"] is None:
        return False
    was, uses = signal.object, {visible_text(use) for use in place["gebruiksdoelen"]}
    return (
        (bool(was.gebruiksdoelen) and set(was.gebruiksdoelen) != uses)
        or (was.status is not None and was.status != visible_text(place["status"] or ""))
        or (was.oppervlakte_m2 is not None and was.oppervlakte_m2 != place["oppervlakte_m2"])
    )


def _organisation_differs(organisation: Organisation | SimpleNamespace, now: CurrentRecords) -> bool:
    """Compare by KVK number with every establishment: their order decides nothing."""
    if organisation.kvk_nummer is None:
        return False
    names = {
        visible_text(party["name"] or "")
        for party in (*now.parties, *now.ends)
        if party["kind"] != PartyKind.PERSON and party["kvk_nummer"] == organisation.kvk_nummer
    }
    if organisation.naam is not None and names and organisation.naam not in names:
        return True
    rows = [
        record_fields(row)
        for row in (*now.at_address, *now.cited)
        if row["dataset"] == "handelsregister" and record_fields(row).get("kvk_nummer") == organisation.kvk_nummer
    ]
    if not rows or (organisation.vestigingsnummer, organisation.rsin, organisation.periode) == (None, None, None):
        return False
    return not any(_matches(organisation, fields) for fields in rows)


def _matches(organisation: Organisation | SimpleNamespace, fields: Mapping[str, object]) -> bool:
    form = fields.get("rechtsvorm") if fields.get("rechtsvorm") in set(LegalForm) else LegalForm.OVERIG
    return (
        str(organisation.rechtsvorm) == str(form)
        and organisation.vestigingsnummer in {None, fields.get("vestigingsnummer")}
        and organisation.rsin in {None, fields.get("rsin")}
        and (organisation.periode is None or _span(organisation) == (period(fields) or {}))
    )


def _person_differs(person: Person | SimpleNamespace, now: CurrentRecords) -> bool:
    """Compare role and period, and the name where it left: a token does not tell who it is."""
    if person.periode is None:
        return False
    spans = {_id(row): period_of_record(row) or {} for row in (*now.at_address, *now.cited)}
    of_role = [party for party in _people(now.parties) if party["role"] == str(person.rol)]
    return bool(of_role) and not any(
        spans.get(_id(party)) == _span(person)
        and (person.naam is None or person.naam.waarde == visible_text(party["name"]))
        and (
            person.geboortejaar is None
            or (party["birth_date"] is not None and person.geboortejaar.waarde == str(party["birth_date"].year))
        )
        for party in of_role
    )


def _people(parties: Iterable[Row]) -> Iterator[Row]:
    return (party for party in parties if party["kind"] == PartyKind.PERSON and party["name"])


def _span(named: Organisation | Person | SimpleNamespace) -> dict[str, str]:
    days = (("van", named.periode.van), ("tot", named.periode.tot)) if named.periode else ()
    return {name: value for name, value in days if value}


def _id(row: Mapping[str, object]) -> str:
    return f"{row['dataset']}:{row['key']}"
