"""The answer to a request for access: a copy of the data (AVG art. 15 lid 3), without data about anybody else.

Somebody who lives or works at an address asks about it, so the answer must not identify others: it leaves out the
records of a person's office, and of other records the columns that name a party, except an organisation without a
natural person behind it. A person gets the data about them: their mentions, with the record of each, and the links that
joined them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from screening.base.code_words import code_words
from screening.base.datasets import Column, DataSet, PartyColumns, datasets
from screening.base.frames import Row
from screening.base.local_formats import moment_text, month_text
from screening.base.vocabulary import LinkLevel, PartyKind
from screening.matching.parties.licence_holders import PERSONAL_FORMS
from screening.wording.sbi import sbi_text

#: What a dossier holds of a date or moment, beside a whole year: "2026-05", "2026-05-12", "2026-05-12 21:30".
_DATED = re.compile(r"\d{4}-\d{2}(?P<day>-\d{2}(?P<time>[ T]\d{2}:\d{2})?)?")
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


@dataclass(frozen=True)
class KeptName:
    """A row of the parties of the last run, in Dutch: the normalised name, its record and the role."""

    name: str
    record: str
    role: str


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
            if dataset.is_shielded(fields) or _is_of_a_person(dataset, fields):
                continue
            is_legal_person = fields.get("rechtsvorm") not in {None, *PERSONAL_FORMS}
            hidden = _hidden_columns(dataset, dataset.parties if not is_legal_person else ())
            record = _record(dataset, row["key"], fields, hidden)
            operator = operators.get((row["dataset"], row["key"])) if is_legal_person else None
            records[replace(record, fields=(("Naam", operator), *record.fields)) if operator else record] = None
    return list(records)


def records_of_person(mentions: Iterable[Row]) -> list[KeptRecord]:
    """Each mention of a person once a content: name, birth date, role and the record that it is on.

    Args:
        mentions: as `screening.rights.subject_access.mentions_of_parties` gives them.

    """
    records: dict[KeptRecord, None] = {}
    for mention in mentions:
        dataset, fields, role = datasets()[mention["dataset"]], mention["fields"], mention["role"]
        others = [party for party in dataset.parties if not _is_of(party, role, fields)]
        born = mention["birth_date"]
        given = {"Naam": mention["name"], "Geboortedatum": f"{born:%d-%m-%Y}" if born else None}
        own = *((name, text) for name, text in given.items() if text), ("Rol", _role_words(dataset, role))
        record = _record(dataset, mention["key"], fields, _hidden_columns(dataset, others, keep_special=True))
        records[replace(record, fields=(*own, *record.fields))] = None
    return list(records)


def links_of_person(links: Iterable[Row], compared: Iterable[Row], mentions: Iterable[Row]) -> list[KeptLink]:
    """Return the links of a person. Of a record that is not theirs only the register is named.

    Args:
        links: as `screening.rights.subject_access.links_of_mentions` gives them.
        compared: as `compared_links` gives them, with the judgement on each.
        mentions: those of the person.

    """
    kept: dict[KeptLink, None] = {}
    of_run: dict[str, set[str]] = {}  # a key may be a row number, which is somebody else's in another run
    for mention in mentions:
        of_run.setdefault(mention["run_id"], set()).add(f"{mention['dataset']}:{mention['key']}")
    of_any_run = {record for records in of_run.values() for record in records}
    for link in links:
        ends = [link[side].rsplit(":", 2)[0] for side in ("left", "right")]
        _keep(kept, ends, of_run[link["run_id"]], _LEVELS[LinkLevel(link["level"])])
    for link in compared:
        ends = [f"{link[side]['dataset']}:{link[side]['key']}" for side in ("left", "right")]
        records = of_run.get(link["run_id"], of_any_run)
        _keep(kept, ends, records, _JUDGEMENTS.get(link["judgement"], "nog niet beoordeeld door een medewerker"))
    return list(kept)


def registers_of(rows: Iterable[Row], shown: Collection[KeptRecord]) -> list[str]:
    """Return, in Dutch, the registers with rows in the last run and nothing in `shown`."""
    names = {datasets()[row["dataset"]].label.nl for row in rows}
    return sorted(names - {record.register for record in shown})


def names_of_person(parties: Iterable[Row], mentions: Iterable[Row]) -> tuple[list[KeptName], list[KeptName]]:
    """Return the other rows of the last run with the person or the name; a namesake too, for they have no birth date.

    Args:
        parties: the rows of parties.parquet, as `barrier subject` gives them.
        mentions: those of the person.

    """
    party_ids, shown = set(), set()
    for mention in mentions:
        party_ids.add(mention["party_id"])
        shown.add((mention["dataset"], mention["key"], mention["role"]))
    own: list[KeptName] = []
    namesakes: list[KeptName] = []
    for row in parties:
        if (row["dataset"], row["key"], row["role"]) in shown:
            continue
        role = _role_words(datasets()[row["dataset"]], row["role"])
        name = KeptName(row["name_normalised"] or "", _called(f"{row['dataset']}:{row['key']}"), role)
        (own if row["party_id"] in party_ids else namesakes).append(name)
    return own, namesakes


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


def _is_of_a_person(dataset: DataSet, fields: Mapping[str, object]) -> bool:
    """Whether a record is about a person, by its contract: the office of one, and not of a legal person."""
    organisations = [party for party in dataset.parties if party.kind == PartyKind.ORGANISATION]
    filled = {name for party in organisations for name in party.columns() - {party.role_column} if fields.get(name)}
    return any(party.kind == PartyKind.PERSON for party in dataset.parties) and not filled


def _hidden_columns(dataset: DataSet, parties: Iterable[PartyColumns], *, keep_special: bool = False) -> set[str]:
    """Return the columns that identify one of these parties, and those that are withheld from other people."""
    hidden = {name for party in parties for name in party.columns() if name != party.role_column}
    if hidden:  # the RSIN of a sole trader is a BSN
        hidden |= {name for name, column in dataset.columns.items() if column.form == "rsin"}
    if not keep_special:
        hidden |= {name for name, column in dataset.columns.items() if column.classification == "bijzonder"}
    return hidden


def _record(dataset: DataSet, key: str, fields: Mapping[str, object], hidden: Collection[str]) -> KeptRecord:
    texts = tuple(
        (column.label.nl, _sbi(fields) if name == "sbi_codes" else _value(column, str(fields[name])))
        for name, column in dataset.columns.items()
        if name not in hidden and fields.get(name) not in (None, "")
    )
    return KeptRecord(dataset.label.nl, _number(key), texts)


def _sbi(fields: Mapping[str, object]) -> str:
    """The codes of a line of business, each with its words."""
    version = fields.get("sbi_versie")
    return ", ".join(sbi_text(code, "nl", str(version or "") or None) for code in str(fields["sbi_codes"]).split("|"))


def _value(column: Column, value: str) -> str:
    """A value as a reader reads it: dates the Dutch way, codes in words, a list with commas."""
    if column.logical_type in {"date", "timestamp"}:
        return _date_words(value)
    if column.form != "code":
        return value.replace("|", ", ") if column.logical_type == "array" else value
    return ", ".join(words.nl if (words := code_words().get(code)) else code for code in value.split("|"))


def _date_words(value: str) -> str:
    """A date as far as the register has it; a year is a year."""
    dated = _DATED.fullmatch(value)
    if dated is None:
        return value
    if dated["time"]:
        return moment_text(datetime.fromisoformat(value), "nl")
    if dated["day"]:
        return f"{date.fromisoformat(value):%d-%m-%Y}"
    return month_text(date.fromisoformat(f"{value}-01"), "nl")


def _role_words(dataset: DataSet, role: str) -> str:
    words = [party.role_words.nl for party in dataset.parties if party.role == role and party.role_words]
    words += [
        column.code_words[role].nl
        for column in dataset.columns.values()
        if role in column.code_words and any(party.role_column == column.name for party in dataset.parties)
    ]
    return words[0] if words else role.replace("_", " ")
