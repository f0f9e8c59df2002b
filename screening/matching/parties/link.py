"""Parties: from typed frames to mentions, links between them, and the party that each belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from screening.base.frames import MENTIONS, PARTIES, Note, conform
from screening.base.vocabulary import PartyKind
from screening.linking.clusters import JudgedPairs, cluster_rows
from screening.linking.encode import encode
from screening.linking.nightly import Changes
from screening.linking.pair_ranges import RangeWorkers
from screening.matching.parties.could_be_one import alike_at_places, could_be_one
from screening.matching.parties.licence_holders import classify_holders, holder_columns
from screening.matching.parties.link_levels import STRONG_BITS
from screening.matching.parties.link_rows import left_out_notes, link_rows, notes_of_cut_blocks
from screening.matching.parties.linked_groups import LinkedGroups, compare_groups, link_groups
from screening.matching.parties.mention_groups import group_mentions, names_of_organisations
from screening.matching.parties.mentions import extract_mentions, extract_trade_names
from screening.matching.parties.organisations import ORGANISATIONS, OVERLAPPING_LIVES, organisation_records
from screening.matching.parties.party_ids import assign_party_ids, identities
from screening.matching.parties.party_model import PartyModel, default_model, learn
from screening.matching.parties.persons import PERSONS, person_records
from screening.matching.parties.prepared import Groups, PreparedParties
from screening.matching.parties.similar import similar_names

#: What is known of an organisation by its number.
_FACTS = ("register_kvk", "alive_from", "alive_to", "is_registered")
#: What is read of the mentions of either kind.
_OF_PEOPLE = ("group", "name_normalised", "birth_date", "kvk_nummer")
_OF_COMPANIES = ("group", "record", "role", "name_normalised", "address_id", *_FACTS)


@dataclass
class PartyResult:
    """What the matching of parties gives: frames of `screening.base.frames`, sorted; notes hold counts only.

    `model`: the weights that both kinds were linked with, as JSON without a value of anybody (`PartyModel.from_json`).
    `prepared`: what the next night builds on; `groups`: `mention`, `group`, the record there that it is part of.
    `candidates`: how many pairs of organisations, of persons and of trade names were compared.
    """

    mentions: pl.DataFrame
    parties: pl.DataFrame
    links: pl.DataFrame
    trade_names: pl.DataFrame
    similar_names: pl.DataFrame
    could_be_one: pl.DataFrame
    identities: pl.DataFrame
    model: str
    prepared: PreparedParties
    groups: pl.DataFrame
    candidates: dict[str, int]
    notes: list[Note] = field(default_factory=list)


def link_parties(
    tables: Mapping[str, pl.DataFrame],
    *,
    judgements: pl.DataFrame | None = None,
    previous: pl.DataFrame | None = None,
    model: PartyModel | None = None,
    is_learning: bool = True,
    prepared: PreparedParties | None = None,
    is_checked: bool = False,
    workers: RangeWorkers | None = None,
) -> PartyResult:
    """Link the mentions of persons and organisations in the registers and give each its party.

    `tables`: typed frames by data set, with `address_id` where the set has addresses; what is absent names nobody.
    `judgements`: one row per judged pair (`left_fingerprint`, `right_fingerprint`, `judgement`: positive or negative);
    a positive one joins whatever the evidence says, a negative one keeps apart, even two mentions of one KVK number.
    `previous`: IDENTITIES of the last published run. The order of rows, and record keys that are row numbers, have no
    influence on the party of a content fingerprint. `model`: weights of an earlier night or of a larger municipality,
    for the case that this one teaches too little (default: the shipped ones); without `is_learning` they hold whatever
    this one teaches. `PartyResult.model` is what was used.
    `prepared`: what an earlier night left; then its weights, frequencies and blocks hold, and only what is new or
    changed is compared. `is_checked`: all is compared as well; `ContractStopError` where that gives something else.
    `workers`: where the pairs of a large municipality are scored, if not in this process; the result is the same.
    """
    # what nothing waits for is done meanwhile: most of all this is work of one thread
    with ThreadPoolExecutor(3) as meanwhile:
        held = [dataset for dataset in holder_columns() if dataset in tables]
        classified = meanwhile.map(lambda dataset: classify_holders(tables, dataset), held)
        holders = dict(zip(held, classified, strict=True))
        mentions = extract_mentions(tables, holders)
        trade_names = extract_trade_names(tables, holders, mentions)
        named_alike = meanwhile.submit(similar_names, trade_names["name_key"])
        judged = _judged(judgements, mentions)
        grouped = group_mentions(mentions, judged)
        given = model or default_model()
        people = grouped.select("kind", *_OF_PEOPLE).filter(pl.col("kind") == PartyKind.PERSON)
        companies = grouped.select("kind", *_OF_COMPANIES).filter(pl.col("kind") == PartyKind.ORGANISATION)

        kinds = {"organisations": _organisation_groups(companies, trade_names), "persons": _person_groups(people)}
        begun = {
            kind: meanwhile.submit(groups.changes, prepared.kinds[kind] if prepared else None)
            for kind, groups in kinds.items()
        }
        changes = {kind: result.result() for kind, result in begun.items()}
        if prepared:
            shown, models = prepared.model, {kind: linked.model for kind, linked in prepared.kinds.items()}
        else:
            estimated = _estimate(changes, companies, given, meanwhile) if is_learning else given
            shown, models = estimated.to_json(), estimated.link_models(changes)
        compared = {kind: compare_groups(models[kind], changes[kind], workers) for kind in kinds}
        tonight = PreparedParties(**{kind: groups.linked for kind, groups in compared.items()}, model=shown)
        if is_checked:
            anew = {
                kind: compare_groups(models[kind], groups.changes(None), workers).linked
                for kind, groups in kinds.items()
            }
            tonight.require_equal(PreparedParties(**anew, model=shown))

        by_hand = _judged_nodes(grouped, judged)
        apart = _told_apart(grouped, by_hand)
        of_people = meanwhile.submit(
            link_groups,
            tonight.persons,
            bare=people.filter(pl.col("birth_date").is_null())["group"].unique(),
            themselves=_several(people.filter(pl.col("name_normalised").is_not_null())),
            apart=apart,
        )
        without_number = companies.filter(pl.col("register_kvk").is_null())
        linked_companies = link_groups(
            tonight.organisations,
            bare=without_number["group"].unique(),
            themselves=_several(without_number.filter(pl.col("name_normalised").is_not_null())),
            apart=apart,
            silent=(OVERLAPPING_LIVES,),
        )
        linked_people = of_people.result()

        linked = meanwhile.submit(link_rows, grouped, pl.concat([linked_people.links, linked_companies.links]), judged)
        parties = assign_party_ids(_clusters(grouped, (linked_people, linked_companies), by_hand), previous)
        identified = meanwhile.submit(identities, parties)
        alike = alike_at_places(parties, trade_names, tables)
        links, notes = linked.result()
        notes += left_out_notes(linked_people.left_out + linked_companies.left_out)
        names = named_alike.result()
        return PartyResult(
            mentions=conform(mentions, MENTIONS),
            parties=conform(parties, PARTIES),
            links=links,
            trade_names=trade_names,
            similar_names=names.pairs,
            could_be_one=could_be_one(alike, parties, links, judged),
            identities=identified.result(),
            model=shown,
            prepared=tonight,
            groups=grouped.select("mention", "group"),
            candidates={kind: groups.candidates for kind, groups in compared.items()} | {"names": names.candidates},
            notes=[*notes_of_cut_blocks(compared["persons"].cut, compared["organisations"].cut), *names.notes, *notes],
        )


def _person_groups(people: pl.DataFrame) -> Groups:
    groups = people.select("group", "name_normalised", "birth_date").unique("group").sort("group")
    businesses = people.select("group", "kvk_nummer").drop_nulls().unique().sort("group", "kvk_nummer")
    return Groups(PERSONS, person_records, (groups, businesses))


def _organisation_groups(companies: pl.DataFrame, trade_names: pl.DataFrame) -> Groups:
    numbers = companies.select("group", *_FACTS).unique("group").sort("group")
    return Groups(
        ORGANISATIONS,
        lambda facts, names: organisation_records(names, facts),
        (numbers, names_of_organisations(companies, trade_names)),
    )


def _estimate(
    changes: Mapping[str, Changes], companies: pl.DataFrame, given: PartyModel, meanwhile: Executor
) -> PartyModel:
    """The weights that all records of a night teach."""
    persons = meanwhile.submit(learn, changes["persons"].records, PERSONS, given.persons)
    # single mentions that have a number teach: it tells which of them are one
    single = companies.filter(pl.col("register_kvk").is_not_null()).drop("group")
    single = single.with_row_index("group").with_columns(pl.col("group").cast(pl.Int64))
    names = single.select("group", "address_id", name_key="name_normalised").drop_nulls("name_key")
    teaching = encode(organisation_records(names, single.select("group", *_FACTS)), ORGANISATIONS)
    return PartyModel(persons=persons.result(), organisations=learn(teaching, ORGANISATIONS, given.organisations))


def _several(mentions: pl.DataFrame) -> pl.Series:
    """The groups of two mentions and more."""
    return mentions.group_by("group").len().filter(pl.col("len") > 1)["group"]


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


def _judged_nodes(grouped: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """The judgements on nodes: `judgement`, `left`, `right`, and the contents of both."""
    ends = judged.select("judgement", left_print="left", right_print="right")
    for side in ("left", "right"):
        nodes = grouped.select(pl.col("node").alias(side), pl.col("content").alias(f"{side}_content"), "fingerprint")
        ends = ends.join(nodes, left_on=f"{side}_print", right_on="fingerprint").unique()
    return ends.drop("left_print", "right_print")


def _told_apart(grouped: pl.DataFrame, by_hand: pl.DataFrame) -> pl.DataFrame:
    """The nodes (`left`, `right`) that a judgement tells apart: all of one content from all of the other.

    Of a content that was told apart itself only the judged nodes: nobody said which side the others are on.
    """
    apart = by_hand.filter(judgement="negative")
    split = apart.filter(pl.col("left_content") == pl.col("right_content"))["left_content"].implode()
    whole = apart.filter(~pl.col("left_content").is_in(split) & ~pl.col("right_content").is_in(split))
    nodes = grouped.select("node", "content").unique()
    whole = whole.join(nodes, left_on="left_content", right_on="content").join(
        nodes, left_on="right_content", right_on="content", suffix="_right"
    )
    return pl.concat([apart.select("left", "right"), whole.select(left="node", right="node_right")]).unique()


def _clusters(grouped: pl.DataFrame, linked: tuple[LinkedGroups, ...], by_hand: pl.DataFrame) -> pl.DataFrame:
    """The mentions with `cluster`, a number. Pairs that no rule brought together weigh as strangers (`cluster_rows`).

    Persons of one component share their birth date, and of one birth date every pair that is worth anything was scored;
    what a node is one with by judgement need not be a record that can be scored at all.
    """
    pairs = pl.concat([part.pairs.select("left", "right", "log_odds", "is_vetoed") for part in linked])
    nodes = grouped.select("node", "content").unique()
    # only what is judged is a node beside others of its content
    several = nodes.filter(pl.len().over("content") > 1)
    same = several.join(several, on="content", suffix="_right").filter(pl.col("node") < pl.col("node_right"))
    judged = JudgedPairs(
        confirmed=by_hand.filter(judgement="positive"),
        same=same.select(left="node", right="node_right"),
        forbidden=by_hand.filter(judgement="negative"),
    )
    ids, cluster = cluster_rows(nodes["node"], pairs, STRONG_BITS, 0.0, judged)
    of_node = pl.DataFrame({"node": ids, "cluster": cluster.astype(np.int64)})
    # a join copies all columns that it is given
    clusters = grouped.select("node").join(of_node, on="node", how="left", maintain_order="left")
    return grouped.with_columns(clusters["cluster"])
