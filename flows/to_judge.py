"""The probable links of a night with what a person needs to compare the two mentions, and no more than that."""

from __future__ import annotations

import polars as pl

from flows.staging import Night
from screening.vocabulary import Dataset, LinkLevel

#: What a reader sees of a mention. A birth year and no date; whether the dates agree stands in the comparison.
_SIDE = (
    "mention", "dataset", "key", "role", "name", "birth_year", "kvk_nummer", "address", "active_from", "active_to",
)  # fmt: skip


def links_to_judge(night: Night) -> pl.DataFrame:
    """One row a probable link (screening.store: LINKS_TO_JUDGE), also of addresses that no rule flags.

    A pair whose two mentions have one content (a row delivered twice) is no pair to judge.
    """
    links = night.get_frame("links").filter(pl.col("level") == LinkLevel.PROBABLE)
    sides = _sides(night)
    for side in ("left", "right"):
        links = links.join(sides.select(pl.all().name.prefix(f"{side}_")), left_on=side, right_on=f"{side}_mention")
    # the pair in the order in which judgements are kept, each side with its own text
    is_in_order = pl.col("left_fingerprint") < pl.col("right_fingerprint")
    return (
        links.filter(pl.col("left_fingerprint") != pl.col("right_fingerprint"))
        .with_columns(
            left_side=pl.when(is_in_order).then("left_side").otherwise("right_side"),
            right_side=pl.when(is_in_order).then("right_side").otherwise("left_side"),
            left_fingerprint=pl.min_horizontal("left_fingerprint", "right_fingerprint"),
            right_fingerprint=pl.max_horizontal("left_fingerprint", "right_fingerprint"),
            kind="left_kind",
            sensitive=pl.col("left_sensitive") | pl.col("right_sensitive"),
        )
        .select(
            "link_id", "left_fingerprint", "right_fingerprint", "kind", "sensitive", "left_side", "right_side",
            "log_odds", "comparisons",
        )
        .sort("link_id")
    )  # fmt: skip


def _sides(night: Night) -> pl.DataFrame:
    """`mention`, `fingerprint`, `kind`, `sensitive`, `side` (flat JSON) of every mention."""
    display = night.get_frame("display").select("address_id", "address")
    mentions = night.get_frame("mentions").unique("mention", keep="first", maintain_order=True)
    shielded = _keys(night, Dataset.HANDELSREGISTER, pl.col("afgeschermd").fill_null(False))
    # the managers on a sex-establishment licence, like the licence itself
    of_sex_licence = _of_sex_licence(night)
    is_record = pl.concat_str("dataset", "key", separator=":")
    return (
        mentions.join(display, on="address_id", how="left")
        .with_columns(
            # a shielded establishment is named nowhere at its address
            address=pl.when(~is_record.is_in(shielded.implode())).then("address"),
            birth_year=pl.col("birth_date").dt.year().cast(pl.String),
            active_from=pl.col("alive_from").dt.to_string("%Y-%m-%d"),
            active_to=pl.col("alive_to").dt.to_string("%Y-%m-%d"),
            sensitive=(pl.col("dataset") == Dataset.SEKSINRICHTINGEN) | is_record.is_in(of_sex_licence.implode()),
        )
        .select(
            "mention",
            "fingerprint",
            "kind",
            "sensitive",
            pl.struct(name for name in _SIDE if name != "mention").struct.json_encode().alias("side"),
        )
    )


def _of_sex_licence(night: Night) -> pl.Series:
    if not night.has_frame(f"accepted/{Dataset.SEKSINRICHTINGEN}"):
        return pl.Series([], dtype=pl.String)
    licences = night.get_frame(f"accepted/{Dataset.SEKSINRICHTINGEN}")["vergunning_id"]
    return _keys(night, Dataset.LEIDINGGEVENDEN, pl.col("zaaknummer").is_in(licences.implode()))


def _keys(night: Night, dataset: Dataset, where: pl.Expr) -> pl.Series:
    """`dataset:key` of the records for which it holds; none when the register is not there."""
    if not night.has_frame(f"accepted/{dataset}"):
        return pl.Series([], dtype=pl.String)
    frame = night.get_frame(f"accepted/{dataset}").filter(where)
    return frame.select(pl.concat_str(pl.lit(f"{dataset}:"), "key").alias("record"))["record"]
