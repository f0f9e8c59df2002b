"""The probable links of a night with what a person needs to compare the two mentions, and no more than that."""

from __future__ import annotations

import polars as pl

from flows.night.staging import Night
from screening.base.datasets import datasets
from screening.base.vocabulary import LinkLevel, PartyKind

#: What a reader sees of a mention. A birth year and no date; whether the dates agree stands in the comparison.
_SIDE = (
    "mention",
    "dataset",
    "key",
    "role",
    "name",
    "trade_names",
    "birth_year",
    "kvk_nummer",
    "address",
    "active_from",
    "active_to",
)


def links_to_judge(night: Night) -> pl.DataFrame:
    """One row a probable link (screening.store: LINKS_TO_JUDGE), also of addresses that no rule flags.

    A pair whose two mentions have one content (a row delivered twice) is no pair to judge, nor is one of two parties
    about which people have judged already: the judgement parts or joins the parties as a whole, and to ask it again of
    the next pair of their mentions, night after night, is asking the same.
    """
    links = night.get_frame("links").filter(pl.col("level") == LinkLevel.PROBABLE)
    sides = _sides(night, pl.concat([links["left"], links["right"]]))
    for side in ("left", "right"):
        links = links.join(sides.select(pl.all().name.prefix(f"{side}_")), left_on=side, right_on=f"{side}_mention")
    # the pair in the order in which judgements are kept, each side with its own text
    is_in_order = pl.col("left_fingerprint") < pl.col("right_fingerprint")
    return (
        _unsettled(night, links.filter(pl.col("left_fingerprint") != pl.col("right_fingerprint")))
        .with_columns(
            left_side=pl.when(is_in_order).then("left_side").otherwise("right_side"),
            right_side=pl.when(is_in_order).then("right_side").otherwise("left_side"),
            left_fingerprint=pl.min_horizontal("left_fingerprint", "right_fingerprint"),
            right_fingerprint=pl.max_horizontal("left_fingerprint", "right_fingerprint"),
            kind="left_kind",
            sensitive=pl.col("left_sensitive") | pl.col("right_sensitive"),
        )
        .select(
            "link_id",
            "left_fingerprint",
            "right_fingerprint",
            "kind",
            "sensitive",
            "left_side",
            "right_side",
            "log_odds",
            "comparisons",
        )
        .sort("link_id")
    )


def _unsettled(night: Night, links: pl.DataFrame) -> pl.DataFrame:
    """The links but for those between two parties of which another pair of mentions was judged; that pair stays."""
    if not night.has_frame("judgements") or night.get_frame("judgements").is_empty():
        return links
    mentions = night.scan_frame("parties").select("mention", "fingerprint", "party_id").collect()
    party_of, parties = mentions.select("mention", "party_id"), mentions.select("fingerprint", "party_id").unique()
    judged = night.get_frame("judgements").select(**_in_order("left_fingerprint", "right_fingerprint"))
    settled = (
        judged.join(parties, left_on="_low", right_on="fingerprint")
        .join(parties, left_on="_high", right_on="fingerprint", suffix="_right")
        .select(**_in_order("party_id", "party_id_right"))
    )
    placed = links.join(party_of, left_on="left", right_on="mention", how="left").join(
        party_of, left_on="right", right_on="mention", how="left", suffix="_right"
    )
    by_print = placed.with_columns(**_in_order("left_fingerprint", "right_fingerprint"))
    by_party = by_print.join(judged, on=["_low", "_high"], how="anti").with_columns(
        **_in_order("party_id", "party_id_right")
    )
    return pl.concat(
        [
            by_print.join(judged, on=["_low", "_high"], how="semi"),
            by_party.join(settled, on=["_low", "_high"], how="anti"),
        ]
    ).select(links.columns)


def _in_order(left: str, right: str) -> dict[str, pl.Expr]:
    return {"_low": pl.min_horizontal(left, right), "_high": pl.max_horizontal(left, right)}


def _sides(night: Night, asked: pl.Series) -> pl.DataFrame:
    """`mention`, `fingerprint`, `kind`, `sensitive`, `side` (flat JSON) of these mentions."""
    names = asked.unique().to_frame("mention").lazy()
    of_links = night.scan_frame("parties").join(names, on="mention", how="semi", maintain_order="left")
    mentions = of_links.unique("mention", keep="first", maintain_order=True).collect()
    shown = night.scan_frame("display").select("address_id", "address")
    display = shown.join(mentions.lazy(), on="address_id", how="semi").collect()
    shielded = pl.concat(
        [
            _keys(night, name, pl.col(dataset.shielded_by).fill_null(False))
            for name, dataset in datasets().items()
            if dataset.shielded_by
        ]
    )
    is_record = pl.concat_str("dataset", "key", separator=":")
    sensitive = night.get_frame("sensitive_records").with_columns(sensitive=True)
    return (
        mentions.join(display, on="address_id", how="left")
        .join(_trade_names(night, mentions), on=["dataset", "key", "kind"], how="left")
        .join(sensitive, on=["dataset", "key"], how="left")
        .with_columns(
            # a shielded establishment is named nowhere at its address
            address=pl.when(~is_record.is_in(shielded.implode())).then("address"),
            birth_year=pl.col("birth_date").dt.year().cast(pl.String),
            active_from=pl.col("alive_from").dt.to_string("%Y-%m-%d"),
            active_to=pl.col("alive_to").dt.to_string("%Y-%m-%d"),
            sensitive=pl.col("sensitive").fill_null(False),
        )
        .select(
            "mention",
            "fingerprint",
            "kind",
            "sensitive",
            pl.struct(name for name in _SIDE if name != "mention").struct.json_encode().alias("side"),
        )
    )


def _trade_names(night: Night, mentions: pl.DataFrame) -> pl.DataFrame:
    """`dataset`, `key`, `kind`, `trade_names` of the organisations that have any: by these too they are compared.

    `mentions`: those whose records are asked for.
    """
    parts = [pl.DataFrame(schema=dict.fromkeys(("dataset", "key", "kind", "trade_names"), pl.String))]
    trading = {n: p.trade_name for n, dataset in datasets().items() for p in dataset.parties if p.trade_name}
    for dataset, column in trading.items():
        if not night.has_frame(f"accepted/{dataset}"):
            continue
        keys = mentions.filter(pl.col("dataset") == dataset)
        scan = night.scan_frame(f"accepted/{dataset}")
        if column not in scan.collect_schema():
            continue
        frame = scan.select("key", column).join(keys.lazy(), on="key", how="semi", maintain_order="left").collect()
        names = pl.col(column)
        if isinstance(frame.schema[column], pl.List):
            names = names.list.join(", ", ignore_nulls=True)
        columns = {"dataset": pl.lit(str(dataset)), "kind": pl.lit(str(PartyKind.ORGANISATION)), "trade_names": names}
        parts.append(frame.select("key", **columns).filter(pl.col("trade_names") != "").select(parts[0].columns))
    return pl.concat(parts).unique(["dataset", "key"], keep="first", maintain_order=True)


def _keys(night: Night, dataset: str, condition: pl.Expr) -> pl.Series:
    """`dataset:key` of the records for which it holds; none when the register is not there."""
    if not night.has_frame(f"accepted/{dataset}"):
        return pl.Series([], dtype=pl.String)
    frame = night.scan_frame(f"accepted/{dataset}").filter(condition)
    return frame.select(pl.concat_str(pl.lit(f"{dataset}:"), "key").alias("record")).collect()["record"]
