"""What the form of a signal says of its facts and parties: names for who may see them, registers and roles in words."""

from __future__ import annotations

from collections.abc import Iterator

from screening.base.datasets import datasets
from screening.partners.desk.signal_source import SignalSource
from screening.wording.fact_words import document_words

#: What every organisation is: it says nothing beside another role.
_ANY = "onderneming"


def names_of_records(material: SignalSource) -> dict[str, str]:
    """Record id -> the names of the people on it, for who may see them: a fact itself names nobody."""
    named: dict[str, list[str]] = {}
    for record_id, name in _named(material):
        if name and name not in named.setdefault(record_id, []):
            named[record_id].append(name)
    return {record_id: ", ".join(names) for record_id, names in named.items()}


def _named(material: SignalSource) -> Iterator[tuple[str, str]]:
    for party in material.options:
        for record_id in party.records if party.is_person else ():
            yield record_id, party.name


def register_names(language: str) -> dict[str, str]:
    """Data set -> what its register is called: "handelsregister"."""
    return {
        name: (dataset.document_name_nl or dataset.label.nl) if language == "nl" else dataset.label.en
        for name, dataset in datasets().items()
    }


def roles_in_words(material: SignalSource) -> dict[str, str]:
    """Party id -> its roles: "bestuurder, houder"."""
    return {
        party.party_id: ", ".join(
            document_words().get(role, role.replace("_", " "))
            for role in sorted(party.roles, key=lambda role: (role == _ANY, role))
        )
        for party in material.options
    }
