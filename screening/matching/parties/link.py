"""Parties: from typed frames to mentions, links between them, and the party that each belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

import polars as pl

from screening.frames import MENTIONS, PARTIES, Note, conform
from screening.matching.parties.block import block_organisations, block_persons
from screening.matching.parties.cluster import (
    assign_party_ids,
    average_linkage_clusters,
    constrained_union_find,
    identities,
)
from screening.matching.parties.could_be_one import could_be_one, places_of_mentions
from screening.matching.parties.estimate import learn_model
from screening.matching.parties.licence_holders import HOLDERS, classify_holders
from screening.matching.parties.link_levels import (
    DecidedPersons,
    decide_organisations,
    decide_persons,
    weigh_pairs,
)
from screening.matching.parties.link_rows import left_out_notes, link_rows
from screening.matching.parties.mentions import extract_mentions, extract_trade_names
from screening.matching.parties.model import PartyModel, default_model
from screening.matching.parties.name_readings import name_options
from screening.matching.parties.names import organisation_core
from screening.matching.parties.similar import similar_names
from screening.matching.parties.supervised_weights import (
    SupervisedWeights,
    WeightCorrection,
    judged_levels,
    learn_person_weights,
)
from screening.vocabulary import LinkLevel, PartyKind


@dataclass
class PartyResult:
    """What the matching of parties gives: frames of `screening.frames`, sorted; notes hold counts only.

    `model`: the weights that persons were linked with, as JSON without a value of anybody (`PartyModel.from_json`).
    `judged_weights`: what judgements taught about them, and whether it was used.
    """

    mentions: pl.DataFrame
    parties: pl.DataFrame
    links: pl.DataFrame
    trade_names: pl.DataFrame
    similar_names: pl.DataFrame
    could_be_one: pl.DataFrame
    identities: pl.DataFrame
    model: str
    judged_weights: SupervisedWeights
    notes: list[Note] = field(default_factory=list)


def link_parties(
    tables: Mapping[str, pl.DataFrame],
    *,
    judgements: pl.DataFrame | None = None,
    previous: pl.DataFrame | None = None,
    model: PartyModel | None = None,
    is_learning: bool = True,
    weights_from_judgements: bool = False,
    correction: WeightCorrection | None = None,
) -> PartyResult:
    """Link the mentions of persons and organisations in the registers and give each its party.

    `tables`: typed frames by data set, with `address_id` where the set has addresses; what is absent names nobody.
    `judgements`: one row per judged pair (`left_fingerprint`, `right_fingerprint`, `judgement`: positive or negative);
    a positive one joins whatever the evidence says, a negative one keeps apart, even two mentions of one KVK number.
    `previous`: IDENTITIES of the last published run. The order of rows, and record keys that are row numbers, have no
    influence on the party of a content fingerprint. `model`: weights of an earlier night or of a larger municipality,
    for the case that this one teaches too little (default: the shipped ones); without `is_learning` they hold whatever
    this one teaches. `PartyResult.model` is what was used. `weights_from_judgements`: correct the weights of persons by
    what the judgements teach, or by the `correction` of an earlier night, where cross-validation says that it wins.
    """
    holders = {dataset: classify_holders(tables, dataset) for dataset in HOLDERS if dataset in tables}
    mentions = extract_mentions(tables, holders)
    trade_names = extract_trade_names(tables, holders)
    alike = similar_names(trade_names["name_key"])
    judged = _judged(judgements, mentions)
    grouped = _group(mentions, judged)
    persons = grouped.filter(pl.col("kind") == PartyKind.PERSON)
    organisations = grouped.filter(pl.col("kind") == PartyKind.ORGANISATION)

    groups = persons.select("group", "name_normalised", "birth_date").unique("group").sort("group")
    options = name_options(groups["name_normalised"])
    businesses = persons.select("group", "kvk_nummer").drop_nulls().unique().sort("group", "kvk_nummer")
    candidates = block_persons(groups, options, businesses)
    given = model or default_model()
    learned = learn_model(groups, options, given) if is_learning else given
    weighed = weigh_pairs(_with_selves(candidates.pairs, groups), groups, options, learned)
    taught = learn_person_weights(
        judged_levels(weighed, persons, judged), is_on=weights_from_judgements, given=correction
    )
    people = decide_persons(weighed, groups, businesses, taught.used)

    numbers = organisations.select("group", "register_kvk", "alive_from", "alive_to", "is_registered")
    numbers = numbers.unique("group").sort("group")
    names = _organisation_names(organisations, trade_names)
    company_candidates = block_organisations(names, numbers)
    own = organisations.filter(pl.col("register_kvk").is_null() & pl.col("name_normalised").is_not_null())
    company_links, companies_out = decide_organisations(
        pl.concat(
            [
                company_candidates.pairs,
                own.select(left="group", right="group", relation=pl.lit("address")).unique().sort("left"),
            ]
        ),
        names,
        numbers,
    )
    decided = pl.concat([people.links, company_links])

    parties = assign_party_ids(_cluster(grouped, people, company_links, judged), previous)
    links, notes = link_rows(grouped, decided, judged)
    notes += left_out_notes(people.left_out + companies_out)
    return PartyResult(
        mentions=conform(mentions, MENTIONS),
        parties=conform(parties, PARTIES).sort("mention"),
        links=links,
        trade_names=trade_names,
        similar_names=alike.pairs,
        could_be_one=could_be_one(parties, links, trade_names, places_of_mentions(parties, tables), judged),
        identities=identities(parties),
        model=learned.to_json(),
        judged_weights=taught,
        notes=[*candidates.notes, *company_candidates.notes, *alike.notes, *notes],
    )


def _judged(judgements: pl.DataFrame | None, mentions: pl.DataFrame) -> pl.DataFrame:
    """The judgements whose both sides are here, each pair once: `left`, `right` (fingerprints), `judgement`."""
    schema = {"left": pl.String, "right": pl.String, "judgement": pl.String}
    if judgements is None or judgements.is_empty():
        return pl.DataFrame(schema=schema)
    pairs = judgements.select(
        left=pl.min_horizontal("left_fingerprint", "right_fingerprint"),
        right=pl.max_horizontal("left_fingerprint", "right_fingerprint"),
        judgement="judgement",
    )
    kinds = mentions.select("fingerprint", "kind").unique()
    pairs = pairs.filter(pl.col("left") != pl.col("right")).join(kinds, left_on="left", right_on="fingerprint")
    # the kind is part of the fingerprint: a person is never judged to be an organisation
    pairs = pairs.join(kinds, left_on=["right", "kind"], right_on=["fingerprint", "kind"]).drop("kind")
    # Should both judgements stand for one pair, the careful one holds: "negative" sorts first.
    return (
        pairs.unique().sort("left", "right", "judgement").unique(["left", "right"], keep="first", maintain_order=True)
    )


def _group(mentions: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """The mentions with `group` (compared as one) and `node` (joined as one; finer, where nothing proves the identity).

    Persons with one name and one full birth date, and organisations with one KVK number, or without one with one name
    at one address, are one of each. A judged mention is a group of its own, so that a judgement can part or join just
    it; `content` is what its node would be, had nobody judged it. All are numbered by content, never by row.
    """
    by_hand = pl.concat([judged["left"], judged["right"]]).unique().implode()
    is_person = pl.col("kind") == PartyKind.PERSON
    is_judged = pl.col("fingerprint").is_in(by_hand)
    number = pl.col("register_kvk").is_not_null()
    proven = (
        pl.when(is_person)
        .then(pl.col("birth_date").is_not_null() & pl.col("name_normalised").is_not_null())
        .otherwise(number | (pl.col("name_normalised").is_not_null() & pl.col("address_id").is_not_null()))
    )
    nameless = pl.col("name_normalised").is_null() & ~(~is_person & number)
    parts = {
        "kind": pl.col("kind"),
        "_number": pl.col("register_kvk"),
        "_date": pl.col("birth_date"),
        "_name": pl.when(is_person | ~number).then("name_normalised"),
        "_address": pl.when(~is_person & ~number).then("address_id"),
        "_print": pl.when(is_judged | nameless).then("fingerprint"),
        "_twin": pl.when(nameless).then("mention"),
    }
    keyed = mentions.with_columns(**{name: part for name, part in parts.items() if name != "kind"}, _proven=proven)
    keyed = keyed.with_columns(
        _own_print=pl.coalesce("_print", pl.when(~pl.col("_proven")).then("fingerprint")),
        _own_twin=pl.coalesce("_twin", pl.when(~pl.col("_proven")).then("mention")),
        _alone=pl.when(nameless | ~pl.col("_proven")).then("mention"),
    )
    for column, by in (
        ("group", ["kind", "_number", "_date", "_name", "_address", "_print", "_twin"]),
        ("node", ["kind", "_number", "_date", "_name", "_address", "_own_print", "_own_twin"]),
        ("content", ["kind", "_number", "_date", "_name", "_address", "_alone"]),
    ):
        numbered = keyed.select(by).unique().sort(by, nulls_last=True).with_row_index(column)
        numbered = numbered.with_columns(pl.col(column).cast(pl.Int64))
        keyed = keyed.join(numbered, on=by, how="left", nulls_equal=True, maintain_order="left")
    return keyed.drop(pl.selectors.starts_with("_"))


def _organisation_names(organisations: pl.DataFrame, trade_names: pl.DataFrame) -> pl.DataFrame:
    """One row per organisation group, name and address: `group`, `name_key`, `name_core`, `address_id`."""
    from_records = organisations.filter(pl.col("role") != "verhuurder").select("record", "group", "address_id")
    traded = trade_names.select("record", "name_key").join(from_records, on="record").drop("record")
    own = organisations.select("group", "address_id", name_key="name_normalised")
    columns = ["group", "name_key", "address_id"]
    names = pl.concat([traded.select(columns), own.select(columns)]).unique().sort(columns, nulls_last=True)
    return names.with_columns(name_core=organisation_core(pl.col("name_key")))


def _with_selves(pairs: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """The pairs, and every named group with itself."""
    named = groups.filter(pl.col("name_normalised").is_not_null())
    relation = pl.when(pl.col("birth_date").is_not_null()).then(pl.lit("equal")).otherwise(pl.lit("absent"))
    return pl.concat([pairs, named.select(left="group", right="group", relation=relation)])


def _cluster(
    grouped: pl.DataFrame, people: DecidedPersons, company_links: pl.DataFrame, judged: pl.DataFrame
) -> pl.DataFrame:
    """The mentions with `cluster`."""
    columns = ["node", "group", "content", "kind", "birth_date", "register_kvk", "name_normalised"]
    nodes = grouped.sort("mention").select(columns).unique("node", keep="first", maintain_order=True).sort("node")
    is_person = pl.col("kind") == PartyKind.PERSON
    identity = pl.when(is_person).then(pl.col("birth_date").cast(pl.String)).otherwise("register_kvk")
    # Strong links stand between proven groups only, and there a group is one node (or a judged mention of its own).
    node_of = dict(nodes.select("group", "node").unique("group", keep="first", maintain_order=True).iter_rows())
    prints = grouped.select("fingerprint", "group", "node").unique().sort("fingerprint", "node")
    pairs = judged.join(prints, left_on="left", right_on="fingerprint").join(
        prints, left_on="right", right_on="fingerprint", suffix="_right"
    )
    pairs = pairs.sort("left", "right", "node", "node_right")
    rejected = pairs.filter(pl.col("judgement") == "negative").select("group", "group_right")
    alike = _alike(nodes)
    sure = company_links.filter((pl.col("level") != LinkLevel.PROBABLE) & (pl.col("left") != pl.col("right")))
    sure = sure.sort(["log_odds", "left", "right"], descending=[True, False, False]).select("left", "right")
    strong = people.links.filter((pl.col("level") != LinkLevel.PROBABLE) & (pl.col("left") != pl.col("right")))
    settled = average_linkage_clusters(
        people.weighed,
        strong.select("left", "right", evidence="log_odds"),
        [*people.excluding.iter_rows(), *rejected.iter_rows()],
        alike,
    )
    # What has one content comes first: a judgement on one mention parts or joins what is like it as well.
    links = [(node_of[left], node_of[right]) for left, right in [*alike, *sure.iter_rows(), *settled]]
    apart = [(node_of[left], node_of[right]) for left, right in people.excluding.iter_rows()]
    by_hand = {
        kind: list(pairs.filter(pl.col("judgement") == kind).select("node", "node_right").iter_rows())
        for kind in ("positive", "negative")
    }
    # Two names on one birth date that a person confirmed to be one person exclude each other nowhere any more.
    content = dict(zip(nodes["node"], nodes.select("name_normalised", "birth_date").iter_rows(), strict=True))
    confirmed = {frozenset((content[left], content[right])) for left, right in by_hand["positive"]}
    apart = [pair for pair in apart if frozenset((content[pair[0]], content[pair[1]])) not in confirmed]
    labels = constrained_union_find(
        nodes.select(identity.alias("identity"))["identity"].to_list(),
        links,
        by_hand["positive"],
        by_hand["negative"] + apart,
    )
    clusters = nodes.select("node").with_columns(cluster=pl.Series(labels, dtype=pl.Int64))
    return grouped.join(clusters, on="node", how="left", maintain_order="left")


def _alike(nodes: pl.DataFrame) -> list[tuple[int, int]]:
    """The pairs of groups with one content, which only judgements made more than one of."""
    members = nodes.group_by("content").agg(pl.col("group").unique().sort()).filter(pl.col("group").list.len() > 1)
    return [pair for groups in members.sort("content")["group"].to_list() for pair in combinations(groups, 2)]
