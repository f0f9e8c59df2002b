"""The pictures of a case, made of its material: the map, the network and the time line.

What is on them was chosen in the run by one rule for flagged and drawn addresses; nothing is added or left out here but
what a drawing has no room for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import polars as pl

from screening.base.datasets import datasets
from screening.base.frames import Row
from screening.pictures.captions import period_text
from screening.pictures.map import MapPlace, PlaceMap, draw_map
from screening.pictures.network import Edge, Network, Node, NodeKind
from screening.pictures.network_drawing import draw_network
from screening.pictures.picture import PartialDate, Picture
from screening.pictures.timeline import Bar, LaneKind, Mark, TimeLine
from screening.pictures.timeline_drawing import draw_timeline
from screening.review.views.facts import DossierFact, short_address
from screening.review.views.likeness import Link
from screening.review.views.parties import Party
from screening.review.views.words import code_name, status_name
from screening.wording.register_names import columns_of, record_name

#: More roles than this are no drawing any more; the table of parties has them all.
MOST_ROLES = 24

_RECORD_KINDS = {"licence": NodeKind.LICENCE, "establishment": NodeKind.ESTABLISHMENT, "other": NodeKind.RECORD}
#: Registers of which a record is called after its kind; one of any other is called as its contract says.
_CALLED_BY_KIND = frozenset({"vergunningen", "seksinrichtingen", "handelsregister"})


def timeline_picture(
    facts: Sequence[DossierFact], parties: Iterable[Party], *, as_of: date, language: str
) -> Picture | None:
    """The time line of the records of an address. `as_of`: the day of the data."""
    names = _party_names(parties)
    bars: list[Bar] = []
    marks: list[Mark] = []
    for fact in facts:
        lane = datasets()[fact.dataset].timeline if fact.dataset in datasets() else None
        if lane is None:
            continue
        begin, end, day = (PartialDate.of(fact.values.get(column or "")) for column in (lane.begin, lane.end, lane.day))
        name, note = _called(fact, lane.lane, names.get(fact.record, []))
        if begin or (lane.begin and end):
            bars.append(Bar(LaneKind(lane.lane), name, begin, end, note))
        elif day:
            kind = LaneKind.DECISION if lane.begin else LaneKind(lane.lane)
            marks.append(Mark(kind, _happened(fact, lane.day or "", language), day))
    return draw_timeline(TimeLine(as_of, tuple(bars), tuple(marks)), language)


def map_picture(surroundings: pl.DataFrame, network: pl.DataFrame, *, address: str, language: str) -> Picture | None:
    """The map; None where the BAG has no point of the address. `surroundings`, `network`: as in CaseMaterial."""
    placed = [row for row in surroundings.to_dicts() if row["rd_x"] is not None and row["rd_y"] is not None]
    own = [_map_place(row) for row in placed if row["is_own"]]
    if not own:
        return None
    others = {
        row["place_id"]: MapPlace(
            name=short_address(row["place"], address),
            x_m=row["rd_x"],
            y_m=row["rd_y"],
            number=number,
            note=", ".join(_businesses(network, row)),
        )
        for number, row in _numbered(network).values()
        if row["rd_x"] is not None and row["rd_y"] is not None
    }
    neighbours = tuple(_map_place(row) for row in placed if not row["is_own"])
    return draw_map(PlaceMap(own[0], neighbours, tuple(others.values())), language)


def network_picture(
    parties: Sequence[Party],
    facts: Sequence[DossierFact],
    links: Sequence[Link],
    elsewhere: pl.DataFrame,
    *,
    address: str,
    language: str,
) -> Picture | None:
    """The parties of an address, their roles here and at other addresses. `elsewhere`: NETWORK, as in CaseMaterial.

    None where the address has no party. Parties beyond MOST_ROLES are left to the table.
    """
    drawn = _drawn(parties)
    if not drawn:
        return None
    own = Node("here", NodeKind.ADDRESS, address.split(",", maxsplit=1)[0])
    names = _party_names(parties)
    records = {
        fact.record: _record_node(fact, names.get(fact.record, []), language)
        for fact in facts
        if fact.dataset in datasets() and _lane(fact.dataset) in _RECORD_KINDS
    }
    edges = [edge for party in drawn for edge in _roles(party, drawn, facts, records)]
    edges += _doubts(drawn, links)
    nodes = [own, *records.values(), *(_party_node(party) for party in drawn)]
    nodes_there, edges_there = _elsewhere(drawn, elsewhere, address, language)
    return draw_network(Network((*nodes, *nodes_there), (*edges, *edges_there)), language)


def drawn_elsewhere(parties: Sequence[Party], elsewhere: pl.DataFrame) -> set[str]:
    """The records of other addresses that the network really shows. `elsewhere`: NETWORK."""
    mentions = {role.mention for party in _drawn(parties) for role in party.roles}
    rows = elsewhere.select("dataset", "key", "mention").iter_rows()
    return {f"{dataset}:{key}" for dataset, key, mention in rows if mention in mentions}


def left_out_of_network(parties: Iterable[Party], elsewhere: pl.DataFrame) -> list[tuple[str, int]]:
    """The name of each party that leads to more addresses than are listed, and how many more. `elsewhere`: NETWORK."""
    more = dict(elsewhere.filter(pl.col("left_out") > 0).select("mention", "left_out").iter_rows())
    return [
        (party.name, max(more.get(role.mention, 0) for role in party.roles))
        for party in parties
        if any(role.mention in more for role in party.roles)
    ]


def _lane(dataset: str) -> str:
    lane = datasets()[dataset].timeline if dataset in datasets() else None
    return lane.lane if lane else ""


# the time line


def _party_names(parties: Iterable[Party]) -> dict[str, list[str]]:
    """Record -> the names of the parties on it."""
    names: dict[str, list[str]] = {}
    for party in parties:
        for role in party.roles:
            names.setdefault(role.record, []).append(party.name)
    return names


def _called(fact: DossierFact, lane: str, names: Sequence[str]) -> tuple[str, str]:
    """Name and note of a bar: an establishment by its business, a licence or an office by what it is, and whose."""
    kind, whose = _sentence_case(fact.kind or fact.head), ", ".join(dict.fromkeys(names))
    return (whose or kind, "") if lane == "establishment" else (kind, whose)


def _happened(fact: DossierFact, column: str, language: str) -> str:
    """What a mark stands for: `Vergunning geweigerd, exploitatie`, `geluidsoverlast`."""
    about = columns_of(fact.dataset)[column]
    words = about.event_of_status.get(fact.values.get("status", ""))
    kind = fact.kind or fact.values.get("situatie", "")
    return ", ".join(filter(None, (words[language] if words else "", kind))) or fact.head


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


# the map


def _map_place(row: Row) -> MapPlace:
    outline = tuple((corner[0], corner[1]) for corner in row["outline"] or ())
    return MapPlace(
        name=row["place"],
        x_m=row["rd_x"],
        y_m=row["rd_y"],
        house_number=row["house_number"] or "",
        outline=(outline,) if outline else (),
    )


def _numbered(network: pl.DataFrame) -> dict[str, tuple[int, Row]]:
    """Id of another address -> its number, by which the map and the network know it, and its first row."""
    places = network.unique("place_id", keep="first", maintain_order=True)
    return {row["place_id"]: (number, row) for number, row in enumerate(places.to_dicts(), start=1)}


def _businesses(network: pl.DataFrame, row: Row) -> list[str]:
    there = network.filter(pl.col("place_id") == row["place_id"])
    return [name for name in there["name"].unique(maintain_order=True).to_list() if name]


# the network


def _drawn(parties: Sequence[Party]) -> list[Party]:
    drawn: list[Party] = []
    for party in parties:
        if sum(len(earlier.roles) for earlier in (*drawn, party)) > MOST_ROLES:
            break
        drawn.append(party)
    return drawn


def _party_node(party: Party) -> Node:
    kind = NodeKind.PERSON if party.is_person else NodeKind.ORGANISATION
    numbers = [f"KVK {number}" for number in party.kvk_numbers if number not in party.name and not party.is_person]
    return Node(party.party_id, kind, party.name, ", ".join(numbers))


def _record_node(fact: DossierFact, names: Sequence[str], language: str) -> Node:
    kind = _RECORD_KINDS[_lane(fact.dataset)]
    start, end = _period(fact)
    name, _ = _called(fact, _lane(fact.dataset), names)
    period = period_text(start, end, language, to_month=True)
    called = "" if fact.dataset in _CALLED_BY_KIND else record_name(fact.dataset, language)
    return Node(fact.record, kind, name, period, "here", called=called)


def _period(fact: DossierFact) -> tuple[PartialDate | None, PartialDate | None]:
    lane = datasets()[fact.dataset].timeline if fact.dataset in datasets() else None
    begin, end = (lane.begin, lane.end) if lane else (None, None)
    return PartialDate.of(fact.values.get(begin or "")), PartialDate.of(fact.values.get(end or ""))


def _roles(
    party: Party, parties: Sequence[Party], facts: Sequence[DossierFact], records: Mapping[str, Node]
) -> list[Edge]:
    """The roles of a party: on a licence or an establishment itself, or by an office in what the register names."""
    fact_of = {fact.record: fact for fact in facts}
    edges = []
    for role in party.roles:
        if role.record in records:
            edges.append(Edge(party.party_id, role.record, role.role))
        elif role.record in fact_of and _lane(fact_of[role.record].dataset) == "office":
            fact = fact_of[role.record]
            start, end = _period(fact)
            edges += [
                Edge(party.party_id, target, role.role, start, end) for target in _office(fact, party, parties, facts)
            ]
    return edges


def _office(fact: DossierFact, holder: Party, parties: Sequence[Party], facts: Sequence[DossierFact]) -> list[str]:
    """Ids of what an office is in: the company of that number, else the records that have the same key or number."""
    column = datasets()[fact.dataset].called_by or ""
    number = fact.values.get(column, "")
    companies = [
        party.party_id
        for party in parties
        if not party.is_person and party is not holder and column == "kvk_nummer" and number in party.kvk_numbers
    ]
    return companies or [
        other.record
        for other in facts
        if _lane(other.dataset) in _RECORD_KINDS and number in (other.key, other.values.get(column))
    ]


def _doubts(parties: Sequence[Party], links: Sequence[Link]) -> list[Edge]:
    """Two parties that an open link may join, each pair once."""
    party_of = {(role.record, role.role, party.kind): party.party_id for party in parties for role in party.roles}
    pairs = set()
    for link in links:
        left, right = (party_of.get((side.record, side.role, link.kind)) for side in (link.left, link.right))
        if link.is_open and left and right and left != right:
            pairs.add((min(left, right), max(left, right)))
    return [Edge(left, right, "", is_sure=False) for left, right in sorted(pairs)]


def _elsewhere(
    parties: Sequence[Party], network: pl.DataFrame, own: str, language: str
) -> tuple[list[Node], list[Edge]]:
    """The nodes and edges of the other addresses that these parties lead to."""
    party_of = {role.mention: party for party in parties for role in party.roles}
    by_number = {number: party for party in parties if not party.is_person for number in party.kvk_numbers}
    numbers = _numbered(network)
    nodes: dict[str, Node] = {}
    edges: dict[Edge, None] = {}
    for row in network.to_dicts():
        party = party_of.get(row["mention"])
        if party is None:
            continue
        record = f"{row['dataset']}:{row['key']}"
        name, number = short_address(row["place"], own), numbers[row["place_id"]][0]
        nodes[row["place_id"]] = Node(row["place_id"], NodeKind.ADDRESS, name, number=number)
        nodes[record] = _record_there(row, record, language)
        holder = party.party_id
        if row["step"] == 2:
            company = by_number.get(row["via_key"] or "")
            holder = company.party_id if company else f"via:{row['via_key']}:{row['via_name']}"
            if company is None:
                nodes[holder] = Node(holder, NodeKind.ORGANISATION, row["via_name"] or "")
            via = status_name(row["via_role"] or "", language)
            edges[Edge(party.party_id, holder, via, *_dates(row, "via_starts", "via_ends"))] = None
        role = status_name(row["role"], language)
        edges[Edge(holder, record, role, *_dates(row, "role_starts", "role_ends"))] = None
    return list(nodes.values()), list(edges)


def _record_there(row: Row, record: str, language: str) -> Node:
    is_licence = _lane(row["dataset"]) == "licence"
    period = period_text(*_dates(row, "starts", "ends"), language, to_month=True)
    kind = _sentence_case(code_name(row["kind"], language)) if row["kind"] else ""
    name = kind if is_licence and kind else row["name"] or kind
    note = ", ".join(filter(None, (row["name"] if name != row["name"] else "", period)))
    return Node(record, NodeKind.LICENCE if is_licence else NodeKind.ESTABLISHMENT, name, note, row["place_id"])


def _dates(row: Row, start: str, end: str) -> tuple[PartialDate | None, PartialDate | None]:
    return PartialDate.of(row[start]), PartialDate.of(row[end])
