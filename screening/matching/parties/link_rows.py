"""Links as rows: the pairs of mentions behind linked groups, bounded where a group is large."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import polars as pl

from screening.base.frames import LINKS, Note
from screening.base.notes import note
from screening.base.vocabulary import LinkLevel, PartyKind
from screening.linking.measures import MEASURES, similarities
from screening.matching.parties.link_levels import MOST_PROBABLE, probability
from screening.matching.parties.party_ids import fingerprint_numbers
from screening.matching.parties.persons import PERSONS

#: Up to this many mentions of one party every pair is a link; above it each is linked to the first mention alone.
WHOLE_GROUP = 20
#: Up to this many pairs between two strongly linked groups every pair is a link.
WHOLE_CROSS = WHOLE_GROUP * WHOLE_GROUP

#: Bits within which links of equal evidence are put in some order, so that a queue has no ties.
TIE_BITS = 5e-7

#: Bits of an equal KVK number: it is proof.
KVK_EQUAL = 20.0


def link_rows(grouped: pl.DataFrame, decided: pl.DataFrame, judged: pl.DataFrame) -> tuple[pl.DataFrame, list[Note]]:
    """LINKS of the mentions in `grouped` (sorted by mention), sorted by link_id, and notes on what bounds left out.

    `decided`: pairs of groups, a group with itself for its own mentions. Pairs that a person judged negative are left
    out.
    """
    is_numbered = (pl.col("kind") == PartyKind.ORGANISATION) & pl.col("register_kvk").is_not_null()
    # a mention is its row, of which the rest is looked up where it is needed: texts are dear to join and to sort
    rows = grouped.select(
        "group",
        "node",
        print=fingerprint_numbers(grouped["fingerprint"]),
        is_other=pl.col("dataset") != "handelsregister",
        kvk=pl.when(is_numbered).then("register_kvk"),
    ).with_row_index("row")
    linked = pl.concat([decided["left"], decided["right"]]).unique().implode()
    members = _placed(rows.filter(pl.col("group").is_in(linked)), "group")
    numbered = rows.drop_nulls("kvk")
    # who is alone with a number is linked to nobody by it
    numbered = _placed(numbered.filter(pl.col("kvk").is_duplicated()), "kvk")
    exact = _decide_same_number(_within(numbered, "kvk"), grouped)
    within = decided.filter(pl.col("left") == pl.col("right")).drop("right").rename({"left": "group"})
    themselves = members.join(within, on="group")
    own = _within(themselves, "group").join(within, on="group")
    across = _across(members, decided.filter(pl.col("left") != pl.col("right")))
    columns = ["left", "right", "log_odds", "level", "comparisons"]
    links = _finish(pl.concat([part.select(columns) for part in (exact, own, across)]), grouped, judged)
    hubs = pl.concat([numbered.select("size", "place"), themselves.select("size", "place")])
    starred = hubs.filter((pl.col("size") > WHOLE_GROUP) & (pl.col("place") == 0)).height
    return links, [note("large_parties", party=starred, bound=WHOLE_GROUP)] if starred else []


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


def _placed(members: pl.DataFrame, by: str) -> pl.DataFrame:
    """The members in order, those of the trade register first, with their `place` of how many (`size`)."""
    order = members.sort(by, "is_other", "print", "row")
    run = order[by].rle_id().to_numpy()
    sizes = np.bincount(run)
    first = np.cumsum(sizes) - sizes
    return order.with_columns(place=pl.Series(np.arange(len(run)) - first[run]), size=pl.Series(sizes[run]))


def _decide_same_number(pairs: pl.DataFrame, grouped: pl.DataFrame) -> pl.DataFrame:
    """Two mentions of one KVK number: exact. Adds `log_odds`, `level`, `comparisons`; what else agrees gives order."""
    name, address = grouped["name_normalised"], grouped["address_id"]
    compared = pairs.with_columns(
        left_name=name.gather(pairs["left"]),
        right_name=name.gather(pairs["right"]),
        left_address=address.gather(pairs["left"]),
        right_address=address.gather(pairs["right"]),
    )
    names = compared.select("left_name", "right_name").drop_nulls().unique()
    words = [pl.col(name).str.split(" ").list.sort().list.join(" ") for name in names.columns]
    left, right = names.select(words).get_columns()
    names = names.with_columns(name=pl.Series(similarities(MEASURES["damerau"], left, right), dtype=pl.Float64))
    compared = compared.join(names, on=["left_name", "right_name"], how="left")
    same = (pl.col("left_address") == pl.col("right_address")).fill_null(False)
    apart = pl.col("left_address").is_not_null() & pl.col("right_address").is_not_null()
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
    text = pl.struct(
        pl.struct(
            similarity=(pl.col(alike) if isinstance(alike, str) else pl.lit(alike)).round(4),
            weight=(pl.col(bits) if isinstance(bits, str) else pl.lit(bits)).round(2),
        ).alias(field)
        for field, (alike, bits) in fields.items()
    ).struct.json_encode()
    # many pairs agree in the same: they share a text
    agreed = ["name", "name_weight", "address", "address_weight"]
    texts = compared.select(agreed).unique().with_columns(comparisons=text)
    return compared.join(texts, on=agreed, how="left", nulls_equal=True).with_columns(
        log_odds=KVK_EQUAL + pl.col("name_weight") + pl.col("address_weight"), level=pl.lit(str(LinkLevel.EXACT))
    )


def _within(members: pl.DataFrame, by: str) -> pl.DataFrame:
    sides = members.select(by, "place", "size", left="row"), members.select(by, "place", right="row")
    # The star's pairs are cut before the join, which would otherwise make the square of a large group.
    hubs = sides[0].filter((pl.col("size") <= WHOLE_GROUP) | (pl.col("place") == 0))
    return hubs.join(sides[1], on=by, suffix="_right").filter(pl.col("place") < pl.col("place_right"))


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
    side = members.select("group", "place", "row")
    rows = pairs.join(side, left_on="left", right_on="group").filter(pl.col("left_all") | (pl.col("place") == 0))
    rows = rows.rename({"row": "left_row"}).drop("place")
    rows = rows.join(side, left_on="right", right_on="group").filter(pl.col("right_all") | (pl.col("place") == 0))
    return rows.drop("left", "right").rename({"left_row": "left", "row": "right"})


def _finish(links: pl.DataFrame, grouped: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    mention, fingerprint = grouped["mention"], grouped["fingerprint"]
    prints = fingerprint_numbers(fingerprint)
    links = links.with_columns(first=pl.min_horizontal("left", "right"), second=pl.max_horizontal("left", "right"))
    links = _best_of_pairs(links)
    is_in_order = prints.gather(links["first"]) <= prints.gather(links["second"])
    links = links.with_columns(
        low=pl.when(is_in_order).then("first").otherwise("second"),
        high=pl.when(is_in_order).then("second").otherwise("first"),
    )
    ends = links.with_columns(low_print=prints.gather(links["low"]), high_print=prints.gather(links["high"]))
    rejected = judged.filter(pl.col("judgement") == "negative")
    rejected = pl.DataFrame({side: fingerprint_numbers(rejected[side]) for side in ("left", "right")})
    pair = ["low_print", "high_print"]
    ends = ends.join(rejected, left_on=pair, right_on=["left", "right"], how="anti")
    # Rows delivered twice have one fingerprint: the second link of two contents gets a number behind it.
    is_several = pl.struct(pair).is_duplicated()
    several = ends.filter(is_several).sort(*pair, "first", "second")
    ends = pl.concat(
        [
            ends.filter(~is_several).with_columns(again=pl.lit(0, dtype=pl.Int64)),
            several.with_columns(again=pl.int_range(pl.len()).over(pair)),
        ]
    )
    low, high = fingerprint.gather(ends["low"]), fingerprint.gather(ends["high"])
    texts = pl.select(pl.concat_str(low, high, ends["again"], separator=" ")).to_series().to_list()
    digests = [sha256(text.encode()).digest() for text in texts]
    mark = pl.Series("mark", digests, dtype=pl.Binary).bin.encode("hex")
    # The same evidence twice would be a tie in the queue: far below what evidence can differ by, the id decides.
    order = mark.str.slice(20, 12).str.to_integer(base=16) / 16**12
    log_odds = ends["log_odds"].round(6)
    rows = ends.select(
        "level",
        "comparisons",
        link_id="L-" + mark.str.head(20),
        left=mention.gather(ends["first"]),
        right=mention.gather(ends["second"]),
        log_odds=log_odds + order * TIE_BITS,
        score=probability(pl.col("log_odds").round(6)).round(6),
        head=fingerprint_numbers(mark),
    )
    return rows.sort("head", "link_id").select(pl.col(c).cast(t) for c, t in LINKS.items())


def _best_of_pairs(links: pl.DataFrame) -> pl.DataFrame:
    """The links of rows `first` and `second`, each pair once: the one of most evidence."""
    pair = pl.col("first").cast(pl.UInt64) * 2**32 + pl.col("second")
    links = links.with_columns(pair=pair)
    is_several = pl.col("pair").is_duplicated()
    several = links.filter(is_several).sort("pair", "log_odds")
    several = several.filter(pl.col("pair").ne_missing(pl.col("pair").shift(-1)))
    return pl.concat([links.filter(~is_several), several]).drop("pair")
