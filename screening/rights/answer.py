"""The answer to a person who asks what is kept: a copy of the data (AVG art. 15 lid 3), without anybody else's.

An address is asked about by somebody who lives or works there, so nothing of it may tell who somebody is: of a record
the columns that name a party stay out, but for an organisation that no natural person stands behind. A person gets what
is kept about them: their mentions, with the record that each is on, and the links by which they were put together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from screening.datasets import Column, DataSet, PartyColumns, datasets
from screening.frames import Row
from screening.matching.parties.licence_holders import PERSONAL_FORMS
from screening.vocabulary import LinkLevel, PartyKind

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LEVELS = {
    LinkLevel.EXACT: "zeker: hetzelfde nummer",
    LinkLevel.STRONG: "zeker genoeg: de gegevens lijken sterk op elkaar",
    LinkLevel.PROBABLE: "misschien: de gegevens lijken op elkaar",
}
_JUDGEMENTS = {
    "positive": "een medewerker vond: dit is dezelfde",
    "negative": "een medewerker vond: dit zijn twee verschillende",
    "unsure": "een medewerker wist het niet zeker",
}


@dataclass(frozen=True)
class KeptRecord:
    """A record of a register, in Dutch: how it is called, its number, and each field with what it holds."""

    register: str
    number: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class KeptLink:
    """Two records that were compared. `other`: the record, or the register alone where it is of somebody else."""

    own: str
    other: str
    result: str


def records_of_address(dossiers: Iterable[Row]) -> list[KeptRecord]:
    """Each record at an address once a content, as an applicant may see it.

    Args:
        dossiers: as `screening.rights.subject_access.dossiers_of_address` gives them.

    """
    records: dict[KeptRecord, None] = {}
    for dossier in dossiers:
        operators = {
            (party["dataset"], party["key"]): party["name"]
            for party in dossier["parties"]
            if party["kind"] == PartyKind.ORGANISATION and party["name"]
        }
        for row in dossier["records"]:
            dataset, fields = datasets()[row["dataset"]], row["fields"]
            if dataset.shielded_by and fields.get(dataset.shielded_by) not in {None, "", "false"}:
                continue  # a shielded establishment is named nowhere at its address
            is_legal_person = fields.get("rechtsvorm") not in {None, *PERSONAL_FORMS}
            hidden = _hidden_columns(dataset, dataset.parties if not is_legal_person else ())
            record = _record(dataset, row["key"], fields, hidden)
            operator = operators.get((row["dataset"], row["key"])) if is_legal_person else None
            records[replace(record, fields=(("Naam", operator), *record.fields)) if operator else record] = None
    return list(records)


def records_of_person(mentions: Iterable[Row]) -> list[KeptRecord]:
    """Each mention of a person once a content: name, birth date, role and the record that it is on.

    Args:
        mentions: as `screening.rights.subject_access.mentions_of_person` gives them.

    """
    records: dict[KeptRecord, None] = {}
    for mention in mentions:
        dataset, fields, role = datasets()[mention["dataset"]], mention["fields"], mention["role"]
        others = [party for party in dataset.parties if not _is_of(party, role, fields)]
        own = (
            ("Naam", mention["name"]),
            ("Geboortedatum", f"{mention['birth_date']:%d-%m-%Y}"),
            ("Rol", _role_words(dataset, role)),
        )
        record = _record(dataset, mention["key"], fields, _hidden_columns(dataset, others, keep_special=True))
        records[replace(record, fields=(*own, *record.fields))] = None
    return list(records)


def links_of_person(links: Iterable[Row], compared: Iterable[Row], records: Collection[str]) -> list[KeptLink]:
    """The links in which a person stands. Of a record that is not theirs only the register is named.

    Args:
        links: as `screening.rights.subject_access.links_of_mentions` gives them.
        compared: as `compared_links` gives them, with the judgement on each.
        records: `dataset:key` of the records that the person is on.

    """
    kept: dict[KeptLink, None] = {}
    for link in links:
        ends = [f"{dataset}:{key}" for dataset, key, *_ in (link[side].split(":") for side in ("left", "right"))]
        _keep(kept, ends, records, _LEVELS[LinkLevel(link["level"])])
    for link in compared:
        ends = [f"{link[side]['dataset']}:{link[side]['key']}" for side in ("left", "right")]
        _keep(kept, ends, records, _JUDGEMENTS.get(link["judgement"], "nog niet beoordeeld door een medewerker"))
    return list(kept)


def registers_of(rows: Iterable[Row], shown: Collection[KeptRecord]) -> list[str]:
    """The registers that rows of the last run stand in and that `shown` holds nothing of, in Dutch."""
    names = {datasets()[row["dataset"]].label.nl for row in rows}
    return sorted(names - {record.register for record in shown})


def _keep(kept: dict[KeptLink, None], ends: list[str], records: Collection[str], result: str) -> None:
    own = [end for end in ends if end in records]
    if not own:
        return
    other = ends[1] if own[0] == ends[0] else ends[0]
    name = _called(other) if other in records else datasets()[other.partition(":")[0]].label.nl
    kept[KeptLink(_called(own[0]), name, result)] = None


def _called(record: str) -> str:
    dataset, _, key = record.partition(":")
    return f"{datasets()[dataset].label.nl}, {_number(key)}"


def _number(key: str) -> str:
    """The key of a record; one that is a row number is called so."""
    return f"rij {key[1:]}" if re.fullmatch(r"r\d+", key) else key


def _is_of(party: PartyColumns, role: str, fields: Mapping[str, object]) -> bool:
    """Whether these columns name the party of a role. Of those with a column for the role, only that of persons."""
    if party.role is not None:
        return party.role == role
    return fields.get(party.role_column or "") == role and party.birth_date is not None


def _hidden_columns(dataset: DataSet, parties: Iterable[PartyColumns], *, keep_special: bool = False) -> set[str]:
    """Columns that say who one of these parties is, and what is kept from whom it is not about."""
    hidden = {name for party in parties for name in party.columns() if name != party.role_column}
    if hidden:  # the RSIN of a sole trader is a BSN
        hidden |= {name for name, column in dataset.columns.items() if column.form == "rsin"}
    if not keep_special:
        hidden |= {name for name, column in dataset.columns.items() if column.classification == "bijzonder"}
    return hidden


def _record(dataset: DataSet, key: str, fields: Mapping[str, object], hidden: Collection[str]) -> KeptRecord:
    texts = tuple(
        (column.label.nl, _value(column, str(fields[name])))
        for name, column in dataset.columns.items()
        if name not in hidden and fields.get(name) not in (None, "")
    )
    return KeptRecord(dataset.label.nl, _number(key), texts)


def _value(column: Column, value: str) -> str:
    """A value as a reader reads it: dates the Dutch way, codes in words, a list with commas."""
    return ", ".join(_part(column, part) for part in value.split("|"))


def _part(column: Column, value: str) -> str:
    if _ISO_DATE.fullmatch(value):
        return f"{date.fromisoformat(value):%d-%m-%Y}"
    words = column.code_words.get(value)
    return words.nl if words else {"true": "ja", "false": "nee"}.get(value, value)


def _role_words(dataset: DataSet, role: str) -> str:
    words = [party.role_words.nl for party in dataset.parties if party.role == role and party.role_words]
    words += [
        column.code_words[role].nl
        for column in dataset.columns.values()
        if role in column.code_words and any(party.role_column == column.name for party in dataset.parties)
    ]
    return words[0] if words else role.replace("_", " ")
