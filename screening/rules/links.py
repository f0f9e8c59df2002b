"""Which links a hit rests on: what a reviewer must believe before the hit is true."""

from __future__ import annotations

import polars as pl

from screening.base.components import connected
from screening.rules.readings.plans import computed
from screening.rules.tables import Tables

_NO_LINKS = pl.lit([], dtype=pl.List(pl.String))


def with_links(evidence: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """`evidence` with `links` (sorted link ids a row) in place of `mentions`.

    A hit rests on the links between its own mentions. Where these do not tie all mentions of a party together (the
    party was joined through a mention that the hit does not name), it rests on every link of that party.
    """
    if "koppelingen" not in tables or evidence.height == 0:
        return evidence.drop("mentions").with_columns(links=_NO_LINKS)
    evidence = evidence.with_row_index("hit")
    ends = evidence.lazy().select("hit", mention="mentions").explode("mention").drop_nulls().unique().collect()
    if ends.is_empty():
        return evidence.drop("hit", "mentions").with_columns(links=_NO_LINKS)
    # of all links of a town few have both ends in a hit: the rest is left out before a join would hold it
    links = tables["koppelingen"].select("link_id", "left", "right")
    for end in ("left", "right"):
        links = links.join(ends.lazy(), left_on=end, right_on="mention", how="semi")
    direct = (
        ends.lazy()
        .join(links, left_on="mention", right_on="left")
        .join(ends.lazy(), left_on=["hit", "right"], right_on=["hit", "mention"])
        .select("hit", "link_id", left="mention", right="right")
        .collect()
    )
    parts = [direct.select("hit", "link_id")]
    if "partijen" in tables:
        parts.append(_of_loose_parties(ends, direct, tables))
    listed = pl.concat(parts).group_by("hit").agg(pl.col("link_id").unique().sort().alias("links"))
    return (
        evidence.join(listed, on="hit", how="left")
        .with_columns(pl.col("links").fill_null(_NO_LINKS))
        .drop("hit", "mentions")
    )


def _of_loose_parties(ends: pl.DataFrame, direct: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """`hit`, `link_id`: all links of a party whose mentions in a hit are not tied together by `direct`."""
    parties = tables["partijen"].select("mention", "party_id")
    member = parties.join(ends.lazy(), on="mention", how="semi").unique().collect()
    nodes = ends.join(member, on="mention").sort("hit", "mention").with_row_index("place")
    place = nodes.select("hit", "mention", "place")
    ties = direct.join(place, left_on=["hit", "left"], right_on=["hit", "mention"]).join(
        place, left_on=["hit", "right"], right_on=["hit", "mention"], suffix="_right"
    )
    labels = connected(nodes.height, ties["place"].to_numpy(), ties["place_right"].to_numpy())
    loose = (
        nodes.with_columns(pl.Series("component", labels))
        .group_by("hit", "party_id")
        .agg(pl.col("component").n_unique())
        .filter(pl.col("component") > 1)
        .select("hit", "party_id")
    )
    if loose.is_empty():
        return loose.select("hit", link_id=pl.lit("")).clear()
    of_loose = parties.join(loose.lazy(), on="party_id", how="semi").unique().pipe(computed)
    within = (
        tables["koppelingen"]
        .join(of_loose, left_on="left", right_on="mention")
        .join(of_loose, left_on=["right", "party_id"], right_on=["mention", "party_id"])
        .select("party_id", "link_id")
        .collect()
    )
    return loose.join(within, on="party_id").select("hit", "link_id")
