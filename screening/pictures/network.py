"""Parties, and the licences, establishments and addresses that they have a role in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from screening.pictures.picture import PartialDate


class NodeKind(StrEnum):
    """What a node of the network is: its shape."""

    PERSON = "person"
    ORGANISATION = "organisation"
    LICENCE = "licence"
    ESTABLISHMENT = "establishment"
    RECORD = "record"
    ADDRESS = "address"


@dataclass(frozen=True)
class Node:
    """A party, a record or an address.

    `id`: of the caller, never shown. `name`: "Café Karmijnveld B.V.", "Exploitatievergunning horeca", "Reigerlaan 77".
    `note`: a second line in small type ("verleend tot 3 maart 2027"), of a party in the text alone. `address_id`: of a
    record the id of its address, in whose box it is drawn. `number`: of an address, as on the map; 0 for that of the
    case. `called`: the word for what it is, where that of its kind does not say it.
    """

    id: str
    kind: NodeKind
    name: str
    note: str = ""
    address_id: str = ""
    number: int = 0
    called: str = ""


#: The kinds that are records at an address: a licence, an establishment, or a record of any other register.
RECORDS = (NodeKind.LICENCE, NodeKind.ESTABLISHMENT, NodeKind.RECORD)


@dataclass(frozen=True)
class Edge:
    """A role: `party` (id of a person or an organisation) has it at `target` (id of any other node).

    `role`: "bestuurder". The period is written after it: "sinds maart 2021". Not `is_sure`: two parties that could be
    one, drawn dashed with a question mark.
    """

    party: str
    target: str
    role: str
    start: PartialDate | None = None
    end: PartialDate | None = None
    is_sure: bool = True


@dataclass(frozen=True)
class Network:
    """What is drawn, in the order of the caller, which makes no difference but for ties."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()
