"""The parties of an address as a drawing: parties on the left, records on the right, a line for each role.

One layout for a phone and for a desk: it is as wide as the smallest screen and grows with it. Colours carry no
meaning; shapes and dashes are explained next to them, and the table under the drawing holds the same facts.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from screening.review.views.likeness import Link
from screening.review.views.parties import Party
from screening.review.views.words import word

#: More lines than this are no drawing any more; the table has them all.
MOST_ROLES = 24

_WIDTH, _LEFT, _PARTY, _RECORD = 360, 22, 160, 128
_LINE, _PAD, _GAP, _ROUND = 15, 7, 12, 14
_RECORD_X = _WIDTH - _RECORD - 1
_LETTERS = {_PARTY: 21, _RECORD: 16}


@dataclass(frozen=True)
class Box:
    """A party (round corners: a person) or a record, with the lines of text in it."""

    x: float
    y: float
    width: float
    height: float
    corner: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Curve:
    """The line of a role: from `start` at the party to its record. `path`: in the language of SVG."""

    path: str
    x: float
    start: float


@dataclass(frozen=True)
class Doubt:
    """Two parties that may be one: a dashed line, with a question mark at `x`, `y`."""

    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """The shapes for the template, and `text`: the same as sentences. `drawn`: its parties. `total`: all."""

    width: float
    height: float
    title: str
    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]
    doubts: tuple[Doubt, ...]
    text: tuple[str, ...]
    drawn: int
    total: int


def draw(shown: Sequence[Party], links: Sequence[Link] = (), *, language: str) -> Drawing | None:
    """The drawing of these parties, or None where there is nothing to draw. The same input gives the same drawing.

    `links`: the links between them; the open ones are drawn dashed.
    """
    chosen = _chosen(shown)
    if not chosen:
        return None
    open_pairs = _open_pairs(chosen, links)
    boxes, ports = _party_boxes(chosen)
    records = _record_boxes(chosen, ports)
    return Drawing(
        width=_WIDTH,
        height=max(box.y + box.height for box in (*boxes, *records.values())) + 2,
        title=word("drawing", "title", language),
        boxes=(*boxes, *records.values()),
        curves=tuple(
            _curve(start, records[role.record])
            for party, its_ports in zip(chosen, ports, strict=True)
            for role, start in zip(party.roles, its_ports, strict=True)
        ),
        doubts=tuple(_doubt(boxes[left], boxes[right]) for left, right in open_pairs),
        text=_text(chosen, open_pairs, language),
        drawn=len(chosen),
        total=len(shown),
    )


def _chosen(shown: Sequence[Party]) -> list[Party]:
    chosen: list[Party] = []
    for party in shown:
        if sum(len(drawn.roles) for drawn in (*chosen, party)) > MOST_ROLES:
            break
        chosen.append(party)
    return chosen


def _open_pairs(chosen: Sequence[Party], links: Sequence[Link]) -> list[tuple[int, int]]:
    """Places of two parties that an open link may join, each pair once."""
    place = {
        (role.record, role.role, party.kind): number for number, party in enumerate(chosen) for role in party.roles
    }
    pairs = set()
    for link in links:
        left, right = (place.get((side.record, side.role, link.kind)) for side in (link.left, link.right))
        if link.is_open and left is not None and right is not None and left != right:
            pairs.add((min(left, right), max(left, right)))
    return sorted(pairs)


def _text(chosen: Sequence[Party], open_pairs: Sequence[tuple[int, int]], language: str) -> tuple[str, ...]:
    of_party, of_role, is_open = (word("drawing", name, language) for name in ("said", "role", "open"))
    sentences = []
    for party in chosen:
        roles = "; ".join(of_role.format(role=role.role, head=role.head) for role in party.roles)
        sentences.append(of_party.format(party=party.name, kind=party.kind, roles=roles))
    sentences += [is_open.format(left=chosen[left].name, right=chosen[right].name) for left, right in open_pairs]
    # a name may end in a full stop of its own: "B.V."
    return tuple(sentence.rstrip(".") + "." for sentence in sentences)


def _party_boxes(chosen: Sequence[Party]) -> tuple[list[Box], list[list[float]]]:
    """A box a party under the one before, and the height at which the line of each role leaves it."""
    boxes: list[Box] = []
    ports: list[list[float]] = []
    top = 1.0
    for party in chosen:
        head = (*_wrapped(party.name, _PARTY), f"({party.kind})")
        lines = (*head, *(role.role for role in party.roles))
        boxes.append(Box(_LEFT, top, _PARTY, _tall(lines), _ROUND if party.is_person else 0, lines))
        first = top + _PAD + _LINE * (len(head) + 0.5)
        ports.append([first + _LINE * place for place in range(len(party.roles))])
        top += boxes[-1].height + _GAP
    return boxes, ports


def _record_boxes(chosen: Sequence[Party], ports: Sequence[Sequence[float]]) -> dict[str, Box]:
    """Record -> its box, as near to the lines that end in it as the ones above it allow."""
    ports_of: dict[str, list[float]] = {}
    heads: dict[str, str] = {}
    for party, its_ports in zip(chosen, ports, strict=True):
        for role, start in zip(party.roles, its_ports, strict=True):
            ports_of.setdefault(role.record, []).append(start)
            heads[role.record] = role.head
    boxes, top = {}, 1.0
    for record, starts in sorted(
        ports_of.items(),
        key=lambda record_and_ports: (sum(record_and_ports[1]) / len(record_and_ports[1]), record_and_ports[0]),
    ):
        lines = _wrapped(heads[record], _RECORD)
        top = max(top, sum(starts) / len(starts) - _tall(lines) / 2)
        boxes[record] = Box(_RECORD_X, top, _RECORD, _tall(lines), 0, lines)
        top += _tall(lines) + _GAP
    return boxes


def _tall(lines: Sequence[str]) -> float:
    return 2 * _PAD + _LINE * len(lines)


def _wrapped(text: str, width: int) -> tuple[str, ...]:
    """Wrap a name to at most four lines; a longer one ends in an ellipsis, and the table has it in full."""
    return tuple(textwrap.wrap(text, _LETTERS[width], max_lines=4, placeholder=" …")) or ("",)


def _curve(start: float, record: Box) -> Curve:
    x, end = _LEFT + _PARTY, record.y + record.height / 2
    middle = (x + _RECORD_X) / 2
    path = f"M{x} {start:g}C{middle:g} {start:g} {middle:g} {end:g} {_RECORD_X} {end:g}"
    return Curve(path, x, start)


def _doubt(upper: Box, other: Box) -> Doubt:
    start, end = (box.y + _PAD + _LINE / 2 for box in (upper, other))
    return Doubt(f"M{_LEFT} {start:g}H8V{end:g}H{_LEFT}", 11, (start + end) / 2)
