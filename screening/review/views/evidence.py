"""What a rule saw, as a page shows it: the words of `barrier explain`, with the date and the age of each record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from screening.review.views.facts import Fact, Source, record_head
from screening.review.views.likeness import Link
from screening.review.views.words import word
from screening.wording import Part, Told
from screening.wording.sentence import date_text


@dataclass(frozen=True)
class Cited:
    """A record that a hit rests on. `anchor`: its place on the page, None of one that does not stand at the address:
    of that one `fields` tells what it says.
    """

    register: str
    head: str
    anchor: str | None
    date: str | None
    age: str
    delivered: str | None
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Hit:
    """One piece of evidence. `item`: what opening it is called in the store. `part`: its sentences, as everywhere.

    `rule`: (label key, text) of the declaration in force when it was made. `links`: those it rests on that are alike
    and have no equal number.
    """

    position: int
    item: str
    place: int
    title: str
    is_opened: bool
    part: Part
    cited: tuple[Cited, ...]
    links: tuple[Link, ...]
    rule: tuple[tuple[str, str], ...]


def hits(
    told: Told,
    positions: Sequence[int],
    opened: set[str],
    *,
    facts: Sequence[Fact],
    elsewhere: Sequence[Fact],
    sources: Mapping[str, Source],
    links: Sequence[Link],
    language: str,
) -> list[Hit]:
    """One Hit a row of evidence, in its order. `positions`: of the rows of `told.hits`. `links`: of the dossier."""
    here, there = ({fact.record: fact for fact in each} for each in (facts, elsewhere))
    by_id = {link.link_id: link for link in links}
    made = []
    for place, (position, hit, part) in enumerate(
        zip(positions, told.hits, told.parts(language), strict=True), start=1
    ):
        item = f"hit:{position}"
        made.append(
            Hit(
                position=position,
                item=item,
                place=place,
                title=str(part["title"]),
                is_opened=item in opened,
                part=part,
                cited=tuple(_cited(row, here, there, sources, language) for row in hit["sources"]),
                links=tuple(by_id[one] for one in hit["links"] or () if one in by_id),
                rule=tuple(_rule(told.declarations[hit["indicator"]], language)),
            )
        )
    return made


def _cited(
    row: Mapping, here: Mapping[str, Fact], there: Mapping[str, Fact], sources: Mapping[str, Source], language: str
) -> Cited:
    record = str(row["record"])
    dataset, key = record.split(":", 1)
    at_address, other = here.get(record), there.get(record)
    fact, source, main = at_address or other, sources.get(dataset), row["date"]
    day = date_text(date.fromisoformat(main["day"]), language) if main else None
    return Cited(
        register=word("registers", dataset, language),
        head=fact.head if fact else record_head(dataset, key, language),
        anchor=at_address.anchor if at_address else None,
        date=f"{word('fields', main['column'], language)}: {day}" if main else None,
        age=source.age if source else word("age", "unknown", language),
        delivered=source.delivered if source else None,
        fields=other.fields if other and not at_address else (),
    )


def _rule(declared: Mapping, language: str) -> list[tuple[str, str]]:
    """Key of a text and what the declaration says, where it says something."""
    given = [
        ("version", declared.get("version")),
        ("basis", declared.get("legal_basis")),
        ("dpia", declared.get("dpia")),
        ("fg", declared.get("fg_advice")),
        ("barrier", word("barriers", str(declared.get("barrier")), language)),
        ("why", declared.get(f"rationale_{language}")),
    ]
    return [(key, _text(value, language)) for key, value in given if value]


def _text(value: object, language: str) -> str:
    try:
        return date_text(date.fromisoformat(str(value)), language)
    except ValueError:
        return str(value)
