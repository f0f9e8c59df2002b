"""Links as rows: the pairs of mentions behind linked groups, bounded where a group is large."""

from __future__ import annotations

from hashlib import sha256

import polars as pl

from screening.frames import LINKS, Note
from screening.linking.measures import MEASURES, similarities
from screening.matching.parties.link_levels import MOST_PROBABLE, probability
from screening.matching.parties.persons import PERSONS
from screening.notes import note
from screening.vocabulary import LinkLevel, PartyKind

#: Up to this many mentions of one party every pair is a link; above it each is linked to the first mention alone.
WHOLE_GROUP = 20
#: Up to this many pairs between two strongly linked groups every pair is a link.
WHOLE_CROSS = WHOLE_GROUP * WHOLE_GROUP

#: Bits within which links of equal evidence are put in some order, so that a queue has no ties.
TIE_BITS = 5e-7

#: Bits of an equal KVK number: it is proof.
KVK_EQUAL = 20.0

_SIDE = ("mention", "fingerprint", "name_normalised", "address_id")


def link_rows(grouped: pl.DataFrame, decided: pl.DataFrame, judged: pl.DataFrame) -> tuple[pl.DataFrame, list[Note]]:
    """LINKS of the mentions in `grouped` (sorted by link_id), and notes on what the bounds left out.

    `decided`: pairs of groups, a group with itself for its own mentions. Pairs that a person judged negative are left
    out.
    """
    from_register = pl.col("dataset") == "handelsregister"
    is_numbered = (pl.col("kind") == PartyKind.ORGANISATION) & pl.col("register_kvk").is_not_null()
    linked = pl.concat([decided["left"], decided["right"]]).unique().implode()
    members = grouped.filter(is_numbered | pl.col("group").is_in(linked))
    members = members.sort("group", ~from_register, "fingerprint", "mention").with_columns(
        place=pl.int_range(pl.len()).over("group"), size=pl.len().over("group").cast(pl.Int64)
    )
    exact, starred = _exact(members.filter(is_numbered))
    within = decided.filter(pl.col("left") == pl.col("right"))
    own = _within(members.join(within.select(group="left"), on="group", how="semi"), ["group"])
    own = own.join(within.drop("right"), left_on="group", right_on="left")
    starred += (
        members.filter((pl.col("size") > WHOLE_GROUP) & (pl.col("place") == 0))
        .join(within, left_on="group", right_on="left", how="semi")
        .height
    )
    across = _across(members, decided.filter(pl.col("left") != pl.col("right")))
    columns = ["left", "left_fingerprint", "right", "right_fingerprint", "log_odds", "level", "comparisons"]
    links = pl.concat([exact.select(columns), own.select(columns), across.select(columns)])
    links = _finish(links, judged)
    notes = []
    if starred:
        notes.append(note("large_parties", party=starred, bound=WHOLE_GROUP))
    return links, notes


def left_out_notes(left_out: int) -> list[Note]:
    """What the bound on probable links left out: no note where it left out none."""
    if not left_out:
        return []
    return [note("left_out_links", probable_link=left_out, bound=MOST_PROBABLE)]


def notes_of_cut_blocks(persons: pl.DataFrame, organisations: pl.DataFrame) -> list[Note]:
    """What the bounds on large blocks left out (`CUT_BLOCKS` of the engine): no note where they left out none."""
    by_name = persons["rule"].str.contains(":missing", literal=True)
    without_date, hot = persons.filter(by_name), persons.filter(~by_name)
    notes = []
    if len(hot):
        notes.append(note("hot_birth_dates", date=hot["key"].n_unique(), bound=PERSONS.max_block))
    if len(without_date):
        notes.append(note("common_family_names", family_name=without_date["key"].n_unique()))
    if len(organisations):
        notes.append(note("common_trade_names", trade_name=organisations["key"].n_unique()))
    return notes


def _exact(numbered: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Pairs under one KVK number, over its groups: a judged mention is a group of its own and keeps its number."""
    order = numbered.sort(
        "register_kvk", pl.col("dataset") != "handelsregister", "fingerprint", "mention"
    ).with_columns(place=pl.int_range(pl.len()).over("register_kvk"), size=pl.len().over("register_kvk").cast(pl.Int64))
    pairs = _within(order, ["register_kvk"])
    starred = order.filter((pl.col("size") > WHOLE_GROUP) & (pl.col("place") == 0)).height
    return _decide_same_number(pairs), starred


def _decide_same_number(pairs: pl.DataFrame) -> pl.DataFrame:
    """Two mentions of one KVK number: exact. Adds `log_odds`, `level`, `comparisons`; what else agrees gives order."""
    names = pairs.select("left_name_normalised", "right_name_normalised").drop_nulls().unique(maintain_order=True)
    words = [pl.col(name).str.split(" ").list.sort().list.join(" ") for name in names.columns]
    left, right = names.select(words).get_columns()
    names = names.with_columns(name=pl.Series(similarities(MEASURES["damerau"], left, right), dtype=pl.Float64))
    compared = pairs.join(names, on=["left_name_normalised", "right_name_normalised"], how="left")
    same = (pl.col("left_address_id") == pl.col("right_address_id")).fill_null(False)
    apart = pl.col("left_address_id").is_not_null() & pl.col("right_address_id").is_not_null()
    compared = compared.with_columns(
        name_weight=2 * pl.col("name").fill_null(0.0),
        address=pl.when(same).then(1.0).when(apart).then(0.0),
        address_weight=same.cast(pl.Float64),
    )
    fields = {
        "kvk_nummer": (1.0, KVK_EQUAL),
        "trade_name": ("name", "name_weight"),
        "address": ("address", "address_weight"),
    }
    return compared.with_columns(
        log_odds=KVK_EQUAL + pl.col("name_weight") + pl.col("address_weight"),
        level=pl.lit(str(LinkLevel.EXACT)),
        comparisons=pl.struct(
            pl.struct(
                similarity=(pl.col(alike) if isinstance(alike, str) else pl.lit(alike)).round(4),
                weight=(pl.col(bits) if isinstance(bits, str) else pl.lit(bits)).round(2),
            ).alias(field)
            for field, (alike, bits) in fields.items()
        ).struct.json_encode(),
    )


def _within(members: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    left = members.select(*by, "place", "size", *(pl.col(c).alias(f"left_{c}") for c in _SIDE))
    right = members.select(*by, "place", *(pl.col(c).alias(f"right_{c}") for c in _SIDE))
    # The star's pairs are cut before the join, which would otherwise make the square of a large group.
    hubs = left.filter((pl.col("size") <= WHOLE_GROUP) | (pl.col("place") == 0))
    pairs = hubs.join(right, on=by, suffix="_right").filter(pl.col("place") < pl.col("place_right"))
    return pairs.rename({"left_mention": "left", "right_mention": "right"})


def _across(members: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    sizes = members.select("group", "size").unique()
    pairs = decided.join(sizes, left_on="left", right_on="group").join(
        sizes, left_on="right", right_on="group", suffix="_right"
    )
    small = pl.col("size") * pl.col("size_right") <= WHOLE_CROSS
    sure = pl.col("level") != LinkLevel.PROBABLE
    # A probable link is for a person to judge: once a pair of parties, but once a mention where nothing proves that the
    # group is one party.
    left_all, right_all = small & (sure | pl.col("left_loose")), small & (sure | pl.col("right_loose"))
    loose = members.group_by("group").agg(loose=pl.col("node").n_unique() > 1)
    pairs = pairs.join(loose.rename({"group": "left", "loose": "left_loose"}), on="left").join(
        loose.rename({"group": "right", "loose": "right_loose"}), on="right"
    )
    pairs = pairs.with_columns(left_all=left_all, right_all=right_all).drop("size", "size_right")
    side = members.select("group", "place", "mention", "fingerprint")
    rows = pairs.join(side, left_on="left", right_on="group").filter(pl.col("left_all") | (pl.col("place") == 0))
    rows = rows.rename({"mention": "left_mention", "fingerprint": "left_fingerprint"}).drop("place")
    rows = rows.join(side, left_on="right", right_on="group").filter(pl.col("right_all") | (pl.col("place") == 0))
    rows = rows.rename({"mention": "right_mention", "fingerprint": "right_fingerprint"}).drop("left", "right")
    return rows.rename({"left_mention": "left", "right_mention": "right"})


def _finish(links: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    ends = links.with_columns(
        _low=pl.min_horizontal("left_fingerprint", "right_fingerprint"),
        _high=pl.max_horizontal("left_fingerprint", "right_fingerprint"),
        _first=pl.min_horizontal("left", "right"),
        _second=pl.max_horizontal("left", "right"),
    )
    rejected = judged.filter(pl.col("judgement") == "negative")
    ends = ends.join(rejected, left_on=["_low", "_high"], right_on=["left", "right"], how="anti")
    # Rows delivered twice have one fingerprint: the second link of two contents gets a number behind it.
    ends = ends.sort("_low", "_high", "_first", "_second", "log_odds").unique(
        ["_first", "_second"], keep="last", maintain_order=True
    )
    ends = ends.with_columns(_again=pl.int_range(pl.len()).over("_low", "_high"))
    texts = ends.select(pl.concat_str("_low", "_high", "_again", separator=" ")).to_series().to_list()
    marks = [sha256(text.encode()).hexdigest() for text in texts]
    ids = pl.Series("link_id", ["L-" + mark[:20] for mark in marks], dtype=pl.String)
    # The same evidence twice would be a tie in the queue: far below what evidence can differ by, the id decides.
    order = pl.Series("_order", [int(mark[20:32], 16) / 16**12 for mark in marks], dtype=pl.Float64)
    rows = (
        ends.with_columns(order)
        .select(
            left="_first",
            right="_second",
            log_odds=pl.col("log_odds").round(6) + pl.col("_order") * TIE_BITS,
            score=probability(pl.col("log_odds").round(6)).round(6),
            level="level",
            comparisons="comparisons",
        )
        .with_columns(ids)
    )
    return rows.select(pl.col(c).cast(t) for c, t in LINKS.items()).sort("link_id")
