"""A link between two mentions, field by field: what was compared and how alike it is, in words before numbers."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from screening.base.frames import Row
from screening.base.local_formats import date_text, percent_text
from screening.base.vocabulary import LinkLevel
from screening.review.views.facts import record_head
from screening.review.views.words import status_name, word

#: Similarity from which two values are said to be much alike, and somewhat: as in the sentence of `barrier links show`.
_NEAR, _FAR = 0.85, 0.5
#: Which column of a mention stands behind a compared field; of the others the page tells how alike, not what.
_VALUES = {
    "family_name": "name",
    "surname": "name",
    "given_names": "name",
    "given": "name",
    "trade_name": "name",
    "birth_date": "birth_date",
    "kvk_nummer": "kvk_nummer",
}
#: Compared as a whole, so that two can be seen to be written differently; of a person parts of the name are compared.
_WHOLE = {"trade_name"}


@dataclass(frozen=True)
class Compared:
    """One compared field. `left`, `right`: what the two registers have, or None.

    `left_why`, `right_why`: why there is none: `empty` (the register has none), `here` (the address of this dossier, as
    of every record in it), `elsewhere` (another dossier has it), `none` (nothing was compared).
    `alike`: in words. `number`: the same as a percentage, for whoever wants to know; None where a side is empty, and of
    initials that fit.
    """

    field: str
    left: str | None
    right: str | None
    left_why: str
    right_why: str
    alike: str
    number: str | None


@dataclass(frozen=True)
class Side:
    """One side of a link: its name (None where another dossier has it), role, record and party of the matching.

    `party`: the mention itself where another dossier has its party.
    """

    name: str | None
    role: str
    head: str
    record: str
    party: str


@dataclass(frozen=True)
class Link:
    """A link as a page shows it. `is_open`: probable, so it counts for nothing until a person confirms it.

    `is_alike`: it was made by similarity and not by an equal number.
    """

    link_id: str
    level: str
    is_open: bool
    is_alike: bool
    kind: str
    left: Side
    right: Side
    compared: tuple[Compared, ...]

    @property
    def ends(self) -> tuple[tuple[str, str], ...]:
        """The mentions that it joins: record and role of each."""
        return tuple((side.record, side.role) for side in (self.left, self.right))


def links(
    frame: pl.DataFrame,
    parties: pl.DataFrame,
    *,
    language: str,
    levels: Iterable[str] = (LinkLevel.STRONG, LinkLevel.PROBABLE),
    heads: Mapping[str, str] | None = None,
    records_here: Collection[str] = (),
) -> list[Link]:
    """The links of these levels, by id. `frame`: LINKS. `parties`: DOSSIER_PARTIES of the same dossier.

    Links by an equal number (exact) need no similarity and are left out unless `levels` names them.
    `heads`: record -> its name on the page. `records_here`: those at the address of the dossier.
    """
    mentions = {row["mention"]: row for row in parties.to_dicts()}
    level_names = {str(level) for level in levels}
    rows = frame.filter(pl.col("level").is_in(sorted(level_names))).sort("link_id").to_dicts()
    return [_link(row, mentions, heads or {}, records_here, language) for row in rows]


def grouped(links: Iterable[Link]) -> list[list[Link]]:
    """The links in groups that hang together: one question about a party that many records mention, not one a pair.

    Links of another level or kind are another question. Open links are one question only where every two parties are
    linked: of a chain the matching may keep the ends apart, so that there each two parties are a question.
    """
    groups: list[tuple[tuple[str, str], set[tuple[str, str]], list[Link]]] = []
    for link in links:
        question, ends = (link.level, link.kind), {*link.ends}
        joined = [group for group in groups if group[0] == question and group[1] & ends]
        for group in joined[1:]:
            joined[0][1].update(group[1])
            joined[0][2].extend(group[2])
            groups.remove(group)
        if joined:
            joined[0][1].update(ends)
            joined[0][2].append(link)
        else:
            groups.append((question, ends, [link]))
    return [together for _, _, members in groups for together in _questions(members)]


def _questions(links: Sequence[Link]) -> list[list[Link]]:
    """Links that hang together as one question, or one of each two parties where a chain of open links joins more."""
    pairs: dict[frozenset[str], list[Link]] = {}
    for link in links:
        pairs.setdefault(frozenset((link.left.party, link.right.party)), []).append(link)
    parties = sorted(frozenset[str]().union(*pairs))
    is_linked = all(frozenset(pair) in pairs for pair in combinations(parties, 2))
    return [[*links]] if is_linked or not links[0].is_open else [*pairs.values()]


def _link(
    row: Row,
    mentions: Mapping[str, dict[str, object]],
    heads: Mapping[str, str],
    records_here: Collection[str],
    language: str,
) -> Link:
    rows = (mentions.get(row["left"]), mentions.get(row["right"]))
    left, right = (
        _side(row[side], mention, heads, language) for side, mention in zip(("left", "right"), rows, strict=True)
    )
    is_here = (left.record in records_here, right.record in records_here)
    return Link(
        link_id=row["link_id"],
        level=word("levels", row["level"], language),
        is_open=row["level"] == LinkLevel.PROBABLE,
        is_alike=row["level"] != LinkLevel.EXACT,
        kind=word("kinds", row["left"].rsplit(":", 1)[1], language),
        left=left,
        right=right,
        compared=tuple(
            _compared(name, comparison, rows, is_here, language)
            for name, comparison in json.loads(row["comparisons"] or "{}").items()
        ),
    )


def _side(mention: str, row: Mapping[str, object] | None, heads: Mapping[str, str], language: str) -> Side:
    record, role, _kind = mention.rsplit(":", 2)
    dataset, key = record.split(":", 1)
    return Side(
        name=str(row["name"]) if row and row["name"] else None,
        role=status_name(role, language),
        head=heads.get(record) or record_head(dataset, key, language),
        record=record,
        party=str(row["party_id"]) if row else mention,
    )


def _compared(
    name: str,
    comparison: Row,
    rows: tuple[dict[str, object] | None, dict[str, object] | None],
    is_here: tuple[bool, bool],
    language: str,
) -> Compared:
    similarity, is_compatible = comparison["similarity"], comparison.get("relation") == "compatible"
    left, right = (_value(name, row, language) for row in rows)
    whys = [_why_none(name, similarity, row, side_is_here) for row, side_is_here in zip(rows, is_here, strict=True)]
    return Compared(
        field=word("compared", name, language),
        left=left,
        right=right,
        left_why=whys[0],
        right_why=whys[1],
        alike=word("alike", "compatible", language)
        if is_compatible
        else alike(similarity, language, is_written_alike=name not in _WHOLE or left == right),
        # initials that fit a name are no number of likeness: they are neither equal nor different
        number=None if similarity is None or is_compatible else percent_text(round(100 * similarity), language),
    )


def _why_none(name: str, similarity: float | None, row: Mapping[str, object] | None, is_here: bool) -> str:
    if name == "address" and is_here:
        return "here"
    if name in _VALUES:
        return "empty" if row else "elsewhere"
    return "elsewhere" if similarity is not None else "none"


def alike(similarity: float | None, language: str, *, is_written_alike: bool = True) -> str:
    """How alike two values are, in words.

    A name is compared without its spelling and legal form: `is_written_alike` is false where equal names are written
    differently, and the words say so.
    """
    if similarity is None:
        name = "unknown"
    elif similarity >= 1.0:
        name = "same" if is_written_alike else "same_but"
    else:
        name = "near" if similarity >= _NEAR else "far" if similarity >= _FAR else "other"
    return word("alike", name, language)


def _value(name: str, row: Row | None, language: str) -> str | None:
    value = row.get(_VALUES[name]) if row and name in _VALUES else None
    if value is None:
        return None
    return date_text(value, language) if name == "birth_date" else str(value)
