"""What the rules are handed of a night: the accepted registers, the parties, the links that count, the groups."""

from __future__ import annotations

import polars as pl

from flows.night.staging import Night
from screening.base.frames import PARTIES
from screening.base.vocabulary import LinkLevel
from screening.rules import company_groups
from screening.rules.schema import tables_for_rules

_PRINTS = ("left_fingerprint", "right_fingerprint")


def handed(night: Night, *, with_groups: bool = True) -> dict[str, pl.LazyFrame]:
    """The tables that the rules are handed, by name (docs/architecture.md, "What rules are handed")."""
    frames = night.scan_frames("accepted")
    for name in night.get("unavailable"):  # configured but not delivered: rules that need it are off, not out of place
        frames.setdefault(name, empty_table(name))
    frames |= {
        "partijen": night.scan_frame("parties").select(list(PARTIES)),
        "handelsnamen": night.scan_frame("trade_names"),
        "gelijkende_namen": night.scan_frame("similar_names"),
        "mogelijk_een_partij": night.scan_frame("could_be_one"),
        "koppelingen": counted_links(night),
        "branches": night.settings.local_lists.branches().lazy(),
    }
    if "vergunningen" in frames:
        frames["vergunningen"] = night.settings.local_lists.with_permit_types(frames["vergunningen"])
    if night.has_frame("duties"):
        frames["plichten"] = night.scan_frame("duties")
    if with_groups:
        frames["groepen"] = company_groups(
            frames.get("handelsregister", empty_table("handelsregister")),
            frames.get("functionarissen", empty_table("functionarissen")),
            frames["partijen"],
            night.settings.as_of,
        ).lazy()
    return frames


def counted_links(night: Night) -> pl.LazyFrame:
    """Links that count, by id: exact, strong, or probable and confirmed by a person."""
    links = night.scan_frame("links").select("link_id", "left", "right", "level")
    counts = pl.col("level").is_in([LinkLevel.EXACT, LinkLevel.STRONG])
    judged = night.get_frame("judgements").filter(pl.col("judgement") == "positive")
    if judged.height:
        counts |= pl.col("link_id").is_in(_confirmed(night, links, judged).implode())
    return links.filter(counts)


def _confirmed(night: Night, links: pl.LazyFrame, judged: pl.DataFrame) -> pl.Series:
    """The links between two mentions whose contents a person took for those of one party."""
    pairs = judged.select(a=pl.min_horizontal(*_PRINTS), b=pl.max_horizontal(*_PRINTS)).unique()
    ends = pl.concat([pairs["a"], pairs["b"]]).unique().implode()
    prints = night.scan_frame("parties").filter(pl.col("fingerprint").is_in(ends)).select("mention", "fingerprint")
    prints = prints.unique("mention", keep="first", maintain_order=True)
    return (
        links.join(prints.rename({"mention": "left", "fingerprint": "left_print"}), on="left")
        .join(prints.rename({"mention": "right", "fingerprint": "right_print"}), on="right")
        .select(
            "link_id",
            a=pl.min_horizontal("left_print", "right_print"),
            b=pl.max_horizontal("left_print", "right_print"),
        )
        .join(pairs.lazy(), on=["a", "b"], how="semi")
        .collect()["link_id"]
    )


def empty_table(name: str) -> pl.LazyFrame:
    """A register without rows, in the types that rules expect."""
    return pl.LazyFrame(schema=tables_for_rules()[name])
