"""The evidence of a rule on a page: the words of `barrier explain`, with the date and the age of each record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from screening.base.frames import Row
from screening.base.local_formats import date_text
from screening.base.powers import declared_on_bibob, served
from screening.review.views.facts import DossierFact, record_head
from screening.review.views.likeness import Link
from screening.review.views.words import word
from screening.wording import AddressExplanation, Part
from screening.wording.forms import kept_date_text
from screening.wording.register_names import column_name, register_name
from screening.wording.sentence import text_list

#: So many records of one register with the same kind of date are told as one.
FEWEST_TOGETHER = 3

#: Of these registers the number of records counts and not the one date of each.
_COUNTED = ("meldingen", "controles")


@dataclass(frozen=True)
class Cited:
    """A record that a hit cites.

    `anchor`: its place on the page, None of a record of another address; of that one `fields` has what it says and
    `place` its address. `column`, `day`: the date that carries the hit, in words; `order`: sorts it. `names`: who is
    named on it, as it writes them; `parties`: the same as the hit writes them most fully.
    """

    record: str
    register: str
    head: str
    anchor: str | None
    column: str
    day: str
    order: str
    fields: tuple[tuple[str, str], ...] = ()
    names: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    place: str = ""

    @property
    def date(self) -> str:
        """The date that carries the hit, empty where there is none."""
        return f"{self.column}: {self.day}" if self.day else ""

    @property
    def counts_together(self) -> bool:
        """Whether of many such records the number, the first and the last date say enough."""
        return self.record.split(":", 1)[0] in _COUNTED


@dataclass(frozen=True)
class HitView:
    """One piece of evidence. `position`: its row in the store. `place`: its number on the page. `part`: its sentences.

    `title`: the name of its rule. `rule`: (label key, text) of the declaration in force when it was made.
    `links`: the links that it uses and that were made by similarity, not by an equal number.
    `stays_on_screen`: its rule reads something of Bibob, so that no print tells it.
    """

    position: int
    place: int
    title: str
    is_opened: bool
    part: Part
    cited: tuple[Cited, ...]
    links: tuple[Link, ...]
    rule: tuple[tuple[str, str], ...]
    stays_on_screen: bool

    @property
    def cited_together(self) -> list[list[Cited]]:
        """The cited records in their order; FEWEST_TOGETHER or more that say the same of as many days are together."""
        alike: dict[tuple[str, str, bool], list[Cited]] = {}
        for cited in self.cited:
            alike.setdefault((cited.register, cited.column, cited.anchor is None), []).append(cited)
        groups: list[list[Cited]] = []
        for members in alike.values():
            groups += [members] if len(members) >= FEWEST_TOGETHER else [[cited] for cited in members]
        return groups


def hits(
    explanation: AddressExplanation,
    positions: Sequence[int],
    opened: set[str],
    *,
    facts: Sequence[DossierFact],
    elsewhere: Sequence[DossierFact],
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
        links: Those of the dossier.
        parties: DOSSIER_PARTIES of all these records, as far as this reader may see them.
        language: `nl` or `en`.
    """
    facts_here, facts_elsewhere = ({fact.record: fact for fact in each} for each in (facts, elsewhere))
    by_id = {link.link_id: link for link in links}
    mentions: dict[str, list[Row]] = {}
    names: dict[str, str] = {}
    for row in parties.filter(pl.col("name") != "").sort("mention").to_dicts():
        mentions.setdefault(f"{row['dataset']}:{row['key']}", []).append(row)
        names[row["party_id"]] = max(str(row["name"]), names.get(row["party_id"], ""), key=len)
    rows = zip(positions, explanation.hits, explanation.parts(language), strict=True)
    return [
        HitView(
            position=position,
            place=place,
            title=str(explanation.declarations[hit["indicator"]][f"name_{language}"]),
            is_opened=f"hit:{position}" in opened,
            part=part,
            cited=tuple(
                _cited(row, facts_here, facts_elsewhere, mentions=mentions, names=names, language=language)
                for row in hit["sources"]
            ),
            links=tuple(by_id[link_id] for link_id in hit["links"] or () if link_id in by_id),
            rule=tuple(_rule(explanation.declarations[hit["indicator"]], language)),
            stays_on_screen=declared_on_bibob(explanation.declarations[hit["indicator"]]),
        )
        for place, (position, hit, part) in enumerate(rows, start=1)
    ]


def _cited(
    row: Row,
    facts_here: Mapping[str, DossierFact],
    facts_elsewhere: Mapping[str, DossierFact],
    *,
    mentions: Mapping[str, list[Row]],
    names: Mapping[str, str],
    language: str,
) -> Cited:
    record = str(row["record"])
    dataset, key = record.split(":", 1)
    at_address, other = facts_here.get(record), facts_elsewhere.get(record)
    fact, main, rows = at_address or other, row["date"], mentions.get(record, ())
    return Cited(
        record=record,
        register=register_name(dataset, language),
        # who is on it stands beside it: no row of a file
        head=(fact.head if fact else record_head(dataset, key, language)).split(" (")[0],
        anchor=at_address.anchor if at_address else None,
        column=column_name(dataset, main["column"], language) if main else "",
        day=(kept_date_text(main["day"], language) or main["day"]) if main else "",
        order=main["day"] if main else "",
        fields=other.fields if other and not at_address else (),
        names=tuple(dict.fromkeys(str(mention["name"]) for mention in rows)),
        parties=tuple(dict.fromkeys(names[mention["party_id"]] for mention in rows)),
        place=other.address if other and not at_address else "",
    )


def _rule(declared: Mapping[str, object], language: str) -> list[tuple[str, str]]:
    """Key of a text and what the declaration says, where it says something."""
    given = [
        ("code", declared.get("code")),
        ("version", declared.get("version")),
        ("basis", declared.get("legal_basis")),
        ("norm", declared.get("norm")),
        ("dpia", declared.get("dpia")),
        ("fg", declared.get("fg_advice")),
        ("barrier", word("barriers", str(declared.get("barrier")), language)),
        ("why", declared.get(f"rationale_{language}")),
        ("powers", "; ".join(served(text_list(declared.get("powers", ())), language))),
    ]
    return [(key, _text(value, language)) for key, value in given if value]


def _text(value: object, language: str) -> str:
    try:
        return date_text(date.fromisoformat(str(value)), language)
    except ValueError:
        return str(value)
