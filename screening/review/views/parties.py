"""The parties on the records of an address: who, in which role, on which record. Role persons and companies only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from screening.base.frames import Row
from screening.base.vocabulary import PartyKind
from screening.review.views.facts import DossierFact, record_head
from screening.review.views.words import status_name, word


@dataclass(frozen=True)
class PartyRole:
    """One mention: a role on a record. `anchor`: the place of the record on the page, None where it is not on it."""

    mention: str
    record: str
    head: str
    role: str
    anchor: str | None


@dataclass(frozen=True)
class Party:
    """One party of the matching.

    `names`: as the registers write them, each once. `birth_year`: of a person; the full date identifies a person and is
    shown only where two people are compared.
    """

    party_id: str
    names: tuple[str, ...]
    kind: str
    is_person: bool
    birth_year: int | None
    kvk_numbers: tuple[str, ...]
    roles: tuple[PartyRole, ...]

    @property
    def name(self) -> str:
        """The first of the names."""
        return self.names[0]


def parties(frame: pl.DataFrame, facts: Sequence[DossierFact], *, language: str) -> list[Party]:
    """One Party a party id, by name. `frame`: DOSSIER_PARTIES. `facts`: the records of the same address."""
    places = {fact.record: (place, fact) for place, fact in enumerate(facts)}
    grouped: dict[str, list[dict[str, object]]] = {}
    for row in frame.sort("mention").to_dicts():
        grouped.setdefault(row["party_id"], []).append(row)
    views = [_party(party_id, rows, places, language) for party_id, rows in grouped.items()]
    return sorted(views, key=lambda party: (party.name.casefold(), party.kind, party.party_id))


def _party(party_id: str, rows: list[Row], places: Mapping[str, tuple[int, DossierFact]], language: str) -> Party:
    names = sorted({row["name"] for row in rows if row["name"]}, key=str.casefold)
    born = sorted({row["birth_date"].year for row in rows if row["birth_date"]})
    kind = rows[0]["kind"]
    numbers = tuple(sorted({row["kvk_nummer"] for row in rows if row["kvk_nummer"]}))
    nameless = "zonder naam in het register" if language == "nl" else "no name in the register"
    return Party(
        party_id=party_id,
        names=tuple(names) or tuple(f"KVK {number}" for number in numbers) or (nameless,),
        kind=word("kinds", kind, language),
        is_person=kind == PartyKind.PERSON,
        birth_year=born[0] if len(born) == 1 and kind == PartyKind.PERSON else None,
        kvk_numbers=numbers,
        roles=tuple(_role(row, places, language) for row in sorted(rows, key=lambda row: _place(row, places))),
    )


def _role(row: Row, places: Mapping[str, tuple[int, DossierFact]], language: str) -> PartyRole:
    record = f"{row['dataset']}:{row['key']}"
    fact = places[record][1] if record in places else None
    return PartyRole(
        mention=row["mention"],
        record=record,
        head=fact.head if fact else record_head(row["dataset"], row["key"], language),
        role=status_name(row["role"], language),
        anchor=fact.anchor if fact else None,
    )


def _place(row: Row, places: Mapping[str, tuple[int, DossierFact]]) -> tuple[int, str]:
    fact_place = places.get(f"{row['dataset']}:{row['key']}")
    return (fact_place[0] if fact_place else len(places), row["mention"])
