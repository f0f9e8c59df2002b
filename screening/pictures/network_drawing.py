"""The drawing of a network: parties to the left of the licences, establishments and addresses they have a role in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from screening.pictures.canvas import Canvas, Frame, wrapped
from screening.pictures.captions import caption, counted, period_text
from screening.pictures.layers import layers_of, stacked
from screening.pictures.network import RECORDS, Edge, Network, Node, NodeKind
from screening.pictures.picture import Picture, PictureKind
from screening.pictures.signs import draw_number, draw_own

_MARGIN, _PARTY, _SPACE, _ADDRESS = 22.0, 126.0, 126.0, 174.0
#: Of the space between two columns: the words of a role, and behind them the bend of its line.
_WORDS = 92.0
_SIZE, _SMALL, _LINE, _PAD, _GAP = 13.0, 12.0, 16.0, 8.0, 14.0
#: Room for a line that passes a column on its way to the next.
_PASS = 8.0
#: How often the columns are set beside each other: more moves nothing.
_ROUNDS = 3
_PARTIES = (NodeKind.PERSON, NodeKind.ORGANISATION)


def draw_network(network: Network, language: str, *, name: str = "network") -> Picture | None:
    """Draw the network; None where it has no node. `name`: what the ids in it begin with.

    Addresses stand on the right with their licences and establishments in them, parties to the left of what they have
    a role in. Each role leaves its party on a level of its own, where its words stand, so words never meet. There is
    no drawing for a telephone: the rows are the better text there.
    """
    if not network.nodes:
        return None
    drawing = _Drawing(network, language, name)
    parties = sum(node.kind in _PARTIES for node in network.nodes)
    addresses = sum(node.kind is NodeKind.ADDRESS for node in network.nodes)
    title = caption("network", "title", language)
    summary = caption(
        "network",
        "summary",
        language,
        parties=counted("network", "parties", parties, language),
        addresses=counted("network", "addresses", addresses, language),
    )
    height = drawing.draw()
    return Picture(
        kind=PictureKind.NETWORK,
        title=title,
        summary=summary,
        svg=drawing.canvas.svg(title, summary, height),
        width=round(drawing.canvas.width),
        height=round(height),
        heads=tuple(caption("network", head, language) for head in ("party", "role", "target", "place", "period")),
        rows=tuple(_rows(network, language)),
    )


@dataclass(frozen=True)
class _Role:
    """An edge as it is drawn: from the party in the higher layer. `lines`: its words, those over the line first."""

    edge: Edge
    source: str
    target: str
    over: tuple[str, ...]
    under: tuple[str, ...]

    @property
    def height(self) -> float:
        return _LINE * max(len(self.over) + len(self.under), 1) + 6


class _Drawing:
    """The layout of a network, then its shapes."""

    def __init__(self, network: Network, language: str, name: str) -> None:
        self._language = language
        self._nodes = {node.id: node for node in network.nodes}
        self._blocks = self._blocks_of(network.nodes)
        block_of = {node.id: block for block, nodes in self._blocks.items() for node in nodes}
        parties = [node.id for node in network.nodes if node.kind in _PARTIES]
        edges = [edge for edge in dict.fromkeys(network.edges) if edge.party != edge.target]
        targets: dict[str, list[str]] = {}
        for edge in edges:
            if edge.is_sure:
                targets.setdefault(edge.party, []).append(edge.target)
        self._layers = layers_of(parties, targets, dict.fromkeys(block_of, 0))
        self._doubts = [edge for edge in edges if self._layers[edge.party] == self._layers[edge.target]]
        self._roles = [self._role(edge) for edge in edges if edge not in self._doubts]
        self._last = max(self._layers.values())
        self.canvas = Canvas(PictureKind.NETWORK, name, self._left(0) + _ADDRESS + 2)
        self._words = {node.id: self._lines(node) for node in network.nodes}
        self._heights = {name: self._height_of(name) for name in (*self._blocks, *parties)}
        self._tops: dict[str, float] = {}
        self._passes: dict[tuple[int, int], float] = {}
        self._parties = parties
        for _ in range(_ROUNDS):
            self._place()
        above = min((*self._tops.values(), *self._passes.values())) - 1
        self._tops = {name: top - above for name, top in self._tops.items()}
        self._passes = {place: level - above for place, level in self._passes.items()}

    # where everything is

    @staticmethod
    def _blocks_of(nodes: Sequence[Node]) -> dict[str, list[Node]]:
        """Id of an address -> it and what is at it; a record without an address is a block of its own."""
        own_first = sorted(nodes, key=lambda node: node.number)
        blocks = {node.id: [node] for node in own_first if node.kind is NodeKind.ADDRESS}
        for node in nodes:
            if node.kind in RECORDS:
                blocks.setdefault(node.address_id or node.id, []).append(node)
        return blocks

    def _role(self, edge: Edge) -> _Role:
        source, target = edge.party, edge.target
        if self._layers[source] < self._layers[target]:
            source, target = target, source
        role = edge.role if edge.is_sure else f"{caption('network', 'doubt', self._language)}?"
        period = period_text(edge.start, edge.end, self._language, to_month=True)
        under = wrapped(period, _WORDS, _SMALL) if period else ()
        return _Role(edge, source, target, wrapped(role, _WORDS, _SMALL), under)

    def _left(self, layer: int) -> float:
        return _MARGIN + (self._last - layer) * (_PARTY + _SPACE)

    def _lines(self, node: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The lines of the name and of the note under it."""
        if node.kind in _PARTIES:
            width = first_width = _PARTY - 2 * _PAD - 2
            # who has no word under the name, and round corners, is a person
            note = "" if node.kind is NodeKind.PERSON else caption("network", node.kind.value, self._language)
        elif node.kind is NodeKind.ADDRESS:
            width = first_width = _ADDRESS - 3 * _PAD - 20
            own = "" if node.number else caption("network", "own", self._language)
            note = ", ".join(filter(None, (own, node.note)))
        else:
            width = first_width = _ADDRESS - 4 * _PAD
            kind = node.called or caption("network", node.kind.value, self._language)
            note = f"{kind}, {node.note}" if node.note else kind
        return wrapped(node.name, first_width, _SIZE, is_bold=True), wrapped(note, width, _SMALL) if note else ()

    def _tall(self, node: Node) -> float:
        return _LINE * sum(len(lines) for lines in self._words[node.id]) + 2 * _PAD - 2

    def _height_of(self, name: str) -> float:
        """Of a block or a party."""
        if name in self._blocks:
            inner = [self._tall(node) + 6 for node in self._blocks[name]]
            return sum(inner) + 2
        roles = [role for role in self._roles if role.source == name]
        return max(self._tall(self._nodes[name]), sum(role.height for role in roles) + 4)

    def _middle(self, name: str) -> float:
        """The level at which a line reaches a node."""
        node = self._nodes[name]
        if node.kind in _PARTIES:
            return self._tops.get(name, 0.0) + self._heights[name] / 2
        block = name if name in self._blocks else node.address_id
        top = self._tops.get(block, 0.0)
        for member in self._blocks[block]:
            if member.id == name:
                return top + self._tall(member) / 2 + (0 if member.kind is NodeKind.ADDRESS else 2)
            top += self._tall(member) + 6
        return top

    def _place(self) -> None:
        """Stack the columns from the right to the left, each beside what it leads to."""
        if not self._tops:
            top = 1.0
            for block in self._blocks:
                self._tops[block], top = top, top + self._heights[block] + _GAP
        else:
            self._tops |= self._stacked_blocks()
        for layer in range(1, self._last + 1):
            column = [party for party in self._parties if self._layers[party] == layer]
            passing = [
                number
                for number, role in enumerate(self._roles)
                if self._layers[role.target] < layer < self._layers[role.source]
            ]
            heights = [self._heights[party] for party in column] + [_PASS] * len(passing)
            ends = [self._middle(self._roles[number].target) for number in passing]
            tops = stacked(heights, [self._wish(party) for party in column] + ends, _GAP)
            self._tops |= dict(zip(column, tops, strict=False))
            for number, top in zip(passing, tops[len(column) :], strict=True):
                self._passes[number, layer] = top + _PASS / 2

    def _stacked_blocks(self) -> dict[str, float]:
        """The addresses again, in their order, each beside the parties that lead to it."""
        tops, top = {}, 1.0
        for block, members in self._blocks.items():
            ids = {member.id for member in members}
            sources = [self._middle(role.source) for role in self._roles if role.target in ids]
            wish = sum(sources) / len(sources) - self._heights[block] / 2 if sources else top
            tops[block] = max(top, wish)
            top = tops[block] + self._heights[block] + _GAP
        return tops

    def _wish(self, party: str) -> float:
        """Where the middle of a party would best be: amid what it leads to."""
        ends = [self._middle(role.target) for role in self._roles if role.source == party]
        return sum(ends) / len(ends) if ends else sum(self._heights[block] for block in self._blocks)

    # the shapes

    def draw(self) -> float:
        """Draw everything; returns the height."""
        for block in self._blocks:
            self._draw_block(block)
        for party in self._parties:
            self._draw_party(self._nodes[party])
        names = [*self._parties, *self._blocks]
        bottom = max(self._tops[name] + self._heights[name] for name in names) + 2
        signs: list[Frame] = []
        for edge in self._doubts:
            self._draw_doubt(edge, signs)
        if any(not edge.is_sure for edge in (*self._doubts, *(role.edge for role in self._roles))):
            words = caption("network", "doubt_legend", self._language)
            for line in wrapped(words, self.canvas.width - 4, _SMALL):
                self.canvas.text("muted", 2, bottom + 18, line, _SMALL)
                bottom += _LINE
            bottom += 10
        return bottom

    def _draw_party(self, node: Node) -> None:
        left, top, height = self._left(self._layers[node.id]), self._tops[node.id], self._heights[node.id]
        is_person = node.kind is NodeKind.PERSON
        self.canvas.rect("box", Frame(left, top, _PARTY, height), corner=14 if is_person else 0)
        if not is_person:
            self.canvas.path("rule", "M", left + 1.5, top, "V", top + height)
        self._draw_words(node, left + _PAD + 2, top + (height - self._tall(node)) / 2 + _PAD)
        roles = sorted(
            (number for number, role in enumerate(self._roles) if role.source == node.id),
            key=lambda number: (self._middle(self._roles[number].target), number),
        )
        level = top + (height - sum(self._roles[number].height for number in roles)) / 2
        for number in roles:
            self._draw_role(number, left + _PARTY, level)
            level += self._roles[number].height

    def _draw_block(self, block: str) -> None:
        left, top = self._left(0), self._tops[block]
        first, *_ = members = self._blocks[block]
        if first.kind is NodeKind.ADDRESS:
            style = "box" if first.number else "own-box"
            self.canvas.rect(style, Frame(left, top, _ADDRESS, self._heights[block]), corner=4)
        for node in members:
            if node.kind is NodeKind.ADDRESS:
                mark = left + _PAD + 9, top + _PAD + 8
                if node.number:
                    draw_number(self.canvas, *mark, str(node.number))
                else:
                    draw_own(self.canvas, *mark)
                self._draw_words(node, left + 2 * _PAD + 18, top + _PAD)
            else:
                self._draw_record(node, Frame(left + _PAD, top, _ADDRESS - 2 * _PAD, self._tall(node)))
            top += self._tall(node) + 6

    def _draw_record(self, node: Node, frame: Frame) -> None:
        """A licence with a folded corner, an establishment with a roof over it, another record without."""
        if node.kind is NodeKind.LICENCE:
            fold, corner = frame.right - 9, frame.top + 9
            self.canvas.path(
                "row",
                "M",
                frame.left,
                frame.top,
                "H",
                fold,
                "L",
                frame.right,
                corner,
                "V",
                frame.bottom,
                "H",
                frame.left,
                "Z",
                "M",
                fold,
                frame.top,
                "V",
                corner,
                "H",
                frame.right,
            )
        else:
            self.canvas.rect("row", frame)
            if node.kind is NodeKind.ESTABLISHMENT:
                self.canvas.path("rule", "M", frame.left, frame.top + 1, "H", frame.right)
        self._draw_words(node, frame.left + _PAD, frame.top + _PAD - 1)

    def _draw_words(self, node: Node, left: float, top: float) -> None:
        names, notes = self._words[node.id]
        for number, line in enumerate((*names, *notes)):
            is_name = number < len(names)
            style, size = ("text", _SIZE) if is_name else ("muted", _SMALL)
            self.canvas.text(style, left, top + 12 + number * _LINE, line, size, is_bold=is_name)

    def _draw_role(self, number: int, left: float, top: float) -> None:
        """The line from a party to its target: level under its words, then a bend; level again where it passes."""
        role = self._roles[number]
        level = top + _LINE * len(role.over) + 3
        bend = left + _WORDS + 6
        steps: list[str | float] = ["M", left, level, "H", bend]
        for layer in range(self._layers[role.source] - 1, self._layers[role.target], -1):
            passing, across = self._passes[number, layer], self._left(layer)
            middle = (bend + across) / 2
            steps += ["C", middle, level, middle, passing, across, passing]
            level, bend = passing, across + _PARTY + _WORDS + 6
            steps += ["H", bend]
        end_x, end = self._left(self._layers[role.target]), self._middle(role.target)
        end_x += _PAD if self._nodes[role.target].kind in RECORDS else 0
        middle = (bend + self._left(self._layers[role.target])) / 2
        steps += ["C", middle, level, middle, end, self._left(self._layers[role.target]), end, "H", end_x]
        self.canvas.path("edge" if role.edge.is_sure else "doubt", *steps, is_behind=False)
        self.canvas.circle("dot", end_x, end, 2.5)
        for place, line in enumerate(role.over):
            self.canvas.text("text", left + 5, top + 11 + place * _LINE, line, _SMALL)
        for place, line in enumerate(role.under):
            self.canvas.text("muted", left + 5, top + 16 + (place + len(role.over)) * _LINE, line, _SMALL)

    def _draw_doubt(self, edge: Edge, taken: list[Frame]) -> None:
        """Two parties of one column that may be one: a bracket to the left of them. `taken`: by other signs."""
        left = self._left(self._layers[edge.party])
        start, end = sorted(self._middle(party) for party in (edge.party, edge.target))
        out = left - 10
        self.canvas.path("doubt", "M", left, start, "H", out, "V", end, "H", left)
        sign = Frame(out - 3, (start + end) / 2 - _LINE / 2, 6, _LINE)
        while any(sign.meets(other) for other in taken) and sign.bottom < end:
            sign = Frame(sign.left, sign.top + 4, sign.width, sign.height)
        if not any(sign.meets(other) for other in taken):
            taken.append(sign)
            self.canvas.text("text", sign.left, sign.top + 12, "?", _SIZE, is_bold=True, has_halo=True)


def _rows(network: Network, language: str) -> Iterator[tuple[str, str, str, str, str]]:
    """A row an edge, then one for each node that no edge names."""
    nodes = {node.id: node for node in network.nodes}
    named: set[str] = set()
    for edge in network.edges:
        target = nodes[edge.target]
        role = edge.role if edge.is_sure else caption("network", "doubt", language)
        is_place = target.kind is NodeKind.ADDRESS
        place = target if is_place else nodes.get(target.address_id)
        yield (
            _named(nodes[edge.party], language),
            role,
            "" if is_place else _named(target, language),
            _named(place, language) if place else "",
            period_text(edge.start, edge.end, language),
        )
        named |= {edge.party, edge.target, target.address_id}
    for node in network.nodes:
        if node.id in named:
            continue
        is_party, is_place = node.kind in _PARTIES, node.kind is NodeKind.ADDRESS
        place = node if is_place else nodes.get(node.address_id)
        words = _named(node, language)
        role = caption("network", "no_role", language) if is_party else ""
        yield (
            words if is_party else "",
            role,
            "" if is_party or is_place else words,
            _named(place, language) if place else "",
            "",
        )


def _named(node: Node, language: str) -> str:
    """`1. Fuikweg 42`, `Café De Zon B.V. (organisatie, KVK 12345678)`."""
    if node.kind is NodeKind.ADDRESS:
        notes = ["" if node.number else caption("network", "own", language), node.note]
        name = f"{node.number}. {node.name}" if node.number else node.name
    else:
        notes, name = [node.called or caption("network", node.kind.value, language), node.note], node.name
    note = ", ".join(filter(None, notes))
    return f"{name} ({note})" if note else name
