"""The network of a dossier: what its parties hold at other licensed or registered business addresses.

One fixed rule for every dossier, which knows no flag, case, report or inspection (docs/decisions/0049). A step goes
over one record: the first from a party on a licence or in the trade register of this address to another licence or
establishment of the same party; the second, over an office, to those of a company in which the party holds it. Only
sure links count, and what may not be named elsewhere (`business_places`) is no node, no count and no gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from screening.base.components import connected
from screening.base.frames import conform, known_date, schema_of
from screening.base.vocabulary import PartyKind
from screening.matching.business_places import (
    LICENCES,
    WINDOW_DAYS,
    Registers,
    named_records,
    shielded_companies,
    with_holders_names,
)

#: So many addresses of one party, and so many of a dossier, are listed. The others are counted.
MOST_OF_PARTY, MOST_OF_DOSSIER = 12, 40
#: Of a party that leads to more addresses than these only the number is known.
_MOST_KEPT = 200

#: One row a record elsewhere and a party of a dossier that leads to it.
TIES = schema_of(
    "address_id place_id place rd_x rd_y dataset key mention step kind name starts ends role role_starts role_ends "
    "via_key via_name via_role via_starts via_ends left_out all_left_out",
    step=pl.Int64(),
    left_out=pl.Int64(),
    all_left_out=pl.Int64(),
)

#: The roles that count, by register: who holds, manages, directs or owns. A lessor, an agent who filed an application,
#: a supervisor and a trustee stand at many addresses and run none of them.
ROLES = {
    "vergunningen": ("houder",),
    "seksinrichtingen": ("exploitant",),
    "handelsregister": ("onderneming",),
    "leidinggevenden": ("exploitant", "beheerder", "leidinggevende"),
    "functionarissen": ("bestuurder", "eigenaar", "vennoot", "gevolmachtigde", "beheerder", "enig_aandeelhouder"),
}
#: The registers whose records stand at an address of their own.
_HOLDS_PLACE = (*LICENCES, "handelsregister")
_OFFICES, _MANAGERS = "functionarissen", "leidinggevenden"
_RECORD = ["dataset", "key"]
_PLACE = ["who", "place_id"]
_VIA = schema_of("via_key via_name via_role via_starts via_ends")


@dataclass(frozen=True)
class NetworkInputs:
    """What the rule reads.

    `registers`: typed frames by data set, with `address_id`. `parties`: PARTIES and `name`. `links`: `left`, `right` of
    the links that count. `sensitive`: `dataset`, `key` of records that take no part. `places`: `place_id`, `place` (the
    address as shown, by which addresses are listed), `rd_x`, `rd_y`. `hidden`: `address_id` of those never named.
    """

    registers: Registers
    parties: pl.LazyFrame
    links: pl.LazyFrame
    sensitive: pl.DataFrame
    places: pl.LazyFrame
    hidden: pl.DataFrame
    as_of: date

    def is_current(self, column: str) -> pl.Expr:
        """Whether what ended on this date is still named."""
        last = pl.col(f"{column}_max")
        return last.is_null() | (last >= self.as_of - timedelta(days=WINDOW_DAYS))


def network(dossiers: pl.DataFrame, inputs: NetworkInputs) -> pl.DataFrame:
    """TIES of these dossiers.

    Args:
        dossiers: `address_id`, `dataset`, `key`: the records in each dossier.
        inputs: what the rule reads.
    """
    hidden = shielded_companies(inputs.registers)
    own = inputs.parties.join(dossiers.select(_RECORD).unique().lazy(), on=_RECORD, how="semi").filter(_has_role())
    start = _mentions(inputs, own.select("party_id").collect(), hidden)
    offices, companies = _companies(start, inputs, hidden)
    named = named_records(inputs.registers, inputs.sensitive, as_of=inputs.as_of)
    named = named.join(inputs.hidden, left_on="place_id", right_on="address_id", how="anti")
    direct = _ties(start, named, inputs).with_columns(step=pl.lit(1))
    by_company = _ties(companies, named, inputs).rename({"who": "company"})
    over_office = offices.join(by_company, on="company").filter(pl.col("who") != pl.col("company"))
    rows = pl.concat([direct, over_office.with_columns(step=pl.lit(2))], how="diagonal")
    rows = rows.join(inputs.places.collect(), on="place_id")
    started = dossiers.join(start.select(*_RECORD, "who", "mention"), on=_RECORD)
    started = started.group_by("address_id", "who").agg(pl.col("mention").min())
    return _finished(_listed(started, rows), rows, started, inputs)


def _has_role() -> pl.Expr:
    return pl.any_horizontal(
        (pl.col("dataset") == dataset) & pl.col("role").is_in(roles) for dataset, roles in ROLES.items()
    )


def _mentions(inputs: NetworkInputs, party_ids: pl.DataFrame, hidden: pl.Series) -> pl.DataFrame:
    """The mentions of these parties in a role that counts, without those on sensitive records, and `who` each is.

    Organisations with one of the `hidden` KVK numbers are left out.

    `who` is the party; where a sensitive mention is one of a party, only what the others are one by: a sensitive record
    ties nothing together.
    """
    everyone = inputs.parties.join(party_ids.unique().lazy(), on="party_id", how="semi").collect()
    mentions = everyone.join(inputs.sensitive, on=_RECORD, how="anti", maintain_order="left")
    mixed = everyone.join(inputs.sensitive, on=_RECORD, how="semi").select("party_id").unique()
    together = mentions.join(mixed, on="party_id", how="semi").sort("mention").with_row_index("node")
    number = pl.when(pl.col("kind") == PartyKind.ORGANISATION).then("kvk_nummer")
    born = pl.when(pl.col("name_normalised").is_not_null()).then(pl.col("birth_date").cast(pl.String))
    proven = together.with_columns(proof=pl.coalesce(number, pl.concat_str("name_normalised", born, separator="\x1f")))
    proven = proven.drop_nulls("proof").with_columns(first=pl.col("node").min().over("party_id", "kind", "proof"))
    nodes = together.select("mention", "node", "party_id")
    linked = (
        inputs.links.select("left", "right")
        .collect()
        .join(nodes, left_on="left", right_on="mention")
        .join(nodes, left_on="right", right_on="mention", suffix="_right")
        .filter(pl.col("party_id") == pl.col("party_id_right"))
    )
    left, right = (
        pl.concat([proven[a].cast(pl.Int64), linked[b].cast(pl.Int64)]).to_numpy()
        for a, b in (("first", "node"), ("node", "node_right"))
    )
    part = connected(together.height, left, right) if together.height else np.zeros(0, np.int32)
    parts = together.select("mention", part=pl.Series(part, dtype=pl.Int64))
    placed = mentions.join(parts, on="mention", how="left", maintain_order="left")
    who = pl.concat_str("party_id", pl.col("part").fill_null(-1).cast(pl.String), separator="/")
    placed = placed.with_columns(who=who).drop("part")
    is_organisation = pl.col("kind") == PartyKind.ORGANISATION
    shielded = placed.filter(is_organisation, pl.col("kvk_nummer").is_in(hidden.implode()))["who"].unique()
    return placed.filter(_has_role(), ~pl.col("who").is_in(shielded.implode()))


def _companies(start: pl.DataFrame, inputs: NetworkInputs, hidden: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The offices of parties in other companies, `who`, `company` and `via_`; and the mentions of these companies."""
    held = start.filter(pl.col("dataset") == _OFFICES).select("who", "key", via_role="role")
    if held.is_empty():
        return pl.DataFrame(schema={"who": pl.String, "company": pl.String, **_VIA}), start.clear()
    offices = (
        held.lazy()
        .join(inputs.registers[_OFFICES].filter(inputs.is_current("datum_einde")), on="key")
        .select(
            "who",
            "kvk_nummer",
            "via_role",
            via_key="kvk_nummer",
            via_starts=known_date("datum_aanvang"),
            via_ends=known_date("datum_einde"),
        )
        .collect()
    )
    is_company = (pl.col("kind") == PartyKind.ORGANISATION) & pl.col("dataset").is_in(list(_HOLDS_PLACE))
    numbers = offices.select("kvk_nummer").unique().lazy()
    party_ids = (
        inputs.parties.filter(is_company).join(numbers, on="kvk_nummer", how="semi").select("party_id").collect()
    )
    companies = _mentions(inputs, party_ids, hidden)
    numbered = companies.filter(is_company).group_by("kvk_nummer", company="who").agg(via_name=pl.col("name").min())
    return offices.join(numbered, on="kvk_nummer").drop("kvk_nummer"), companies


def _ties(mentions: pl.DataFrame, named: pl.DataFrame, inputs: NetworkInputs) -> pl.DataFrame:
    """One row a record that may be named and a party (`who`) with a role there, its own before that of a manager."""
    roles = mentions.filter(pl.col("dataset").is_in(list(_HOLDS_PLACE))).select("who", *_RECORD, "role")
    parts = [named.join(roles, on=_RECORD).with_columns(order=pl.lit(0))]
    managers = mentions.filter(pl.col("dataset") == _MANAGERS).select("who", "key", "role")
    if managers.height:
        rows = (
            inputs.registers[_MANAGERS]
            .filter(inputs.is_current("datum_tot"))
            .select("key", "zaaknummer", role_starts=known_date("datum_van"), role_ends=known_date("datum_tot"))
        )
        on_licence = managers.lazy().join(rows, on="key").drop("key").rename({"zaaknummer": "key"}).collect()
        licences = named.filter(pl.col("dataset").is_in(list(LICENCES)))
        parts.append(licences.join(on_licence, on="key").with_columns(order=pl.lit(1)))
    ties = pl.concat(parts, how="diagonal").drop("kvk_nummer")
    ties = pl.concat([ties, pl.DataFrame(schema={"role_starts": pl.String, "role_ends": pl.String})], how="diagonal")
    # of several rows of one person on one licence the one that goes on, or ended last
    latest = ["who", *_RECORD, "order", "role_ends", "role_starts", "role"]
    ties = ties.sort(latest, descending=[name in {"role_ends", "role_starts"} for name in latest], nulls_last=False)
    return ties.unique(["who", *_RECORD], keep="first", maintain_order=True).drop("order")


def _listed(started: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The addresses that each dossier lists, by place: `address_id`, `who`, `mention`, `place_id` and the counts.

    All parties get their first address before any gets its second.
    """
    reach = rows.select(*_PLACE, "place").unique().sort("who", "place", "place_id")
    reach = reach.with_columns(rank=pl.int_range(pl.len()).over("who"), reached=pl.len().over("who"))
    own = reach.select("who", address_id="place_id", has_own=pl.lit(1))
    dossiers = started.join(own, on=["who", "address_id"], how="left").with_columns(pl.col("has_own").fill_null(0))
    kept = reach.filter(pl.col("rank") < _MOST_KEPT)
    others = dossiers.join(kept, on="who").filter(pl.col("place_id") != pl.col("address_id"))
    others = others.sort("address_id", "who", "rank").with_columns(
        turn=pl.int_range(pl.len()).over("address_id", "who")
    )
    chosen = (
        others.filter(pl.col("turn") < MOST_OF_PARTY)
        .group_by("address_id", "place_id", "place")
        .agg(pl.col("turn").min())
        .sort("address_id", "turn", "place", "place_id")
        .filter(pl.int_range(pl.len()).over("address_id") < MOST_OF_DOSSIER)
    )
    others = others.join(
        chosen.select("address_id", "place_id", is_listed=True), on=["address_id", "place_id"], how="left"
    )
    of_party = ["address_id", "who"]
    others = others.with_columns(pl.col("is_listed").fill_null(False)).with_columns(
        left_out=(pl.col("reached") - pl.col("has_own") - pl.col("is_listed").sum().over(of_party)).cast(pl.Int64),
        unlisted=pl.col("place_id").filter(~pl.col("is_listed")).n_unique().over("address_id"),
    )
    others = others.with_columns(
        all_left_out=pl.max_horizontal("unlisted", pl.col("left_out").max().over("address_id")).cast(pl.Int64)
    )
    return others.filter("is_listed").select("address_id", *_PLACE, "mention", "left_out", "all_left_out")


def _finished(listed: pl.DataFrame, rows: pl.DataFrame, started: pl.DataFrame, inputs: NetworkInputs) -> pl.DataFrame:
    """TIES of the listed addresses. What a company of the dossier holds is told of the company, not of its officers."""
    ties = listed.join(rows, on=_PLACE)
    ties = pl.concat([ties, pl.DataFrame(schema={"company": pl.String, **_VIA})], how="diagonal")
    own = started.select("address_id", company="who")
    ties = ties.join(own, on=["address_id", "company"], how="anti")
    key = ["address_id", "place_id", *_RECORD, "mention"]
    ties = ties.sort([*key, "step", "via_ends", "via_key", "via_starts", "via_role"]).unique(
        key, keep="first", maintain_order=True
    )
    people = inputs.parties.join(ties.select(_RECORD).unique().lazy(), on=_RECORD, how="semi").collect()
    return conform(with_holders_names(ties, people), TIES)
