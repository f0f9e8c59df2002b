"""The evidence of a rule on a page: the words of `barrier explain`, with the date and the age of each record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from screening.frames import Row
from screening.local_formats import date_text
from screening.review.views.facts import DossierFact, Source, record_head
from screening.review.views.likeness import Link
from screening.review.views.words import word
from screening.wording import AddressExplanation, Part
from screening.wording.forms import kept_date_text
from screening.wording.register_names import column_name, register_name


@dataclass(frozen=True)
class Cited:
    """A record that a hit cites.

    `anchor`: its place on the page, None of a record of another address; of that one `fields` has what it says and
    `place` its address. `names`: who is named on it.
    """

    register: str
    head: str
    anchor: str | None
    date: str | None
    age: str
    delivered: str | None
    fields: tuple[tuple[str, str], ...] = ()
    names: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True)
class HitView:
    """One piece of evidence. `position`: its row in the store. `place`: its number on the page. `part`: its sentences.

    `rule`: (label key, text) of the declaration in force when it was made. `links`: the links that it uses
    and that were made by similarity, not by an equal number. `named`: parties on more than one of the cited records,
    with how many; `places`: the other addresses of these records.
    """

    position: int
    place: int
    title: str
    is_opened: bool
    part: Part
    cited: tuple[Cited, ...]
    links: tuple[Link, ...]
    rule: tuple[tuple[str, str], ...]
    named: tuple[tuple[str, int], ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """The other addresses of the cited records, each once."""
        return tuple(dict.fromkeys(cited.place for cited in self.cited if cited.place))


def hits(
    explanation: AddressExplanation,
    positions: Sequence[int],
    opened: set[str],
    *,
    facts: Sequence[DossierFact],
    elsewhere: Sequence[DossierFact],
    sources: Mapping[str, Source],
    links: Sequence[Link],
    parties: pl.DataFrame,
    language: str,
) -> list[HitView]:
    """Describe each row of evidence, in its order.

    Args:
        explanation: What the run says of the address.
        positions: Of the rows of `explanation.hits` in the store.
        opened: What the officer opened: `hit:<position>`.
        facts: The records at the address.
        elsewhere: Records of other addresses that a hit cites.
        sources: The registers of the run and their age.
        links: Those of the dossier.
        parties: DOSSIER_PARTIES of all these records, as far as this reader may see them.
        language: `nl` or `en`.
    """
    facts_here, facts_elsewhere = ({fact.record: fact for fact in each} for each in (facts, elsewhere))
    by_id = {link.link_id: link for link in links}
    mentions: dict[str, list[Row]] = {}
    for row in parties.filter(pl.col("name") != "").sort("mention").to_dicts():
        mentions.setdefault(f"{row['dataset']}:{row['key']}", []).append(row)
    rows = zip(positions, explanation.hits, explanation.parts(language), strict=True)
    return [
        HitView(
            position=position,
            place=place,
            title=str(part["title"]),
            is_opened=f"hit:{position}" in opened,
            part=part,
            cited=tuple(
                _cited(row, facts_here, facts_elsewhere, sources, mentions=mentions, language=language)
                for row in hit["sources"]
            ),
            named=_named([str(row["record"]) for row in hit["sources"]], mentions),
            links=tuple(by_id[link_id] for link_id in hit["links"] or () if link_id in by_id),
            rule=tuple(_rule(explanation.declarations[hit["indicator"]], language)),
        )
        for place, (position, hit, part) in enumerate(rows, start=1)
    ]


def _cited(
    row: Row,
    facts_here: Mapping[str, DossierFact],
    facts_elsewhere: Mapping[str, DossierFact],
    sources: Mapping[str, Source],
    *,
    mentions: Mapping[str, list[Row]],
    language: str,
) -> Cited:
    record = str(row["record"])
    dataset, key = record.split(":", 1)
    at_address, other = facts_here.get(record), facts_elsewhere.get(record)
    fact, source, main = at_address or other, sources.get(dataset), row["date"]
    day = (kept_date_text(main["day"], language) or main["day"]) if main else None
    return Cited(
        register=register_name(dataset, language),
        head=fact.head if fact else record_head(dataset, key, language),
        anchor=at_address.anchor if at_address else None,
        date=f"{column_name(dataset, main['column'], language)}: {day}" if main else None,
        age=source.age if source else word("age", "unknown", language),
        delivered=source.delivered if source else None,
        fields=other.fields if other and not at_address else (),
        names=tuple(dict.fromkeys(str(row["name"]) for row in mentions.get(record, ()))),
        place=other.address if other and not at_address else "",
    )


def _named(records: Sequence[str], mentions: Mapping[str, list[Row]]) -> tuple[tuple[str, int], ...]:
    """The parties on more than one of the records: the longest of their names and on how many, most first."""
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for record in records:
        of_record = {row["party_id"]: str(row["name"]) for row in mentions.get(record, ())}
        counts.update(of_record.keys())
        names |= {party: max(name, names.get(party, ""), key=len) for party, name in of_record.items()}
    return tuple((names[party], count) for party, count in counts.most_common() if count > 1)


def _rule(declared: Mapping[str, object], language: str) -> list[tuple[str, str]]:
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
