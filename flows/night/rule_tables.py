"""What the rules are handed of a night: the accepted registers, the parties, the links that count, the groups."""

from __future__ import annotations

import polars as pl

from flows.night.staging import Night
from screening.rules import company_groups
from screening.rules.schema import TABLES
from screening.vocabulary import LinkLevel

_PAIR = ("left_fingerprint", "right_fingerprint")


def handed(night: Night, *, with_groups: bool = True) -> dict[str, pl.DataFrame]:
    """The tables that the rules are handed, by name (docs/architecture.md, "What rules are handed")."""
    frames: dict[str, pl.DataFrame] = dict(night.frames("accepted"))
    for name in night.get("unavailable"):  # configured but not delivered: rules that need it are off, not out of place
        frames.setdefault(name, empty_table(name))
    frames |= {
        "partijen": night.get_frame("parties"),
        "handelsnamen": night.get_frame("trade_names"),
        "gelijkende_namen": night.get_frame("similar_names"),
        "mogelijk_een_partij": night.get_frame("could_be_one"),
        "koppelingen": counted_links(night),
    }
    if with_groups:
        frames["groepen"] = company_groups(
            frames.get("handelsregister", empty_table("handelsregister")),
            frames.get("functionarissen", empty_table("functionarissen")),
            frames["partijen"],
            night.settings.as_of,
        )
    return frames


def counted_links(night: Night) -> pl.DataFrame:
    """Links that count: exact, strong, or probable and confirmed by a person."""
    links = night.get_frame("links").select("link_id", "left", "right", "level")
    prints = night.get_frame("parties").select("mention", "fingerprint").unique("mention", keep="first")
    left = prints.rename({"mention": "left", "fingerprint": "left_print"})
    right = prints.rename({"mention": "right", "fingerprint": "right_print"})
    confirmed = night.get_frame("judgements").filter(pl.col("judgement") == "positive")
    pairs = confirmed.select(a=pl.min_horizontal(*_PAIR), b=pl.max_horizontal(*_PAIR)).unique()
    judged = (
        links.join(left, on="left")
        .join(right, on="right")
        .with_columns(
            a=pl.min_horizontal("left_print", "right_print"), b=pl.max_horizontal("left_print", "right_print")
        )
        .join(pairs, on=["a", "b"], how="semi")
    )
    sure = links.filter(pl.col("level").is_in([LinkLevel.EXACT, LinkLevel.STRONG]))
    return pl.concat([sure, judged.select(links.columns)]).unique("link_id").sort("link_id")


def empty_table(name: str) -> pl.DataFrame:
    """A register without rows, in the types that rules expect."""
    return pl.DataFrame(schema=TABLES[name])
