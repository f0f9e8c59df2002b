"""The parties of an address as a drawing: parties on the left, records on the right, a line for each role.

One layout for a phone and for a desk: it is as wide as the smallest screen and grows with it. No colour means anything;
what shapes and dashes say is written beside them, and the table under the drawing tells all of it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from screening.review.views.likeness import Link
from screening.review.views.parties import Party

#: More lines than this are no drawing any more; the table has them all.
MOST_ROLES = 24

_WIDTH, _LEFT, _PARTY, _RECORD = 360, 22, 160, 128
_LINE, _PAD, _GAP = 15, 7, 12
_RECORD_X = _WIDTH - _RECORD - 1
_LETTERS = {_PARTY: 25, _RECORD: 20}
_WORDS = {
    "nl": {
        "title": "Partijen en de gegevens waarop zij staan",
        "said": "{party} ({kind}): {roles}",
        "role": "{role} op {head}",
        "open": "Misschien dezelfde partij, niet bevestigd: {left} en {right}",
    },
    "en": {
        "title": "Parties and the records that name them",
        "said": "{party} ({kind}): {roles}",
        "role": "{role} on {head}",
        "open": "May be one party, not confirmed: {left} and {right}",
    },
}


@dataclass(frozen=True)
class Drawing:
    """`svg`: the drawing. `text`: the same as sentences. `drawn`, `total`: parties in it, and all parties."""

    svg: Markup
    text: tuple[str, ...]
    drawn: int
    total: int


@dataclass(frozen=True)
class _Box:
    top: float
    height: float
    lines: tuple[str, ...]


def draw(shown: Sequence[Party], links: Sequence[Link] = (), *, language: str) -> Drawing | None:
    """The drawing of these parties, or None where there is nothing to draw. The same input gives the same drawing.

    `links`: the links between them; the open ones are drawn dashed.
    """
    chosen = _chosen(shown)
    if not chosen:
        return None
    open_pairs = _open_pairs(chosen, links)
    text = _text(chosen, open_pairs, language)
    boxes, ports = _party_boxes(chosen)
    records = _record_boxes(chosen, ports)
    height = max(box.top + box.height for box in (*boxes, *records.values())) + 2
    title, label = _WORDS[language]["title"], "netwerk-titel"
    parts = [
        f'<svg class="netwerk" viewBox="0 0 {_WIDTH} {height:g}" role="img" aria-labelledby="{label} netwerk-tekst" '
        f'xmlns="http://www.w3.org/2000/svg" font-size="12" fill="none" stroke="currentColor">'
        f'<title id="{label}">{escape(title)}</title><desc id="netwerk-tekst">{escape(" ".join(text))}</desc>'
    ]
    for party, its_ports in zip(chosen, ports, strict=True):
        for role, start in zip(party.roles, its_ports, strict=True):
            parts.append(_line(start, records[role.record]))
    for left, right in open_pairs:
        parts.append(_dashed(boxes[left], boxes[right]))
    for party, box in zip(chosen, boxes, strict=True):
        parts.append(_drawn(box, _LEFT, _PARTY, rounded=party.is_person))
    for box in records.values():
        parts.append(_drawn(box, _RECORD_X, _RECORD, rounded=False))
    return Drawing(Markup("".join(parts) + "</svg>"), text, len(chosen), len(shown))  # noqa: S704 - texts are escaped


def _chosen(shown: Sequence[Party]) -> list[Party]:
    chosen: list[Party] = []
    for party in shown:
        if sum(len(one.roles) for one in (*chosen, party)) > MOST_ROLES:
            break
        chosen.append(party)
    return chosen


def _open_pairs(chosen: Sequence[Party], links: Sequence[Link]) -> list[tuple[int, int]]:
    """Places of two parties that an open link may join, each pair once."""
    place = {(role.record, role.role, party.kind): at for at, party in enumerate(chosen) for role in party.roles}
    pairs = set()
    for link in links:
        ends = [place.get((side.record, side.role, link.kind)) for side in (link.left, link.right)]
        if link.is_open and None not in ends and ends[0] != ends[1]:
            pairs.add((min(ends), max(ends)))  # type: ignore[type-var]
    return sorted(pairs)


def _text(chosen: Sequence[Party], open_pairs: Sequence[tuple[int, int]], language: str) -> tuple[str, ...]:
    words = _WORDS[language]
    said = [
        words["said"].format(
            party=party.name,
            kind=party.kind,
            roles="; ".join(words["role"].format(role=role.role, head=role.head) for role in party.roles),
        )
        for party in chosen
    ]
    said += [words["open"].format(left=chosen[left].name, right=chosen[right].name) for left, right in open_pairs]
    # a name may end in a full stop of its own: "B.V."
    return tuple(sentence.rstrip(".") + "." for sentence in said)


def _party_boxes(chosen: Sequence[Party]) -> tuple[list[_Box], list[list[float]]]:
    """A box a party under the one before, and the height at which the line of each role leaves it."""
    boxes, ports, top = [], [], 1.0
    for party in chosen:
        head = (*_wrapped(party.name, _PARTY), f"({party.kind})")
        lines = (*head, *(role.role for role in party.roles))
        boxes.append(_Box(top, 2 * _PAD + _LINE * len(lines), lines))
        first = top + _PAD + _LINE * (len(head) + 0.5)
        ports.append([first + _LINE * place for place in range(len(party.roles))])
        top += boxes[-1].height + _GAP
    return boxes, ports


def _record_boxes(chosen: Sequence[Party], ports: Sequence[Sequence[float]]) -> dict[str, _Box]:
    """Record -> its box, as near to the lines that end in it as the ones above it allow."""
    wanted: dict[str, list[float]] = {}
    heads: dict[str, str] = {}
    for party, its_ports in zip(chosen, ports, strict=True):
        for role, start in zip(party.roles, its_ports, strict=True):
            wanted.setdefault(role.record, []).append(start)
            heads[role.record] = role.head
    boxes, top = {}, 1.0
    for record, starts in sorted(wanted.items(), key=lambda one: (sum(one[1]) / len(one[1]), one[0])):
        lines = _wrapped(heads[record], _RECORD)
        height = 2 * _PAD + _LINE * len(lines)
        top = max(top, sum(starts) / len(starts) - height / 2)
        boxes[record] = _Box(top, height, lines)
        top += height + _GAP
    return boxes


def _wrapped(text: str, width: int) -> tuple[str, ...]:
    """At most three lines; a name that is longer ends in an ellipsis, and stands whole in the table."""
    return tuple(textwrap.wrap(text, _LETTERS[width], max_lines=3, placeholder=" …")) or ("",)


def _line(start: float, record: _Box) -> str:
    x, end = _LEFT + _PARTY, record.top + record.height / 2
    middle = (x + _RECORD_X) / 2
    return (
        f'<path d="M{x} {start:g}C{middle:g} {start:g} {middle:g} {end:g} {_RECORD_X} {end:g}"/>'
        f'<circle cx="{x}" cy="{start:g}" r="2.5" fill="currentColor"/>'
    )


def _dashed(one: _Box, other: _Box) -> str:
    start, end = (box.top + _PAD + _LINE / 2 for box in (one, other))
    middle = (start + end) / 2
    return (
        f'<path d="M{_LEFT} {start:g}H8V{end:g}H{_LEFT}" stroke-dasharray="4 3"/>'
        f'<text x="11" y="{middle:g}" fill="currentColor" stroke="none">?</text>'
    )


def _drawn(box: _Box, x: float, width: float, *, rounded: bool) -> str:
    corner = 14 if rounded else 0
    rows = "".join(
        f'<tspan x="{x + 9:g}" dy="{_LINE if place else 0}">{escape(line)}</tspan>'
        for place, line in enumerate(box.lines)
    )
    return (
        f'<rect x="{x:g}" y="{box.top:g}" width="{width:g}" height="{box.height:g}" rx="{corner}"/>'
        f'<text x="{x + 9:g}" y="{box.top + _PAD + 11:g}" fill="currentColor" stroke="none">{rows}</text>'
    )
